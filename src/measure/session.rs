//! The measuring loop: visits in the order of the schedule, each journalled as it ends.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::progress::Progress;
use super::visit::{Request, Visited, nanoseconds, visit};
use super::{Apart, Executor};
use crate::error::{Exit, Explain};
use crate::fs::{Appender, FsError};
use crate::interrupt;
use crate::matrix::{self, Benchmark, Expected, MatrixError, Round};
use crate::run::{Folder, Outcome, Phase, Plan, Role, RunError, SCHEMA, Sample};
use crate::ui::Reporter;

/// After this many failures in a row a subject is not visited again for the same benchmark: a hang would otherwise cost the time-out in
/// every round.
pub const STREAK: u32 = 3;

#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    #[error(transparent)]
    Plan(#[from] MatrixError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("a sample cannot be kept, so measuring stops")]
    Journal {
        folder: PathBuf,
        #[source]
        source: FsError,
    },
    #[error("interrupted; {} visits of this session are in {}", visits, folder.display())]
    Interrupted { folder: PathBuf, visits: usize },
}

impl Explain for MeasureError {
    fn exit(&self) -> Exit {
        match self {
            Self::Plan(error) => error.exit(),
            Self::Run(error) => error.exit(),
            Self::Journal { .. } => Exit::Internal,
            Self::Interrupted { .. } => Exit::Incomplete,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Plan(error) => error.hint(),
            Self::Run(error) => error.hint(),
            Self::Journal { folder, .. } => {
                Some(format!("what was measured is kept; free some space, then: surtax matrix run --resume {}", folder.display()))
            }
            Self::Interrupted { folder, .. } => Some(format!("go on with it: surtax matrix run --resume {}", folder.display())),
        }
    }
}

/// What a session of measuring came to. The samples are in the journal; of an earlier session nothing is counted here.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub visits: usize,
    /// Visits whose outcome is not `ok`, skipped ones included.
    pub failed: usize,
    pub skipped: usize,
    pub wall: Duration,
    /// Wall time of the visits' processes.
    pub children: Duration,
}

impl Measured {
    /// Surtax's own share of the wall time, from 0 to 1.
    pub fn overhead(&self) -> f64 {
        if self.wall.is_zero() { 0.0 } else { self.wall.saturating_sub(self.children).as_secs_f64() / self.wall.as_secs_f64() }
    }
}

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
        measured: Measured { visits: 0, failed: 0, skipped: 0, wall: Duration::ZERO, children: Duration::ZERO },
    };
    let started = Instant::now();
    for round in &rounds {
        session.round(round)?;
        if session.progress.is_finished(round.benchmark) {
            reporter.step(&session.line(round.benchmark));
        }
    }
    session.progress.finish();
    session.measured.wall = started.elapsed();
    reporter.step(&last_line(&session.measured));
    Ok(session.measured)
}

fn kinds(plan: &Plan) -> Result<Vec<Benchmark>, MatrixError> {
    if plan.baseline().is_none() {
        return Err(MatrixError::NoBaseline);
    }
    let known = || Benchmark::ALL.map(|benchmark| benchmark.name().to_owned()).to_vec();
    let kind = |name: &String| Benchmark::named(name).ok_or_else(|| MatrixError::UnknownBenchmark { name: name.clone(), known: known() });
    plan.benchmarks.iter().map(|benchmark| kind(&benchmark.name)).collect()
}

fn journal_error(folder: &Folder, source: FsError) -> MeasureError {
    MeasureError::Journal { folder: folder.path().to_owned(), source }
}

fn last_line(measured: &Measured) -> String {
    let failed = if measured.failed == 0 { String::new() } else { format!(", {} failed", measured.failed) };
    format!(
        "measured {} visits in {:.1} s{failed}; surtax itself took {:.1} % of it",
        measured.visits,
        measured.wall.as_secs_f64(),
        100.0 * measured.overhead()
    )
}

/// What the journal tells about each benchmark, kept up to date as it grows.
#[derive(Default)]
struct Past {
    /// The baseline's answer by benchmark.
    answers: HashMap<usize, String>,
    /// Reference visits made, by benchmark.
    references: HashMap<usize, u32>,
    /// Failures in a row by benchmark and subject, and the last one's reason.
    streaks: HashMap<(usize, usize), (u32, String)>,
    /// Visits and failures by benchmark.
    counts: HashMap<usize, (usize, usize)>,
}

impl Past {
    fn of(plan: &Plan, samples: &[Sample]) -> Self {
        let mut past = Self::default();
        for sample in samples {
            let benchmark = plan.benchmarks.iter().position(|other| other.name == sample.benchmark && other.size == sample.size);
            let subject = plan.subjects.iter().position(|other| other.name == sample.subject);
            if let (Some(benchmark), Some(subject)) = (benchmark, subject) {
                past.add(benchmark, subject, sample);
            }
        }
        past
    }

    fn add(&mut self, benchmark: usize, subject: usize, sample: &Sample) {
        if sample.phase == Phase::Reference {
            *self.references.entry(benchmark).or_default() += 1;
            if let (Outcome::Ok, Some(answer)) = (sample.outcome, &sample.answer) {
                self.answers.insert(benchmark, answer.clone());
            }
            return;
        }
        let (visits, failures) = self.counts.entry(benchmark).or_default();
        *visits += 1;
        *failures += usize::from(sample.outcome != Outcome::Ok);
        match &sample.reason {
            None => drop(self.streaks.remove(&(benchmark, subject))),
            Some(reason) => {
                let (streak, last) = self.streaks.entry((benchmark, subject)).or_default();
                // Rows of visits that were not made say why the last one failed already.
                if *streak < STREAK {
                    reason.clone_into(last);
                }
                *streak += 1;
            }
        }
    }
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
            self.progress.message(&self.message(round, subject));
            let visited = match self.past.streaks.get(&(round.benchmark, subject)) {
                Some((streak, reason)) if *streak >= STREAK => {
                    self.measured.skipped += 1;
                    Visited::skipped(format!("not visited after {STREAK} failures in a row, the last: {reason}"))
                }
                _ => self.visit(round, subject)?.checked(self.past.answers.get(&round.benchmark).map(String::as_str)),
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
        if known || made >= STREAK || self.kinds[round.benchmark].expected() == Expected::Nothing {
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
        let commands = matrix::commands(kind, benchmark.size, &self.plan.subjects[subject], self.benchmarks);
        let request = Request {
            benchmark: kind,
            size: benchmark.size,
            clock: benchmark.clock,
            commands: &commands,
            environment: &matrix::environment(round.hash_seed),
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
        };
        let line = serde_json::to_string(&sample).map_err(|error| {
            let reason = error.to_string();
            RunError::Malformed { path: self.folder.journal(), reason }
        })?;
        self.journal.append(&line).map_err(|source| journal_error(self.folder, source))?;
        self.past.add(round.benchmark, subject, &sample);
        Ok(())
    }

    fn message(&self, round: &Round, subject: usize) -> String {
        let (phase, of) = match round.phase {
            Phase::WarmUp => ("warm-up round", self.plan.warmup),
            Phase::Reference | Phase::Measured => ("round", self.plan.rounds),
        };
        let label = self.plan.benchmarks[round.benchmark].label();
        format!("{label} · {phase} {} of {of} · {}", round.number + 1, self.plan.subjects[subject].name)
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
