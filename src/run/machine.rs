//! `machines.json`: the machines that a merged run was measured on, and what each did. Absent where a run was not merged.

use serde::{Deserialize, Serialize};

use super::Environment;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machines {
    pub schema: u32,
    /// By name.
    pub machines: Vec<Machine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Unique in the run; samples carry it.
    pub name: String,
    /// The shards that it measured, by number from 1; empty where it measured a plan that was not split.
    pub shards: Vec<u32>,
    /// Labels of what it was to measure, in the plan's order: `amortised/1000`.
    pub benchmarks: Vec<String>,
    /// The core that its visits were pinned to, in its first shard.
    pub cpu: Option<usize>,
    /// As its first shard began.
    pub environment: Environment,
}

impl Environment {
    /// What tells machines apart: name, processor, memory, kernel. Two folders of which these agree were measured on one machine.
    pub fn identity(&self) -> (Option<&str>, &str, u64, &str) {
        (self.machine.as_deref(), &self.cpu_model, self.memory_bytes, &self.kernel)
    }
}
