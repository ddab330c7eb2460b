//! From a pack and a choice to what the run measures of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::calibrate::{Calibrated, calibrate};
use super::manifest::Entry;
use super::needs::{Needed, needs, pythons};
use super::provide::compile;
use super::{Access, Pack, PackChoice, PackError};
use crate::matrix::Benchmark;
use crate::recipe::PythonVersion;
use crate::run::{BenchmarkPlan, LeftOut, PackBenchmark, PackPlan, PackagePlan};
use crate::ui::{Reporter, Unit};

/// What a benchmark's loops are found with, and its packages.
pub struct Calibration<'a> {
    pub access: &'a Access<'a>,
    /// The first baseline: what every ratio of its group is relative to.
    pub baseline: &'a Path,
    /// Each group's name and Python, the baseline's first.
    pub groups: &'a [(String, PythonVersion)],
    /// The benchmark programs, with the driver.
    pub programs: &'a Path,
    /// Shorter values, for a first answer.
    pub quick: bool,
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
        packages: pack.wheels.iter().map(|wheel| PackagePlan::of_all(&wheel.file, wheel.sha256)).collect(),
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
    let pythons = pythons(calibration.groups);
    let needed = match needs(calibration.access, entry, &pythons)? {
        Ok(needed) => needed,
        Err(reason) => return Ok(Err(reason)),
    };
    let folder = |python| needed.iter().find(|needed| needed.python == python).map(|needed| needed.folder.clone());
    let packages = needed.first().map(|needed| needed.folder.clone());
    let others = calibration.groups.iter().filter_map(|(group, python)| Some((group.clone(), folder(*python)?)));
    let group_packages: BTreeMap<String, PathBuf> = others.filter(|(_, folder)| Some(folder) != packages.as_ref()).collect();
    let mut found: Vec<(PackBenchmark, u64)> = Vec::new();
    loop {
        let task = PackBenchmark {
            name: format!("{}/{}", plan.name, entry.name),
            listed_as: entry.name.clone(),
            script: entry.script.clone(),
            task: found.len() as u32,
            arguments: entry.arguments.clone(),
            packages: packages.clone(),
            group_packages: group_packages.clone(),
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
    plan.packages.extend(needed.iter().flat_map(|needed| packages_of(needed, entry, pythons.len() > 1)));
    Ok(Ok(planned))
}

/// As `plan.json` has them; with their Python where there are `several`.
fn packages_of(needed: &Needed, entry: &Entry, several: bool) -> impl Iterator<Item = PackagePlan> {
    let python = several.then(|| needed.python.to_string());
    needed.wheels.iter().map(move |wheel| PackagePlan {
        needed_by: Some(entry.name.clone()),
        python: python.clone(),
        ..PackagePlan::of_all(&wheel.file, wheel.sha256)
    })
}
