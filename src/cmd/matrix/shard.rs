//! `surtax matrix run --plan PLAN.JSON --shard K`: a run of this machine's own for one part of a plan that was made elsewhere.
//!
//! The executables must be the plan's, by SHA-256: they are taken from the store, or made there by the plan's recipes and locks, but for what no
//! second build repeats (`fit`). Environment and core are this machine's, and so is the verification, unless the compilers
//! are others and the planner's files in place; evidence of binaries and bytecode is the plan's, since the files are the same.

use std::path::Path;

use anyhow::Result;
use clap::Parser as _;

use super::begin::{Begun, verify};
use super::fit;
use crate::assets;
use crate::cli::{Cli, Command, MatrixArgs, MatrixCommand, MatrixRunArgs};
use crate::cmd::pipeline;
use crate::cmd::{CommandError, packs};
use crate::fs::{self, Scratch};
use crate::matrix;
use crate::measure::{choose_cpu, may_use};
use crate::report::reproducing;
use crate::run::{Environment, Folder, Plan, SubjectPlan};
use crate::store::Store;
use crate::ui::{Reporter as _, Terminal};

/// The folder of the shard's run: a new one, or the one that an earlier call began.
pub(super) fn begin(args: &MatrixRunArgs, path: &Path, terminal: &Terminal) -> Result<Folder> {
    let planned = open(path)?;
    let whole = planned.plan()?;
    check(path, &whole)?;
    let mut plan = matrix::of_shard(&whole, args.shard.unwrap_or(0))?;
    let environment = environment(args, choose_cpu());
    let out = args.out.as_deref().unwrap_or(Path::new("."));
    let asked = asked(args, &plan, planned.path())?;
    if let Ok(folder) = Folder::open(out) {
        let folder = go_on(folder, plan, &environment)?;
        packs::provide(&folder.plan()?, &asked.source)?;
        return Ok(folder);
    }
    // Before anything is downloaded.
    Folder::create(out)?;
    fit::check(path, &plan, &planned.environment()?, &environment)?;
    packs::provide(&plan, &asked.source)?;
    let run = planned.read()?;
    let (locks, verification) = if fit::is_taken_as_it_is(&plan, &run.environment, &environment) {
        terminal.step("the plan's executables are here already: nothing is built, and what the planner verified stands");
        (locks_of(&whole, &planned)?, run.verification)
    } else {
        let built = pipeline::build(&asked.source, &asked.selection, Some(&asked.guests), terminal)?;
        plan.subjects = same_subjects(&plan, &built.subjects()?)?;
        let verification = verify(&built, &plan.subjects, terminal)?;
        (built.locks().into_iter().map(|(name, text)| (name, text.to_owned())).collect(), verification)
    };
    plan.cpu = choose_cpu();
    let begun = Begun { locks, environment, audit: run.audit, verification, opcodes: run.opcodes, plan };
    // All at once: a machine that is taken away meanwhile must not leave a folder that is half a run.
    let scratch = Scratch::new(out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    begun.write(&Folder::create(scratch.path())?)?;
    scratch.commit(out)?;
    Ok(Folder::open(out)?)
}

/// `plan.json`, or the folder that it is in.
fn open(path: &Path) -> Result<Folder> {
    let is_file = path.file_name().is_some_and(|name| name == "plan.json");
    let folder = if is_file { path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")) } else { path };
    Ok(Folder::open(folder)?)
}

fn environment(args: &MatrixRunArgs, cpu: Option<usize>) -> Environment {
    let environment = Environment::capture(cpu);
    Environment { machine: args.machine.clone().or(environment.machine), ..environment }
}

/// Another surtax may mean something else by the same words, and its benchmark programs be other ones.
fn check(path: &Path, plan: &Plan) -> Result<()> {
    let digest = pipeline::benchmarks_digest(&assets::benchmarks(&Store::open_default()?)?);
    let fields = [("surtax", &plan.surtax, env!("CARGO_PKG_VERSION").to_owned()), ("benchmarks_digest", &plan.benchmarks_digest, digest)];
    match fields.into_iter().find(|(_, planned, here)| *planned != here) {
        Some((field, planned, here)) => {
            Err(CommandError::OtherPlan { plan: path.to_owned(), field, planned: planned.clone(), here }.into())
        }
        None => Ok(()),
    }
}

/// A requeued job is the same command: it goes on with its own run, and on its own machine alone.
fn go_on(folder: Folder, expected: Plan, environment: &Environment) -> Result<Folder> {
    let mut plan = folder.plan()?;
    let other = |reason: String| Err(CommandError::OtherShard { folder: folder.path().to_owned(), reason }.into());
    if let Some(field) = matrix::differs(&plan, &expected) {
        return other(format!("it is a run of another plan or shard: its {field}"));
    }
    let begun = folder.environment()?;
    if begun.identity() != environment.identity() {
        let name = matrix::described;
        return other(format!("it was begun on {}, and this is {}", name(&begun), name(environment)));
    }
    // A scheduler may give other cores of the same machine.
    if plan.cpu.is_some_and(|cpu| !may_use(cpu)) {
        plan.cpu = choose_cpu();
        folder.write_plan(&plan)?;
    }
    Ok(folder)
}

/// The plan's own choices as if they were given on the command line, with this call's ways to packages.
fn asked(args: &MatrixRunArgs, plan: &Plan, folder: &Path) -> Result<MatrixArgs> {
    let words = ["surtax", "matrix", "run"].map(str::to_owned).into_iter().chain(reproducing(plan, folder));
    let reason = match Cli::try_parse_from(words).map(|cli| cli.command) {
        Ok(Command::Matrix(MatrixCommand::Run(run))) => {
            let mut asked = run.matrix;
            let given = &args.matrix.source.options;
            let options = &mut asked.source.options;
            (options.mirrors, options.keyring) = (given.mirrors.clone(), given.keyring.clone());
            (options.offline, options.allow_expired) = (given.offline, given.allow_expired);
            return Ok(asked);
        }
        Ok(_) => "it names another command".to_owned(),
        Err(error) => error.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    Err(CommandError::UnreadablePlan { plan: folder.join("plan.json"), reason }.into())
}

fn locks_of(plan: &Plan, folder: &Folder) -> Result<Vec<(String, String)>> {
    let names = plan.groups.iter().filter_map(|group| group.lock.clone());
    names.map(|name| Ok((name.clone(), fs::read_to_string(&folder.file(&name))?))).collect()
}

/// The plan's subjects where they lie on this machine; an error names those that are not the same files.
fn same_subjects(plan: &Plan, here: &[SubjectPlan]) -> Result<Vec<SubjectPlan>> {
    let (mut subjects, mut others) = (Vec::new(), Vec::new());
    for planned in &plan.subjects {
        match here.iter().find(|subject| subject.name == planned.name) {
            Some(own) if own.sha256 == planned.sha256 => {
                subjects.push(SubjectPlan { executable: own.executable.clone(), ..planned.clone() })
            }
            Some(own) => others.push(format!("{}: {} here, {} in the plan", planned.name, short(own), short(planned))),
            None => others.push(format!("{}: it cannot be had here", planned.name)),
        }
    }
    if others.is_empty() { Ok(subjects) } else { Err(CommandError::OtherSubjects { others }.into()) }
}

fn short(subject: &SubjectPlan) -> String {
    subject.sha256.to_string().chars().take(16).collect()
}
