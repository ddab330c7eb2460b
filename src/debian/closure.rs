//! Which packages a Python of a release is made of: the closure of its dependencies, all of Python of one source version.

use std::collections::{BTreeMap, BTreeSet};

use super::dependency::Relation;
use super::index::Package;
use super::lock::LockedPackage;
use super::plan::ARCHITECTURE;
use super::suites::Suites;
use super::{ProvisionError, Version, skip};
use crate::recipe::PythonVersion;

/// Counts up whenever the same indexes would give another closure: an answer from before is then none.
pub(super) const ROOTS: &str = "2";

/// Holds `x86_64-linux-gnu-ld.bfd`.
const LINKER: &str = "binutils-x86-64-linux-gnu";

/// What the release's own `python3` stands for.
pub(super) fn default_python(suites: &Suites) -> Result<PythonVersion, ProvisionError> {
    let none =
        |reason: &str| ProvisionError::NoDefaultPython { release: suites.label(), reason: reason.to_owned(), offered: offered(suites) };
    let python3 = newest(suites.named("python3")).ok_or_else(|| none("it has no package python3"))?;
    let names = python3.depends.iter().flatten().filter_map(|relation| relation.name.strip_prefix("python")?.parse().ok());
    names.max().ok_or_else(|| none("its package python3 depends on no python3.X"))
}

/// The versions that can be linked with, newest first.
pub(super) fn offered(suites: &Suites) -> Vec<PythonVersion> {
    let versions = suites.names().filter_map(|name| name.strip_prefix("libpython")?.strip_suffix("-dev")?.parse().ok());
    let versions: BTreeSet<PythonVersion> = versions.collect();
    versions.into_iter().rev().collect()
}

/// Those, and the others that can at least be started; newest first.
pub(super) fn pythons(suites: &Suites) -> Vec<PythonVersion> {
    let interpreters = suites.names().filter_map(|name| name.strip_prefix("python")?.parse().ok());
    let versions: BTreeSet<PythonVersion> = interpreters.chain(offered(suites)).collect();
    versions.into_iter().rev().collect()
}

/// In the order of their names.
pub(super) fn closure(suites: &Suites, python: PythonVersion) -> Result<Vec<LockedPackage>, ProvisionError> {
    let development = suites.named(&format!("libpython{python}-dev"));
    let mut sources: Vec<_> =
        development.iter().map(|package| (package.locked.source_version.clone(), package.locked.source.clone())).collect();
    sources.sort_unstable();
    sources.dedup();
    let mut reason = None;
    // Where an update has reached only some packages of the source yet, the newest one that is whole is taken.
    for (version, source) in sources.into_iter().rev() {
        let mut selection = Selection { suites, source, version, chosen: BTreeMap::new() };
        match selection.run(python) {
            Ok(()) => return Ok(selection.chosen.into_values().map(|package| package.locked).collect()),
            Err(failure) => reason = reason.or(Some(failure)),
        }
    }
    let release = suites.label();
    Err(match reason {
        Some(reason) => ProvisionError::Unsatisfiable { release, python, reason },
        None => ProvisionError::NoSuchPython { release, python, offered: offered(suites) },
    })
}

/// The newest of all suites; of equal versions that of the first suite.
fn newest(packages: impl IntoIterator<Item = Package>) -> Option<Package> {
    packages.into_iter().reduce(|best, next| if next.locked.version > best.locked.version { next } else { best })
}

struct Selection<'a> {
    suites: &'a Suites,
    /// The source of Python, and the one version of it that counts.
    source: String,
    version: Version,
    chosen: BTreeMap<String, Package>,
}

impl Selection<'_> {
    fn run(&mut self, python: PythonVersion) -> Result<(), String> {
        let relation = |name: String| Relation { name, version: None };
        let mut open = Vec::new();
        for root in [format!("libpython{python}-dev"), format!("python{python}")] {
            open.push((vec![relation(root)], "surtax".to_owned()));
        }
        // Nothing in the closure depends on the C library's headers, though all that is compiled against it needs them.
        open.push((vec![relation("libc6-dev".into()), relation("libc-dev".into())], "surtax".to_owned()));
        // The release's own linker: an older host's misreads what a newer compiler has written into the release's archives.
        if !self.suites.named(LINKER).is_empty() {
            open.push((vec![relation(LINKER.to_owned())], "surtax".to_owned()));
        }
        while let Some((alternatives, by)) = open.pop() {
            if alternatives.iter().any(|one| skip::package(&one.name)) || self.is_met(&alternatives) {
                continue;
            }
            let package = self.choose(&alternatives).ok_or_else(|| self.lacking(&alternatives, &by))?;
            let name = package.locked.name.clone();
            open.extend(package.depends.iter().map(|group| (group.clone(), name.clone())));
            if let Some(other) = self.chosen.insert(name, package) {
                return Err(format!("{by} needs {}, but version {} is needed elsewhere", shown(&alternatives), other.locked.version));
            }
        }
        Ok(())
    }

    fn is_met(&self, alternatives: &[Relation]) -> bool {
        alternatives.iter().any(|wanted| {
            self.chosen.get(&wanted.name).is_some_and(|package| wanted.accepts(&package.locked.version))
                || self.chosen.values().any(|package| package.provides.iter().any(|provided| wanted.accepts_provided(provided)))
        })
    }

    fn choose(&self, alternatives: &[Relation]) -> Option<Package> {
        alternatives.iter().find_map(|wanted| {
            let fits = |package: &Package| self.is_of_one_source(package) && wanted.accepts(&package.locked.version);
            let real = newest(self.suites.named(&wanted.name).into_iter().filter(fits));
            real.or_else(|| {
                let provides = |package: &Package| {
                    self.is_of_one_source(package) && package.provides.iter().any(|provided| wanted.accepts_provided(provided))
                };
                let mut providers: Vec<_> = self.suites.providing(&wanted.name).into_iter().filter(provides).collect();
                providers.sort_by(|one, other| one.locked.name.cmp(&other.locked.name));
                let first = providers.first()?.locked.name.clone();
                newest(providers.into_iter().filter(|package| package.locked.name == first))
            })
        })
    }

    fn is_of_one_source(&self, package: &Package) -> bool {
        package.locked.source != self.source || package.locked.source_version == self.version
    }

    fn lacking(&self, alternatives: &[Relation], by: &str) -> String {
        let known = alternatives.iter().flat_map(|one| self.suites.named(&one.name));
        let known: BTreeSet<_> = known.map(|package| format!("{} {}", package.locked.name, package.locked.version)).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.into_iter().collect::<Vec<_>>().join(", ") };
        format!("{by} needs {} for {ARCHITECTURE} beside {} {}; there is {known}", shown(alternatives), self.source, self.version)
    }
}

fn shown(alternatives: &[Relation]) -> String {
    alternatives.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
}
