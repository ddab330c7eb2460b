//! `surtax runner build`.

use anyhow::Result;

use super::{json, pipeline};
use crate::cli::RunnerBuildArgs;
use crate::error::Exit;
use crate::ui::Terminal;

pub(super) fn execute(args: &RunnerBuildArgs, terminal: &Terminal) -> Result<Exit> {
    let built = pipeline::build(&args.source, &args.selection, terminal)?;
    if args.json {
        terminal.data(&json(&built.runners)?);
    } else {
        let lines = built.runners.iter().map(|runner| format!("{:<15} {}\n", runner.variant, runner.executable.display()));
        terminal.data(&lines.collect::<String>());
    }
    Ok(Exit::Done)
}
