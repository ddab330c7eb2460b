//! One visit: the processes that a subject runs for a benchmark, and what is made of how they end.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Executor;
use super::counting::{self, Callgrind, Parts, instructions_per_copy};
use super::output;
use crate::matrix::{Benchmark, CommandLine, Region};
use crate::process::{Finished, ProcessError, how_it_ended, last_lines};
use crate::run::{Clock, Counters, Outcome};

/// A visit's part of a [`crate::run::Sample`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visited {
    pub(super) outcome: Outcome,
    pub(super) value_ns: Option<u64>,
    pub(super) wall: Duration,
    pub(super) user: Duration,
    pub(super) system: Duration,
    pub(super) peak_memory_bytes: u64,
    pub(super) answer: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) counters: Option<Counters>,
    pub(super) kernels: Option<BTreeMap<String, f64>>,
}

impl Visited {
    fn nothing_yet() -> Self {
        Self {
            outcome: Outcome::Ok,
            value_ns: None,
            wall: Duration::ZERO,
            user: Duration::ZERO,
            system: Duration::ZERO,
            peak_memory_bytes: 0,
            answer: None,
            reason: None,
            counters: None,
            kernels: None,
        }
    }

    /// A visit that was not made.
    pub(super) fn skipped(reason: String) -> Self {
        Self::nothing_yet().failed(Outcome::Failed, reason)
    }

    /// A time, or a count, that belongs to a failure is no value.
    fn failed(self, outcome: Outcome, reason: String) -> Self {
        Self { outcome, value_ns: None, reason: Some(reason), counters: None, kernels: None, ..self }
    }

    fn add(&mut self, finished: &Finished) {
        self.wall += finished.wall;
        self.user += finished.user;
        self.system += finished.system;
        self.peak_memory_bytes = self.peak_memory_bytes.max(finished.peak_memory_bytes);
    }

    /// A fast wrong answer is a failure.
    pub(super) fn checked(self, expected: Option<&str>) -> Self {
        match expected {
            Some(expected) if self.outcome == Outcome::Ok && self.answer.as_deref() != Some(expected) => {
                let reason = output::difference(self.answer.as_deref().unwrap_or_default(), expected);
                self.failed(Outcome::WrongAnswer, reason)
            }
            _ => self,
        }
    }
}

/// What to run, and how to read it.
pub(super) struct Request<'a> {
    pub(super) benchmark: Benchmark,
    pub(super) size: Option<u64>,
    pub(super) clock: Clock,
    pub(super) commands: &'a [CommandLine],
    pub(super) environment: &'a [(&'static str, String)],
    /// For all processes of the visit together.
    pub(super) limit: Duration,
    /// In the phase `counted`: what it is run under, and what of it is counted.
    pub(super) callgrind: Option<(&'a Callgrind, Region)>,
}

impl Request<'_> {
    fn region(&self) -> Region {
        self.callgrind.map_or(Region::WholeProcesses, |(_, region)| region)
    }
}

/// Every failure of a subject is a value; the only error is that the person interrupted.
pub(super) fn visit(executor: &mut dyn Executor, request: &Request<'_>) -> Result<Visited, ProcessError> {
    let mut visited = Visited::nothing_yet();
    let mut in_process = 0;
    let mut answers = Vec::new();
    for (nth, command) in request.commands.iter().enumerate() {
        let (finished, counted) = match run(executor, request, command, &mut visited) {
            Ok(Ok(ended)) => ended,
            Ok(Err((outcome, reason))) => return Ok(visited.failed(outcome, reason)),
            Err(interrupted) => return Err(interrupted),
        };
        visited.counters = match counted {
            Some(_) => visited.counters,
            None => counting::add(visited.counters, nth == 0, &finished),
        };
        match counted.map_or(Ok(()), |parts| count(&mut visited, request, &parts, &finished)).and_then(|()| read(request, &finished)) {
            Ok(said) => {
                in_process += said.ns.unwrap_or(0);
                visited.kernels = visited.kernels.or(said.kernels);
                answers.extend(said.answers);
            }
            Err(reason) => return Ok(visited.failed(Outcome::Failed, reason)),
        }
    }
    if request.benchmark == Benchmark::Cells && Some(answers.len() as u64) != request.size {
        let reason = format!("{} cells answered, {} were asked for", answers.len(), request.size.unwrap_or(0));
        return Ok(visited.failed(Outcome::Failed, reason));
    }
    visited.answer = output::answer(&answers);
    visited.value_ns = match request.clock {
        // A hundred times too long is no time of the benchmark.
        _ if request.callgrind.is_some() => None,
        Clock::InProcess => Some(in_process),
        Clock::WholeProcess => Some(nanoseconds(visited.wall)),
    };
    Ok(visited)
}

/// With what callgrind counted, if it ran under it. The inner error is how and why the subject failed.
type Ran = Result<(Finished, Option<Parts>), (Outcome, String)>;

/// One process to a successful end.
fn run(executor: &mut dyn Executor, request: &Request<'_>, command: &CommandLine, visited: &mut Visited) -> Result<Ran, ProcessError> {
    let left = request.limit.saturating_sub(visited.wall);
    let under = request.callgrind.map(|(callgrind, _)| callgrind.wrap(command)).transpose();
    let under = match under {
        Ok(under) => under,
        Err(error) => return Ok(Err((Outcome::Failed, with_causes(&error)))),
    };
    let finished = match executor.execute(under.as_ref().map_or(command, |under| &under.command), request.environment, left) {
        Ok(finished) => finished,
        Err(interrupted @ ProcessError::Interrupted(_)) => return Err(interrupted),
        Err(error) => return Ok(Err((Outcome::Failed, with_causes(&error)))),
    };
    visited.add(&finished);
    if finished.timed_out {
        let reason = format!("was still running after {} s and was ended{}", request.limit.as_secs_f64(), said(&finished));
        return Ok(Err((Outcome::TimedOut, reason)));
    }
    if !finished.status.success() {
        return Ok(Err((Outcome::Failed, format!("{}{}", how_it_ended(&finished.status), said(&finished)))));
    }
    Ok(match under.map(|under| under.parts()).transpose() {
        Ok(parts) => Ok((finished, parts)),
        Err(reason) => Err((Outcome::Failed, reason)),
    })
}

/// Adds what callgrind counted in a process.
fn count(visited: &mut Visited, request: &Request<'_>, parts: &Parts, finished: &Finished) -> Result<(), String> {
    let instructions = match request.region() {
        Region::Workload => parts.workload()?,
        Region::WholeProcesses => parts.whole(),
        Region::Kernels => {
            visited.kernels = Some(instructions_per_copy(&finished.stdout, parts)?);
            return Ok(());
        }
    };
    let before = visited.counters.and_then(|counters| counters.instructions).unwrap_or(0);
    visited.counters = Some(Counters { instructions: Some(before + instructions), ..Counters::default() });
    Ok(())
}

fn read(request: &Request<'_>, finished: &Finished) -> Result<output::Said, String> {
    match request.region() {
        // Read for its counts already.
        Region::Kernels => Ok(output::Said::default()),
        _ => output::read(request.benchmark, request.size, &finished.stdout),
    }
}

fn said(finished: &Finished) -> String {
    // Whoever prints without end must not make the journal as long.
    let tail = &finished.stderr[finished.stderr.len().saturating_sub(2000)..];
    let lines = last_lines(&String::from_utf8_lossy(tail), 4);
    if lines.is_empty() { String::new() } else { format!("; stderr ends:\n{lines}") }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
