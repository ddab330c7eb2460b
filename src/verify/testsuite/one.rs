//! One test file on one subject: a process of its own, in an empty folder, with a limit.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use super::junit;
use crate::fs::Scratch;
use crate::interrupt::Interrupted;
use crate::process::{Finished, Job, ProcessError, how_it_ended, last_lines};
use crate::run::TestOutcome;

/// The slowest file takes some two minutes alone; a machine under load gets several times that.
const LIMIT: Duration = Duration::from_secs(900);

/// How one test case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub outcome: TestOutcome,
    /// Why it failed or was skipped, in a line.
    pub detail: Option<String>,
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
}

/// The only error is that the person interrupted: whatever else happens is the subject's doing, or happens to the stock python3 too.
pub(super) fn run(executable: &Path, file: &str) -> Result<Cases, Interrupted> {
    match attempt(executable, file) {
        Ok(cases) => Ok(cases),
        Err(ProcessError::Interrupted(interrupted)) => Err(interrupted),
        Err(error) => {
            let reason = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
            Ok(Cases { whole: Seen { outcome: TestOutcome::Failed, detail: Some(reason) }, cases: BTreeMap::new() })
        }
    }
}

fn attempt(executable: &Path, file: &str) -> Result<Cases, ProcessError> {
    let scratch = Scratch::new(&std::env::temp_dir())?;
    let (results, home) = (scratch.path().join("results.xml"), scratch.path().join("home"));
    crate::fs::create_dir_all(&home)?;
    let finished = Job::new(executable)
        .args(["-m", "test", "--junit-xml"])
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
        .limit(LIMIT)
        .run()?;
    let shown = |text: &str| text.replace(&*scratch.path().to_string_lossy(), "TMP").replace(&*executable.to_string_lossy(), "PYTHON");
    let written = std::fs::read_to_string(&results).map_err(|_| String::new());
    let cases = written.and_then(|text| junit::read(&shown(&text)));
    let whole = whole(&finished, cases.as_ref().err().map(String::as_str));
    Ok(Cases { whole, cases: cases.unwrap_or_default() })
}

/// `python -m test` ends with 0 if nothing failed, with 4 if there was nothing to run (`EXITCODE_NO_TESTS_RAN`), with 2 if a test failed.
fn whole(finished: &Finished, unreadable: Option<&str>) -> Seen {
    let failed = |detail: String| Seen { outcome: TestOutcome::Failed, detail: Some(detail) };
    if finished.timed_out {
        return failed(format!("was still running after {} s and was ended", LIMIT.as_secs()));
    }
    match (finished.status.code(), unreadable) {
        (Some(0 | 4), Some(reason)) if !reason.is_empty() => failed(format!("its results cannot be understood: {reason}")),
        (Some(0), _) => Seen { outcome: TestOutcome::Passed, detail: None },
        (Some(4), _) => Seen { outcome: TestOutcome::Skipped, detail: None },
        _ => {
            let said = last_lines(&finished.stderr_text(), 1);
            failed(if said.is_empty() { how_it_ended(&finished.status) } else { format!("{}: {said}", how_it_ended(&finished.status)) })
        }
    }
}
