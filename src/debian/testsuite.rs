//! CPython's own tests of a provisioned release: its package `libpython3.X-testsuite`, beside the standard library that it belongs to.

use std::path::Path;
use std::sync::atomic::AtomicU64;

use super::index::Kind;
use super::lock::LockedPackage;
use super::plan::Plan;
use super::pool::Pool;
use super::reading::Reading;
use super::suites::Suites;
use super::{Host, ProvisionError, Provisioned, Request};
use crate::digest::Key;
use crate::fetch::Fetcher;
use crate::fs;
use crate::libpython::TestHome;
use crate::store::{Stamp, Store};
use crate::ui::{Reporter, Silent, Unit};
use crate::unpack::{self, Tree};

/// Counts up whenever the same packages would be assembled into something else.
const ASSEMBLY: &str = "1";

/// The release's standard library and its tests, from the store, else from a mirror.
///
/// # Errors
///
/// [`ProvisionError::Missing`] where the signed indexes, or the mirrors, no longer have the tests of the provisioned version.
pub fn test_home(store: &Store, request: &Request, provisioned: &Provisioned, reporter: &dyn Reporter) -> Result<TestHome, ProvisionError> {
    test_home_with(store, request, provisioned, &Host::this(), reporter)
}

/// [`test_home`] on another host.
pub fn test_home_with(
    store: &Store,
    request: &Request,
    provisioned: &Provisioned,
    host: &Host,
    reporter: &dyn Reporter,
) -> Result<TestHome, ProvisionError> {
    let key = Key::of("test home", [("sysroot", provisioned.key.as_str()), ("assembly", ASSEMBLY)]);
    let prefix = store.home(&key);
    let library = format!("usr/lib/python{}", provisioned.python);
    let home = |fresh| TestHome { key: key.clone(), stdlib: prefix.join(&library), prefix: prefix.clone(), fresh };
    if Stamp::read(&prefix).is_some() {
        return Ok(home(false));
    }
    let search = Search { store, request, provisioned, host, reporter };
    let _turn = store.lock("provision", reporter)?;
    let fetcher = if request.offline { None } else { Some(Fetcher::new(host.patience)?) };
    let plan = Plan::of(request, host)?;
    let tests = search.package(&plan, fetcher.as_ref())?;
    let scratch = store.scratch()?;
    let mirrors = plan.mirrors();
    search.unpack(&tests, scratch.path(), &library, Pool { store, mirrors: &mirrors, fetcher: fetcher.as_ref() })?;
    // Executables look for `lib/python3.X/os.py`.
    fs::symlink(Path::new("usr/lib"), &scratch.path().join("lib"))?;
    fs::symlink(&provisioned.sysroot.join("usr/include"), &scratch.path().join("include"))?;
    Stamp::write(scratch.path(), &format!("{} {} {}", tests.name, tests.version, tests.checksum))?;
    scratch.commit(&prefix)?;
    reporter.step(&format!("unpacked {} {} beside the standard library", tests.name, tests.version));
    Ok(home(true))
}

struct Search<'a> {
    store: &'a Store,
    request: &'a Request,
    provisioned: &'a Provisioned,
    host: &'a Host,
    reporter: &'a dyn Reporter,
}

impl Search<'_> {
    /// The tests of exactly the provisioned source version: those of another are about another interpreter.
    fn package(&self, plan: &Plan, fetcher: Option<&Fetcher>) -> Result<LockedPackage, ProvisionError> {
        let name = format!("libpython{}-testsuite", self.provisioned.python);
        let bar = self.reporter.bar("indexes", None, Unit::Items);
        let reading = Reading {
            store: self.store,
            request: self.request,
            host: self.host,
            fetcher,
            // Which suites are left out was said when the packages were resolved.
            reporter: &Silent,
            bar: &*bar,
            kind: Kind::Packages,
            downloaded: AtomicU64::new(0),
        };
        let listed: Vec<LockedPackage> = Suites::open(plan, &reading)?.named(&name).into_iter().map(|package| package.locked).collect();
        bar.finish();
        let versions = listed.iter().map(|package| package.version.to_string()).collect::<Vec<_>>().join(", ");
        let fits = |package: &LockedPackage| self.of_python().any(|other| other.source_version == package.source_version);
        listed.into_iter().find(fits).ok_or_else(|| {
            let has = if versions.is_empty() { "no suite lists it".to_owned() } else { format!("the suites list only {versions}") };
            let wanted = self.of_python().next().map_or_else(String::new, |package| package.source_version.to_string());
            self.missing(format!("{name} {wanted}: {has}"))
        })
    }

    /// The packages that are made of the interpreter's source.
    fn of_python(&self) -> impl Iterator<Item = &LockedPackage> {
        let lock = &self.provisioned.lock;
        let development = format!("libpython{}-dev", lock.python);
        let source = lock.packages.iter().find(|package| package.name == development).map(|package| package.source.as_str());
        lock.packages.iter().filter(move |package| Some(package.source.as_str()) == source)
    }

    /// The standard library from its packages and not from the sysroot: what is compiled there names its files by another prefix.
    fn unpack(&self, tests: &LockedPackage, folder: &Path, library: &str, pool: Pool<'_>) -> Result<(), ProvisionError> {
        let tree = Tree::open(folder)?;
        let wanted = |path: &str| path.strip_prefix(library).is_some_and(|rest| rest.starts_with('/')) && !path.ends_with(".a");
        for package in self.of_python().chain([tests]) {
            let bar = self.reporter.bar("fetching", Some(package.size), Unit::Bytes);
            bar.message(&package.name);
            let blob = pool.obtain(&package.filename, &package.wanted(), &*bar)?;
            bar.finish();
            let name = format!("{} {}", package.name, package.version);
            let blob = blob.map_err(|reason| self.missing(format!("{name}: {reason}")))?;
            unpack::deb(&blob.path, &name, &tree, &wanted)?;
        }
        Ok(())
    }

    fn missing(&self, what: String) -> ProvisionError {
        ProvisionError::Missing { missing: vec![what], total: 1, offline: self.request.offline }
    }
}
