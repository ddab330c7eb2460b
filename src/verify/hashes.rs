//! Digests: of `hashlib` as it comes, and of CPython's own modules alone. Published answers, and the baseline's where none is published.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::suite::{Probed, Suite, is_abort};
use super::{VerifyError, failed, passed};
use crate::libpython::HaclMode;
use crate::run::{Check, CheckGroup};

/// One of the two probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    /// `hashlib` as programs use it, with OpenSSL's module.
    Hashlib,
    /// `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`, and what `hashlib` and `hmac` make of them when OpenSSL's module is not there.
    Own,
}

impl Probe {
    fn script(self) -> &'static str {
        match self {
            Self::Hashlib => "probes/hashlib_answers.py",
            Self::Own => "probes/own_hashes.py",
        }
    }

    fn group(self) -> CheckGroup {
        match self {
            Self::Hashlib => CheckGroup::Hashlib,
            Self::Own => CheckGroup::OwnHashes,
        }
    }

    /// For a check of the whole.
    fn name(self) -> &'static str {
        match self {
            Self::Hashlib => "hashlib",
            Self::Own => "own hash modules",
        }
    }

    /// Whether the algorithm is CPython's own by CPython's choice: `hashlib` has OpenSSL's for all but BLAKE2, whose keys, salts and
    /// trees OpenSSL does not know.
    fn is_own(self, algorithm: &str) -> bool {
        self == Self::Own || algorithm.starts_with("blake2")
    }
}

/// By algorithm (`sha256`, `hmac-sha256`, …); or why the probe gave no answers at all.
pub(super) struct Answers {
    probe: Probe,
    probed: Probed<Answer>,
}

/// One algorithm's line of the probe.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// Digest, hexadecimal, by input.
    digests: BTreeMap<String, String>,
    /// How many of the inputs have a published answer.
    published: u32,
    /// Inputs whose digest is not the published one.
    wrong: Vec<String>,
    /// Why the algorithm cannot be used (not in this OpenSSL, or behind its legacy provider).
    refused: Option<String>,
}

type Asked = Result<Answer, String>;

impl Answers {
    pub(super) fn ask(probe: Probe, suite: &Suite, executable: &Path, baseline: Option<&Self>) -> Result<Self, VerifyError> {
        let known = baseline.and_then(|baseline| Some(baseline.probed.as_ref().ok()?.keys().cloned().collect()));
        Ok(Self { probe, probed: suite.probe(executable, probe.script(), known)? })
    }

    /// What a stand-in for HACL took down although it should not have, by name.
    pub(super) fn reached(&self) -> Vec<String> {
        match &self.probed {
            Err(reason) => Some(self.probe.name().to_owned()).filter(|_| is_abort(reason)).into_iter().collect(),
            Ok(answers) => answers
                .iter()
                .filter(|(name, answer)| !self.probe.is_own(name) && answer.as_ref().is_err_and(|reason| is_abort(reason)))
                .map(|(name, _)| name.clone())
                .collect(),
        }
    }

    /// On its own: the published answers alone.
    pub(super) fn check_alone(&self) -> Vec<Check> {
        let group = self.probe.group();
        match &self.probed {
            Err(reason) => vec![failed(group, self.probe.name(), reason)],
            Ok(answers) => answers.iter().filter(|(_, answer)| usable(answer)).map(|(name, answer)| right(group, name, answer)).collect(),
        }
    }

    /// Of another Python: as [`Self::check_alone`], and where both gave a digest of the same input it must be the same.
    pub(super) fn check_guest(&self, baseline: &Self) -> Vec<Check> {
        let mut checks = self.check_alone();
        let (Ok(own), Ok(known)) = (&self.probed, &baseline.probed) else { return checks };
        for check in checks.iter_mut().filter(|check| check.passed) {
            let (Some(Ok(own)), Some(Ok(known))) = (own.get(&check.name), known.get(&check.name)) else { continue };
            let both = known.digests.iter().filter(|(input, _)| own.digests.contains_key(*input));
            if let Some(difference) = difference(own, both) {
                *check = failed(self.probe.group(), &check.name, difference);
            }
        }
        checks
    }

    /// One check for every algorithm that the baseline can use. `hacl` is how the subject comes to its HACL functions.
    pub(super) fn check(&self, baseline: &Self, hacl: Option<HaclMode>) -> Vec<Check> {
        let group = self.probe.group();
        let (own, known) = match (&self.probed, &baseline.probed) {
            (Err(reason), _) => return vec![failed(group, self.probe.name(), reason)],
            (_, Err(_)) => return vec![failed(group, self.probe.name(), "nothing to compare with: the baseline gave no answers")],
            (Ok(own), Ok(known)) => (own, known),
        };
        let one = |(name, known): (&String, &Asked)| match own.get(name) {
            None => failed(group, name, "not among its algorithms; the baseline has it"),
            Some(Err(reason)) if hacl == Some(HaclMode::Stubs) && self.probe.is_own(name) && is_stand_in(name, reason) => {
                passed(group, name, format!("gives no digest, as it must without HACL: {reason}"))
            }
            Some(own) => {
                let check = right(group, name, own);
                if check.passed { same(group, check, own, known) } else { check }
            }
        };
        known.iter().filter(|(_, answer)| usable(answer)).map(one).collect()
    }
}

/// Whether the process ended as `hacl_stubs.c` ends it: by `abort()`, with a message that names a function of that algorithm and says what
/// to do.
fn is_stand_in(algorithm: &str, reason: &str) -> bool {
    let family = match algorithm.strip_prefix("hmac-").unwrap_or(algorithm) {
        "md5" => "Hacl_Hash_MD5_",
        "sha1" => "Hacl_Hash_SHA1_",
        "sha224" | "sha256" | "sha384" | "sha512" => "Hacl_Hash_SHA2_",
        "blake2b" => "Hacl_Hash_Blake2b_",
        "blake2s" => "Hacl_Hash_Blake2s_",
        name if name.starts_with("sha3_") || name.starts_with("shake_") => "Hacl_Hash_SHA3_",
        _ => return false,
    };
    is_abort(reason) && reason.contains(family) && reason.contains(" is a stand-in: ") && reason.contains("--hacl real")
}

/// An algorithm that crashes is in use, and wrong.
fn usable(answer: &Asked) -> bool {
    !matches!(answer, Ok(Answer { refused: Some(_), .. }))
}

fn right(group: CheckGroup, name: &str, answer: &Asked) -> Check {
    match answer {
        Err(reason) => failed(group, name, reason),
        Ok(Answer { refused: Some(reason), .. }) => failed(group, name, format!("cannot be used: {reason}")),
        Ok(Answer { wrong, .. }) if !wrong.is_empty() => failed(group, name, format!("not the published answer to: {}", wrong.join(", "))),
        Ok(Answer { digests, published, .. }) => passed(group, name, format!("{} answers, {published} of them published", digests.len())),
    }
}

fn same(group: CheckGroup, check: Check, own: &Asked, known: &Asked) -> Check {
    let (Ok(own), Ok(known)) = (own, known) else { return check };
    match difference(own, known.digests.iter()) {
        None => check,
        Some(difference) => failed(group, &check.name, difference),
    }
}

fn difference<'a>(own: &Answer, mut known: impl Iterator<Item = (&'a String, &'a String)>) -> Option<String> {
    known.find(|(input, digest)| own.digests.get(*input) != Some(digest)).map(|(input, expected)| {
        let seen = own.digests.get(input).map_or("missing", String::as_str);
        format!("the answer to {input} is {seen}, the baseline's is {expected}")
    })
}
