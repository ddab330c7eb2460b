//! Where the gain or the debt from starting is used up: the M at which `amortised` crosses a ratio of 1.

use super::summary::{BenchmarkSummary, BreakEven};
use crate::run::{Role, Run};

/// For each runner that has at least two sizes of `amortised`.
pub(super) fn break_even(run: &Run, benchmarks: &[BenchmarkSummary]) -> Vec<BreakEven> {
    let runners = run.plan.subjects.iter().filter(|subject| subject.role == Role::Runner);
    let curve = |subject: &str| {
        let amortised = benchmarks.iter().filter(|benchmark| benchmark.name == "amortised");
        let mut points: Vec<(u64, f64)> =
            amortised.filter_map(|benchmark| Some((benchmark.size.filter(|&size| size > 0)?, benchmark.of(subject)?.ratio?))).collect();
        points.sort_by_key(|point| point.0);
        points
    };
    runners
        .map(|subject| (subject, curve(&subject.name)))
        .filter(|(_, points)| points.len() >= 2)
        .map(|(subject, points)| BreakEven { subject: subject.name.clone(), size: crossing(&points) })
        .collect()
}

/// The last crossing of 1, since beyond it the verdict of large M stands.
fn crossing(points: &[(u64, f64)]) -> Option<u64> {
    let crosses = |pair: &&[(u64, f64)]| (pair[0].1 < 1.0) != (pair[1].1 < 1.0);
    let pair = points.windows(2).rfind(crosses)?;
    let (from, to) = ((pair[0].0 as f64).ln(), (pair[1].0 as f64).ln());
    let share = pair[0].1.ln() / (pair[0].1.ln() - pair[1].1.ln());
    Some((from + (to - from) * share).exp().round() as u64)
}
