//! A source package of a release whose other packages nobody wants.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::search::{Search, listed};
use crate::debian::lock::LockedSource;
use crate::debian::plan::Plan;
use crate::debian::pool::Pool;
use crate::debian::{Host, ProvisionError, Request, Version};
use crate::digest::Key;
use crate::fetch::Fetcher;
use crate::fs;
use crate::store::Store;
use crate::ui::Reporter;

/// What upstream released, as a release's source package carries it.
#[derive(Debug, Clone)]
pub struct Upstream {
    pub name: String,
    /// The release's.
    pub version: Version,
    /// `bookworm`.
    pub codename: String,
    /// A verified blob of the store.
    pub tarball: PathBuf,
}

/// What the indexes said, so that the next call needs none.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    release: String,
    codename: String,
    /// The newest version that would have done.
    newest: Version,
    source: LockedSource,
}

/// The upstream tarball of the newest version of the source package `name` whose tarball a mirror has. `version`: only of that version of
/// upstream's. Asks a mirror only where the store has no answer, or `request.refresh` is set; no other package is looked at.
///
/// # Errors
///
/// [`ProvisionError::NoSource`] where no mirror has the tarball of any version.
pub fn upstream_with(
    store: &Store,
    request: &Request,
    name: &str,
    version: Option<&str>,
    host: &Host,
    reporter: &dyn Reporter,
) -> Result<Upstream, ProvisionError> {
    let plan = Plan::of(request, host)?;
    let request_key = plan.key(request);
    let key = Key::of("source", [("request", request_key.as_str()), ("name", name), ("version", version.unwrap_or_default())]);
    let answer = store.resolved_source(&key);
    let search = |release: String, newest: Option<&Version>| {
        let sought = newest.map(Version::as_str).or(version).map_or_else(|| name.to_owned(), |version| format!("{name} {version}"));
        Search { store, reporter, release, sought, offline: request.offline }
    };
    let again = |pool: Pool<'_>| {
        let known = if request.refresh && !request.offline { None } else { Answer::read(&answer) }?;
        let search = search(known.release.clone(), Some(&known.newest));
        Some(search.first_that_is_there(vec![known.source.clone()], pool).map(|(_, tarball)| known.told(&search, tarball)))
    };
    let mirrors = plan.mirrors();
    // Nobody has to wait for what is there.
    if let Some(Ok(found)) = again(Pool { store, mirrors: &mirrors, fetcher: None }) {
        return Ok(found);
    }
    let _turn = store.lock("provision", reporter)?;
    let fetcher = if request.offline { None } else { Some(Fetcher::new(host.patience)?) };
    let pool = Pool { store, mirrors: &mirrors, fetcher: fetcher.as_ref() };
    match again(pool) {
        // The mirror has moved on since: so does the answer.
        Some(Err(ProvisionError::NoSource { .. })) if fetcher.is_some() => {}
        Some(outcome) => return outcome,
        None => {}
    }
    let listed = listed(&search(plan.label(), None), request, host, &plan, fetcher.as_ref(), name, reporter)?;
    let fits = |listed: &Version| version.is_none_or(|version| listed.upstream() == version);
    let candidates = search(listed.release.clone(), None).that_fit(listed.sources, fits)?;
    let search = search(listed.release.clone(), None);
    let newest = candidates[0].version.clone();
    let (source, tarball) = search.first_that_is_there(candidates, pool)?;
    let found = Answer { release: listed.release, codename: listed.codename, newest, source };
    fs::write_atomic(&answer, toml::to_string(&found).unwrap_or_default().as_bytes())?;
    Ok(found.told(&search, tarball))
}

impl Answer {
    /// One that does not read, as after an update of surtax, is none.
    fn read(path: &Path) -> Option<Self> {
        toml::from_str(&fs::read_to_string(path).ok()?).ok()
    }

    fn told(self, search: &Search<'_>, tarball: PathBuf) -> Upstream {
        if !self.source.version.has_upstream_of(&self.newest) {
            search.warn_of_older(&format!("{} {}", self.source.name, self.newest), &self.source.version);
        }
        Upstream { name: self.source.name, version: self.source.version, codename: self.codename, tarball }
    }
}
