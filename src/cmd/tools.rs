//! `surtax completions` and `surtax man`, made of the same declarations that the parser is made of.

use anyhow::Result;
use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::error::Exit;
use crate::fs;
use crate::ui::{Reporter as _, Terminal};

pub(super) fn completions(args: &CompletionsArgs, terminal: &Terminal) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "surtax", &mut script);
    terminal.data(&String::from_utf8(script)?);
    Ok(Exit::Done)
}

pub(super) fn man(args: &ManArgs, terminal: &Terminal) -> Result<Exit> {
    let Some(folder) = &args.out else {
        terminal.data(&page(&Cli::command())?);
        return Ok(Exit::Done);
    };
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let pages = pages(&command)?;
    for (name, text) in &pages {
        fs::write_atomic(&folder.join(name), text.as_bytes())?;
    }
    terminal.step(&format!("{} pages; man {} shows the first", pages.len(), folder.join("surtax.1").display()));
    terminal.data(&folder.display().to_string());
    Ok(Exit::Done)
}

/// The file name and text of the command's page and of all below it: `surtax-matrix-run.1`.
fn pages(command: &clap::Command) -> Result<Vec<(String, String)>> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let mut pages = vec![(format!("{name}.1"), page(command)?)];
    for below in command.get_subcommands() {
        pages.extend(self::pages(below)?);
    }
    Ok(pages)
}

fn page(command: &clap::Command) -> Result<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    Ok(String::from_utf8(text)?)
}
