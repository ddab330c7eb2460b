//! A pack's figure where several machines measured the same benchmarks.

use std::collections::{BTreeMap, BTreeSet};

use super::Figure;
use crate::report::estimate::by_machine;
use crate::report::visits::Moment;
use crate::stats::{self, Estimated, Interval};

/// Of each benchmark the rounds with the subject's time and the baseline's, ns. Each machine's rounds that have all benchmarks give its mean, and the
/// machines are pooled as they are for a benchmark. Nothing where benchmarks were measured by different machines: their errors are neither one
/// machine's nor independent.
pub(super) fn figure(benchmarks: &[Vec<(Moment, u64, u64)>]) -> Option<Figure> {
    let machines = |rounds: &Vec<(Moment, u64, u64)>| rounds.iter().map(|(moment, ..)| moment.machine).collect::<BTreeSet<_>>();
    let measured: Vec<_> = benchmarks.iter().filter(|rounds| !rounds.is_empty()).collect();
    let alike = machines(measured.first()?);
    if measured.iter().any(|rounds| machines(rounds) != alike) {
        return None;
    }
    let mut sums: BTreeMap<Moment, (usize, f64)> = BTreeMap::new();
    for (moment, own, base) in measured.iter().copied().flatten() {
        let sum = sums.entry(*moment).or_default();
        *sum = (sum.0 + 1, sum.1 + stats::log_ratio(*own, *base)?);
    }
    let whole = sums.into_iter().filter(|(_, (count, _))| *count == measured.len());
    let means: Vec<(usize, f64)> = whole.map(|(moment, (count, sum))| (moment.machine, sum / count as f64)).collect();
    let parts = by_machine(&means, |(machine, _)| *machine);
    let logs = |part: &[(usize, f64)]| part.iter().map(|(_, log)| *log).collect::<Vec<f64>>();
    if let [one] = parts.as_slice() {
        return Some(Figure::of(&logs(one).into_iter().map(f64::exp).collect::<Vec<_>>()));
    }
    let pooled = stats::pool(&parts.iter().map(|part| Estimated::of(&logs(part))).collect::<Option<Vec<_>>>()?)?;
    let Interval { low, high } = pooled.interval;
    let rounds = parts.iter().map(|part| part.len()).sum();
    Some(Figure { rounds, ratio: Some(pooled.value.exp()), interval: Some(Interval { low: low.exp(), high: high.exp() }) })
}
