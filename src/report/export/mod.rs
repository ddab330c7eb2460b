//! A run in other tools' formats. What is withheld from the report is in none of them: a subject that failed verification has no timing.

mod csv;
mod hyperfine;
mod markdown;
mod pyperf;

pub use pyperf::pyperf;

use super::summarise::withheld;
use super::summary::Summary;
use crate::run::{Run, SubjectPlan};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A file per subject.
    Pyperf,
    Hyperfine,
    Csv,
    /// A table for a pull request's comment.
    Markdown,
}

impl ExportFormat {
    pub const ALL: [Self; 4] = [Self::Pyperf, Self::Hyperfine, Self::Csv, Self::Markdown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pyperf => "pyperf",
            Self::Hyperfine => "hyperfine",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }
}

/// File names, safe ones, with their texts. `subjects` leaves out all others; empty, it leaves out none. Only pyperf has several files.
pub fn export(run: &Run, summary: &Summary, format: ExportFormat, subjects: &[String]) -> Vec<(String, String)> {
    let chosen: Vec<&SubjectPlan> = published(run).filter(|subject| subjects.is_empty() || subjects.contains(&subject.name)).collect();
    match format {
        ExportFormat::Pyperf => pyperf::files(run, &chosen),
        ExportFormat::Hyperfine => vec![("hyperfine.json".to_owned(), hyperfine::hyperfine(run, &chosen))],
        ExportFormat::Csv => vec![("samples.csv".to_owned(), csv::csv(run, &chosen))],
        ExportFormat::Markdown => vec![("summary.md".to_owned(), markdown::markdown(summary, &chosen))],
    }
}

/// Those whose timings may be shown.
fn published(run: &Run) -> impl Iterator<Item = &SubjectPlan> {
    run.plan.subjects.iter().filter(|subject| withheld(run, subject).is_none())
}

fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}
