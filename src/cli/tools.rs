//! What helps with surtax itself: the store, completions, manual pages.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use clap_complete::Shell;

use crate::store::Kind;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct StoreArgs {
    #[command(subcommand)]
    pub command: Option<StoreCommand>,

    /// List every entry, not only what each kind takes
    #[arg(long)]
    pub entries: bool,

    /// Print every entry as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Remove what was not used for a while, and what killed surtaxes left
    #[command(
        after_help = "Whatever is removed is fetched or built again when a command wants it; but programs that were built by `surtax embed` \
        need what it named for as long as they run. Waits while another surtax is at work."
    )]
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub struct PruneArgs {
    /// What was not used for so many days goes; with 0, all of it
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub unused: u32,

    /// Only entries of this kind; repeat it for more [default: all but `other`]
    #[arg(long = "kind", value_name = "KIND", value_parser = kinds())]
    pub kinds: Vec<Kind>,

    /// Say what would go, and remove nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Print what goes as JSON
    #[arg(long)]
    pub json: bool,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let named = |name: String| Kind::ALL.into_iter().find(|kind| kind.as_str() == name).unwrap_or(Kind::Other);
    PossibleValuesParser::new(Kind::ALL.map(Kind::as_str)).map(named)
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that is to complete surtax's commands
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for every command into this folder, instead of printing surtax's own
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
