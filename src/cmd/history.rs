//! `surtax history`: many runs, one benchmark.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{CommandError, json};
use crate::cli::HistoryArgs;
use crate::error::Exit;
use crate::fs::FsError;
use crate::report::history::{Wanted, history, text};
use crate::run::{Folder, Run, RunError};
use crate::ui::{Reporter as _, Terminal};

pub(super) fn execute(args: &HistoryArgs, terminal: &Terminal) -> Result<Exit> {
    let runs = runs(&args.folder, terminal)?;
    let wanted = Wanted { benchmarks: args.benchmarks.clone(), subjects: args.subjects.clone() };
    let history = history(&runs, &wanted);
    if history.lines.is_empty() {
        let what = args.subjects.iter().chain(&args.benchmarks).cloned().collect::<Vec<_>>().join(" or ");
        let what = if what.is_empty() { "runner".to_owned() } else { format!("subject or benchmark named {what}") };
        return Err(CommandError::NothingOf { folder: args.folder.clone(), what }.into());
    }
    terminal.data(&if args.json { json(&history)? } else { text(&history, terminal.columns()) });
    Ok(Exit::Done)
}

/// By folder's name. What is no run, or none that can be read, is said and left out.
fn runs(folder: &Path, terminal: &Terminal) -> Result<Vec<(String, Run)>> {
    let mut found = Vec::new();
    for path in folders(folder)? {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match Folder::open(&path).and_then(|folder| folder.read()) {
            Ok(run) => found.push((name, run)),
            Err(RunError::NotARun(_)) => terminal.step(&format!("left out {name}: it has no plan.json")),
            Err(error) => terminal.warn(&format!("left out {name}: {error}")),
        }
    }
    if found.is_empty() { Err(CommandError::NoRunIn(folder.to_owned()).into()) } else { Ok(found) }
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, FsError> {
    let entries = std::fs::read_dir(folder).map_err(FsError::at("read", folder))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}
