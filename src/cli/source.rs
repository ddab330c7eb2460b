//! Where libpythons come from, which of them, and what is held against them: what several commands take.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::guest;
use crate::libpython::{HaclMode, VariantName};
use crate::recipe::PythonVersion;

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

pub(super) fn hacl_modes() -> impl TypedValueParser<Value = HaclMode> {
    PossibleValuesParser::new(HaclMode::ALL.map(HaclMode::as_str)).try_map(|mode| mode.parse::<HaclMode>())
}
