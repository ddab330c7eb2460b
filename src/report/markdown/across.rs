//! Several groups beside each other: the tables relative to one baseline.

use super::table::{Table, code, text};
use super::{evidence, opcodes};
use crate::report::confounds::{Footnote, mark};
use crate::report::format;
use crate::report::sections::sections;
use crate::report::summary::{AcrossResult, BenchmarkSummary, Summary};
use crate::run::Role;

/// Nothing where there is one group.
pub(super) fn of_benchmark(summary: &Summary, benchmark: &BenchmarkSummary, notes: &[Footnote<'_>]) -> String {
    let Some(reference) = &summary.reference else { return String::new() };
    let mut table = Table::new(&["subject", "Python", ">median ms", ">ratio", "95 % interval", "verdict", ">adjusted p", ">rounds"]);
    for section in sections(summary) {
        let python = section.group.map_or_else(String::new, |group| text(&group.python));
        for row in benchmark.across.iter().filter(|row| section.holds(&row.subject)) {
            let mut cells = figures(row, reference, notes).to_vec();
            // A guest has a Python of its own, which its description names.
            let is_guest = benchmark.of(&row.subject).is_some_and(|row| row.role == Role::Guest);
            cells.insert(1, if is_guest { String::new() } else { python.clone() });
            table.row(&cells);
        }
    }
    let beside = opcodes::beside_ratios(benchmark.across.iter().map(|row| row.same_code));
    format!("{}\n{}{beside}{}", heading(reference), table.finish(), evidence::footnotes(notes, |_| true))
}

fn heading(reference: &str) -> String {
    format!("\n#### Across releases: relative to {}\n", code(reference))
}

/// Subject, median, ratio with its footnote's sign, interval, verdict, p, rounds; for a hole, dashes and its reason.
fn figures(row: &AcrossResult, reference: &str, notes: &[Footnote<'_>]) -> [String; 7] {
    let dash = || "–".to_owned();
    let is_reference = row.subject == reference;
    let verdict = match (row.verdict, &row.note) {
        (Some(verdict), Some(note)) => format!("{}: {}", format::verdict(verdict), text(note)),
        (Some(verdict), None) => format::verdict(verdict).to_owned(),
        (None, None) if is_reference => "reference".to_owned(),
        (None, note) => text(note.as_deref().unwrap_or_default()),
    };
    [
        code(&row.subject),
        row.median_ns.map_or_else(dash, format::milliseconds),
        row.ratio.map_or_else(dash, |ratio| format::compared(ratio, row.same_code) + &mark(notes, &row.subject)),
        if is_reference { String::new() } else { interval(row).unwrap_or_else(dash) },
        verdict,
        row.p_adjusted.map_or_else(String::new, format::p_value),
        row.rounds.to_string(),
    ]
}

fn interval(row: &AcrossResult) -> Option<String> {
    Some(format!("{} to {}", format::ratio(row.ratio_low?), format::ratio(row.ratio_high?)))
}

/// `amortised`: a line per subject, a column per M. Nothing where there is one group.
pub(super) fn of_sizes(summary: &Summary, sizes: &[&BenchmarkSummary], notes: &[Footnote<'_>]) -> String {
    let Some(reference) = &summary.reference else { return String::new() };
    let names: Vec<String> = sizes.iter().map(|benchmark| format!(">M = {}", format::count(benchmark.size.unwrap_or(0)))).collect();
    let mut columns = vec!["subject"];
    columns.extend(names.iter().map(String::as_str));
    let mut table = Table::new(&columns);
    let cell = |row: &AcrossResult| {
        Some(format!("{}{} ({})", format::compared(row.ratio?, row.same_code), mark(notes, &row.subject), interval(row)?))
    };
    for subject in summary.groups.iter().flat_map(|group| &group.subjects) {
        let rows: Vec<Option<&AcrossResult>> = sizes.iter().map(|benchmark| benchmark.across_of(subject)).collect();
        if subject != reference && rows.iter().any(Option::is_some) {
            let cells = rows.into_iter().map(|row| row.and_then(cell).unwrap_or_else(|| "–".to_owned()));
            table.row(&[code(subject)].into_iter().chain(cells).collect::<Vec<_>>());
        }
    }
    let beside = opcodes::beside_ratios(sizes.iter().flat_map(|benchmark| &benchmark.across).map(|row| row.same_code));
    let (table, below) = (table.finish(), evidence::footnotes(notes, |_| true));
    format!("{}\nRatios with their 95 % intervals; `summary.json` has their verdicts.\n\n{table}{beside}{below}", heading(reference))
}
