//! The command line, declared. Nothing below `cmd/` knows it.

mod examine;
mod jobs;
mod kit;
mod matrix;
mod runs;
mod source;
mod stages;
mod tools;
mod words;

use clap::{Parser, Subcommand};

pub use examine::{AuditArgs, DoctorArgs, OpcodesArgs, ReportArgs};
pub use jobs::{BundleCommand, BundleExportArgs, BundleImportArgs, ScriptArgs};
pub use kit::{EmbedArgs, EmbedCommand, EmbedNewArgs, OneSource};
pub use matrix::{MatrixArgs, MatrixCommand, MatrixMergeArgs, MatrixPlanArgs, MatrixRunArgs};
pub use runs::{CompareArgs, ExportArgs, HistoryArgs};
pub use source::{BuildArgs, GuestArgs, SourceArgs, SourceOptions, VariantArgs};
pub use stages::{ProvisionArgs, RunnerBuildArgs, RunnerCommand, VariantsArgs, VerifyArgs};
pub use tools::{CompletionsArgs, ManArgs, PruneArgs, StoreArgs, StoreCommand};
pub use words::Words;

/// Which libpython should I embed or ship, what does each cost, and why?
///
/// Surtax provisions the libpythons of a release, builds the same PyO3 runner against each,
/// verifies that they behave identically, and measures each against the stock python3.
#[derive(Debug, Parser)]
#[command(
    name = "surtax",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 surtax's own fault, 2 usage or recipe, 3 download or its verification,\n4 a build failed, 5 the matrix is incomplete or a subject failed verification, 6 a gate was tripped.\n\nThe store is $SURTAX_HOME, else surtax/ in the user's cache folder; it is safe to delete.\nSURTAX_LOG=surtax::fetch=debug logs parts of what --verbose says; NO_COLOR=1 leaves colours out."
)]
pub struct Cli {
    /// Say only errors and warnings, and print only results
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Say what is fetched, reused and started; twice, also every visit and request
    #[arg(long, short, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,

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
    /// Carry what is provisioned and built to other machines
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Write a run's report again from what was measured
    Report(ReportArgs),
    /// Hold runs against each other: what changed, and what became of each tax
    #[command(
        after_help = "Each subject's tax (its time by its own run's baseline, within rounds) is held against its tax in the first run, so that \
        the machine's speed cancels.\n\nExit codes: 5 where runs cannot be compared, or the gate cannot judge all it was asked about; 6 where the gate \
        is tripped."
    )]
    Compare(CompareArgs),
    /// Show what many runs say of one benchmark, by date
    History(HistoryArgs),
    /// Write a run in another tool's format
    Export(ExportArgs),
    /// Print all that a program of one's own needs to embed a variant's libpython
    #[command(after_help = "It is what the variant's runner is linked with, said for others. Examples:\n  \
        eval \"$(surtax embed static-nonpic --format shell)\"\n  \
        surtax embed shared debian-13 --format cargo --out .cargo/config.toml\n  \
        surtax embed new my-program --variant static-pic-pie")]
    Embed(EmbedArgs),
    /// Show what the interpreter makes of a file's bytecode while its functions run
    #[command(
        after_help = "The file's functions run in processes of their own, with a clean environment; what they print is not shown. In one every \
        instruction is counted, in the other the adaptive code is compared after every call.\n\nExample: surtax opcodes demo.py --call 'add(1, 2)' \
        --call 'add(\"a\", \"b\")'"
    )]
    Opcodes(OpcodesArgs),
    /// Check the tools that surtax needs, whether this machine is fit to measure, and how small a difference it could see today
    Doctor(DoctorArgs),
    /// Show what the store holds, or remove what is not used any more
    Store(StoreArgs),
    /// Print the completions of a shell
    #[command(
        after_help = "bash: surtax completions bash > ~/.local/share/bash-completion/completions/surtax\nzsh:  surtax completions zsh > DIR/_surtax, with DIR in $fpath\nfish: surtax completions fish > ~/.config/fish/completions/surtax.fish"
    )]
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands
    Man(ManArgs),
}

/// What the parser says of wrong words, with the way on written as everywhere else.
pub fn usage_error(error: &clap::Error) -> String {
    const WAY_ON: &str = "For more information, try '--help'.";
    let text = error.render().to_string();
    let way_on = "hint: surtax --help lists the commands, surtax COMMAND --help what one takes";
    if text.contains(WAY_ON) { text.replace(WAY_ON, way_on) } else { text }
}
