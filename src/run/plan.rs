//! `plan.json`: what is to be measured, on what, in which order.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::digest::Sha256;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub schema: u32,
    /// The surtax that made the plan.
    pub surtax: String,
    /// RFC 3339, UTC.
    pub created: String,
    /// Decides the order of the subjects in every round, and each round's hash seed.
    pub seed: u64,
    /// Release name, such as `bookworm`.
    pub release: String,
    /// Python version as the release names it, such as `3.13`.
    pub python: String,
    /// SHA-256 of `surtax.lock` beside the plan.
    pub lock_sha256: Option<Sha256>,
    /// SHA-256 over the benchmark programs.
    pub benchmarks_digest: String,
    pub warmup: u32,
    pub rounds: u32,
    /// A visit that takes longer is ended and counts as failed.
    pub timeout_seconds: f64,
    /// The core that every visit is pinned to.
    pub cpu: Option<usize>,
    /// The first has the role of baseline, and only the first.
    pub subjects: Vec<SubjectPlan>,
    pub benchmarks: Vec<BenchmarkPlan>,
}

impl Plan {
    /// More take days, and tell nothing that these do not.
    pub const MOST_ROUNDS: u32 = 10_000;

    pub fn baseline(&self) -> Option<&SubjectPlan> {
        self.subjects.iter().find(|subject| subject.role == Role::Baseline)
    }

    pub fn subject(&self, name: &str) -> Option<&SubjectPlan> {
        self.subjects.iter().find(|subject| subject.name == name)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectPlan {
    /// Unique in the run: `python3`, `python3-again`, `static-nonpic`, …
    pub name: String,
    pub role: Role,
    pub executable: PathBuf,
    pub sha256: Sha256,
    /// Size of the executable, bytes.
    pub size_bytes: u64,
    /// How the subject came to be, in a few words: `libpython3.13.a, static, no-PIE`.
    pub description: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What ratios are relative to: the stock `python3` of the same build.
    Baseline,
    /// The baseline measured again as if it were another subject (A/A): the noise floor.
    Control,
    /// A runner that surtax built.
    Runner,
}

/// One benchmark at one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkPlan {
    /// `pure_int_loop`, `dynamic`, `amortised`, `startup`, `startup_isolated`, `cells`.
    pub name: String,
    /// Loop count M, or number of cells K; absent where there is nothing to vary.
    pub size: Option<u64>,
    pub clock: Clock,
}

impl BenchmarkPlan {
    /// `amortised/1000`, `startup`.
    pub fn label(&self) -> String {
        match self.size {
            Some(size) => format!("{}/{size}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Which time is the value of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// The workload alone, timed by the driver inside the interpreter (`time.perf_counter_ns`).
    InProcess,
    /// From before the spawn to after the wait, start and end of the interpreter included.
    WholeProcess,
}
