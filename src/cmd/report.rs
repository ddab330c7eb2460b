//! `surtax report`.

use anyhow::Result;

use crate::cli::ReportArgs;
use crate::error::Exit;
use crate::report;
use crate::run::Folder;
use crate::ui::Terminal;

pub(super) fn execute(args: &ReportArgs, terminal: &Terminal) -> Result<Exit> {
    let folder = Folder::open(&args.run)?;
    let run = folder.read()?;
    let summary = report::write(&folder, &run)?;
    terminal.data(&report::terminal_table(&run, &summary, terminal.width()));
    terminal.data(&folder.file("report.md").display().to_string());
    Ok(if summary.is_complete() { Exit::Done } else { Exit::Incomplete })
}
