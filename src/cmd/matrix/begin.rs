//! Everything up to a run's folder that says what is to be measured: provision, build, verify, audit, plan.

use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::Timestamp;

use crate::assets;
use crate::cli::MatrixArgs;
use crate::cmd::pipeline::{self, Built};
use crate::cmd::{CommandError, packs};
use crate::matrix::{self, Benchmark, Selection, Setting};
use crate::measure::{CountersAtHand, choose_cpu};
use crate::opcode;
use crate::prefix;
use crate::recipe::Recipe;
use crate::run::{Audit, BenchmarkPlan, CounterPlan, Environment, Folder, GroupPlan, Opcodes, Plan, Role, SubjectPlan, Verification};
use crate::stats;
use crate::ui::{Reporter as _, Terminal};

/// What a run's folder holds before anything is measured.
pub(super) struct Begun {
    pub(super) locks: Vec<(String, String)>,
    pub(super) environment: Environment,
    pub(super) audit: Audit,
    pub(super) verification: Verification,
    pub(super) opcodes: Option<Opcodes>,
    pub(super) plan: Plan,
}

impl Begun {
    pub(super) fn write(&self, folder: &Folder) -> Result<()> {
        for (name, text) in &self.locks {
            folder.write_text(name, text)?;
        }
        folder.write_environment(&self.environment)?;
        folder.write_audit(&self.audit)?;
        folder.write_verification(&self.verification)?;
        if let Some(opcodes) = &self.opcodes {
            folder.write_opcodes(opcodes)?;
        }
        // The plan is last: with it, the folder is a run.
        folder.write_plan(&self.plan)?;
        Ok(())
    }
}

/// `check` is asked what is to be counted and measured, and may refuse, before anything is downloaded.
pub(super) fn begin(
    args: &MatrixArgs,
    out: Option<&Path>,
    shards: Option<u32>,
    check: impl Fn(&CounterPlan, &[BenchmarkPlan]) -> Result<(), CommandError>,
    terminal: &Terminal,
) -> Result<Folder> {
    let selection = selection(args);
    // A wrong name or place should not be found out after the downloads.
    let benchmarks = selection.benchmarks()?;
    // What a pack will bring is not known yet.
    if let (Some(shards), None) = (shards, &args.pack) {
        matrix::check_shards(&benchmarks, shards)?;
    }
    let counters = CountersAtHand::look().choose(args.counters)?;
    if !benchmarks.is_empty() {
        check(&counters, &benchmarks)?;
    }
    matrix::check_names(&group_names(args)?, args.baseline.as_deref(), pipeline::BASELINE)?;
    if let Some(out) = out {
        Folder::create(out)?;
    }
    let pack = packs::obtain(args.pack.as_ref(), &args.source, terminal)?;
    let built = pipeline::build(&args.source, &args.selection, Some(&args.guests), terminal)?;
    let (groups, subjects) = (built.group_plans(), built.subjects()?);
    let verification = verify(&built, &subjects, terminal)?;
    let audit = built.audit()?;
    let cpu = choose_cpu();
    let environment = Environment::capture(cpu);
    let packs = packs::plan(pack, args, &built, &subjects, terminal)?;
    let setting = Setting { packs, ..setting(&built, groups, args.baseline.clone(), subjects, cpu, counters)? };
    let mut plan = matrix::plan(&selection, setting)?;
    if let Some(shards) = shards {
        plan.shards = matrix::shards(&plan, shards)?;
    }
    for comparisons in [plan.comparisons(), plan.kernel_comparisons(Benchmark::KERNELS)] {
        let needed = stats::rounds_needed(comparisons);
        if comparisons > 0 && (plan.rounds as usize) < needed {
            terminal.warn(&format!("{} rounds cannot decide among {comparisons} comparisons; {needed} can", plan.rounds));
        }
    }
    let opcodes = Some(opcode::census(&plan, &audit, &assets::benchmarks(&built.store)?, terminal)?);
    let folder = Folder::create(&out.map_or_else(|| default_folder(&plan), Path::to_owned))?;
    let locks = built.locks().into_iter().map(|(name, text)| (name, text.to_owned())).collect();
    Begun { locks, environment, audit, verification, opcodes, plan }.write(&folder)?;
    Ok(folder)
}

/// The gate on this machine, said line by line; an error where a baseline fails it.
pub(super) fn verify(built: &Built, subjects: &[SubjectPlan], terminal: &Terminal) -> Result<Verification> {
    let verification = built.verify(subjects, false, terminal)?;
    for verified in &verification.subjects {
        terminal.step(&pipeline::verification_line(verified));
    }
    check_baselines(subjects, &verification)?;
    Ok(verification)
}

fn group_names(args: &MatrixArgs) -> Result<Vec<String>> {
    let recipes = pipeline::recipes(&args.source).map(|name| Ok(Recipe::named(name)?.name));
    let prefixes = args.source.options.prefixes.iter().map(|folder| Ok(prefix::name_of(folder)));
    recipes.chain(prefixes).collect()
}

fn selection(args: &MatrixArgs) -> Selection {
    Selection {
        only: args.only.clone(),
        rounds: args.rounds,
        warmup: args.warmup,
        quick: args.quick,
        opcodes: args.opcodes,
        pack: args.pack.is_some(),
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
        packs: Vec::new(),
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
