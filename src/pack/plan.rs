//! From a pack and a choice to what the run measures of it.

use std::collections::BTreeSet;
use std::path::Path;

use super::calibrate::{Calibrated, calibrate};
use super::manifest::Entry;
use super::{Pack, PackChoice, PackError};
use crate::matrix::Benchmark;
use crate::process::Job;
use crate::recipe::PythonVersion;
use crate::run::{BenchmarkPlan, LeftOut, PackBenchmark, PackPlan};
use crate::store::{Stamp, Store};
use crate::ui::{Reporter, Unit};

/// What a benchmark's loops are found with.
pub struct Calibration<'a> {
    pub store: &'a Store,
    /// The first baseline: what every ratio of its group is relative to.
    pub baseline: &'a Path,
    pub python: PythonVersion,
    /// The benchmark programs, with the driver.
    pub programs: &'a Path,
    /// Shorter values, for a first answer.
    pub quick: bool,
    /// Nothing is fetched.
    pub offline: bool,
}

impl Calibration<'_> {
    /// Seconds that a value takes at least. Half of what pyperf takes by default: a visit is one value in a process of its own, whose start costs more.
    fn least_seconds(&self) -> f64 {
        if self.quick { 0.01 } else { 0.05 }
    }
}

/// Whether all that is named is there; can be asked before anything is built.
pub fn check(pack: &Pack, choice: &PackChoice) -> Result<(), PackError> {
    pack.chosen(&choice.which).map(drop)
}

/// The pack as `plan.json` has it, and its benchmarks with their loops. What cannot be measured is left out, with the reason, in the plan and to the
/// person.
///
/// # Errors
///
/// Where nothing is left.
pub fn plan(
    pack: &Pack,
    choice: &PackChoice,
    calibration: &Calibration<'_>,
    reporter: &dyn Reporter,
) -> Result<(PackPlan, Vec<BenchmarkPlan>), PackError> {
    compile(calibration.baseline, &pack.folder.join("pyperf"))?;
    let mut plan = PackPlan {
        name: Benchmark::PACK.to_owned(),
        folder: pack.folder.clone(),
        packages: pack.packages.clone(),
        benchmarks: Vec::new(),
        left_out: Vec::new(),
    };
    let mut benchmarks = Vec::new();
    let chosen = pack.chosen(&choice.which)?;
    let bar = reporter.bar("calibrating", Some(chosen.len() as u64), Unit::Items);
    for entry in chosen {
        bar.message(&entry.name);
        match one(&mut plan, entry, calibration)? {
            Ok(tasks) => benchmarks.extend(tasks),
            Err(reason) => {
                let name = format!("{}/{}", plan.name, entry.name);
                reporter.warn(&format!("{name} is left out: {reason}"));
                plan.left_out.push(LeftOut { name, reason });
            }
        }
        bar.advance(1);
    }
    bar.finish();
    if benchmarks.is_empty() {
        return Err(PackError::NothingToMeasure {
            reasons: plan.left_out.iter().map(|left| format!("{}: {}", left.name, left.reason)).collect(),
        });
    }
    reporter.step(&format!("calibrated {} benchmarks of {}", benchmarks.len(), plan.name));
    Ok((plan, benchmarks))
}

/// All that one script times. The inner error is why none of it can be measured.
fn one(plan: &mut PackPlan, entry: &Entry, calibration: &Calibration<'_>) -> Result<Result<Vec<BenchmarkPlan>, String>, PackError> {
    if let Some(least) = entry.python.filter(|least| *least > calibration.python) {
        return Ok(Err(format!("needs Python {least} or later")));
    }
    let mut packages = None;
    if let Some(requirements) = &entry.requirements {
        if calibration.offline {
            return Ok(Err("needs other packages, and nothing is fetched with --offline".to_owned()));
        }
        match Pack::required(calibration.store, entry, requirements, calibration.python) {
            Ok((folder, fetched)) => {
                packages = Some(folder);
                plan.packages.extend(fetched);
            }
            Err(PackError::Pip { said, .. }) => return Ok(Err(format!("pip could not fetch what it needs: {}", one_line(&said)))),
            Err(error) => return Err(error),
        }
    }
    let mut found: Vec<(PackBenchmark, u64)> = Vec::new();
    loop {
        let task = PackBenchmark {
            name: format!("{}/{}", plan.name, entry.name),
            listed_as: entry.name.clone(),
            script: entry.script.clone(),
            task: found.len() as u32,
            arguments: entry.arguments.clone(),
            packages: packages.clone(),
        };
        match calibrate(plan, &task, calibration.baseline, calibration.programs, calibration.least_seconds())? {
            Calibrated::Task { name, loops } => found.push((PackBenchmark { name: format!("{}/{name}", plan.name), ..task }, loops)),
            Calibrated::NoMore if found.is_empty() => return Ok(Err("it gave no value".to_owned())),
            Calibrated::NoMore => break,
            Calibrated::Fails(reason) => return Ok(Err(reason)),
        }
    }
    // What pyperformance calls it, where it is one thing; what pyperf does, of several.
    if let [(only, _)] = found.as_mut_slice() {
        only.name = format!("{}/{}", plan.name, entry.name);
    }
    let clock = Benchmark::Packed.clock();
    let planned = found.iter().map(|(task, loops)| BenchmarkPlan { name: task.name.clone(), size: Some(*loops), clock }).collect();
    plan.benchmarks.extend(found.into_iter().map(|(task, _)| task));
    Ok(Ok(planned))
}

/// The line that names the cause.
fn one_line(said: &str) -> String {
    let cause = said.lines().rev().find(|line| line.starts_with("ERROR:")).or_else(|| said.lines().next_back());
    cause.unwrap_or_default().trim_start_matches("ERROR: ").to_owned()
}

/// A visit writes no bytecode and would compile pyperf anew each time, for longer than some benchmarks run.
fn compile(python: &Path, folder: &Path) -> Result<(), PackError> {
    let job = Job::new(python).args(["-I", "-m", "compileall", "-q"]).arg(folder).env("PATH", "/usr/bin:/bin").current_dir("/");
    // A file of another package that this Python cannot compile is one that it does not import.
    Ok(job.run().map(drop)?)
}

impl PackPlan {
    /// Whether all that its benchmarks import is where the plan says, and compiled for `pythons`.
    pub fn prepare<'a>(&self, pythons: impl Iterator<Item = &'a Path>) -> Result<(), PackError> {
        let folders: BTreeSet<&Path> = self.benchmarks.iter().filter_map(|benchmark| benchmark.packages.as_deref()).collect();
        if let Some(lost) = folders.iter().copied().chain([self.folder.as_path()]).find(|folder| Stamp::read(folder).is_none()) {
            return Err(PackError::NotInStore { what: format!("{}, which the run's plan names,", lost.display()) });
        }
        for python in pythons {
            compile(python, &self.folder.join("pyperf"))?;
            folders.iter().try_for_each(|folder| compile(python, folder))?;
        }
        Ok(())
    }
}
