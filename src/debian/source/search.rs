//! What the signed indexes list of one source package, and the first version of it whose upstream tarball can be had.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use crate::debian::index::Kind;
use crate::debian::lock::{LockedFile, LockedSource};
use crate::debian::plan::Plan;
use crate::debian::pool::Pool;
use crate::debian::reading::Reading;
use crate::debian::suites::Suites;
use crate::debian::{Host, ProvisionError, Request, Version};
use crate::fetch::Fetcher;
use crate::store::Store;
use crate::ui::{Reporter, Unit};
use crate::unpack::Compression;

pub(super) struct Search<'a> {
    pub(super) store: &'a Store,
    pub(super) reporter: &'a dyn Reporter,
    /// For people: `Debian 12.15`.
    pub(super) release: String,
    /// For people: `python3.11 3.11.2-6`.
    pub(super) sought: String,
    pub(super) offline: bool,
}

pub(super) struct Listed {
    /// `Debian 12.15`.
    pub(super) release: String,
    pub(super) codename: String,
    /// Every version of the package that any suite lists.
    pub(super) sources: Vec<LockedSource>,
}

/// `about` hears which suites are left out.
pub(super) fn listed(
    search: &Search<'_>,
    request: &Request,
    host: &Host,
    plan: &Plan,
    fetcher: Option<&Fetcher>,
    name: &str,
    about: &dyn Reporter,
) -> Result<Listed, ProvisionError> {
    let bar = search.reporter.bar("sources", None, Unit::Items);
    let downloaded = AtomicU64::new(0);
    let reading = Reading { store: search.store, request, host, fetcher, reporter: about, bar: &*bar, kind: Kind::Sources, downloaded };
    let suites = Suites::open(plan, &reading)?;
    bar.finish();
    Ok(Listed { release: suites.full_name(), codename: suites.codename.clone(), sources: suites.sources(name) })
}

impl Search<'_> {
    /// Those of `listed` that will do, newest first, each version once.
    pub(super) fn that_fit(&self, listed: Vec<LockedSource>, fits: impl Fn(&Version) -> bool) -> Result<Vec<LockedSource>, ProvisionError> {
        let versions = listed.iter().map(|source| source.version.to_string()).collect::<Vec<_>>().join(", ");
        let mut candidates: Vec<_> = listed.into_iter().filter(|source| fits(&source.version)).collect();
        candidates.sort_by(|one, other| other.version.cmp(&one.version));
        candidates.dedup_by(|one, other| one.version == other.version);
        match (candidates.is_empty(), versions.is_empty()) {
            (false, _) => Ok(candidates),
            (true, true) => Err(self.none("the signed indexes list no such source".into())),
            (true, false) => Err(self.none(format!("the signed indexes list only {versions}"))),
        }
    }

    pub(super) fn first_that_is_there(
        &self,
        candidates: Vec<LockedSource>,
        pool: Pool<'_>,
    ) -> Result<(LockedSource, PathBuf), ProvisionError> {
        let mut reasons = Vec::new();
        let mut missing = Vec::new();
        for source in candidates {
            let Some(file) = upstream_tarball(&source) else {
                reasons.push(format!("{} {} lists no upstream tarball that surtax can read", source.name, source.version));
                continue;
            };
            // Several revisions of a package have one upstream tarball.
            if missing.contains(file) {
                continue;
            }
            match self.file(file, pool)? {
                Ok(path) => return Ok((source, path)),
                Err(reason) => {
                    reasons.push(format!("{} {}: {reason}", source.name, source.version));
                    missing.push(file.clone());
                }
            }
        }
        Err(self.none(reasons.join("; ")))
    }

    /// One file of a source package, or why it cannot be had.
    fn file(&self, file: &LockedFile, pool: Pool<'_>) -> Result<Result<PathBuf, String>, ProvisionError> {
        let bar = self.reporter.bar("fetching", Some(file.size), Unit::Bytes);
        bar.message(file_name(file));
        let outcome = pool.obtain(&file.filename, &file.wanted(), &*bar)?;
        bar.finish();
        Ok(outcome.map(|fetched| {
            if fetched.downloaded > 0 {
                self.reporter.step(&format!("fetched {}: {:.1} MB", file_name(file), fetched.downloaded as f64 / 1e6));
            }
            fetched.path
        }))
    }

    pub(super) fn warn_of_older(&self, wanted: &str, taken: &Version) {
        self.reporter.warn(&format!("no mirror has the source of {wanted}; {taken} is taken, the nearest older one that is there"));
    }

    fn none(&self, reason: String) -> ProvisionError {
        ProvisionError::NoSource { release: self.release.clone(), source_package: self.sought.clone(), reason, offline: self.offline }
    }
}

/// `NAME_UPSTREAM.orig.tar.xz`. Beside it there can be its signature, and tarballs of components: `NAME_UPSTREAM.orig-COMPONENT.tar.xz`.
pub(super) fn upstream_tarball(source: &LockedSource) -> Option<&LockedFile> {
    source.files.iter().find(|file| {
        let name = file_name(file);
        name.rsplit_once(".orig.tar.").is_some_and(|(_, end)| !end.contains('.')) && Compression::of_name(name).is_some()
    })
}

pub(super) fn file_name(file: &LockedFile) -> &str {
    file.filename.rsplit('/').next().unwrap_or_default()
}
