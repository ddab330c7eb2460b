//! `plan.json`: what is to be measured, on what, in which order.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::study::Study;
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
    /// What counts instructions; absent in runs of older surtaxes, which counted none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<CounterPlan>,
    /// What the subjects stem from, in the order of the subjects. Empty in runs that were written before there could be several: all
    /// subjects are then of `release` and `python`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupPlan>,
    /// Where there are several groups: the baseline that the table across them is relative to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The first of each group has the role of baseline, and no other.
    pub subjects: Vec<SubjectPlan>,
    pub benchmarks: Vec<BenchmarkPlan>,
    /// How the plan is split between machines; empty where it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<ShardPlan>,
    /// Of a run that measures one of them: `benchmarks` is that shard's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardOf>,
}

impl Plan {
    /// More take days, and tell nothing that these do not.
    pub const MOST_ROUNDS: u32 = 10_000;

    /// The first group's.
    pub fn baseline(&self) -> Option<&SubjectPlan> {
        self.subjects.iter().find(|subject| subject.role == Role::Baseline)
    }

    /// What a subject's ratios are relative to: the baseline of its group. What belongs to no group of several is held against the
    /// reference.
    pub fn baseline_of(&self, subject: &SubjectPlan) -> Option<&SubjectPlan> {
        let own = self.subjects.iter().find(|other| other.role == Role::Baseline && other.group == subject.group);
        own.or_else(|| if subject.group.is_none() { self.reference().or_else(|| self.baseline()) } else { None })
    }

    /// What the table across groups is relative to; `None` where there is one group.
    pub fn reference(&self) -> Option<&SubjectPlan> {
        self.subject(self.reference.as_deref()?)
    }

    /// The benchmarks that a study speaks of first: what is timed inside the interpreter, each at its largest size; if nothing is, the first.
    /// By place in `benchmarks`.
    pub fn headlines(&self) -> Vec<usize> {
        // The sum over opcode kernels, which count alike, speaks of no program.
        let timed_inside =
            |at: &usize| self.benchmarks[*at].clock == Clock::InProcess && self.benchmarks[*at].name != BenchmarkPlan::OPCODES;
        let is_largest = |at: &usize| {
            let own = &self.benchmarks[*at];
            !self.benchmarks.iter().any(|other| other.clock == own.clock && other.name == own.name && other.size > own.size)
        };
        let headlines: Vec<usize> = (0..self.benchmarks.len()).filter(timed_inside).filter(is_largest).collect();
        if headlines.is_empty() { (0..self.benchmarks.len().min(1)).collect() } else { headlines }
    }

    /// How many comparisons the run makes, those of the opcode kernels aside, which are a family of their own ([`Self::kernel_comparisons`]), if every subject gives a time: of each with its baseline, across groups of all but controls
    /// with the reference, unless that is their baseline already, and those of a study.
    pub fn comparisons(&self) -> usize {
        let within = self.subjects.iter().filter(|subject| subject.role != Role::Baseline).count();
        let across = self.reference().map_or(0, |reference| {
            let others = self.subjects.iter().filter(|subject| self.baseline_of(subject) != Some(reference));
            others.filter(|subject| subject.role != Role::Control).count()
        });
        let studies = Study::all_of(self);
        let studied = studies.iter().map(|study| study.comparisons(self.benchmarks.len(), self.headlines().len())).sum::<usize>();
        (within + across) * self.benchmarks.len() + studied
    }

    /// How many comparisons `kernels` opcode kernels make: of each subject with its baseline. They are corrected among themselves: what is asked of
    /// an instruction is another question than what is asked of a program, and a hundred of the one must not blunt the answers to the other.
    pub fn kernel_comparisons(&self, kernels: usize) -> usize {
        let measured = self.benchmarks.iter().any(|benchmark| benchmark.name == BenchmarkPlan::OPCODES);
        if measured { kernels * self.subjects.iter().filter(|subject| subject.role != Role::Baseline).count() } else { 0 }
    }

    pub fn subject(&self, name: &str) -> Option<&SubjectPlan> {
        self.subjects.iter().find(|subject| subject.name == name)
    }
}

/// A part of a plan that one machine measures: benchmarks with all their sizes and all subjects, since a ratio is only formed within one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardPlan {
    /// Labels, in the plan's order: `amortised/1000`.
    pub benchmarks: Vec<String>,
    /// By guesses that know no machine; what the split was balanced by.
    pub expected_seconds: f64,
}

/// Which part of which whole a run measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardOf {
    /// From 1.
    pub number: u32,
    /// All benchmarks of the plan that was split.
    pub whole: Vec<BenchmarkPlan>,
}

/// What counts instructions in this run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterPlan {
    pub how: Counting,
    /// Why nothing counts, or why not what was preferred: `the kernel offers no hardware counters (ENOENT)`.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// The processor's counters, in every visit, over its whole processes.
    Perf,
    /// Callgrind, in visits of their own: of a benchmark that is timed inside the interpreter its workload alone, of another the whole processes.
    Callgrind,
    None,
}

/// A provisioned release or an installed CPython: its own python3, the runners built against it, and what the person adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupPlan {
    /// Unique in the run: `debian-13`.
    pub name: String,
    /// Such as `trixie`; of an installed CPython, its folder.
    pub release: String,
    /// Such as `3.13.5`.
    pub python: String,
    /// The file beside the plan that names every package, and its SHA-256; absent where there are no packages.
    pub lock: Option<String>,
    pub lock_sha256: Option<Sha256>,
    /// The recipe as the person named it, where that is not the group's name: the path of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<String>,
    /// How runners come to the HACL functions that their archives leave undefined; absent where none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hacl: Option<HaclPlan>,
    /// How its libpythons were compiled; absent where they were found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpython: Option<CpythonPlan>,
}

/// A CPython that surtax compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CpythonPlan {
    /// For people: `python3.13 3.13.5-2 of trixie`, `Python-3.13.5.tar.xz`.
    pub source: String,
    /// Of the tarball; absent where the source is a folder.
    pub source_sha256: Option<Sha256>,
    /// Names of the patches that were applied.
    pub patches: Vec<String>,
    /// First line of what it says of its version.
    pub compiler: String,
    pub configure: Vec<String>,
    pub cflags: Vec<String>,
    pub static_modules: Vec<String>,
    /// What the instrumented interpreter ran; empty where nothing was built with a profile.
    pub profile_tasks: Vec<String>,
    /// The variant whose `python` is the baseline: `static-nonpic-pgo`.
    pub stock: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HaclPlan {
    /// The CPython whose source was compiled, such as `3.13.5`; absent where stand-ins take its place.
    pub version: Option<String>,
    /// The source, if the person named one.
    pub source: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectPlan {
    /// Unique in the run: `python3`, `python3-again`, `static-nonpic`, …; with several groups `debian-13/static-nonpic`.
    pub name: String,
    /// The name of its [`GroupPlan`]; its ratios are relative to that group's baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub role: Role,
    pub executable: PathBuf,
    pub sha256: Sha256,
    /// Size of the executable, bytes.
    pub size_bytes: u64,
    /// How the subject came to be, in a few words: `libpython3.13.a, static, no-PIE`.
    pub description: String,
    /// Of a runner whose libpython was compiled for this run's sake: what a study takes apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Factors>,
}

/// The levels of a study's factors in one subject, as they were asked for and then proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factors {
    /// `non-pic`, `pie`, `pic`.
    pub code_model: String,
    /// `static`, `static-pie`, `shared`.
    pub linkage: String,
    pub pgo: bool,
    /// `none`, `thin`, `full`.
    pub lto: String,
    pub interposition: bool,
    /// The how-many-th independent build of the same, from 1.
    pub replicate: u32,
}

impl SubjectPlan {
    /// The name of the guest that `--host-python` adds.
    pub const HOST_PYTHON: &str = "host-python3";

    /// The name without its group's, by which like subjects of several groups are known.
    pub fn short_name(&self) -> &str {
        self.group.as_ref().map_or(&self.name, |group| short_name(group, &self.name))
    }
}

/// `static-nonpic` of `debian-13/static-nonpic` in the group `debian-13`; a name that does not begin with the group's stays.
pub fn short_name<'a>(group: &str, subject: &'a str) -> &'a str {
    subject.strip_prefix(group).and_then(|rest| rest.strip_prefix('/')).unwrap_or(subject)
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
    /// An executable that the person named, or the host's own python3.
    Guest,
}

/// One benchmark at one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkPlan {
    /// As [`crate::matrix::Benchmark`] names it.
    pub name: String,
    /// Loop count M, or number of cells K; absent where there is nothing to vary.
    pub size: Option<u64>,
    pub clock: Clock,
}

impl BenchmarkPlan {
    /// The benchmark whose visits give a time for each opcode kernel.
    pub const OPCODES: &str = "opcodes";

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
