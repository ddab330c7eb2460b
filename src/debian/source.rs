//! A release's source package: found in the signed indexes of sources, its upstream tarball fetched and verified, and remembered.

mod alone;
mod search;

use std::path::PathBuf;

use super::lock::LockedSource;
use super::plan::Plan;
use super::pool::Pool;
use super::{Host, ProvisionError, Provisioned, Request, SurtaxLock, Version};
use crate::fetch::Fetcher;
use crate::fs;
use crate::store::Store;
use crate::ui::{Reporter, Silent};
use search::{Search, listed};

pub use alone::{Upstream, upstream_with};

/// The source of a provisioned Python, as far as it was asked for.
#[derive(Debug, Clone)]
pub struct SourcePackage {
    pub name: String,
    pub version: Version,
    /// The upstream tarball, a verified blob of the store; its name does not say how it is compressed.
    pub tarball: PathBuf,
    /// Whether it is what the provisioned packages are made of; otherwise it is that of an older version.
    pub exact: bool,
    /// The `surtax.lock` that names it too.
    pub lock_text: String,
}

/// The upstream tarball of the provisioned Python. Asks a mirror only for what neither lock nor store has.
///
/// # Errors
///
/// [`ProvisionError::NoSource`] where no mirror has the tarball of this version or of an older one.
pub fn source_package(
    store: &Store,
    request: &Request,
    provisioned: &Provisioned,
    reporter: &dyn Reporter,
) -> Result<SourcePackage, ProvisionError> {
    source_package_with(store, request, provisioned, &Host::this(), reporter)
}

/// [`source_package`] on another host.
pub fn source_package_with(
    store: &Store,
    request: &Request,
    provisioned: &Provisioned,
    host: &Host,
    reporter: &dyn Reporter,
) -> Result<SourcePackage, ProvisionError> {
    let lock = &provisioned.lock;
    let development = format!("libpython{}-dev", lock.python);
    let package = lock.packages.iter().find(|package| package.name == development);
    let Some(package) = package else {
        let reason = format!("the lock has no package {development}");
        return Err(ProvisionError::Lock { path: "surtax.lock".into(), reason });
    };
    let search = Search {
        store,
        reporter,
        release: lock.release.clone(),
        sought: format!("{} {}", package.source, package.source_version),
        offline: request.offline,
    };
    OfPackages { search, request, host, lock, name: &package.source, version: &package.source_version }.run()
}

struct OfPackages<'a> {
    search: Search<'a>,
    request: &'a Request,
    host: &'a Host,
    lock: &'a SurtaxLock,
    /// What is looked for: the source that the packages name.
    name: &'a str,
    version: &'a Version,
}

impl OfPackages<'_> {
    fn run(&self) -> Result<SourcePackage, ProvisionError> {
        let store = self.search.store;
        let plan = match Plan::of(self.request, self.host) {
            Ok(plan) => Some(plan),
            // The lock may name it and the store hold it.
            Err(ProvisionError::NoMirror { .. } | ProvisionError::UnknownHost { .. }) if self.locked().is_some() => None,
            Err(error) => return Err(error),
        };
        let _turn = store.lock("provision", self.search.reporter)?;
        let fetcher = if self.request.offline { None } else { Some(Fetcher::new(self.host.patience)?) };
        let mirrors = plan.as_ref().map(Plan::mirrors).unwrap_or_default();
        let pool = Pool { store, mirrors: &mirrors, fetcher: fetcher.as_ref() };
        if let Some(known) = self.locked() {
            match self.search.first_that_is_there(vec![known.clone()], pool) {
                // The mirror has moved on since: so does the answer. A lock given by hand is the person's word.
                Err(ProvisionError::NoSource { .. }) if fetcher.is_some() && plan.is_some() && self.request.locked.is_none() => {}
                outcome => return self.told(outcome?),
            }
        }
        let Some(plan) = &plan else { return Err(ProvisionError::NoMirror { release: self.lock.release.clone() }) };
        let (source, tarball) = self.search.first_that_is_there(self.candidates(plan, fetcher.as_ref())?, pool)?;
        let found = self.told((source.clone(), tarball))?;
        self.remember(plan, source)?;
        Ok(found)
    }

    fn locked(&self) -> Option<&LockedSource> {
        self.lock.sources.iter().find(|source| source.name == self.name)
    }

    /// What the signed indexes list: this very version first, then others of the same upstream version, then older ones.
    fn candidates(&self, plan: &Plan, fetcher: Option<&Fetcher>) -> Result<Vec<LockedSource>, ProvisionError> {
        // Which suites are left out was said when the packages were resolved.
        let listed = listed(&self.search, self.request, self.host, plan, fetcher, self.name, &Silent)?;
        let mut candidates =
            self.search.that_fit(listed.sources, |version| *version < *self.version || version.has_upstream_of(self.version))?;
        candidates.sort_by_key(|source| std::cmp::Reverse((source.version == *self.version, source.version.has_upstream_of(self.version))));
        Ok(candidates)
    }

    fn told(&self, (source, tarball): (LockedSource, PathBuf)) -> Result<SourcePackage, ProvisionError> {
        let exact = source.version.has_upstream_of(self.version);
        if !exact {
            self.search.warn_of_older(&self.search.sought, &source.version);
        }
        let (name, version) = (source.name.clone(), source.version.clone());
        let lock_text = self.lock_with(source).text();
        Ok(SourcePackage { name, version, tarball, exact, lock_text })
    }

    fn lock_with(&self, source: LockedSource) -> SurtaxLock {
        let mut lock = self.lock.clone();
        lock.keep(source);
        lock
    }

    /// So that the next call needs no index. Not where another surtax has found newer packages meanwhile.
    fn remember(&self, plan: &Plan, source: LockedSource) -> Result<(), ProvisionError> {
        if self.request.locked.is_some() {
            return Ok(());
        }
        let answer = self.search.store.resolved(&plan.key(self.request));
        let current = fs::read_to_string(&answer).ok().and_then(|text| SurtaxLock::parse(&answer, &text).ok());
        if current.is_some_and(|current| current.key() == self.lock.key()) {
            fs::write_atomic(&answer, self.lock_with(source).text().as_bytes())?;
        }
        Ok(())
    }
}
