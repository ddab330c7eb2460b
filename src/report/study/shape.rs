//! What a study adds to `summary.json`; `results/README.md` describes it.

use serde::{Deserialize, Serialize};

use crate::report::summary::Property;
use crate::run::Factor;
use crate::stats::{Interval, Verdict};

/// What one factor costs in one benchmark, with all others held equal: the geometric mean over matched pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Absent where the plan names no groups; so in all that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub factor: Factor,
    pub benchmark: String,
    pub size: Option<u64>,
    /// Levels: `non-pic` to `pic`, `no` to `yes`.
    pub from: String,
    pub to: String,
    /// The median, over rounds, of the mean time at `to` by that at `from`; absent where no pair has enough rounds.
    pub ratio: Option<f64>,
    pub ratio_low: Option<f64>,
    pub ratio_high: Option<f64>,
    pub p_value: Option<f64>,
    pub p_adjusted: Option<f64>,
    pub verdict: Option<Verdict>,
    /// As a share: the least difference that could have been told from none, with an interval of this width and this noise floor.
    pub detectable: Option<f64>,
    /// Rounds in which all pairs that count gave times.
    pub rounds: usize,
    /// Pairs that count, and those that the plan has.
    pub pairs: usize,
    pub pairs_possible: usize,
    /// Every pair of the plan, on its own.
    pub matched: Vec<Matched>,
    /// Absent where nothing was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<InstructionsEffect>,
    /// Where there are several independent rebuilds: each one's ratio.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rebuilds: Vec<f64>,
    /// Why there is no ratio, or what an undecided verdict lacks.
    pub note: Option<String>,
}

/// One pair of builds that differ in one factor. Descriptive: not tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matched {
    /// Builds by their levels: `static-nonpic-pgo`.
    pub from: String,
    pub to: String,
    /// Absent where the pair does not count.
    pub ratio: Option<Range>,
    /// In what the two builds were seen to differ beside the factor; `differences` has the evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confounds: Vec<Property>,
}

/// By counts of instructions instead of times: the geometric mean over matched pairs, and the pairs' own ratios at their ends. Not tested: a count
/// has hardly any noise, so what the pairs differ by is how unlike they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstructionsEffect {
    pub ratio: f64,
    pub least: f64,
    pub most: f64,
    /// Pairs of which both builds were counted, those of each rebuild on their own.
    pub pairs: usize,
}

/// A ratio or a share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// A ratio with its judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    pub rounds: usize,
    pub ratio: f64,
    pub ratio_low: f64,
    pub ratio_high: f64,
    pub p_value: f64,
    pub p_adjusted: Option<f64>,
    pub verdict: Option<Verdict>,
    pub note: Option<String>,
}

impl Figures {
    pub fn range(&self) -> Range {
        Range { value: self.ratio, low: self.ratio_low, high: self.ratio_high }
    }

    pub fn is_decided(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Faster | Verdict::Slower))
    }
}

impl Range {
    pub(super) fn new(value: f64, interval: Interval) -> Self {
        Self { value, low: interval.low, high: interval.high }
    }
}

/// How much larger a factor's ratio is at one level of another factor than at the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interaction {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub factor: Factor,
    pub from: String,
    pub to: String,
    pub by: Factor,
    pub by_from: String,
    pub by_to: String,
    pub benchmark: String,
    pub size: Option<u64>,
    /// Squares of four builds that count, and those that the plan has.
    pub squares: usize,
    pub squares_possible: usize,
    /// The factor's own ratio at either level of `by`, over the same squares. Descriptive: not tested.
    pub at_from: Option<Range>,
    pub at_to: Option<Range>,
    /// `at_to` by `at_from`, formed within rounds: `slower` says that the factor costs more (or gains less) at `by_to`.
    pub figures: Option<Figures>,
}

/// From one build to another, one factor at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub benchmark: String,
    pub size: Option<u64>,
    /// Builds by their levels.
    pub from: String,
    pub to: String,
    pub steps: Vec<LedgerStep>,
    /// The last build by the first, formed within rounds.
    pub total: Figures,
    /// The last build's instructions by the first's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerStep {
    pub factor: Factor,
    pub from: String,
    pub to: String,
    /// The build that is reached.
    pub build: String,
    /// It by the one before.
    pub figures: Figures,
    /// Of all steps up to here.
    pub product: f64,
    /// It by the first build, formed within rounds: what `product` should be.
    pub so_far: Range,
    /// Its instructions by those of the one before; absent where one of the two was not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<f64>,
}

/// One build by another that differs from it in several factors: how much of it is which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairApart {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub benchmark: String,
    pub size: Option<u64>,
    pub from: String,
    pub to: String,
    pub total: Figures,
    /// Each the mean over the same orders of change, so that their product is the total within every round.
    pub parts: Vec<Part>,
    /// Those orders: all that are admissible and of which every build has times. The parts stand in the order of the first.
    pub orders: Vec<Vec<Factor>>,
    pub orders_possible: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub factor: Factor,
    pub from: String,
    pub to: String,
    pub figures: Figures,
    /// Of the logarithm of the total, 1 for all of it. Absent where the total was not seen to differ from 1.
    pub share: Option<Range>,
}
