//! From an interval, a corrected p-value and the noise floor to one of four words.

use serde::{Deserialize, Serialize};

use super::{Interval, smallest_p};

/// The accepted probability of any false claim in a run.
pub const ALPHA: f64 = 0.05;

/// The noise floor is never taken for less. The A/A control is the same file as the baseline, so it cannot show what
/// another layout of the same code does: changes of link order and environment size alone shift programs by percents
/// (Mytkowicz, Diwan, Hauswirth & Sweeney, "Producing wrong data without doing anything obviously wrong!", ASPLOS
/// 2009; Curtsinger & Berger, "Stabilizer", ASPLOS 2013).
pub const FLOOR_LIMIT: f64 = 0.01;

/// With fewer values, not even the whole range from smallest to largest holds the true median with 95 %: 1 − 2¹⁻ⁿ.
pub const MINIMUM_ROUNDS: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Significant, and the whole interval lies below the noise floor.
    Faster,
    /// Significant, and the whole interval lies above the noise floor.
    Slower,
    /// Either the test or the noise floor does not let a difference be claimed. No proof of equality.
    NoDifferenceSeen,
    /// There are too few rounds, or no noise floor, for any result to count.
    Undecided,
}

/// How far from 1 the A/A control's own interval reaches, as a share (0.02: ratios between 1/1.02 and 1.02 are noise).
/// Absent if the control has too few rounds for an interval.
pub fn noise_floor(control: Interval, rounds: usize) -> Option<f64> {
    let reach = (control.high - 1.0).max(1.0 / control.low - 1.0);
    (rounds >= MINIMUM_ROUNDS && reach.is_finite()).then(|| reach.max(FLOOR_LIMIT))
}

/// `attainable_p` is the adjusted p-value that this comparison would have had if every comparison of the run had
/// come out as clearly as its rounds allow.
pub fn verdict(interval: Interval, adjusted_p: f64, attainable_p: f64, noise_floor: Option<f64>) -> Verdict {
    let Some(floor) = noise_floor.filter(|_| attainable_p < ALPHA) else { return Verdict::Undecided };
    if adjusted_p < ALPHA && interval.low > 1.0 + floor {
        Verdict::Slower
    } else if adjusted_p < ALPHA && interval.high < 1.0 / (1.0 + floor) {
        Verdict::Faster
    } else {
        Verdict::NoDifferenceSeen
    }
}

/// The fewest rounds in which a difference can reach [`ALPHA`] among that many comparisons.
pub fn rounds_needed(comparisons: usize) -> usize {
    let corrected = |rounds| smallest_p(rounds) * comparisons.max(1) as f64;
    (MINIMUM_ROUNDS..).find(|&rounds| corrected(rounds) < ALPHA).unwrap_or(usize::MAX)
}
