//! `audit.json`: what was read out of each subject's binaries, as opposed to what its recipe claims.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    pub schema: u32,
    pub subjects: Vec<SubjectAudit>,
}

impl Audit {
    pub fn of(&self, subject: &str) -> Option<&SubjectAudit> {
        self.subjects.iter().find(|audit| audit.subject == subject)
    }
}

/// Evidence about the libpython inside one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectAudit {
    pub subject: String,
    /// The file that was read: the archive that the runner links, the shared object, or the executable itself.
    pub file: PathBuf,
    pub size_bytes: u64,
    /// Compiled with a profile?
    pub pgo: Answer,
    /// The observation behind `pgo`, such as `269 of 180 objects' sections are .text.hot`.
    pub pgo_evidence: String,
    /// Optimised across objects when it was linked?
    pub lto: Answer,
    pub lto_evidence: String,
    /// `non-pic`, `pie`, `pic`, or `unknown`.
    pub code_model: String,
    pub code_model_evidence: String,
    /// Whether another library's function would be called in place of one of its own (semantic interposition). Absent in runs from before it was
    /// read, and where a file says nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interposition: Option<Answer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interposition_evidence: Option<String>,
    /// Sections named `.text.hot*` in the archive.
    pub hot_sections: Option<u64>,
    /// Symbols ending in `.cold` (or `.cold.N`).
    pub cold_symbols: Option<u64>,
    /// Relocations to absolute 32-bit addresses in code: only code of a fixed address has them.
    pub absolute_relocations: Option<u64>,
    /// Loads of an address from the global offset table.
    pub got_loads: Option<u64>,
    /// HACL functions that the archive uses and does not define.
    pub hacl_missing: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Yes,
    No,
    Unknown,
}

impl Answer {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}
