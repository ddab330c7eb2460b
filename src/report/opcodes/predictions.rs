//! What the opcodes' costs say a benchmark should take, beside what it took.

use std::collections::BTreeMap;

use super::census::{Census, counts};
use super::costs::Costs;
use super::executed::same_code;
use super::shape::Prediction;
use crate::report::summary::BenchmarkSummary;
use crate::report::visits::Visits;
use crate::run::{BenchmarkPlan, Clock, Opcodes, Role, SubjectPlan};
use crate::stats;

/// A row for each benchmark whose bytecode is known and each subject but baselines; nothing where no kernel has a cost.
pub(super) fn predictions(census: &Census<'_>, visits: &Visits<'_>, benchmarks: &[BenchmarkSummary]) -> Vec<Prediction> {
    let plan = &census.run.plan;
    let costs: BTreeMap<&str, Costs<'_>> = plan
        .subjects
        .iter()
        .filter_map(|subject| Some((subject.name.as_str(), Costs::of(&census.opcodes(subject)?.kernels, &census.costs(subject))?)))
        .collect();
    if costs.is_empty() {
        return Vec::new();
    }
    let place = Place { census, visits, costs };
    let compared: Vec<&SubjectPlan> = plan.subjects.iter().filter(|subject| subject.role != Role::Baseline).collect();
    let mut found = Vec::new();
    for (benchmark, summary) in plan.benchmarks.iter().zip(benchmarks).filter(|(benchmark, _)| is_predicted(census, benchmark)) {
        found.extend(compared.iter().filter_map(|subject| place.prediction(benchmark, summary, subject)));
    }
    found
}

/// Of what is timed as a whole process the largest size alone, where starting weighs least.
fn is_predicted(census: &Census<'_>, benchmark: &BenchmarkPlan) -> bool {
    let larger = |other: &BenchmarkPlan| other.name == benchmark.name && other.size > benchmark.size;
    let is_largest = !census.run.plan.benchmarks.iter().any(larger);
    benchmark.name != Opcodes::BENCHMARK && (benchmark.clock == Clock::InProcess || is_largest)
}

/// Executions per step, by form.
type Histogram<'a> = BTreeMap<&'a str, f64>;

struct Place<'a> {
    census: &'a Census<'a>,
    visits: &'a Visits<'a>,
    costs: BTreeMap<&'a str, Costs<'a>>,
}

impl Place<'_> {
    /// Nothing where no histogram was taken of the benchmark, which *What the benchmarks execute* gives the reason of.
    fn prediction(&self, benchmark: &BenchmarkPlan, summary: &BenchmarkSummary, subject: &SubjectPlan) -> Option<Prediction> {
        let baseline = self.census.run.plan.baseline_of(subject)?;
        let counted = |subject| self.census.executed(subject, &benchmark.name).map(|executed| counts(executed).collect::<Histogram<'_>>());
        let is_known = |histogram: &Histogram<'_>| !histogram.is_empty();
        let (own, other) = (counted(subject).filter(is_known)?, counted(baseline).filter(is_known)?);
        let measured = summary.of(&subject.name);
        let mut row = Prediction {
            benchmark: benchmark.name.clone(),
            size: benchmark.size,
            subject: subject.name.clone(),
            baseline: baseline.name.clone(),
            rounds: 0,
            predicted: None,
            predicted_low: None,
            predicted_high: None,
            measured: measured.and_then(|row| row.ratio),
            measured_low: measured.and_then(|row| row.ratio_low),
            measured_high: measured.and_then(|row| row.ratio_high),
            unexplained: None,
            unexplained_low: None,
            unexplained_high: None,
            covered: None,
            note: self.note(benchmark, subject, baseline),
        };
        let (Some(costs), Some(base)) = (self.costs.get(subject.name.as_str()), self.costs.get(baseline.name.as_str())) else {
            row.note = Some("the kernels gave no costs for both".to_owned());
            return Some(row);
        };
        let known = |form: &str| costs.forms.contains(&form) && base.forms.contains(&form);
        row.covered = Some(covered(&own, known).min(covered(&other, known)));
        let predicted = |round: &u32| {
            let (own, base) = (costs.of_step(*round, &own, known)?, base.of_step(*round, &other, known)?);
            (own > 0.0 && base > 0.0).then(|| (*round, own / base))
        };
        let predicted: BTreeMap<u32, f64> = costs.rounds.keys().filter_map(predicted).collect();
        row.rounds = predicted.len();
        (row.predicted, row.predicted_low, row.predicted_high) = figures(predicted.values().copied());
        if row.measured.is_some() {
            let measured = self.measured(benchmark, &subject.name, &baseline.name);
            let unexplained = predicted.iter().filter_map(|(round, predicted)| Some(measured.get(round)? / predicted));
            (row.unexplained, row.unexplained_low, row.unexplained_high) = figures(unexplained);
        }
        Some(row)
    }

    /// The benchmark's ratios by round.
    fn measured(&self, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> BTreeMap<u32, f64> {
        let times = |subject: &str| -> BTreeMap<u32, u64> {
            self.visits.values(benchmark, subject).into_iter().map(|(sample, time)| (sample.round, time)).collect()
        };
        let (own, base) = (times(subject), times(baseline));
        own.iter().filter_map(|(round, time)| Some((*round, stats::ratio(*time, *base.get(round)?)?))).collect()
    }

    fn note(&self, benchmark: &BenchmarkPlan, subject: &SubjectPlan, baseline: &SubjectPlan) -> Option<String> {
        let differs = same_code(self.census, &benchmark.name, &subject.name, &baseline.name) == Some(false);
        let notes = [
            differs.then_some("the two execute other bytecode, each its own here"),
            (benchmark.clock == Clock::WholeProcess).then_some("starting and ending the interpreter is in the measured ratio alone"),
        ];
        let notes: Vec<&str> = notes.into_iter().flatten().collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

/// The share of executed instructions whose form `known` names.
fn covered(histogram: &Histogram<'_>, known: impl Fn(&str) -> bool) -> f64 {
    let all: f64 = histogram.values().sum();
    histogram.iter().filter(|(form, _)| known(form)).map(|(_, count)| count).sum::<f64>() / all
}

/// The median and the ends of its interval.
fn figures(values: impl Iterator<Item = f64>) -> (Option<f64>, Option<f64>, Option<f64>) {
    let values: Vec<f64> = values.collect();
    let interval = stats::median_interval(&values);
    (stats::median(&values), interval.map(|interval| interval.low), interval.map(|interval| interval.high))
}
