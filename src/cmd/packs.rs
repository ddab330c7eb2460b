//! `matrix run --pack`: the pack is fetched before anything is built, and calibrated when its baseline is known to be sound.

use anyhow::Result;

use super::pipeline::Built;
use crate::assets;
use crate::cli::MatrixArgs;
use crate::pack::{self, Calibration, Pack, PackChoice};
use crate::run::{BenchmarkPlan, PackPlan, Plan, Role, SubjectPlan};
use crate::store::Store;
use crate::ui::Terminal;

/// A pack that was asked for, with its packages in the store.
pub(super) struct Asked<'a> {
    choice: &'a PackChoice,
    pack: Pack,
}

pub(super) fn obtain<'a>(args: &'a MatrixArgs, terminal: &Terminal) -> Result<Option<Asked<'a>>> {
    let Some(choice) = &args.pack else { return Ok(None) };
    let pack = pack::obtain(&Store::open_default()?, &pack::pins(), args.source.options.offline, terminal)?;
    pack::check(&pack, choice)?;
    Ok(Some(Asked { choice, pack }))
}

/// With the loops that the first baseline needs.
pub(super) fn plan(
    asked: Option<Asked<'_>>,
    args: &MatrixArgs,
    built: &Built,
    subjects: &[SubjectPlan],
    terminal: &Terminal,
) -> Result<Vec<(PackPlan, Vec<BenchmarkPlan>)>> {
    let baseline = subjects.iter().find(|subject| subject.role == Role::Baseline);
    let (Some(Asked { choice, pack }), Some(baseline), Some(group)) = (asked, baseline, built.groups.first()) else {
        return Ok(Vec::new());
    };
    let calibration = Calibration {
        store: &built.store,
        baseline: &baseline.executable,
        python: group.prepared.home.python,
        programs: &assets::benchmarks(&built.store)?,
        quick: args.quick,
        offline: args.source.options.offline,
    };
    Ok(vec![pack::plan(&pack, choice, &calibration, terminal)?])
}

/// Before measuring: what the plan names is there, and compiled for every Python that will import it.
pub(super) fn prepare(plan: &Plan) -> Result<()> {
    let is_measured =
        |pack: &&PackPlan| pack.benchmarks.iter().any(|own| plan.benchmarks.iter().any(|benchmark| benchmark.name == own.name));
    for pack in plan.packs.iter().filter(is_measured) {
        let unlike = plan.subjects.iter().filter(|subject| matches!(subject.role, Role::Baseline | Role::Guest));
        pack.prepare(unlike.map(|subject| subject.executable.as_path()))?;
    }
    Ok(())
}
