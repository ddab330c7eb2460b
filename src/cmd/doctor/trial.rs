//! The trial: the host's python3 against itself, as a run would measure it, and what that says of today.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::{Finding, State};
use crate::assets;
use crate::digest::Sha256;
use crate::fs::FsError;
use crate::interrupt;
use crate::matrix::Selection;
use crate::measure::{Processes, Trial, choose_cpu, measure};
use crate::report::Today;
use crate::run::Folder;
use crate::store::Store;
use crate::ui::Terminal;

/// What a person would take if 15 do not do.
const MORE_ROUNDS: usize = 40;

pub(super) fn trial(terminal: &Terminal) -> Result<(Finding, Option<Today>)> {
    let remark = |what: &str, remedy: &str| {
        let what = format!("how small a difference can be seen today was not tried: {what}");
        (Finding { state: State::Remark, what, remedy: Some(remedy.to_owned()) }, None)
    };
    let usual = Path::new("/usr/bin/python3");
    let python3 = if usual.is_file() { Some(usual.to_owned()) } else { which::which("python3").ok() };
    let Some(python3) = python3 else { return Ok(remark("there is no python3", "on Debian: apt-get install python3")) };
    let Ok(store) = Store::open_default() else { return Ok(remark("there is no store", "see above")) };
    let Some(_lock) = store.try_lock("measuring")? else {
        return Ok(remark("another surtax is measuring", "ask again when it is done"));
    };
    let sha256 = Sha256::of_file(&python3).map_err(FsError::at("read", &python3))?;
    let plan = Trial::plan(&python3, sha256, choose_cpu(), Timestamp::now().as_microsecond().unsigned_abs())?;
    let scratch = store.scratch()?;
    let folder = Folder::create(&scratch.path().join("trial"))?;
    let mut processes = Processes::new(plan.cpu, "/proc/self/exe");
    if let Err(error) = measure(&plan, &folder, &assets::benchmarks(&store)?, &mut processes, terminal) {
        // Broken off, its hint would be about a run that could go on.
        interrupt::check()?;
        return Err(error.into());
    }
    let Some(trial) = Trial::of(&folder.samples()?) else {
        return Ok(remark(&format!("{} does not run the workload", python3.display()), "see why: surtax matrix run --quick --host-python"));
    };
    let rounds = [Selection::ROUNDS as usize, MORE_ROUNDS];
    let today = Today::of(&trial.subject, &trial.control, trial.median_ns, &rounds, Selection::usual_comparisons());
    let state = if today.remedy().is_some() { State::Remark } else { State::Ok };
    Ok((Finding { state, what: today.sentence(), remedy: today.remedy().map(str::to_owned) }, Some(today)))
}
