//! The command line, declared. Nothing below `cmd/` knows it.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use crate::guest;
use crate::libpython::{HaclMode, VariantName};
use crate::matrix::Benchmark;
use crate::measure::CounterChoice;
use crate::recipe::PythonVersion;
use crate::report::GateLimit;
use crate::run::Plan;

/// Which libpython should I embed or ship, what does each cost, and why?
///
/// Surtax provisions the libpythons of a release, builds the same PyO3 runner against each,
/// verifies that they behave identically, and measures each against the stock python3.
#[derive(Debug, Parser)]
#[command(
    name = "surtax",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 surtax's own fault, 2 usage or recipe, 3 download or its verification,\n4 a build failed, 5 the matrix is incomplete or a subject failed verification, 6 a gate was tripped.\n\nThe store is $SURTAX_HOME, else surtax/ in the user's cache folder; it is safe to delete."
)]
pub struct Cli {
    /// Say only errors and warnings, and print only results
    #[arg(long, short, global = true)]
    pub quiet: bool,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fetch a release's libpython packages and unpack them into a sysroot, or build CPython from source
    Provision(ProvisionArgs),
    /// List the variants that a release's packages allow, or a source recipe names, and what is built of them
    #[command(after_help = "Of a release or an installed CPython, the columns say what the libpython's file shows, and `built` \
        that the variant's runner is there. Of a recipe that builds from source, they say what the recipe asks for, and `built` that the libpython \
        is there, which has been proven to be that.")]
    Variants(VariantsArgs),
    /// Build the runners
    #[command(subcommand)]
    Runner(RunnerCommand),
    /// Read ELF files and say what they are, and how that is known
    #[command(
        after_help = "Nothing is built: what a variant's runner shows is told where the runner is there. A name that means a variant or a recipe and \
        a file too is the file with a slash in it: ./shared."
    )]
    Audit(AuditArgs),
    /// Check that every runner behaves as the stock python3 does
    Verify(VerifyArgs),
    /// Measure what each runner costs against the stock python3
    #[command(subcommand)]
    Matrix(MatrixCommand),
    /// Write a run's report again from what was measured
    Report(ReportArgs),
    /// Show what the interpreter makes of a file's bytecode while its functions run
    #[command(
        after_help = "The file's functions run in processes of their own, with a clean environment; what they print is not shown. In one every \
        instruction is counted, in the other the adaptive code is compared after every call.\n\nExample: surtax opcodes demo.py --call 'add(1, 2)' \
        --call 'add(\"a\", \"b\")'"
    )]
    Opcodes(OpcodesArgs),
    /// Check the tools that surtax needs, and whether this machine is fit to measure
    Doctor(DoctorArgs),
}

#[derive(Debug, Subcommand)]
pub enum RunnerCommand {
    /// Build the same runner against each variant
    Build(RunnerBuildArgs),
}

#[derive(Debug, Subcommand)]
pub enum MatrixCommand {
    /// Provision, build, verify, measure and report; does only what is missing
    Run(MatrixRunArgs),
}

/// Where the libpythons come from.
#[derive(Debug, Args)]
pub struct SourceArgs {
    /// Names of recipes (debian-13), or paths of YAML files [default: host, the release this host is]
    #[arg(value_name = "RECIPE")]
    pub recipes: Vec<String>,

    #[command(flatten)]
    pub options: SourceOptions,
}

/// What a source takes beside its name.
#[derive(Debug, Clone, Args)]
pub struct SourceOptions {
    /// An installed CPython (pyenv, uv, conda, /usr/local) as a source of libpythons; repeat it for more
    #[arg(long = "prefix", value_name = "DIR")]
    pub prefixes: Vec<PathBuf>,

    /// Python version, such as 3.13, instead of the release's default; among several releases, those that lack it keep their default
    #[arg(long, value_name = "X.Y")]
    pub python: Option<PythonVersion>,

    /// Base URL of a package archive, instead of SURTAX_MIRROR, the configuration file and the host's apt sources; repeat it
    /// for security updates
    #[arg(long = "mirror", value_name = "URL")]
    pub mirrors: Vec<String>,

    /// OpenPGP keyring that must have signed the archive's index, instead of the host's and surtax's own
    #[arg(long, value_name = "FILE")]
    pub keyring: Option<PathBuf>,

    /// Use the store alone
    #[arg(long)]
    pub offline: bool,

    /// Look for newer packages even though some were provisioned already
    #[arg(long, conflicts_with = "offline")]
    pub refresh: bool,

    /// Provision exactly what this surtax.lock names; repeat it for several releases
    #[arg(long, value_name = "FILE")]
    pub locked: Vec<PathBuf>,

    /// Accept an index after its Valid-Until (archived snapshots)
    #[arg(long)]
    pub allow_expired: bool,
}

/// Which of the builds that a source recipe names.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Of recipes that build from source: every variant that the recipe knows, instead of its usual ones
    #[arg(long)]
    pub full: bool,

    /// Of recipes that build from source: so many independent builds of each variant
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(BuildArgs::MOST_REPLICATES)))]
    pub replicates: u32,
}

impl BuildArgs {
    /// Each takes as long as the first. The report enumerates what is drawn of them with replacement (`stats/bootstrap.rs`): 1,716 draws of seven, 24,310 of nine.
    pub const MOST_REPLICATES: u32 = 7;
}

#[derive(Debug, Args)]
pub struct VariantArgs {
    #[command(flatten)]
    pub builds: BuildArgs,

    /// Only this variant; repeat it for more. Of a recipe that builds from source, `shared` means every one of that shape
    #[arg(long = "variant", value_name = "VARIANT", value_parser = clap::value_parser!(VariantName))]
    pub variants: Vec<VariantName>,

    /// Where static variants take the HACL functions that their archive lacks: `real` compiles
    /// CPython's own, `stubs` ends the program when one is called [default: real where the source
    /// can be had]
    #[arg(long, value_name = "HOW", value_parser = hacl_modes())]
    pub hacl: Option<HaclMode>,

    /// CPython's source for --hacl real, a tarball or a checkout, instead of the release's own
    #[arg(long, value_name = "PATH")]
    pub hacl_source: Option<PathBuf>,
}

/// What the parser says of wrong words, with the way on written as everywhere else.
pub fn usage_error(error: &clap::Error) -> String {
    const WAY_ON: &str = "For more information, try '--help'.";
    let text = error.render().to_string();
    let way_on = "hint: surtax --help lists the commands, surtax COMMAND --help what one takes";
    if text.contains(WAY_ON) { text.replace(WAY_ON, way_on) } else { text }
}

fn hacl_modes() -> impl TypedValueParser<Value = HaclMode> {
    PossibleValuesParser::new(HaclMode::ALL.map(HaclMode::as_str)).try_map(|mode| mode.parse::<HaclMode>())
}

fn counter_choices() -> impl TypedValueParser<Value = CounterChoice> {
    let named = |name: String| CounterChoice::ALL.into_iter().find(|choice| choice.as_str() == name).unwrap_or(CounterChoice::Auto);
    PossibleValuesParser::new(CounterChoice::ALL.map(CounterChoice::as_str)).map(named)
}

/// What is measured beside the runners.
#[derive(Debug, Args)]
pub struct GuestArgs {
    /// A python-compatible executable as a further subject; repeat it for more
    #[arg(long = "subject", value_name = "NAME=PATH")]
    pub subjects: Vec<guest::Named>,

    /// The host's own /usr/bin/python3 as a further subject
    #[arg(long)]
    pub host_python: bool,
}

#[derive(Debug, Args)]
pub struct ProvisionArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub builds: BuildArgs,

    /// Show which Pythons the mirrors offer, of every recipe that none is named of, and provision nothing
    #[arg(long, conflicts_with_all = ["prefixes", "python", "locked", "refresh", "full", "replicates"])]
    pub list: bool,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct VariantsArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub builds: BuildArgs,

    /// Print the list as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Paths of archives, objects, shared objects or executables; variants (static-pic, python3), of another recipe as
    /// RECIPE/VARIANT; recipes, for all their variants [default: all variants of the release this host is]
    #[arg(value_name = "VARIANT|FILE")]
    pub targets: Vec<String>,

    /// Recipe that the variants are of, by its name or path; repeat it for more [default: host, the release this host is]
    #[arg(long = "recipe", value_name = "RECIPE")]
    pub recipes: Vec<String>,

    #[command(flatten)]
    pub options: SourceOptions,

    /// Say in what two differ, and so what a ratio of their times would be the cost of
    #[arg(long, conflicts_with = "explain")]
    pub compare: bool,

    /// Say of each item how it is known, and of what is unknown what would settle it
    #[arg(long)]
    pub explain: bool,

    /// Print everything as JSON
    #[arg(long, conflicts_with = "explain")]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RunnerBuildArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub selection: VariantArgs,

    /// Print the runners as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub selection: VariantArgs,

    #[command(flatten)]
    pub guests: GuestArgs,

    /// Verify again what was verified before
    #[arg(long)]
    pub again: bool,

    /// Print every check as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct MatrixRunArgs {
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

    /// Decides the order of the subjects; recorded in the run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// A visit that takes longer counts as failed; one under callgrind may take ten times as long, and ten minutes
    /// at least
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,

    /// What counts instructions: `perf`, the processor's counters; `callgrind`, repeatably, in slow visits of their own;
    /// `auto`, perf where the kernel allows it
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = counter_choices())]
    pub counters: CounterChoice,

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
    #[arg(long, value_name = "DIR", conflicts_with_all = ["recipes", "prefixes", "python", "subjects", "host_python", "baseline", "mirrors", "keyring", "offline", "refresh", "locked", "allow_expired", "full", "replicates", "variants", "hacl", "hacl_source", "only", "rounds", "warmup", "quick", "opcodes", "seed", "timeout", "counters"])]
    pub resume: Option<PathBuf>,
}

fn only_help() -> String {
    let names = Benchmark::ALL.map(Benchmark::name);
    let [first @ .., last] = &names;
    format!("Only this benchmark, as NAME or NAME/SIZE; repeat it for more. There are {} and {last}", first.join(", "))
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// A run's folder
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
}

#[derive(Debug, Args)]
pub struct OpcodesArgs {
    /// A Python source file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Only this function, such as `Class.method` or `outer.inner`; repeat it for more [default: all of FILE that the calls run]
    #[arg(long = "function", value_name = "NAME")]
    pub functions: Vec<String>,

    /// An expression to evaluate in FILE's namespace, such as 'f(1, 2)'; repeat it for more, in this order [default: the function, if
    /// it takes no arguments]
    #[arg(long = "call", value_name = "EXPRESSION", allow_hyphen_values = true)]
    pub calls: Vec<String>,

    /// How often each is evaluated
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pub times: u32,

    /// The Python that runs it, 3.11 to 3.15 [default: python3 on PATH]
    #[arg(long, value_name = "PATH", conflicts_with = "recipe")]
    pub interpreter: Option<PathBuf>,

    /// The stock python3 of a recipe, such as debian-13, instead; provisioned if it is not in the store
    #[arg(long, value_name = "NAME")]
    pub recipe: Option<String>,

    /// With --recipe: Python version, such as 3.14, instead of the release's default
    #[arg(long, value_name = "X.Y", requires = "recipe")]
    pub python: Option<PythonVersion>,

    /// With --recipe: use the store alone
    #[arg(long, requires = "recipe")]
    pub offline: bool,

    /// With --recipe: accept an index after its Valid-Until (archived snapshots)
    #[arg(long, requires = "recipe")]
    pub allow_expired: bool,

    /// End what takes longer; calls that take long are made as often as fits
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,

    /// Print the result as JSON
    #[arg(long, conflicts_with = "html")]
    pub json: bool,

    /// Write it as one HTML page instead
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

impl OpcodesArgs {
    /// The recipe as a source among sources.
    pub fn source(&self, recipe: &str) -> SourceArgs {
        let options = SourceOptions {
            prefixes: Vec::new(),
            python: self.python,
            mirrors: Vec::new(),
            keyring: None,
            offline: self.offline,
            refresh: false,
            locked: Vec::new(),
            allow_expired: self.allow_expired,
        };
        SourceArgs { recipes: vec![recipe.to_owned()], options }
    }
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
}
