//! What the benchmarks execute, and whether all subjects reach the same code.

use super::super::table::{Table, code, text};
use super::{heading, named};
use crate::report::format;
use crate::report::opcodes::{ExecutedResult, OpcodeSummary};
use crate::report::sections::{Section, sections};
use crate::report::summary::Summary;
use crate::run::Run;

/// Nothing where no histogram was taken of any benchmark, nor a reason given.
pub(super) fn executed(run: &Run, summary: &Summary, opcodes: &OpcodeSummary) -> String {
    if opcodes.executed.is_empty() {
        return String::new();
    }
    let mut section = "## What the benchmarks execute\n\nThe interpreter rewrites its bytecode while it runs (PEP 659). Read before anything was timed: the \
                       form of every instruction after a warm run (20,000 steps; of `cells`, each cell once), and how often each is executed. Fewer steps \
                       may not get there, nor another hash seed to the same. *Specialised* is the share of executed instructions \
                       that have a specialised form, *specialisable* of those that have one or could. Equal digests, over every code object's \
                       instructions, show that subjects reached the same code.\n"
        .to_owned();
    for part in sections(summary) {
        let rows: Vec<&ExecutedResult> = opcodes.executed.iter().filter(|row| part.holds(&row.subject)).collect();
        let subjects = run.plan.subjects.iter().filter(|subject| part.holds(&subject.name)).count();
        section += &heading(part);
        section += &format!("\n{}\n{}", proof(&rows, part), table(&rows, subjects));
        section += &histograms(&rows);
    }
    section
}

/// Benchmarks of which it is shown, not shown, and refuted that all subjects reach the same: `WARM_UP` and `SEED` of benchmarks/opcodes/executed.py
/// and opcode/census.rs.
fn proof(rows: &[&ExecutedResult], part: Section<'_>) -> String {
    let (mut same, mut differs, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for of_benchmark in rows.chunk_by(|a, b| a.benchmark == b.benchmark) {
        let compared = || of_benchmark.iter().filter(|row| row.subject != row.baseline);
        let name = code(&of_benchmark[0].benchmark);
        if compared().any(|row| row.same_code == Some(false)) {
            differs.push(name);
        } else if compared().all(|row| row.same_code == Some(true)) && compared().next().is_some() {
            same.push(name);
        } else {
            unknown.push(name);
        }
    }
    let baseline = code(part.baseline());
    let parts = [
        (same, format!("**All subjects reach the same code as {baseline} once warm** (20,000 steps, one hash seed) in ")),
        (differs, format!("**Not all subjects reach the same code as {baseline} once warm** (20,000 steps, one hash seed) in ")),
        (unknown, "It is not shown that all reach the same in ".to_owned()),
    ];
    let told: Vec<String> =
        parts.into_iter().filter(|(names, _)| !names.is_empty()).map(|(names, words)| format!("{words}{}.", names.join(", "))).collect();
    told.join(" ") + "\n"
}

/// A line for each benchmark, or several where subjects differ in it.
fn table(rows: &[&ExecutedResult], subjects: usize) -> String {
    let mut table = Table::new(&["benchmark", "subjects", ">specialised", ">specialisable", "digest", "remark"]);
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), format::percent);
    for of_benchmark in rows.chunk_by(|a, b| a.benchmark == b.benchmark) {
        for alike in alike(of_benchmark) {
            let (first, names) = (alike[0], alike.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>());
            table.row(&[
                code(&first.benchmark),
                named(&names, subjects),
                share(first.specialised),
                share(first.specialisable),
                first.digest.as_ref().map_or_else(|| "–".to_owned(), |digest| code(&format::short(digest, 17))),
                text(first.note.as_deref().unwrap_or_default()),
            ]);
        }
    }
    table.finish()
}

/// Rows of which the same is to be said, together.
fn alike<'a>(rows: &[&'a ExecutedResult]) -> Vec<Vec<&'a ExecutedResult>> {
    let same = |a: &ExecutedResult, b: &ExecutedResult| {
        a.digest == b.digest && a.specialised == b.specialised && a.specialisable == b.specialisable && a.note == b.note
    };
    let mut found: Vec<Vec<&ExecutedResult>> = Vec::new();
    for row in rows {
        match found.iter_mut().find(|rows| same(rows[0], row)) {
            Some(rows) => rows.push(row),
            None => found.push(vec![row]),
        }
    }
    found
}

/// The most frequent forms: the baseline's, and those of each subject that executes something else. Benchmarks that execute the same stand together.
fn histograms(rows: &[&ExecutedResult]) -> String {
    let mut told: Vec<(Vec<&str>, Vec<&ExecutedResult>)> = Vec::new();
    for of_benchmark in rows.chunk_by(|a, b| a.benchmark == b.benchmark) {
        let different = |row: &&ExecutedResult| !row.top.is_empty() && (row.subject == row.baseline || row.same_code == Some(false));
        let shown: Vec<&ExecutedResult> = of_benchmark.iter().copied().filter(different).collect();
        let same = |other: &[&ExecutedResult]| {
            other.len() == shown.len()
                && other.iter().zip(&shown).all(|(a, b)| a.subject == b.subject && a.digest == b.digest && a.top == b.top)
        };
        match told.iter_mut().find(|(_, other)| same(other)) {
            _ if shown.is_empty() => {}
            Some((names, _)) => names.push(&of_benchmark[0].benchmark),
            None => told.push((vec![&of_benchmark[0].benchmark], shown)),
        }
    }
    told.iter().map(|(names, shown)| histogram(names, shown)).collect()
}

fn histogram(names: &[&str], shown: &[&ExecutedResult]) -> String {
    let columns: Vec<String> = shown.iter().flat_map(|row| [format!(">{} per step", code(&row.subject)), ">share".to_owned()]).collect();
    let columns: Vec<&str> = [">", "form"].into_iter().chain(columns.iter().map(String::as_str)).collect();
    let mut table = Table::new(&columns);
    let mut forms: Vec<&str> = Vec::new();
    for top in shown.iter().flat_map(|row| &row.top) {
        if !forms.contains(&top.form.as_str()) {
            forms.push(&top.form);
        }
    }
    for (index, form) in forms.iter().enumerate() {
        let cells = shown.iter().flat_map(|row| match row.top.iter().find(|top| top.form == *form) {
            Some(top) => [format!("{:.3}", top.per_step), format::percent(top.share)],
            None => [String::new(), String::new()],
        });
        table.row(&[(index + 1).to_string(), code(form)].into_iter().chain(cells).collect::<Vec<_>>());
    }
    let names: Vec<String> = names.iter().map(|name| code(name)).collect();
    format!("\nExecuted most often per step of {}:\n\n{}", names.join(", "), table.finish())
}
