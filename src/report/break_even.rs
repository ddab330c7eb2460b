//! Where the gain or the debt from starting is used up: the M at which `amortised` crosses a ratio of 1. Only where intervals show the
//! crossing: noise crosses 1 as well.

use super::summary::{BenchmarkSummary, BreakEven};
use crate::matrix::Benchmark;
use crate::run::{Role, Run};
use crate::stats;

/// For each runner that has at least two sizes of `amortised`.
pub(super) fn break_even(run: &Run, benchmarks: &[BenchmarkSummary]) -> Vec<BreakEven> {
    let runners = run.plan.subjects.iter().filter(|subject| subject.role == Role::Runner);
    let curve = |subject: &str| {
        let amortised = benchmarks.iter().filter(|benchmark| benchmark.is(Benchmark::Amortised));
        let mut points: Vec<Point> = amortised.filter_map(|benchmark| Point::of(benchmark, subject)).collect();
        points.sort_by_key(|point| point.size);
        points
    };
    runners
        .map(|subject| (subject, curve(&subject.name)))
        .filter(|(_, points)| points.len() >= 2)
        .map(|(subject, points)| BreakEven { subject: subject.name.clone(), size: crossing(&points) })
        .collect()
}

/// A runner's ratio at one size.
struct Point {
    size: u64,
    ratio: f64,
    low: f64,
    high: f64,
}

impl Point {
    fn of(benchmark: &BenchmarkSummary, subject: &str) -> Option<Self> {
        let row = benchmark.of(subject).filter(|row| row.rounds >= stats::MINIMUM_ROUNDS)?;
        Some(Self { size: benchmark.size.filter(|&size| size > 0)?, ratio: row.ratio?, low: row.ratio_low?, high: row.ratio_high? })
    }
}

/// The last crossing of 1, since beyond it the verdict of large M stands; with an interval wholly on either side of 1 before and after it.
fn crossing(points: &[Point]) -> Option<u64> {
    let at = points.windows(2).rposition(|pair| (pair[0].ratio < 1.0) != (pair[1].ratio < 1.0))?;
    let (before, after) = points.split_at(at + 1);
    let faster = |side: &[Point]| side.iter().any(|point| point.high < 1.0);
    let slower = |side: &[Point]| side.iter().any(|point| point.low > 1.0);
    if !((faster(before) && slower(after)) || (slower(before) && faster(after))) {
        return None;
    }
    let (last, next) = (&points[at], &points[at + 1]);
    let (from, to) = ((last.size as f64).ln(), (next.size as f64).ln());
    let share = last.ratio.ln() / (last.ratio.ln() - next.ratio.ln());
    Some((from + (to - from) * share).exp().round() as u64)
}
