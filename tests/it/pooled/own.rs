//! Pooling once more, by other means than surtax's: resamples counted by the multinomial distribution, the variance between machines by bisection, the
//! signed-rank test by all signs.

use std::collections::BTreeMap;

/// Student's 97.5 % points of 1 to 4 degrees of freedom (scipy 1.17.1, `stats.t.ppf(0.975, k)`).
const STUDENT: [f64; 4] = [12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.7764451051977934];

/// Values by machine.
pub(super) type ByMachine = BTreeMap<String, Vec<f64>>;

/// A ratio with its interval, pooled from log ratios.
pub(super) fn ratio(machines: &ByMachine) -> [f64; 3] {
    let estimates: Vec<(f64, f64)> = machines.values().map(|logs| (median(logs), error(logs))).collect();
    pool(&estimates)[..3].iter().map(|log| log.exp()).collect::<Vec<_>>().try_into().unwrap()
}

/// The middle, the ends of its interval, its standard error.
pub(super) fn pool(estimates: &[(f64, f64)]) -> [f64; 4] {
    let weighted = |variance: f64| {
        let weight = |error: f64| 1.0 / (error * error + variance);
        let sum: f64 = estimates.iter().map(|(_, error)| weight(*error)).sum();
        let mean = estimates.iter().map(|(value, error)| weight(*error) * value).sum::<f64>() / sum;
        let squares: f64 = estimates.iter().map(|(value, error)| weight(*error) * (value - mean).powi(2)).sum();
        (mean, sum, squares)
    };
    let freedom = estimates.len() - 1;
    let (mut low, mut high) = (0.0, 100.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if weighted(middle).2 > freedom as f64 { low = middle } else { high = middle }
    }
    let (mean, sum, squares) = weighted(low);
    let error = ((squares / freedom as f64).max(1.0) / sum).sqrt();
    [mean, mean - STUDENT[freedom - 1] * error, mean + STUDENT[freedom - 1] * error, error]
}

pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { (sorted[half - 1] + sorted[half]) / 2.0 }
}

/// The standard deviation of a resample's median: by the probability that its two middle draws (of an odd number, the one) are at most the `i`-th and
/// the `j`-th value.
pub(super) fn error(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    let (first, second) = (count.div_ceil(2), count / 2 + 1);
    let at_most = |i: usize, j: usize| -> f64 {
        let chance = |draws: usize, values: usize| (values as f64 / count as f64).powi(draws as i32);
        let mut sum = 0.0;
        for low in first..=count {
            for middle in second.saturating_sub(low)..=count - low {
                let ways = choose(count, low) * choose(count - low, middle);
                sum += ways * chance(low, i) * chance(middle, j - i) * chance(count - low - middle, count - j);
            }
        }
        sum
    };
    let mut found = Vec::new();
    for i in 1..=count {
        for j in i..=count {
            // What is at most (i, j), less what is at most one of its neighbours below; a lower middle above the upper one there is none.
            let upto = |i: usize, j: usize| if i == 0 { 0.0 } else { at_most(i.min(j), j) };
            let share = upto(i, j) - upto(i - 1, j) - upto(i, j - 1) + upto(i - 1, j - 1);
            found.push(((sorted[i - 1] + sorted[j - 1]) / 2.0, share));
        }
    }
    let total: f64 = found.iter().map(|(_, share)| share).sum();
    assert!((total - 1.0).abs() < 1e-9, "{total}");
    let mean: f64 = found.iter().map(|(value, share)| value * share).sum();
    found.iter().map(|(value, share)| (value - mean).powi(2) * share).sum::<f64>().sqrt()
}

fn choose(all: usize, chosen: usize) -> f64 {
    (0..chosen).map(|at| (all - at) as f64 / (at + 1) as f64).product()
}

/// Two-sided, by the sum of every choice of signs; without ties or zeros.
pub(super) fn signed_rank(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let of = |positive: &dyn Fn(usize) -> bool| (0..sorted.len()).filter(|at| positive(*at)).map(|at| at + 1).sum::<usize>();
    let observed = of(&|at| sorted[at] > 0.0);
    let all = sorted.len() * (sorted.len() + 1) / 2;
    let extreme = observed.max(all - observed);
    let choices = 1_usize << sorted.len();
    let beyond = (0..choices).filter(|choice| of(&|at| choice >> at & 1 == 1) >= extreme).count();
    (2.0 * beyond as f64 / choices as f64).min(1.0)
}
