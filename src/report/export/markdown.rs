//! A table that fits into a pull request's comment: a row per runner, a column per headline benchmark, and the answer.

use crate::matrix::Benchmark;
use crate::report::answer::answer;
use crate::report::confounds::{Footnote, footnotes, mark};
use crate::report::format;
use crate::report::markdown::table::{Table, WRITING, code, text};
use crate::report::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::{Clock, Role, SubjectPlan};

pub(super) fn markdown(summary: &Summary, subjects: &[&SubjectPlan]) -> String {
    let columns = columns(summary);
    let rows: Vec<&str> =
        subjects.iter().filter(|subject| matches!(subject.role, Role::Runner | Role::Guest)).map(|subject| subject.name.as_str()).collect();
    let notes: Vec<Footnote<'_>> = footnotes(summary);
    let relative = if summary.reference.is_some() {
        "each relative to its own `python3`".to_owned()
    } else {
        format!("relative to {}", code(&summary.baseline))
    };
    let mut markdown = format!("**surtax**: {}, {} rounds, {relative}\n\n", releases(summary), summary.rounds);
    let labels: Vec<String> = columns.iter().map(|benchmark| text(&benchmark.label())).collect();
    let numbers = labels.iter().map(|label| format!(">{label}"));
    let header: Vec<String> = ["subject".to_owned()].into_iter().chain(numbers).chain([">peak memory".to_owned()]).collect();
    let mut table = Table::new(&header.iter().map(String::as_str).collect::<Vec<_>>());
    for subject in &rows {
        let found: Vec<Option<&SubjectResult>> = columns.iter().map(|benchmark| benchmark.of(subject)).collect();
        let cells = found.iter().map(|row| cell(*row, &notes));
        let memory = found.iter().flatten().find_map(|row| row.peak_memory_bytes).map_or_else(|| "–".to_owned(), format::memory);
        table.row(&[code(subject)].into_iter().chain(cells).chain([memory]).collect::<Vec<_>>());
    }
    markdown += &table.finish();
    let floors: Vec<String> = columns
        .iter()
        .zip(&labels)
        .filter_map(|(benchmark, label)| Some(format!("{label}: {}", format::percent(benchmark.noise_floor?))))
        .collect();
    let floors = if floors.is_empty() { "none".to_owned() } else { floors.join("; ") };
    markdown += &format!("\n▲ slower, ▼ faster, = no difference seen, ? undecided; 95 % intervals. Noise floors: {floors}.\n");
    for note in notes.iter().filter(|note| note.subjects.iter().any(|subject| rows.contains(subject))) {
        markdown += &format!("\n{}\n", note.in_short(WRITING));
    }
    let failures = summary.failures.len();
    if failures > 0 {
        markdown += &format!("\n{failures} visits failed; the run's report says which and why.\n");
    }
    markdown + &format!("\n{}\n", answer(summary))
}

/// What is timed inside the interpreter, and the start.
fn columns(summary: &Summary) -> Vec<&BenchmarkSummary> {
    let is_shown = |benchmark: &&BenchmarkSummary| {
        (benchmark.clock == Clock::InProcess && !benchmark.is_of_kernels()) || benchmark.is(Benchmark::Startup)
    };
    let shown: Vec<&BenchmarkSummary> = summary.benchmarks.iter().filter(is_shown).collect();
    if shown.is_empty() { summary.benchmarks.iter().filter(|benchmark| !benchmark.is_of_kernels()).collect() } else { shown }
}

fn releases(summary: &Summary) -> String {
    let release = |release: &str, python: &str| format!("{}, Python {}", text(release), text(python));
    if summary.reference.is_none() {
        return release(&summary.release, &summary.python);
    }
    summary.groups.iter().map(|group| release(&group.release, &group.python)).collect::<Vec<_>>().join("; ")
}

/// `1.337 † ▲ (1.331 to 1.342)`
fn cell(row: Option<&SubjectResult>, notes: &[Footnote<'_>]) -> String {
    let figures = row.and_then(|row| Some((row, row.ratio?, row.ratio_low?, row.ratio_high?)));
    match figures {
        Some((row, ratio, low, high)) => format!(
            "{}{} {} ({} to {})",
            format::compared(ratio, row.same_code),
            mark(notes, &row.subject),
            format::sign(row.verdict),
            format::ratio(low),
            format::ratio(high)
        ),
        None => row.and_then(|row| row.note.as_deref()).map_or_else(|| "–".to_owned(), text),
    }
}
