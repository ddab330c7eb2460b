//! One comparison: a subject against the baseline in one benchmark, before verdicts.

use super::visits::Visits;
use crate::run::BenchmarkPlan;
use crate::stats::{self, Interval};

/// The ratio of a subject in one benchmark; all from the same rounds.
pub(super) struct Estimate {
    pub(super) rounds: usize,
    pub(super) ratio: f64,
    pub(super) interval: Interval,
    pub(super) p_value: f64,
}

impl Estimate {
    /// Absent without a single round in which both succeeded.
    pub(super) fn of(visits: &Visits<'_>, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> Option<Self> {
        let Paired { ratios, logs } = Paired::of(visits, benchmark, subject, baseline);
        Some(Self {
            rounds: ratios.len(),
            ratio: stats::median(&ratios)?,
            interval: stats::median_interval(&ratios)?,
            p_value: stats::signed_rank(&logs),
        })
    }
}

/// A subject's times by the baseline's, one of each round in which both succeeded.
pub(super) struct Paired {
    pub(super) ratios: Vec<f64>,
    /// Natural logarithms of the ratios, antisymmetric.
    pub(super) logs: Vec<f64>,
}

impl Paired {
    pub(super) fn of(visits: &Visits<'_>, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> Self {
        let pairs = visits.pairs(benchmark, subject, baseline);
        Self {
            ratios: pairs.iter().filter_map(|&(own, base)| stats::ratio(own, base)).collect(),
            logs: pairs.iter().filter_map(|&(own, base)| stats::log_ratio(own, base)).collect(),
        }
    }
}
