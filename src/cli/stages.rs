//! The stages up to the gate: provision, variants, runner build, verify.

use clap::{Args, Subcommand};

use super::source::{BuildArgs, GuestArgs, SourceArgs, VariantArgs};
use crate::verify::testsuite::TestChoice;

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

#[derive(Debug, Subcommand)]
pub enum RunnerCommand {
    /// Build the same runner against each variant
    Build(RunnerBuildArgs),
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

    /// Run CPython's own tests too, and compare each with the stock python3's: a broad choice of quick test files,
    /// --testsuite=all, or --testsuite=test_dict,test_json
    #[arg(long, value_name = "TESTS", num_args = 0..=1, require_equals = true, default_missing_value = "usual")]
    pub testsuite: Option<TestChoice>,

    /// Verify again what was verified before
    #[arg(long)]
    pub again: bool,

    /// Print every check as JSON
    #[arg(long)]
    pub json: bool,
}
