//! The gate, a line per subject, and every hole with its reason.

use super::label;
use super::table::{Table, code, text};
use crate::report::format;
use crate::report::summary::{Failure, Summary, VerifySummary};
use crate::run::{Outcome, Phase};

pub(super) fn verification(summary: &Summary) -> String {
    let mut section = "## Verification\n\nA gate: no timing is published of a subject that fails a check.\n\n".to_owned();
    if summary.verify.is_empty() {
        return section + "Nothing was verified.\n";
    }
    section += &summary.verify.iter().map(line).collect::<String>();
    section
}

fn line(verified: &VerifySummary) -> String {
    let mut line = format!(
        "- {}: {} of {} programs bit-exact, {} of {} checks passed{}\n",
        code(&verified.subject),
        verified.passed,
        verified.total,
        verified.checks_passed,
        verified.checks_total,
        if verified.failed.is_empty() { "" } else { ". Failed:" }
    );
    for failed in &verified.failed {
        line += &format!("  - {}\n", text(&format::short(failed, 400)));
    }
    line
}

pub(super) fn failures(summary: &Summary) -> String {
    let unpublished: Vec<_> = summary
        .benchmarks
        .iter()
        .flat_map(|benchmark| benchmark.results.iter().map(move |row| (benchmark, row)))
        .filter(|(_, row)| row.ratio.is_none())
        .collect();
    if summary.failures.is_empty() && unpublished.is_empty() {
        return "## Failures\n\nNone: every visit gave a time and the right answer.\n".to_owned();
    }
    let mut section = "## Failures\n".to_owned();
    if !unpublished.is_empty() {
        let mut table = Table::new(&["hole", "benchmark", "reason"]);
        for (benchmark, row) in unpublished {
            let reason = row.note.as_deref().unwrap_or("unknown");
            table.row(&[code(&row.subject), label(&benchmark.name, benchmark.size), text(reason)]);
        }
        section += &format!("\n{}", table.finish());
    }
    if !summary.failures.is_empty() {
        let mut table = Table::new(&["subject", "benchmark", "rounds", "outcome", "reason"]);
        for group in grouped(&summary.failures) {
            let first = group[0];
            let reason = text(&format::short(&first.reason, 400));
            table.row(&[code(&first.subject), label(&first.benchmark, first.size), rounds(&group), outcome(first.outcome).into(), reason]);
        }
        section += &format!("\n{}", table.finish());
    }
    section
}

/// Failures that differ in nothing but the round, in the order of their first.
fn grouped(failures: &[Failure]) -> Vec<Vec<&Failure>> {
    let mut groups: Vec<Vec<&Failure>> = Vec::new();
    let same = |a: &Failure, b: &Failure| {
        (&a.subject, &a.benchmark, a.size, a.outcome, &a.reason) == (&b.subject, &b.benchmark, b.size, b.outcome, &b.reason)
    };
    for failure in failures {
        match groups.iter_mut().find(|group| same(group[0], failure)) {
            Some(group) => group.push(failure),
            None => groups.push(vec![failure]),
        }
    }
    groups
}

/// `warm-up 0 to 2, 0 to 3, 7`
fn rounds(group: &[&Failure]) -> String {
    let spans = |phase: Phase, word: &str| {
        let mut numbers: Vec<u32> = group.iter().filter(|failure| failure.phase == phase).map(|failure| failure.round).collect();
        numbers.sort_unstable();
        let runs = numbers.chunk_by(|a, b| a.checked_add(1) == Some(*b));
        let span =
            |run: &[u32]| if run.len() > 1 { format!("{word}{} to {}", run[0], run[run.len() - 1]) } else { format!("{word}{}", run[0]) };
        runs.map(span).collect::<Vec<_>>()
    };
    let phases = [(Phase::Reference, "reference "), (Phase::WarmUp, "warm-up "), (Phase::Measured, ""), (Phase::Counted, "counted ")];
    phases.map(|(phase, word)| spans(phase, word)).concat().join(", ")
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "no time",
        Outcome::Failed => "failed",
        Outcome::TimedOut => "timed out",
        Outcome::WrongAnswer => "wrong answer",
    }
}
