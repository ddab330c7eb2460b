//! `hashlib`: published answers, and the baseline's for every algorithm that has none.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::suite::{Probed, Suite, aborted};
use super::{VerifyError, failed, passed};
use crate::run::{Check, CheckGroup};

const GROUP: CheckGroup = CheckGroup::Hashlib;

/// By algorithm (`sha256`, `hmac-sha256`, …); or why the probe gave no answers at all.
pub(super) struct Answers(Probed<Answer>);

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

impl Answers {
    pub(super) fn ask(suite: &Suite, executable: &Path, baseline: Option<&Self>) -> Result<Self, VerifyError> {
        let known = baseline.and_then(|Self(answers)| Some(answers.as_ref().ok()?.keys().cloned().collect()));
        suite.probe(executable, "probes/hashlib_answers.py", known).map(Self)
    }

    /// What took its process down with `abort()`, by name.
    pub(super) fn aborted(&self) -> Vec<String> {
        aborted(&self.0)
    }

    pub(super) fn check_baseline(&self) -> Vec<Check> {
        match &self.0 {
            Err(reason) => vec![failed(GROUP, "hashlib", reason)],
            Ok(answers) => answers.iter().filter(|(_, answer)| usable(answer)).map(|(name, answer)| right(name, answer)).collect(),
        }
    }

    /// One check for every algorithm that the baseline can use.
    pub(super) fn check(&self, baseline: &Self) -> Vec<Check> {
        let (own, known) = match (&self.0, &baseline.0) {
            (Err(reason), _) => return vec![failed(GROUP, "hashlib", reason)],
            (_, Err(_)) => return vec![failed(GROUP, "hashlib", "nothing to compare with: the baseline gave no answers")],
            (Ok(own), Ok(known)) => (own, known),
        };
        let one = |(name, known): (&String, &Result<Answer, String>)| match own.get(name) {
            None => failed(GROUP, name, "not among its algorithms; the baseline has it"),
            Some(own) => {
                let check = right(name, own);
                if check.passed { same(check, own, known) } else { check }
            }
        };
        known.iter().filter(|(_, answer)| usable(answer)).map(one).collect()
    }
}

/// An algorithm that crashes is in use, and wrong.
fn usable(answer: &Result<Answer, String>) -> bool {
    !matches!(answer, Ok(Answer { refused: Some(_), .. }))
}

fn right(name: &str, answer: &Result<Answer, String>) -> Check {
    match answer {
        Err(reason) => failed(GROUP, name, reason),
        Ok(Answer { refused: Some(reason), .. }) => failed(GROUP, name, format!("cannot be used: {reason}")),
        Ok(Answer { wrong, .. }) if !wrong.is_empty() => failed(GROUP, name, format!("not the published answer to: {}", wrong.join(", "))),
        Ok(Answer { digests, published, .. }) => passed(GROUP, name, format!("{} answers, {published} of them published", digests.len())),
    }
}

fn same(check: Check, own: &Result<Answer, String>, known: &Result<Answer, String>) -> Check {
    let (Ok(own), Ok(known)) = (own, known) else { return check };
    let differs = known.digests.iter().find(|(input, digest)| own.digests.get(*input) != Some(digest));
    match differs {
        None => check,
        Some((input, expected)) => {
            let seen = own.digests.get(input).map_or("missing", String::as_str);
            failed(GROUP, &check.name, format!("the answer to {input} is {seen}, the baseline's is {expected}"))
        }
    }
}
