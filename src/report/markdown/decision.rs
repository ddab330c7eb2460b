//! The table for packagers: a line per subject, and below it what its columns mean.

use super::label;
use super::table::{Table, code};
use crate::report::confounds::{Footnote, footnotes, mark};
use crate::report::decision::{Choice, Protection, choices, compared_in, start_in};
use crate::report::format;
use crate::report::summary::{SubjectResult, Summary};
use crate::run::{Role, Run, StartRelocations};

/// Nothing where no workload was timed.
pub(super) fn decision(run: &Run, summary: &Summary) -> String {
    let choices = choices(run, summary);
    if choices.is_empty() {
        return String::new();
    }
    let notes = footnotes(summary);
    let loops: Vec<String> =
        compared_in(run, summary).iter().map(|benchmark| format!(">{}", label(&benchmark.name, benchmark.size))).collect();
    let start = start_in(summary).map(|benchmark| format!(">start (`{}`)", benchmark.name));
    let mut columns = vec!["subject"];
    columns.extend(loops.iter().map(String::as_str));
    columns.extend(start.as_deref());
    columns.extend([">peak memory", ">executable", ">libpython", ">relocations at start", ">pages written", "PIE", "RELRO"]);
    let mut table = Table::new(&columns);
    for choice in &choices {
        table.row(&cells(choice, start.is_some(), &notes));
    }
    let against = if summary.reference.is_some() { "the `python3` of the same group" } else { "`python3`" };
    format!(
        "## What to ship\n\nFor those who package: what each choice costs and what it keeps. Speed and start are ratios to {against}.\n\n{}\n\
         ![Memory and file size against speed](plots/tradeoff.svg)\n{}{}",
        table.finish(),
        meaning(&notes),
        unknown(&choices)
    )
}

fn cells(choice: &Choice<'_>, with_start: bool, notes: &[Footnote<'_>]) -> Vec<String> {
    let is_baseline = choice.subject.role == Role::Baseline;
    let mut cells = vec![code(&choice.subject.name)];
    cells.extend(choice.speed.iter().map(|row| speed(*row, is_baseline, notes)));
    if with_start {
        cells.push(speed(choice.start, is_baseline, notes));
    }
    let or_unknown = |cell: Option<String>| cell.unwrap_or_else(|| "unknown".to_owned());
    cells.extend([
        choice.memory_bytes.map_or_else(|| "–".to_owned(), format::memory),
        format::memory(choice.executable_bytes),
        choice.library_bytes.map_or_else(|| "inside".to_owned(), format::memory),
        or_unknown(choice.loading.map(|loading| format::count(at_start(loading)))),
        or_unknown(choice.loading.map(|loading| format::count(loading.pages_written))),
        kept(choice.pie).to_owned(),
        kept(choice.relro).to_owned(),
    ]);
    cells
}

/// `1.310 † ▲`; for a baseline its time.
fn speed(row: Option<&SubjectResult>, is_baseline: bool, notes: &[Footnote<'_>]) -> String {
    let figure = |row: &SubjectResult| {
        if is_baseline {
            return row.median_ns.map(|ns| format!("{} ms", format::milliseconds(ns)));
        }
        Some(format!("{}{} {}", format::compared(row.ratio?, row.same_code), mark(notes, &row.subject), format::sign(row.verdict)))
    };
    row.and_then(figure).unwrap_or_else(|| "–".to_owned())
}

/// Those that the loader does before the first instruction: functions among them only where they are bound at once.
fn at_start(loading: StartRelocations) -> u64 {
    loading.relative + loading.symbolic + if loading.bound_now { loading.jump_slots } else { 0 }
}

fn kept(kept: Protection) -> &'static str {
    match kept {
        Protection::Kept => "kept",
        Protection::InPart => "in part",
        Protection::Lost => "lost",
        Protection::Unknown => "unknown",
    }
}

fn meaning(notes: &[Footnote<'_>]) -> String {
    let signs: Vec<&str> = notes.iter().map(|note| note.sign.as_str()).collect();
    let confounded =
        if signs.is_empty() { String::new() } else { format!("; {}: confounds, said below each benchmark's table", signs.join(", ")) };
    format!("\n▲ slower, ▼ faster, = no difference seen, ? undecided{confounded}.\n\n{COLUMNS}")
}

const COLUMNS: &str = "- *peak memory*: the most in any of the benchmarks on the left, resident.\n\
     - *executable*: as it was linked, not stripped; *libpython*: the shared one that must be shipped beside it. Without the standard library.\n\
     - *relocations at start*: what the dynamic loader writes before the program begins, and *pages written*: of 4 KiB, which are then this \
     process's alone. Where libpython is shared, of libpython alone.\n\
     - *PIE*: kept where the executable may be anywhere in memory; lost where its address is fixed. *RELRO*: kept where all that the loader \
     wrote is read-only afterwards (full), in part where functions are bound late (partial); where libpython is shared, of libpython.\n";

/// Why a cell says `unknown`; nothing where none does.
fn unknown(choices: &[Choice<'_>]) -> String {
    let lacks = |lacks: fn(&Choice<'_>) -> bool| choices.iter().any(lacks);
    let mut what = Vec::new();
    if lacks(|choice| choice.loading.is_none()) {
        what.push("relocations");
    }
    if lacks(|choice| choice.relro == Protection::Unknown) {
        what.push("RELRO");
    }
    if lacks(|choice| choice.pie == Protection::Unknown) {
        what.push("PIE");
    }
    if what.is_empty() {
        return String::new();
    }
    format!("\nUnknown ({}): the run's audit does not have it of that file, as those of older surtaxes do not.\n", what.join(", "))
}
