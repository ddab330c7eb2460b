//! From a run to its summary: estimates first, then the correction over all of them, then verdicts.

use super::across;
use super::break_even;
use super::confounds;
use super::counters;
use super::differences;
use super::estimate::Estimate;
use super::finding;
use super::judge::judge;
use super::machines;
use super::opcodes;
use super::study;
use super::summary::{BenchmarkSummary, Failure, GroupSummary, SubjectResult, Summary, VerifySummary};
use super::visits::Visits;
use crate::run::{BenchmarkPlan, CheckGroup, GroupPlan, Plan, Role, Run, SCHEMA, Sample, SubjectPlan, SubjectVerification};
use crate::stats;

/// Never fails: what is missing from the run is missing from the summary, with a note.
pub fn summarise(run: &Run) -> Summary {
    let visits = Visits::of(run);
    let plan = &run.plan;
    let mut benchmarks: Vec<BenchmarkSummary> = plan.benchmarks.iter().map(|benchmark| estimates(run, &visits, benchmark)).collect();
    let reference = across::reference(plan).map(|subject| subject.name.clone());
    let mut studied = study::studied(run, &visits, &benchmarks);
    let comparisons = judge(&mut benchmarks, &mut studied, reference.as_deref());
    opcodes::mark(run, &visits, &mut benchmarks, reference.as_deref());
    let opcodes = opcodes::opcodes(run, &visits, &benchmarks);
    let break_even = break_even::break_even(run, &benchmarks);
    let mut summary = Summary {
        schema: SCHEMA,
        surtax: plan.surtax.clone(),
        release: plan.release.clone(),
        python: plan.python.clone(),
        seed: plan.seed,
        baseline: plan.baseline().map_or_else(String::new, |subject| subject.name.clone()),
        control: control(plan.subjects.iter()),
        groups: plan.groups.iter().map(|group| self::group(run, group)).collect(),
        reference,
        rounds: plan.rounds,
        counters: plan.counters.clone(),
        comparisons,
        benchmarks,
        effects: studied.effects,
        interactions: studied.interactions,
        ledger: studied.ledger,
        published_pair: studied.published_pair,
        opcodes,
        break_even,
        verify: run.verification.subjects.iter().map(verified).collect(),
        failures: visits.failures(run).into_iter().map(failure).collect(),
        machines: machines::machines(run, &visits),
        differences: differences::differences(run),
        premise: differences::premise(run, plan.groups.first()),
        findings: Vec::new(),
    };
    study::after_verdicts(&mut summary);
    confounds::beside_ratios(run, &mut summary);
    summary.findings = finding::findings(run, &summary, visits.recorded());
    summary
}

fn control<'a>(mut subjects: impl Iterator<Item = &'a SubjectPlan>) -> Option<String> {
    subjects.find(|subject| subject.role == Role::Control).map(|subject| subject.name.clone())
}

fn group(run: &Run, group: &GroupPlan) -> GroupSummary {
    let plan = &run.plan;
    let of_group = || plan.subjects.iter().filter(|subject| group_of(plan, subject) == Some(group));
    GroupSummary {
        name: group.name.clone(),
        release: group.release.clone(),
        python: group.python.clone(),
        baseline: of_group().find(|subject| subject.role == Role::Baseline).map_or_else(String::new, |subject| subject.name.clone()),
        control: control(of_group()),
        subjects: of_group().map(|subject| subject.name.clone()).collect(),
        premise: differences::premise(run, Some(group)),
    }
}

/// The group whose baseline the subject is held against: its own, or for a guest of none that of the reference.
pub(super) fn group_of<'a>(plan: &'a Plan, subject: &SubjectPlan) -> Option<&'a GroupPlan> {
    let named = |name: &Option<String>| plan.groups.iter().find(|group| name.as_ref() == Some(&group.name));
    named(&subject.group).or_else(|| named(&plan.baseline_of(subject)?.group)).or_else(|| plan.groups.first())
}

/// Everything but verdicts, which need all p-values of the run.
fn estimates(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan) -> BenchmarkSummary {
    let results: Vec<SubjectResult> = run.plan.subjects.iter().map(|subject| result(run, visits, benchmark, subject)).collect();
    let across = across::estimates(run, visits, benchmark, &results);
    let counted = counters::counted(run, &results, benchmark);
    let (name, size, clock) = (benchmark.name.clone(), benchmark.size, benchmark.clock);
    BenchmarkSummary { name, size, clock, noise_floor: noise_floor(run, visits, benchmark), counted, results, across }
}

/// The widest of the groups' controls: it is one benchmark, and what disturbed one group may have disturbed any.
fn noise_floor(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan) -> Option<f64> {
    let controls = run.plan.subjects.iter().filter(|subject| subject.role == Role::Control && withheld(run, subject).is_none());
    let baseline = |subject| run.plan.baseline_of(subject).map_or("", |baseline| baseline.name.as_str());
    controls.filter_map(|control| estimate(run, visits, benchmark, control, baseline(control))?.floor).reduce(f64::max)
}

fn result(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan, subject: &SubjectPlan) -> SubjectResult {
    let baseline = run.plan.baseline_of(subject).map_or("", |baseline| &baseline.name);
    let mut row = hole(&run.plan, subject, baseline);
    if let Some(reason) = withheld(run, subject) {
        row.note = Some(reason);
        return row;
    }
    let values = visits.values(benchmark, &subject.name);
    let median = |of: &dyn Fn(&Sample, u64) -> u64| {
        let numbers: Vec<f64> = values.iter().map(|(_, sample, value)| of(sample, *value) as f64).collect();
        stats::median(&numbers).map(|middle| middle.round() as u64)
    };
    row.median_ns = median(&|_, value| value);
    row.median_wall_ns = median(&|sample, _| sample.wall_ns);
    row.median_user_ns = median(&|sample, _| sample.user_ns);
    row.median_system_ns = median(&|sample, _| sample.system_ns);
    row.peak_memory_bytes = median(&|sample, _| sample.peak_memory_bytes);
    let comparable = run.plan.subject(baseline).filter(|baseline| withheld(run, baseline).is_none());
    counters::fill(run, visits, benchmark, subject, comparable.map(|baseline| baseline.name.as_str()), &mut row);
    let visited = visits.visited(benchmark, &subject.name);
    if subject.role == Role::Baseline {
        row.rounds = values.len();
        row.ratio = row.median_ns.map(|_| 1.0);
        (row.ratio_low, row.ratio_high) = (row.ratio, row.ratio);
    } else if let Some(estimate) = estimate(run, visits, benchmark, subject, baseline) {
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

/// Nothing where the baseline failed verification.
pub(super) fn estimate(
    run: &Run,
    visits: &Visits<'_>,
    benchmark: &BenchmarkPlan,
    subject: &SubjectPlan,
    baseline: &str,
) -> Option<Estimate> {
    let withheld = run.plan.subject(baseline).and_then(|baseline| withheld(run, baseline));
    if withheld.is_some() { None } else { Estimate::of(visits, benchmark, &subject.name, baseline) }
}

fn hole(plan: &Plan, subject: &SubjectPlan, baseline: &str) -> SubjectResult {
    let group = group_of(plan, subject).map(|group| group.name.clone());
    SubjectResult {
        subject: subject.name.clone(),
        role: subject.role,
        baseline: group.is_some().then(|| baseline.to_owned()),
        group,
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
        instructions: None,
        instructions_ratio: None,
        cycles: None,
        branch_misses: None,
        instruction_cache_misses: None,
        same_code: None,
        note: None,
        confounds: Vec::new(),
    }
}

/// The gate: why no timing of this subject is published. The stock interpreter is what others are held against, so
/// that it and its second measuring need no verification of their own; one that failed counts all the same.
pub(super) fn withheld(run: &Run, subject: &SubjectPlan) -> Option<String> {
    match run.verification.of(&subject.name) {
        None if matches!(subject.role, Role::Runner | Role::Guest) => Some("not verified: no timing is published".to_owned()),
        Some(verified) if !verified.passed() => {
            let failed = verified.checks.iter().filter(|check| !check.passed).count();
            Some(format!("failed verification ({failed} of {} checks): no timing is published", verified.checks.len()))
        }
        _ => None,
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
