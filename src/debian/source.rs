//! A release's source package: found in the signed indexes of sources, its upstream tarball fetched and verified, and remembered in the lock.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use super::index::Kind;
use super::lock::{LockedFile, LockedSource};
use super::plan::Plan;
use super::pool::Pool;
use super::reading::Reading;
use super::suites::Suites;
use super::{Host, ProvisionError, Provisioned, Request, SurtaxLock, Version};
use crate::fetch::{Fetcher, Wanted};
use crate::fs;
use crate::store::Store;
use crate::ui::{Reporter, Silent, Unit};
use crate::unpack::Compression;

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
    let search = Search { store, request, host, reporter, lock, name: &package.source, version: &package.source_version };
    search.run()
}

struct Search<'a> {
    store: &'a Store,
    request: &'a Request,
    host: &'a Host,
    reporter: &'a dyn Reporter,
    lock: &'a SurtaxLock,
    /// What is looked for: the source that the packages name.
    name: &'a str,
    version: &'a Version,
}

impl Search<'_> {
    fn run(&self) -> Result<SourcePackage, ProvisionError> {
        let plan = match Plan::of(self.request, self.host) {
            Ok(plan) => Some(plan),
            // The lock may name it and the store hold it.
            Err(ProvisionError::NoMirror { .. } | ProvisionError::UnknownHost { .. }) if self.locked().is_some() => None,
            Err(error) => return Err(error),
        };
        let _turn = self.store.lock("provision", self.reporter)?;
        let fetcher = if self.request.offline { None } else { Some(Fetcher::new(self.host.patience)?) };
        let mirrors = plan.as_ref().map(Plan::mirrors).unwrap_or_default();
        let pool = Pool { store: self.store, mirrors: &mirrors, fetcher: fetcher.as_ref() };
        if let Some(known) = self.locked() {
            match self.first_that_is_there(vec![known.clone()], pool) {
                // The mirror has moved on since: so does the answer. A lock given by hand is the person's word.
                Err(ProvisionError::NoSource { .. }) if fetcher.is_some() && plan.is_some() && self.request.locked.is_none() => {}
                outcome => return self.told(outcome?),
            }
        }
        let Some(plan) = &plan else { return Err(ProvisionError::NoMirror { release: self.lock.release.clone() }) };
        let candidates = self.candidates(plan, fetcher.as_ref())?;
        let (source, tarball) = self.first_that_is_there(candidates, pool)?;
        let found = self.told((source.clone(), tarball))?;
        self.remember(plan, source)?;
        Ok(found)
    }

    fn locked(&self) -> Option<&LockedSource> {
        self.lock.sources.iter().find(|source| source.name == self.name)
    }

    /// What the signed indexes list: this very version first, then others of the same upstream version, then older ones.
    fn candidates(&self, plan: &Plan, fetcher: Option<&Fetcher>) -> Result<Vec<LockedSource>, ProvisionError> {
        let bar = self.reporter.bar("sources", None, Unit::Items);
        let reading = Reading {
            store: self.store,
            request: self.request,
            host: self.host,
            fetcher,
            // Which suites are left out was said when the packages were resolved.
            reporter: &Silent,
            bar: &*bar,
            kind: Kind::Sources,
            downloaded: AtomicU64::new(0),
        };
        let suites = Suites::open(plan, &reading)?;
        bar.finish();
        let listed = suites.sources(self.name);
        let versions = || listed.iter().map(|source| source.version.to_string()).collect::<Vec<_>>().join(", ");
        let mut candidates: Vec<_> = listed.iter().filter(|source| self.fits(source)).cloned().collect();
        candidates.sort_by(|one, other| {
            let nearness = |source: &LockedSource| (source.version == *self.version, source.version.has_upstream_of(self.version));
            nearness(other).cmp(&nearness(one)).then_with(|| other.version.cmp(&one.version))
        });
        candidates.dedup_by(|one, other| one.version == other.version);
        match (candidates.is_empty(), listed.is_empty()) {
            (false, _) => Ok(candidates),
            (true, true) => Err(self.none("the signed indexes list no such source".into())),
            (true, false) => Err(self.none(format!("the signed indexes list only {}", versions()))),
        }
    }

    fn fits(&self, source: &LockedSource) -> bool {
        source.version < *self.version || source.version.has_upstream_of(self.version)
    }

    fn first_that_is_there(&self, candidates: Vec<LockedSource>, pool: Pool<'_>) -> Result<(LockedSource, PathBuf), ProvisionError> {
        let mut reasons = Vec::new();
        for source in candidates {
            let Some(file) = tarball(&source) else {
                reasons.push(format!("{} {} lists no upstream tarball that surtax can read", source.name, source.version));
                continue;
            };
            match self.file(file, pool)? {
                Ok(path) => return Ok((source, path)),
                Err(reason) => reasons.push(format!("{} {}: {reason}", source.name, source.version)),
            }
        }
        Err(self.none(reasons.join("; ")))
    }

    /// One file of a source package, or why it cannot be had.
    fn file(&self, file: &LockedFile, pool: Pool<'_>) -> Result<Result<PathBuf, String>, ProvisionError> {
        let bar = self.reporter.bar("fetching", Some(file.size), Unit::Bytes);
        bar.message(file_name(file));
        let outcome = pool.obtain(&file.filename, &Wanted { sha256: file.sha256, size: file.size }, &*bar)?;
        bar.finish();
        Ok(outcome.map(|fetched| {
            if fetched.downloaded > 0 {
                self.reporter.step(&format!("fetched {}: {:.1} MB", file_name(file), fetched.downloaded as f64 / 1e6));
            }
            fetched.path
        }))
    }

    fn told(&self, (source, tarball): (LockedSource, PathBuf)) -> Result<SourcePackage, ProvisionError> {
        let exact = source.version.has_upstream_of(self.version);
        if !exact {
            self.reporter.warn(&format!(
                "no mirror has the source of {} {}; {} is taken, the nearest older one that is there",
                self.name, self.version, source.version
            ));
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
        let answer = self.store.resolved(&plan.key(self.request));
        let current = fs::read_to_string(&answer).ok().and_then(|text| SurtaxLock::parse(&answer, &text).ok());
        if current.is_some_and(|current| current.key() == self.lock.key()) {
            fs::write_atomic(&answer, self.lock_with(source).text().as_bytes())?;
        }
        Ok(())
    }

    fn none(&self, reason: String) -> ProvisionError {
        let (release, source_package) = (self.lock.release.clone(), format!("{} {}", self.name, self.version));
        ProvisionError::NoSource { release, source_package, reason, offline: self.request.offline }
    }
}

/// `NAME_UPSTREAM.orig.tar.xz`. Beside it there can be its signature, and tarballs of components: `NAME_UPSTREAM.orig-COMPONENT.tar.xz`.
fn tarball(source: &LockedSource) -> Option<&LockedFile> {
    source.files.iter().find(|file| {
        let name = file_name(file);
        name.rsplit_once(".orig.tar.").is_some_and(|(_, end)| !end.contains('.')) && Compression::of_name(name).is_some()
    })
}

fn file_name(file: &LockedFile) -> &str {
    file.filename.rsplit('/').next().unwrap_or_default()
}
