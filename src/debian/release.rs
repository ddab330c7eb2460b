//! The signed text of an `InRelease`: what it says it is, how long it holds, and the hashes of the indexes.

use std::collections::HashMap;

use jiff::Timestamp;

use super::ProvisionError;
use super::deb822;
use super::keyring::CLOCK_SLACK_SECONDS;
use super::plan::is_suite_of;
use crate::digest::Sha256;
use crate::fetch::Wanted;

#[derive(Debug)]
pub(super) struct SignedRelease {
    pub(super) origin: String,
    pub(super) suite: String,
    pub(super) codename: String,
    /// Of a release, such as `12.15`.
    pub(super) version: Option<String>,
    pub(super) by_hash: bool,
    /// Backports and the like: apt takes nothing from such a suite unless it is told to.
    pub(super) not_automatic: bool,
    date: Option<String>,
    valid_until: Option<String>,
    /// By path below the suite's folder.
    files: HashMap<String, Wanted>,
}

impl SignedRelease {
    pub(super) fn parse(url: &str, text: &str) -> Result<Self, ProvisionError> {
        let bad = |reason: &str| ProvisionError::BadIndex { url: url.to_owned(), reason: reason.to_owned() };
        let paragraphs = deb822::paragraphs(text);
        let [paragraph] = paragraphs.as_slice() else { return Err(bad("it is not one paragraph")) };
        let field = |name: &str| paragraph.get(name).map(str::to_owned);
        let yes = |name: &str| paragraph.get(name).is_some_and(|value| value.eq_ignore_ascii_case("yes"));
        let mut files = HashMap::new();
        for line in paragraph.get("SHA256").ok_or_else(|| bad("it lists no SHA256"))?.lines() {
            let mut words = line.split_whitespace();
            let (Some(hash), Some(size), Some(path)) = (words.next(), words.next(), words.next()) else { continue };
            let hash: Sha256 = hash.parse().map_err(|_| bad("one of its hashes is none"))?;
            let size = size.parse().map_err(|_| bad("one of its sizes is none"))?;
            files.insert(path.to_owned(), Wanted { sha256: hash, size });
        }
        Ok(Self {
            origin: field("Origin").unwrap_or_default(),
            suite: field("Suite").unwrap_or_default(),
            codename: field("Codename").unwrap_or_default(),
            version: field("Version"),
            by_hash: yes("Acquire-By-Hash"),
            not_automatic: yes("NotAutomatic"),
            date: field("Date"),
            valid_until: field("Valid-Until"),
            files,
        })
    }

    pub(super) fn file(&self, path: &str) -> Option<Wanted> {
        self.files.get(path).copied()
    }

    /// Whether it belongs to the release of that codename: `bookworm` itself, or `bookworm-security`.
    pub(super) fn is_of(&self, codename: &str) -> bool {
        is_suite_of(&self.codename, codename)
    }

    /// Whether this is the folder that was asked for: a mirror, or whoever sits before it, could answer with another suite's index.
    pub(super) fn answers_to(&self, dist: &str) -> bool {
        let tail = |name: &str| dist == name || dist.strip_suffix("/updates").is_some_and(|head| name == format!("{head}-security"));
        tail(&self.suite) || tail(&self.codename)
    }

    pub(super) fn check_time(&self, url: &str, now: Timestamp, allow_expired: bool) -> Result<(), ProvisionError> {
        let moment = |text: &str| {
            let bad = |_| ProvisionError::BadIndex { url: url.to_owned(), reason: format!("`{text}` is no date") };
            // RFC 2822 has no name for UTC; the indexes write it so.
            // Ubuntu's write hours before ten with a blank in the place of the first digit.
            let words = text.split_whitespace().map(|word| if word.find(':') == Some(1) { format!("0{word}") } else { word.to_owned() });
            let text = words.collect::<Vec<_>>().join(" ");
            jiff::fmt::rfc2822::parse(&text.replace("UTC", "+0000")).map(|moment| moment.timestamp()).map_err(bad)
        };
        if let Some(date) = &self.date
            && moment(date)?.as_second() > now.as_second() + CLOCK_SLACK_SECONDS
        {
            return Err(ProvisionError::NotYetValid { url: url.to_owned(), date: date.clone() });
        }
        match &self.valid_until {
            Some(until) if !allow_expired && moment(until)? < now => {
                Err(ProvisionError::Expired { url: url.to_owned(), until: until.clone() })
            }
            _ => Ok(()),
        }
    }
}
