//! A pack of benchmarks as one figure per subject: the geometric mean of its ratios, formed within rounds as every ratio is.

mod machines;
mod sentences;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::summarise::withheld;
use super::visits::Visits;
use crate::run::{BenchmarkPlan, PackPlan, Plan, Role, Run, SubjectPlan};
use crate::stats::{self, Interval};

pub(super) use sentences::{answer, sentence};

/// One pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackSummary {
    /// `pyperformance`
    pub name: String,
    /// How many of its benchmarks the run measures.
    pub benchmarks: usize,
    /// In the plan's order; the baselines are rows too, with ratio 1.
    pub results: Vec<PackResult>,
}

/// What one subject did in a pack, relative to its group's baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackResult {
    pub subject: String,
    pub role: Role,
    /// Benchmarks that the mean is of: those in which both have times. Fewer than the pack's where one failed.
    pub benchmarks: usize,
    /// Rounds in which all of those gave a ratio.
    pub rounds: usize,
    /// The median, over rounds, of the geometric mean over benchmarks; absent where nothing may or can be published.
    pub ratio: Option<f64>,
    /// Its 95 % interval.
    pub ratio_low: Option<f64>,
    pub ratio_high: Option<f64>,
    /// The benchmarks with the smallest and the largest ratio.
    pub least: Option<PackExtreme>,
    pub most: Option<PackExtreme>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackExtreme {
    pub benchmark: String,
    /// The median over rounds.
    pub ratio: f64,
}

/// Empty where the run measures no pack.
pub(super) fn packs(run: &Run, visits: &Visits<'_>) -> Vec<PackSummary> {
    run.plan.packs.iter().map(|pack| summary(run, visits, pack)).collect()
}

fn summary(run: &Run, visits: &Visits<'_>, pack: &PackPlan) -> PackSummary {
    let benchmarks = benchmarks(&run.plan, pack);
    let results = run.plan.subjects.iter().map(|subject| result(run, visits, &benchmarks, subject)).collect();
    PackSummary { name: pack.name.clone(), benchmarks: benchmarks.len(), results }
}

fn benchmarks<'a>(plan: &'a Plan, pack: &PackPlan) -> Vec<&'a BenchmarkPlan> {
    let is_of = |benchmark: &&BenchmarkPlan| plan.packed(benchmark).is_some_and(|(other, _)| other.name == pack.name);
    plan.benchmarks.iter().filter(is_of).collect()
}

fn result(run: &Run, visits: &Visits<'_>, benchmarks: &[&BenchmarkPlan], subject: &SubjectPlan) -> PackResult {
    let (name, role) = (subject.name.clone(), subject.role);
    let nothing = PackResult {
        subject: name,
        role,
        benchmarks: 0,
        rounds: 0,
        ratio: None,
        ratio_low: None,
        ratio_high: None,
        least: None,
        most: None,
    };
    let Some(baseline) = run.plan.baseline_of(subject) else { return nothing };
    if withheld(run, subject).or_else(|| withheld(run, baseline)).is_some() {
        return nothing;
    }
    if role == Role::Baseline {
        let measured = benchmarks.iter().filter(|benchmark| !visits.values(benchmark, &subject.name).is_empty()).count();
        let ratio = (measured > 0).then_some(1.0);
        return PackResult { benchmarks: measured, ratio, ratio_low: ratio, ratio_high: ratio, ..nothing };
    }
    let ratios: Vec<(&str, BTreeMap<u32, f64>)> = benchmarks
        .iter()
        .map(|benchmark| (benchmark.name.as_str(), visits.ratios(benchmark, &subject.name, &baseline.name)))
        .filter(|(_, ratios)| !ratios.is_empty())
        .collect();
    let figure = if benchmarks.iter().any(|benchmark| visits.machines_of(benchmark, &subject.name) > 1) {
        let measured: Vec<_> = benchmarks.iter().map(|benchmark| visits.pairs(benchmark, &subject.name, &baseline.name)).collect();
        machines::figure(&measured).unwrap_or_else(|| Figure::of(&means(&ratios)).without_interval())
    } else {
        Figure::of(&means(&ratios))
    };
    let mut medians: Vec<PackExtreme> = ratios
        .iter()
        .filter_map(|(name, ratios)| {
            let ratio = stats::median(&ratios.values().copied().collect::<Vec<_>>())?;
            Some(PackExtreme { benchmark: (*name).to_owned(), ratio })
        })
        .collect();
    medians.sort_by(|one, other| one.ratio.total_cmp(&other.ratio));
    PackResult {
        benchmarks: ratios.len(),
        rounds: figure.rounds,
        ratio: figure.ratio,
        ratio_low: figure.interval.map(|interval| interval.low),
        ratio_high: figure.interval.map(|interval| interval.high),
        least: medians.first().cloned(),
        most: medians.last().cloned(),
        ..nothing
    }
}

/// A mean over benchmarks, over rounds.
struct Figure {
    rounds: usize,
    ratio: Option<f64>,
    interval: Option<Interval>,
}

impl Figure {
    fn of(means: &[f64]) -> Self {
        Self { rounds: means.len(), ratio: stats::median(means), interval: stats::median_interval(means) }
    }

    fn without_interval(self) -> Self {
        Self { interval: None, ..self }
    }
}

/// The mean over benchmarks of each round that has all of them: a round that lacks one would be about another mixture.
fn means(ratios: &[(&str, BTreeMap<u32, f64>)]) -> Vec<f64> {
    let Some(((_, first), rest)) = ratios.split_first() else { return Vec::new() };
    let of_round = |(round, ratio): (&u32, &f64)| {
        let others = rest.iter().map(|(_, ratios)| ratios.get(round).copied()).collect::<Option<Vec<f64>>>()?;
        stats::geometric_mean(&[vec![*ratio], others].concat())
    };
    first.iter().filter_map(of_round).collect()
}
