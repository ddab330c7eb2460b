//! The pack's own packages: pinned, fetched, hashed, unpacked once.

use std::path::{Path, PathBuf};

use super::manifest::{self, Entry};
use super::pip::{self, Wheel};
use super::{PackError, Which};
use crate::digest::{Checksum, Key, Sha256};
use crate::fetch::Fetcher;
use crate::recipe::PythonVersion;
use crate::run::PackagePlan;
use crate::store::{Stamp, Store};
use crate::ui::{Reporter, Silent};
use crate::unpack::{self, Tree};

const PINS: &str = include_str!("../../benchmarks/packs/pyperformance.txt");

/// Of the wheels, what the benchmarks need: pyperformance's own program builds environments and runs benchmarks in its way, not in surtax's.
const WANTED: [&str; 3] = ["pyperf/", "pyperf-", "pyperformance/data-files/benchmarks/"];

/// One package and the hash of its wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// `pyperf==2.10.0`
    pub requirement: String,
    pub sha256: Sha256,
}

/// The pinned packages of `pyperformance`.
pub fn pins() -> Vec<Pin> {
    let pin = |line: &str| {
        let (requirement, hash) = line.split_once(" --hash=sha256:")?;
        Some(Pin { requirement: requirement.to_owned(), sha256: hash.parse().ok()? })
    };
    PINS.lines().filter(|line| !line.starts_with('#')).filter_map(pin).collect()
}

/// A pack whose packages are in the store.
#[derive(Debug, Clone)]
pub struct Pack {
    pub folder: PathBuf,
    pub packages: Vec<PackagePlan>,
    pub(super) entries: Vec<Entry>,
}

/// From the store, else by pip.
///
/// # Errors
///
/// Where there is no pip, it cannot fetch, or what comes is not what is pinned.
pub fn obtain(store: &Store, pins: &[Pin], offline: bool, reporter: &dyn Reporter) -> Result<Pack, PackError> {
    let wheels = match stored(store, pins)? {
        Some(wheels) => wheels,
        None if offline => return Err(PackError::NotInStore { what: "the pack".to_owned() }),
        None => fetched(store, pins, reporter)?,
    };
    let folder = unpacked(store, &wheels, &|path| WANTED.iter().any(|wanted| path.starts_with(wanted)))?;
    let packages = wheels.into_iter().map(|wheel| PackagePlan { file: wheel.file, sha256: wheel.sha256, needed_by: None }).collect();
    Ok(Pack { entries: manifest::entries(&folder)?, folder, packages })
}

/// All of them, or nothing.
fn stored(store: &Store, pins: &[Pin]) -> Result<Option<Vec<Wheel>>, PackError> {
    let mut wheels = Vec::new();
    for pin in pins {
        // A damaged blob is no blob; whatever else is wrong with one, pip's answer will be put in its place.
        let Ok(Some(path)) = Fetcher::stored_content(store, &Checksum::Sha256(pin.sha256)) else { return Ok(None) };
        Store::used(&path);
        wheels.push(Wheel { file: format!("{}-py3-none-any.whl", pin.requirement.replace("==", "-")), sha256: pin.sha256, path });
    }
    Ok(Some(wheels))
}

fn fetched(store: &Store, pins: &[Pin], reporter: &dyn Reporter) -> Result<Vec<Wheel>, PackError> {
    let lines: Vec<String> = pins.iter().map(|pin| format!("{} --hash=sha256:{}\n", pin.requirement, pin.sha256)).collect();
    let wheels = pip::pinned(store, &lines.concat())?;
    for wheel in &wheels {
        if !pins.iter().any(|pin| pin.sha256 == wheel.sha256) {
            let wanted = pins.iter().map(|pin| pin.sha256.to_string()).collect::<Vec<_>>().join(" or ");
            return Err(PackError::WrongHash { file: wheel.file.clone(), wanted, found: wheel.sha256.to_string() });
        }
    }
    reporter.step(&format!("fetched {}", pins.iter().map(|pin| pin.requirement.replace("==", " ")).collect::<Vec<_>>().join(" and ")));
    stored(store, pins)?.ok_or_else(|| PackError::NotInStore { what: "what pip fetched".to_owned() })
}

/// A folder with the content of all wheels, made once.
fn unpacked(store: &Store, wheels: &[Wheel], wanted: &dyn Fn(&str) -> bool) -> Result<PathBuf, PackError> {
    let hashes: Vec<String> = wheels.iter().map(|wheel| wheel.sha256.to_string()).collect();
    let place = store.pack(&Key::of("pack", hashes.iter().map(|hash| ("wheel", hash.as_str()))));
    if Stamp::read(&place).is_some() {
        return Ok(place);
    }
    // Another surtax may be unpacking the same, or reading from it already.
    let _lock = store.lock("packs", &Silent)?;
    if Stamp::read(&place).is_some() {
        return Ok(place);
    }
    let scratch = store.scratch()?;
    let tree = Tree::open(scratch.path())?;
    for wheel in wheels {
        unpack::wheel(&wheel.path, &wheel.file, &tree, wanted)?;
    }
    Stamp::write(scratch.path(), &hashes.join(" "))?;
    scratch.commit(&place)?;
    Ok(place)
}

impl Pack {
    /// The benchmarks that are meant, in the manifest's order.
    pub(super) fn chosen(&self, which: &Which) -> Result<Vec<&Entry>, PackError> {
        let known = || self.entries.iter().map(|entry| entry.name.clone()).collect::<Vec<_>>();
        let named = |name: &str| self.entries.iter().any(|entry| entry.name == name);
        let is_meant: Box<dyn Fn(&str) -> bool> = match which {
            Which::All => Box::new(|_| true),
            Which::Usual => Box::new(|name| Which::DEFAULT.contains(&name)),
            Which::Named(names) => match names.iter().find(|name| !named(name)) {
                Some(unknown) => return Err(PackError::Unknown { name: unknown.clone(), known: known() }),
                None => Box::new(move |name| names.iter().any(|other| other == name)),
            },
        };
        Ok(self.entries.iter().filter(|entry| is_meant(&entry.name)).collect())
    }

    /// What one benchmark needs beside the pack's own packages: its folder, and what lies there.
    pub(super) fn required(
        store: &Store,
        entry: &Entry,
        requirements: &Path,
        python: PythonVersion,
    ) -> Result<(PathBuf, Vec<PackagePlan>), PackError> {
        let wheels = pip::required(store, requirements, python, &format!("what {} needs", entry.name))?;
        let folder = unpacked(store, &wheels, &|_| true)?;
        let package = |wheel: Wheel| PackagePlan { file: wheel.file, sha256: wheel.sha256, needed_by: Some(entry.name.clone()) };
        Ok((folder, wheels.into_iter().map(package).collect()))
    }
}
