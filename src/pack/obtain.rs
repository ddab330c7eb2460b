//! The pack's own packages: pinned, fetched, hashed, unpacked once.

use std::path::PathBuf;

use super::manifest::{self, Entry};
use super::wheels::{self, Wheel};
use super::{Access, PackError, Which};
use crate::digest::Sha256;
use crate::ui::Reporter;

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

impl Pin {
    /// The wheel's name.
    fn file(&self) -> String {
        format!("{}-py3-none-any.whl", self.requirement.replace("==", "-"))
    }
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
    pub(super) wheels: Vec<Wheel>,
    pub(super) entries: Vec<Entry>,
}

/// From the store, else by pip.
///
/// # Errors
///
/// Where there is no pip, it cannot fetch, or what comes is not what is pinned.
pub fn obtain(access: &Access<'_>, pins: &[Pin], reporter: &dyn Reporter) -> Result<Pack, PackError> {
    let named: Vec<(String, Sha256)> = pins.iter().map(|pin| (pin.file(), pin.sha256)).collect();
    let wheels = match wheels::stored(access.store, &named) {
        Some(wheels) => wheels,
        None if access.offline => return Err(PackError::NotInStore { what: "the pack".to_owned() }),
        None => {
            let wheels = access.pip.pinned(access.store, &named, None, "the packages of the pack")?;
            let names = pins.iter().map(|pin| pin.requirement.replace("==", " ")).collect::<Vec<_>>();
            reporter.step(&format!("fetched {}", names.join(" and ")));
            wheels
        }
    };
    let folder = wheels::unpacked(access.store, &wheels, &is_wanted)?;
    Ok(Pack { entries: manifest::entries(&folder)?, folder, wheels })
}

/// Whether a file of the pack's own wheels is unpacked.
pub(super) fn is_wanted(path: &str) -> bool {
    WANTED.iter().any(|wanted| path.starts_with(wanted))
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
}
