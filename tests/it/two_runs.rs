//! Statistics between two runs: golden values from independent programs, and what they promise of noise that differs.
//!
//! Golden values: scipy 1.17.1 with numpy 2.4.6; the call stands beside each.

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use surtax::stats::{joint_floor, median, quotient_interval, yuen};

/// `np.round(np.exp(np.random.default_rng(20261121).normal(0.03, 0.02, 15)), 4)`
const BEFORE: [f64; 15] =
    [1.0342, 1.044, 1.0393, 1.0481, 1.0415, 1.0147, 1.0241, 1.0197, 1.0353, 1.0282, 1.0309, 0.9845, 1.0102, 1.0413, 1.0395];

/// `np.round(np.exp(np.random.default_rng(20261122).normal(0.06, 0.05, 12)), 4)`
const AFTER: [f64; 12] = [1.0558, 1.1474, 1.1145, 1.0737, 0.9891, 0.965, 1.1267, 1.1065, 0.961, 1.0956, 0.9423, 1.1161];

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs()
}

fn logs(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| value.ln()).collect()
}

/// `stats.ttest_ind(np.log(b), np.log(a), equal_var=False, trim=0.2).pvalue`, with all values, with six of each, and with `b * 1.2`.
#[test]
fn yuens_test_agrees_with_scipy() {
    let p = |before: &[f64], after: &[f64]| yuen(&logs(before), &logs(after));
    assert!(close(p(&BEFORE, &AFTER), 0.33738461355693655));
    assert!(close(p(&BEFORE[..6], &AFTER[..6]), 0.6652137964959384));
    assert!(close(p(&BEFORE, &AFTER.map(|value| value * 1.2)), 0.0001208093606614091));
    assert_eq!(p(&BEFORE, &BEFORE), 1.0);
    assert_eq!((p(&BEFORE[..1], &AFTER), p(&[], &AFTER), p(&[1.0; 6], &[1.0; 6]), p(&[1.0; 6], &[2.0; 6])), (1.0, 1.0, 1.0, 0.0));
}

/// `stats.bootstrap((a, b[:11]), lambda x, y, axis=-1: np.median(y, axis=axis) / np.median(x, axis=axis), n_resamples=400000,
/// method='percentile', rng=np.random.default_rng(1))`
#[test]
fn the_interval_of_a_quotient_agrees_with_scipy() {
    let interval = quotient_interval(&BEFORE, &AFTER[..11]).unwrap();
    assert!(close(interval.low, 0.9330883774898472) && close(interval.high, 1.0810941895431179), "{interval:?}");
    assert_eq!(quotient_interval(&[], &AFTER), None);
    assert_eq!(quotient_interval(&AFTER, &[]), None);
}

/// Every resample of one run with every resample of the other.
#[test]
fn the_interval_of_a_quotient_is_what_all_resamples_give() {
    for (before, after) in [(1, 1), (2, 3), (3, 4), (5, 4), (4, 5)] {
        let medians = |values: &[f64]| -> Vec<f64> {
            let count = values.len();
            let drawn = |code: usize| (0..count as u32).map(|place| values[code / count.pow(place) % count]).collect::<Vec<_>>();
            (0..count.pow(count as u32)).map(|code| median(&drawn(code)).unwrap()).collect()
        };
        let (one, two) = (medians(&BEFORE[..before]), medians(&AFTER[..after]));
        let mut quotients: Vec<f64> = one.iter().flat_map(|below| two.iter().map(move |above| above / below)).collect();
        quotients.sort_by(f64::total_cmp);
        let tail = ((quotients.len() as f64 * 0.025).ceil() as usize).max(1);
        let found = quotient_interval(&BEFORE[..before], &AFTER[..after]).unwrap();
        assert!(
            close(found.low, quotients[tail - 1]) && close(found.high, quotients[quotients.len() - tail]),
            "{before} and {after}: {found:?}"
        );
    }
}

/// Errors of independent hours: a floor of 3 % and one of 4 % make 5 %, to first order.
#[test]
fn floors_of_two_runs_add_in_quadrature() {
    let floor = joint_floor(0.03, 0.04);
    assert!((floor - 0.05).abs() < 0.0005, "{floor}");
    assert!(close(joint_floor(0.16, 0.16).ln_1p(), 0.16_f64.ln_1p() * 2.0_f64.sqrt()));
    assert!((joint_floor(0.01, 0.01) - 0.0142).abs() < 1e-4);
}

proptest! {
    #[test]
    fn runs_that_change_places_have_the_inverse_change(before in prop::collection::vec(0.5..2.0_f64, 1..12), after in prop::collection::vec(0.5..2.0_f64, 1..12)) {
        let (there, back) = (quotient_interval(&before, &after).unwrap(), quotient_interval(&after, &before).unwrap());
        prop_assert!(close(there.low, 1.0 / back.high) && close(there.high, 1.0 / back.low));
        prop_assert!(there.low <= there.high * (1.0 + 1e-12));
        let p = yuen(&logs(&before), &logs(&after));
        prop_assert!((0.0..=1.0).contains(&p) && (p - yuen(&logs(&after), &logs(&before))).abs() < 1e-12);
    }
}

/// Visits as they are: a narrow middle, and a tail to either side (a disturbance may hit subject or baseline).
struct Noise(ChaCha8Rng);

impl Noise {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn run(&mut self, rounds: usize, spread: f64) -> Vec<f64> {
        (0..rounds)
            .map(|_| {
                let normal = (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0;
                let tail = if self.uniform() < 0.1 { 4.0 } else { 1.0 };
                (spread * tail * normal).exp()
            })
            .collect()
    }
}

/// Noise of one size, and of one run five times as large as the other's.
#[test]
fn the_interval_covers_the_truth_and_the_test_keeps_its_level_whatever_the_noise_of_either() {
    let mut noise = Noise(ChaCha8Rng::seed_from_u64(5));
    for (rounds, spreads) in [((15, 15), (0.01, 0.01)), ((15, 15), (0.01, 0.05)), ((12, 30), (0.05, 0.01)), ((12, 12), (0.01, 0.03))] {
        const TRIALS: usize = 2000;
        let (mut covered, mut rejected, mut rarely) = (0, 0, 0);
        for _ in 0..TRIALS {
            let (before, after) = (noise.run(rounds.0, spreads.0), noise.run(rounds.1, spreads.1));
            let interval = quotient_interval(&before, &after).unwrap();
            covered += usize::from(interval.low <= 1.0 && 1.0 <= interval.high);
            let p = yuen(&logs(&before), &logs(&after));
            rejected += usize::from(p < 0.05);
            rarely += usize::from(p < 0.002);
        }
        let share = |count: usize| count as f64 / TRIALS as f64;
        let said = format!("{rounds:?} {spreads:?}: {} {} {}", share(covered), share(rejected), share(rarely));
        assert!(share(covered) >= 0.93, "{said}");
        assert!(share(rejected) <= 0.06 && share(rarely) <= 0.005, "{said}");
    }
}
