//! `surtax report`.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::cli::ReportArgs;
use crate::error::Exit;
use crate::process::{Job, how_it_ended};
use crate::report;
use crate::run::Folder;
use crate::ui::{Reporter as _, Terminal};

/// What shows a file by the program that the person prefers (xdg-utils; every desktop has it).
const OPENER: &str = "xdg-open";

/// An opener that has no program to show a page says so sooner.
const GRACE: Duration = Duration::from_secs(2);

pub(super) fn execute(args: &ReportArgs, terminal: &Terminal) -> Result<Exit> {
    let folder = Folder::open(&args.run)?;
    let run = folder.read()?;
    let summary = report::write(&folder, &run)?;
    terminal.data(&report::terminal_table(&run, &summary, terminal.width()));
    let page = folder.file("report.html");
    terminal.data(&page.display().to_string());
    terminal.data(&folder.file("report.md").display().to_string());
    if args.open {
        open(&page, terminal);
    }
    Ok(if summary.is_complete() { Exit::Done } else { Exit::Incomplete })
}

/// The report is written whatever comes of this, and its path was said; so what fails here is a warning.
fn open(page: &Path, terminal: &Terminal) {
    let page = std::path::absolute(page).unwrap_or_else(|_| page.to_owned());
    let yourself = format!("open it yourself: {}", page.display());
    let Ok(opener) = which::which(OPENER) else {
        return terminal.warn(&format!("there is no {OPENER} on PATH; {yourself}"));
    };
    match Job::new(opener).arg(&page).inherit_environment().start_and_leave(GRACE) {
        Ok(Some(status)) if !status.success() => terminal.warn(&format!("{OPENER} {}; {yourself}", how_it_ended(&status))),
        Ok(_) => terminal.step(&format!("opened {}", page.display())),
        Err(error) => terminal.warn(&format!("{error}; {yourself}")),
    }
}
