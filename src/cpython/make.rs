//! Calling configure and make: one environment, a log per step, progress by compiled files, and what a failure means.

use std::path::{Path, PathBuf};

use super::hint::hint_from;
use super::{CpythonError, MOMENT};
use crate::process::{Finished, Job, how_it_ended, last_lines};
use crate::ui::{Reporter, Unit};

/// Runs the programs of one tree.
pub(super) struct Builder<'a> {
    /// Where they run: the build folder.
    pub folder: PathBuf,
    /// Where the log of a step lies.
    pub log: Box<dyn Fn(&str) -> PathBuf + 'a>,
    pub reporter: &'a dyn Reporter,
}

/// Compiling jobs at once: the cores that this process may use.
pub(super) fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Builder<'_> {
    /// A program in the build folder with an environment of its own: the person's `CFLAGS` or `MAKEFLAGS` would make another build under the
    /// same key. So would the moment of the call, which `Modules/getbuildinfo.c` takes in: gcc, and clang from 16 on, take it from here.
    pub(super) fn job(&self, program: impl Into<PathBuf>) -> Job {
        let kept = ["PATH", "HOME", "TMPDIR"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        Job::new(program).envs(kept).env("LC_ALL", "C").env("SOURCE_DATE_EPOCH", MOMENT.to_string()).current_dir(&self.folder)
    }

    /// `make` of targets. `label` names the step for people, and its log.
    pub(super) fn make(&self, label: &str, variables: &[String], targets: &[&str], tools: Tools) -> Result<(), CpythonError> {
        let kept = if tools == Tools::Kept { KEPT.as_slice() } else { &[] };
        let job = self.job("make").args(kept).args(variables).args(targets);
        // What there is to compile: a dry run names every command.
        let dry = job.clone().arg("-n").run()?;
        let total = compilations(&dry.stdout_text());
        self.run(label, &job.arg(format!("-j{}", jobs())), Some(total).filter(|total| *total > 0))
    }

    /// Any program; its progress is that of compiled files where a total is given, else its last words.
    pub(super) fn run(&self, label: &str, job: &Job, total: Option<u64>) -> Result<(), CpythonError> {
        let log = (self.log)(label);
        let finished = self.watch(label, job, total, &log)?;
        if finished.status.success() {
            return Ok(());
        }
        Err(failed(label, &finished, log))
    }

    pub(super) fn watch(&self, label: &str, job: &Job, total: Option<u64>, log: &Path) -> Result<Finished, CpythonError> {
        let bar = self.reporter.bar("compiling", total, Unit::Items);
        bar.message(label);
        let mut shown = 0;
        let finished = job.run_logged(log, &mut || {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            if total.is_some() {
                let compiled = compilations(&said);
                bar.advance(compiled.saturating_sub(shown));
                shown = shown.max(compiled);
            } else {
                bar.message(&format!("{label}: {}", last_lines(&said, 1).trim().chars().take(60).collect::<String>()));
            }
        })?;
        bar.finish();
        Ok(finished)
    }

    /// The Makefile's own values of variables.
    pub(super) fn variables<const N: usize>(&self, names: [&str; N]) -> Result<[String; N], CpythonError> {
        let lines = names.map(|name| format!("echo '{name}='\"$({name})\"")).join("; ");
        let text = self.job("make").arg(format!("--eval=surtax-print: ; @{lines}")).arg("surtax-print").run_for_text()?;
        Ok(names.map(|name| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            value.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
        }))
    }
}

/// Whether a call may link the programs that write the frozen modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tools {
    Fresh,
    Kept,
}

/// The programs that write the frozen modules are those of the first build of the tree: linked anew from every variant's objects, they would
/// only write the same again.
const KEPT: [&str; 4] = ["-o", "_bootstrap_python", "-o", "Programs/_freeze_module"];

/// Commands that compile a file, in what make says.
fn compilations(said: &str) -> u64 {
    said.lines().filter(|line| line.contains(" -c ") && line.contains(" -o ")).count() as u64
}

pub(super) fn failed(label: &str, finished: &Finished, log: PathBuf) -> CpythonError {
    let said = std::fs::read(&log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    CpythonError::Step {
        step: label.to_owned(),
        how: how_it_ended(&finished.status),
        tail: last_lines(&said, 12),
        hint: hint_from(&said),
        log,
    }
}
