//! `surtax matrix merge`: one run of what several machines measured.

use std::path::Path;

use anyhow::Result;

use crate::cli::{MatrixMergeArgs, ReportArgs};
use crate::cmd::report;
use crate::error::Exit;
use crate::fs;
use crate::matrix::{self, Merged, Part};
use crate::run::Folder;
use crate::ui::{Reporter as _, Terminal};

pub(super) fn execute(args: &MatrixMergeArgs, terminal: &Terminal) -> Result<Exit> {
    let mut parts = Vec::new();
    for path in &args.runs {
        parts.push(Part { folder: path.clone(), run: Folder::open(path)?.read()? });
    }
    let Merged { run, missing, first } = matrix::merge(parts)?;
    for number in &missing {
        terminal.warn(&format!("shard {number} of {} is missing: what it was to measure is a hole", run.plan.shards.len()));
    }
    let folder = Folder::create(&args.out)?;
    copy_locks(&first, &folder)?;
    folder.write_environment(&run.environment)?;
    folder.write_audit(&run.audit)?;
    folder.write_verification(&run.verification)?;
    if let Some(opcodes) = &run.opcodes {
        folder.write_opcodes(opcodes)?;
    }
    folder.write_machines(&run.machines)?;
    folder.write_samples(&run.samples)?;
    // With it, the folder is a run.
    folder.write_plan(&run.plan)?;
    terminal.step(&said(&run.machines));
    report::execute(&ReportArgs { run: args.out.clone() }, terminal)
}

/// The plan has their hashes, so that those of any part are those of all.
fn copy_locks(first: &Path, folder: &Folder) -> Result<()> {
    let plan = Folder::open(first)?.plan()?;
    let named = plan.groups.iter().filter_map(|group| group.lock.as_deref());
    for lock in named.map(Path::new).filter_map(Path::file_name) {
        let from = first.join(lock);
        if from.is_file() {
            folder.write_text(&lock.to_string_lossy(), &fs::read_to_string(&from)?)?;
        }
    }
    Ok(())
}

fn said(machines: &[crate::run::Machine]) -> String {
    let parts: Vec<String> = machines.iter().map(|machine| format!("{} ({})", machine.name, machine.benchmarks.join(", "))).collect();
    format!("merged what {} measured: {}", if parts.len() == 1 { "one machine" } else { "several machines" }, parts.join("; "))
}
