//! `verify.json`: what each subject was asked before it was measured, and how it answered.

use serde::{Deserialize, Serialize};

use super::testsuite::TestsuiteVerification;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub schema: u32,
    pub subjects: Vec<SubjectVerification>,
    /// Where CPython's own tests were asked for; never in a run's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub testsuite: Option<TestsuiteVerification>,
}

impl Verification {
    pub fn of(&self, subject: &str) -> Option<&SubjectVerification> {
        self.subjects.iter().find(|verified| verified.subject == subject)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectVerification {
    pub subject: String,
    pub checks: Vec<Check>,
}

impl SubjectVerification {
    /// The gate: without it, no timing of the subject is published.
    pub fn passed(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.passed)
    }

    /// Whether its executable may be anywhere in memory, as its own header says; nothing where that was not looked at.
    pub fn pie(&self) -> Option<bool> {
        let check = self.checks.iter().find(|check| check.group == CheckGroup::Elf && check.name == Check::EXECUTABLE_TYPE)?;
        match check.detail.as_deref() {
            Some(Check::PIE) => Some(true),
            Some(Check::FIXED) => Some(false),
            _ => None,
        }
    }

    /// Passed and all checks of one group.
    pub fn count(&self, group: CheckGroup) -> (usize, usize) {
        let of_group = || self.checks.iter().filter(|check| check.group == group);
        (of_group().filter(|check| check.passed).count(), of_group().count())
    }
}

impl Check {
    /// The name of the check of what kind of executable a runner is, and what it sees of the two kinds.
    pub const EXECUTABLE_TYPE: &str = "executable type";
    pub const FIXED: &str = "ET_EXEC (not PIE)";
    pub const PIE: &str = "ET_DYN with the PIE flag";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub group: CheckGroup,
    pub name: String,
    pub passed: bool,
    /// What was seen; where the check failed, what was expected too.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckGroup {
    /// The twenty bit-exact programs.
    Programs,
    /// Executable type, interpreter, needed libraries, exported symbols.
    Elf,
    /// Known answers of every `hashlib` algorithm.
    Hashlib,
    /// Known answers of CPython's own hash modules, with OpenSSL's out of the way.
    OwnHashes,
    /// Every extension module that the baseline imports.
    Extensions,
}
