//! From a request to a sysroot: the store's answer if it has one, else the archive's.

use std::path::Path;
use std::sync::atomic::AtomicU64;

use super::index::Kind;
use super::plan::{ARCHITECTURE, Plan};
use super::pool::Pool;
use super::reading::Reading;
use super::suites::Suites;
use super::{CompileStandardLibrary, Finisher, Host, ProvisionError, Provisioned, Request, SurtaxLock};
use super::{closure, sysroot};
use crate::fetch::Fetcher;
use crate::fs;
use crate::recipe::PythonVersion;
use crate::store::{Stamp, Store};
use crate::ui::{Reporter, Unit};

/// A sysroot with the libpythons, the interpreter and the standard library that are asked for.
///
/// Asks a mirror only where the store has no answer, or `request.refresh` is set.
///
/// # Errors
///
/// Whatever keeps the sysroot from being made; the store is then as good as before.
pub fn provision(store: &Store, request: &Request, reporter: &dyn Reporter) -> Result<Provisioned, ProvisionError> {
    provision_with(store, request, &Host::this(), &CompileStandardLibrary, reporter)
}

/// [`provision`] on another host, finished in another way.
pub fn provision_with(
    store: &Store,
    request: &Request,
    host: &Host,
    finisher: &dyn Finisher,
    reporter: &dyn Reporter,
) -> Result<Provisioned, ProvisionError> {
    host.check()?;
    let session = Session { store, request, host, finisher, reporter };
    match &request.locked {
        Some(path) => session.locked(path),
        None => session.resolved(),
    }
}

struct Session<'a> {
    store: &'a Store,
    request: &'a Request,
    host: &'a Host,
    finisher: &'a dyn Finisher,
    reporter: &'a dyn Reporter,
}

impl Session<'_> {
    fn locked(&self, path: &Path) -> Result<Provisioned, ProvisionError> {
        let unreadable = |error: fs::FsError| ProvisionError::Lock { path: path.to_owned(), reason: error.source.to_string() };
        let lock = SurtaxLock::parse(path, &fs::read_to_string(path).map_err(unreadable)?)?;
        if let Some(python) = self.request.python.filter(|python| *python != lock.python) {
            return Err(ProvisionError::Lock { path: path.to_owned(), reason: format!("it is of Python {}, not {python}", lock.python) });
        }
        if let Some(codename) = self.request.archive.codename().filter(|codename| *codename != lock.codename) {
            return Err(ProvisionError::Lock { path: path.to_owned(), reason: format!("it is of {}, not {codename}", lock.codename) });
        }
        if let Some(ready) = self.ready(&lock) {
            return Ok(ready);
        }
        let mirrors = match Plan::of(self.request, self.host) {
            Ok(plan) => plan.mirrors(),
            // The store may hold all of it.
            Err(ProvisionError::NoMirror { .. } | ProvisionError::UnknownHost { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let _turn = self.store.lock("provision", self.reporter)?;
        let fetcher = self.fetcher()?;
        self.make(lock, &mirrors, fetcher.as_ref(), 0)
    }

    fn resolved(&self) -> Result<Provisioned, ProvisionError> {
        let plan = Plan::of(self.request, self.host)?;
        let answer = self.store.resolved(&plan.key(self.request));
        // A lock that no longer reads, as after an update of surtax, is no answer.
        let earlier = || fs::read_to_string(&answer).ok().and_then(|text| SurtaxLock::parse(&answer, &text).ok());
        let usable = || if self.request.refresh && !self.request.offline { None } else { earlier() };
        if let Some(ready) = usable().and_then(|lock| self.ready(&lock)) {
            Store::used(&answer);
            tracing::debug!(key = %ready.key, "resolved before: {}", answer.display());
            return Ok(ready);
        }
        let _turn = self.store.lock("provision", self.reporter)?;
        let fetcher = self.fetcher()?;
        if let Some(lock) = usable() {
            return match self.make(lock, &plan.mirrors(), fetcher.as_ref(), 0) {
                // The mirror has moved on since: so does the answer.
                Err(ProvisionError::Missing { .. }) if fetcher.is_some() => self.resolve_and_make(&plan, &answer, fetcher.as_ref()),
                outcome => outcome,
            };
        }
        self.resolve_and_make(&plan, &answer, fetcher.as_ref())
    }

    fn resolve_and_make(&self, plan: &Plan, answer: &Path, fetcher: Option<&Fetcher>) -> Result<Provisioned, ProvisionError> {
        let (lock, downloaded) = self.resolve(plan, fetcher)?;
        let made = self.make(lock, &plan.mirrors(), fetcher, downloaded)?;
        fs::write_atomic(answer, made.lock_text.as_bytes())?;
        Ok(made)
    }

    fn resolve(&self, plan: &Plan, fetcher: Option<&Fetcher>) -> Result<(SurtaxLock, u64), ProvisionError> {
        let bar = self.reporter.bar("indexes", None, Unit::Items);
        let reading = Reading {
            store: self.store,
            request: self.request,
            host: self.host,
            fetcher,
            reporter: self.reporter,
            bar: &*bar,
            kind: Kind::Packages,
            downloaded: AtomicU64::new(0),
        };
        let suites = Suites::open(plan, &reading)?;
        let archive = &self.request.archive;
        let python = match self.request.python.or(archive.python) {
            Some(python) => python,
            None => closure::default_python(&suites)?,
        };
        let lock = locked(&suites, python)?;
        if python < PythonVersion::OLDEST {
            return Err(ProvisionError::TooOld { release: lock.release, python, offered: closure::offered(&suites) });
        }
        bar.finish();
        self.reporter.step(&format!("resolved Python {python} of {}: {} packages", lock.release, lock.packages.len()));
        Ok((lock, suites.downloaded))
    }

    fn fetcher(&self) -> Result<Option<Fetcher>, ProvisionError> {
        Ok(if self.request.offline { None } else { Some(Fetcher::new(self.host.patience)?) })
    }

    /// Another surtax may have made it while this one waited for its turn.
    fn make(&self, lock: SurtaxLock, mirrors: &[String], fetcher: Option<&Fetcher>, fetched: u64) -> Result<Provisioned, ProvisionError> {
        if let Some(ready) = self.ready(&lock) {
            return Ok(Provisioned { downloaded_bytes: fetched, ..ready });
        }
        let downloaded = sysroot::assemble(Pool { store: self.store, mirrors, fetcher }, &lock, self.finisher, self.reporter)?;
        Ok(self.provisioned(lock, false, fetched + downloaded))
    }

    fn ready(&self, lock: &SurtaxLock) -> Option<Provisioned> {
        let key = lock.key();
        Stamp::read(&self.store.sysroot(&key)).filter(|stamp| stamp == key.as_str())?;
        Some(self.provisioned(lock.clone(), true, 0))
    }

    fn provisioned(&self, lock: SurtaxLock, reused: bool, downloaded_bytes: u64) -> Provisioned {
        let key = lock.key();
        Provisioned {
            release: lock.codename.clone(),
            python: lock.python,
            lock_text: lock.text(),
            sysroot: self.store.sysroot(&key),
            key,
            reused,
            downloaded_bytes,
            lock,
        }
    }
}

fn locked(suites: &Suites, python: PythonVersion) -> Result<SurtaxLock, ProvisionError> {
    let packages = closure::closure(suites, python)?;
    Ok(SurtaxLock {
        schema: SurtaxLock::SCHEMA,
        release: suites.full_name(),
        origin: suites.origin.clone(),
        codename: suites.codename.clone(),
        architecture: ARCHITECTURE.to_owned(),
        python,
        packages,
        sources: Vec::new(),
    })
}
