//! The smallest difference that a run would see, from what one program's times differ from its own.
//!
//! One program is measured three times a round, as baseline, as control and as subject. Of every stretch of as many consecutive rounds as the run
//! will have, the run's own rule is asked how much slower (or faster) the subject would have had to be for it to be called so: the same
//! interval, test, correction and noise floor, by [`verdict`]. No shape of the noise is assumed, and stretches of neighbours keep what drifts:
//! these are the overlapping blocks of the moving block bootstrap (Künsch, "The jackknife and the bootstrap for general stationary
//! observations", Annals of Statistics 1989), each used once instead of drawn. The difference that [`POWER`] of the stretches would have
//! shown is the answer: the power of 0.8 that is usual since Cohen ("Statistical power analysis for the behavioral sciences", 1988).

use super::{ALPHA, Interval, Verdict, median, median_interval, noise_floor, signed_rank, smallest_p, verdict};

/// How likely it is to be seen.
pub const POWER: f64 = 0.8;

/// Differences beyond are not looked for: a program that takes a hundred times as long.
const LARGEST: f64 = 4.605_170_185_988_092;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detectable {
    /// As a share: 0.041 is 4.1 %.
    pub difference: f64,
    /// The median noise floor of the stretches, as a share.
    pub noise_floor: f64,
}

/// `subject` and `control`: logarithms of their ratios to the baseline, round by round, all of one program. `rounds` and `comparisons` are the
/// run's; of its comparisons this one is held to the strictest limit, which Holm gives to the smallest p-value.
///
/// Absent where there are fewer rounds than the run has, or no difference could be seen among so many comparisons.
pub fn detectable(subject: &[f64], control: &[f64], rounds: usize, comparisons: usize) -> Option<Detectable> {
    if rounds == 0 || subject.len() != control.len() {
        return None;
    }
    let mut least = Vec::new();
    let mut floors = Vec::new();
    for (subject, control) in subject.windows(rounds).zip(control.windows(rounds)) {
        let floor = noise_floor(exp(median_interval(control)?), rounds)?;
        floors.push(floor);
        let faster: Vec<f64> = subject.iter().map(|log| -log).collect();
        for side in [subject, &faster] {
            least.push(least_seen(side, floor, comparisons).unwrap_or(f64::INFINITY));
        }
    }
    least.sort_unstable_by(f64::total_cmp);
    let enough = (POWER * least.len() as f64).ceil() as usize;
    let shift = *least.get(enough.checked_sub(1)?)?;
    shift.is_finite().then_some(Detectable { difference: shift.exp_m1(), noise_floor: median(&floors)? })
}

/// The least shift of the logarithms for which the verdict is *slower*.
fn least_seen(logs: &[f64], floor: f64, comparisons: usize) -> Option<f64> {
    let attainable = (smallest_p(logs.len()) * comparisons as f64).min(1.0);
    // Quantiles move with what they are of.
    let interval = median_interval(logs)?;
    let is_seen = |shift: f64| {
        let shifted: Vec<f64> = logs.iter().map(|log| log + shift).collect();
        let adjusted = (signed_rank(&shifted) * comparisons as f64).min(1.0);
        let interval = exp(Interval { low: interval.low + shift, high: interval.high + shift });
        verdict(interval, adjusted, attainable, Some(floor)) == Verdict::Slower
    };
    if attainable >= ALPHA || !is_seen(LARGEST) {
        return None;
    }
    // The further they are shifted, the more lie above zero and beyond the floor: once seen, always seen.
    let (mut unseen, mut seen) = (0.0, LARGEST);
    for _ in 0..28 {
        let middle = f64::midpoint(unseen, seen);
        *if is_seen(middle) { &mut seen } else { &mut unseen } = middle;
    }
    Some(seen)
}

fn exp(logs: Interval) -> Interval {
    Interval { low: logs.low.exp(), high: logs.high.exp() }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, detectable, least_seen};

    /// Noise that repeats: ±1 % and nothing, in turn.
    fn noise(count: usize, size: f64) -> Vec<f64> {
        (0..count).map(|at| [-1.0, 0.0, 1.0, 0.0][at % 4] * size).collect()
    }

    #[test]
    fn a_quiet_machine_sees_what_lies_beyond_the_least_floor() {
        // Without any noise the interval is one point, and the floor its lower limit of 1 %.
        let quiet = detectable(&[0.0; 40], &[0.0; 40], 15, 50).expect("a difference");
        assert!((quiet.difference - 0.01).abs() < 1e-6 && quiet.noise_floor == 0.01, "{quiet:?}");
    }

    #[test]
    fn more_noise_hides_more_and_more_rounds_show_more() {
        let seen =
            |size: f64, rounds: usize| detectable(&noise(120, size), &noise(120, size), rounds, 50).expect("a difference").difference;
        assert!(seen(0.01, 15) > 0.02, "its floor and half its own interval: {}", seen(0.01, 15));
        assert!(seen(0.05, 15) > seen(0.01, 15));
        assert!(seen(0.05, 30) <= seen(0.05, 15));
    }

    #[test]
    fn what_the_rule_cannot_decide_is_absent() {
        assert_eq!(detectable(&[0.0; 40], &[0.0; 40], 5, 1), None, "no noise floor of five rounds");
        assert_eq!(detectable(&[0.0; 40], &[0.0; 40], 10, 50), None, "ten rounds cannot decide among fifty");
        assert_eq!(detectable(&[0.0; 10], &[0.0; 10], 15, 50), None, "too few rounds");
        assert_eq!(detectable(&[0.0; 40], &[0.0; 39], 15, 50), None, "rounds of both");
        assert_eq!(least_seen(&[-2.0 * LARGEST; 15], 0.01, 50), None, "nothing within reach");
    }

    #[test]
    fn one_wild_round_among_fifteen_does_not_hide_a_difference_of_three() {
        let mut logs = vec![0.0; 15];
        logs[3] = -0.5;
        // All but the wild one are above zero: 14 of 15 signs, and the wild one has the largest rank.
        let shift = least_seen(&logs, 0.01, 1).expect("seen");
        assert!((shift - 0.01_f64.ln_1p()).abs() < 1e-6, "{shift}");
        let strict = least_seen(&logs, 0.01, 50).expect("seen once the wild one is beyond zero too");
        assert!(strict > 0.25, "{strict}");
    }
}
