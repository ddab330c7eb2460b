//! `surtax compare`: what became of each tax from one run to another.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::{CommandError, json};
use crate::cli::CompareArgs;
use crate::debian::SurtaxLock;
use crate::error::{Exit, nearest};
use crate::fs;
use crate::report::compare::{Packages, RunAtHand, compare, text};
use crate::run::{Folder, Run};
use crate::ui::Terminal;

pub(super) fn execute(args: &CompareArgs, terminal: &Terminal) -> Result<Exit> {
    let folders = args.runs.iter().map(|path| Folder::open(path)).collect::<Result<Vec<_>, _>>()?;
    let runs = folders.iter().map(Folder::read).collect::<Result<Vec<_>, _>>()?;
    let mut at_hand = args
        .runs
        .iter()
        .zip(&folders)
        .zip(&runs)
        .map(|((path, folder), run)| Ok(RunAtHand { path: path.display().to_string(), run, packages: packages(folder, run)? }));
    let Some(first) = at_hand.next().transpose()? else { anyhow::bail!("no run was named") };
    let others = at_hand.collect::<Result<Vec<_>>>()?;
    for (own, other) in &args.subjects {
        check_subject(own, &[&first])?;
        check_subject(other, &others.iter().collect::<Vec<_>>())?;
    }
    let comparison = compare(&first, &others, &args.subjects, args.gate);
    terminal.data(&if args.json { json(&comparison)? } else { text(&comparison, terminal.width()) });
    if let Some(gate) = &comparison.gate {
        return Ok(gate.exit());
    }
    // What is written down has an answer; a question that cannot be asked has none.
    let nothing = comparison.against.iter().any(|compared| compared.incomparable.is_some());
    Ok(if nothing { Exit::Incomplete } else { Exit::Done })
}

/// What the locks beside the plan list. One that is missing is no fault of the figures.
fn packages(folder: &Folder, run: &Run) -> Result<BTreeMap<String, Packages>> {
    let groups = run.plan.groups.iter().filter_map(|group| Some((group.name.clone(), group.lock.clone()?)));
    let mut locks: Vec<(String, String)> = groups.collect();
    if run.plan.groups.is_empty() {
        locks.push((String::new(), "surtax.lock".to_owned()));
    }
    let mut found = BTreeMap::new();
    for (group, name) in locks {
        // A plan that was tampered with must not have us read elsewhere.
        let path = folder.file(&name);
        if Path::new(&name).components().count() != 1 || !path.is_file() {
            continue;
        }
        let lock = SurtaxLock::parse(&path, &fs::read_to_string(&path)?)?;
        found.insert(group, lock.packages.into_iter().map(|package| (package.name, package.version.to_string())).collect());
    }
    Ok(found)
}

fn check_subject(name: &str, runs: &[&RunAtHand<'_>]) -> Result<(), CommandError> {
    let names = || runs.iter().flat_map(|run| &run.run.plan.subjects).map(|subject| subject.name.clone());
    if names().any(|subject| subject == name) {
        return Ok(());
    }
    let run = runs.iter().map(|run| run.path.as_str()).collect::<Vec<_>>().join(", ");
    Err(CommandError::NoSuchSubject { subject: name.to_owned(), run, near: nearest(name, names()) })
}
