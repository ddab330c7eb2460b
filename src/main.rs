//! The `surtax` command.

use std::process::ExitCode;

use clap::Parser as _;
use surtax::cli::Cli;
use surtax::{cli, cmd, error, interrupt, process, ui};

fn main() -> ExitCode {
    // Before anything grows: the process that starts what is measured must stay small.
    if process::was_launcher() {
        return ExitCode::SUCCESS;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            ui::talk(&cli::usage_error(&error));
            return ExitCode::from(error::Exit::Usage as u8);
        }
        // --help and --version are no errors.
        Err(error) => error.exit(),
    };
    if let Err(error) = interrupt::install() {
        ui::talk(&format!("warning: Ctrl-C will not end the work in an orderly way: {error}"));
    }
    match cmd::execute(&cli) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            ui::talk(&error::render(&error));
            ExitCode::from(error::exit_code(&error) as u8)
        }
    }
}
