//! What this machine could see today, said of an A/A trial.

use serde::Serialize;

use super::format;
use crate::stats::{self, Detectable};

/// Differences above this are what choices of code model cost.
const TOO_MUCH: f64 = 0.05;

/// The shape of `smallest_difference` in `doctor --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Today {
    /// The baseline's median time, ns.
    pub loop_ns: f64,
    /// Rounds of the trial that count.
    pub trial_rounds: usize,
    /// Comparisons that a default run's correction is for.
    pub comparisons: usize,
    pub seen: Vec<Seen>,
}

/// What a run of so many rounds would see.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    pub rounds: usize,
    /// The smallest difference that is seen four times in five, as a share; absent if none could be.
    pub difference: Option<f64>,
    /// The usual noise floor of such a run, as a share.
    pub noise_floor: Option<f64>,
}

impl Today {
    /// `subject` and `control`: logarithms of ratios to the baseline, round by round; `rounds`: a default run's, then what more would bring.
    pub fn of(subject: &[f64], control: &[f64], loop_ns: f64, rounds: &[usize], comparisons: usize) -> Self {
        let seen = |&rounds: &usize| {
            let detectable = stats::detectable(subject, control, rounds, comparisons);
            Seen {
                rounds,
                difference: detectable.map(|Detectable { difference, .. }| difference),
                noise_floor: detectable.map(|Detectable { noise_floor, .. }| noise_floor),
            }
        };
        Self { loop_ns, trial_rounds: subject.len(), comparisons, seen: rounds.iter().map(seen).collect() }
    }

    /// Of the first number of rounds; the others follow in brackets.
    pub fn sentence(&self) -> String {
        let milliseconds = (self.loop_ns / 1e6).round();
        let Some(first) = self.seen.first() else { return String::new() };
        let what = match first.difference {
            Some(difference) => format!("could see a difference of {}", format::percent(difference)),
            None => "could see no difference at all".to_owned(),
        };
        let more =
            self.seen[1..].iter().filter_map(|seen| Some(format!(", with {} one of {}", seen.rounds, format::percent(seen.difference?))));
        let floor = first.noise_floor.map_or(String::new(), |floor| format!("; noise floor {}", format::percent(floor)));
        format!(
            "today, with {} rounds, this machine {what} in a loop of {milliseconds} ms{} (four times in five, among {} comparisons; \
             python3 against itself in {} rounds{floor})",
            first.rounds,
            more.collect::<String>(),
            self.comparisons,
            self.trial_rounds
        )
    }

    /// What would make it less, where it is much.
    pub fn remedy(&self) -> Option<&'static str> {
        let much = self.seen.first().is_some_and(|seen| seen.difference.is_none_or(|difference| difference > TOO_MUCH));
        much.then_some("see to the remarks above first, then take more rounds: surtax matrix run --rounds 40")
    }
}
