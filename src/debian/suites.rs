//! The suites of a release as their mirrors have them now: signatures checked, indexes verified and parsed.

use std::io::BufReader;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::form::{Form, Speed};
use super::index::{Index, Package};
use super::keyring::Keyring;
use super::plan::{ARCHITECTURE, Place, Plan, SuitePlan};
use super::release::SignedRelease;
use super::{Host, ProvisionError, Request};
use crate::digest::Key;
use crate::fetch::{FetchError, Fetcher, Wanted};
use crate::fs;
use crate::interrupt;
use crate::recipe::{Release, Source};
use crate::store::Store;
use crate::ui::{Bar, Reporter};
use crate::unpack::decompress;

/// No release's signed index is a hundredth of it.
const SIGNED_INDEX_LIMIT_BYTES: u64 = 64 << 20;

pub(super) struct Suites {
    /// In the plan's order.
    suites: Vec<Suite>,
    label: String,
    pub(super) version: Option<String>,
    pub(super) origin: String,
    pub(super) downloaded: u64,
}

struct Suite {
    dist: String,
    index: Index,
}

/// What opening a suite needs.
pub(super) struct Reading<'a> {
    pub(super) store: &'a Store,
    pub(super) request: &'a Request,
    pub(super) host: &'a Host,
    /// `None`: from the store alone.
    pub(super) fetcher: Option<&'a Fetcher>,
    pub(super) reporter: &'a dyn Reporter,
    pub(super) bar: &'a dyn Bar,
    pub(super) downloaded: AtomicU64,
}

/// What a suite's mirrors came to.
struct Opened {
    suite: Suite,
    release: SignedRelease,
}

impl Suites {
    pub(super) fn open(plan: &Plan, reading: &Reading<'_>) -> Result<Self, ProvisionError> {
        let opened: Vec<_> = plan.suites.par_iter().map(|suite| (suite, reading.suite(plan, suite))).collect();
        let (mut suites, mut version, mut origin, mut missing) = (Vec::new(), None, None, Vec::new());
        for (planned, outcome) in opened {
            match outcome {
                Ok(Opened { suite, release }) => {
                    if planned.base && release.codename == plan.identity.codename {
                        (version, origin) = (release.version, Some(release.origin));
                    }
                    suites.push(suite);
                }
                // What is signed wrongly, or tampered with, is no missing suite.
                Err(error) if !is_absence(&error, planned, plan) => return Err(error),
                Err(error) => missing.push((planned, error)),
            }
        }
        let Some(origin) = origin else { return Err(no_base(plan, missing)) };
        for (planned, error) in missing {
            reading.reporter.warn(&format!("the suite {} is left out: {error}", planned.dist));
        }
        Ok(Self { suites, label: plan.label(), version, origin, downloaded: reading.downloaded.load(Ordering::Relaxed) })
    }

    pub(super) fn label(&self) -> String {
        self.label.clone()
    }

    pub(super) fn named(&self, name: &str) -> Vec<Package> {
        self.suites.iter().flat_map(|suite| suite.index.named(name, &suite.dist, ARCHITECTURE)).collect()
    }

    pub(super) fn providing(&self, name: &str) -> Vec<Package> {
        self.suites.iter().flat_map(|suite| suite.index.providing(name, &suite.dist, ARCHITECTURE)).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.suites.iter().flat_map(|suite| suite.index.names())
    }
}

/// Whether the next mirror is asked; what is signed wrongly, or tampered with, ends the search.
fn another_place_may_do(error: &ProvisionError) -> bool {
    match error {
        ProvisionError::Fetch(error) => matches!(error, FetchError::Failed { .. }),
        ProvisionError::UnknownRelease { .. } | ProvisionError::NothingOffline => true,
        _ => false,
    }
}

/// Whether the work can go on without the suite. One of the release's own must be known to be absent: a security suite that does not
/// answer just now would else be left out of the answer for good.
fn is_absence(error: &ProvisionError, suite: &SuitePlan, plan: &Plan) -> bool {
    let rest = suite.dist.strip_prefix(plan.identity.codename.as_str());
    let own = suite.base || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    match error {
        ProvisionError::Fetch(error) if own => error.is_absent(),
        error => another_place_may_do(error),
    }
}

/// The base suite's own failure where it has one to tell.
fn no_base(plan: &Plan, missing: Vec<(&SuitePlan, ProvisionError)>) -> ProvisionError {
    let absent = |error: &ProvisionError| matches!(error, ProvisionError::Fetch(error) if error.is_absent());
    let dists = plan.suites.iter().map(|suite| suite.dist.as_str()).collect::<Vec<_>>().join(", ");
    let of_base = missing.into_iter().find(|(suite, _)| suite.base || plan.suites.iter().all(|suite| !suite.base));
    match of_base {
        Some((_, error)) if !absent(&error) => error,
        Some((_, error)) => ProvisionError::UnknownRelease { release: plan.label(), tried: error.to_string() },
        None => ProvisionError::UnknownRelease { release: plan.label(), tried: format!("none of the suites {dists} is its base suite") },
    }
}

impl Reading<'_> {
    fn suite(&self, plan: &Plan, suite: &SuitePlan) -> Result<Opened, ProvisionError> {
        let mut first = None;
        for place in &suite.places {
            match self.place(plan, suite, place) {
                Ok(opened) => return Ok(opened),
                // A mirror that did not answer might have had it: that is what is told, rather than that another one lacks it.
                Err(error) if another_place_may_do(&error) => {
                    if first.is_none() || !is_absence(&error, suite, plan) {
                        first = Some(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(first.unwrap_or(ProvisionError::NoMirror { release: plan.label() }))
    }

    fn place(&self, plan: &Plan, suite: &SuitePlan, place: &Place) -> Result<Opened, ProvisionError> {
        interrupt::check()?;
        let url = format!("{}/dists/{}/InRelease", place.mirror, suite.dist);
        let kept = self.store.index(&Key::of("InRelease", [("url", url.as_str())]));
        let started = Instant::now();
        let message = match self.fetcher {
            Some(fetcher) => fetcher.bytes(&url, SIGNED_INDEX_LIMIT_BYTES)?,
            None => std::fs::read(&kept).map_err(|_| ProvisionError::NothingOffline)?,
        };
        let speed = Speed { bytes: message.len() as u64, took: started.elapsed() };
        let release = self.verified(plan, suite, place, &url, &message)?;
        if self.fetcher.is_some() {
            self.downloaded.fetch_add(message.len() as u64, Ordering::Relaxed);
            fs::write_atomic(&kept, &message)?;
        }
        let mut index = Index::default();
        for component in &place.components {
            self.component(suite, place, &release, component, &speed, &mut index)?;
        }
        Ok(Opened { suite: Suite { dist: suite.dist.clone(), index }, release })
    }

    fn verified(&self, plan: &Plan, suite: &SuitePlan, place: &Place, url: &str, message: &[u8]) -> Result<SignedRelease, ProvisionError> {
        let unsigned = |_| ProvisionError::Unsigned { url: url.to_owned(), reason: "it is no text".into() };
        let message = str::from_utf8(message).map_err(unsigned)?;
        // Other software's sources are signed by other keys: that they are another's shows before their signature matters.
        if let Some(origin) = message.lines().take(40).find_map(|line| line.strip_prefix("Origin: "))
            && !plan.identity.is_origin(origin.trim())
        {
            let tried = format!("{url} is of the origin {}", origin.trim());
            return Err(ProvisionError::UnknownRelease { release: plan.label(), tried });
        }
        let keyring = Keyring::load(&place.trust, self.host, &plan.label())?;
        let text = keyring.signed_text(url, message, self.host.now)?;
        let release = SignedRelease::parse(url, &text)?;
        let wrong = |reason: String| Err(ProvisionError::WrongRelease { url: url.to_owned(), reason });
        match () {
            () if !plan.identity.is_origin(&release.origin) => return wrong(format!("its origin is {}", release.origin)),
            () if !release.is_of(&plan.identity.codename) => return wrong(format!("its codename is {}", release.codename)),
            () if !release.answers_to(&suite.dist) => {
                return wrong(format!("it is the suite {} ({})", release.suite, release.codename));
            }
            () => {}
        }
        let Source::Archive(archive) = &self.request.recipe.source;
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
        let folder = format!("{component}/binary-{ARCHITECTURE}");
        let forms = Form::all().map(|form| (form, format!("{folder}/Packages{}", form.extension)));
        let listed = forms.iter().filter_map(|(form, path)| Some((*form, path.as_str(), release.file(path)?)));
        let mut listed: Vec<_> = listed.collect();
        let plain = release.file(&format!("{folder}/Packages")).map_or(0, |file| file.size);
        listed.sort_by_key(|(form, _, file)| (!self.store.blob(&file.sha256).exists(), speed.estimate(file.size) + form.unpacking(plain)));
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
        let by_hash = release.by_hash.then(|| format!("{base}/{folder}/by-hash/SHA256/{}", wanted.sha256));
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
