//! Runs held against each other: what changed between them, and what became of each subject's tax. The first run is what the others are held
//! against.

mod changes;
mod gate;
mod instructions;
mod matching;
mod pair;
mod sentences;
mod shape;
mod text;

use std::collections::BTreeMap;

pub use gate::TaxGate;
pub use shape::{BaselineChange, BenchmarkChange, Change, Compared, Comparison, InstructionChange, RunName, SubjectChange, Tax};
pub use text::text;

use super::gate::TaxLimit;
use super::summary::Summary;
use super::visits::Visits;
use crate::run::{Run, SCHEMA};
use crate::stats::{self, Interval, Verdict};

/// Versions by package.
pub type Packages = BTreeMap<String, String>;

/// A run that is held against others, or they against it.
pub struct RunAtHand<'a> {
    /// The folder, as the person named it.
    pub path: String,
    pub run: &'a Run,
    /// What its locks list, by group; under the empty name where the plan names no groups. A lock that is missing is not there.
    pub packages: BTreeMap<String, Packages>,
}

/// One of the runs, with all that is asked of it more than once.
struct Side<'a> {
    at_hand: &'a RunAtHand<'a>,
    summary: Summary,
    visits: Visits<'a>,
}

impl<'a> Side<'a> {
    fn of(at_hand: &'a RunAtHand<'a>) -> Self {
        Self { at_hand, summary: super::summarise(at_hand.run), visits: Visits::of(at_hand.run) }
    }

    fn run(&self) -> &'a Run {
        self.at_hand.run
    }
}

/// Every run but the first against the first. `named` maps subjects of the first run to such of the others, where their names differ. All
/// p-values are corrected together.
pub fn compare(first: &RunAtHand<'_>, others: &[RunAtHand<'_>], named: &[(String, String)], limit: Option<TaxLimit>) -> Comparison {
    let before = Side::of(first);
    let mut against: Vec<Compared> = others.iter().map(|other| pair::compared(&before, &Side::of(other), named)).collect();
    let comparisons = judge(&mut against);
    let mut comparison = Comparison { schema: SCHEMA, before: RunName::of(first), against, comparisons, gate: None };
    comparison.gate = limit.map(|limit| TaxGate::of(&comparison, limit));
    comparison
}

/// Corrects all p-values together, sets verdicts, and returns the number of comparisons.
fn judge(against: &mut [Compared]) -> usize {
    let benchmarks = against.iter_mut().flat_map(|compared| &mut compared.benchmarks);
    let mut rows: Vec<(Option<f64>, &mut SubjectChange)> = benchmarks
        .flat_map(|benchmark| {
            let floor = benchmark.noise_floor;
            benchmark.subjects.iter_mut().map(move |row| (floor, row))
        })
        .filter(|(_, row)| row.p_value.is_some())
        .collect();
    let adjusted = stats::holm(&rows.iter().filter_map(|(_, row)| row.p_value).collect::<Vec<_>>());
    for ((floor, row), adjusted) in rows.iter_mut().zip(adjusted) {
        row.judge(adjusted, *floor);
    }
    rows.len()
}

impl SubjectChange {
    fn judge(&mut self, adjusted: f64, floor: Option<f64>) {
        let (Some(low), Some(high)) = (self.change_low, self.change_high) else { return };
        let rounds = [&self.before, &self.after].into_iter().flatten().map(|tax| tax.rounds).min().unwrap_or(0);
        // The test has a p-value for the smallest of samples; what an interval of these is worth has been looked at from there on.
        let attainable = if rounds < stats::MINIMUM_ROUNDS { 1.0 } else { 0.0 };
        let verdict = stats::verdict(Interval { low, high }, adjusted, attainable, floor);
        self.p_adjusted = Some(adjusted);
        self.verdict = Some(verdict);
        if verdict == Verdict::Undecided {
            let needed = stats::MINIMUM_ROUNDS;
            self.note = Some(match attainable < 1.0 {
                true => "no noise floor: in one of the runs the A/A control has too few rounds".to_owned(),
                false => format!("{rounds} rounds in one of the runs cannot decide; {needed} in each can"),
            });
        }
    }
}
