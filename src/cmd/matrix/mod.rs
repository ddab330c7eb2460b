//! `surtax matrix`: every stage in its order, or the rest of a run that was stopped; plans for several machines, and what they measured made one.

mod begin;
mod fit;
mod gate;
mod merge;
mod plan;
mod shard;

use std::path::Path;

use anyhow::Result;

use super::pipeline;
use super::{CommandError, packs, report, script};
use crate::assets;
use crate::cli::{MatrixCommand, MatrixRunArgs, ReportArgs};
use crate::digest::Sha256;
use crate::error::Exit;
use crate::measure::{Processes, measure};
use crate::pack;
use crate::report::incomparable;
use crate::run::{Folder, Plan, Role, Verification};
use crate::store::Store;
use crate::ui::{Reporter as _, Terminal};
use gate::{check_gate, judge};

pub(super) fn execute(command: &MatrixCommand, terminal: &Terminal) -> Result<Exit> {
    match command {
        MatrixCommand::Run(args) => run(args, terminal),
        MatrixCommand::Plan(args) => plan::execute(args, terminal),
        MatrixCommand::Merge(args) => merge::execute(args, terminal),
        MatrixCommand::Script(args) => script::execute(args, terminal),
    }
}

fn run(args: &MatrixRunArgs, terminal: &Terminal) -> Result<Exit> {
    // Before anything is provisioned or measured in vain.
    let earlier = args.gate_against.as_deref().map(|path| Folder::open(path)?.read()).transpose()?;
    let check = |counters: &_, benchmarks: &[_]| if args.gate.is_some() { check_gate(Some(counters), benchmarks) } else { Ok(()) };
    let folder = match (&args.resume, &args.plan) {
        (Some(path), _) => resume(args, path)?,
        (None, Some(plan)) => shard::begin(args, plan, terminal)?,
        (None, None) => begin::begin(&args.matrix, args.out.as_deref(), None, check, terminal)?,
    };
    if args.gate.is_some() {
        let plan = folder.plan()?;
        check_gate(plan.counters.as_ref(), &plan.benchmarks)?;
        if let (Some(run), Some(reason)) = (&args.gate_against, earlier.as_ref().and_then(|earlier| incomparable(&plan, &earlier.plan))) {
            return Err(CommandError::GateAgainst { run: run.clone(), reason }.into());
        }
    }
    let outcome = go_on(&folder, terminal);
    // What was measured is reported even where measuring broke off.
    let reported = report::execute(&ReportArgs { run: folder.path().to_owned(), open: false }, terminal);
    outcome?;
    let reported = reported?;
    let Some(gate) = judge(args, &folder.read()?, earlier.as_ref()) else { return Ok(reported) };
    terminal.data(&gate.text());
    // What tripped is certain, whatever else is missing.
    Ok(if reported == Exit::Done || gate.exit() == Exit::Gate { gate.exit() } else { reported })
}

/// What was merged was measured elsewhere, each part by its machine.
fn resume(args: &MatrixRunArgs, path: &Path) -> Result<Folder> {
    let folder = Folder::open(path)?;
    if !folder.machines()?.is_empty() {
        return Err(CommandError::ResumeOfMerged { folder: path.to_owned() }.into());
    }
    packs::provide(&folder.plan()?, &args.matrix.source)?;
    Ok(folder)
}

/// Measures what the folder's journal lacks.
fn go_on(folder: &Folder, terminal: &Terminal) -> Result<()> {
    let run = folder.read()?;
    let store = Store::open_default()?;
    let benchmarks = assets::benchmarks(&store)?;
    check_unchanged(folder, &run.plan, &pipeline::benchmarks_digest(&benchmarks))?;
    for flaw in crate::report::machine(&run.environment) {
        terminal.step(&format!("remark: {}", flaw.what()));
    }
    pack::prepare(&run.plan)?;
    // Two runs at a time would measure each other.
    let _lock = store.lock("measuring", terminal)?;
    let passed = passed_subjects(&run.plan, &run.verification);
    // Not the path: a surtax that is rebuilt during a run goes on being the one that began it.
    let mut processes = Processes::new(run.plan.cpu, "/proc/self/exe").counting(run.plan.counters.as_ref());
    measure(&passed, folder, &benchmarks, &mut processes, terminal)?;
    Ok(())
}

/// The plan without the subjects that failed verification: they have no timing to publish.
fn passed_subjects(plan: &Plan, verification: &Verification) -> Plan {
    let mut plan = plan.clone();
    plan.subjects
        .retain(|subject| subject.role == Role::Control || verification.of(&subject.name).is_some_and(|verified| verified.passed()));
    plan
}

/// Samples of other binaries or other programs must not end up in one run.
fn check_unchanged(folder: &Folder, plan: &Plan, benchmarks: &str) -> Result<(), CommandError> {
    let cannot = |reason: String| Err(CommandError::CannotResume { folder: folder.path().to_owned(), reason });
    if plan.benchmarks_digest != benchmarks {
        return cannot("its benchmark programs are not this surtax's".to_owned());
    }
    for subject in &plan.subjects {
        match Sha256::of_file(&subject.executable) {
            Ok(found) if found == subject.sha256 => {}
            Ok(_) => return cannot(format!("{} is not the file that was measured", subject.executable.display())),
            Err(error) => return cannot(format!("{}: {error}", subject.executable.display())),
        }
    }
    Ok(())
}
