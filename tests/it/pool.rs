//! Machines' estimates made one: golden values from independent programs, and coverage by simulation.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use surtax::stats::{Estimated, Pooled, median, median_error, pool, pool_rebuilds};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1e-3)
}

fn pooled(values: &[f64], variances: &[f64]) -> Pooled {
    let estimate = |(value, variance): (&f64, &f64)| Estimated { value: *value, error: variance.sqrt() };
    pool(&values.iter().zip(variances).map(estimate).collect::<Vec<_>>()).unwrap()
}

/// The thirteen trials of BCG vaccine (Colditz et al. 1994; `dat.bcg` of R's metafor): vaccinated with and without tuberculosis, then those not
/// vaccinated.
const BCG: [[f64; 4]; 13] = [
    [4.0, 119.0, 11.0, 128.0],
    [6.0, 300.0, 29.0, 274.0],
    [3.0, 228.0, 11.0, 209.0],
    [62.0, 13536.0, 248.0, 12619.0],
    [33.0, 5036.0, 47.0, 5761.0],
    [180.0, 1361.0, 372.0, 1079.0],
    [8.0, 2537.0, 10.0, 619.0],
    [505.0, 87886.0, 499.0, 87892.0],
    [29.0, 7470.0, 45.0, 7232.0],
    [17.0, 1699.0, 65.0, 1600.0],
    [186.0, 50448.0, 141.0, 27197.0],
    [5.0, 2493.0, 3.0, 2338.0],
    [27.0, 16886.0, 29.0, 17825.0],
];

/// `r = statsmodels.stats.meta_analysis.combine_effects(y, v, method_re="iterated", use_t=True, atol=1e-15, maxiter=1000)` (0.15.0): `r.tau2`,
/// `r.mean_effect_re`; interval and prediction by `r.sd_eff_w_re_hksj` and scipy 1.17.1's `stats.t.ppf(0.975, k - 1)` and `(0.975, k - 2)`.
#[test]
fn a_pool_agrees_with_statsmodels() {
    let risks = BCG.map(|[a, b, c, d]| ((a / (a + b)) / (c / (c + d))).ln());
    let variances = BCG.map(|[a, b, c, d]| 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d));
    let trials = pooled(&risks, &variances);
    assert!(close(trials.tau.powi(2), 0.3180684522050243) && close(trials.value, -0.7149681534934446), "{trials:?}");
    // Twelve degrees of freedom are beyond the table of Student's points, where they are off by a few millionths.
    let near = |a: f64, b: f64| (a - b).abs() < 1e-5;
    assert!(near(trials.interval.low, -1.1090983812022401) && near(trials.interval.high, -0.32083792578464837), "{trials:?}");
    let prediction = trials.prediction.unwrap();
    assert!(near(prediction.low, -2.0185580541846573) && near(prediction.high, 0.5886217471977688), "{trials:?}");

    let three = pooled(&[0.31, 0.27, 0.36], &[0.0004, 0.0001, 0.0009]);
    assert!(close(three.tau.powi(2), 0.0015302210635021727) && close(three.value, 0.30743204434421506), "{three:?}");
    assert!(close(three.interval.low, 0.19789602680078294) && close(three.interval.high, 0.4169680618876473), "{three:?}");
    let prediction = three.prediction.unwrap();
    assert!(close(prediction.low, -0.28559798800370073) && close(prediction.high, 0.900462076692131), "{three:?}");

    let two = pooled(&[0.10, 0.25], &[0.0004, 0.0001]);
    assert!(close(two.tau.powi(2), 0.011) && close(two.value, 0.176), "{two:?}");
    assert!(close(two.interval.low, -0.7768806434163914) && close(two.interval.high, 1.1288806434163914), "{two:?}");
    assert_eq!(two.prediction, None);
}

/// The same by `sd_eff_w_re` in place of `sd_eff_w_re_hksj`, which is a fifteenth of it here: machines that agree better than their errors allow are luck.
#[test]
fn machines_that_agree_by_luck_make_no_narrow_interval() {
    let four = pooled(&[0.10, 0.101, 0.099, 0.1005], &[0.0004, 0.0001, 0.0002, 0.0003]);
    assert!(four.tau == 0.0 && close(four.value, 0.10032), "{four:?}");
    assert!(close(four.interval.low, 0.07827136522755507) && close(four.interval.high, 0.12236863477244495), "{four:?}");
}

#[test]
fn one_machine_is_no_pool_and_equal_rounds_are_no_infinite_weight() {
    let estimate = |value, error| Estimated { value, error };
    assert_eq!(pool(&[estimate(0.1, 0.01)]), None);
    assert_eq!(pool(&[estimate(0.1, 0.01), estimate(f64::NAN, 0.01)]), None);
    let exact = pool(&[estimate(0.1, 0.0), estimate(0.1, 0.0), estimate(0.3, 0.0)]).unwrap();
    assert!(close(exact.value, 0.5 / 3.0) && (exact.tau - 0.11547).abs() < 1e-4, "{exact:?}");
}

/// Of 15 values by scipy's `B = stats.beta(8, 8)`, `W = B.cdf(i/15) - B.cdf((i-1)/15)`, the deviation of the sorted values with these weights; of six as
/// `np.std` of the medians of `itertools.product(x, repeat=6)`.
#[test]
fn the_error_of_a_median_agrees_with_scipy() {
    let fifteen = [1.0342, 1.044, 1.0393, 1.0481, 1.0415, 1.0147, 1.0241, 1.0197, 1.0353, 1.0282, 1.0309, 0.9845, 1.0102, 1.0413, 1.0395];
    assert!(close(median_error(&fifteen).unwrap(), 0.004950679864777676));
    assert!(close(median_error(&fifteen[..6]).unwrap(), 0.004864361484358542));
    assert_eq!((median_error(&[1.2]), median_error(&[])), (Some(0.0), None));
}

/// The share of simulations in which the interval holds the truth, and in which one by the normal distribution and each machine's errors would.
fn coverage(machines: usize, spread: f64) -> (f64, f64) {
    const TIMES: usize = 2000;
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let mut normal = || (0..12).map(|_| (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64).sum::<f64>() - 6.0;
    // Of the median of fifteen normal values.
    let of_median = 1.2533 / 15_f64.sqrt();
    let (mut own, mut by_normal) = (0, 0);
    for _ in 0..TIMES {
        let machine = |_| {
            let middle = spread * of_median * normal();
            let rounds: Vec<f64> = (0..15).map(|_| middle + normal()).collect();
            Estimated { value: median(&rounds).unwrap(), error: median_error(&rounds).unwrap() }
        };
        let machines: Vec<Estimated> = (0..machines).map(machine).collect();
        let found = pool(&machines).unwrap();
        own += usize::from(found.interval.low <= 0.0 && 0.0 <= found.interval.high);
        let weights: f64 = machines.iter().map(|one| 1.0 / (one.error.powi(2) + found.tau.powi(2))).sum();
        by_normal += usize::from(found.value.abs() <= 1.96 / weights.sqrt());
    }
    (own as f64 / TIMES as f64, by_normal as f64 / TIMES as f64)
}

/// Machines that differ not at all, as much as a median's error, and four times as much.
#[test]
fn the_interval_of_machines_covers_the_truth() {
    let mut worst = 1.0;
    for machines in [2, 3, 5] {
        for spread in [0.0, 1.0, 4.0] {
            let (own, by_normal) = coverage(machines, spread);
            println!("{machines} machines, spread {spread}: {own} and {by_normal}");
            assert!(own >= 0.93, "{machines} machines, spread {spread}: {own}");
            worst = f64::min(worst, by_normal);
        }
    }
    assert!(worst < 0.8, "the plain interval would have done: {worst}");
}

/// A rebuild's luck of layout is the same on every machine: twelve machines know two rebuilds no better than three do.
#[test]
fn machines_do_not_average_out_the_luck_of_rebuilds() {
    let round = |machine: usize, round: usize| ((machine * 7 + round * 3) % 5) as f64 * 1e-5;
    let machine = |at: usize, luck: f64| -> Vec<Vec<f64>> {
        [0.0, luck].iter().map(|more| (0..9).map(|number| round(at, number) + more).collect()).collect()
    };
    let of = |machines: usize, luck: f64| pool_rebuilds(&(0..machines).map(|at| machine(at, luck)).collect::<Vec<_>>()).unwrap();
    // Of two values 0.04 apart, the mean's standard error is 0.02, known by one degree of freedom: Student's 12.706 times that.
    for machines in [3, 12] {
        let found = of(machines, 0.04);
        let interval = found.interval();
        assert!((found.value - 0.02).abs() < 1e-4 && (found.error - 0.02).abs() < 1e-5, "{found:?}");
        assert!(((interval.high - interval.low) / 2.0 / (12.706 * 0.02) - 1.0).abs() < 0.01, "{interval:?}");
    }
    assert!(of(3, 0.0).error < 1e-4, "where rebuilds agree, the machines' own errors are left");
    // One rebuild of each is the machines' medians, pooled.
    let single: Vec<Vec<Vec<f64>>> = (0..3).map(|at| vec![machine(at, 0.0)[0].clone()]).collect();
    let estimate = |rows: &Vec<Vec<f64>>| Estimated { value: median(&rows[0]).unwrap(), error: median_error(&rows[0]).unwrap() };
    let expected = pool(&single.iter().map(estimate).collect::<Vec<_>>()).unwrap();
    assert_eq!(pool_rebuilds(&single).unwrap(), expected.uncertain());
    assert_eq!(pool_rebuilds(&[machine(0, 0.0), single[0].clone()]), None, "not the same rebuilds");
}
