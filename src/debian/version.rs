//! Debian versions and their order, as deb-version(7) and Debian Policy 5.6.12 define it.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// `[epoch:]upstream[-revision]`. Equal is what sorts equal: `1.0` and `1.00-0` are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(String);

impl Version {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are made of one upstream tarball, whatever the release has changed around it.
    pub fn has_upstream_of(&self, other: &Self) -> bool {
        let (epoch, upstream, _) = self.parts();
        let (other_epoch, other_upstream, _) = other.parts();
        epoch == other_epoch && compare_part(upstream.as_bytes(), other_upstream.as_bytes()) == Ordering::Equal
    }

    /// As upstream writes it: `3.13.0rc1` of `3.13.0~rc1-2`, `3.13.5` of `3.13.5+ds-1`.
    pub fn upstream(&self) -> String {
        let (_, upstream, _) = self.parts();
        upstream.split('+').next().unwrap_or_default().replace('~', "")
    }

    fn parts(&self) -> (u64, &str, &str) {
        let (epoch, rest) = match self.0.split_once(':') {
            Some((epoch, rest)) => (epoch.parse().unwrap_or(0), rest),
            None => (0, self.0.as_str()),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        (epoch, upstream, revision)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let (epoch, upstream, revision) = self.parts();
        let (other_epoch, other_upstream, other_revision) = other.parts();
        let later = || compare_part(upstream.as_bytes(), other_upstream.as_bytes());
        let last = || compare_part(revision.as_bytes(), other_revision.as_bytes());
        epoch.cmp(&other_epoch).then_with(later).then_with(last)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

/// Alternates between a stretch without digits, by [`weight`], and a number.
fn compare_part(mut left: &[u8], mut right: &[u8]) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (words_left, words_right) =
            (split_off(&mut left, |byte| !byte.is_ascii_digit()), split_off(&mut right, |byte| !byte.is_ascii_digit()));
        for at in 0..words_left.len().max(words_right.len()) {
            match weight(words_left.get(at)).cmp(&weight(words_right.get(at))) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        let (number_left, number_right) = (split_off(&mut left, u8::is_ascii_digit), split_off(&mut right, u8::is_ascii_digit));
        match compare_numbers(number_left, number_right) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    Ordering::Equal
}

fn split_off<'a>(text: &mut &'a [u8], belongs: impl Fn(&u8) -> bool) -> &'a [u8] {
    let end = text.iter().position(|byte| !belongs(byte)).unwrap_or(text.len());
    let (head, tail) = text.split_at(end);
    *text = tail;
    head
}

/// `~` before the end of the part, the end before letters, letters before everything else.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    }
}

/// By text, since dates and hashes make numbers that no integer holds.
fn compare_numbers(left: &[u8], right: &[u8]) -> Ordering {
    let trim = |digits: &[u8]| digits.iter().position(|&digit| digit != b'0').unwrap_or(digits.len());
    let (left, right) = (&left[trim(left)..], &right[trim(right)..]);
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}
