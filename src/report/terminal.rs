//! The table at the end of `matrix run` and `report`.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::answer::answer;
use super::format;
use super::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::{Role, Run};

/// A rule below the header; rows need none, and lines are short on a terminal.
const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('-').junction('-'));

/// At most `width` columns wide, without colour: the answer, a row per subject and benchmark, and how many visits failed.
pub fn terminal_table(_run: &Run, summary: &Summary, width: u16) -> String {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Dynamic).set_width(width.max(40));
    table.set_header(["benchmark", "subject", "median ms", "ratio", "95 % interval", "verdict"]);
    for benchmark in &summary.benchmarks {
        for (index, row) in benchmark.results.iter().enumerate() {
            table.add_row(cells(benchmark, row, index == 0));
        }
    }
    for column in [2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("{}\n\n{}\n", table.trim_fmt(), wrap(&answer(summary), usize::from(width.max(40))));
    if !summary.failures.is_empty() {
        text += &format!("{} visits failed; report.md says which and why.\n", summary.failures.len());
    }
    text
}

fn cells(benchmark: &BenchmarkSummary, row: &SubjectResult, first: bool) -> [String; 6] {
    let label = if first { format::plain(&format::benchmark(&benchmark.name, benchmark.size)) } else { String::new() };
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let interval = match (row.ratio_low, row.ratio_high) {
        (Some(low), Some(high)) if row.role != Role::Baseline => format!("{} to {}", format::ratio(low), format::ratio(high)),
        _ => String::new(),
    };
    let verdict = match (row.role, row.verdict, &row.note) {
        (Role::Baseline, _, None) => "baseline".to_owned(),
        (Role::Control, Some(_), _) => {
            benchmark.noise_floor.map_or("no noise floor".to_owned(), |floor| format!("noise floor {}", format::percent(floor)))
        }
        (_, Some(verdict), _) => format::verdict(verdict).to_owned(),
        (_, None, note) => format::plain(note.as_deref().unwrap_or_default()),
    };
    [
        label,
        format::plain(&row.subject),
        or_dash(row.median_ns.map(format::milliseconds)),
        or_dash(row.ratio.map(format::ratio)),
        interval,
        verdict,
    ]
}

/// Breaks between words; a word longer than a line stays whole.
fn wrap(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}
