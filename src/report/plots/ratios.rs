//! `ratios.svg` and, with several groups, `across.svg`: a panel per benchmark, in it a dot and a whisker per subject, the noise floor shaded.

use super::axis::Axis;
use super::looks::Looks;
use super::svg::{Anchor, BAND, FAINT, GROUND, INK, Sheet, colour, fit};
use crate::report::format;
use crate::report::sections::{Section, sections};
use crate::report::summary::{AcrossResult, BenchmarkSummary, SubjectResult, Summary};
use crate::run::Role;
use crate::stats::Verdict;

const PANEL: f64 = 460.0;
const LABELS: f64 = 128.0;
const FIGURES: f64 = 84.0;
const ROW: f64 = 22.0;
const HEADING: f64 = 20.0;
const HEAD: f64 = 96.0;
const GAP: f64 = 20.0;

/// Each subject relative to the baseline of its group.
pub(super) fn ratios(summary: &Summary) -> String {
    let baselines = if summary.reference.is_some() { "the python3 of the same group" } else { &summary.baseline };
    let looks = Looks::of(summary);
    let parts = |benchmark| sections(summary).into_iter().map(|section| Part::within(section, benchmark, &looks)).collect();
    draw(summary, &format!("Time relative to {baselines}"), "Ratios to the baseline, with 95 % intervals", parts)
}

/// All subjects relative to one baseline; nothing where there is one group.
pub(super) fn across(summary: &Summary) -> Option<String> {
    let reference = summary.reference.as_ref()?;
    let looks = Looks::of(summary);
    let parts = |benchmark| sections(summary).into_iter().map(|section| Part::across(section, benchmark, &looks, reference)).collect();
    let title = format!("Across releases: time relative to {reference}");
    Some(draw(summary, &title, "Ratios to one baseline across releases, with 95 % intervals", parts))
}

fn draw<'a>(summary: &'a Summary, headline: &str, title: &str, parts: impl Fn(&'a BenchmarkSummary) -> Vec<Part<'a>>) -> String {
    let panels: Vec<Panel<'a>> = summary.benchmarks.iter().map(|benchmark| Panel { benchmark, parts: parts(benchmark) }).collect();
    let rows: Vec<f64> = panels.chunks(2).map(|pair| pair.iter().map(|panel| panel.height() + 64.0).fold(0.0, f64::max)).collect();
    let mut sheet = Sheet::new(2.0 * PANEL + 3.0 * GAP, HEAD + rows.iter().sum::<f64>() + GAP);
    sheet.bold((GAP, 30.0), 16.0, &fit(headline, 2.0 * PANEL, 16.0));
    let legend = [
        "Mark: median ratio within a round. Whisker: 95 % interval. Shaded: noise floor (A/A). Left of 1: faster than the baseline. Scales differ.",
        "▲ slower, ▼ faster, = no difference seen, ? undecided.",
    ];
    for (line, y) in legend.into_iter().zip([52.0, 70.0]) {
        sheet.text((GAP, y), Anchor::Start, 11.5, FAINT, line);
    }
    let mut top = HEAD;
    for (pair, height) in panels.chunks(2).zip(rows) {
        for (column, panel) in pair.iter().enumerate() {
            panel.draw(&mut sheet, (GAP + column as f64 * (PANEL + GAP), top));
        }
        top += height;
    }
    if panels.is_empty() {
        sheet.text((GAP, HEAD + 4.0), Anchor::Start, 12.0, FAINT, "No benchmark was planned.");
    }
    let description = panels.iter().map(Panel::sentence).collect::<Vec<_>>().join(" ");
    sheet.finish(title, &description)
}

struct Panel<'a> {
    benchmark: &'a BenchmarkSummary,
    parts: Vec<Part<'a>>,
}

/// The rows below one heading.
struct Part<'a> {
    heading: Option<&'a str>,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    subject: &'a str,
    /// Shown beside the mark.
    label: &'a str,
    /// How it looks; a baseline is ink alone.
    index: Option<usize>,
    faint: bool,
    ratio: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    verdict: Option<Verdict>,
    note: Option<&'a str>,
}

impl<'a> Part<'a> {
    fn within(section: Section<'a>, benchmark: &'a BenchmarkSummary, looks: &Looks<'_>) -> Self {
        let compared = section.rows(benchmark).filter(|row| row.role != Role::Baseline);
        let row = |row: &'a SubjectResult| Row {
            subject: &row.subject,
            label: section.short(&row.subject),
            index: looks.index(section, &row.subject),
            faint: row.role == Role::Control,
            ratio: row.ratio,
            low: row.ratio_low,
            high: row.ratio_high,
            verdict: row.verdict,
            note: row.note.as_deref(),
        };
        Self { heading: section.group.map(|group| group.name.as_str()), rows: compared.map(row).collect() }
    }

    fn across(section: Section<'a>, benchmark: &'a BenchmarkSummary, looks: &Looks<'_>, reference: &str) -> Self {
        let row = |row: &'a AcrossResult| Row {
            subject: &row.subject,
            label: section.short(&row.subject),
            index: looks.index(section, &row.subject),
            faint: false,
            ratio: row.ratio,
            low: row.ratio_low,
            high: row.ratio_high,
            verdict: row.verdict,
            note: row.note.as_deref(),
        };
        let compared = benchmark.across.iter().filter(|row| row.subject != reference && section.holds(&row.subject));
        Self { heading: section.group.map(|group| group.name.as_str()), rows: compared.map(row).collect() }
    }

    fn height(&self) -> f64 {
        self.rows.len() as f64 * ROW + if self.heading.is_some() { HEADING } else { 0.0 }
    }
}

impl Panel<'_> {
    fn rows(&self) -> impl Iterator<Item = &Row<'_>> {
        self.parts.iter().flat_map(|part| &part.rows)
    }

    fn height(&self) -> f64 {
        self.parts.iter().map(Part::height).sum()
    }

    fn draw(&self, sheet: &mut Sheet, (left, top): (f64, f64)) {
        sheet.bold((left, top + 10.0), 13.0, &fit(&self.benchmark.label(), PANEL, 13.0));
        let (first, bottom) = (top + 22.0, top + 22.0 + self.height());
        let band = self.benchmark.noise_floor.map(|floor| (1.0 / (1.0 + floor), 1.0 + floor));
        let ends = self.rows().flat_map(|row| [row.low, row.high]).flatten();
        let axis = Axis::over(
            ends.chain([1.0]).chain(band.into_iter().flat_map(|(low, high)| [low, high])),
            left + LABELS,
            left + PANEL - FIGURES,
        );
        if let Some((low, high)) = band {
            sheet.rectangle((axis.place(low), first), (axis.place(high) - axis.place(low), bottom - first), BAND);
        }
        axis.draw_below(sheet, 6, first, bottom);
        sheet.line((axis.place(1.0), first), (axis.place(1.0), bottom), INK, 1.2);
        let mut y = first;
        for part in &self.parts {
            if let Some(heading) = part.heading {
                sheet.text((left, y + 14.0), Anchor::Start, 11.5, FAINT, &fit(heading, LABELS, 11.5));
                y += HEADING;
            }
            for row in &part.rows {
                row.draw(sheet, &axis, (left, y + 0.5 * ROW));
                y += ROW;
            }
        }
    }

    fn sentence(&self) -> String {
        let rows: Vec<String> = self.rows().filter(|row| row.ratio.is_some()).map(Row::sentence).collect();
        format!("{}: {}.", self.benchmark.label(), rows.join("; "))
    }
}

impl Row<'_> {
    fn draw(&self, sheet: &mut Sheet, axis: &Axis, (left, y): (f64, f64)) {
        let ink = match self.index {
            None => INK,
            Some(_) if self.faint => FAINT,
            Some(index) => colour(index),
        };
        sheet.text((left + LABELS - 10.0, y + 4.0), Anchor::End, 11.5, INK, &fit(self.label, LABELS - 14.0, 11.5));
        let (Some(ratio), Some(low), Some(high)) = (self.ratio, self.low, self.high) else {
            let note = fit(self.note.unwrap_or("no timing"), PANEL - LABELS - 4.0, 10.5);
            // The grid would run through the words.
            sheet.rectangle((left + LABELS, y - ROW / 2.0 + 1.0), (PANEL - LABELS, ROW - 2.0), GROUND);
            return sheet.text((left + LABELS + 4.0, y + 4.0), Anchor::Start, 10.5, FAINT, &note);
        };
        sheet.line((axis.place(low), y), (axis.place(high), y), ink, 2.0);
        for end in [low, high] {
            sheet.line((axis.place(end), y - 4.0), (axis.place(end), y + 4.0), ink, 2.0);
        }
        sheet.mark(self.index.unwrap_or(0), (axis.place(ratio), y), ink, &self.sentence());
        let sign = match self.verdict {
            Some(Verdict::Slower) => "▲",
            Some(Verdict::Faster) => "▼",
            Some(Verdict::NoDifferenceSeen) => "=",
            _ => "?",
        };
        sheet.text((left + PANEL - FIGURES + 12.0, y + 4.0), Anchor::Start, 11.5, INK, &format!("{} {sign}", format::ratio(ratio)));
    }

    fn sentence(&self) -> String {
        let number = |value: Option<f64>| value.map_or("?".to_owned(), format::ratio);
        let verdict = self.verdict.map_or("", format::verdict);
        format!("{}: {} ({} to {}), {verdict}", self.subject, number(self.ratio), number(self.low), number(self.high))
    }
}
