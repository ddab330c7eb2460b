//! What a benchmark needs beside the pack's own packages: asked of pip once for each Python, and remembered.

use std::path::{Path, PathBuf};

use super::PackError;
use super::manifest::Entry;
use super::pip::{PLATFORMS, Pip};
use super::wheels::{self, Wheel};
use crate::digest::{Key, Sha256};
use crate::fs;
use crate::recipe::PythonVersion;
use crate::store::Store;

/// The ways to packages: the store, and for what it lacks, pip.
#[derive(Debug, Clone)]
pub struct Access<'a> {
    pub store: &'a Store,
    pub pip: Pip,
    /// Nothing is fetched.
    pub offline: bool,
    /// What requirements were met with before does not count.
    pub refresh: bool,
}

/// Packages for one Python.
#[derive(Debug, Clone)]
pub(super) struct Needed {
    pub(super) python: PythonVersion,
    /// Where they are unpacked.
    pub(super) folder: PathBuf,
    pub(super) wheels: Vec<Wheel>,
    /// Where it is remembered that it is these.
    pub(super) answer: PathBuf,
}

/// Of groups, in their order, each Python once.
pub(super) fn pythons(groups: &[(String, PythonVersion)]) -> Vec<PythonVersion> {
    let mut pythons: Vec<PythonVersion> = Vec::new();
    for (_, python) in groups {
        if !pythons.contains(python) {
            pythons.push(*python);
        }
    }
    pythons
}

/// For each of `pythons`, in their order; of a benchmark that needs no other packages, nothing. The inner error is why it cannot be measured: what
/// is missing for one Python is missing for all, since a pack's figure is of the same benchmarks wherever it stands.
pub(super) fn needs(access: &Access<'_>, entry: &Entry, pythons: &[PythonVersion]) -> Result<Result<Vec<Needed>, String>, PackError> {
    let several = pythons.len() > 1;
    if let Some((least, older)) = entry.python.and_then(|least| Some((least, pythons.iter().find(|python| **python < least)?))) {
        let other = if several { format!(", and {older} takes part") } else { String::new() };
        return Ok(Err(format!("needs Python {least} or later{other}")));
    }
    let Some(requirements) = &entry.requirements else { return Ok(Ok(Vec::new())) };
    let mut all = Vec::new();
    for python in pythons {
        match of_python(access, entry, requirements, *python) {
            Ok(needed) => all.push(needed),
            Err(PackError::NotInStore { .. }) => {
                return Ok(Err("needs other packages, which the store lacks, and nothing is fetched with --offline".to_owned()));
            }
            Err(PackError::Pip { said, .. }) => {
                let which = if several { format!(" for Python {python}") } else { String::new() };
                return Ok(Err(format!("pip could not fetch what it needs{which}: {}", one_line(&said))));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Ok(all))
}

fn of_python(access: &Access<'_>, entry: &Entry, requirements: &Path, python: PythonVersion) -> Result<Needed, PackError> {
    let (store, what) = (access.store, format!("what {} needs", entry.name));
    let (text, version) = (fs::read_to_string(requirements)?, python.to_string());
    let inputs = [("requirements", text.as_str()), ("python", version.as_str()), ("platforms", &PLATFORMS.join(" "))];
    let answer = store.resolved_wheels(&Key::of("wheels", inputs));
    let remembered = if access.refresh { None } else { remembered(store, &answer) };
    let wheels = match remembered {
        Some(wheels) => wheels,
        None if access.offline => return Err(PackError::NotInStore { what }),
        None => {
            let wheels = access.pip.required(store, requirements, python, &what)?;
            let lines: Vec<String> = wheels.iter().map(|wheel| format!("{}  {}\n", wheel.sha256, wheel.file)).collect();
            fs::write_atomic(&answer, lines.concat().as_bytes())?;
            wheels
        }
    };
    Ok(Needed { python, folder: wheels::unpacked(store, &wheels, &|_| true)?, wheels, answer })
}

/// What pip brought before, if all of it is in the store still.
fn remembered(store: &Store, answer: &Path) -> Option<Vec<Wheel>> {
    let text = fs::read_to_string(answer).ok()?;
    Store::used(answer);
    let named: Option<Vec<(String, Sha256)>> = text
        .lines()
        .map(|line| {
            let (digits, file) = line.split_once("  ")?;
            Some((file.to_owned(), digits.parse().ok()?))
        })
        .collect();
    wheels::stored(store, &named?)
}

/// The line that names the cause.
fn one_line(said: &str) -> String {
    let cause = said.lines().rev().find(|line| line.starts_with("ERROR:")).or_else(|| said.lines().next_back());
    cause.unwrap_or_default().trim_start_matches("ERROR: ").to_owned()
}
