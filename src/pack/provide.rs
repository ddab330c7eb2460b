//! From a plan to its packages: the very wheels that it names, unpacked where it says and compiled.

use std::collections::BTreeSet;
use std::path::Path;

use super::obtain::is_wanted;
use super::wheels;
use super::{Access, PackError};
use crate::digest::Sha256;
use crate::process::Job;
use crate::recipe::PythonVersion;
use crate::run::{PackBenchmark, PackPlan, PackagePlan, Plan, Role};
use crate::store::Stamp;

/// A folder that measured benchmarks import from.
struct Folder<'a> {
    place: &'a Path,
    /// The benchmark that alone needs it, and for which Python; of the pack's own packages, neither.
    alone: Option<(&'a PackBenchmark, &'a str)>,
}

/// Brings into the store what the plan's benchmarks import, as far as it measures them, and the store lacks it.
///
/// # Errors
/// Where that is not to be had as the plan names it.
pub fn provide(access: &Access<'_>, plan: &Plan) -> Result<(), PackError> {
    for pack in &plan.packs {
        for folder in pack.folders(plan) {
            if Stamp::read(folder.place).is_none() {
                pack.fill(access, &folder)?;
            }
        }
    }
    Ok(())
}

/// Whether all that the plan's benchmarks import is where it says; compiled for every Python that will import it, since a visit writes no bytecode
/// and would compile it anew each time, for longer than some benchmarks run.
///
/// # Errors
/// Where a folder is not in the store.
pub fn prepare(plan: &Plan) -> Result<(), PackError> {
    for pack in &plan.packs {
        let folders = pack.folders(plan);
        if let Some(lost) = folders.iter().find(|folder| Stamp::read(folder.place).is_none()) {
            return Err(lost_from_store(lost.place));
        }
        // Runners compile as their baselines do.
        let unlike = plan.subjects.iter().filter(|subject| matches!(subject.role, Role::Baseline | Role::Guest));
        for subject in unlike.filter(|_| !folders.is_empty()) {
            compile(&subject.executable, &pack.folder.join("pyperf"))?;
            let own = pack.measured(plan).filter_map(|benchmark| benchmark.packages_of(subject.group.as_deref()));
            own.collect::<BTreeSet<&Path>>().into_iter().try_for_each(|folder| compile(&subject.executable, folder))?;
        }
    }
    Ok(())
}

impl PackPlan {
    fn measured<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a PackBenchmark> {
        self.benchmarks.iter().filter(|own| plan.benchmarks.iter().any(|benchmark| benchmark.name == own.name))
    }

    /// Each once; none where none of its benchmarks is measured, as in another machine's shard.
    fn folders<'a>(&'a self, plan: &'a Plan) -> Vec<Folder<'a>> {
        let mut groups: Vec<(Option<&str>, &str)> =
            plan.groups.iter().map(|group| (Some(group.name.as_str()), group.python.as_str())).collect();
        if groups.is_empty() {
            groups.push((None, &plan.python));
        }
        let mut folders: Vec<Folder<'a>> = Vec::new();
        for benchmark in self.measured(plan) {
            let alone = groups.iter().filter_map(|(group, python)| Some((benchmark.packages_of(*group)?, Some((benchmark, *python)))));
            for (place, alone) in std::iter::once((self.folder.as_path(), None)).chain(alone) {
                if !folders.iter().any(|folder| folder.place == place) {
                    folders.push(Folder { place, alone });
                }
            }
        }
        folders
    }

    fn fill(&self, access: &Access<'_>, folder: &Folder<'_>) -> Result<(), PackError> {
        let python = folder.alone.and_then(|(_, version)| PythonVersion::of_release(version));
        let is_in = |package: &&PackagePlan| match folder.alone {
            None => package.needed_by.is_none(),
            Some((benchmark, _)) => {
                let of_python = package.python.as_ref().is_none_or(|own| python.is_some_and(|python| python.to_string() == *own));
                package.needed_by.as_ref() == Some(&benchmark.listed_as) && of_python
            }
        };
        let named: Vec<(String, Sha256)> =
            self.packages.iter().filter(is_in).map(|package| (package.file.clone(), package.sha256)).collect();
        let wheels = match wheels::stored(access.store, &named) {
            Some(wheels) => wheels,
            None if access.offline => return Err(lost_from_store(folder.place)),
            None => {
                let what = folder.alone.map_or_else(
                    || format!("the packages of {}", self.name),
                    |(benchmark, _)| format!("what {} needs", benchmark.listed_as),
                );
                access.pip.pinned(access.store, &named, python, &what)?
            }
        };
        let is_wanted = |path: &str| folder.alone.is_some() || is_wanted(path);
        let made = wheels::unpacked(access.store, &wheels, &is_wanted)?;
        if made == folder.place { Ok(()) } else { Err(lost_from_store(folder.place)) }
    }
}

fn lost_from_store(folder: &Path) -> PackError {
    PackError::NotInStore { what: format!("{}, which the run's plan names,", folder.display()) }
}

pub(super) fn compile(python: &Path, folder: &Path) -> Result<(), PackError> {
    let job = Job::new(python).args(["-I", "-m", "compileall", "-q"]).arg(folder).env("PATH", "/usr/bin:/bin").current_dir("/");
    // A file of another package that this Python cannot compile is one that it does not import.
    Ok(job.run().map(drop)?)
}
