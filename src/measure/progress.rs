//! How long the rest will take: what each subject's last visit to a benchmark took, times the visits that remain.

use std::time::Duration;

use crate::matrix::{Benchmark, Round};
use crate::run::{Phase, Plan};
use crate::ui::{Bar, Reporter, Unit};

pub(super) struct Progress {
    bar: Box<dyn Bar>,
    /// By benchmark and subject: expected ms of a visit, and visits that remain. First all that are timed, then all that are counted.
    rest: Vec<Vec<(f64, u32)>>,
    benchmarks: usize,
    /// Milliseconds of work done.
    done: f64,
    shown: u64,
}

/// A start under callgrind, and a second of work.
const COUNTED_GUESS_MS: f64 = 3000.0;

impl Progress {
    pub(super) fn new(plan: &Plan, kinds: &[Benchmark], rounds: &[Round], reporter: &dyn Reporter) -> Self {
        let mut rest: Vec<Vec<(f64, u32)>> = kinds
            .iter()
            .zip(&plan.benchmarks)
            .map(|(kind, benchmark)| vec![(kind.guess_ms(benchmark.size), 0); plan.subjects.len()])
            .collect();
        rest.extend(plan.benchmarks.iter().map(|_| vec![(COUNTED_GUESS_MS, 0); plan.subjects.len()]));
        let bar = reporter.bar("measuring", Some(1), Unit::Percent);
        let mut progress = Self { bar, rest, benchmarks: plan.benchmarks.len(), done: 0.0, shown: 0 };
        for round in rounds {
            let row = progress.row(round);
            round.order.iter().for_each(|&subject| progress.rest[row][subject].1 += 1);
        }
        progress.show();
        progress
    }

    pub(super) fn message(&self, text: &str) {
        self.bar.message(text);
    }

    /// A visit that took `wall` is done; a skipped one takes none.
    pub(super) fn visited(&mut self, round: &Round, subject: usize, wall: Duration) {
        let took = wall.as_secs_f64() * 1e3;
        let row = self.row(round);
        let (expected, left) = &mut self.rest[row][subject];
        *expected = took;
        *left = left.saturating_sub(1);
        self.done += took;
        self.show();
    }

    fn show(&mut self) {
        let rest: f64 = self.rest.iter().flatten().map(|(expected, left)| expected * f64::from(*left)).sum();
        self.bar.set_total(((self.done + rest).ceil() as u64).max(1));
        self.bar.advance(self.done as u64 - self.shown);
        self.shown = self.done as u64;
    }

    /// Whether no such visit to the round's benchmark remains: none that is timed, or none that is counted.
    pub(super) fn is_finished(&self, round: &Round) -> bool {
        self.rest[self.row(round)].iter().all(|(_, left)| *left == 0)
    }

    fn row(&self, round: &Round) -> usize {
        round.benchmark + if round.phase == Phase::Counted { self.benchmarks } else { 0 }
    }

    pub(super) fn finish(&self) {
        self.bar.finish();
    }
}
