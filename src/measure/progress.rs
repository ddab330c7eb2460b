//! How long the rest will take: what each subject's last visit to a benchmark took, times the visits that remain.

use std::time::Duration;

use crate::matrix::{Benchmark, Round};
use crate::run::Plan;
use crate::ui::{Bar, Reporter, Unit};

pub(super) struct Progress {
    bar: Box<dyn Bar>,
    /// By benchmark and subject: expected ms of a visit, and visits that remain.
    rest: Vec<Vec<(f64, u32)>>,
    /// Milliseconds of work done.
    done: f64,
    shown: u64,
}

impl Progress {
    pub(super) fn new(plan: &Plan, kinds: &[Benchmark], rounds: &[Round], reporter: &dyn Reporter) -> Self {
        let mut rest: Vec<Vec<(f64, u32)>> = kinds
            .iter()
            .zip(&plan.benchmarks)
            .map(|(kind, benchmark)| vec![(kind.guess_ms(benchmark.size), 0); plan.subjects.len()])
            .collect();
        for round in rounds {
            round.order.iter().for_each(|&subject| rest[round.benchmark][subject].1 += 1);
        }
        let mut progress = Self { bar: reporter.bar("measuring", Some(1), Unit::Percent), rest, done: 0.0, shown: 0 };
        progress.show();
        progress
    }

    pub(super) fn message(&self, text: &str) {
        self.bar.message(text);
    }

    /// A visit that took `wall` is done; a skipped one takes none.
    pub(super) fn visited(&mut self, benchmark: usize, subject: usize, wall: Duration) {
        let took = wall.as_secs_f64() * 1e3;
        let (expected, left) = &mut self.rest[benchmark][subject];
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

    /// Whether no visit to the benchmark remains.
    pub(super) fn is_finished(&self, benchmark: usize) -> bool {
        self.rest[benchmark].iter().all(|(_, left)| *left == 0)
    }

    pub(super) fn finish(&self) {
        self.bar.finish();
    }
}
