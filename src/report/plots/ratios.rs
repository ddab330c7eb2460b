//! `ratios.svg`: a panel per benchmark, in it a dot and a whisker per subject, the noise floor shaded.

use super::axis::Axis;
use super::svg::{Anchor, BAND, FAINT, GROUND, INK, Sheet, colour, fit};
use crate::report::format;
use crate::report::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::Role;
use crate::stats::Verdict;

const PANEL: f64 = 460.0;
const LABELS: f64 = 128.0;
const FIGURES: f64 = 84.0;
const ROW: f64 = 22.0;
const HEAD: f64 = 96.0;
const GAP: f64 = 20.0;

pub(super) fn ratios(summary: &Summary) -> String {
    let rows: Vec<f64> = summary.benchmarks.chunks(2).map(|pair| pair.iter().map(panel_height).fold(0.0, f64::max)).collect();
    let mut sheet = Sheet::new(2.0 * PANEL + 3.0 * GAP, HEAD + rows.iter().sum::<f64>() + GAP);
    sheet.bold((GAP, 30.0), 16.0, &fit(&format!("Time relative to {}", summary.baseline), 2.0 * PANEL, 16.0));
    let legend = [
        "Mark: median ratio within a round. Whisker: 95 % interval. Shaded: noise floor (A/A). Left of 1: faster than the baseline. Scales differ.",
        "▲ slower, ▼ faster, = no difference seen, ? undecided.",
    ];
    for (line, y) in legend.into_iter().zip([52.0, 70.0]) {
        sheet.text((GAP, y), Anchor::Start, 11.5, FAINT, line);
    }
    let mut top = HEAD;
    for (pair, height) in summary.benchmarks.chunks(2).zip(rows) {
        for (column, benchmark) in pair.iter().enumerate() {
            panel(&mut sheet, benchmark, (GAP + column as f64 * (PANEL + GAP), top));
        }
        top += height;
    }
    if summary.benchmarks.is_empty() {
        sheet.text((GAP, HEAD + 4.0), Anchor::Start, 12.0, FAINT, "No benchmark was planned.");
    }
    sheet.finish("Ratios to the baseline, with 95 % intervals", &description(summary))
}

fn compared(benchmark: &BenchmarkSummary) -> impl Iterator<Item = &SubjectResult> {
    benchmark.results.iter().filter(|row| row.role != Role::Baseline)
}

fn panel_height(benchmark: &BenchmarkSummary) -> f64 {
    compared(benchmark).count() as f64 * ROW + 64.0
}

fn panel(sheet: &mut Sheet, benchmark: &BenchmarkSummary, (left, top): (f64, f64)) {
    sheet.bold((left, top + 10.0), 13.0, &fit(&format::benchmark(&benchmark.name, benchmark.size), PANEL, 13.0));
    let (first, bottom) = (top + 22.0, top + 22.0 + compared(benchmark).count() as f64 * ROW);
    let band = benchmark.noise_floor.map(|floor| (1.0 / (1.0 + floor), 1.0 + floor));
    let ends = compared(benchmark).flat_map(|row| [row.ratio_low, row.ratio_high]).flatten();
    let axis =
        Axis::over(ends.chain([1.0]).chain(band.into_iter().flat_map(|(low, high)| [low, high])), left + LABELS, left + PANEL - FIGURES);
    if let Some((low, high)) = band {
        sheet.rectangle((axis.place(low), first), (axis.place(high) - axis.place(low), bottom - first), BAND);
    }
    axis.draw_below(sheet, 6, first, bottom);
    sheet.line((axis.place(1.0), first), (axis.place(1.0), bottom), INK, 1.2);
    for (index, row) in compared(benchmark).enumerate() {
        subject(sheet, row, index, &axis, (left, first + (index as f64 + 0.5) * ROW));
    }
}

fn subject(sheet: &mut Sheet, row: &SubjectResult, index: usize, axis: &Axis, (left, y): (f64, f64)) {
    let ink = if row.role == Role::Control { FAINT } else { colour(index) };
    sheet.text((left + LABELS - 10.0, y + 4.0), Anchor::End, 11.5, INK, &fit(&row.subject, LABELS - 14.0, 11.5));
    let (Some(ratio), Some(low), Some(high)) = (row.ratio, row.ratio_low, row.ratio_high) else {
        let note = fit(row.note.as_deref().unwrap_or("no timing"), PANEL - LABELS - 4.0, 10.5);
        // The grid would run through the words.
        sheet.rectangle((left + LABELS, y - ROW / 2.0 + 1.0), (PANEL - LABELS, ROW - 2.0), GROUND);
        return sheet.text((left + LABELS + 4.0, y + 4.0), Anchor::Start, 10.5, FAINT, &note);
    };
    sheet.line((axis.place(low), y), (axis.place(high), y), ink, 2.0);
    for end in [low, high] {
        sheet.line((axis.place(end), y - 4.0), (axis.place(end), y + 4.0), ink, 2.0);
    }
    sheet.mark(index, (axis.place(ratio), y), ink, &sentence(row));
    let sign = match row.verdict {
        Some(Verdict::Slower) => "▲",
        Some(Verdict::Faster) => "▼",
        Some(Verdict::NoDifferenceSeen) => "=",
        _ => "?",
    };
    sheet.text((left + PANEL - FIGURES + 12.0, y + 4.0), Anchor::Start, 11.5, INK, &format!("{} {sign}", format::ratio(ratio)));
}

fn sentence(row: &SubjectResult) -> String {
    let number = |value: Option<f64>| value.map_or("?".to_owned(), format::ratio);
    let verdict = row.verdict.map_or("", format::verdict);
    format!("{}: {} ({} to {}), {verdict}", row.subject, number(row.ratio), number(row.ratio_low), number(row.ratio_high))
}

fn description(summary: &Summary) -> String {
    let panel = |benchmark: &BenchmarkSummary| {
        let rows: Vec<String> = compared(benchmark).filter(|row| row.ratio.is_some()).map(sentence).collect();
        format!("{}: {}.", format::benchmark(&benchmark.name, benchmark.size), rows.join("; "))
    };
    summary.benchmarks.iter().map(panel).collect::<Vec<_>>().join(" ")
}
