//! From a run to its summary: estimates first, then the correction over all of them, then verdicts.

use super::break_even;
use super::differences;
use super::estimate::Estimate;
use super::finding;
use super::summary::{BenchmarkSummary, Failure, SubjectResult, Summary, VerifySummary};
use super::visits::Visits;
use crate::run::{BenchmarkPlan, CheckGroup, Role, Run, SCHEMA, Sample, SubjectPlan, SubjectVerification};
use crate::stats::{self, Verdict};

/// Never fails: what is missing from the run is missing from the summary, with a note.
pub fn summarise(run: &Run) -> Summary {
    let visits = Visits::of(run);
    let plan = &run.plan;
    let baseline = plan.baseline().map_or("", |subject| &subject.name);
    let mut benchmarks: Vec<BenchmarkSummary> =
        plan.benchmarks.iter().map(|benchmark| estimates(run, &visits, benchmark, baseline)).collect();
    let comparisons = judge(&mut benchmarks);
    let break_even = break_even::break_even(run, &benchmarks);
    let mut summary = Summary {
        schema: SCHEMA,
        surtax: plan.surtax.clone(),
        release: plan.release.clone(),
        python: plan.python.clone(),
        seed: plan.seed,
        baseline: baseline.to_owned(),
        control: control(run).map(|subject| subject.name.clone()),
        rounds: plan.rounds,
        comparisons,
        benchmarks,
        break_even,
        verify: run.verification.subjects.iter().map(verified).collect(),
        failures: visits.failures(run).into_iter().map(failure).collect(),
        differences: differences::differences(run),
        premise: differences::premise(run),
        findings: Vec::new(),
    };
    summary.findings = finding::findings(run, &summary, visits.recorded());
    summary
}

fn control(run: &Run) -> Option<&SubjectPlan> {
    run.plan.subjects.iter().find(|subject| subject.role == Role::Control)
}

/// Everything but verdicts, which need all p-values of the run.
fn estimates(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan, baseline: &str) -> BenchmarkSummary {
    let results = run.plan.subjects.iter().map(|subject| result(run, visits, benchmark, subject, baseline)).collect();
    BenchmarkSummary { name: benchmark.name.clone(), size: benchmark.size, clock: benchmark.clock, noise_floor: None, results }
}

fn result(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan, subject: &SubjectPlan, baseline: &str) -> SubjectResult {
    let mut row = hole(subject);
    if let Some(reason) = withheld(run, &subject.name, subject.role) {
        row.note = Some(reason);
        return row;
    }
    let values = visits.values(benchmark, &subject.name);
    let median = |of: &dyn Fn(&Sample, u64) -> u64| {
        let numbers: Vec<f64> = values.iter().map(|(sample, value)| of(sample, *value) as f64).collect();
        stats::median(&numbers).map(|middle| middle.round() as u64)
    };
    row.median_ns = median(&|_, value| value);
    row.median_wall_ns = median(&|sample, _| sample.wall_ns);
    row.median_user_ns = median(&|sample, _| sample.user_ns);
    row.median_system_ns = median(&|sample, _| sample.system_ns);
    row.peak_memory_bytes = median(&|sample, _| sample.peak_memory_bytes);
    let visited = visits.visited(benchmark, &subject.name);
    if subject.role == Role::Baseline {
        row.rounds = values.len();
        row.ratio = row.median_ns.map(|_| 1.0);
        (row.ratio_low, row.ratio_high) = (row.ratio, row.ratio);
    } else if let Some(estimate) =
        withheld(run, baseline, Role::Baseline).is_none().then(|| Estimate::of(visits, benchmark, &subject.name, baseline)).flatten()
    {
        row.rounds = estimate.rounds;
        row.ratio = Some(estimate.ratio);
        (row.ratio_low, row.ratio_high) = (Some(estimate.interval.low), Some(estimate.interval.high));
        row.p_value = Some(estimate.p_value);
    }
    row.rounds_dropped = visited - row.rounds.min(visited);
    row.note = row.ratio.is_none().then(|| match (visited, row.median_ns) {
        (0, _) => "not measured".to_owned(),
        (_, None) => "every round failed".to_owned(),
        (_, Some(_)) => format!("no round in which `{baseline}` gave a time to compare with"),
    });
    row
}

fn hole(subject: &SubjectPlan) -> SubjectResult {
    SubjectResult {
        subject: subject.name.clone(),
        role: subject.role,
        rounds: 0,
        rounds_dropped: 0,
        median_ns: None,
        ratio: None,
        ratio_low: None,
        ratio_high: None,
        p_value: None,
        p_adjusted: None,
        verdict: None,
        median_wall_ns: None,
        median_user_ns: None,
        median_system_ns: None,
        peak_memory_bytes: None,
        note: None,
    }
}

/// The gate: why no timing of this subject is published. The stock interpreter is what others are held against, so
/// that it and its second measuring need no verification of their own; one that failed counts all the same.
fn withheld(run: &Run, subject: &str, role: Role) -> Option<String> {
    match run.verification.of(subject) {
        None if role == Role::Runner => Some("not verified: no timing is published".to_owned()),
        Some(verified) if !verified.passed() => {
            let failed = verified.checks.iter().filter(|check| !check.passed).count();
            Some(format!("failed verification ({failed} of {} checks): no timing is published", verified.checks.len()))
        }
        _ => None,
    }
}

/// Corrects all p-values together, sets noise floors and verdicts, and returns the number of comparisons.
fn judge(benchmarks: &mut [BenchmarkSummary]) -> usize {
    for benchmark in benchmarks.iter_mut() {
        let control = benchmark.results.iter().find(|result| result.role == Role::Control);
        benchmark.noise_floor = control.and_then(|result| stats::noise_floor(interval(result)?, result.rounds));
    }
    let compared = || benchmarks.iter().flat_map(|benchmark| &benchmark.results).filter(|result| result.p_value.is_some());
    let adjusted = stats::holm(&compared().filter_map(|result| result.p_value).collect::<Vec<_>>());
    let attainable = stats::holm(&compared().map(|result| stats::smallest_p(result.rounds)).collect::<Vec<_>>());
    let comparisons = adjusted.len();
    let mut corrected = adjusted.into_iter().zip(attainable);
    for benchmark in benchmarks {
        let floor = benchmark.noise_floor;
        for row in benchmark.results.iter_mut().filter(|row| row.p_value.is_some()) {
            let (Some(interval), Some((adjusted, attainable))) = (interval(row), corrected.next()) else { continue };
            let verdict = stats::verdict(interval, adjusted, attainable, floor);
            row.p_adjusted = Some(adjusted);
            row.verdict = Some(verdict);
            if verdict == Verdict::Undecided {
                row.note = Some(lacking(row.rounds, comparisons));
            }
        }
    }
    comparisons
}

fn interval(row: &SubjectResult) -> Option<stats::Interval> {
    Some(stats::Interval { low: row.ratio_low?, high: row.ratio_high? })
}

fn lacking(rounds: usize, comparisons: usize) -> String {
    let needed = stats::rounds_needed(comparisons);
    if rounds < needed {
        format!("{rounds} rounds cannot decide among {comparisons} comparisons; {needed} can")
    } else {
        format!("no noise floor: the A/A control has fewer than {} rounds", stats::MINIMUM_ROUNDS)
    }
}

fn verified(subject: &SubjectVerification) -> VerifySummary {
    let (passed, total) = subject.count(CheckGroup::Programs);
    let failed = subject.checks.iter().filter(|check| !check.passed);
    VerifySummary {
        subject: subject.subject.clone(),
        passed,
        total,
        checks_passed: subject.checks.iter().filter(|check| check.passed).count(),
        checks_total: subject.checks.len(),
        failed: failed
            .map(|check| match &check.detail {
                Some(detail) => format!("{}: {detail}", check.name),
                None => check.name.clone(),
            })
            .collect(),
    }
}

fn failure(sample: &Sample) -> Failure {
    Failure {
        subject: sample.subject.clone(),
        benchmark: sample.benchmark.clone(),
        size: sample.size,
        phase: sample.phase,
        round: sample.round,
        outcome: sample.outcome,
        reason: sample.reason.clone().unwrap_or_else(|| "no reason was recorded".to_owned()),
    }
}
