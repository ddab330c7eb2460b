//! The gate: a subject that does not behave as the baseline does has no published timing.

mod elf;
mod extensions;
mod hashes;
mod programs;
mod stand_ins;
mod suite;
pub mod testsuite;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::digest::{Key, Sha256};
use crate::error::{DEFECT, Exit, Explain};
use crate::fs::FsError;
use crate::interrupt::Interrupted;
use crate::libpython::HaclMode;
use crate::run::{Check, CheckGroup, Role, SCHEMA, SubjectVerification, Verification};
use crate::ui::{Bar, Reporter, Unit};

pub use suite::Suite;

/// Rises when a check is added or means something else, so that no kept verification outlives its meaning.
const METHOD: &str = "2";

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
    pub role: Role,
    /// Whether it is of the baseline's very version, so that its programs must say the same, byte for byte. True of all but guests.
    pub same_python: bool,
    /// What its executable must be; absent for the baseline, its control and guests, which surtax did not link.
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
    /// The shared libpython that it must load: others of the same name lie in other folders.
    pub shared_libpython: Option<PathBuf>,
    /// How its libpython comes to its HACL functions; `None` where it has its own.
    pub hacl: Option<HaclMode>,
}

/// The baseline's own verification, and what the others are compared with.
pub struct Baseline {
    pub verification: SubjectVerification,
    programs: Vec<suite::Observed>,
    hashlib: hashes::Answers,
    own_hashes: hashes::Answers,
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
    Ok(Verification { schema: SCHEMA, subjects, testsuite: None })
}

/// Runs everything on the baseline once.
pub fn record_baseline(candidate: &Candidate, suite: &Suite, bar: &dyn Bar) -> Result<Baseline, VerifyError> {
    let Asked { programs, hashlib, own_hashes, extensions } = Asked::of(candidate, None, suite, bar)?;
    let mut checks = elf::check_baseline(&candidate.executable);
    checks.extend(programs::check_alone(suite, &programs, ""));
    checks.extend(hashlib.check_alone());
    checks.extend(own_hashes.check_alone());
    checks.extend(extensions.check_alone());
    let exports = elf::Facts::read(&candidate.executable).map(|facts| facts.exports).unwrap_or_default();
    let verification = SubjectVerification { subject: candidate.name.clone(), checks };
    Ok(Baseline { verification, programs, hashlib, own_hashes, extensions, exports })
}

/// Runs everything on one candidate and compares it with the baseline.
pub fn check(candidate: &Candidate, baseline: &Baseline, suite: &Suite, bar: &dyn Bar) -> Result<SubjectVerification, VerifyError> {
    let guest = candidate.role == Role::Guest;
    let asked = Asked::of(candidate, Some(baseline).filter(|_| !guest), suite, bar)?;
    let checks = if guest { check_guest(candidate, &asked, baseline, suite) } else { check_subject(candidate, &asked, baseline, suite)? };
    Ok(SubjectVerification { subject: candidate.name.clone(), checks })
}

/// What all of a candidate's processes said.
struct Asked {
    programs: Vec<suite::Observed>,
    hashlib: hashes::Answers,
    own_hashes: hashes::Answers,
    extensions: extensions::Imports,
}

impl Asked {
    /// `like`: whose algorithms and modules are asked for where the candidate cannot list its own.
    fn of(candidate: &Candidate, like: Option<&Baseline>, suite: &Suite, bar: &dyn Bar) -> Result<Self, VerifyError> {
        bar.message(&candidate.name);
        let executable = &candidate.executable;
        let programs = suite.run_programs(executable, bar)?;
        let hashlib = hashes::Answers::ask(hashes::Probe::Hashlib, suite, executable, like.map(|like| &like.hashlib))?;
        bar.advance(1);
        let own_hashes = hashes::Answers::ask(hashes::Probe::Own, suite, executable, like.map(|like| &like.own_hashes))?;
        bar.advance(1);
        let extensions = extensions::Imports::ask(suite, executable, like.map(|like| &like.extensions))?;
        bar.advance(1);
        Ok(Self { programs, hashlib, own_hashes, extensions })
    }
}

/// A runner, or the baseline once more: what the baseline does, it does.
fn check_subject(candidate: &Candidate, asked: &Asked, baseline: &Baseline, suite: &Suite) -> Result<Vec<Check>, VerifyError> {
    let executable = &candidate.executable;
    let mut checks = match &candidate.expected {
        Some(expected) => elf::check(executable, expected, &baseline.exports),
        None => elf::check_baseline(executable),
    };
    let hacl = candidate.expected.as_ref().and_then(|expected| expected.hacl);
    checks.extend(programs::check(suite, &asked.programs, &baseline.programs));
    checks.extend(asked.hashlib.check(&baseline.hashlib, hacl));
    checks.extend(asked.own_hashes.check(&baseline.own_hashes, hacl));
    checks.extend(asked.extensions.check(&baseline.extensions));
    checks.extend(hacl.map(|hacl| stand_ins::linked(executable, hacl)));
    if hacl == Some(HaclMode::Stubs) {
        checks.push(stand_ins::not_reached(executable, suite, &asked.programs, &asked.hashlib, &asked.extensions)?);
    }
    Ok(checks)
}

/// An executable that the person named: nobody promised that it has the baseline's modules, and only one of the same version can be bit-exact.
fn check_guest(candidate: &Candidate, asked: &Asked, baseline: &Baseline, suite: &Suite) -> Vec<Check> {
    let mut checks = elf::check_baseline(&candidate.executable);
    checks.extend(if candidate.same_python {
        programs::check(suite, &asked.programs, &baseline.programs)
    } else {
        programs::check_alone(suite, &asked.programs, "; another Python: not compared with the baseline")
    });
    checks.extend(asked.hashlib.check_guest(&baseline.hashlib));
    checks.extend(asked.own_hashes.check_guest(&baseline.own_hashes));
    checks.extend(asked.extensions.check_alone());
    checks
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
            ("role", &format!("{:?}", candidate.0.role)),
            ("same_python", if candidate.0.same_python { "yes" } else { "no" }),
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
