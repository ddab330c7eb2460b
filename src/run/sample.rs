//! `samples.jsonl`: a line per visit, appended and synced as it ends. The source of truth of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    pub schema: u32,
    pub benchmark: String,
    pub size: Option<u64>,
    pub phase: Phase,
    /// From 0 within its phase.
    pub round: u32,
    /// The place of this visit in its round's shuffled order, from 0.
    pub position: u32,
    pub subject: String,
    pub outcome: Outcome,
    /// The measured time, ns, by the benchmark's clock. Absent unless the outcome is `ok`.
    pub value_ns: Option<u64>,
    /// Whole processes of the visit, ns: wall, user and system time (wait4).
    pub wall_ns: u64,
    pub user_ns: u64,
    pub system_ns: u64,
    /// Largest peak resident memory among the visit's processes, bytes (wait4).
    pub peak_memory_bytes: u64,
    /// What the workload computed; every subject's must equal the baseline's.
    pub answer: Option<String>,
    /// Why the visit failed. Absent if the outcome is `ok`.
    pub reason: Option<String>,
    /// What the processor, or callgrind in its place, counted. Absent where nothing counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Counters>,
    /// Of the opcode kernels: what one more copy of each costs, by kernel. Nanoseconds; in the phase `counted`, instructions. A kernel that did not run
    /// its form is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernels: Option<BTreeMap<String, f64>>,
    /// In a run that was merged from several machines' parts: which of its machines the visit was made on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
}

/// Counts of one visit. An event that could not be counted is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counters {
    pub instructions: Option<u64>,
    pub cycles: Option<u64>,
    pub branch_misses: Option<u64>,
    pub instruction_cache_misses: Option<u64>,
    /// In the phase `counted`: the size of what was counted, where the benchmark's own would take too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_size: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The baseline before the first round of a benchmark: gives the answer that every visit's must equal. Not counted.
    Reference,
    /// Not counted: caches and clocks settle.
    WarmUp,
    Measured,
    /// Under callgrind, for its instruction counts alone: what takes a hundred times as long has no time to publish.
    Counted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Ok,
    /// Exit code other than 0, a signal, or output that the driver cannot have written.
    Failed,
    /// Ended after the plan's time-out.
    TimedOut,
    /// A fast wrong answer is a failure.
    WrongAnswer,
}
