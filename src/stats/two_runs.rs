//! Two samples of ratios, from two runs: how much their medians differ, and whether they do. The runs' noise may differ, and nothing pairs them.
//!
//! Within a run, ratios are paired by rounds; between runs no round belongs to another, and one of the two may have been measured in a worse
//! hour. So the interval is the two-sample bootstrap, each run resampled for itself (Efron & Tibshirani, "An introduction to the bootstrap",
//! Chapman & Hall 1993, section 8.3), and the test is one that does not suppose equal spread.

use super::bootstrap::{CONFIDENCE, Interval, medians};
use super::student::beyond;

/// The 95 % interval of the median of `after` by the median of `before`; both positive, in any order. Absent where either has no values.
///
/// Percentile bootstrap, and exact as [`super::median_interval`] is: the quotient of two medians, each with the closed form of its bootstrap
/// distribution. For two runs of 15 values and noise of any ratio it covers the truth with 95 % or more (`tests/it/two_runs.rs`).
pub fn quotient_interval(before: &[f64], after: &[f64]) -> Option<Interval> {
    if before.is_empty() || after.is_empty() {
        return None;
    }
    let (before, after) = (Distribution::of(before), Distribution::of(after));
    Some(Interval { low: lower_end(&before, &after), high: 1.0 / lower_end(&after, &before) })
}

/// The two-sided p-value for equal middles of two samples of log ratios, whose spread need not be equal; 1 where either has fewer than two values
/// left after trimming.
///
/// Yuen, "The two-sample trimmed t for unequal population variances", Biometrika 1974: Welch's t of the means of the middle 60 %, with
/// winsorised variances. Trimmed, since a visit's time has a tail (the mean would follow it); Welch's, since rank tests such as Mann &
/// Whitney's reject far too often where the runs differ in spread alone (Pratt, "Robustness of some procedures for the two-sample location
/// problem", JASA 1964).
pub fn yuen(before: &[f64], after: &[f64]) -> f64 {
    let (Some(before), Some(after)) = (Trimmed::of(before), Trimmed::of(after)) else { return 1.0 };
    let difference = (after.mean - before.mean).abs();
    let error = before.error + after.error;
    if difference == 0.0 {
        return 1.0;
    }
    if error == 0.0 {
        return 0.0;
    }
    let freedom = error.powi(2) / (before.error.powi(2) / before.freedom + after.error.powi(2) / after.freedom);
    beyond(difference.powi(2) / error, freedom)
}

/// The noise floor of a change between two runs, from each run's own: as the errors of two hours that know nothing of each other, their
/// logarithms add in quadrature.
pub fn joint_floor(before: f64, after: f64) -> f64 {
    before.ln_1p().hypot(after.ln_1p()).exp_m1()
}

/// A share to be trimmed at each end (Yuen's own figures, and Wilcox's advice, are for a fifth).
const TRIMMED: f64 = 0.2;

struct Trimmed {
    mean: f64,
    /// The squared standard error of the mean.
    error: f64,
    freedom: f64,
}

impl Trimmed {
    fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let cut = (TRIMMED * sorted.len() as f64) as usize;
        let kept = sorted.get(cut..sorted.len() - cut).filter(|kept| kept.len() > 1)?;
        let count = kept.len() as f64;
        // What was cut counts as the outermost values that were kept.
        let (low, high) = (*kept.first()?, *kept.last()?);
        let winsorised = || sorted.iter().map(|value| value.clamp(low, high));
        let middle = winsorised().sum::<f64>() / sorted.len() as f64;
        let squares: f64 = winsorised().map(|value| (value - middle).powi(2)).sum();
        Some(Self { mean: kept.iter().sum::<f64>() / count, error: squares / (count * (count - 1.0)), freedom: count - 1.0 })
    }
}

/// The bootstrap distribution of a median.
struct Distribution {
    /// Ascending.
    values: Vec<f64>,
    shares: Vec<f64>,
}

impl Distribution {
    fn of(values: &[f64]) -> Self {
        let mut medians = medians(values);
        medians.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (values, shares) = medians.into_iter().unzip();
        Self { values, shares }
    }
}

/// The least quotient `above / below` at which the probability so far reaches that of one tail.
fn lower_end(below: &Distribution, above: &Distribution) -> f64 {
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let most = above.values.last().copied().unwrap_or(1.0) / below.values.first().copied().unwrap_or(1.0);
    // Not all pairs, of which a hundred rounds have millions: whether the probability is reached can be asked of any number.
    let (mut short, mut reached) = (0.0, most * (1.0 + 4.0 * f64::EPSILON));
    loop {
        let middle = f64::midpoint(short, reached);
        if middle <= short || middle >= reached {
            return reached;
        }
        if share_up_to(below, above, middle) < tail { short = middle } else { reached = middle }
    }
}

/// P(above / below ≤ `limit`).
fn share_up_to(below: &Distribution, above: &Distribution, limit: f64) -> f64 {
    let mut sum = 0.0;
    let mut place = 0;
    let mut so_far = 0.0;
    for (value, share) in below.values.iter().zip(&below.shares) {
        while place < above.values.len() && above.values[place] <= limit * value {
            so_far += above.shares[place];
            place += 1;
        }
        sum += share * so_far;
    }
    sum
}
