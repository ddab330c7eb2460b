//! The matrix: what is measured, and how.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::jobs::ScriptArgs;
use super::source::{GuestArgs, SourceArgs, VariantArgs};
use crate::matrix::Benchmark;
use crate::measure::CounterChoice;
use crate::pack::PackChoice;
use crate::report::GateLimit;
use crate::run::Plan;

#[derive(Debug, Subcommand)]
pub enum MatrixCommand {
    /// Provision, build, verify, measure and report; does only what is missing
    Run(Box<MatrixRunArgs>),
    /// Everything that `run` does before it measures; the plan is split into shards for several machines
    Plan(Box<MatrixPlanArgs>),
    /// Make one run of the parts that several machines measured
    Merge(MatrixMergeArgs),
    /// Write a job file that provisions once, measures in shards and merges them: for GitHub, GitLab or Slurm
    #[command(
        after_help = "Example: surtax matrix script --for github --shards 4 debian-13 --setup 'cargo install --locked --path .' > .github/workflows/study.yml"
    )]
    Script(Box<ScriptArgs>),
}

/// What is measured, and how.
#[derive(Debug, Args)]
pub struct MatrixArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub selection: VariantArgs,

    #[command(flatten)]
    pub guests: GuestArgs,

    /// Among several releases: the one whose python3 the table across them is relative to [default: the first]
    #[arg(long, value_name = "RECIPE")]
    pub baseline: Option<String>,

    #[arg(long, value_name = "BENCHMARK", help = only_help())]
    pub only: Vec<String>,

    /// Measured rounds [default: 15, with --quick 12, of opcodes alone 30; more if several releases
    /// or the opcodes need them]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(Plan::MOST_ROUNDS)))]
    pub rounds: Option<u32>,

    /// Warm-up rounds before them [default: 3, with --quick 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=i64::from(Plan::MOST_ROUNDS)))]
    pub warmup: Option<u32>,

    /// Smaller sizes and fewer rounds: an answer in about a minute
    #[arg(long)]
    pub quick: bool,

    /// Measure too what each bytecode instruction costs
    #[arg(long)]
    pub opcodes: bool,

    /// The benchmarks of a package, by its own code and pyperf: `pyperformance` (a short choice), `pyperformance=all`,
    /// `pyperformance=richards,go`; of surtax's own, only those that --only names. pip fetches it
    #[arg(long, value_name = "PACK")]
    pub pack: Option<PackChoice>,

    /// Decides the order of the subjects; recorded in the run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// A visit that takes longer counts as failed; one under callgrind may take ten times as long, and ten minutes
    /// at least
    #[arg(long, value_name = "SECONDS", default_value_t = MatrixArgs::TIMEOUT_SECONDS, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,

    /// What counts instructions: `perf`, the processor's counters; `callgrind`, repeatably, in slow visits of their own;
    /// `auto`, perf where the kernel allows it
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = counter_choices())]
    pub counters: CounterChoice,
}

impl MatrixArgs {
    /// What a visit may take, unless it is said otherwise.
    pub const TIMEOUT_SECONDS: u32 = 300;
}

#[derive(Debug, Args)]
pub struct MatrixRunArgs {
    #[command(flatten)]
    pub matrix: MatrixArgs,

    /// Fails with exit code 6 where a runner takes more instructions than its baseline, by more than the
    /// limit: instructions=0.5%. Counts do not vary with the machine's mood, so a build can fail on them
    #[arg(long, value_name = "LIMIT")]
    pub gate: Option<GateLimit>,

    /// The gate holds each subject against the same one of this earlier run, instead of against its baseline
    #[arg(long, value_name = "RUN", requires = "gate")]
    pub gate_against: Option<PathBuf>,

    /// Where the run goes, instead of a new folder under results/
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    pub out: Option<PathBuf>,

    /// Go on with a run that was stopped: only what is missing is measured
    #[arg(long, value_name = "DIR", conflicts_with_all = CHOSEN, conflicts_with_all = ["mirrors", "keyring", "allow_expired"])]
    pub resume: Option<PathBuf>,

    /// Measure one shard of this plan, which `surtax matrix plan` wrote; the same command again goes on where it was stopped
    #[arg(long, value_name = "PLAN.JSON", requires = "shard", requires = "out", conflicts_with_all = CHOSEN, conflicts_with = "resume")]
    pub plan: Option<PathBuf>,

    /// Which of the plan's shards, from 1
    #[arg(long, value_name = "K", requires = "plan", value_parser = clap::value_parser!(u32).range(1..))]
    pub shard: Option<u32>,

    /// What this machine is called in a merged run [default: its host name]
    #[arg(long, value_name = "NAME", requires = "plan")]
    pub machine: Option<String>,
}

/// The options that decide what a plan says: a run that has one takes none of them.
const CHOSEN: [&str; 22] = [
    "recipes",
    "prefixes",
    "python",
    "subjects",
    "host_python",
    "baseline",
    "refresh",
    "locked",
    "full",
    "replicates",
    "variants",
    "hacl",
    "hacl_source",
    "only",
    "rounds",
    "warmup",
    "quick",
    "opcodes",
    "pack",
    "seed",
    "timeout",
    "counters",
];

#[derive(Debug, Args)]
pub struct MatrixPlanArgs {
    #[command(flatten)]
    pub matrix: MatrixArgs,

    /// How many parts of about equal length; a benchmark is never divided
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub shards: u32,

    /// Where the plan goes: a new folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct MatrixMergeArgs {
    /// Folders of runs: the shards of one plan, or the same plan on several machines
    #[arg(value_name = "DIR", required = true)]
    pub runs: Vec<PathBuf>,

    /// Where the merged run goes: a new folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

fn only_help() -> String {
    let names = Benchmark::ALL.map(Benchmark::name);
    let [first @ .., last] = &names;
    format!("Only this benchmark, as NAME or NAME/SIZE; repeat it for more. There are {} and {last}", first.join(", "))
}

fn counter_choices() -> impl TypedValueParser<Value = CounterChoice> {
    let named = |name: String| CounterChoice::ALL.into_iter().find(|choice| choice.as_str() == name).unwrap_or(CounterChoice::Auto);
    PossibleValuesParser::new(CounterChoice::ALL.map(CounterChoice::as_str)).map(named)
}
