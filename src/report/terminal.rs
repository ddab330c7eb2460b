//! The table at the end of `matrix run` and `report`.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::answer::answer;
use super::confounds::{Footnote, Writing, footnotes, mark};
use super::format;
use super::machines;
use super::opcodes;
use super::sections::sections;
use super::study::{is_study, sentences};
use super::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::{CounterPlan, Counting, Role, Run};

/// A rule below the header; rows need none, and lines are short on a terminal.
const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('-').junction('-'));

/// Longer names would push the numbers off a terminal of 80 columns; report.md has them whole.
const NAME: usize = 20;

/// In a study, where the columns stand closer together: `static-pic-nopgo-interposable-r2`.
const NAME_IN_STUDY: usize = 32;

/// At most `width` columns wide (but never under 40), without colour: a row per subject and benchmark, the answer, and
/// how many visits failed or are still to come.
pub fn terminal_table(run: &Run, summary: &Summary, width: u16) -> String {
    let width = usize::from(width.max(40));
    let mut lines = table(summary).lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().into_iter();
    let mut shown: Vec<String> = lines.by_ref().take(2).collect();
    if summary.benchmarks.iter().all(BenchmarkSummary::is_of_kernels) && !summary.benchmarks.is_empty() {
        // A head without a body.
        shown.clear();
    }
    for benchmark in shown_in_table(summary) {
        shown.push(heading(benchmark));
        for section in sections(summary) {
            shown.extend(section.group.map(|group| format!(" {}", format::plain(&group.name))));
            shown.extend(lines.by_ref().take(section.rows(benchmark).count()));
        }
    }
    if let Some(reference) = &summary.reference {
        shown.extend([String::new(), format!("ratio: to the python3 of the same group; ref.: to {}", format::plain(reference))]);
    }
    let mut text = shown.iter().map(|line| format::short(line, width) + "\n").collect::<String>();
    for note in footnotes(summary) {
        text += &format!("\n{}\n", format::wrap(&note.sentence(Writing::PLAIN), width));
    }
    text += &format!("\n{}\n", format::wrap(&answer(summary), width));
    for sentence in sentences(run, summary).into_iter().chain(opcodes::sentences(run, summary)) {
        text += &format!("\n{}\n", format::wrap(&sentence, width));
    }
    for sentence in machines::sentences(summary) {
        text += &format!("\n{}\n", format::wrap(&sentence, width));
    }
    if let Some(CounterPlan { how: Counting::None, reason: Some(reason) }) = &summary.counters {
        text += &format!("\n{}\n", format::wrap(&format!("instructions: n/a, {}", format::plain(reason)), width));
    }
    if !summary.failures.is_empty() {
        text += &format!("\n{} visits failed; report.md says which and why.\n", summary.failures.len());
    }
    if run.samples.is_empty() {
        text += "\nNothing has been measured yet.\n";
    }
    text
}

/// The sum over all kernels is no time of anything: a sentence tells of them, and report.md has the table.
fn shown_in_table(summary: &Summary) -> impl Iterator<Item = &BenchmarkSummary> {
    summary.benchmarks.iter().filter(|benchmark| !benchmark.is_of_kernels())
}

fn heading(benchmark: &BenchmarkSummary) -> String {
    let floor = benchmark.noise_floor.map_or("no noise floor".to_owned(), |floor| format!("noise floor {}", format::percent(floor)));
    format!("{} ({floor})", format::plain(&format::benchmark(&benchmark.name, benchmark.size)))
}

/// A line per row, all benchmarks in one, so that their columns stand below each other.
fn table(summary: &Summary) -> Table {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    // With several groups, the ratio across them; its interval and verdict are in report.md.
    let across = summary.reference.is_some();
    let study = is_study(summary) && !across;
    let mut header = vec!["", if study { "ms" } else { "median ms" }, "ratio", "95 % interval", "verdict"];
    if across {
        header.insert(4, "ref.");
    }
    // Its last column, so that a narrow terminal cuts off nothing else.
    let counted = summary.benchmarks.iter().any(|benchmark| benchmark.counted.is_some());
    if counted {
        header.push("instr.");
    }
    table.set_header(header);
    let notes = footnotes(summary);
    for benchmark in shown_in_table(summary) {
        for section in sections(summary) {
            for row in section.rows(benchmark) {
                let (indent, most) = if study { (" ", NAME_IN_STUDY) } else { ("  ", NAME) };
                let name = indent.to_owned() + &format::short(&format::plain(section.short(&row.subject)), most);
                let mut cells = cells(row, name, &notes, study).to_vec();
                if across {
                    let ratio =
                        benchmark.across_of(&row.subject).and_then(|across| Some(format::compared(across.ratio?, across.same_code)));
                    cells.insert(4, ratio.unwrap_or_default());
                }
                if counted {
                    cells.push(row.instructions_ratio.map_or_else(|| "n/a".to_owned(), format::instructions_ratio));
                }
                table.add_row(cells);
            }
        }
    }
    if across || study || counted {
        // A column more, or longer names, would not fit into 80.
        for column in table.column_iter_mut() {
            column.set_padding((0, if study { 0 } else { 1 }));
        }
    }
    for column in if across { vec![1, 2, 4] } else { vec![1, 2] } {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn cells(row: &SubjectResult, name: String, notes: &[Footnote<'_>], study: bool) -> [String; 5] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let interval = match (row.ratio_low, row.ratio_high) {
        (Some(low), Some(high)) if row.role != Role::Baseline => format!("{} to {}", format::ratio(low), format::ratio(high)),
        _ => String::new(),
    };
    let verdict = match (row.role, row.verdict, &row.note) {
        (Role::Baseline, _, None) => "baseline".to_owned(),
        (Role::Control, Some(_), _) => "A/A".to_owned(),
        (Role::Guest, Some(verdict), _) => format!("guest: {}", format::verdict(verdict)),
        (_, Some(verdict), _) => format::verdict(verdict).to_owned(),
        (_, None, note) => format::plain(note.as_deref().unwrap_or_default()),
    };
    // Behind a number without a sign stands as much room, so that the points stand below each other.
    let space = if study { "" } else { " " };
    let wide = notes.iter().map(|note| note.sign.chars().count() + space.len()).max().unwrap_or(0);
    let sign = mark(notes, &row.subject).replace(' ', space);
    let ratio = row.ratio.map(|ratio| format!("{}{sign:<wide$}", format::compared(ratio, row.same_code)));
    [name, or_dash(row.median_ns.map(format::milliseconds)), or_dash(ratio), interval, verdict]
}
