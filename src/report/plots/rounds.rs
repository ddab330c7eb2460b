//! `rounds-….svg`: every round's value of one benchmark, a strip per subject, so that drifts and outliers can be seen.

use super::axis::Axis;
use super::svg::{Anchor, FAINT, GRID, GROUND, INK, Sheet, colour, fit};
use crate::report::format;
use crate::report::summary::{BenchmarkSummary, SubjectResult};
use crate::report::visits::Visits;
use crate::run::{BenchmarkPlan, Role, Run};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 148.0;
const RIGHT: f64 = 90.0;
const HEAD: f64 = 72.0;
const STRIP: f64 = 46.0;

pub(super) fn rounds(run: &Run, plan: &BenchmarkPlan, benchmark: &BenchmarkSummary) -> String {
    let visits = Visits::of(run);
    let label = format::benchmark(&benchmark.name, benchmark.size);
    let strips: Vec<Strip<'_>> = benchmark.results.iter().map(|row| Strip::of(&visits, plan, row)).collect();
    let bottom = HEAD + strips.len() as f64 * STRIP;
    let mut sheet = Sheet::new(WIDTH, bottom + 44.0);
    sheet.bold((20.0, 30.0), 16.0, &fit(&format!("Every round: {label}"), WIDTH - 40.0, 16.0));
    let legend = "A dot per round, the first round at the top of its strip. Upright line: median.";
    sheet.text((20.0, 52.0), Anchor::Start, 11.5, FAINT, legend);
    let axis = Axis::over(strips.iter().flat_map(|strip| strip.values.iter().map(|(_, ms)| *ms)), LEFT, WIDTH - RIGHT);
    if strips.iter().any(|strip| !strip.values.is_empty()) {
        axis.draw_below(&mut sheet, 7, HEAD, bottom);
        sheet.text((f64::midpoint(LEFT, WIDTH - RIGHT), bottom + 32.0), Anchor::Middle, 11.0, FAINT, "milliseconds");
    }
    for (index, strip) in strips.iter().enumerate() {
        strip.draw(&mut sheet, index, &axis, HEAD + index as f64 * STRIP, run.plan.rounds);
    }
    let description = strips.iter().map(Strip::sentence).collect::<Vec<_>>().join(" ");
    sheet.finish(&format!("Every round of {label}, in milliseconds"), &description)
}

/// One subject's rounds with their values in milliseconds.
struct Strip<'a> {
    row: &'a SubjectResult,
    values: Vec<(u32, f64)>,
}

impl<'a> Strip<'a> {
    /// Empty where the summary publishes no timing.
    fn of(visits: &Visits<'_>, plan: &BenchmarkPlan, row: &'a SubjectResult) -> Self {
        let values = if row.median_ns.is_some() { visits.values(plan, &row.subject) } else { Vec::new() };
        Self { row, values: values.into_iter().map(|(sample, ns)| (sample.round, ns as f64 / 1e6)).collect() }
    }

    fn draw(&self, sheet: &mut Sheet, index: usize, axis: &Axis, top: f64, rounds: u32) {
        let middle = top + STRIP / 2.0;
        sheet.line((LEFT, top), (WIDTH - RIGHT, top), GRID, 1.0);
        sheet.text((LEFT - 10.0, middle + 4.0), Anchor::End, 11.5, INK, &fit(&self.row.subject, LEFT - 26.0, 11.5));
        let Some(median) = self.row.median_ns else {
            let note = fit(self.row.note.as_deref().unwrap_or("no timing"), WIDTH - LEFT - 20.0, 11.0);
            sheet.rectangle((LEFT, top + 1.0), (WIDTH - LEFT, STRIP - 2.0), GROUND);
            return sheet.text((LEFT + 8.0, middle + 4.0), Anchor::Start, 11.0, FAINT, &note);
        };
        let ink = match self.row.role {
            Role::Baseline => INK,
            Role::Control => FAINT,
            // The same colours as in ratios.svg, which has no row for the baseline.
            Role::Runner | Role::Guest => colour(index.saturating_sub(1)),
        };
        let x = axis.place(median as f64 / 1e6);
        sheet.line((x, top + 3.0), (x, top + STRIP - 3.0), ink, 1.6);
        for (round, ms) in &self.values {
            let share = (f64::from(*round) + 0.5) / f64::from(rounds.max(round + 1));
            let y = top + 6.0 + share * (STRIP - 12.0);
            sheet.dot((axis.place(*ms), y), ink, 0.65, &format!("{}, round {round}: {ms:.3} ms", self.row.subject));
        }
        let figure = format!("{} ms", format::milliseconds(median));
        sheet.text((WIDTH - RIGHT + 10.0, middle + 4.0), Anchor::Start, 11.5, INK, &figure);
    }

    fn sentence(&self) -> String {
        match self.row.median_ns {
            Some(median) => format!("{}: {} rounds, median {} ms.", self.row.subject, self.values.len(), format::milliseconds(median)),
            None => format!("{}: {}.", self.row.subject, self.row.note.as_deref().unwrap_or("no timing")),
        }
    }
}
