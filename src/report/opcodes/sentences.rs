//! The kernels in a sentence or two: for the terminal, the head of a section, and the answer where nothing else was measured.

use super::shape::{KernelResult, OpcodeSummary, Prediction};
use crate::report::format::{self, code};
use crate::report::sections::{Section, sections};
use crate::report::summary::Summary;
use crate::run::{BenchmarkPlan, Clock, Role, Run, SubjectPlan};
use crate::stats::Verdict;

/// More names do not fit into a sentence: then it tells the ends alone.
const MOST: usize = 6;

/// One subject over all kernels that have a tax.
struct Standing<'a> {
    subject: &'a str,
    /// The geometric mean of its taxes: the only mean of ratios whose order does not depend on the baseline (Fleming & Wallace 1986).
    mean: f64,
    kernels: usize,
    slower: usize,
    faster: usize,
    /// All of them.
    undecided: bool,
    /// Of those that are seen to be slower, the one with the highest tax.
    most: Option<&'a KernelResult>,
}

/// A section's subjects but its baseline, in the plan's order.
pub(in crate::report) fn subjects<'a>(run: &'a Run, section: Section<'_>) -> Vec<&'a SubjectPlan> {
    run.plan.subjects.iter().filter(|subject| subject.role != Role::Baseline && section.holds(&subject.name)).collect()
}

/// Runners and guests with any tax, least first.
fn standings<'a>(run: &Run, opcodes: &'a OpcodeSummary, section: Section<'_>) -> Vec<Standing<'a>> {
    let compared = subjects(run, section).into_iter().filter(|subject| subject.role != Role::Control);
    let standing = |subject: &SubjectPlan| {
        let rows: Vec<&KernelResult> = opcodes.kernels.iter().filter(|row| row.subject == subject.name && row.tax.is_some()).collect();
        let seen = |verdict| rows.iter().copied().filter(move |row| row.verdict == Some(verdict));
        let logs: f64 = rows.iter().filter_map(|row| row.tax).map(f64::ln).sum();
        Some(Standing {
            subject: &rows.first()?.subject,
            mean: (logs / rows.len() as f64).exp(),
            kernels: rows.len(),
            slower: seen(Verdict::Slower).count(),
            faster: seen(Verdict::Faster).count(),
            undecided: seen(Verdict::Undecided).count() == rows.len(),
            most: seen(Verdict::Slower).max_by(|a, b| a.tax.unwrap_or(0.0).total_cmp(&b.tax.unwrap_or(0.0))),
        })
    };
    let mut standings: Vec<Standing<'_>> = compared.filter_map(standing).collect();
    standings.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    standings
}

/// Plain sentences, names in backticks; none for runs without opcodes, or that have nothing to say of them.
pub(in crate::report) fn sentences(run: &Run, summary: &Summary) -> Vec<String> {
    let Some(opcodes) = &summary.opcodes else { return Vec::new() };
    let mut found = Vec::new();
    for section in sections(summary) {
        found.extend(of_kernels(run, opcodes, section));
        found.extend(of_handlers(run, opcodes, section));
        found.extend(of_predictions(run, opcodes, section));
        found.extend(other_code(run, opcodes, section));
    }
    found
}

fn of_kernels(run: &Run, opcodes: &OpcodeSummary, section: Section<'_>) -> Option<String> {
    let standings = standings(run, opcodes, section);
    let most = standings.iter().map(|standing| standing.kernels).max()?;
    let told = |standing: &Standing<'_>| {
        let dearest = standing.most.and_then(|row| Some((row, row.tax?)));
        let dearest =
            dearest.map_or_else(String::new, |(row, tax)| format!(", most of all {} ({})", code(&row.kernel), format::ratio(tax)));
        let seen = match (standing.slower, standing.faster) {
            _ if standing.undecided => "undecided".to_owned(),
            (0, 0) => "no difference seen in any".to_owned(),
            (slower, 0) => format!("slower in {slower}{dearest}"),
            (0, faster) => format!("faster in {faster}"),
            (slower, faster) => format!("faster in {faster}, slower in {slower}{dearest}"),
        };
        format!("{} {} ({seen})", code(standing.subject), format::ratio(standing.mean))
    };
    let shown: Vec<String> = match standings.as_slice() {
        [first, .., last] if standings.len() > MOST => vec![told(first), "…".to_owned(), told(last)],
        all => all.iter().map(told).collect(),
    };
    Some(format!(
        "Over {most} opcode kernels, by the geometric mean of their ratios to {}: {}.",
        code(section.baseline()),
        shown.join("; ")
    ))
}

/// The dearest runner's kernels, told apart by whether their handlers reach more by tables than in the baseline. It shows what goes together, no cause.
fn of_handlers(run: &Run, opcodes: &OpcodeSummary, section: Section<'_>) -> Option<String> {
    let dearest = standings(run, opcodes, section).last()?.subject;
    let sum = |row: &KernelResult| Some(row.got_loads? + row.plt_calls? + row.tls?);
    let baseline = |row: &KernelResult| opcodes.kernels.iter().find(|base| base.kernel == row.kernel && base.subject == row.baseline);
    let rows = opcodes.kernels.iter().filter(|row| row.subject == dearest && row.same_code != Some(false));
    let known = rows.filter_map(|row| Some((row.tax?.ln(), sum(row)? > sum(baseline(row)?)?)));
    let (more, rest): (Vec<(f64, bool)>, Vec<_>) = known.partition(|(_, more)| *more);
    let mean = |logs: &[(f64, bool)]| format::ratio((logs.iter().map(|(log, _)| log).sum::<f64>() / logs.len() as f64).exp());
    (!more.is_empty() && !rest.is_empty()).then(|| {
        format!(
            "In {}, the handlers of {} kernels go through tables more often than in {}: {} by the geometric mean; those of {} do not: {}.",
            code(dearest),
            more.len(),
            code(section.baseline()),
            mean(&more),
            rest.len(),
            mean(&rest)
        )
    })
}

/// Of what is timed inside the interpreter, and the dearest runner.
fn of_predictions(run: &Run, opcodes: &OpcodeSummary, section: Section<'_>) -> Option<String> {
    let clock =
        |row: &Prediction| run.plan.benchmarks.iter().find(|benchmark| benchmark.name == row.benchmark && benchmark.size == row.size);
    let standings = standings(run, opcodes, section);
    let dearest = standings.last()?.subject;
    let inside = opcodes.predictions.iter().filter(|row| row.subject == dearest);
    let told = inside.filter(|row| clock(row).is_some_and(|benchmark| benchmark.clock == Clock::InProcess)).filter_map(|row| {
        let (predicted, measured) = (row.predicted?, row.measured?);
        Some(format!("{} in {}, where {} was measured", format::ratio(predicted), code(&row.benchmark), format::ratio(measured)))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("The kernels' costs predict for {} {}.", code(dearest), told.join(", and ")))
}

/// The comparisons that are no comparisons of one and the same code.
fn other_code(run: &Run, opcodes: &OpcodeSummary, section: Section<'_>) -> Option<String> {
    let measured = |name: &str| name != BenchmarkPlan::OPCODES && run.plan.benchmarks.iter().any(|benchmark| benchmark.name == name);
    let differing =
        opcodes.executed.iter().filter(|row| row.same_code == Some(false) && section.holds(&row.subject) && measured(&row.benchmark));
    let mut by_benchmark: Vec<(&str, Vec<String>)> = Vec::new();
    for row in differing {
        match by_benchmark.iter_mut().find(|(name, _)| *name == row.benchmark) {
            Some((_, subjects)) => subjects.push(code(&row.subject)),
            None => by_benchmark.push((&row.benchmark, vec![code(&row.subject)])),
        }
    }
    let told: Vec<String> = by_benchmark.into_iter().map(|(name, subjects)| format!("{} in {}", subjects.join(", "), code(name))).collect();
    (!told.is_empty()).then(|| {
        format!(
            "Not the same bytecode as {}: {}. Their ratios are not the cost of a build alone.",
            code(section.baseline()),
            told.join("; ")
        )
    })
}
