//! What the benchmarks execute in each subject, and whether it is the same as in its baseline.

use super::index::{Index, counts};
use super::shape::{ExecutedResult, TopInstruction};
use crate::run::{BenchmarkPlan, Executed, Role, SubjectPlan};

/// Beyond these, no form is much of a benchmark that runs hundreds of different ones.
const TOP: usize = 12;

/// A row per benchmark that was looked at and subject; the plan's benchmarks first, in its order.
pub(super) fn executed(index: &Index<'_>) -> Vec<ExecutedResult> {
    let plan = &index.run.plan;
    let looked_at = index.run.opcodes.iter().flat_map(|opcodes| &opcodes.subjects).flat_map(|subject| &subject.benchmarks);
    let mut names: Vec<&str> = Vec::new();
    for name in looked_at.map(|executed| executed.benchmark.as_str()) {
        // What the kernels execute is each kernel's own affair.
        if name != BenchmarkPlan::OPCODES && !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| plan.benchmarks.iter().position(|benchmark| benchmark.name == *name).unwrap_or(usize::MAX));
    let rows = |name| plan.subjects.iter().filter_map(move |subject| row(index, name, subject));
    names.into_iter().flat_map(rows).collect()
}

/// Absent where one of the two is not known.
pub(super) fn same_code(index: &Index<'_>, benchmark: &str, subject: &str, against: &str) -> Option<bool> {
    let digest = |name: &str| index.executed(index.run.plan.subject(name)?, benchmark)?.digest.as_ref();
    if subject == against { None } else { Some(digest(subject)? == digest(against)?) }
}

fn row(index: &Index<'_>, benchmark: &str, subject: &SubjectPlan) -> Option<ExecutedResult> {
    let baseline = index.run.plan.baseline_of(subject)?;
    let (own, other) = (index.executed(subject, benchmark), index.executed(baseline, benchmark));
    let same_code = if subject.role == Role::Baseline { None } else { same_code(index, benchmark, &subject.name, &baseline.name) };
    let note = match (own, other) {
        (None, _) => Some("nothing is known of its bytecode".to_owned()),
        (Some(own), Some(other)) if same_code == Some(false) => Some(difference(own, other, &baseline.name)),
        (Some(own), _) => own.reason.clone(),
    };
    Some(ExecutedResult {
        benchmark: benchmark.to_owned(),
        subject: subject.name.clone(),
        baseline: baseline.name.clone(),
        specialised: own.and_then(|own| own.specialised),
        specialisable: own.and_then(|own| own.specialisable),
        same_code,
        digest: own.and_then(|own| own.digest.clone()),
        top: own.map_or_else(Vec::new, top),
        note,
    })
}

fn top(executed: &Executed) -> Vec<TopInstruction> {
    let all: f64 = counts(executed).map(|(_, count)| count).sum();
    let mut forms: Vec<(&str, f64)> = counts(executed).collect();
    // Equal counts stay in the order of their names.
    forms.sort_by(|a, b| b.1.total_cmp(&a.1));
    forms.into_iter().take(TOP).map(|(form, per_step)| TopInstruction { form: form.to_owned(), per_step, share: per_step / all }).collect()
}

/// The forms whose shares differ most; it is for them that one looks first.
fn difference(own: &Executed, other: &Executed, baseline: &str) -> String {
    let share = |executed: &Executed, form: &str| {
        let all: f64 = counts(executed).map(|(_, count)| count).sum();
        counts(executed).find(|(other, _)| *other == form).map_or(0.0, |(_, count)| count / all)
    };
    let mut forms: Vec<&str> = counts(own).chain(counts(other)).map(|(form, _)| form).collect();
    forms.sort();
    forms.dedup();
    let mut shares: Vec<(&str, f64, f64)> = forms.into_iter().map(|form| (form, share(own, form), share(other, form))).collect();
    shares.retain(|(_, own, other)| (own - other).abs() >= 0.001);
    shares.sort_by(|a, b| (b.1 - b.2).abs().total_cmp(&(a.1 - a.2).abs()));
    let most: Vec<String> =
        shares.iter().take(3).map(|(form, own, other)| format!("{form} {:.1} % instead of {:.1} %", own * 100.0, other * 100.0)).collect();
    match most.as_slice() {
        [] => format!("other instructions than `{baseline}`, in the same shares of forms"),
        most => format!("other instructions than `{baseline}`: {}", most.join(", ")),
    }
}
