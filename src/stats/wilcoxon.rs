//! The signed-rank test: is the middle of the paired differences zero?
//!
//! Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1945. If subject and baseline were the
//! same thing, exchanging their times within a round would change nothing, so each log ratio were as likely negative
//! as positive: exactly the test's hypothesis, and no shape of the noise is assumed.

/// Up to here the distribution is enumerated; beyond, its normal limit differs by less than any verdict could notice.
const EXACT_UP_TO: usize = 100;

/// The two-sided p-value of `differences`; 1 if there are none, or all are zero.
///
/// Zeros are ranked and then dropped (Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank procedures", JASA
/// 1959: to drop them first can turn a weaker result into a more significant one); ties share their mean rank, and
/// the distribution is the exact one given those ranks.
pub fn signed_rank(differences: &[f64]) -> f64 {
    let ranks = doubled_ranks(differences);
    let positive: usize = ranks.iter().filter(|(sign, _)| *sign).map(|(_, rank)| rank).sum();
    let all: usize = ranks.iter().map(|(_, rank)| rank).sum();
    if all == 0 {
        return 1.0;
    }
    let smaller = positive.min(all - positive);
    let ranks: Vec<usize> = ranks.into_iter().map(|(_, rank)| rank).collect();
    let tail = if ranks.len() <= EXACT_UP_TO { exact_tail(&ranks, smaller) } else { normal_tail(&ranks, smaller) };
    (2.0 * tail).min(1.0)
}

/// The least p-value that `rounds` pairs can ever give: all differences of one sign, 2 of 2ⁿ sign patterns.
pub fn smallest_p(rounds: usize) -> f64 {
    if rounds == 0 { 1.0 } else { 2.0 * 0.5_f64.powi(i32::try_from(rounds).unwrap_or(i32::MAX)) }
}

/// Twice the mean rank of each difference that is not zero (twice, to stay whole), and whether it is positive.
fn doubled_ranks(differences: &[f64]) -> Vec<(bool, usize)> {
    let mut sorted: Vec<f64> = differences.iter().copied().filter(|difference| !difference.is_nan()).collect();
    sorted.sort_unstable_by(|a, b| a.abs().total_cmp(&b.abs()));
    let mut ranks = Vec::with_capacity(sorted.len());
    let mut first = 0;
    for group in sorted.chunk_by(|a, b| a.abs() == b.abs()) {
        // Ranks first + 1 to first + n; twice their mean.
        let doubled = 2 * first + group.len() + 1;
        ranks.extend(group.iter().filter(|difference| **difference != 0.0).map(|difference| (*difference > 0.0, doubled)));
        first += group.len();
    }
    ranks
}

/// P(sum of the positive ranks ≤ `limit`) when every sign is a fair coin.
fn exact_tail(ranks: &[usize], limit: usize) -> f64 {
    let mut probability = vec![0.0; limit + 1];
    probability[0] = 1.0;
    for &rank in ranks {
        for sum in (0..=limit).rev() {
            let with_rank = sum.checked_sub(rank).map_or(0.0, |rest| probability[rest]);
            probability[sum] = f64::midpoint(probability[sum], with_rank);
        }
    }
    probability.iter().sum()
}

/// The same in the normal limit, with the correction for continuity (half a rank; one, as ranks are doubled).
fn normal_tail(ranks: &[usize], limit: usize) -> f64 {
    let mean = ranks.iter().sum::<usize>() as f64 / 2.0;
    let variance = ranks.iter().map(|&rank| (rank * rank) as f64).sum::<f64>() / 4.0;
    normal_below((limit as f64 + 1.0 - mean).min(0.0) / variance.sqrt())
}

/// The standard normal distribution up to `z` ≤ 0, by Mills' ratio as a continued fraction (Abramowitz & Stegun,
/// "Handbook of mathematical functions", 26.2.14) and by its series (26.2.10) near zero.
fn normal_below(z: f64) -> f64 {
    let x = -z;
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if x < 3.0 {
        let mut term = x;
        let mut sum = x;
        for n in 1..100 {
            term *= x * x / f64::from(2 * n + 1);
            sum += term;
        }
        return 0.5 - density * sum;
    }
    let fraction = (1..=60).rev().fold(x, |inner, n| x + f64::from(n) / inner);
    density / fraction
}
