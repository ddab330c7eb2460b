//! One suite read from one of its places: its signed index fetched and checked, its lists of packages fetched, verified and parsed.

use std::io::BufReader;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::form::{Form, Speed};
use super::index::{Index, Kind};
use super::keyring::Keyring;
use super::plan::{Place, Plan, SuitePlan, is_suite_of};
use super::release::SignedRelease;
use super::{Host, ProvisionError, Request};
use crate::digest::Key;
use crate::fetch::{Fetcher, Wanted};
use crate::fs;
use crate::interrupt;
use crate::recipe::Release;
use crate::store::Store;
use crate::ui::{Bar, Reporter};
use crate::unpack::decompress;

/// No release's signed index is a hundredth of it.
const SIGNED_INDEX_LIMIT_BYTES: u64 = 64 << 20;

/// What reading a suite needs.
pub(super) struct Reading<'a> {
    pub(super) store: &'a Store,
    pub(super) request: &'a Request,
    pub(super) host: &'a Host,
    /// `None`: from the store alone.
    pub(super) fetcher: Option<&'a Fetcher>,
    pub(super) reporter: &'a dyn Reporter,
    pub(super) bar: &'a dyn Bar,
    pub(super) kind: Kind,
    pub(super) downloaded: AtomicU64,
}

/// What a place has of a suite.
pub(super) struct Opened {
    pub(super) index: Index,
    pub(super) release: SignedRelease,
}

impl Reading<'_> {
    pub(super) fn place(&self, plan: &Plan, suite: &SuitePlan, place: &Place) -> Result<Opened, ProvisionError> {
        interrupt::check()?;
        let url = format!("{}/dists/{}/InRelease", place.mirror, suite.dist);
        let kept = self.store.index(&Key::of("InRelease", [("url", url.as_str())]));
        let started = Instant::now();
        let message = match self.fetcher {
            Some(fetcher) => fetcher.bytes(&url, SIGNED_INDEX_LIMIT_BYTES)?,
            None => std::fs::read(&kept).map_err(|_| ProvisionError::NothingOffline)?,
        };
        Store::used(&kept);
        let speed = Speed { bytes: message.len() as u64, took: started.elapsed() };
        let release = self.verified(plan, suite, place, &url, &message)?;
        if self.fetcher.is_some() {
            self.downloaded.fetch_add(message.len() as u64, Ordering::Relaxed);
            fs::write_atomic(&kept, &message)?;
        }
        let mut index = Index::of(self.kind);
        for component in &place.components {
            self.component(suite, place, &release, component, &speed, &mut index)?;
        }
        Ok(Opened { index, release })
    }

    fn verified(&self, plan: &Plan, suite: &SuitePlan, place: &Place, url: &str, message: &[u8]) -> Result<SignedRelease, ProvisionError> {
        let unsigned = |_| ProvisionError::Unsigned { url: url.to_owned(), reason: "it is no text".into() };
        let message = str::from_utf8(message).map_err(unsigned)?;
        // Other software's sources are signed by other keys: that they are another's shows before their signature matters.
        if let Some(origin) = message.lines().take(40).find_map(|line| line.strip_prefix("Origin: "))
            && !plan.is_origin(origin.trim())
        {
            let tried = format!("{url} is of the origin {}", origin.trim());
            return Err(ProvisionError::UnknownRelease { release: plan.label(), tried });
        }
        let keyring = Keyring::load(&place.trust, self.host, &plan.label())?;
        let text = keyring.signed_text(url, message, self.host.now)?;
        let release = SignedRelease::parse(url, &text)?;
        let wrong = |reason: String| Err(ProvisionError::WrongRelease { url: url.to_owned(), reason });
        match () {
            () if !plan.is_origin(&release.origin) => return wrong(format!("its origin is {}", release.origin)),
            () if plan.codename.as_ref().is_some_and(|codename| !release.is_of(codename)) => {
                return wrong(format!("its codename is {}", release.codename));
            }
            () if plan.codename.is_none() && !is_suite_of(&release.suite, plan.name()) => {
                return wrong(format!("its suite is {}", release.suite));
            }
            () if !release.answers_to(&suite.dist) => {
                return wrong(format!("it is the suite {} ({})", release.suite, release.codename));
            }
            () => {}
        }
        let archive = &self.request.archive;
        if release.not_automatic && archive.release == Release::Host {
            let tried = format!("{url} is marked NotAutomatic: a host takes nothing from it by itself");
            return Err(ProvisionError::UnknownRelease { release: plan.label(), tried });
        }
        // What was valid when it was fetched has not changed since; there is nothing newer to ask for.
        let allow_expired = self.request.allow_expired || self.fetcher.is_none();
        release.check_time(url, self.host.now, allow_expired)?;
        Ok(release)
    }

    fn component(
        &self,
        suite: &SuitePlan,
        place: &Place,
        release: &SignedRelease,
        component: &str,
        speed: &Speed,
        index: &mut Index,
    ) -> Result<(), ProvisionError> {
        let (folder, name) = (self.kind.folder(component), self.kind.file_name());
        let forms = Form::all().map(|form| (form, format!("{folder}/{name}{}", form.extension)));
        let listed = forms.iter().filter_map(|(form, path)| Some((*form, path.as_str(), release.file(path)?)));
        let mut listed: Vec<_> = listed.collect();
        let plain = release.file(&format!("{folder}/{name}")).map_or(0, |file| file.size);
        listed
            .sort_by_key(|(form, _, file)| (!self.store.blob(&file.checksum).exists(), speed.estimate(file.size) + form.unpacking(plain)));
        if listed.is_empty() {
            // A component that this suite does not have: apt says nothing either.
            return Ok(());
        }
        let base = format!("{}/dists/{}", place.mirror, suite.dist);
        let mut failure = None;
        for (form, path, wanted) in listed {
            match self.index_file(&base, &folder, path, release, &wanted) {
                Ok(blob) => {
                    let bad = |error: std::io::Error| ProvisionError::BadIndex { url: format!("{base}/{path}"), reason: error.to_string() };
                    let file = std::fs::File::open(&blob).map_err(fs::FsError::at("read", &blob))?;
                    let reader = decompress(form.compression, BufReader::with_capacity(1 << 17, file)).map_err(bad)?;
                    let parsed = index.read(reader);
                    interrupt::check()?;
                    return parsed.map_err(bad);
                }
                Err(ProvisionError::Fetch(error)) if error.is_absent() => failure = Some(error.into()),
                Err(error @ ProvisionError::NothingOffline) => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or(ProvisionError::NothingOffline))
    }

    /// By hash where that is offered: such a file cannot change between the signed index and itself.
    fn index_file(
        &self,
        base: &str,
        folder: &str,
        path: &str,
        release: &SignedRelease,
        wanted: &Wanted,
    ) -> Result<std::path::PathBuf, ProvisionError> {
        if let Some(blob) = Fetcher::stored(self.store, wanted)? {
            return Ok(blob);
        }
        let fetcher = self.fetcher.ok_or(ProvisionError::NothingOffline)?;
        let algorithm = wanted.checksum.algorithm().replace('-', "");
        let by_hash = release.by_hash.then(|| format!("{base}/{folder}/by-hash/{algorithm}/{}", wanted.checksum));
        let mut urls = by_hash.into_iter().chain([format!("{base}/{path}")]).peekable();
        while let Some(url) = urls.next() {
            self.bar.message(path);
            match fetcher.blob(self.store, &url, wanted, &|_| ()) {
                Ok(fetched) => {
                    self.downloaded.fetch_add(fetched.downloaded, Ordering::Relaxed);
                    return Ok(fetched.path);
                }
                Err(error) if error.is_absent() && urls.peek().is_some() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ProvisionError::NothingOffline)
    }
}
