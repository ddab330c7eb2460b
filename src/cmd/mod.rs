//! One thin file per subcommand: load, plan, execute, print.

mod audit;
mod bundle;
mod compare;
mod doctor;
mod embed;
mod error;
mod export;
mod history;
mod listing;
mod matrix;
mod opcodes;
mod packs;
mod pipeline;
mod provision;
mod report;
mod runner;
mod script;
mod store;
mod testsuite;
mod tools;
mod variants;
mod verify;

use anyhow::Result;

use crate::cli::{BundleCommand, Cli, Command, RunnerCommand};
use crate::error::Exit;
use crate::log;
use crate::ui::Terminal;

pub use error::CommandError;

/// Runs the command; an error is for `main` to show.
pub fn execute(cli: &Cli) -> Result<Exit> {
    let terminal = Terminal::new(cli.quiet);
    log::start(cli.verbose, &terminal)?;
    match &cli.command {
        Command::Provision(args) => provision::execute(args, &terminal),
        Command::Variants(args) => variants::execute(args, &terminal),
        Command::Runner(RunnerCommand::Build(args)) => runner::execute(args, &terminal),
        Command::Audit(args) => audit::execute(args, &terminal),
        Command::Verify(args) => verify::execute(args, &terminal),
        Command::Matrix(command) => matrix::execute(command, &terminal),
        Command::Bundle(BundleCommand::Export(args)) => bundle::export(args, &terminal),
        Command::Bundle(BundleCommand::Import(args)) => bundle::import(args, &terminal),
        Command::Report(args) => report::execute(args, &terminal),
        Command::Compare(args) => compare::execute(args, &terminal),
        Command::History(args) => history::execute(args, &terminal),
        Command::Export(args) => export::execute(args, &terminal),
        Command::Embed(args) => embed::execute(args, &terminal),
        Command::Opcodes(args) => opcodes::execute(args, &terminal),
        Command::Doctor(args) => doctor::execute(args, &terminal),
        Command::Store(args) => store::execute(args, &terminal),
        Command::Completions(args) => tools::completions(args, &terminal),
        Command::Man(args) => tools::man(args, &terminal),
    }
}

/// For `--json`: pretty, as a person may read it too.
fn json(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}
