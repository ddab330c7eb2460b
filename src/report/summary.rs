//! `summary.json`: what a run's samples amount to. Every renderer reads this; `results/README.md` describes it.

use serde::{Deserialize, Serialize};

use super::machines::MachinesSummary;
use super::opcodes::OpcodeSummary;
use super::study::{Effect, Interaction, Ledger, PairApart};
use crate::matrix::Benchmark;
use crate::run::{Answer, BenchmarkPlan, Clock, CounterPlan, Outcome, Phase, Role};
use crate::stats::Verdict;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    pub schema: u32,
    /// The surtax that measured.
    pub surtax: String,
    pub release: String,
    pub python: String,
    /// Of the plan.
    pub seed: u64,
    /// The first group's, where there are several.
    pub baseline: String,
    /// The A/A subject; the first group's, where there are several.
    pub control: Option<String>,
    /// What the subjects stem from; empty where the plan names no groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupSummary>,
    /// The baseline that `across` is relative to; absent where there is one group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Measured rounds that were planned.
    pub rounds: u32,
    /// What counted, or why nothing did; absent in runs of older surtaxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<CounterPlan>,
    /// How many p-values were corrected together.
    pub comparisons: usize,
    pub benchmarks: Vec<BenchmarkSummary>,
    /// Of a study: what each factor costs with all others held equal. Empty where no subject carries factors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interactions: Vec<Interaction>,
    /// In the headline benchmarks, from the build that is made to be fastest to the shared one without profile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<Ledger>,
    /// In the headline benchmarks, the pair that the published experiment compared, taken apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published_pair: Vec<PairApart>,
    /// What each opcode pays, and what the benchmarks execute; absent in runs of surtaxes that looked at no bytecode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opcodes: Option<OpcodeSummary>,
    pub break_even: Vec<BreakEven>,
    pub verify: Vec<VerifySummary>,
    pub failures: Vec<Failure>,
    /// Of a run that several machines measured; absent where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machines: Option<MachinesSummary>,
    pub differences: Vec<Difference>,
    /// The first group's, where there are several.
    pub premise: Premise,
    pub findings: Vec<Finding>,
}

impl Summary {
    /// Everything that was planned has a number: no visit failed or is missing, and no subject failed verification.
    pub fn is_complete(&self) -> bool {
        let verified = self.verify.iter().all(|verified| verified.checks_passed == verified.checks_total);
        let measured = !self.findings.iter().any(|finding| matches!(finding, Finding::Incomplete { .. }));
        let rows = || self.benchmarks.iter().flat_map(|benchmark| &benchmark.results);
        let mut compared = rows().filter(|row| matches!(row.role, Role::Runner | Role::Guest));
        verified && measured && self.failures.is_empty() && compared.all(|row| row.ratio.is_some())
    }
}

/// Subjects that share a baseline: a release's or an installed CPython's, and what the person holds against it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSummary {
    pub name: String,
    pub release: String,
    pub python: String,
    /// Empty if the plan has none.
    pub baseline: String,
    /// The A/A subject.
    pub control: Option<String>,
    /// All of them, the two above included, in the plan's order.
    pub subjects: Vec<String>,
    pub premise: Premise,
}

/// One benchmark at one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkSummary {
    pub name: String,
    pub size: Option<u64>,
    pub clock: Clock,
    /// As a share: with 0.02, ratios between 1/1.02 and 1.02 are noise. The widest of the groups' A/A controls; absent without enough A/A
    /// rounds.
    pub noise_floor: Option<f64>,
    /// Absent where the run counts nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<CountedSummary>,
    /// In the plan's order; the baseline is a row too, with ratio 1.
    pub results: Vec<SubjectResult>,
    /// With several groups: all subjects but the controls relative to the summary's `reference`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub across: Vec<AcrossResult>,
}

impl BenchmarkSummary {
    pub fn of(&self, subject: &str) -> Option<&SubjectResult> {
        self.results.iter().find(|result| result.subject == subject)
    }

    pub fn across_of(&self, subject: &str) -> Option<&AcrossResult> {
        self.across.iter().find(|result| result.subject == subject)
    }

    /// `dynamic, M = 1,000,000`
    pub fn label(&self) -> String {
        super::format::benchmark(&self.name, self.size)
    }

    /// Whether its value is the sum over the opcode kernels.
    pub fn is_of_kernels(&self) -> bool {
        self.name == BenchmarkPlan::OPCODES
    }

    pub fn is(&self, benchmark: Benchmark) -> bool {
        self.name == benchmark.name()
    }
}

/// How a benchmark was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedSummary {
    /// The size that was counted; smaller than the benchmark's where callgrind would have taken minutes.
    pub size: Option<u64>,
    /// Why no row has a count.
    pub reason: Option<String>,
}

/// What one subject did in one benchmark. Where nothing may be or can be published, the figures are absent and `note` says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectResult {
    pub subject: String,
    pub role: Role,
    /// The group whose baseline it is held against, and that baseline; absent where the plan names no groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// Rounds that gave a ratio: baseline and subject both succeeded. For the baseline, its own successes.
    pub rounds: usize,
    /// Rounds that were measured and gave none, since one of the two failed.
    pub rounds_dropped: usize,
    /// The median time, ns, over every round in which the subject succeeded.
    pub median_ns: Option<u64>,
    /// The median, over rounds, of the subject's time by the baseline's.
    pub ratio: Option<f64>,
    /// The ratio's 95 % interval.
    pub ratio_low: Option<f64>,
    pub ratio_high: Option<f64>,
    /// Of the signed-rank test; before and after the correction for the run's comparisons.
    pub p_value: Option<f64>,
    pub p_adjusted: Option<f64>,
    /// Absent for the baseline and for holes.
    pub verdict: Option<Verdict>,
    /// Medians over the same rounds as `median_ns`, for the visit's whole processes.
    pub median_wall_ns: Option<u64>,
    pub median_user_ns: Option<u64>,
    pub median_system_ns: Option<u64>,
    /// The median of the peaks, bytes.
    pub peak_memory_bytes: Option<u64>,
    /// In user space. By the processor's counters, of the visit's whole processes, medians over rounds; by callgrind, of what is timed, at the
    /// counted size. Absent where nothing counts, as the next four.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<u64>,
    /// By the baseline's instructions; 1 for the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions_ratio: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycles: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_misses: Option<u64>,
    /// Of the first level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_cache_misses: Option<u64>,
    /// Whether both sides of the ratio reach the same specialised bytecode once warm; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_code: Option<bool>,
    /// Why this is a hole, or what an undecided verdict lacks.
    pub note: Option<String>,
    /// In what its libpython was seen to differ beside what its name says, from the baseline's or the group's first runner's, so that the ratio is not
    /// the cost of the one; `differences` has the evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confounds: Vec<Property>,
}

/// One subject relative to the reference, whatever group it is of. For those of the reference's own group this repeats their row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcrossResult {
    pub subject: String,
    /// Rounds that gave a ratio: reference and subject both succeeded.
    pub rounds: usize,
    /// Over every round in which the subject succeeded.
    pub median_ns: Option<u64>,
    pub ratio: Option<f64>,
    pub ratio_low: Option<f64>,
    pub ratio_high: Option<f64>,
    pub p_value: Option<f64>,
    pub p_adjusted: Option<f64>,
    /// Absent for the reference itself and for holes.
    pub verdict: Option<Verdict>,
    /// As in [`SubjectResult`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_code: Option<bool>,
    /// Why this is a hole, or what an undecided verdict lacks.
    pub note: Option<String>,
}

/// Where a subject's advantage or debt from starting is used up: the M at which `amortised` crosses a ratio of 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakEven {
    pub subject: String,
    /// Interpolated between the two sizes around it, in log M. Absent if no crossing was measured.
    pub size: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifySummary {
    pub subject: String,
    /// Of the twenty bit-exact programs.
    pub passed: usize,
    pub total: usize,
    /// Of all checks, the programs among them.
    pub checks_passed: usize,
    pub checks_total: usize,
    /// `group name: detail` of each check that failed.
    pub failed: Vec<String>,
}

/// A visit that gave no value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub subject: String,
    pub benchmark: String,
    pub size: Option<u64>,
    pub phase: Phase,
    pub round: u32,
    pub outcome: Outcome,
    pub reason: String,
}

/// A property in which a subject's libpython was seen to differ, or may differ, from another's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    pub subject: String,
    /// The subject it is held against: its baseline, the first runner of its group, or the baseline that all groups are relative to.
    pub against: String,
    pub property: Property,
    pub bearing: Bearing,
    /// `yes`, `no`, `unknown`, the code model's name, `GCC 12`, or how many HACL functions are missing.
    pub value: String,
    pub against_value: String,
    pub evidence: String,
    pub against_evidence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Property {
    Pgo,
    Lto,
    Interposition,
    CodeModel,
    Tls,
    Dispatch,
    Compiler,
    /// The few that change speed and that nothing else here shows.
    Flags,
    Cet,
    StackProtector,
    Python,
    Hacl,
}

/// What a difference means for the ratio of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bearing {
    /// It was seen, and it is no part of what the subject's name says is compared.
    Confound,
    /// One side or both are unknown: it may be part of the ratio.
    Unknown,
    /// What is compared, or what follows from it.
    Named,
    /// Not on speed.
    None,
}

/// Whether "same PGO, same LTO, only -fPIC differs" is true of the runners' libpythons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Premise {
    pub verdict: PremiseVerdict,
    /// `yes` if all runners are alike, `no` if two differ, `unknown` if evidence lacks.
    pub same_pgo: Answer,
    pub same_lto: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PremiseVerdict {
    Holds,
    DoesNotHold,
    /// Nothing contradicts it, yet not every answer is known.
    NotShown,
}

/// What a reader should know before trusting the numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Finding {
    /// Planned visits that have no sample.
    Incomplete { measured: usize, planned: usize },
    /// The same program, measured twice, differs significantly. `control` is named where there are several.
    ControlDiffers {
        benchmark: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        control: Option<String>,
        ratio: f64,
        p_adjusted: f64,
    },
    /// The noise floor hides differences that matter.
    Noisy { benchmark: String, noise_floor: f64 },
    /// A part of a plan that several machines measure.
    Shard { number: u32, of: usize },
    /// Other programs were at work when the run began.
    Busy { load: f64, cpus: usize },
    /// The clock frequency may follow the load.
    Governor { governor: String },
    /// The neighbours of a virtual machine are not under our control.
    Virtual { virtualisation: String },
    /// The clock frequency may depend on temperature and on the other cores.
    Turbo,
    /// What runs on the sibling of the measured core slows it.
    HardwareThreads,
    /// Surtax and what it measures share it.
    OneCore,
    /// Address space randomisation is off, so that one layout's luck is everyone's.
    FixedLayout,
}
