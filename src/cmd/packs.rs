//! `--pack`: the pack is fetched before anything is built, and calibrated when its baseline is known to be sound; a bundle takes it along.

use std::path::PathBuf;

use anyhow::Result;

use super::pipeline::Built;
use crate::assets;
use crate::bundle::BundleError;
use crate::cli::{MatrixArgs, SourceArgs};
use crate::pack::{self, Access, Calibration, Pack, PackChoice, Pip};
use crate::recipe::PythonVersion;
use crate::run::{BenchmarkPlan, PackPlan, Plan, Role, SubjectPlan};
use crate::store::{Place, Store};
use crate::ui::Terminal;

/// A pack that was asked for, with its packages in the store.
pub(super) struct Asked<'a> {
    choice: &'a PackChoice,
    pack: Pack,
}

pub(super) fn obtain<'a>(choice: Option<&'a PackChoice>, sources: &SourceArgs, terminal: &Terminal) -> Result<Option<Asked<'a>>> {
    let Some(choice) = choice else { return Ok(None) };
    let pack = pack::obtain(&access(&Store::open_default()?, sources), &pack::pins(), terminal)?;
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
    let (Some(Asked { choice, pack }), Some(baseline)) = (asked, baseline) else { return Ok(Vec::new()) };
    let calibration = Calibration {
        access: &access(&built.store, &args.source),
        baseline: &baseline.executable,
        groups: &groups(built),
        programs: &assets::benchmarks(&built.store)?,
        quick: args.quick,
    };
    Ok(vec![pack::plan(&pack, choice, &calibration, terminal)?])
}

/// What a bundle carries of a pack, and for people what that is.
pub(super) fn places(asked: &Asked<'_>, sources: &SourceArgs, built: &Built, terminal: &Terminal) -> Result<(Vec<Place>, String)> {
    let Asked { choice, pack } = asked;
    let parts = pack::parts(pack, choice, &access(&built.store, sources), &groups(built), terminal)?;
    let contents = parts.contents();
    let place = |path: PathBuf| built.store.place(&path).ok_or(BundleError::Unfit { path, what: "is no part of the store" });
    Ok((parts.paths.into_iter().map(place).collect::<Result<_, _>>()?, contents))
}

/// The very packages of a plan that was made elsewhere, or long ago.
pub(super) fn provide(plan: &Plan, sources: &SourceArgs) -> Result<()> {
    Ok(pack::provide(&access(&Store::open_default()?, sources), plan)?)
}

fn access<'a>(store: &'a Store, sources: &SourceArgs) -> Access<'a> {
    Access { store, pip: Pip::default(), offline: sources.options.offline, refresh: sources.options.refresh }
}

fn groups(built: &Built) -> Vec<(String, PythonVersion)> {
    built.groups.iter().map(|group| (group.prepared.name.clone(), group.prepared.home.python)).collect()
}
