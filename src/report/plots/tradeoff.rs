//! `tradeoff.svg`: memory and file size against speed, a mark per subject, so that what one buys with the other can be seen.

use super::axis::Axis;
use super::looks::Looks;
use super::svg::{Anchor, FAINT, GRID, INK, Sheet, colour, fit};
use crate::report::decision::{Choice, choices};
use crate::report::format;
use crate::report::sections::{Section, sections};
use crate::report::summary::Summary;
use crate::run::{Role, Run};

const LEFT: f64 = 64.0;
const PANEL: f64 = 292.0;
const GAP: f64 = 64.0;
const HEIGHT: f64 = 250.0;
const HEAD: f64 = 84.0;
const FOOT: f64 = 58.0;
const HEADING: f64 = 26.0;
const LEGEND: f64 = 252.0;
/// An entry of the legend.
const KEY: f64 = 20.0;
const WIDTH: f64 = LEFT + 2.0 * PANEL + GAP + 28.0 + LEGEND;

/// A panel's upright axis.
struct Measure {
    name: &'static str,
    bytes: fn(&Choice<'_>) -> Option<u64>,
}

const MEASURES: [Measure; 2] = [
    Measure { name: "peak memory, MiB", bytes: |choice| choice.memory_bytes },
    Measure { name: "to ship, MiB", bytes: |choice| Some(choice.shipped_bytes()) },
];

/// Nothing where no workload was timed.
pub(super) fn tradeoff(run: &Run, summary: &Summary) -> Option<String> {
    let choices = choices(run, summary);
    if choices.is_empty() {
        return None;
    }
    let looks = Looks::of(summary);
    let parts: Vec<(Section<'_>, Vec<Point<'_>>)> =
        sections(summary).into_iter().map(|section| (section, points(section, &choices, &looks))).collect();
    let headed = summary.reference.is_some();
    let height = HEAD + parts.iter().map(|(_, points)| depth(points, headed)).sum::<f64>();
    let mut sheet = Sheet::new(WIDTH, height);
    sheet.bold((20.0, 30.0), 16.0, "Memory and file size against speed");
    let meaning = "To the left: faster (geometric mean of the ratios to the baseline). Below: less memory, or less to ship.";
    sheet.text((20.0, 52.0), Anchor::Start, 11.5, FAINT, meaning);
    let mut top = HEAD;
    for (section, points) in &parts {
        let below = top + if headed { HEADING } else { 0.0 };
        if let Some(group) = section.group {
            sheet.bold((20.0, top + 8.0), 13.0, &fit(&format!("{}, relative to {}", group.name, group.baseline), WIDTH - 40.0, 13.0));
        }
        part(&mut sheet, points, below);
        top += depth(points, headed);
    }
    let description: Vec<String> = parts.iter().flat_map(|(_, points)| points.iter().map(Point::sentence)).collect();
    Some(sheet.finish("Memory and file size against speed", &description.join(" ")))
}

/// One subject that has a ratio.
struct Point<'a> {
    choice: &'a Choice<'a>,
    label: &'a str,
    /// As in ratios.svg; a baseline is ink alone.
    index: Option<usize>,
    ratio: f64,
}

fn points<'a>(section: Section<'a>, choices: &'a [Choice<'a>], looks: &Looks<'_>) -> Vec<Point<'a>> {
    let of_section = choices.iter().filter(|choice| section.holds(&choice.subject.name));
    let point = |choice: &'a Choice<'a>| {
        let name = choice.subject.name.as_str();
        let index = if choice.subject.role == Role::Baseline { None } else { looks.index(section, name) };
        Some(Point { choice, label: section.short(name), index, ratio: choice.mean_ratio()? })
    };
    of_section.filter_map(point).collect()
}

fn depth(points: &[Point<'_>], headed: bool) -> f64 {
    HEIGHT.max(points.len() as f64 * KEY) + FOOT + if headed { HEADING } else { 0.0 }
}

fn part(sheet: &mut Sheet, points: &[Point<'_>], top: f64) {
    if points.is_empty() {
        return sheet.text((LEFT, top + 20.0), Anchor::Start, 12.0, FAINT, "No subject has a published ratio.");
    }
    for (measure, left) in MEASURES.iter().zip([LEFT, LEFT + PANEL + GAP]) {
        panel(sheet, points, measure, (left, top));
    }
    let left = LEFT + 2.0 * PANEL + GAP + 28.0;
    for (point, at) in points.iter().zip(0..) {
        let y = top + 8.0 + f64::from(at) * KEY;
        sheet.mark(point.index.unwrap_or(0), (left, y), point.ink(), &point.sentence());
        sheet.text((left + 14.0, y + 4.0), Anchor::Start, 12.0, INK, &fit(point.label, LEGEND - 24.0, 12.0));
    }
}

fn panel(sheet: &mut Sheet, points: &[Point<'_>], measure: &Measure, (left, top): (f64, f64)) {
    let bottom = top + HEIGHT;
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let sizes = points.iter().filter_map(|point| (measure.bytes)(point.choice)).map(mebibytes);
    let speed = Axis::over(points.iter().map(|point| point.ratio).chain([1.0]), left, left + PANEL);
    let size = Axis::over(sizes, bottom, top);
    size.draw_left(sheet, 5, left, left + PANEL);
    speed.draw_below(sheet, 5, top, bottom);
    sheet.line((speed.place(1.0), top), (speed.place(1.0), bottom), INK, 1.2);
    sheet.line((left, bottom), (left + PANEL, bottom), GRID, 1.0);
    sheet.text((left, top - 8.0), Anchor::Start, 11.0, FAINT, measure.name);
    sheet.text((left + PANEL / 2.0, bottom + 32.0), Anchor::Middle, 11.0, FAINT, "ratio of time");
    for point in points {
        if let Some(bytes) = (measure.bytes)(point.choice) {
            let at = (speed.place(point.ratio), size.place(mebibytes(bytes)));
            sheet.mark(point.index.unwrap_or(0), at, point.ink(), &point.sentence());
        }
    }
}

impl Point<'_> {
    fn ink(&self) -> &'static str {
        self.index.map_or(INK, colour)
    }

    fn sentence(&self) -> String {
        let memory = self.choice.memory_bytes.map_or("unknown".to_owned(), format::memory);
        format!(
            "{}: {} of the baseline's time, {memory} at most, {} to ship.",
            self.choice.subject.name,
            format::ratio(self.ratio),
            format::memory(self.choice.shipped_bytes())
        )
    }
}
