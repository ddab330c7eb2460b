//! `amortised`: one section over all its sizes, since M is what it is about.

use std::collections::BTreeSet;

use super::across;
use super::benchmarks::{figures, part_heading, published_cell};
use super::table::{Table, code};
use super::{evidence, opcodes};
use crate::matrix::Benchmark;
use crate::report::confounds::{Footnote, footnotes, mark};
use crate::report::format;
use crate::report::sections::{Section, sections};
use crate::report::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::Role;

pub(super) fn amortised(summary: &Summary) -> String {
    let mut sizes: Vec<&BenchmarkSummary> = summary.benchmarks.iter().filter(|benchmark| benchmark.is(Benchmark::Amortised)).collect();
    sizes.sort_by_key(|benchmark| benchmark.size);
    let mut section = "\n### Amortised: start-up and M iterations of the dynamic workload\n\nThe whole process timed. As in the published \
                       experiment, `python3` starts as it does by default, and a runner starts isolated, as an embedder would start it: a \
                       ratio below 1 at small M is cheaper starting, not faster running (Start-up, below, compares like with like).\n\n"
        .to_owned();
    let notes = footnotes(summary);
    for part in sections(summary) {
        if part.group.is_some() {
            section += &format!("{}\n", part_heading(part).trim_start());
        }
        section += &overview(part, &sizes, &notes);
        section += &break_even(summary, part);
        // One picture shows all parts.
        if part.baseline() == summary.baseline {
            section += "\n![Ratio over M](plots/amortised.svg)\n";
        }
        section += &format!("\n{}", amortised_rows(part, &sizes, &notes));
        section += opcodes::beside_ratios(sizes.iter().flat_map(|benchmark| part.rows(benchmark)).map(|row| row.same_code));
        section += &evidence::below_table(part, &notes, false);
        if part.group.is_some() {
            section += "\n";
        }
    }
    section.truncate(section.trim_end().len());
    section + "\n" + &across::of_sizes(summary, &sizes, &notes)
}

fn amortised_rows(part: Section<'_>, sizes: &[&BenchmarkSummary], notes: &[Footnote<'_>]) -> String {
    let mut table =
        Table::new(&[">M", "subject", ">median ms", ">ratio", "95 % interval", "verdict", ">adjusted p", ">rounds", ">published"]);
    for (index, benchmark) in sizes.iter().enumerate() {
        for row in part.rows(benchmark) {
            let mut cells = vec![benchmark.size.map_or_else(String::new, format::count)];
            cells.extend(figures(row, notes));
            cells.push(published_cell(benchmark, index == 0, part.short(&row.subject)));
            table.row(&cells);
        }
    }
    table.finish()
}

/// Ratios alone: a line per M, a column per subject.
fn overview(part: Section<'_>, sizes: &[&BenchmarkSummary], notes: &[Footnote<'_>]) -> String {
    let mut subjects: Vec<(&str, Role)> = Vec::new();
    let mut seen = BTreeSet::new();
    for row in sizes.iter().flat_map(|benchmark| part.rows(benchmark)) {
        if seen.insert(&row.subject) {
            subjects.push((&row.subject, row.role));
        }
    }
    let names: Vec<String> = subjects.iter().map(|(name, _)| format!(">{}", code(name))).collect();
    let mut columns = vec![">M"];
    columns.extend(names.iter().map(String::as_str));
    let mut table = Table::new(&columns);
    for benchmark in sizes {
        let mut cells = vec![benchmark.size.map_or_else(String::new, format::count)];
        cells.extend(subjects.iter().map(|(name, role)| match (benchmark.of(name), role) {
            (Some(SubjectResult { median_ns: Some(ns), ratio: Some(_), .. }), Role::Baseline) => {
                format!("{} ms (1.000)", format::milliseconds(*ns))
            }
            (Some(SubjectResult { ratio: Some(ratio), same_code, .. }), _) => format::compared(*ratio, *same_code) + &mark(notes, name),
            _ => "–".to_owned(),
        }));
        table.row(&cells);
    }
    table.finish() + &evidence::footnotes(notes, |note| note.is_of(part))
}

fn break_even(summary: &Summary, part: Section<'_>) -> String {
    let mut points = summary.break_even.iter().filter(|point| part.holds(&point.subject)).peekable();
    if points.peek().is_none() {
        return String::new();
    }
    let mut lines = "\nBreak-even with the baseline, interpolated between the measured sizes:\n\n".to_owned();
    for point in points {
        let place =
            point.size.map_or("none that the intervals show".to_owned(), |size| format!("M ≈ {}", format::count(format::two_digits(size))));
        lines += &format!("- {}: {place}\n", code(&point.subject));
    }
    lines
}
