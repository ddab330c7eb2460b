//! Errors that only the commands know: where stages meet.

use std::path::PathBuf;

use crate::audit::AuditError;
use crate::bundle::at_the_same_path;
use crate::error::{Exit, Explain};
use crate::libpython::VariantName;
use crate::recipe::PythonVersion;

#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("the variant `{variant}` cannot be had from {}", reasons.join("; "))]
    NoSuchVariant { variant: VariantName, reasons: Vec<String> },
    #[error("{source_name} has no libpython that a program could embed:\n  {}", reasons.join("\n  "))]
    NothingToEmbed { source_name: String, reasons: Vec<String> },
    #[error("none of the sources has Python {python}: {}", sources.join(", "))]
    NoSourceHasPython { python: PythonVersion, sources: Vec<String> },
    #[error("{} is of {codename}, which no recipe here names", path.display())]
    LockOfWhich { path: PathBuf, codename: String },
    #[error("--locked names packages, and {} built from source", is_or_are(recipes))]
    NothingToLock { recipes: Vec<String> },
    #[error("{option} is for recipes that build CPython from source, and none is named")]
    NothingToCompile { option: &'static str },
    #[error("--hacl stubs and --hacl-source contradict each other: stand-ins are made of no source")]
    SourceForStubs,
    #[error("HACL cannot be compiled without the source of CPython {version}: {reason}")]
    NoHaclSource { version: String, reason: String },
    #[error("the stock interpreter {subject} failed {failed} of its own checks, so there is nothing to compare with: {first}")]
    BaselineFailed { subject: String, failed: usize, first: String },
    #[error("--gate has nothing to judge: {reason}")]
    GateWithoutCounts { reason: String },
    #[error("--gate has nothing to judge: none of these benchmarks is counted as a whole\n  {}", reasons.join("\n  "))]
    GateWithoutBenchmark { reasons: Vec<String> },
    #[error("--gate-against {} has nothing to judge: {reason}", run.display())]
    GateAgainst { run: PathBuf, reason: String },
    #[error("`{target}` is no file that is there, no variant and no recipe")]
    NothingToAudit { target: String, near: Option<String> },
    #[error("{} is a folder", .0.display())]
    AuditOfFolder(PathBuf),
    #[error("{} is no regular file", .0.display())]
    AuditOfNoFile(PathBuf),
    #[error("{} cannot be audited", path.display())]
    CannotAudit { path: PathBuf, source: AuditError },
    #[error("--compare takes exactly two, and {} {} named: {}", named.len(), if named.len() == 1 { "is" } else { "are" }, named.join(", "))]
    CompareTwo { named: Vec<String> },
    #[error("{source_name} has built none of {}, and an audit builds nothing", variants.join(", "))]
    NotBuilt { source_name: String, variants: Vec<String> },
    #[error("{run} has no subject `{subject}`")]
    NoSuchSubject { subject: String, run: String, near: Option<String> },
    #[error("no folder in {} is a run of surtax", .0.display())]
    NoRunIn(PathBuf),
    #[error("{} has no time of a {what} to show", folder.display())]
    NothingOf { folder: PathBuf, what: String },
    #[error("pyperf has a file for each subject: {}", subjects.join(", "))]
    FilePerSubject { subjects: Vec<String> },
    #[error("{} has no published time to export", .0.display())]
    NothingToExport(PathBuf),
    #[error("one variant of one source is embedded, and `{asked}` means {}", listed(meant))]
    EmbedOne { asked: VariantName, meant: Vec<String> },
    #[error("{} cannot go on: {reason}", folder.display())]
    CannotResume { folder: PathBuf, reason: String },
    #[error("{} was merged from runs of other folders: nothing is measured in it", folder.display())]
    ResumeOfMerged { folder: PathBuf },
    #[error("{} cannot be measured by this surtax: its {field} is {planned}, and here it is {here}", plan.display())]
    OtherPlan { plan: PathBuf, field: &'static str, planned: String, here: String },
    #[error("{} cannot be understood: {reason}", plan.display())]
    UnreadablePlan { plan: PathBuf, reason: String },
    #[error("{} cannot go on: {reason}", folder.display())]
    OtherShard { folder: PathBuf, reason: String },
    #[error("{} is of executables in a store at {}, and this store is {}", plan.display(), made_for.display(), here.display())]
    OtherStore { plan: PathBuf, made_for: PathBuf, here: PathBuf },
    #[error("what the plan measures is not what is here:\n  {}", others.join("\n  "))]
    OtherSubjects { others: Vec<String> },
}

impl Explain for CommandError {
    fn exit(&self) -> Exit {
        match self {
            Self::BaselineFailed { .. } | Self::GateWithoutCounts { .. } | Self::GateWithoutBenchmark { .. } | Self::GateAgainst { .. } => {
                Exit::Incomplete
            }
            Self::NothingToExport(_) => Exit::Incomplete,
            Self::NoHaclSource { .. } => Exit::Fetch,
            Self::OtherSubjects { .. } => Exit::Build,
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoSuchVariant { variant, .. } if variant.flavour.is_some() => {
                "surtax variants RECIPE --full lists all that a recipe builds from source".into()
            }
            Self::NoSuchVariant { .. } => "surtax variants lists what there is".into(),
            Self::NothingToEmbed { .. } => "install its development files, or name another prefix: surtax variants --prefix DIR".into(),
            Self::NoSourceHasPython { .. } => "surtax provision --list shows what each release offers".into(),
            Self::LockOfWhich { .. } => "name the recipe of each lock's release, and each lock once".into(),
            Self::GateWithoutCounts { .. } => "count instructions without the processor's help, in a new run: --counters callgrind".into(),
            Self::GateWithoutBenchmark { .. } => "add one that is, in a new run: --only dynamic".into(),
            Self::GateAgainst { .. } => {
                "measure the earlier one again, by this surtax and with the same --counters, or name another run".into()
            }
            Self::NothingToLock { .. } => "leave --locked out: the recipe itself says which source it is, by version or hash".into(),
            Self::NothingToCompile { option } => format!("name one, such as cpython-3.13, or leave {option} out"),
            Self::SourceForStubs => "leave one of them out".into(),
            Self::NoHaclSource { .. } => {
                "--hacl-source PATH names a tarball or a checkout of that CPython; --hacl stubs does without".into()
            }
            Self::BaselineFailed { .. } => "every failed check: surtax verify --again --json".into(),
            Self::NothingToAudit { near: Some(near), .. } => format!("did you mean {near}?"),
            Self::NothingToAudit { near: None, .. } => "surtax variants lists variants; a file is named by its path".into(),
            Self::AuditOfFolder(folder) => format!("of an installed CPython: surtax audit --prefix {}", folder.display()),
            Self::CannotAudit { source: AuditError::Fs(error), .. } => return error.hint(),
            Self::AuditOfNoFile(_) | Self::CannotAudit { .. } => {
                "archives, objects, shared objects and executables can be; `file PATH` says what it is".into()
            }
            Self::CompareTwo { .. } => "surtax audit --compare A B, each a file or a variant".into(),
            Self::NotBuilt { source_name, .. } => format!("surtax provision {source_name} compiles the libpythons that a recipe lists"),
            Self::NoSuchSubject { near: Some(near), .. } => format!("did you mean {near}?"),
            Self::NoSuchSubject { near: None, .. } => "its report.md lists the subjects".into(),
            Self::NoRunIn(_) => "name the folder that the runs are in, such as results, or begin one: surtax matrix run".into(),
            Self::NothingOf { .. } => "surtax history DIR, without --benchmark and --subject, shows what there is".into(),
            Self::FilePerSubject { .. } => "name one with --subject, or a folder for all of them with --out DIR".into(),
            Self::NothingToExport(folder) => format!("surtax report {} says why, or begin it again: surtax matrix run", folder.display()),
            Self::EmbedOne { .. } => "name one source, and the variant as `surtax variants` lists it".into(),
            Self::ResumeOfMerged { .. } => {
                "go on with the shard that is not whole, by the command that began it, and merge again into a new folder".into()
            }
            Self::OtherPlan { .. } => "measure it by the surtax that made it, or plan anew: surtax matrix plan".into(),
            Self::UnreadablePlan { .. } => "was it edited by hand? Take an unharmed copy, or plan anew: surtax matrix plan".into(),
            Self::OtherShard { .. } => {
                "name another folder with --out; surtax matrix merge takes several of one shard, as long as their machines differ".into()
            }
            Self::OtherStore { plan, made_for, .. } => {
                at_the_same_path(made_for, &format!("surtax matrix run --plan {} …", plan.display()))
            }
            Self::OtherSubjects { .. } => {
                "take the very files along, into a store at the same path: surtax bundle export where the plan was made, surtax bundle import \
                 here"
                    .into()
            }
            Self::CannotResume { folder, .. } => {
                // A run of several releases has several locks, and a guest none: the report names all that the subjects were made of.
                format!(
                    "bring back the same subjects, as {} says under `How to reproduce`, or begin a new run: surtax matrix run",
                    folder.join("report.md").display()
                )
            }
        })
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none of what is there".to_owned() } else { names.join(", ") }
}

fn is_or_are(names: &[String]) -> String {
    format!("{} {}", names.join(" and "), if names.len() == 1 { "is" } else { "are" })
}
