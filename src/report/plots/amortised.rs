//! `amortised.svg`: the ratio over M, with the point at which a runner's advantage or debt from starting is used up.

use super::axis::Axis;
use super::looks::Looks;
use super::svg::{Anchor, FAINT, GRID, INK, Sheet, colour, fit};
use crate::matrix::Benchmark;
use crate::report::format;
use crate::report::sections::{Section, sections};
use crate::report::summary::{SubjectResult, Summary};
use crate::run::Role;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 640.0;
const TOP: f64 = 72.0;
const BOTTOM: f64 = 380.0;
/// Between the axis of one panel and the next panel.
const FOOT: f64 = 64.0;
const HEADING: f64 = 22.0;
/// Subjects of one M stand side by side, so that their whiskers do not cover each other.
const DODGE: f64 = 5.0;
/// At most this far apart, all together: less than a decade.
const SPREAD: f64 = 75.0;
/// An entry of the legend.
const KEY: f64 = 42.0;

struct Curve<'a> {
    subject: &'a str,
    /// Decides colour and shape, as in ratios.svg.
    index: usize,
    points: Vec<(u64, &'a SubjectResult)>,
    break_even: Option<u64>,
}

pub(super) fn amortised(summary: &Summary) -> String {
    let looks = Looks::of(summary);
    let panels: Vec<(Section<'_>, Vec<Curve<'_>>)> =
        sections(summary).into_iter().map(|part| (part, curves(summary, part, &looks))).collect();
    let headings = if summary.reference.is_some() { HEADING } else { 0.0 };
    let depths = panels.iter().map(|(_, curves)| depth(curves) + FOOT + headings).sum::<f64>().max(BOTTOM - TOP + FOOT + headings);
    let mut sheet = Sheet::new(WIDTH, HEIGHT - (BOTTOM - TOP + FOOT) + depths);
    sheet.bold((20.0, 30.0), 16.0, "Amortised: ratio over M");
    let legend = "Whole process: start-up and M iterations of the dynamic workload. Below 1: faster than the baseline. Ring: break-even.";
    sheet.text((20.0, 52.0), Anchor::Start, 11.5, FAINT, legend);
    if panels.iter().all(|(_, curves)| curves.is_empty()) {
        sheet.text((LEFT, TOP + 20.0), Anchor::Start, 12.0, FAINT, "No runner has a published ratio.");
        return sheet.finish("Ratio over M", "No runner has a published ratio.");
    }
    let mut top = TOP;
    for (part, curves) in &panels {
        if let Some(group) = part.group {
            sheet.bold((20.0, top + 8.0), 13.0, &fit(&format!("{}, relative to {}", group.name, group.baseline), RIGHT, 13.0));
            top += headings;
        }
        panel(&mut sheet, curves, top);
        top += depth(curves) + FOOT;
    }
    sheet.finish(
        "Amortised: ratio to the baseline over M",
        &panels.iter().map(|(_, curves)| description(curves)).collect::<Vec<_>>().join(" "),
    )
}

/// As deep as its legend, if that is long.
fn depth(curves: &[Curve<'_>]) -> f64 {
    (BOTTOM - TOP).max(curves.len() as f64 * KEY)
}

fn panel(sheet: &mut Sheet, curves: &[Curve<'_>], top: f64) {
    let bottom = top + depth(curves);
    let rows = || curves.iter().flat_map(|curve| &curve.points);
    if curves.is_empty() {
        return sheet.text((LEFT, top + 20.0), Anchor::Start, 12.0, FAINT, "No runner has a published ratio.");
    }
    let ratios = Axis::over(rows().flat_map(|(_, row)| [row.ratio_low, row.ratio_high]).flatten().chain([1.0]), bottom, top);
    let sizes = Axis::over(rows().map(|(size, _)| (*size as f64).log10()), LEFT, RIGHT);
    ratios.draw_left(sheet, 6, LEFT, RIGHT);
    let mut marks: Vec<u64> = rows().map(|(size, _)| *size).collect();
    marks.sort_unstable();
    marks.dedup();
    for size in marks {
        let x = sizes.place((size as f64).log10());
        sheet.line((x, top), (x, bottom), GRID, 1.0);
        sheet.text((x, bottom + 16.0), Anchor::Middle, 10.0, FAINT, &format::count(size));
    }
    sheet.text((f64::midpoint(LEFT, RIGHT), bottom + 38.0), Anchor::Middle, 11.0, FAINT, "M, iterations (logarithmic)");
    sheet.line((LEFT, ratios.place(1.0)), (RIGHT, ratios.place(1.0)), INK, 1.2);
    let middle = (curves.len() as f64 - 1.0) / 2.0;
    for (order, curve) in curves.iter().enumerate() {
        let shift = (order as f64 - middle) * DODGE.min(SPREAD / curves.len() as f64);
        draw(sheet, curve, |size| sizes.place((size as f64).log10()) + shift, &ratios, bottom);
        key(sheet, curve, top + 14.0 + order as f64 * KEY);
    }
}

fn curves<'a>(summary: &'a Summary, part: Section<'a>, looks: &Looks<'_>) -> Vec<Curve<'a>> {
    let mut sizes: Vec<_> = summary.benchmarks.iter().filter(|benchmark| benchmark.is(Benchmark::Amortised)).collect();
    sizes.sort_by_key(|benchmark| benchmark.size);
    let curve = |subject: &'a str| {
        let rows = sizes.iter().filter_map(|benchmark| Some((benchmark.size.filter(|&size| size > 0)?, benchmark.of(subject)?)));
        Curve {
            subject,
            index: looks.index(part, subject).unwrap_or(0),
            points: rows.filter(|(_, row)| row.ratio.is_some()).collect(),
            break_even: summary.break_even.iter().find(|point| point.subject == subject).and_then(|point| point.size),
        }
    };
    let runners = sizes.first().into_iter().flat_map(|benchmark| part.rows(benchmark)).filter(|row| row.role == Role::Runner);
    runners.map(|row| curve(&row.subject)).filter(|curve| !curve.points.is_empty()).collect()
}

fn draw(sheet: &mut Sheet, curve: &Curve<'_>, place: impl Fn(u64) -> f64, ratios: &Axis, bottom: f64) {
    let ink = colour(curve.index);
    let points: Vec<(f64, f64)> = curve.points.iter().filter_map(|(size, row)| Some((place(*size), ratios.place(row.ratio?)))).collect();
    sheet.path(&points, ink);
    for ((size, row), &(x, y)) in curve.points.iter().zip(&points) {
        if let (Some(low), Some(high)) = (row.ratio_low, row.ratio_high) {
            sheet.line((x, ratios.place(low)), (x, ratios.place(high)), ink, 1.6);
        }
        let tip = format!("{}, M = {}: {}", curve.subject, format::count(*size), tip(row));
        sheet.mark(curve.index, (x, y), ink, &tip);
    }
    if let Some(size) = curve.break_even {
        let x = place(size);
        sheet.dashed((x, ratios.place(1.0)), (x, bottom), ink);
        sheet.ring((x, ratios.place(1.0)), ink, &format!("{}: {}", curve.subject, outcome(curve)));
    }
}

/// The ratio with its interval, and what was judged of it.
fn tip(row: &SubjectResult) -> String {
    let figures = [row.ratio, row.ratio_low, row.ratio_high].map(|figure| figure.map_or("?".to_owned(), format::ratio));
    format!("{} ({} to {}), {}", figures[0], figures[1], figures[2], row.verdict.map_or("", format::verdict))
}

/// The legend's entry: labels beside the lines would meet where the lines do.
fn key(sheet: &mut Sheet, curve: &Curve<'_>, y: f64) {
    let ink = colour(curve.index);
    sheet.line((RIGHT + 22.0, y), (RIGHT + 46.0, y), ink, 1.6);
    sheet.mark(curve.index, (RIGHT + 34.0, y), ink, curve.subject);
    sheet.text((RIGHT + 54.0, y + 4.0), Anchor::Start, 12.0, INK, &fit(curve.subject, WIDTH - RIGHT - 64.0, 12.0));
    sheet.text((RIGHT + 54.0, y + 19.0), Anchor::Start, 10.5, FAINT, &outcome(curve));
}

fn outcome(curve: &Curve<'_>) -> String {
    curve
        .break_even
        .map_or("no break-even measured".to_owned(), |size| format!("break-even at M ≈ {}", format::count(format::two_digits(size))))
}

fn description(curves: &[Curve<'_>]) -> String {
    let sentence = |curve: &Curve<'_>| {
        let points: Vec<String> = curve
            .points
            .iter()
            .filter_map(|(size, row)| Some(format!("{} at M = {}", format::ratio(row.ratio?), format::count(*size))))
            .collect();
        format!("{}: {}; {}.", curve.subject, points.join(", "), outcome(curve))
    };
    curves.iter().map(sentence).collect::<Vec<_>>().join(" ")
}
