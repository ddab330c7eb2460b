//! The programs and probes of `benchmarks/`, and how each is run: one clean environment, one empty folder, one time limit.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use super::VerifyError;
use crate::fs::{FsError, Scratch};
use crate::process::{Job, ProcessError, how_it_ended, last_lines, subject_environment};
use crate::ui::Bar;

/// Each program ends within a second or two; a machine under load gets a hundred times that.
const LIMIT: Duration = Duration::from_secs(120);

/// Sixty times what any program or probe prints. All programs' outputs are held at once, so one that prints without end would take up
/// gigabytes.
const OUTPUT_LIMIT_BYTES: usize = 4 << 20;

/// See `runner-template/README.md`.
const EMBED: &str = "--surtax-embed";

/// `benchmarks/` as the gate uses it.
#[derive(Debug, Clone)]
pub struct Suite {
    folder: PathBuf,
    /// The programs' file names without the ending, sorted: `01_big_integers`, …
    names: Vec<String>,
    limit: Duration,
}

/// What a probe said, by name; a name that took its process down has the reason. Or why the probe said nothing at all.
pub(super) type Probed<T> = Result<BTreeMap<String, Result<T, String>>, String>;

/// The names whose process ended in `abort()`.
pub(super) fn aborted<T>(probed: &Probed<T>) -> Vec<String> {
    let Ok(values) = probed else { return probed.as_ref().err().filter(|reason| is_abort(reason)).cloned().into_iter().collect() };
    values.iter().filter(|(_, value)| value.as_ref().is_err_and(|reason| is_abort(reason))).map(|(name, _)| name.clone()).collect()
}

pub(super) fn is_abort(reason: &str) -> bool {
    reason.contains("(SIGABRT)")
}

/// What one process did.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Observed {
    Ended {
        status: ExitStatus,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
    },
    /// It hung or did not start; the reason.
    Never(String),
}

impl Observed {
    /// Its stdout, if it ended well; else how it ended.
    pub(super) fn success(&self) -> Result<&[u8], String> {
        match self {
            Self::Ended { status, stdout, .. } if status.success() => Ok(stdout),
            Self::Ended { status, stderr, .. } => {
                let said = last_lines(&String::from_utf8_lossy(stderr), 1);
                let how = how_it_ended(status);
                Err(if said.is_empty() { how } else { format!("{how}: {said}") })
            }
            Self::Never(reason) => Err(reason.clone()),
        }
    }

    pub(super) fn aborted(&self) -> bool {
        self.success().is_err_and(|reason| is_abort(&reason))
    }

    /// Whether a signal took the process down.
    pub(super) fn crashed(&self) -> bool {
        matches!(self, Self::Ended { status, .. } if status.signal().is_some())
    }
}

impl Suite {
    pub fn open(benchmarks: &Path) -> Result<Self, VerifyError> {
        let programs = benchmarks.join("programs");
        let entries = std::fs::read_dir(&programs).map_err(FsError::at("read", &programs))?;
        let mut names: Vec<String> =
            entries.filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".py")?.to_owned())).collect();
        if names.is_empty() {
            return Err(VerifyError::NoPrograms(programs));
        }
        names.sort_unstable();
        Ok(Self { folder: benchmarks.to_owned(), names, limit: LIMIT })
    }

    /// A process that runs longer is ended and counts as hung.
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Progress steps per subject: each program, the three probes.
    pub fn steps(&self) -> usize {
        self.names.len() + 3
    }

    /// Everything that the matrix measures, at a small size, as a drop-in `python` and as an embedder starts it.
    pub(super) fn run_benchmarks(&self, executable: &Path) -> Result<Vec<(String, Observed)>, VerifyError> {
        let mut benchmarks: Vec<Vec<String>> = vec![vec!["empty.py".into()], vec!["cells.py".into(), "0".into(), "20".into()]];
        let workloads = self.folder.join("workloads");
        for entry in std::fs::read_dir(&workloads).map_err(FsError::at("read", &workloads))? {
            let entry = entry.map_err(FsError::at("read", &workloads))?;
            if let Some(workload) = entry.file_name().to_str().and_then(|name| name.strip_suffix(".py")) {
                benchmarks.push(vec!["driver.py".into(), workload.into(), "1000".into()]);
            }
        }
        benchmarks.sort_unstable();
        let ways = benchmarks.par_iter().flat_map(|words| [(None, words), (Some(EMBED), words)]);
        ways.map(|(option, words)| {
            let shown = option.into_iter().chain(words.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
            let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
            Ok((shown, self.run_with(executable, option, &words[0], &arguments)?))
        })
        .collect()
    }

    /// Every program, in the order of [`Suite::names`].
    pub(super) fn run_programs(&self, executable: &Path, bar: &dyn Bar) -> Result<Vec<Observed>, VerifyError> {
        self.names
            .par_iter()
            .map(|name| {
                let observed = self.run(executable, &format!("programs/{name}.py"), &[]);
                bar.advance(1);
                observed
            })
            .collect()
    }

    /// Asks a probe, a script that prints a JSON object with a value for each name that it knows. `known` are the baseline's names.
    ///
    /// All names are asked for in one process. Only if that one crashes does each name get its own, to find out which it was.
    pub(super) fn probe<T: DeserializeOwned + Send>(
        &self,
        executable: &Path,
        script: &str,
        known: Option<Vec<String>>,
    ) -> Result<Probed<T>, VerifyError> {
        let all = self.run(executable, script, &[])?;
        if !all.crashed() {
            let found = all.success().and_then(parse::<BTreeMap<String, T>>);
            return Ok(found.map(|values| values.into_iter().map(|(name, value)| (name, Ok(value))).collect()));
        }
        let reason = all.success().err().unwrap_or_default();
        // An executable that does not even start would fail in the same way for every name.
        if self.run(executable, "empty.py", &[])?.success().is_err() {
            return Ok(Err(reason));
        }
        let names = match known {
            Some(names) => Ok(names),
            None => self.run(executable, script, &["--list"])?.success().and_then(parse::<Vec<String>>),
        };
        let Ok(names) = names else { return Ok(Err(reason)) };
        let one = |name: String| {
            let mut found = self.run(executable, script, &[&name])?.success().and_then(parse::<BTreeMap<String, T>>);
            let value =
                found.as_mut().map_err(|reason| reason.clone()).and_then(|found| found.remove(&name).ok_or("is not there".to_owned()));
            Ok((name, value))
        };
        Ok(Ok(names.into_par_iter().map(one).collect::<Result<_, VerifyError>>()?))
    }

    /// One script in a folder of its own, so that no program sees what another one left.
    pub(super) fn run(&self, executable: &Path, script: &str, arguments: &[&str]) -> Result<Observed, VerifyError> {
        self.run_with(executable, None, script, arguments)
    }

    fn run_with(&self, executable: &Path, option: Option<&str>, script: &str, arguments: &[&str]) -> Result<Observed, VerifyError> {
        let scratch = Scratch::new(&std::env::temp_dir())?;
        let job = Job::new(executable)
            .args(option)
            .arg(self.folder.join(script))
            .args(arguments)
            .envs(subject_environment(0))
            .current_dir(scratch.path())
            .limit(self.limit);
        match job.run() {
            Ok(finished) if finished.timed_out => {
                Ok(Observed::Never(format!("was still running after {:.0} s and was ended", self.limit.as_secs_f64())))
            }
            Ok(finished) if finished.stdout.len() + finished.stderr.len() > OUTPUT_LIMIT_BYTES => {
                let printed = (finished.stdout.len() + finished.stderr.len()) >> 20;
                Ok(Observed::Never(format!("printed {printed} MiB; no program here prints more than {}", OUTPUT_LIMIT_BYTES >> 20)))
            }
            Ok(finished) => Ok(Observed::Ended { status: finished.status, stdout: finished.stdout, stderr: finished.stderr }),
            Err(ProcessError::Interrupted(interrupted)) => Err(interrupted.into()),
            Err(error) => Ok(Observed::Never(match error.source() {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            })),
        }
    }
}

fn parse<T: DeserializeOwned>(stdout: &[u8]) -> Result<T, String> {
    serde_json::from_slice(stdout).map_err(|error| format!("the probe's output cannot be understood: {error}"))
}
