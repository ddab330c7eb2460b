//! `opcodes` in `summary.json`: what each kernel costs, what the benchmarks execute, and what the one says of the other.

use serde::{Deserialize, Serialize};

use crate::stats::Verdict;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpcodeSummary {
    /// How many p-values of kernels were corrected together: a family of their own.
    pub comparisons: usize,
    /// Empty where the run measured none.
    pub kernels: Vec<KernelResult>,
    pub executed: Vec<ExecutedResult>,
    pub predictions: Vec<Prediction>,
}

/// One kernel in one subject; the baseline is a row too, with a tax of 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KernelResult {
    pub kernel: String,
    pub group: String,
    /// The form that it runs in this subject; absent where it never came.
    pub form: Option<String>,
    pub specialised: bool,
    pub subject: String,
    /// What the tax is relative to.
    pub baseline: String,
    /// Whether a copy is the same instructions in the baseline; absent where one of the two is not known.
    pub same_code: Option<bool>,
    /// Rounds that gave a tax: both ran the form, and both slopes were above zero. For the baseline, its own successes.
    pub rounds: usize,
    /// Of this kernel, as a share: how far from 1 the interval of the baseline against itself (A/A) reaches.
    pub noise_floor: Option<f64>,
    /// The median, over rounds, of what one more copy costs, ns.
    pub cost_ns: Option<f64>,
    /// The median, over rounds, of the subject's cost by the baseline's, and its 95 % interval.
    pub tax: Option<f64>,
    pub tax_low: Option<f64>,
    pub tax_high: Option<f64>,
    pub p_value: Option<f64>,
    pub p_adjusted: Option<f64>,
    /// Absent for the baseline and for holes.
    pub verdict: Option<Verdict>,
    /// Machine instructions that one more copy takes, and their ratio to the baseline's; absent where nothing counted them.
    pub instructions: Option<f64>,
    pub instructions_ratio: Option<f64>,
    /// What the code of this form in the interpreter reaches by tables; absent where that code was not found.
    pub got_loads: Option<u64>,
    pub plt_calls: Option<u64>,
    /// Calls for thread-local variables and other accesses of them.
    pub tls: Option<u64>,
    /// Why there is no figure, what an undecided verdict lacks, or in what the code differs.
    pub note: Option<String>,
}

/// What a benchmark executes in a subject, once the interpreter has specialised its code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutedResult {
    pub benchmark: String,
    pub subject: String,
    pub baseline: String,
    /// Shares of the executed instructions: that are specialised, and that have a form that could be.
    pub specialised: Option<f64>,
    pub specialisable: Option<f64>,
    /// Whether every code object ended in the same instructions as in the baseline; absent for the baseline, and where one is not known.
    pub same_code: Option<bool>,
    /// SHA-256 over these instructions.
    pub digest: Option<String>,
    /// The most frequent ones.
    pub top: Vec<TopInstruction>,
    /// Why nothing is known, or in what the code differs.
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopInstruction {
    pub form: String,
    /// Executions per step of the workload.
    pub per_step: f64,
    /// Of all that is executed.
    pub share: f64,
}

/// The ratio that the kernels' costs and a benchmark's histogram amount to, beside the measured one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    pub benchmark: String,
    pub size: Option<u64>,
    pub subject: String,
    pub baseline: String,
    /// In which the kernels of both gave costs.
    pub rounds: usize,
    pub predicted: Option<f64>,
    pub predicted_low: Option<f64>,
    pub predicted_high: Option<f64>,
    /// The benchmark's ratio as its own row has it.
    pub measured: Option<f64>,
    pub measured_low: Option<f64>,
    pub measured_high: Option<f64>,
    /// Measured by predicted, formed within rounds.
    pub unexplained: Option<f64>,
    pub unexplained_low: Option<f64>,
    pub unexplained_high: Option<f64>,
    /// The share of the executed instructions whose cost the kernels tell, in the subject or in the baseline, whichever is less.
    pub covered: Option<f64>,
    /// Why there is no figure, or what keeps the two from meaning the same.
    pub note: Option<String>,
}
