//! Two runs: each benchmark and subject that both have.

use super::Side;
use super::changes::changes;
use super::instructions;
use super::matching::{Matched, matched};
use super::shape::{BaselineChange, BenchmarkChange, Compared, RunName, SubjectChange, Tax};
use crate::report::estimate::Paired;
use crate::report::gate::{self, Unjudged};
use crate::report::summary::{BenchmarkSummary, SubjectResult};
use crate::run::{BenchmarkPlan, Environment, Role, SubjectPlan};
use crate::stats;

/// Everything but verdicts, which need the p-values of all runs.
pub(super) fn compared(before: &Side<'_>, after: &Side<'_>, named: &[(String, String)]) -> Compared {
    let (first, other) = (before.run(), after.run());
    let changed = first.plan.benchmarks_digest != other.plan.benchmarks_digest;
    let incomparable = changed.then(|| "the benchmark programs are not the same, so that what was measured is not".to_owned());
    let same_machine = same_machine(&first.environment, &other.environment);
    let Matched { pairs, mut unmatched } = matched(&first.plan, &other.plan, named);
    let mut benchmarks = Vec::new();
    // The sum over opcode kernels is no workload.
    for benchmark in first.plan.benchmarks.iter().filter(|benchmark| !is_of_kernels(benchmark)) {
        match (of(after, benchmark), incomparable.is_some()) {
            (Some(_), true) => {}
            (Some(there), false) => {
                let here = of(before, benchmark);
                benchmarks.extend(here.map(|here| Place { before, after, benchmark, here, there, same_machine }.change(&pairs)));
            }
            (None, _) => unmatched.push(only(benchmark, "only the first run has this benchmark", true)),
        }
    }
    let has = |benchmark: &&BenchmarkPlan| of(before, benchmark).is_none() && !is_of_kernels(benchmark);
    unmatched
        .extend(other.plan.benchmarks.iter().filter(has).map(|benchmark| only(benchmark, "the first run has no such benchmark", true)));
    let changes = changes(before.at_hand, after.at_hand);
    Compared { run: RunName::of(after.at_hand), incomparable, changes, same_machine, benchmarks, unmatched }
}

fn is_of_kernels(benchmark: &BenchmarkPlan) -> bool {
    benchmark.name == BenchmarkPlan::OPCODES
}

fn of<'a>(side: &'a Side<'_>, benchmark: &BenchmarkPlan) -> Option<&'a BenchmarkSummary> {
    side.summary.benchmarks.iter().find(|other| other.name == benchmark.name && other.size == benchmark.size)
}

fn only(benchmark: &BenchmarkPlan, why: &str, missing: bool) -> Unjudged {
    Unjudged { what: crate::report::format::benchmark(&benchmark.name, benchmark.size), why: why.to_owned(), missing }
}

/// What absolute times may be held against each other on: no more can be known of a machine than its description.
fn same_machine(before: &Environment, after: &Environment) -> bool {
    let description = |machine: &Environment| (machine.cpu_model.clone(), machine.cpus, machine.virtualisation.clone());
    description(before) == description(after)
}

/// One benchmark in two runs.
struct Place<'a> {
    before: &'a Side<'a>,
    after: &'a Side<'a>,
    benchmark: &'a BenchmarkPlan,
    here: &'a BenchmarkSummary,
    there: &'a BenchmarkSummary,
    same_machine: bool,
}

impl Place<'_> {
    fn change(&self, pairs: &[(&SubjectPlan, &SubjectPlan)]) -> BenchmarkChange {
        let (before, after) = (self.here.noise_floor, self.there.noise_floor);
        let (baselines, others): (Vec<_>, Vec<_>) = pairs.iter().partition(|(own, _)| own.role == Role::Baseline);
        let baselines = baselines.into_iter().filter(|_| self.same_machine).filter_map(|(own, other)| self.baseline(own, other));
        BenchmarkChange {
            name: self.benchmark.name.clone(),
            size: self.benchmark.size,
            clock: self.benchmark.clock,
            noise_floor: before.zip(after).map(|(before, after)| stats::joint_floor(before, after)),
            noise_floor_before: before,
            noise_floor_after: after,
            baselines: baselines.collect(),
            subjects: others.into_iter().filter_map(|(own, other)| self.subject(own, other)).collect(),
        }
    }

    fn subject(&self, own: &SubjectPlan, other: &SubjectPlan) -> Option<SubjectChange> {
        let (here, there) = (self.here.of(&own.name)?, self.there.of(&other.name)?);
        let plans = (&self.before.run().plan, &self.after.run().plan);
        let baselines = (plans.0.baseline_of(own), plans.1.baseline_of(other));
        let counted_alike = gate::incomparable(plans.1, plans.0).is_none();
        let mut row = SubjectChange {
            subject: own.name.clone(),
            after_subject: other.name.clone(),
            role: own.role,
            before: tax(here),
            after: tax(there),
            change: None,
            change_low: None,
            change_high: None,
            p_value: None,
            p_adjusted: None,
            verdict: None,
            same_executable: own.sha256 == other.sha256,
            same_baseline: baselines.0.zip(baselines.1).is_some_and(|(before, after)| before.sha256 == after.sha256),
            instructions: counted_alike.then(|| instructions::change((self.here, self.there), (here, there))).flatten(),
            note: None,
        };
        let hole = |run: &str, row: &SubjectResult| format!("{run}: {}", row.note.as_deref().unwrap_or("no ratio"));
        row.note = match (&row.before, &row.after) {
            (None, _) => Some(hole("in the first run", here)),
            (_, None) => Some(hole("in the other run", there)),
            _ => None,
        };
        if let (None, Some(before), Some(after)) = (&row.note, baselines.0, baselines.1) {
            let before = Paired::of(&self.before.visits, self.benchmark, &own.name, &before.name);
            let after = Paired::of(&self.after.visits, self.benchmark, &other.name, &after.name);
            if [&before, &after].into_iter().any(|pairs| is_of_several_machines(pairs)) {
                row.note = Some(
                    "several machines measured it, and rounds of one are no rounds of another: hold runs of one machine against each other"
                        .to_owned(),
                );
                return Some(row);
            }
            row.change = row.before.zip(row.after).map(|(before, after)| after.ratio / before.ratio);
            let ratios = |pairs: &[Paired]| -> Vec<f64> { pairs.iter().map(|pair| pair.ratio).collect() };
            let logs = |pairs: &[Paired]| -> Vec<f64> { pairs.iter().map(|pair| pair.log).collect() };
            let interval = stats::quotient_interval(&ratios(&before), &ratios(&after));
            (row.change_low, row.change_high) = (interval.map(|interval| interval.low), interval.map(|interval| interval.high));
            row.p_value = Some(stats::yuen(&logs(&before), &logs(&after)));
        }
        Some(row)
    }

    fn baseline(&self, own: &SubjectPlan, other: &SubjectPlan) -> Option<BaselineChange> {
        let (here, there) = (self.here.of(&own.name)?, self.there.of(&other.name)?);
        let times = |side: &Side<'_>, name: &str| -> Vec<f64> {
            side.visits.values(self.benchmark, name).into_iter().map(|(_, _, ns)| ns as f64).collect()
        };
        let interval = stats::quotient_interval(&times(self.before, &own.name), &times(self.after, &other.name))?;
        let (before_ns, after_ns) = (here.median_ns?, there.median_ns?);
        Some(BaselineChange {
            baseline: own.name.clone(),
            after_baseline: other.name.clone(),
            before_ns,
            after_ns,
            ratio: after_ns as f64 / before_ns as f64,
            low: interval.low,
            high: interval.high,
            same_executable: own.sha256 == other.sha256,
        })
    }
}

fn is_of_several_machines(pairs: &[Paired]) -> bool {
    pairs.iter().any(|pair| pair.machine != pairs[0].machine)
}

fn tax(row: &SubjectResult) -> Option<Tax> {
    Some(Tax { ratio: row.ratio?, low: row.ratio_low?, high: row.ratio_high?, rounds: row.rounds })
}
