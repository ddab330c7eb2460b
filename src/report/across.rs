//! All subjects of several groups relative to one baseline: what their builds, their Pythons and their libraries cost together.

use super::estimate::Estimate;
use super::summarise::estimate;
use super::summary::{AcrossResult, SubjectResult};
use super::visits::Visits;
use crate::run::{BenchmarkPlan, Plan, Role, Run, SubjectPlan};

/// What the table is relative to; nothing where there is one group.
pub(super) fn reference(plan: &Plan) -> Option<&SubjectPlan> {
    if plan.groups.len() > 1 { plan.reference().or_else(|| plan.baseline()) } else { None }
}

/// A row per subject but the controls, whose place is the noise floor. A subject whose own baseline is the reference keeps the ratio it has:
/// to test it twice would only make the correction harder on all.
pub(super) fn estimates(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan, results: &[SubjectResult]) -> Vec<AcrossResult> {
    let Some(reference) = reference(&run.plan) else { return Vec::new() };
    let subjects = run.plan.subjects.iter().zip(results).filter(|(subject, _)| subject.role != Role::Control);
    subjects
        .map(|(subject, row)| {
            if run.plan.baseline_of(subject) == Some(reference) {
                repeated(row)
            } else {
                let estimate = row.median_ns.and_then(|_| estimate(run, visits, benchmark, subject, &reference.name));
                compared(row, estimate, &reference.name)
            }
        })
        .collect()
}

pub(super) fn repeated(row: &SubjectResult) -> AcrossResult {
    AcrossResult {
        subject: row.subject.clone(),
        rounds: row.rounds,
        median_ns: row.median_ns,
        ratio: row.ratio,
        ratio_low: row.ratio_low,
        ratio_high: row.ratio_high,
        p_value: row.p_value,
        p_adjusted: row.p_adjusted,
        verdict: row.verdict,
        same_code: row.same_code,
        note: row.note.clone(),
    }
}

fn compared(row: &SubjectResult, estimate: Option<Estimate>, reference: &str) -> AcrossResult {
    let hole = AcrossResult {
        rounds: 0,
        ratio: None,
        ratio_low: None,
        ratio_high: None,
        p_value: None,
        p_adjusted: None,
        verdict: None,
        ..repeated(row)
    };
    match estimate {
        Some(estimate) => AcrossResult {
            rounds: estimate.rounds,
            ratio: Some(estimate.ratio),
            ratio_low: Some(estimate.interval.low),
            ratio_high: Some(estimate.interval.high),
            p_value: Some(estimate.p_value),
            note: None,
            ..hole
        },
        // What has a time of its own lacks the reference's.
        None if row.median_ns.is_some() => {
            AcrossResult { note: Some(format!("no round in which `{reference}` gave a time to compare with")), ..hole }
        }
        None => hole,
    }
}
