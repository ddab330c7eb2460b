//! The measuring loop: visits in the order of the schedule, each journalled as it ends.

use std::path::Path;
use std::time::{Duration, Instant};

use super::past::{Past, STREAK};
use super::progress::Progress;
use super::visit::{Request, Visited, nanoseconds, visit};
use super::{Apart, Executor, MeasureError, Measured};
use crate::fs::{Appender, FsError};
use crate::interrupt;
use crate::matrix::{self, Benchmark, MatrixError, Round};
use crate::process::subject_environment;
use crate::run::{Folder, Outcome, Phase, Plan, Role, RunError, SCHEMA, Sample};
use crate::ui::Reporter;

/// Measures what the journal in `folder` does not hold yet, strictly one process after the other. `benchmarks` holds the benchmark
/// programs. A subject's failure is a row in the journal, never an error.
pub fn measure(
    plan: &Plan,
    folder: &Folder,
    benchmarks: &Path,
    executor: &mut dyn Executor,
    reporter: &dyn Reporter,
) -> Result<Measured, MeasureError> {
    let kinds = kinds(plan)?;
    let samples = folder.samples()?;
    let rounds = matrix::missing(plan, &samples);
    let progress = {
        // The bar's thread draws while visits run.
        let _apart = Apart::from(plan.cpu);
        Progress::new(plan, &kinds, &rounds, reporter)
    };
    let mut session = Session {
        plan,
        folder,
        benchmarks,
        executor,
        journal: Appender::open(&folder.journal()).map_err(|source| journal_error(folder, source))?,
        past: Past::of(plan, &samples),
        progress,
        kinds,
        measured: Measured::default(),
    };
    if rounds.is_empty() {
        session.progress.finish();
        reporter.step("nothing is missing: every planned visit was measured");
        return Ok(session.measured);
    }
    let started = Instant::now();
    for round in &rounds {
        session.round(round)?;
        if session.progress.is_finished(round.benchmark) {
            reporter.step(&session.line(round.benchmark));
        }
    }
    session.progress.finish();
    session.measured.wall = started.elapsed();
    reporter.step(&session.measured.line());
    Ok(session.measured)
}

fn kinds(plan: &Plan) -> Result<Vec<Benchmark>, MatrixError> {
    if plan.baseline().is_none() {
        return Err(MatrixError::NoBaseline);
    }
    let kind = |name: &String| Benchmark::named(name).ok_or_else(|| MatrixError::unknown_benchmark(name));
    plan.benchmarks.iter().map(|benchmark| kind(&benchmark.name)).collect()
}

fn journal_error(folder: &Folder, source: FsError) -> MeasureError {
    MeasureError::Journal { folder: folder.path().to_owned(), source }
}

struct Session<'a> {
    plan: &'a Plan,
    kinds: Vec<Benchmark>,
    folder: &'a Folder,
    benchmarks: &'a Path,
    executor: &'a mut dyn Executor,
    journal: Appender,
    past: Past,
    progress: Progress,
    measured: Measured,
}

impl Session<'_> {
    fn round(&mut self, round: &Round) -> Result<(), MeasureError> {
        self.reference(round)?;
        for (position, &subject) in round.order.iter().enumerate() {
            interrupt::check().map_err(|_| self.interrupted())?;
            self.progress.message(&self.message(round));
            let visited = match self.past.given_up(round.benchmark, subject) {
                Some(reason) => {
                    self.measured.skipped += 1;
                    Visited::skipped(reason)
                }
                None => self.visit(round, subject)?.checked(self.past.answers.get(&round.benchmark).map(String::as_str)),
            };
            self.measured.visits += 1;
            self.measured.failed += usize::from(visited.outcome != Outcome::Ok);
            self.progress.visited(round.benchmark, subject, visited.wall);
            self.keep(round.phase, round.number, round, position, subject, visited)?;
        }
        Ok(())
    }

    /// One visit of the baseline before the first round, so that no visit's answer goes unchecked, wherever the shuffle put the baseline.
    /// Tried again before later rounds while it fails; a benchmark whose baseline never answers has no ratio anyway.
    fn reference(&mut self, round: &Round) -> Result<(), MeasureError> {
        let made = self.past.references.get(&round.benchmark).copied().unwrap_or(0);
        let known = self.past.answers.contains_key(&round.benchmark);
        if known || made >= STREAK || !self.kinds[round.benchmark].has_answer() {
            return Ok(());
        }
        let baseline = self.plan.subjects.iter().position(|subject| subject.role == Role::Baseline).unwrap_or(0);
        self.progress.message(&format!("{} · the baseline's answer", self.plan.benchmarks[round.benchmark].label()));
        let visited = self.visit(round, baseline)?;
        self.keep(Phase::Reference, made, round, 0, baseline, visited)
    }

    fn visit(&mut self, round: &Round, subject: usize) -> Result<Visited, MeasureError> {
        let benchmark = &self.plan.benchmarks[round.benchmark];
        let kind = self.kinds[round.benchmark];
        let commands = matrix::commands(kind, benchmark.size, &self.plan.subjects[subject], self.benchmarks, round.hash_seed);
        let request = Request {
            benchmark: kind,
            size: benchmark.size,
            clock: benchmark.clock,
            commands: &commands,
            environment: &subject_environment(round.hash_seed),
            limit: Duration::try_from_secs_f64(self.plan.timeout_seconds).unwrap_or(Duration::MAX),
        };
        match visit(self.executor, &request) {
            Ok(visited) => {
                self.measured.children += visited.wall;
                Ok(visited)
            }
            Err(_) => Err(self.interrupted()),
        }
    }

    fn keep(
        &mut self,
        phase: Phase,
        number: u32,
        round: &Round,
        position: usize,
        subject: usize,
        visited: Visited,
    ) -> Result<(), MeasureError> {
        let benchmark = &self.plan.benchmarks[round.benchmark];
        let sample = Sample {
            schema: SCHEMA,
            benchmark: benchmark.name.clone(),
            size: benchmark.size,
            phase,
            round: number,
            position: position as u32,
            subject: self.plan.subjects[subject].name.clone(),
            outcome: visited.outcome,
            value_ns: visited.value_ns,
            wall_ns: nanoseconds(visited.wall),
            user_ns: nanoseconds(visited.user),
            system_ns: nanoseconds(visited.system),
            peak_memory_bytes: visited.peak_memory_bytes,
            answer: visited.answer,
            reason: visited.reason,
            counters: None,
            kernels: visited.kernels,
        };
        let line = serde_json::to_string(&sample).map_err(|error| {
            let reason = error.to_string();
            RunError::Malformed { path: self.folder.journal(), reason }
        })?;
        self.journal.append(&line).map_err(|source| journal_error(self.folder, source))?;
        self.past.add(round.benchmark, subject, &sample);
        Ok(())
    }

    fn message(&self, round: &Round) -> String {
        let (phase, of) = match round.phase {
            Phase::WarmUp => ("warm-up round", self.plan.warmup),
            Phase::Reference | Phase::Measured => ("round", self.plan.rounds),
            Phase::Counted => ("counting round", 1),
        };
        let label = self.plan.benchmarks[round.benchmark].label();
        format!("{phase} {} of {of} · {label}", round.number + 1)
    }

    fn line(&self, benchmark: usize) -> String {
        let (visits, failures) = self.past.counts.get(&benchmark).copied().unwrap_or_default();
        let failed = if failures == 0 { String::new() } else { format!(", {failures} failed") };
        format!("measured {}: {} rounds, {visits} visits{failed}", self.plan.benchmarks[benchmark].label(), self.plan.rounds)
    }

    fn interrupted(&self) -> MeasureError {
        MeasureError::Interrupted { folder: self.folder.path().to_owned(), visits: self.measured.visits }
    }
}
