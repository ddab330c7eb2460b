//! From estimates to verdicts: all comparisons of a run are corrected together.

use super::across;
use super::study::{Effect, Figures, Studied};
use super::summary::{AcrossResult, BenchmarkSummary, SubjectResult};
use crate::stats::{self, Interval, Verdict};

/// Corrects all p-values together, sets verdicts, and returns the number of comparisons.
pub(super) fn judge(benchmarks: &mut [BenchmarkSummary], studied: &mut Studied, reference: Option<&str>) -> usize {
    let floors: Vec<(String, Option<u64>, Option<f64>)> =
        benchmarks.iter().map(|benchmark| (benchmark.name.clone(), benchmark.size, benchmark.noise_floor)).collect();
    let floor = |name: &str, size: Option<u64>| {
        floors.iter().find(|(other, other_size, _)| other == name && *other_size == size).and_then(|(_, _, floor)| *floor)
    };
    let mut all: Vec<(Comparison<'_>, Option<f64>)> = Vec::new();
    for benchmark in benchmarks.iter_mut() {
        let floor = benchmark.noise_floor;
        all.extend(comparisons(benchmark, reference).into_iter().map(|comparison| (comparison, floor)));
    }
    all.extend(of_study(studied, floor));
    let compared = all.len();
    let adjusted = stats::holm(&all.iter().map(|(comparison, _)| comparison.p_value).collect::<Vec<_>>());
    let attainable = stats::holm(&all.iter().map(|(comparison, _)| stats::smallest_p(comparison.rounds)).collect::<Vec<_>>());
    for ((comparison, floor), (adjusted, attainable)) in all.into_iter().zip(adjusted.into_iter().zip(attainable)) {
        comparison.judge(adjusted, attainable, floor, compared);
    }
    for benchmark in benchmarks {
        for row in benchmark.results.iter().filter(|row| reference.is_some() && row.baseline.as_deref() == reference) {
            let across = benchmark.across.iter_mut().filter(|across| across.subject == row.subject);
            across.for_each(|across| *across = across::repeated(row));
        }
    }
    compared
}

/// With the noise floor of its benchmark, each.
fn of_study(studied: &mut Studied, floor: impl Fn(&str, Option<u64>) -> Option<f64>) -> Vec<(Comparison<'_>, Option<f64>)> {
    let mut found = Vec::new();
    for effect in &mut studied.effects {
        let floor = floor(&effect.benchmark, effect.size);
        found.extend(Comparison::effect(effect).map(|comparison| (comparison, floor)));
    }
    for interaction in &mut studied.interactions {
        let floor = floor(&interaction.benchmark, interaction.size);
        found.extend(interaction.figures.as_mut().map(|figures| (Comparison::figures(figures), floor)));
    }
    for ledger in &mut studied.ledger {
        let floor = floor(&ledger.benchmark, ledger.size);
        let steps = ledger.steps.iter_mut().map(|step| &mut step.figures);
        found.extend(steps.chain([&mut ledger.total]).map(|figures| (Comparison::figures(figures), floor)));
    }
    for pair in &mut studied.published_pair {
        let floor = floor(&pair.benchmark, pair.size);
        let parts = pair.parts.iter_mut().map(|part| &mut part.figures);
        found.extend(parts.chain([&mut pair.total]).map(|figures| (Comparison::figures(figures), floor)));
    }
    found
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

    fn effect(effect: &'a mut Effect) -> Option<Self> {
        Some(Self {
            p_value: effect.p_value?,
            rounds: effect.rounds,
            interval: Interval { low: effect.ratio_low?, high: effect.ratio_high? },
            p_adjusted: &mut effect.p_adjusted,
            verdict: &mut effect.verdict,
            note: &mut effect.note,
        })
    }

    fn figures(figures: &'a mut Figures) -> Self {
        Self {
            p_value: figures.p_value,
            rounds: figures.rounds,
            interval: Interval { low: figures.ratio_low, high: figures.ratio_high },
            p_adjusted: &mut figures.p_adjusted,
            verdict: &mut figures.verdict,
            note: &mut figures.note,
        }
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

pub(super) fn lacking(rounds: usize, comparisons: usize) -> String {
    let needed = stats::rounds_needed(comparisons);
    if rounds < needed {
        format!("{rounds} rounds cannot decide among {comparisons} comparisons; {needed} can")
    } else {
        format!("no noise floor: the A/A control has fewer than {} rounds", stats::MINIMUM_ROUNDS)
    }
}
