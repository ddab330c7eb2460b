//! `ratios.svg` and, with several groups, `across.svg`: a panel per benchmark, in it a dot and a whisker per subject, the noise floor shaded.

use super::looks::Looks;
use super::panels::{LABELS, Part, Picture, Row, room};
use crate::report::confounds::{Footnote, Writing, footnotes, mark};
use crate::report::format;
use crate::report::sections::{Section, sections, short_names};
use crate::report::study::is_study;
use crate::report::summary::{AcrossResult, BenchmarkSummary, SubjectResult, Summary};
use crate::run::Role;

const MEANING: &str = "Mark: median ratio within a round. Whisker: 95 % interval. Shaded: noise floor (A/A). Left of 1: faster than the baseline. Scales differ.";

/// Each subject relative to the baseline of its group.
pub(super) fn ratios(summary: &Summary) -> String {
    let baselines = if summary.reference.is_some() { "the python3 of the same group" } else { &summary.baseline };
    let looks = Looks::of(summary);
    let notes = footnotes(summary);
    let parts = |benchmark| sections(summary).into_iter().map(|section| Part::within(section, benchmark, &looks, &notes)).collect();
    let headline = format!("Time relative to {baselines}");
    let picture = Picture {
        headline: &headline,
        title: "Ratios to the baseline, with 95 % intervals",
        meaning: MEANING,
        labels: labels(summary),
        notes: said(&notes),
    };
    picture.draw(&summary.benchmarks, parts)
}

/// All subjects relative to one baseline; nothing where there is one group.
pub(super) fn across(summary: &Summary) -> Option<String> {
    let reference = summary.reference.as_ref()?;
    let looks = Looks::of(summary);
    let notes = footnotes(summary);
    let part = |section, benchmark| Part::across(section, benchmark, &looks, reference, &notes);
    let parts = |benchmark| sections(summary).into_iter().map(|section| part(section, benchmark)).collect();
    let headline = format!("Across releases: time relative to {reference}");
    let picture = Picture {
        headline: &headline,
        title: "Ratios to one baseline across releases, with 95 % intervals",
        meaning: MEANING,
        labels: labels(summary),
        notes: said(&notes),
    };
    Some(picture.draw(&summary.benchmarks, parts))
}

impl<'a> Part<'a> {
    fn within(section: Section<'a>, benchmark: &'a BenchmarkSummary, looks: &Looks<'_>, notes: &[Footnote<'_>]) -> Self {
        let compared = section.rows(benchmark).filter(|row| row.role != Role::Baseline);
        let row = |row: &'a SubjectResult| Row {
            subject: &row.subject,
            label: section.short(&row.subject),
            index: looks.index(section, &row.subject),
            faint: row.role == Role::Control,
            since: None,
            ratio: row.ratio,
            low: row.ratio_low,
            high: row.ratio_high,
            verdict: row.verdict,
            note: row.note.as_deref(),
            mark: mark(notes, &row.subject),
        };
        Self { heading: section.group.map(|group| group.name.as_str()), rows: compared.map(row).collect() }
    }

    fn across(section: Section<'a>, benchmark: &'a BenchmarkSummary, looks: &Looks<'_>, reference: &str, notes: &[Footnote<'_>]) -> Self {
        let row = |row: &'a AcrossResult| Row {
            subject: &row.subject,
            label: section.short(&row.subject),
            index: looks.index(section, &row.subject),
            faint: false,
            since: None,
            ratio: row.ratio,
            low: row.ratio_low,
            high: row.ratio_high,
            verdict: row.verdict,
            note: row.note.as_deref(),
            mark: mark(notes, &row.subject),
        };
        let compared = benchmark.across.iter().filter(|row| row.subject != reference && section.holds(&row.subject));
        Self { heading: section.group.map(|group| group.name.as_str()), rows: compared.map(row).collect() }
    }
}

/// Without the marks of code, which a picture does not have.
fn said(notes: &[Footnote<'_>]) -> Vec<String> {
    let writing = Writing { name: format::plain, text: format::plain };
    notes.iter().map(|note| note.in_short(writing)).collect()
}

/// The names of a study's builds are long.
fn labels(summary: &Summary) -> f64 {
    let names = short_names(summary);
    if is_study(summary) { room(names.iter().map(|(name, _)| *name)) } else { LABELS }
}
