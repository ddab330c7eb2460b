//! What `surtax compare --json` prints; `results/README.md` describes it.

use serde::Serialize;

use super::{RunAtHand, TaxGate};
use crate::report::gate::Unjudged;
use crate::run::{Clock, Role};
use crate::stats::Verdict;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    pub schema: u32,
    /// What the others are held against.
    pub before: RunName,
    pub against: Vec<Compared>,
    /// How many p-values were corrected together.
    pub comparisons: usize,
    /// Absent where no limit was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<TaxGate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunName {
    /// As the person named it.
    pub path: String,
    pub created: String,
    pub release: String,
    pub python: String,
    pub surtax: String,
    /// Measured rounds that were planned.
    pub rounds: u32,
}

impl RunName {
    pub(super) fn of(at_hand: &RunAtHand<'_>) -> Self {
        let plan = &at_hand.run.plan;
        Self {
            path: at_hand.path.clone(),
            created: plan.created.clone(),
            release: plan.release.clone(),
            python: plan.python.clone(),
            surtax: plan.surtax.clone(),
            rounds: plan.rounds,
        }
    }
}

/// One run against the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    pub run: RunName,
    /// Why no figure of the one is to be held against one of the other; `benchmarks` is empty then.
    pub incomparable: Option<String>,
    pub changes: Vec<Change>,
    /// Whether both machines answer to the same description: processor, cores, virtualisation. It may be another one all the same.
    pub same_machine: bool,
    /// Those that both runs have, at the same size.
    pub benchmarks: Vec<BenchmarkChange>,
    /// Benchmarks and subjects that only one of the runs has, and those whose like is not clear.
    pub unmatched: Vec<Unjudged>,
}

/// One thing that is not the same in both runs, other than the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `release`, `package`, `compiler`, `kernel`, …
    pub what: &'static str,
    /// The package, the tool, the group; absent where there is one of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Absent where the run has none, or does not say.
    pub before: Option<String>,
    pub after: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchmarkChange {
    pub name: String,
    pub size: Option<u64>,
    pub clock: Clock,
    /// A share, of both runs' floors together; absent where one of them has none.
    pub noise_floor: Option<f64>,
    pub noise_floor_before: Option<f64>,
    pub noise_floor_after: Option<f64>,
    /// All subjects but baselines that both runs have.
    pub subjects: Vec<SubjectChange>,
    /// Baselines' own times; empty where the machines are not of one description. Not controlled: hours or months lie between the two.
    pub baselines: Vec<BaselineChange>,
}

impl BenchmarkChange {
    /// `dynamic, M = 1,000,000`
    pub fn label(&self) -> String {
        crate::report::format::benchmark(&self.name, self.size)
    }
}

/// A subject's time by its own run's baseline, median over rounds, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tax {
    pub ratio: f64,
    pub low: f64,
    pub high: f64,
    pub rounds: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectChange {
    pub subject: String,
    /// Its name in the other run.
    pub after_subject: String,
    pub role: Role,
    /// Absent for a hole; `note` says why.
    pub before: Option<Tax>,
    pub after: Option<Tax>,
    /// The tax in the other run by that in the first: 1.02 where the subject has become 2 % slower than its baseline is.
    pub change: Option<f64>,
    pub change_low: Option<f64>,
    pub change_high: Option<f64>,
    pub p_value: Option<f64>,
    pub p_adjusted: Option<f64>,
    pub verdict: Option<Verdict>,
    /// Whether its executable is the same file in both runs, by hash; and its baseline's.
    pub same_executable: bool,
    pub same_baseline: bool,
    /// Absent where the two were not counted in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<InstructionChange>,
    /// Why there is no change, or what an undecided verdict lacks.
    pub note: Option<String>,
}

/// The subject's own instructions, not relative to a baseline: counts need none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct InstructionChange {
    pub before: u64,
    pub after: u64,
    pub ratio: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BaselineChange {
    pub baseline: String,
    /// Its name in the other run.
    pub after_baseline: String,
    pub before_ns: u64,
    pub after_ns: u64,
    /// Of the medians, with the 95 % interval that the rounds of both runs give; what drifted between the runs is not in it.
    pub ratio: f64,
    pub low: f64,
    pub high: f64,
    pub same_executable: bool,
}
