//! What of the store a choice of a pack's benchmarks stands on, for machines that have no index to ask.

use std::collections::HashSet;
use std::path::PathBuf;

use super::needs::{needs, pythons};
use super::{Access, Pack, PackChoice, PackError};
use crate::matrix::Benchmark;
use crate::recipe::PythonVersion;
use crate::ui::Reporter;

/// Of the benchmarks that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Their names, as the pack lists them.
    pub benchmarks: Vec<String>,
    /// Wheels, the folders that they are unpacked in, and what requirements were taken to mean; each once, in this order for each benchmark.
    pub paths: Vec<PathBuf>,
}

impl Parts {
    /// For people: `pyperformance: go, richards`.
    pub fn contents(&self) -> String {
        format!("{}: {}", Benchmark::PACK, self.benchmarks.join(", "))
    }
}

/// For each group's Python. What cannot be had is left out, with the reason to the person, as a plan leaves it out.
///
/// # Errors
/// Where nothing is left.
pub fn parts(
    pack: &Pack,
    choice: &PackChoice,
    access: &Access<'_>,
    groups: &[(String, PythonVersion)],
    reporter: &dyn Reporter,
) -> Result<Parts, PackError> {
    let (mut benchmarks, mut reasons) = (Vec::new(), Vec::new());
    let mut paths: Vec<PathBuf> = pack.wheels.iter().map(|wheel| wheel.path.clone()).chain([pack.folder.clone()]).collect();
    for entry in pack.chosen(&choice.which)? {
        match needs(access, entry, &pythons(groups))? {
            Ok(needed) => {
                benchmarks.push(entry.name.clone());
                for needed in needed {
                    paths.extend(needed.wheels.into_iter().map(|wheel| wheel.path));
                    paths.extend([needed.folder, needed.answer]);
                }
            }
            Err(reason) => {
                let reason = format!("{}/{}: {reason}", Benchmark::PACK, entry.name);
                reporter.warn(&format!("left out: {reason}"));
                reasons.push(reason);
            }
        }
    }
    if benchmarks.is_empty() {
        return Err(PackError::NothingToMeasure { reasons });
    }
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    Ok(Parts { benchmarks, paths })
}
