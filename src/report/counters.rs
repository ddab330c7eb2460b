//! From counts to the summary: instructions and the like beside the times, and why there are none.

use super::summary::{CountedSummary, SubjectResult};
use super::visits::{Moment, Visits};
use crate::matrix::{self, Region};
use crate::run::{BenchmarkPlan, Counters, Counting, Phase, Plan, Run, SubjectPlan};
use crate::stats;

/// How a benchmark was counted; nothing in runs that count nothing.
pub(super) fn counted(run: &Run, results: &[SubjectResult], benchmark: &BenchmarkPlan) -> Option<CountedSummary> {
    let how = how(&run.plan).filter(|how| *how != Counting::None)?;
    if let Some(reason) = matrix::not_counted(how, benchmark) {
        let is_missing = how == Counting::Callgrind && Region::of(benchmark) == Region::Kernels && !has_counted_kernels(run, benchmark);
        return Some(CountedSummary { size: None, reason: Some(if is_missing { NO_VISIT.to_owned() } else { reason }) });
    }
    let size = match how {
        Counting::Callgrind => matrix::counted_size(benchmark).unwrap_or(benchmark.size),
        Counting::Perf | Counting::None => benchmark.size,
    };
    let is_missing = results.iter().all(|row| row.instructions.is_none());
    Some(CountedSummary { size, reason: is_missing.then(|| NO_VISIT.to_owned()) })
}

const NO_VISIT: &str = "no visit was counted";

fn has_counted_kernels(run: &Run, benchmark: &BenchmarkPlan) -> bool {
    run.samples.iter().any(|sample| sample.phase == Phase::Counted && sample.benchmark == benchmark.name && sample.kernels.is_some())
}

fn how(plan: &Plan) -> Option<Counting> {
    plan.counters.as_ref().map(|counters| counters.how)
}

/// Puts a subject's counts into its row. By the processor's counters: medians over rounds, and the median of the ratios within rounds, as times have
/// it; by callgrind, the one count that there is.
pub(super) fn fill(
    run: &Run,
    visits: &Visits<'_>,
    benchmark: &BenchmarkPlan,
    subject: &SubjectPlan,
    baseline: Option<&str>,
    row: &mut SubjectResult,
) {
    // Whatever was counted in a benchmark that is not counted as a whole is a count of something else.
    let how = how(&run.plan).filter(|how| matrix::not_counted(*how, benchmark).is_none());
    let of = |name: &str| match how {
        Some(Counting::Perf) => visits.counters(benchmark, name),
        Some(Counting::Callgrind) => visits.counted(benchmark, name),
        Some(Counting::None) | None => Vec::new(),
    };
    let own = of(&subject.name);
    let median = |count: fn(&Counters) -> Option<u64>| {
        let counts: Vec<f64> = own.iter().filter_map(|(_, counters)| Some(count(counters)? as f64)).collect();
        stats::median(&counts).map(|middle| middle.round() as u64)
    };
    row.instructions = median(|counters| counters.instructions);
    row.cycles = median(|counters| counters.cycles);
    row.branch_misses = median(|counters| counters.branch_misses);
    row.instruction_cache_misses = median(|counters| counters.instruction_cache_misses);
    row.instructions_ratio = match baseline {
        Some(baseline) if baseline == subject.name => row.instructions.map(|_| 1.0),
        Some(baseline) => ratio(&own, &of(baseline)),
        None => None,
    };
}

fn ratio(own: &[(Moment, Counters)], base: &[(Moment, Counters)]) -> Option<f64> {
    let partner = |moment: Moment| base.iter().find(|(other, _)| *other == moment)?.1.instructions;
    let ratios: Vec<f64> = own.iter().filter_map(|(moment, counters)| stats::ratio(counters.instructions?, partner(*moment)?)).collect();
    stats::median(&ratios)
}
