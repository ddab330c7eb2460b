//! One pass of the probe: a fresh process, and its answer or what kept it from answering.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::error::TraceError;
use super::wire::{CountedPass, Failed, Line, Pass, Request, Watched};
use super::{Demand, Interpreter};
use crate::assets;
use crate::process::{Finished, Job, how_it_ended, last_lines, subject_environment};
use crate::store::Store;

pub(super) struct Probe<'a> {
    script: PathBuf,
    interpreter: &'a Interpreter,
    demand: &'a Demand,
}

/// What a pass said, line by line.
#[derive(Default)]
struct Said {
    calls: Vec<String>,
    /// Where the file was last: `None` until it was looked at, `Some(None)` while it was imported, else in that call.
    at: Option<Option<usize>>,
    counted: Option<CountedPass>,
    watched: Option<Watched>,
    failed: Option<Failed>,
}

impl<'a> Probe<'a> {
    pub(super) fn new(store: &Store, interpreter: &'a Interpreter, demand: &'a Demand) -> Result<Self, TraceError> {
        match std::fs::metadata(&demand.file) {
            Ok(data) if data.is_file() => {}
            // What a pipe gives it gives once.
            Ok(_) => return Err(TraceError::NotAFile(demand.file.clone())),
            Err(_) => return Err(TraceError::NoSuchFile(demand.file.clone())),
        }
        Ok(Self { script: assets::benchmarks(store)?.join("opcodes/trace.py"), interpreter, demand })
    }

    /// Executions by instruction, and the calls that were made.
    pub(super) fn count(&self) -> Result<(CountedPass, Vec<String>), TraceError> {
        // Counting is slow, and need not be complete.
        let mut said = self.run(Pass::Count, None, None, 0.5)?;
        let counted = said.counted.take().ok_or_else(|| self.not_understood(""))?;
        Ok((counted, said.calls))
    }

    pub(super) fn watch(&self, only: Option<Vec<u32>>, counted: &CountedPass) -> Result<Watched, TraceError> {
        self.run(Pass::Watch, only, Some(counted), 0.8)?.watched.ok_or_else(|| self.not_understood(""))
    }

    /// `share`: of the limit; what it takes to answer is beyond it.
    fn run(&self, pass: Pass, only: Option<Vec<u32>>, counted: Option<&CountedPass>, share: f64) -> Result<Said, TraceError> {
        let Demand { file, functions, calls, times, limit } = self.demand;
        let counts: BTreeMap<_, _> =
            counted.into_iter().flat_map(|counted| &counted.functions).map(|code| (code.index, &code.counts)).collect();
        let request = Request { pass, calls, times: *times, functions, only, counts, seconds: limit.as_secs_f64() * share };
        let request = serde_json::to_vec(&request).map_err(|error| self.not_understood(&error.to_string()))?;
        let job = Job::new(&self.interpreter.executable).arg(&self.script).arg(file).envs(subject_environment(0));
        let finished = job.stdin(request).limit(*limit).run()?;
        let said = self.read(&finished)?;
        if finished.timed_out {
            return Err(TraceError::Endless { file: file.clone(), doing: self.doing(&said), limit: *limit });
        }
        match said.failed {
            Some(failed) => Err(self.failure(failed, said.calls)),
            None if said.counted.is_none() && said.watched.is_none() => Err(self.died(&finished, &said)),
            None => Ok(said),
        }
    }

    fn read(&self, finished: &Finished) -> Result<Said, TraceError> {
        let mut said = Said::default();
        // A line that the limit tore is none.
        let text = finished.stdout_text();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines() {
            match serde_json::from_str(line).map_err(|error| self.not_understood(&error.to_string()))? {
                Line::At(at) => said.at = Some(at.call),
                Line::Calls(calls) => said.calls = calls.calls,
                Line::Counted(counted) => said.counted = Some(counted),
                Line::Watched(watched) => said.watched = Some(watched),
                Line::Failed(failed) => said.failed = Some(failed),
            }
        }
        Ok(said)
    }

    fn failure(&self, failed: Failed, calls: Vec<String>) -> TraceError {
        let file = self.demand.file.clone();
        // The names are the probe's own answer, in the order in which it was asked.
        let expression = |call: usize| calls.get(call).cloned().unwrap_or_default();
        match failed {
            Failed::FileSyntax { message, line } => TraceError::FileSyntax { file, line, message },
            Failed::FileRaised { message, trace } => TraceError::FileRaised { file, message, trace },
            Failed::CallSyntax { call, message } => TraceError::CallSyntax { call: expression(call), message },
            Failed::CallRaised { call, time, message, trace } => {
                TraceError::CallRaised { file, call: expression(call), time, message, trace }
            }
            Failed::NoSuchFunction { function, functions } => TraceError::NoSuchFunction { file, function, functions },
            Failed::NothingToCall { function, functions } => TraceError::NothingToCall { file, function, functions },
            Failed::NoMonitoring {} => TraceError::NoMonitoring { file },
        }
    }

    fn died(&self, finished: &Finished, said: &Said) -> TraceError {
        let output: String = last_lines(&finished.stderr_text(), 5).chars().take(1000).collect();
        TraceError::Died { file: self.demand.file.clone(), doing: self.doing(said), how: how_it_ended(&finished.status), output }
    }

    /// `while it was imported`, `in --call 'f()'`.
    fn doing(&self, said: &Said) -> String {
        match said.at {
            None => "before it was imported".to_owned(),
            Some(None) => "while it was imported".to_owned(),
            Some(Some(call)) => format!("in --call '{}'", said.calls.get(call).map_or("", String::as_str)),
        }
    }

    fn not_understood(&self, why: &str) -> TraceError {
        TraceError::NotUnderstood { interpreter: self.interpreter.executable.clone(), why: why.to_owned() }
    }
}
