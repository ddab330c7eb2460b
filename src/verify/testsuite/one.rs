//! One test file on one subject: a process of its own, in an empty folder and a session of its own, with a limit.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use super::junit;
use super::log::{self, Log};
use crate::fs::Scratch;
use crate::interrupt::Interrupted;
use crate::process::{Finished, Job, ProcessError, end_strays, how_it_ended, last_lines};
use crate::run::TestOutcome;

/// The slowest file takes some two minutes alone; a machine under load gets several times that.
const LIMIT: Duration = Duration::from_secs(900);
/// No file's results are larger than a few megabytes.
const RESULTS_LIMIT_BYTES: u64 = 64 << 20;
/// A line of a test's own making may be as long as it likes.
const DETAIL_LIMIT_CHARACTERS: usize = 300;

/// How one test case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub outcome: TestOutcome,
    /// Why it failed or was skipped, in a line.
    pub detail: Option<String>,
}

impl Seen {
    /// The detail is cut where it is long.
    pub fn new(outcome: TestOutcome, detail: Option<String>) -> Self {
        let cut = |detail: String| match detail.char_indices().nth(DETAIL_LIMIT_CHARACTERS) {
            Some((at, _)) => format!("{}…", &detail[..at]),
            None => detail,
        };
        Self { outcome, detail: detail.map(cut) }
    }
}

/// What became of one test file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases {
    /// Of the process as a whole.
    pub whole: Seen,
    /// By name.
    pub cases: BTreeMap<String, Seen>,
}

impl Cases {
    pub(super) fn count(&self, outcome: TestOutcome) -> usize {
        self.cases.values().filter(|seen| seen.outcome == outcome).count()
    }

    pub(super) fn failures(&self) -> impl Iterator<Item = &String> {
        self.cases.iter().filter(|(_, seen)| seen.outcome == TestOutcome::Failed).map(|(name, _)| name)
    }

    /// It was to run test cases and told the end of none: it crashed, did not end, or could not be imported.
    pub fn told_none(&self) -> bool {
        self.cases.is_empty() && self.whole.outcome == TestOutcome::Failed
    }
}

/// The only error is that the person interrupted: whatever else happens is the subject's doing, or happens to the stock python3 too.
pub(super) fn run(executable: &Path, file: &str) -> Result<Cases, Interrupted> {
    match attempt(executable, file) {
        Ok(cases) => Ok(cases),
        Err(ProcessError::Interrupted(interrupted)) => Err(interrupted),
        Err(error) => {
            let reason = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
            Ok(Cases { whole: Seen::new(TestOutcome::Failed, Some(reason)), cases: BTreeMap::new() })
        }
    }
}

fn attempt(executable: &Path, file: &str) -> Result<Cases, ProcessError> {
    let scratch = Scratch::new(&std::env::temp_dir())?;
    let (results, home) = (scratch.path().join("results.xml"), scratch.path().join("home"));
    crate::fs::create_dir_all(&home)?;
    let job = Job::new(executable)
        // With -v it prints each test case as it begins, and every failure. With a seed, tests that try things at random try the same everywhere.
        .args(["-m", "test", "-v", "--randseed", "0", "--junit-xml"])
        .arg(&results)
        .arg("--tempdir")
        .arg(scratch.path())
        .arg(file)
        // Not the one of a measured visit: several tests are about what it sets. Nothing of the person's either.
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("PYTHONHASHSEED", "0")
        .env("HOME", &home)
        .env("TMPDIR", scratch.path())
        .current_dir(scratch.path())
        .own_session()
        .large_files()
        .limit(LIMIT);
    let outcome = job.run();
    // Several tests start sessions; a test that is ended from outside ends none of them.
    end_strays(scratch.path());
    let finished = outcome?;
    let shown = |text: &str| text.replace(&*scratch.path().to_string_lossy(), "TMP").replace(&*executable.to_string_lossy(), "PYTHON");
    let log = log::read(&shown(&finished.stdout_text()), file);
    let written = written(&results).map_or(Ok(BTreeMap::new()), |text| junit::read(&shown(&text)));
    let unreadable = written.as_ref().err().cloned();
    let mut cases = written.unwrap_or_default();
    let whole = whole(&finished, &log, cases.is_empty(), unreadable.as_deref());
    log.complete(&mut cases);
    Ok(Cases { whole, cases })
}

/// `None` where there is no such file: of a file that it skips as a whole, `python -m test` of 3.12 and later writes none.
fn written(results: &Path) -> Option<String> {
    let data = std::fs::metadata(results).ok()?;
    let fits = data.is_file() && data.len() <= RESULTS_LIMIT_BYTES;
    fits.then(|| std::fs::read(results).ok()).flatten().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// `python -m test` ends with 0 if nothing failed, with 4 if there was nothing to run (`EXITCODE_NO_TESTS_RAN`), with 2 if a test failed.
fn whole(finished: &Finished, log: &Log, no_cases: bool, unreadable: Option<&str>) -> Seen {
    let failed = |detail: String| Seen::new(TestOutcome::Failed, Some(detail));
    let begun = log.begun.as_ref().map_or_else(String::new, |case| format!(", in {case}"));
    if finished.timed_out {
        return failed(format!("was still running after {} s and was ended{begun}", LIMIT.as_secs()));
    }
    match (finished.status.code(), unreadable) {
        (Some(0 | 4), Some(reason)) => failed(format!("its results cannot be understood: {reason}")),
        // A test that ends the process takes the results with it.
        (Some(0), _) if !log.finished => failed(format!("ended before its results were told{begun}")),
        (Some(0 | 4), _) if no_cases && !log.skipped.is_empty() => {
            Seen::new(TestOutcome::Skipped, log.skipped.first().map(|(_, reason)| reason.clone()))
        }
        (Some(0), _) => Seen::new(TestOutcome::Passed, None),
        (Some(4), _) => Seen::new(TestOutcome::Skipped, None),
        (None, _) => failed(format!("{}{begun}", how_it_ended(&finished.status))),
        _ => {
            let said = last_lines(&finished.stderr_text(), 1);
            failed(if said.is_empty() { how_it_ended(&finished.status) } else { format!("{}: {said}", how_it_ended(&finished.status)) })
        }
    }
}
