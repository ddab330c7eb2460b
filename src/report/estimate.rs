//! One comparison: a subject against the baseline in one benchmark, before verdicts.

use super::visits::Visits;
use crate::run::BenchmarkPlan;
use crate::stats::{self, Estimated, Interval};

/// The ratio of a subject in one benchmark; all from the same rounds.
pub(super) struct Estimate {
    pub(super) rounds: usize,
    pub(super) ratio: f64,
    pub(super) interval: Interval,
    pub(super) p_value: f64,
    /// The noise floor, if it is of a control: by several machines, the widest of theirs.
    pub(super) floor: Option<f64>,
}

/// Two costs of one round, one by the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paired {
    /// As in a [`super::visits::Moment`].
    pub(super) machine: usize,
    pub(super) ratio: f64,
    pub(super) log: f64,
}

impl Paired {
    /// Of the rounds in which both succeeded, machine by machine.
    pub(super) fn of(visits: &Visits<'_>, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> Vec<Self> {
        let pairs = visits.pairs(benchmark, subject, baseline).into_iter();
        let paired = pairs.filter_map(|(moment, own, base)| {
            Some(Self { machine: moment.machine, ratio: stats::ratio(own, base)?, log: stats::log_ratio(own, base)? })
        });
        paired.collect()
    }
}

/// The machines' parts of what is sorted by machine, as far as they count: those with rounds enough for an interval. Where fewer than two have, the one
/// with the most rounds counts alone, as if no other had been there.
pub(super) fn by_machine<T>(all: &[T], machine: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let parts: Vec<&[T]> = all.chunk_by(|a, b| machine(a) == machine(b)).collect();
    let enough: Vec<&[T]> = parts.iter().copied().filter(|part| part.len() >= stats::MINIMUM_ROUNDS).collect();
    // Of equals, the first.
    if enough.len() > 1 { enough } else { parts.into_iter().rev().max_by_key(|part| part.len()).into_iter().collect() }
}

impl Estimate {
    /// Absent without a single round in which both succeeded.
    pub(super) fn of(visits: &Visits<'_>, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> Option<Self> {
        Self::of_pairs(&Paired::of(visits, benchmark, subject, baseline))
    }

    /// By one machine the median and its interval; by several these, pooled.
    pub(super) fn of_pairs(pairs: &[Paired]) -> Option<Self> {
        let parts = by_machine(pairs, |pair| pair.machine);
        let estimates: Vec<Self> = parts.iter().map(|part| Self::of_machine(part)).collect::<Option<_>>()?;
        if estimates.len() < 2 {
            return estimates.into_iter().next();
        }
        let pooled = stats::pool(&parts.iter().map(|part| estimated(part)).collect::<Option<Vec<_>>>()?)?;
        let logs: Vec<f64> = parts.iter().flat_map(|part| part.iter().map(|pair| pair.log)).collect();
        Some(Self {
            rounds: logs.len(),
            ratio: pooled.value.exp(),
            interval: Interval { low: pooled.interval.low.exp(), high: pooled.interval.high.exp() },
            p_value: stats::signed_rank(&logs),
            floor: estimates.iter().filter_map(|estimate| estimate.floor).reduce(f64::max),
        })
    }

    pub(super) fn of_machine(pairs: &[Paired]) -> Option<Self> {
        let ratios: Vec<f64> = pairs.iter().map(|pair| pair.ratio).collect();
        let logs: Vec<f64> = pairs.iter().map(|pair| pair.log).collect();
        let interval = stats::median_interval(&ratios)?;
        Some(Self {
            rounds: ratios.len(),
            ratio: stats::median(&ratios)?,
            interval,
            p_value: stats::signed_rank(&logs),
            floor: stats::noise_floor(interval, ratios.len()),
        })
    }
}

/// What a machine's rounds bring to a pool.
pub(super) fn estimated(pairs: &[Paired]) -> Option<Estimated> {
    Estimated::of(&pairs.iter().map(|pair| pair.log).collect::<Vec<_>>())
}
