//! One thin file per subcommand: load, plan, execute, print.

mod audit;
mod bundle;
mod doctor;
mod error;
mod listing;
mod matrix;
mod opcodes;
mod pipeline;
mod provision;
mod report;
mod runner;
mod script;
mod variants;
mod verify;

use anyhow::Result;

use crate::cli::{BundleCommand, Cli, Command, RunnerCommand};
use crate::error::Exit;
use crate::ui::Terminal;

pub use error::CommandError;

/// Runs the command; an error is for `main` to show.
pub fn execute(cli: &Cli) -> Result<Exit> {
    let terminal = Terminal::new(cli.quiet);
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
        Command::Opcodes(args) => opcodes::execute(args, &terminal),
        Command::Doctor(args) => doctor::execute(args, &terminal),
    }
}

/// For `--json`: pretty, as a person may read it too.
fn json(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}
