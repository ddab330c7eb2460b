//! Statistics: golden values from independent programs, and the properties that METHODOLOGY.md relies on.
//!
//! Golden values: scipy 1.17.1 with numpy 2.4.6, and statsmodels 0.15.0; the call stands beside each.

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use surtax::stats::{
    Interval, NonNegative, Verdict, holm, log_ratio, median, median_interval, noise_floor, ratio, rebuilds_interval, rounds_needed,
    signed_rank, smallest_p, verdict,
};

/// `np.round(np.exp(np.random.default_rng(20261121).normal(0.03, 0.02, 15)), 4)`
const FIFTEEN: [f64; 15] =
    [1.0342, 1.044, 1.0393, 1.0481, 1.0415, 1.0147, 1.0241, 1.0197, 1.0353, 1.0282, 1.0309, 0.9845, 1.0102, 1.0413, 1.0395];

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs().max(1.0)
}

/// `np.median(x)`, `np.median(x[:12])`
#[test]
fn median_agrees_with_numpy() {
    assert_eq!(median(&FIFTEEN), Some(1.0342));
    assert!(close(median(&FIFTEEN[..12]).unwrap(), 1.03255));
    assert_eq!(median(&[]), None);
}

/// `stats.bootstrap((x,), np.median, n_resamples=200000, method='percentile', rng=np.random.default_rng(1))`; with 400000
/// for `x[:12]`.
#[test]
fn interval_agrees_with_scipy() {
    assert_eq!(median_interval(&FIFTEEN), Some(Interval { low: 1.0197, high: 1.0413 }));
    let twelve = median_interval(&FIFTEEN[..12]).unwrap();
    assert!(close(twelve.low, 1.0219) && close(twelve.high, 1.0404), "{twelve:?}");
}

/// Every one of the nⁿ resamples counted: the closed form is the bootstrap itself.
#[test]
fn interval_is_what_all_resamples_give() {
    for count in 1..=6_usize {
        let values = &[1.0, 1.5, 1.7, 2.6, 2.9, 4.1][..count];
        let mut medians: Vec<f64> = (0..count.pow(count as u32))
            .map(|code| {
                let drawn: Vec<f64> = (0..count as u32).map(|place| values[code / count.pow(place) % count]).collect();
                median(&drawn).unwrap()
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        let tail = (medians.len() as f64 * 0.025).ceil() as usize;
        let expected = Interval { low: medians[tail.max(1) - 1], high: medians[medians.len() - tail.max(1)] };
        assert_eq!(median_interval(values), Some(expected), "{count} values");
    }
}

#[test]
fn one_build_has_the_interval_of_its_rounds() {
    for count in [1, 6, 12, 15] {
        assert_eq!(rebuilds_interval(&[FIFTEEN[..count].to_vec()]), median_interval(&FIFTEEN[..count]), "{count} rounds");
    }
    assert_eq!(rebuilds_interval(&[]), None);
    assert_eq!(rebuilds_interval(&[vec![1.0, 2.0], vec![1.0]]), None, "rows of unequal length");
}

/// Every draw of rebuilds and, within it, every draw of rounds; `Student's t at 0.975` for 1 and 2 degrees of freedom from scipy's `t.ppf`.
#[test]
fn rebuilds_interval_is_what_all_resamples_give() {
    let rows = [vec![1.0, 1.5, 1.7, 2.6], vec![1.2, 1.9, 1.4, 2.2], vec![2.0, 2.9, 2.4, 4.1]];
    for (count, student) in [(2_usize, 12.706204736174694), (3, 4.302652729749462)] {
        let rows = &rows[..count];
        let stretch = student / 1.959963984540054 * (count as f64 / (count as f64 - 1.0)).sqrt();
        let middles: Vec<f64> = rows.iter().map(|row| median(row).unwrap()).collect();
        let mean = middles.iter().sum::<f64>() / count as f64;
        let value = |rebuild: usize, round: usize| rows[rebuild][round] + (stretch - 1.0) * (middles[rebuild] - mean);
        let mut medians = Vec::new();
        for builds in 0..count.pow(count as u32) {
            let drawn: Vec<usize> = (0..count as u32).map(|place| builds / count.pow(place) % count).collect();
            let means: Vec<f64> = (0..4).map(|round| drawn.iter().map(|build| value(*build, round)).sum::<f64>() / count as f64).collect();
            medians.extend((0..256).map(|code| median(&[0, 1, 2, 3].map(|place| means[code / 4_usize.pow(place) % 4])).unwrap()));
        }
        medians.sort_by(f64::total_cmp);
        let tail = (medians.len() as f64 * 0.025).ceil() as usize;
        let found = rebuilds_interval(rows).unwrap();
        assert!(close(found.low, medians[tail - 1]) && close(found.high, medians[medians.len() - tail]), "{count}: {found:?}");
    }
}

/// Rebuilds that differ not at all, as much as rounds do, and twice as much.
#[test]
fn the_interval_of_rebuilds_covers_the_truth_whatever_their_spread() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut normal = || (0..12).map(|_| (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64).sum::<f64>() - 6.0;
    for (count, spread) in [(2, 0.0), (2, 1.0), (2, 2.0), (3, 0.0), (3, 1.0), (3, 2.0)] {
        let hits = (0..1000).filter(|_| {
            let rebuild = |_| {
                let own = spread * normal();
                (0..15).map(|_| own + normal()).collect()
            };
            let rows: Vec<Vec<f64>> = (0..count).map(rebuild).collect();
            let interval = rebuilds_interval(&rows).unwrap();
            interval.low <= 0.0 && 0.0 <= interval.high
        });
        let share = hits.count() as f64 / 1000.0;
        assert!(share >= 0.925, "{count} rebuilds, spread {spread}: {share}");
    }
}

/// Beyond some hundred values the ends approach the ranks n/2 ± 1.96 √n / 2.
#[test]
fn interval_of_many_values_approaches_its_limit() {
    for count in [144_u32, 145, 1500, 1501, 9_999, 10_000] {
        let values: Vec<f64> = (1..=count).map(f64::from).collect();
        let interval = median_interval(&values).unwrap();
        let reach = 1.96 * f64::from(count).sqrt() / 2.0;
        let middle = f64::from(count + 1) / 2.0;
        assert!((interval.high - middle - reach).abs() < 1.5 && (middle - interval.low - reach).abs() < 1.5, "{count}: {interval:?}");
    }
}

/// `stats.wilcoxon(d, zero_method='pratt', method=stats.PermutationMethod(n_resamples=np.inf)).pvalue`, which enumerates
/// every pattern of signs; ties and zeros included.
#[test]
fn signed_rank_agrees_with_scipy_exactly() {
    let golden: [(&[f64], f64); 5] = [
        (&[1.1, -0.4, 2.5, 3.1, -0.2, 1.9, 0.7, 2.2, 4.0, -1.5, 0.9, 1.3, 2.8, 3.3, 0.1], 0.00537109375),
        (&[1.0, 1.0, -1.0, 2.0, 2.0, -2.0, 3.0, 3.0, 4.0, -4.0, 5.0, 6.0], 0.08447265625),
        (&[0.0, 0.0, 1.0, -2.0, 3.0, 4.0, 5.0, 6.0, 7.0, -8.0, 9.0], 0.1328125),
        (&[0.0, 0.0, 0.0, 1.0, 2.0], 0.5),
        (&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.03125),
    ];
    for (differences, p) in golden {
        assert!(close(signed_rank(differences), p), "{differences:?}: {} instead of {p}", signed_rank(differences));
    }
}

/// `stats.wilcoxon(d, method='exact').pvalue` for 100 differences, `method='approx', correction=True` for 120 and 200.
#[test]
fn signed_rank_of_many_agrees_with_scipy() {
    let signed = |count: i32, negative: fn(i32) -> bool| -> Vec<f64> {
        (1..=count).map(|rank| f64::from(if negative(rank) { -rank } else { rank })).collect()
    };
    let hundred = signed_rank(&signed(100, |rank| rank % 3 == 0));
    assert!((hundred / 0.003526003801650468 - 1.0).abs() < 1e-9, "{hundred}");
    let more = signed_rank(&signed(120, |rank| rank % 5 < 2));
    assert!((more / 0.05743449340829398 - 1.0).abs() < 1e-9, "{more}");
    let far = signed_rank(&signed(200, |rank| rank % 20 == 0));
    assert!((far / 9.258439662341078e-28 - 1.0).abs() < 1e-9, "{far}");
}

#[test]
fn nothing_to_compare_is_no_evidence() {
    assert!(close(signed_rank(&[]), 1.0) && close(signed_rank(&[0.0; 15]), 1.0));
    assert_eq!(median_interval(&[]), None);
    assert_eq!(median_interval(&[1.25]), Some(Interval { low: 1.25, high: 1.25 }));
    assert_eq!((ratio(0, 5), ratio(5, 0), log_ratio(0, 5)), (None, None, None));
}

/// `statsmodels.stats.multitest.multipletests(p, method='holm')[1]`
#[test]
fn holm_agrees_with_statsmodels() {
    let adjusted = holm(&[0.01, 0.04, 0.03, 0.005, 0.5, 0.03]);
    for (ours, theirs) in adjusted.iter().zip([0.05, 0.12, 0.12, 0.03, 0.5, 0.12]) {
        assert!(close(*ours, theirs), "{adjusted:?}");
    }
    assert!(holm(&[]).is_empty());
}

/// Matrix by rows, right-hand side, solution.
type Problem<'a> = (&'a [&'a [f64]], &'a [f64], &'a [f64]);

/// `scipy.optimize.nnls(A, b)[0]`; what enters only to leave again is in the second and third.
#[test]
fn non_negative_least_squares_agree_with_scipy() {
    let golden: [Problem<'_>; 4] = [
        (
            &[
                &[1.0, 2.0, 3.0, 3.0],
                &[3.0, 3.0, 3.0, 3.0],
                &[2.0, 2.0, 0.0, 0.0],
                &[1.0, 2.0, 2.0, 2.0],
                &[0.0, 1.0, 1.0, 2.0],
                &[3.0, 2.0, 1.0, 0.0],
                &[0.0, 3.0, 3.0, 1.0],
            ],
            &[11.381, 14.054, 3.369, 7.959, 3.662, 7.549, 9.276],
            &[1.421589664551225, 0.22318295557569984, 2.768658386219404, 0.32631767905711656],
        ),
        (
            &[
                &[-0.16, -1.39, -0.72, -1.76, 0.32],
                &[-0.42, -0.96, 1.45, 1.06, -0.41],
                &[-1.39, -1.93, 0.13, -0.16, -1.12],
                &[-0.42, -0.47, -2.87, 0.24, -0.37],
                &[-2.67, -0.99, -0.88, -0.66, 0.02],
                &[-0.39, 0.2, -0.1, -0.04, 0.26],
            ],
            &[-1.41, 1.79, -0.89, -2.09, 1.54, 0.72],
            &[0.0, 0.0, 0.5910769046312105, 0.42632626246958677, 0.6773362668041469],
        ),
        (
            &[
                &[-0.59, 0.34, 0.06, -1.7, -2.93, 0.47, 0.35, -1.03, 0.55],
                &[-1.42, -0.16, 0.38, 0.83, -0.19, 0.48, 0.19, 0.25, -0.33],
                &[-0.09, -2.99, 1.33, -1.47, 0.13, -1.22, 0.49, -0.27, -0.67],
                &[-0.47, 1.43, 0.23, 1.24, 2.23, 1.01, -0.08, 0.18, 1.17],
                &[2.34, -0.18, -0.85, 0.61, -1.23, -1.4, -1.01, 0.44, -1.21],
                &[0.91, 1.0, -0.66, 0.54, 1.96, 0.95, -1.46, 1.63, -0.64],
                &[-1.19, 0.1, -1.51, -2.01, -1.55, 0.72, 0.59, -1.15, -0.72],
                &[0.9, -0.3, -0.83, -0.78, -1.87, -0.1, 0.72, -0.01, -0.46],
                &[2.56, 0.79, 0.71, 0.2, -2.17, -0.55, -1.39, 0.25, -0.61],
                &[-0.25, 0.5, 1.58, 0.73, 0.14, -0.47, -0.96, -0.65, -0.89],
                &[-0.63, 0.59, -1.52, -0.03, 0.57, 1.0, 0.33, -0.59, -0.53],
                &[-0.79, 0.4, 0.12, 0.67, 0.39, 1.58, -1.36, 1.37, -1.29],
            ],
            &[0.12, 0.98, 1.04, 1.56, 0.05, 2.45, 1.69, -2.51, 0.26, 1.27, -0.17, 0.62],
            &[0.048225623841687236, 0.0376157004095322, 0.37144794173997786, 0.0, 0.21178408155727127, 0.4893755801980209, 0.0, 0.0, 0.0],
        ),
        (&[&[1.0, 2.0], &[2.0, 1.0]], &[-1.0, -1.0], &[0.0, 0.0]),
    ];
    for (rows, values, expected) in golden {
        let found = NonNegative::of(rows.iter().map(|row| row.to_vec()).collect(), expected.len()).solve(values);
        assert!(found.iter().zip(expected).all(|(ours, theirs)| (ours - theirs).abs() < 1e-12), "{found:?} instead of {expected:?}");
    }
    assert!(NonNegative::of(Vec::new(), 0).solve(&[]).is_empty());
    let twins = NonNegative::of(vec![vec![1.0, 1.0], vec![2.0, 2.0]], 2).solve(&[3.0, 6.0]);
    assert!((twins[0] + twins[1] - 3.0).abs() < 1e-12, "equal columns have a sum, and no more: {twins:?}");
}

#[test]
fn a_verdict_needs_the_test_and_the_noise_floor() {
    let slow = Interval { low: 1.03, high: 1.05 };
    let fast = Interval { low: 0.95, high: 0.97 };
    assert_eq!(verdict(slow, 0.01, 0.001, Some(0.02)), Verdict::Slower);
    assert_eq!(verdict(fast, 0.01, 0.001, Some(0.02)), Verdict::Faster);
    assert_eq!(verdict(slow, 0.06, 0.001, Some(0.02)), Verdict::NoDifferenceSeen, "not significant");
    assert_eq!(verdict(slow, 0.01, 0.001, Some(0.04)), Verdict::NoDifferenceSeen, "within the noise");
    assert_eq!(verdict(fast, 0.01, 0.001, Some(0.04)), Verdict::NoDifferenceSeen, "within the noise");
    assert_eq!(verdict(slow, 0.06, 0.06, Some(0.02)), Verdict::Undecided, "too few rounds");
    assert_eq!(verdict(slow, 0.01, 0.001, None), Verdict::Undecided, "no A/A");
}

#[test]
fn the_noise_floor_is_the_farther_end_and_never_below_one_percent() {
    let floor = |low, high| noise_floor(Interval { low, high }, 15);
    assert!(close(floor(0.99, 1.03).unwrap(), 0.03));
    assert!(close(floor(0.8, 1.03).unwrap(), 0.25));
    assert_eq!(floor(0.999, 1.001), Some(0.01));
    assert_eq!(noise_floor(Interval { low: 0.99, high: 1.03 }, 5), None);
}

/// The default and the quick run must be able to decide.
#[test]
fn the_default_rounds_can_decide() {
    assert!(rounds_needed(50) <= 12, "{}", rounds_needed(50));
    assert_eq!(rounds_needed(1), 6);
    for comparisons in [1, 7, 40, 1000] {
        let needed = rounds_needed(comparisons);
        assert!(smallest_p(needed) * (comparisons as f64) < 0.05);
        assert!(needed == 6 || smallest_p(needed - 1) * (comparisons as f64) >= 0.05);
    }
}

/// Ratios of two subjects that are the same: noise with a tail to the slow side, as visits have.
fn alike(random: &mut ChaCha8Rng, rounds: usize) -> Vec<f64> {
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let mut time = || 1.0 - 0.01 * (1.0 - uniform()).ln();
    (0..rounds).map(|_| time() / time()).collect()
}

#[test]
fn the_interval_covers_the_true_median_as_often_as_promised() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for (rounds, promised) in [(15, 0.95), (12, 0.90), (30, 0.94)] {
        let covers = |interval: Interval| interval.low <= 1.0 && 1.0 <= interval.high;
        let hits = (0..4000).filter(|_| covers(median_interval(&alike(&mut random, rounds)).unwrap())).count();
        let share = hits as f64 / 4000.0;
        assert!(share >= promised, "{rounds} rounds: {share}");
    }
}

/// Whole runs in which nothing differs, judged as a report judges them.
#[test]
fn equal_subjects_are_rarely_called_different() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let false_alarms = (0..400).filter(|_| {
        let comparisons: Vec<Vec<f64>> = (0..20).map(|_| alike(&mut random, 15)).collect();
        let logs = |ratios: &Vec<f64>| ratios.iter().map(|ratio| ratio.ln()).collect::<Vec<_>>();
        let adjusted = holm(&comparisons.iter().map(|ratios| signed_rank(&logs(ratios))).collect::<Vec<_>>());
        adjusted.iter().any(|p| *p < 0.05)
    });
    let share = false_alarms.count() as f64 / 400.0;
    assert!(share <= 0.06, "{share}");
}

fn times() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((1_000_u64..2_000_000_000, 1_000_u64..2_000_000_000), 1..24)
}

fn ratios(pairs: &[(u64, u64)]) -> Vec<f64> {
    pairs.iter().map(|&(own, base)| ratio(own, base).unwrap()).collect()
}

fn logs(pairs: &[(u64, u64)]) -> Vec<f64> {
    pairs.iter().map(|&(own, base)| log_ratio(own, base).unwrap()).collect()
}

proptest! {
    #[test]
    fn interval_contains_the_median(pairs in times()) {
        let (middle, interval) = (median(&ratios(&pairs)).unwrap(), median_interval(&ratios(&pairs)).unwrap());
        prop_assert!(interval.low <= middle && middle <= interval.high);
    }

    #[test]
    fn a_subject_twice_as_slow_has_twice_the_ratio(pairs in times()) {
        let slower: Vec<_> = pairs.iter().map(|&(own, base)| (own * 2, base)).collect();
        let (before, after) = (median_interval(&ratios(&pairs)).unwrap(), median_interval(&ratios(&slower)).unwrap());
        prop_assert_eq!(median(&ratios(&slower)).unwrap(), 2.0 * median(&ratios(&pairs)).unwrap());
        prop_assert_eq!(after, Interval { low: 2.0 * before.low, high: 2.0 * before.high });
    }

    #[test]
    fn the_order_of_rounds_changes_nothing(pairs in times(), turn in 0_usize..24) {
        let mut turned = pairs.clone();
        turned.rotate_left(turn % pairs.len());
        turned.reverse();
        prop_assert_eq!(median_interval(&ratios(&turned)), median_interval(&ratios(&pairs)));
        prop_assert_eq!(signed_rank(&logs(&turned)), signed_rank(&logs(&pairs)));
    }

    #[test]
    fn exchanging_subject_and_baseline_leaves_p_alone(pairs in times()) {
        let exchanged: Vec<_> = pairs.iter().map(|&(own, base)| (base, own)).collect();
        prop_assert_eq!(signed_rank(&logs(&exchanged)), signed_rank(&logs(&pairs)));
    }

    #[test]
    fn p_is_a_probability_that_the_rounds_bound(differences in prop::collection::vec(-9_i32..10, 0..40)) {
        let differences: Vec<f64> = differences.into_iter().map(f64::from).collect();
        let p = signed_rank(&differences);
        prop_assert!((0.0..=1.0).contains(&p) && p >= smallest_p(differences.len()) * (1.0 - 1e-12));
    }

    /// Karush's, Kuhn's and Tucker's conditions, which the minimum alone fulfils.
    #[test]
    fn non_negative_least_squares_cannot_be_improved(
        numbers in prop::collection::vec(prop::collection::vec(-3_i32..6, 8), 1..20),
        values in prop::collection::vec(-9_i32..30, 20),
    ) {
        let rows: Vec<Vec<f64>> = numbers.iter().map(|row| row.iter().map(|number| f64::from(*number)).collect()).collect();
        let values: Vec<f64> = values.iter().take(rows.len()).map(|number| f64::from(*number)).collect();
        let x = NonNegative::of(rows.clone(), 8).solve(&values);
        let rest: Vec<f64> = rows.iter().zip(&values).map(|(row, value)| value - row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>()).collect();
        for column in 0..8 {
            let slope: f64 = rows.iter().zip(&rest).map(|(row, rest)| row[column] * rest).sum();
            prop_assert!(x[column] >= 0.0 && slope < 1e-6 && (x[column] == 0.0 || slope > -1e-6), "{column}: {x:?}, slope {slope}");
        }
    }

    /// Each value's weight is how much the sum changes with it.
    #[test]
    fn weights_of_values_give_the_sum_of_the_solution(
        numbers in prop::collection::vec(prop::collection::vec(0_i32..6, 6), 12..20),
        values in prop::collection::vec(1_i32..30, 20),
        factors in prop::collection::vec(0_i32..9, 6),
    ) {
        let mut rows: Vec<Vec<f64>> = numbers.iter().map(|row| row.iter().map(|number| f64::from(*number)).collect()).collect();
        rows.extend((0..6).map(|at| (0..6).map(|other| if at == other { 0.1 } else { 0.0 }).collect()));
        let values: Vec<f64> = values.iter().take(numbers.len()).map(|number| f64::from(*number)).chain([0.0; 6]).collect();
        let factors: Vec<f64> = factors.into_iter().map(f64::from).collect();
        let problem = NonNegative::of(rows, 6);
        let (x, sum) = (problem.solve(&values), |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>());
        let weights = problem.weights(&x, &factors);
        prop_assert!((sum(&weights, &values) - sum(&x, &factors)).abs() < 1e-6 * (1.0 + sum(&x, &factors)), "{x:?} {weights:?}");
        let changed: Vec<f64> = values.iter().map(|value| value + 1e-7).collect();
        let other = problem.solve(&changed);
        if (0..6).all(|at| (x[at] > 0.0) == (other[at] > 0.0)) {
            prop_assert!((sum(&weights, &changed) - sum(&other, &factors)).abs() < 1e-6 * (1.0 + sum(&x, &factors)));
        }
    }

    #[test]
    fn holm_never_lowers_and_keeps_the_order(p in prop::collection::vec(0.0..=1.0_f64, 0..60)) {
        let adjusted = holm(&p);
        for (raw, corrected) in p.iter().zip(&adjusted) {
            prop_assert!(raw <= corrected && *corrected <= 1.0 && *corrected <= raw * p.len() as f64 + 1e-12);
        }
        for (a, b) in (0..p.len()).flat_map(|a| (0..p.len()).map(move |b| (a, b))) {
            prop_assert!(p[a] > p[b] || adjusted[a] <= adjusted[b]);
        }
    }
}
