//! `rounds-….svg`: every round's value of one benchmark, a strip per subject, so that drifts and outliers can be seen.

use std::collections::BTreeSet;

use super::axis::Axis;
use super::looks::Looks;
use super::svg::{Anchor, FAINT, GRID, GROUND, INK, Sheet, colour, fit};
use crate::report::format;
use crate::report::sections::sections;
use crate::report::study::is_study;
use crate::report::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::report::visits::{Moment, Visits};
use crate::run::{BenchmarkPlan, Role, Run};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 148.0;
const LEFT_OF_GROUPS: f64 = 216.0;
const RIGHT: f64 = 90.0;
const HEAD: f64 = 72.0;
const STRIP: f64 = 46.0;

pub(super) fn rounds(run: &Run, summary: &Summary, plan: &BenchmarkPlan, benchmark: &BenchmarkSummary) -> String {
    let visits = Visits::of(run);
    let label = format::benchmark(&benchmark.name, benchmark.size);
    let sections = sections(summary);
    let looks = Looks::of(summary);
    let rows = sections.iter().flat_map(|section| section.rows(benchmark).map(|row| (looks.index(*section, &row.subject), row)));
    let strips: Vec<Strip<'_>> = rows.map(|(index, row)| Strip::of(&visits, plan, row, index)).collect();
    let machines: BTreeSet<usize> = strips.iter().flat_map(|strip| strip.values.iter().map(|(moment, _)| moment.machine)).collect();
    let order = Order { visits: &visits, machines: machines.into_iter().collect(), rounds: run.plan.rounds };
    let bottom = HEAD + strips.len() as f64 * STRIP;
    // With several groups, or in a study, the names are long.
    let left = if summary.reference.is_some() || is_study(summary) { LEFT_OF_GROUPS } else { LEFT };
    let mut sheet = Sheet::new(WIDTH, bottom + 44.0);
    sheet.bold((20.0, 30.0), 16.0, &fit(&format!("Every round: {label}"), WIDTH - 40.0, 16.0));
    let legend = match order.machines.len() {
        0 | 1 => "A dot per round, the first round at the top of its strip. Upright line: median.",
        _ => "A dot per round, machine by machine, the first round at the top of its strip. Upright line: median.",
    };
    sheet.text((20.0, 52.0), Anchor::Start, 11.5, FAINT, legend);
    let axis = Axis::over(strips.iter().flat_map(|strip| strip.values.iter().map(|(_, ms)| *ms)), left, WIDTH - RIGHT);
    if strips.iter().any(|strip| !strip.values.is_empty()) {
        axis.draw_below(&mut sheet, 7, HEAD, bottom);
        sheet.text((f64::midpoint(left, WIDTH - RIGHT), bottom + 32.0), Anchor::Middle, 11.0, FAINT, "milliseconds");
    }
    for (index, strip) in strips.iter().enumerate() {
        strip.draw(&mut sheet, &axis, (left, HEAD + index as f64 * STRIP), &order);
    }
    let description = strips.iter().map(Strip::sentence).collect::<Vec<_>>().join(" ");
    sheet.finish(&format!("Every round of {label}, in milliseconds"), &description)
}

/// One subject's rounds with their values in milliseconds.
struct Strip<'a> {
    row: &'a SubjectResult,
    /// How it looks, as in ratios.svg; a baseline is ink alone.
    index: Option<usize>,
    values: Vec<(Moment, f64)>,
}

/// Which machines' rounds there are, each machine's below those of the one before.
struct Order<'a> {
    visits: &'a Visits<'a>,
    machines: Vec<usize>,
    rounds: u32,
}

impl Order<'_> {
    /// From 0 to 1.
    fn share(&self, moment: Moment) -> f64 {
        let rank = self.machines.iter().position(|machine| *machine == moment.machine).unwrap_or(0);
        let rounds = f64::from(self.rounds.max(moment.round + 1));
        (rank as f64 * rounds + f64::from(moment.round) + 0.5) / (rounds * self.machines.len().max(1) as f64)
    }

    /// ` on node7`, where there are several.
    fn place(&self, moment: Moment) -> String {
        let name = self.visits.machine(moment.machine).filter(|_| self.machines.len() > 1);
        name.map_or_else(String::new, |name| format!(" on {name}"))
    }
}

impl<'a> Strip<'a> {
    /// Empty where the summary publishes no timing.
    fn of(visits: &Visits<'_>, plan: &BenchmarkPlan, row: &'a SubjectResult, index: Option<usize>) -> Self {
        let values = if row.median_ns.is_some() { visits.values(plan, &row.subject) } else { Vec::new() };
        Self { row, index, values: values.into_iter().map(|(moment, _, ns)| (moment, ns as f64 / 1e6)).collect() }
    }

    fn draw(&self, sheet: &mut Sheet, axis: &Axis, (left, top): (f64, f64), order: &Order<'_>) {
        let middle = top + STRIP / 2.0;
        sheet.line((left, top), (WIDTH - RIGHT, top), GRID, 1.0);
        sheet.text((left - 10.0, middle + 4.0), Anchor::End, 11.5, INK, &fit(&self.row.subject, left - 26.0, 11.5));
        let Some(median) = self.row.median_ns else {
            let note = fit(self.row.note.as_deref().unwrap_or("no timing"), WIDTH - left - 20.0, 11.0);
            sheet.rectangle((left, top + 1.0), (WIDTH - left, STRIP - 2.0), GROUND);
            return sheet.text((left + 8.0, middle + 4.0), Anchor::Start, 11.0, FAINT, &note);
        };
        let ink = match (self.row.role, self.index) {
            (Role::Control, _) => FAINT,
            (_, Some(index)) => colour(index),
            (_, None) => INK,
        };
        let x = axis.place(median as f64 / 1e6);
        sheet.line((x, top + 3.0), (x, top + STRIP - 3.0), ink, 1.6);
        for (moment, ms) in &self.values {
            let y = top + 6.0 + order.share(*moment) * (STRIP - 12.0);
            let label = format!("{}{}, round {}: {ms:.3} ms", self.row.subject, order.place(*moment), moment.round);
            sheet.dot((axis.place(*ms), y), ink, 0.65, &label);
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
