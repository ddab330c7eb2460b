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

/// Evidence about one file: the libpython inside a subject, or any ELF file that a person names. Fields that an older surtax did not read
/// are absent in its runs, and `null` where a file of its kind has nothing to say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectAudit {
    pub subject: String,
    /// The file that was read: the archive that the runner links, the shared object, or the executable itself.
    pub file: PathBuf,
    pub size_bytes: u64,
    /// Which CPython it is or holds, as its own `Py_Version` says: `3.13.5`.
    #[serde(default)]
    pub python: Option<String>,
    #[serde(default)]
    pub kind: Option<FileKind>,
    /// Compiled with a profile?
    pub pgo: Answer,
    /// The observation behind `pgo`, such as `134 of 180 objects have .text.hot sections`.
    pub pgo_evidence: String,
    /// Optimised across objects when it was linked?
    pub lto: Answer,
    pub lto_evidence: String,
    /// What there is of intermediate code.
    #[serde(default)]
    pub lto_form: Option<LtoForm>,
    /// `non-pic`, `pie`, `pic`, or `unknown`.
    pub code_model: String,
    pub code_model_evidence: String,
    /// By which model thread-local variables are reached, of several the dearest; the counts are in `accesses`.
    #[serde(default)]
    pub tls: Option<TlsModel>,
    #[serde(default)]
    pub tls_evidence: Option<String>,
    /// Whether another library's function would be called in place of one of its own (semantic interposition). Absent in runs from before it was
    /// read, and where a file says nothing of it.
    #[serde(default)]
    pub interposition: Option<Answer>,
    #[serde(default)]
    pub interposition_evidence: Option<String>,
    /// How the interpreter goes from one bytecode to the next.
    #[serde(default)]
    pub dispatch: Option<Dispatch>,
    #[serde(default)]
    pub dispatch_evidence: Option<String>,
    /// Of an executable: whether it may be anywhere in memory.
    #[serde(default)]
    pub pie: Option<Answer>,
    /// Of a linked file.
    #[serde(default)]
    pub hardening: Option<Hardening>,
    /// Sections named `.text.hot*` in the archive.
    pub hot_sections: Option<u64>,
    /// Symbols ending in `.cold` (or `.cold.N`).
    pub cold_symbols: Option<u64>,
    /// Relocations to absolute 32-bit addresses in code: only code of a fixed address has them.
    pub absolute_relocations: Option<u64>,
    /// Loads of an address from the global offset table.
    pub got_loads: Option<u64>,
    /// HACL functions that the archive uses and does not define; empty, and in `unsettled`, where they were not read.
    pub hacl_missing: Vec<String>,
    /// Compilers that wrote it, as `.comment` or DWARF names them: `GCC: (Debian 12.2.0-14) 12.2.0`.
    #[serde(default)]
    pub compilers: Vec<String>,
    /// What says so, where it is not the file itself.
    #[serde(default)]
    pub compilers_evidence: Option<String>,
    /// Flags, where something says which, and what says it.
    #[serde(default)]
    pub flags: Option<Flags>,
    /// What the code reaches by tables: of an archive as it was compiled, by relocations; of a linked file as it is, by instructions.
    #[serde(default)]
    pub accesses: Option<Accesses>,
    /// Of an archive: the executable that a link made of it, so that what the linker relaxed can be told from what remained.
    #[serde(default)]
    pub after_link: Option<AfterLink>,
    /// Of a linked file: what the dynamic loader has to do before the first instruction.
    #[serde(default)]
    pub start: Option<StartRelocations>,
    /// What is unknown, and what would settle it.
    #[serde(default)]
    pub unsettled: Vec<Unsettled>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    Archive,
    /// A single relocatable object.
    Object,
    SharedObject,
    Executable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LtoForm {
    /// Machine code alone, and nothing to show that there was more.
    None,
    /// Machine code, compiled for LTO, whose intermediate code was taken out.
    Stripped,
    /// Machine code and GCC's intermediate code.
    Fat,
    /// GCC's intermediate code alone.
    Slim,
    /// LLVM's.
    Bitcode,
    /// A linked file that was optimised across objects.
    Applied,
    Unknown,
}

/// From the cheapest to the dearest (ELF Handling For Thread-Local Storage, Drepper).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsModel {
    None,
    LocalExec,
    InitialExec,
    /// TLS descriptors (`-mtls-dialect=gnu2`).
    Descriptors,
    LocalDynamic,
    GeneralDynamic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dispatch {
    ComputedGotos,
    TailCalls,
    Switch,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hardening {
    /// `none`, `partial`, `full`; `unknown` where the file does not hold its own code.
    pub relro: String,
    pub stack_protector: Answer,
    /// Intel CET: indirect branch tracking and shadow stack, both promised by `.note.gnu.property`.
    pub cet: Answer,
    /// Of a shared object: bound to its own definitions (`-Bsymbolic`, `-Bsymbolic-functions`).
    pub symbolic: Option<Answer>,
    /// The observations behind them.
    pub evidence: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    pub flags: Vec<String>,
    /// `DWARF`, `.GCC.command.line`, or the file of `sysconfig`.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accesses {
    pub total: AccessCounts,
    /// Functions that the counts are over.
    pub functions: u64,
    /// `_PyEval_EvalFrameDefault`, its parts in other sections included.
    pub interpreter_loop: Option<FunctionAccesses>,
    /// The ten that have most, the dearest first.
    pub most: Vec<FunctionAccesses>,
}

/// How often code goes through a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessCounts {
    /// Loads of an address from the global offset table.
    pub got_loads: u64,
    /// Calls and jumps through the procedure linkage table. In an archive, of every function that another object defines: which of them keep it, the link decides.
    pub plt_calls: u64,
    /// Calls of `__tls_get_addr` and of TLS descriptors.
    pub tls_calls: u64,
    /// Other accesses of thread-local variables.
    pub tls_direct: u64,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionAccesses {
    pub name: String,
    /// Of its code.
    pub bytes: u64,
    pub counts: AccessCounts,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterLink {
    pub file: PathBuf,
    pub accesses: Accesses,
    pub start: Option<StartRelocations>,
    pub hardening: Option<Hardening>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRelocations {
    /// Add the load address: `R_X86_64_RELATIVE`, packed ones (`DT_RELR`) included.
    pub relative: u64,
    /// Need a symbol's address by name: data, and functions that are bound at start.
    pub symbolic: u64,
    /// Functions bound at their first call; at start where the file asks for it (`-z now`).
    pub jump_slots: u64,
    pub bound_now: bool,
    /// Pages of 4 KiB that the loader writes into, which are then this process's alone.
    pub pages_written: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsettled {
    /// The field: `pgo`, `lto`, `interposition`, …
    pub property: String,
    /// What would settle it: `the -dbgsym package's symbols`.
    pub by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Yes,
    No,
    #[default]
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

impl SubjectAudit {
    /// The HACL functions that it lacks; nothing where what it calls is not to be seen yet, as in intermediate code.
    pub fn hacl_lacking(&self) -> Option<&[String]> {
        let yet_to_be_compiled = matches!(self.lto_form, Some(LtoForm::Slim | LtoForm::Bitcode));
        let unseen = yet_to_be_compiled || self.unsettled.iter().any(|unsettled| unsettled.property == "hacl_missing");
        (!unseen || !self.hacl_missing.is_empty()).then_some(self.hacl_missing.as_slice())
    }
}

impl FileKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Object => "object",
            Self::SharedObject => "shared object",
            Self::Executable => "executable",
        }
    }
}

impl Flags {
    /// Whether it was the file or its own package that said them, and not the description of a prefix, which may hold other builds.
    pub fn are_of_the_file(&self) -> bool {
        !self.source.starts_with(Self::SYSCONFIG)
    }

    /// How the `source` of the others begins.
    pub const SYSCONFIG: &str = "sysconfig";
}

impl LtoForm {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Stripped => "stripped",
            Self::Fat => "fat",
            Self::Slim => "slim",
            Self::Bitcode => "bitcode",
            Self::Applied => "applied",
            Self::Unknown => "unknown",
        }
    }
}

impl TlsModel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::LocalExec => "local-exec",
            Self::InitialExec => "initial-exec",
            Self::Descriptors => "descriptors",
            Self::LocalDynamic => "local-dynamic",
            Self::GeneralDynamic => "general-dynamic",
        }
    }
}

impl Dispatch {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ComputedGotos => "computed gotos",
            Self::TailCalls => "tail calls",
            Self::Switch => "switch",
            Self::Unknown => "unknown",
        }
    }
}

impl AccessCounts {
    pub fn sum(self) -> u64 {
        self.got_loads + self.plt_calls + self.tls_calls + self.tls_direct
    }
}

impl std::ops::AddAssign for AccessCounts {
    fn add_assign(&mut self, other: Self) {
        self.got_loads += other.got_loads;
        self.plt_calls += other.plt_calls;
        self.tls_calls += other.tls_calls;
        self.tls_direct += other.tls_direct;
    }
}
