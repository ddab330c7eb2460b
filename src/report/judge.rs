//! From estimates to verdicts: all comparisons of a run are corrected together.

use super::across;
use super::summary::{AcrossResult, BenchmarkSummary, SubjectResult};
use crate::run::Role;
use crate::stats::{self, Interval, Verdict};

/// Corrects all p-values together, sets noise floors and verdicts, and returns the number of comparisons.
pub(super) fn judge(benchmarks: &mut [BenchmarkSummary], reference: Option<&str>) -> usize {
    let mut compared: Vec<(f64, usize)> = Vec::new();
    for benchmark in benchmarks.iter_mut() {
        benchmark.noise_floor = noise_floor(benchmark);
        compared.extend(comparisons(benchmark, reference).iter().map(|comparison| (comparison.p_value, comparison.rounds)));
    }
    let adjusted = stats::holm(&compared.iter().map(|(p_value, _)| *p_value).collect::<Vec<_>>());
    let attainable = stats::holm(&compared.iter().map(|(_, rounds)| stats::smallest_p(*rounds)).collect::<Vec<_>>());
    let mut corrected = adjusted.into_iter().zip(attainable);
    for benchmark in benchmarks {
        let floor = benchmark.noise_floor;
        for (comparison, (adjusted, attainable)) in comparisons(benchmark, reference).into_iter().zip(&mut corrected) {
            comparison.judge(adjusted, attainable, floor, compared.len());
        }
        for row in benchmark.results.iter().filter(|row| reference.is_some() && row.baseline.as_deref() == reference) {
            let across = benchmark.across.iter_mut().filter(|across| across.subject == row.subject);
            across.for_each(|across| *across = across::repeated(row));
        }
    }
    compared.len()
}

/// The widest of the groups' controls: it is one machine and one benchmark, and what disturbed one group may have disturbed any.
fn noise_floor(benchmark: &BenchmarkSummary) -> Option<f64> {
    let controls = benchmark.results.iter().filter(|row| row.role == Role::Control);
    let floor = |row: &SubjectResult| stats::noise_floor(Interval { low: row.ratio_low?, high: row.ratio_high? }, row.rounds);
    controls.filter_map(floor).reduce(f64::max)
}

/// One p-value of the run, with what it is judged by and where the judgement goes.
struct Comparison<'a> {
    p_value: f64,
    rounds: usize,
    interval: Interval,
    p_adjusted: &'a mut Option<f64>,
    verdict: &'a mut Option<Verdict>,
    note: &'a mut Option<String>,
}

/// Within the groups, then across them; without what only repeats a row.
fn comparisons<'a>(benchmark: &'a mut BenchmarkSummary, reference: Option<&str>) -> Vec<Comparison<'a>> {
    let results = &benchmark.results;
    let repeats = |across: &AcrossResult| results.iter().any(|row| row.subject == across.subject && row.baseline.as_deref() == reference);
    let repeats: Vec<bool> = benchmark.across.iter().map(repeats).collect();
    let within = benchmark.results.iter_mut().filter_map(Comparison::within);
    let across = benchmark.across.iter_mut().zip(repeats).filter(|(_, repeats)| !repeats);
    within.chain(across.filter_map(|(row, _)| Comparison::across(row))).collect()
}

impl<'a> Comparison<'a> {
    fn within(row: &'a mut SubjectResult) -> Option<Self> {
        Some(Self {
            p_value: row.p_value?,
            rounds: row.rounds,
            interval: Interval { low: row.ratio_low?, high: row.ratio_high? },
            p_adjusted: &mut row.p_adjusted,
            verdict: &mut row.verdict,
            note: &mut row.note,
        })
    }

    fn across(row: &'a mut AcrossResult) -> Option<Self> {
        Some(Self {
            p_value: row.p_value?,
            rounds: row.rounds,
            interval: Interval { low: row.ratio_low?, high: row.ratio_high? },
            p_adjusted: &mut row.p_adjusted,
            verdict: &mut row.verdict,
            note: &mut row.note,
        })
    }

    fn judge(self, adjusted: f64, attainable: f64, floor: Option<f64>, comparisons: usize) {
        let verdict = stats::verdict(self.interval, adjusted, attainable, floor);
        *self.p_adjusted = Some(adjusted);
        *self.verdict = Some(verdict);
        if verdict == Verdict::Undecided {
            *self.note = Some(lacking(self.rounds, comparisons));
        }
    }
}

fn lacking(rounds: usize, comparisons: usize) -> String {
    let needed = stats::rounds_needed(comparisons);
    if rounds < needed {
        format!("{rounds} rounds cannot decide among {comparisons} comparisons; {needed} can")
    } else {
        format!("no noise floor: the A/A control has fewer than {} rounds", stats::MINIMUM_ROUNDS)
    }
}
