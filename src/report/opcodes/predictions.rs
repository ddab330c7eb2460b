//! What the opcodes' costs say a benchmark should take, beside what it took.

use std::collections::BTreeMap;

use super::executed::same_code;
use super::index::{Index, Rounds, counts};
use super::mixture::{Histogram, Mixture, step};
use super::shape::Prediction;
use crate::report::estimate::{Estimate, Paired};
use crate::report::summary::BenchmarkSummary;
use crate::report::visits::{Moment, Visits};
use crate::run::{BenchmarkPlan, Clock, Kernel, Role, SubjectPlan};
use crate::stats;

/// A row for each benchmark whose bytecode is known and each subject but baselines; nothing where no kernel has a cost.
pub(super) fn predictions(index: &Index<'_>, visits: &Visits<'_>, benchmarks: &[BenchmarkSummary]) -> Vec<Prediction> {
    let plan = &index.run.plan;
    let compared = plan.subjects.iter().filter(|subject| subject.role != Role::Baseline);
    let pairs: Vec<Pair<'_>> = compared.filter_map(|subject| Pair::of(index, subject)).collect();
    if pairs.iter().all(|pair| pair.mixtures.is_none()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (benchmark, summary) in plan.benchmarks.iter().zip(benchmarks).filter(|(benchmark, _)| is_predicted(index, benchmark)) {
        found.extend(pairs.iter().filter_map(|pair| pair.prediction(index, visits, benchmark, summary)));
    }
    found
}

/// Of what is timed as a whole process the largest size alone, where starting weighs least.
fn is_predicted(index: &Index<'_>, benchmark: &BenchmarkPlan) -> bool {
    let larger = |other: &BenchmarkPlan| other.name == benchmark.name && other.size > benchmark.size;
    let is_largest = !index.run.plan.benchmarks.iter().any(larger);
    benchmark.name != BenchmarkPlan::OPCODES && (benchmark.clock == Clock::InProcess || is_largest)
}

/// A subject and its baseline, with what kernels cost in them.
struct Pair<'a> {
    subject: &'a SubjectPlan,
    baseline: &'a SubjectPlan,
    own: Rounds<'a>,
    base: Rounds<'a>,
    /// The subject's and the baseline's; one and the same where they are one Python.
    mixtures: Option<(Mixture<'a>, Option<Mixture<'a>>)>,
}

impl<'a> Pair<'a> {
    fn of(index: &Index<'a>, subject: &'a SubjectPlan) -> Option<Self> {
        let baseline = index.run.plan.baseline_of(subject)?;
        let (own, base) = (index.costs(subject), index.costs(baseline));
        let mixtures = index.opcodes(subject).zip(index.opcodes(baseline)).and_then(|(of_own, of_base)| {
            let (own, base) = (priced(&of_own.kernels, &own), priced(&of_base.kernels, &base));
            if of_own.names != of_base.names {
                return Some((Mixture::of(&own)?, Some(Mixture::of(&base)?)));
            }
            // One Python: a step is the same mixture of the same kernels in both, so that what is wrong with it is wrong on both sides of the ratio.
            let partner = |kernel: &Kernel| base.iter().find(|(other, _)| other.name == kernel.name && other.copy == kernel.copy);
            let both: Vec<(&Kernel, f64)> =
                own.iter().filter_map(|(kernel, cost)| Some((*kernel, f64::midpoint(*cost, partner(kernel)?.1)))).collect();
            Some((Mixture::of(&both)?, None))
        });
        Some(Self { subject, baseline, own, base, mixtures })
    }

    /// Nothing where no histogram was taken of the benchmark, which *What the benchmarks execute* gives the reason of.
    fn prediction(
        &self,
        index: &Index<'_>,
        visits: &Visits<'_>,
        benchmark: &BenchmarkPlan,
        summary: &BenchmarkSummary,
    ) -> Option<Prediction> {
        let histogram = |subject| index.executed(subject, &benchmark.name).map(|executed| counts(executed).collect::<Histogram<'_>>());
        let known = |subject| histogram(subject).filter(|histogram| !histogram.is_empty());
        let (own, base) = (known(self.subject)?, known(self.baseline)?);
        let measured = summary.of(&self.subject.name);
        let mut row = Prediction {
            benchmark: benchmark.name.clone(),
            size: benchmark.size,
            subject: self.subject.name.clone(),
            baseline: self.baseline.name.clone(),
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
            note: self.note(index, benchmark),
        };
        let Some((mixture, of_base)) = &self.mixtures else {
            let unread = |subject| Some((subject, index.opcodes(subject)?.kernels_reason.as_ref()?));
            let unread = unread(self.subject).or_else(|| unread(self.baseline));
            row.note = Some(match unread {
                Some((subject, reason)) => format!("what the kernels execute in `{}` is not known: {reason}", subject.name),
                None => "the kernels gave no costs for both".to_owned(),
            });
            return Some(row);
        };
        let of_base = of_base.as_ref().unwrap_or(mixture);
        row.covered = Some(mixture.covered(&own).min(of_base.covered(&base)));
        let predicted = self.by_round(&mixture.weights(&own), &of_base.weights(&base));
        row.rounds = predicted.len();
        (row.predicted, row.predicted_low, row.predicted_high) = figures(predicted.iter().map(|(round, ratio)| (*round, *ratio)));
        if row.measured.is_some() {
            let measured = self.measured(visits, benchmark);
            let unexplained = predicted.iter().filter_map(|(round, predicted)| Some((*round, measured.get(round)? / predicted)));
            (row.unexplained, row.unexplained_low, row.unexplained_high) = figures(unexplained);
        }
        Some(row)
    }

    /// The predicted ratio of each round whose kernels tell it.
    fn by_round(&self, own: &[(&str, f64)], base: &[(&str, f64)]) -> BTreeMap<Moment, f64> {
        let ratio = |(round, costs): (&Moment, &&BTreeMap<String, f64>)| {
            let (own, base) = (step(own, costs)?, step(base, self.base.get(round)?)?);
            (own > 0.0 && base > 0.0).then_some((*round, own / base))
        };
        self.own.iter().filter_map(ratio).collect()
    }

    /// The benchmark's ratios by round.
    fn measured(&self, visits: &Visits<'_>, benchmark: &BenchmarkPlan) -> BTreeMap<Moment, f64> {
        let times = |subject: &SubjectPlan| -> BTreeMap<Moment, u64> {
            visits.values(benchmark, &subject.name).into_iter().map(|(moment, _, time)| (moment, time)).collect()
        };
        let (own, base) = (times(self.subject), times(self.baseline));
        own.iter().filter_map(|(round, time)| Some((*round, stats::ratio(*time, *base.get(round)?)?))).collect()
    }

    fn note(&self, index: &Index<'_>, benchmark: &BenchmarkPlan) -> Option<String> {
        let differs = same_code(index, &benchmark.name, &self.subject.name, &self.baseline.name) == Some(false);
        let notes = [
            differs.then_some("the two execute other bytecode, each its own here"),
            (benchmark.clock == Clock::WholeProcess).then_some("starting and ending the interpreter is in the measured ratio alone"),
        ];
        let notes: Vec<&str> = notes.into_iter().flatten().collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

/// The kernels that ran their form in more than half of the rounds, with the median of their costs.
fn priced<'a>(kernels: &'a [Kernel], rounds: &Rounds<'_>) -> Vec<(&'a Kernel, f64)> {
    let priced = |kernel: &'a Kernel| {
        let costs = rounds.values().filter_map(|costs| costs.get(&kernel.name).copied()).filter(|cost| cost.is_finite());
        let costs: Vec<f64> = costs.collect();
        Some((kernel, stats::median(&costs).filter(|_| kernel.form.is_some() && 2 * costs.len() > rounds.len())?))
    };
    kernels.iter().filter_map(priced).collect()
}

/// The median, of several machines pooled, and, if there are rounds enough for one of 95 %, the ends of its interval: no verdict would say that there
/// are not.
fn figures(ratios: impl Iterator<Item = (Moment, f64)>) -> (Option<f64>, Option<f64>, Option<f64>) {
    let pairs: Vec<Paired> = ratios.map(|(moment, ratio)| Paired { machine: moment.machine, ratio, log: ratio.ln() }).collect();
    let estimate = Estimate::of_pairs(&pairs);
    let interval = estimate.as_ref().filter(|estimate| estimate.rounds >= stats::MINIMUM_ROUNDS).map(|estimate| estimate.interval);
    (estimate.map(|estimate| estimate.ratio), interval.map(|interval| interval.low), interval.map(|interval| interval.high))
}
