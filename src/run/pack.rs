//! In `plan.json`: what a pack of other people's benchmarks is, and which of them the run measures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    /// The Python that it was fetched for, such as `3.13`, of what one benchmark alone needs; absent where the groups have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
}

impl PackagePlan {
    /// One that all benchmarks need.
    pub fn of_all(file: &str, sha256: Sha256) -> Self {
        Self { file: file.to_owned(), sha256, needed_by: None, python: None }
    }
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
    /// Where the packages lie that it alone needs: those for the first group's Python.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<PathBuf>,
    /// By its name, where they lie for a group whose Python takes others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub group_packages: BTreeMap<String, PathBuf>,
}

impl PackBenchmark {
    /// Where the packages lie that it alone needs, for a subject of this group.
    pub fn packages_of(&self, group: Option<&str>) -> Option<&Path> {
        let own = group.and_then(|group| self.group_packages.get(group));
        own.or(self.packages.as_ref()).map(PathBuf::as_path)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// `pyperformance/mako`.
    pub name: String,
    pub reason: String,
}
