//! In `plan.json`: what a pack of other people's benchmarks is, and which of them the run measures.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::digest::Sha256;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackPlan {
    /// `pyperformance`; the names of its benchmarks begin with it and a slash.
    pub name: String,
    /// Where its packages are unpacked, in the store.
    pub folder: PathBuf,
    /// All that was unpacked for it.
    pub packages: Vec<PackagePlan>,
    pub benchmarks: Vec<PackBenchmark>,
    /// Those that were asked for and cannot be measured here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A package as its index gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackagePlan {
    /// `pyperf-2.10.0-py3-none-any.whl`: name, version and platform.
    pub file: String,
    pub sha256: Sha256,
    /// The benchmark that alone needs it; absent where all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<String>,
}

/// How one benchmark of a pack is started. Its loops are the size of its [`super::BenchmarkPlan`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackBenchmark {
    /// `pyperformance/richards`.
    pub name: String,
    /// What the pack lists it as, and `--pack` takes: `richards`; of a script that times several things, one name for all.
    pub listed_as: String,
    /// Below the pack's folder.
    pub script: String,
    /// Of a script that times several things, which one, from 0 (pyperf's `--worker-task`).
    pub task: u32,
    /// The script's own options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// Where the packages lie that it alone needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// `pyperformance/mako`.
    pub name: String,
    pub reason: String,
}
