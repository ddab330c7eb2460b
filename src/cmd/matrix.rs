//! `surtax matrix run`: every stage in its order, or the rest of a run that was stopped.

use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::Timestamp;

use super::pipeline::{self, Built};
use super::{CommandError, report};
use crate::assets;
use crate::cli::{MatrixRunArgs, ReportArgs};
use crate::digest::Sha256;
use crate::error::Exit;
use crate::matrix::{self, Benchmark, Selection, Setting};
use crate::measure::{CountersAtHand, Processes, choose_cpu, measure};
use crate::opcode;
use crate::prefix;
use crate::recipe::Recipe;
use crate::report::{Gate, gate_against, gate_within, incomparable, summarise};
use crate::run::{BenchmarkPlan, CounterPlan, Counting, Environment, Folder, GroupPlan, Plan, Role, Run, SubjectPlan, Verification};
use crate::stats;
use crate::store::Store;
use crate::ui::{Reporter as _, Terminal};

pub(super) fn execute(args: &MatrixRunArgs, terminal: &Terminal) -> Result<Exit> {
    // Before anything is provisioned or measured in vain.
    let earlier = args.gate_against.as_deref().map(|path| Folder::open(path)?.read()).transpose()?;
    let folder = match &args.resume {
        Some(path) => Folder::open(path)?,
        None => begin(args, terminal)?,
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

fn judge(args: &MatrixRunArgs, run: &Run, earlier: Option<&Run>) -> Option<Gate> {
    let limit = args.gate?;
    let summary = summarise(run);
    Some(match earlier {
        Some(earlier) => gate_against(run, &summary, earlier, &summarise(earlier), limit),
        None => gate_within(run, &summary, limit),
    })
}

/// A gate that could judge nothing must not be found out after the measuring, nor pass.
fn check_gate(counters: Option<&CounterPlan>, benchmarks: &[BenchmarkPlan]) -> Result<(), CommandError> {
    let (how, reason) = counters.map_or((Counting::None, None), |counters| (counters.how, counters.reason.as_deref()));
    if how == Counting::None {
        let reason = reason.unwrap_or("this run was begun without counters").to_owned();
        return Err(CommandError::GateWithoutCounts { reason });
    }
    let why = |benchmark: &BenchmarkPlan| matrix::not_counted(how, benchmark).map(|why| format!("{}: {why}", benchmark.label()));
    // Only if there is a reason for each.
    match benchmarks.iter().map(why).collect::<Option<Vec<String>>>() {
        Some(reasons) => Err(CommandError::GateWithoutBenchmark { reasons }),
        None => Ok(()),
    }
}

/// Everything up to a run's folder that says what is to be measured.
fn begin(args: &MatrixRunArgs, terminal: &Terminal) -> Result<Folder> {
    let selection = selection(args);
    // A wrong name or place should not be found out after the downloads.
    let benchmarks = selection.benchmarks()?;
    let counters = CountersAtHand::look().choose(args.counters)?;
    if args.gate.is_some() {
        check_gate(Some(&counters), &benchmarks)?;
    }
    matrix::check_names(&group_names(args)?, args.baseline.as_deref(), pipeline::BASELINE)?;
    if let Some(out) = &args.out {
        Folder::create(out)?;
    }
    let built = pipeline::build(&args.source, &args.selection, Some(&args.guests), terminal)?;
    let (groups, subjects) = (built.group_plans(), built.subjects()?);
    let verification = built.verify(&subjects, false, terminal)?;
    for verified in &verification.subjects {
        terminal.step(&pipeline::verification_line(verified));
    }
    check_baselines(&subjects, &verification)?;
    let audit = built.audit()?;
    let cpu = choose_cpu();
    let environment = Environment::capture(cpu);
    let plan = matrix::plan(&selection, setting(&built, groups, args.baseline.clone(), subjects, cpu, counters)?)?;
    for comparisons in [plan.comparisons(), plan.kernel_comparisons(Benchmark::KERNELS)] {
        let needed = stats::rounds_needed(comparisons);
        if comparisons > 0 && (plan.rounds as usize) < needed {
            terminal.warn(&format!("{} rounds cannot decide among {comparisons} comparisons; {needed} can", plan.rounds));
        }
    }
    let opcodes = opcode::census(&plan, &audit, &assets::benchmarks(&built.store)?, terminal)?;
    let folder = Folder::create(&args.out.clone().unwrap_or_else(|| default_folder(&plan)))?;
    for (name, text) in built.locks() {
        folder.write_text(&name, text)?;
    }
    folder.write_environment(&environment)?;
    folder.write_audit(&audit)?;
    folder.write_verification(&verification)?;
    folder.write_opcodes(&opcodes)?;
    // The plan is last: with it, the folder is a run.
    folder.write_plan(&plan)?;
    Ok(folder)
}

fn group_names(args: &MatrixRunArgs) -> Result<Vec<String>> {
    let recipes = pipeline::recipes(&args.source).map(|name| Ok(Recipe::named(name)?.name));
    let prefixes = args.source.options.prefixes.iter().map(|folder| Ok(prefix::name_of(folder)));
    recipes.chain(prefixes).collect()
}

fn selection(args: &MatrixRunArgs) -> Selection {
    Selection {
        only: args.only.clone(),
        rounds: args.rounds,
        warmup: args.warmup,
        quick: args.quick,
        opcodes: args.opcodes,
        seed: args.seed.unwrap_or_else(|| Timestamp::now().as_microsecond().unsigned_abs()),
        timeout_seconds: Some(f64::from(args.timeout)),
    }
}

fn setting(
    built: &Built,
    groups: Vec<GroupPlan>,
    reference: Option<String>,
    subjects: Vec<SubjectPlan>,
    cpu: Option<usize>,
    counters: CounterPlan,
) -> Result<Setting> {
    let first = groups.first();
    Ok(Setting {
        created: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        release: first.map(|group| group.release.clone()).unwrap_or_default(),
        python: built.groups.first().map(|group| group.prepared.home.python.to_string()).unwrap_or_default(),
        lock_sha256: first.and_then(|group| group.lock_sha256),
        benchmarks_digest: pipeline::benchmarks_digest(&assets::benchmarks(&built.store)?),
        cpu,
        counters: Some(counters),
        groups,
        reference,
        subjects,
    })
}

fn default_folder(plan: &Plan) -> PathBuf {
    let moment = plan.created.replace(['-', ':', 'Z'], "").replace('T', "-");
    let name = match plan.groups.as_slice() {
        // Its name says what is asked; its version is that of many a run.
        [GroupPlan { name, cpython: Some(_), .. }] => name.clone(),
        [] | [_] => format!("{}-py{}", plan.release.trim_matches('/').replace('/', "-"), plan.python),
        several => several.iter().map(|group| group.name.as_str()).collect::<Vec<_>>().join("+"),
    };
    Path::new("results").join(format!("{name}-{moment}"))
}

fn check_baselines(subjects: &[SubjectPlan], verification: &Verification) -> Result<(), CommandError> {
    for subject in subjects.iter().filter(|subject| subject.role == Role::Baseline) {
        let Some(baseline) = verification.of(&subject.name) else { continue };
        let failed: Vec<_> = baseline.checks.iter().filter(|check| !check.passed).collect();
        if let Some(first) = failed.first() {
            return Err(CommandError::BaselineFailed {
                subject: subject.name.clone(),
                failed: failed.len(),
                first: format!("{}: {}", first.name, first.detail.as_deref().unwrap_or("no detail")),
            });
        }
    }
    Ok(())
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
