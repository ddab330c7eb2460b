//! The gate: a subject that does not behave as the baseline does has no published timing.

mod elf;
mod extensions;
mod hacl;
mod hashlib;
mod programs;
mod suite;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::digest::{Key, Sha256};
use crate::error::{DEFECT, Exit, Explain};
use crate::fs::FsError;
use crate::interrupt::Interrupted;
use crate::run::{self, Check, CheckGroup, SCHEMA, SubjectVerification, Verification};
use crate::ui::{Bar, Reporter, Unit};

pub use suite::Suite;

/// Rises when a check is added or means something else, so that no kept verification outlives its meaning.
const METHOD: &str = "1";

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("there is no subject to verify")]
    NoCandidate,
    #[error("{} holds no programs to verify with", .0.display())]
    NoPrograms(PathBuf),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for VerifyError {
    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            Self::NoCandidate | Self::NoPrograms(_) => Exit::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Interrupted(error) => error.hint(),
            Self::Fs(error) => error.hint(),
            Self::NoCandidate => Some(DEFECT.into()),
            Self::NoPrograms(_) => Some("delete the store's `assets` folder; surtax writes it again".into()),
        }
    }
}

/// A subject before it is let through.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub name: String,
    pub executable: PathBuf,
    pub role: run::Role,
    /// What its executable must be; absent for the baseline and its control, which surtax did not link.
    pub expected: Option<Expected>,
}

/// What the link plan promised of an executable.
#[derive(Debug, Clone)]
pub struct Expected {
    pub pie: bool,
    pub static_libpython: bool,
    /// The dynamic loader, `PT_INTERP`.
    pub interpreter: PathBuf,
    /// Whether its libraries must be found by `DT_RPATH`: those of a sysroot must not come from the host.
    pub search_path: bool,
}

/// The baseline's own verification, and what the others are compared with.
pub struct Baseline {
    pub verification: SubjectVerification,
    programs: Vec<suite::Observed>,
    hashlib: hashlib::Answers,
    extensions: extensions::Imports,
    exports: BTreeSet<String>,
}

/// Verifies all candidates; the first is the baseline. A candidate that crashes, hangs or does not start has failed checks and stops no other.
pub fn verify(candidates: &[Candidate], benchmarks: &Path, reporter: &dyn Reporter) -> Result<Verification, VerifyError> {
    let suite = Suite::open(benchmarks)?;
    let (first, others) = candidates.split_first().ok_or(VerifyError::NoCandidate)?;
    let bar = reporter.bar("verifying", Some((candidates.len() * suite.steps()) as u64), Unit::Items);
    let baseline = record_baseline(first, &suite, bar.as_ref())?;
    let others: Result<Vec<_>, VerifyError> =
        others.par_iter().map(|candidate| check(candidate, &baseline, &suite, bar.as_ref())).collect();
    bar.finish();
    let mut subjects = vec![baseline.verification];
    subjects.extend(others?);
    Ok(Verification { schema: SCHEMA, subjects })
}

/// Runs everything on the baseline once.
pub fn record_baseline(candidate: &Candidate, suite: &Suite, bar: &dyn Bar) -> Result<Baseline, VerifyError> {
    bar.message(&candidate.name);
    let programs = suite.run_programs(&candidate.executable, bar)?;
    let hashlib = hashlib::Answers::ask(suite, &candidate.executable, None)?;
    bar.advance(1);
    let extensions = extensions::Imports::ask(suite, &candidate.executable, None)?;
    bar.advance(1);
    let mut checks = elf::check_baseline(&candidate.executable);
    checks.extend(programs::check_baseline(suite, &programs));
    checks.extend(hashlib.check_baseline());
    checks.extend(extensions.check_baseline());
    let exports = elf::Facts::read(&candidate.executable).map(|facts| facts.exports).unwrap_or_default();
    let verification = SubjectVerification { subject: candidate.name.clone(), checks };
    Ok(Baseline { verification, programs, hashlib, extensions, exports })
}

/// Runs everything on one candidate and compares it with the baseline.
pub fn check(candidate: &Candidate, baseline: &Baseline, suite: &Suite, bar: &dyn Bar) -> Result<SubjectVerification, VerifyError> {
    bar.message(&candidate.name);
    let mut checks = match &candidate.expected {
        Some(expected) => elf::check(&candidate.executable, expected, &baseline.exports),
        None => elf::check_baseline(&candidate.executable),
    };
    let programs = suite.run_programs(&candidate.executable, bar)?;
    checks.extend(programs::check(suite, &programs, &baseline.programs));
    let hashlib = hashlib::Answers::ask(suite, &candidate.executable, Some(&baseline.hashlib))?;
    bar.advance(1);
    checks.extend(hashlib.check(&baseline.hashlib));
    let extensions = extensions::Imports::ask(suite, &candidate.executable, Some(&baseline.extensions))?;
    bar.advance(1);
    checks.extend(extensions.check(&baseline.extensions));
    if candidate.expected.is_some() {
        checks.extend(hacl::check(&candidate.executable, suite, &programs, &hashlib, &extensions));
    }
    Ok(SubjectVerification { subject: candidate.name.clone(), checks })
}

/// The name under which a candidate's verification is kept: whatever could change it is in here.
///
/// The paths count because they lie in the store under keys of all that made them, such as the libpython that a shared runner loads.
/// `benchmarks` is the digest of the programs.
pub fn key(baseline: (&Candidate, &Sha256), candidate: (&Candidate, &Sha256), benchmarks: &str) -> Key {
    let expected = candidate.0.expected.as_ref().map(|expected| format!("{expected:?}")).unwrap_or_default();
    Key::of(
        "verified",
        [
            ("method", METHOD),
            ("benchmarks", benchmarks),
            ("baseline", &baseline.0.executable.to_string_lossy()),
            ("baseline_sha256", &baseline.1.to_string()),
            ("executable", &candidate.0.executable.to_string_lossy()),
            ("executable_sha256", &candidate.1.to_string()),
            ("expected", &expected),
        ],
    )
}

fn passed(group: CheckGroup, name: &str, detail: impl Into<Option<String>>) -> Check {
    Check { group, name: name.to_owned(), passed: true, detail: detail.into() }
}

fn failed(group: CheckGroup, name: &str, detail: impl Into<String>) -> Check {
    Check { group, name: name.to_owned(), passed: false, detail: Some(detail.into()) }
}
