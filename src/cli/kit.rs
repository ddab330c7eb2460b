//! The kit to embed.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::source::{BuildArgs, SourceArgs, VariantArgs, hacl_modes};
use crate::embed::Format;
use crate::libpython::{HaclMode, VariantName};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct EmbedArgs {
    #[command(subcommand)]
    pub command: Option<EmbedCommand>,

    /// The variant to embed, as `surtax variants` lists them
    #[arg(value_name = "VARIANT", required = true, value_parser = clap::value_parser!(VariantName))]
    pub variant: Option<VariantName>,

    #[command(flatten)]
    pub of: OneSource,

    /// What it is written as: `text` for people, `shell` variables, `json`, a `cargo` configuration, `pkg-config` or `cmake` files
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = formats())]
    pub format: Format,

    /// A file to write it to, for pkg-config and cmake a folder, instead of printing it
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum EmbedCommand {
    /// Make a crate of one's own that embeds a variant, and builds without surtax
    New(EmbedNewArgs),
}

#[derive(Debug, Args)]
pub struct EmbedNewArgs {
    /// A folder that is empty or not there yet; its name is the crate's
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// The variant to embed, as `surtax variants` lists them
    #[arg(long, value_name = "VARIANT", value_parser = clap::value_parser!(VariantName))]
    pub variant: VariantName,

    #[command(flatten)]
    pub of: OneSource,
}

/// Where one variant comes from.
#[derive(Debug, Args)]
pub struct OneSource {
    #[command(flatten)]
    pub source: SourceArgs,

    /// Where the variant takes the HACL functions that its archive lacks
    #[arg(long, value_name = "HOW", value_parser = hacl_modes())]
    pub hacl: Option<HaclMode>,

    /// CPython's source for --hacl real, a tarball or a checkout, instead of the release's own
    #[arg(long, value_name = "PATH")]
    pub hacl_source: Option<PathBuf>,
}

impl OneSource {
    /// As a selection among several.
    pub fn selection(&self, variant: VariantName) -> VariantArgs {
        VariantArgs {
            builds: BuildArgs { full: false, replicates: 1 },
            variants: vec![variant],
            hacl: self.hacl,
            hacl_source: self.hacl_source.clone(),
        }
    }
}

fn formats() -> impl TypedValueParser<Value = Format> {
    let named = |name: String| Format::ALL.into_iter().find(|format| format.as_str() == name).unwrap_or(Format::Text);
    PossibleValuesParser::new(Format::ALL.map(Format::as_str)).map(named)
}
