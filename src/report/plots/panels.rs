//! Panels of dots and whiskers: one per benchmark, the noise floor shaded, whatever it is that is compared.

use super::axis::Axis;
use super::svg::{Anchor, FAINT, GRID, GROUND, INK, Sheet, colour, fit};
use crate::report::format;
use crate::report::summary::BenchmarkSummary;
use crate::stats::Verdict;

/// Beside its labels.
const PANEL: f64 = 332.0;
const FIGURES: f64 = 84.0;
const ROW: f64 = 22.0;
/// The thickness of a bar.
const STEP: f64 = 12.0;
const HEADING: f64 = 20.0;
const HEAD: f64 = 96.0;
const GAP: f64 = 20.0;
/// Of text below the panels.
const LINE: f64 = 18.0;

/// What stands above the panels.
pub(super) struct Picture<'a> {
    pub(super) headline: &'a str,
    pub(super) title: &'a str,
    /// What mark, whisker and side mean.
    pub(super) meaning: &'a str,
    /// Room for the rows' labels.
    pub(super) labels: f64,
    /// What the signs at ratios mean, a line each, below the panels.
    pub(super) notes: Vec<String>,
}

/// Enough for the names of packaged variants.
pub(super) const LABELS: f64 = 128.0;

/// Room for the longest of these, within reason.
pub(super) fn room<'a>(labels: impl Iterator<Item = &'a str>) -> f64 {
    let longest = labels.map(|label| label.chars().count()).max().unwrap_or(0);
    (longest as f64 * 0.6 * LETTERS + 16.0).clamp(LABELS, 220.0)
}

/// The size of a label's letters.
const LETTERS: f64 = 11.5;

impl Picture<'_> {
    pub(super) fn draw<'a>(
        &self,
        benchmarks: impl IntoIterator<Item = &'a BenchmarkSummary>,
        parts: impl Fn(&'a BenchmarkSummary) -> Vec<Part<'a>>,
    ) -> String {
        draw(self, benchmarks.into_iter().map(|benchmark| Panel { benchmark, parts: parts(benchmark) }).collect())
    }
}

fn draw(picture: &Picture<'_>, panels: Vec<Panel<'_>>) -> String {
    let &Picture { headline, title, meaning, labels, ref notes } = picture;
    let width = labels + PANEL;
    let rows: Vec<f64> = panels.chunks(2).map(|pair| pair.iter().map(|panel| panel.height() + 64.0).fold(0.0, f64::max)).collect();
    let mut sheet = Sheet::new(2.0 * width + 3.0 * GAP, HEAD + rows.iter().sum::<f64>() + GAP + notes.len() as f64 * LINE);
    sheet.bold((GAP, 30.0), 16.0, &fit(headline, 2.0 * width, 16.0));
    let legend = [meaning, "▲ slower, ▼ faster, = no difference seen, ? undecided."];
    for (line, y) in legend.into_iter().zip([52.0, 70.0]) {
        sheet.text((GAP, y), Anchor::Start, 11.5, FAINT, line);
    }
    let mut top = HEAD;
    for (pair, height) in panels.chunks(2).zip(rows) {
        for (column, panel) in pair.iter().enumerate() {
            panel.draw(&mut sheet, labels, (GAP + column as f64 * (width + GAP), top));
        }
        top += height;
    }
    if panels.is_empty() {
        sheet.text((GAP, HEAD + 4.0), Anchor::Start, 12.0, FAINT, "No benchmark was planned.");
    }
    for (note, at) in notes.iter().zip(0..) {
        let y = top + f64::from(at) * LINE;
        sheet.text((GAP, y), Anchor::Start, 11.5, INK, &fit(note, 2.0 * width + GAP, 11.5));
    }
    let description = panels.iter().map(Panel::sentence).chain(notes.iter().cloned()).collect::<Vec<_>>().join(" ");
    sheet.finish(title, &description)
}

struct Panel<'a> {
    benchmark: &'a BenchmarkSummary,
    parts: Vec<Part<'a>>,
}

/// The rows below one heading.
pub(super) struct Part<'a> {
    pub(super) heading: Option<&'a str>,
    pub(super) rows: Vec<Row<'a>>,
}

pub(super) struct Row<'a> {
    pub(super) subject: &'a str,
    /// Shown beside the mark.
    pub(super) label: &'a str,
    /// How it looks; a baseline is ink alone.
    pub(super) index: Option<usize>,
    pub(super) faint: bool,
    /// Where a bar to the mark begins, if there is one.
    pub(super) since: Option<f64>,
    pub(super) ratio: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) verdict: Option<Verdict>,
    pub(super) note: Option<&'a str>,
    /// The sign of a footnote, after a space; or nothing.
    pub(super) mark: String,
}

impl Part<'_> {
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

    fn draw(&self, sheet: &mut Sheet, labels: f64, (left, top): (f64, f64)) {
        sheet.bold((left, top + 10.0), 13.0, &fit(&self.benchmark.label(), labels + PANEL, 13.0));
        let (first, bottom) = (top + 22.0, top + 22.0 + self.height());
        let band = self.benchmark.noise_floor.map(|floor| (1.0 / (1.0 + floor), 1.0 + floor));
        let ends = self.rows().flat_map(|row| [row.low, row.high]).flatten();
        let axis = Axis::over(
            ends.chain([1.0]).chain(band.into_iter().flat_map(|(low, high)| [low, high])),
            left + labels,
            left + labels + PANEL - FIGURES,
        );
        if let Some((low, high)) = band {
            let tip = format!("noise floor of {}: {} to {}", self.benchmark.label(), format::ratio(low), format::ratio(high));
            sheet.band((axis.place(low), first), (axis.place(high) - axis.place(low), bottom - first), &tip);
        }
        axis.draw_below(sheet, 6, first, bottom);
        sheet.line((axis.place(1.0), first), (axis.place(1.0), bottom), INK, 1.2);
        let mut y = first;
        for part in &self.parts {
            if let Some(heading) = part.heading {
                sheet.text((left, y + 14.0), Anchor::Start, 11.5, FAINT, &fit(heading, labels, LETTERS));
                y += HEADING;
            }
            for row in &part.rows {
                row.draw(sheet, &axis, labels, (left, y + 0.5 * ROW));
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
    fn draw(&self, sheet: &mut Sheet, axis: &Axis, labels: f64, (left, y): (f64, f64)) {
        let ink = match self.index {
            None => INK,
            Some(_) if self.faint => FAINT,
            Some(index) => colour(index),
        };
        sheet.text((left + labels - 10.0, y + 4.0), Anchor::End, 11.5, INK, &fit(self.label, labels - 14.0, LETTERS));
        let (Some(ratio), Some(low), Some(high)) = (self.ratio, self.low, self.high) else {
            let note = fit(self.note.unwrap_or("no timing"), PANEL - 4.0, 10.5);
            // The grid would run through the words.
            sheet.rectangle((left + labels, y - ROW / 2.0 + 1.0), (PANEL, ROW - 2.0), GROUND);
            return sheet.text((left + labels + 4.0, y + 4.0), Anchor::Start, 10.5, FAINT, &note);
        };
        if let Some(since) = self.since {
            let (from, to) = (axis.place(since.min(ratio)), axis.place(since.max(ratio)));
            sheet.rectangle((from, y - STEP / 2.0), (to - from, STEP), GRID);
        }
        sheet.line((axis.place(low), y), (axis.place(high), y), ink, 2.0);
        for end in [low, high] {
            sheet.line((axis.place(end), y - 4.0), (axis.place(end), y + 4.0), ink, 2.0);
        }
        sheet.mark(self.index.unwrap_or(0), (axis.place(ratio), y), ink, &self.sentence());
        let sign = format::sign(self.verdict);
        sheet.text(
            (left + labels + PANEL - FIGURES + 12.0, y + 4.0),
            Anchor::Start,
            11.5,
            INK,
            &format!("{} {sign}{}", format::ratio(ratio), self.mark),
        );
    }

    fn sentence(&self) -> String {
        let number = |value: Option<f64>| value.map_or("?".to_owned(), format::ratio);
        let verdict = self.verdict.map_or("", format::verdict);
        format!("{}: {}{} ({} to {}), {verdict}", self.subject, number(self.ratio), self.mark, number(self.low), number(self.high))
    }
}
