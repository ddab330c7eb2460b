//! The measuring loop: visits in the order of the schedule, each journalled as it ends.

use std::path::Path;
use std::time::{Duration, Instant};

use super::counting::Callgrind;
use super::past::{Past, STREAK};
use super::progress::Progress;
use super::visit::{Request, Visited, nanoseconds, visit};
use super::{Apart, CounterError, Executor, MeasureError, Measured};
use crate::fs::{Appender, FsError};
use crate::interrupt;
use crate::matrix::{self, Benchmark, MatrixError, Region, Round};
use crate::process::subject_environment;
use crate::run::{Counters, Folder, Outcome, Phase, Plan, Role, RunError, SCHEMA, Sample};
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
    let callgrind = if rounds.iter().any(|round| round.phase == Phase::Counted) {
        Some(Callgrind { valgrind: executor.valgrind().ok_or(CounterError::NoValgrind)? })
    } else {
        None
    };
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
        callgrind,
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
        if session.progress.is_finished(round) {
            reporter.step(&session.line(round));
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
    callgrind: Option<Callgrind>,
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
                None => self.visit(round, subject)?.checked(self.past.answer(round.benchmark, self.is_cut(round))),
            };
            self.measured.visits += 1;
            self.measured.failed += usize::from(visited.outcome != Outcome::Ok);
            self.progress.visited(round, subject, visited.wall);
            self.keep(round.phase, round.number, round, position, subject, visited)?;
        }
        Ok(())
    }

    /// One visit of the baseline before the first round, so that no visit's answer goes unchecked, wherever the shuffle put the baseline.
    /// Tried again before later rounds while it fails; a benchmark whose baseline never answers has no ratio anyway.
    fn reference(&mut self, round: &Round) -> Result<(), MeasureError> {
        let made = self.past.references.get(&round.benchmark).copied().unwrap_or(0);
        let known = self.is_cut(round) || self.past.answer(round.benchmark, false).is_some();
        if known || made >= STREAK || !self.kinds[round.benchmark].has_answer() {
            return Ok(());
        }
        let baseline = self.plan.subjects.iter().position(|subject| subject.role == Role::Baseline).unwrap_or(0);
        self.progress.message(&format!("{} · the baseline's answer", self.plan.benchmarks[round.benchmark].label()));
        let visited = self.visit(round, baseline)?;
        self.keep(Phase::Reference, made, round, 0, baseline, visited)
    }

    /// Whether the round counts the benchmark at another size than its own, or kernels without their answer: the reference's is then another.
    fn is_cut(&self, round: &Round) -> bool {
        let benchmark = &self.plan.benchmarks[round.benchmark];
        let is_other = || matrix::counted_size(benchmark).is_ok_and(|size| size != benchmark.size);
        round.phase == Phase::Counted && (Region::of(benchmark) == Region::Kernels || is_other())
    }

    fn visit(&mut self, round: &Round, subject: usize) -> Result<Visited, MeasureError> {
        let benchmark = &self.plan.benchmarks[round.benchmark];
        let kind = self.kinds[round.benchmark];
        let subject = &self.plan.subjects[subject];
        let callgrind = self.callgrind.as_ref().filter(|_| round.phase == Phase::Counted);
        let (commands, size) = match callgrind {
            Some(_) => {
                let size = matrix::counted_size(benchmark).unwrap_or(benchmark.size);
                (matrix::counted_commands(kind, benchmark, subject, self.benchmarks), size)
            }
            None => (matrix::commands(kind, benchmark.size, subject, self.benchmarks, round.hash_seed), benchmark.size),
        };
        let timeout = Duration::try_from_secs_f64(self.plan.timeout_seconds).unwrap_or(Duration::MAX);
        let request = Request {
            benchmark: kind,
            size,
            clock: benchmark.clock,
            commands: &commands,
            environment: &subject_environment(round.hash_seed),
            limit: if callgrind.is_some() { matrix::counted_limit(timeout) } else { timeout },
            callgrind: callgrind.map(|callgrind| (callgrind, Region::of(benchmark))),
        };
        let mut visited = visit(self.executor, &request).map_err(|_| self.interrupted())?;
        self.measured.children += visited.wall;
        if size != benchmark.size {
            visited.counters = visited.counters.map(|counters| Counters { counted_size: size, ..counters });
        }
        Ok(visited)
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
            counters: visited.counters,
            kernels: visited.kernels,
            machine: None,
        };
        let line = serde_json::to_string(&sample).map_err(|error| {
            let reason = error.to_string();
            RunError::Malformed { path: self.folder.journal(), reason }
        })?;
        self.journal.append(&line).map_err(|source| journal_error(self.folder, source))?;
        self.past.add(round.benchmark, subject, self.plan.subjects[subject].role, &sample);
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

    fn line(&self, round: &Round) -> String {
        let counted = round.phase == Phase::Counted;
        let (visits, failures) = self.past.counts.get(&(round.benchmark, counted)).copied().unwrap_or_default();
        let failed = if failures == 0 { String::new() } else { format!(", {failures} failed") };
        let label = self.plan.benchmarks[round.benchmark].label();
        if counted {
            return format!("counted {label}: {visits} visits{failed}");
        }
        format!("measured {label}: {} rounds, {visits} visits{failed}", self.plan.rounds)
    }

    fn interrupted(&self) -> MeasureError {
        MeasureError::Interrupted { folder: self.folder.path().to_owned(), visits: self.measured.visits }
    }
}
