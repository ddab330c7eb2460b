//! `surtax export`: a run for other tools.

use std::path::Path;

use anyhow::Result;

use super::CommandError;
use crate::cli::ExportArgs;
use crate::error::{Exit, nearest};
use crate::fs;
use crate::report::export::{ExportFormat, export};
use crate::report::summarise;
use crate::run::Folder;
use crate::ui::Terminal;

pub(super) fn execute(args: &ExportArgs, terminal: &Terminal) -> Result<Exit> {
    let run = Folder::open(&args.run)?.read()?;
    for name in &args.subjects {
        if run.plan.subject(name).is_none() {
            let near = nearest(name, run.plan.subjects.iter().map(|subject| subject.name.clone()));
            return Err(CommandError::NoSuchSubject { subject: name.clone(), run: args.run.display().to_string(), near }.into());
        }
    }
    let files = export(&run, &summarise(&run), args.format, &args.subjects);
    match (&args.out, files.as_slice()) {
        (_, []) => return Err(CommandError::NothingToExport(args.run.clone()).into()),
        (None, [(_, text)]) => terminal.data(text),
        (None, _) => {
            return Err(
                CommandError::FilePerSubject { subjects: run.plan.subjects.into_iter().map(|subject| subject.name).collect() }.into()
            );
        }
        (Some(out), files) => {
            // Every subject of pyperf's is a file of its own, however many are chosen: a name is a folder's unless one is.
            let one = files.len() == 1 && (args.format != ExportFormat::Pyperf || args.subjects.len() == 1);
            for (name, text) in files {
                let path = if one && !is_folder(out) { out.clone() } else { out.join(name) };
                fs::write_atomic(&path, text.as_bytes())?;
                terminal.data(&path.display().to_string());
            }
        }
    }
    Ok(Exit::Done)
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.to_string_lossy().ends_with('/')
}
