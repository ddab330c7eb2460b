//! Which suites of which places a request means, before anything is asked of a mirror.

use super::host::{Identity, is_origin};
use super::keyring::Trust;
use super::sources::{self, Entry};
use super::{Host, ProvisionError, Request};
use crate::config::{Config, mirror_url};
use crate::digest::Key;
use crate::recipe::{NamedRelease, Release};

/// The one architecture that surtax measures.
pub(super) const ARCHITECTURE: &str = "amd64";

#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// As the signed index must say it, without regard to case.
    pub(super) origin: String,
    /// The same. `None`: the release goes by the name of its base suite, and its index says which codename it has now.
    pub(super) codename: Option<String>,
    /// The base suite is among them; others that cannot be had are warned about.
    pub(super) suites: Vec<SuitePlan>,
}

#[derive(Debug, Clone)]
pub(super) struct SuitePlan {
    /// The folder below `dists/`.
    pub(super) dist: String,
    pub(super) base: bool,
    /// The first that has the distribution's suite is taken.
    pub(super) places: Vec<Place>,
}

#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Without a slash at the end.
    pub(super) mirror: String,
    pub(super) components: Vec<String>,
    pub(super) trust: Trust,
}

impl Plan {
    pub(super) fn of(request: &Request, host: &Host) -> Result<Self, ProvisionError> {
        let archive = &request.archive;
        let entries = sources::read(host, ARCHITECTURE);
        let mut plan = match &archive.release {
            Release::Host => {
                let identity = Identity::of(host)?;
                of_host(&identity, &entries, &given(request, host, &identity.origin)?)
            }
            Release::Named(release) => of_named(release, &entries, &given(request, host, &release.origin)?, Identity::of(host).ok()),
        };
        if let Some(keyring) = &request.keyring {
            let places = plan.suites.iter_mut().flat_map(|suite| &mut suite.places);
            places.for_each(|place| place.trust = Trust::Files(vec![keyring.clone()]));
        }
        if plan.suites.iter().all(|suite| suite.places.is_empty()) {
            return Err(ProvisionError::NoMirror { release: plan.label() });
        }
        Ok(plan)
    }

    pub(super) fn label(&self) -> String {
        format!("{} {}", self.origin, self.name())
    }

    /// What the names of its suites begin with.
    pub(super) fn name(&self) -> &str {
        let base = || self.suites.first().map_or("", |suite| suite.dist.as_str());
        self.codename.as_deref().unwrap_or_else(base)
    }

    pub(super) fn is_origin(&self, origin: &str) -> bool {
        is_origin(&self.origin, origin)
    }

    /// Every mirror once, in order.
    pub(super) fn mirrors(&self) -> Vec<String> {
        let mut mirrors = Vec::new();
        for place in self.suites.iter().flat_map(|suite| &suite.places) {
            if !mirrors.contains(&place.mirror) {
                mirrors.push(place.mirror.clone());
            }
        }
        mirrors
    }

    /// Names the answer: the same request to the same places.
    pub(super) fn key(&self, request: &Request) -> Key {
        let (plan, recipe) = (format!("{self:?}"), format!("{:?}", request.archive));
        let python = request.python.map_or_else(String::new, |version| version.to_string());
        let expired = if request.allow_expired { "allowed" } else { "refused" };
        let inputs = [
            ("closure", super::closure::ROOTS),
            ("plan", plan.as_str()),
            ("recipe", recipe.as_str()),
            ("python", python.as_str()),
            ("expired", expired),
        ];
        Key::of("request", inputs)
    }
}

/// The person's mirrors, from the first place that names any; empty where the host's apt sources are left.
fn given(request: &Request, host: &Host, origin: &str) -> Result<Vec<String>, ProvisionError> {
    let by_hand = if request.mirrors.is_empty() { &host.mirrors } else { &request.mirrors };
    match &host.config {
        Some(path) if by_hand.is_empty() => Ok(Config::read(path)?.mirrors(origin).to_vec()),
        _ => by_hand.iter().map(|mirror| mirror_url(mirror).ok_or_else(|| ProvisionError::BadMirror { mirror: mirror.clone() })).collect(),
    }
}

fn of_host(identity: &Identity, entries: &[Entry], given: &[String]) -> Plan {
    // A source that names `stable` shows only in its signed index which release that is.
    let of_codename: Vec<_> = entries.iter().filter(|entry| is_suite_of(&entry.suite, &identity.codename)).collect();
    let entries = if of_codename.is_empty() { entries.iter().collect() } else { of_codename };
    let mut suites: Vec<SuitePlan> = Vec::new();
    if given.is_empty() {
        for entry in entries {
            let place = Place {
                mirror: entry.uri.trim_end_matches('/').to_owned(),
                components: entry.components.clone(),
                trust: Trust::of(&entry.signed_by, &identity.origin),
            };
            add(&mut suites, &entry.suite, place);
        }
    } else {
        let mut dists: Vec<_> = entries.iter().map(|entry| entry.suite.clone()).collect();
        if dists.is_empty() {
            dists = ["", "-updates", "-security"].map(|suffix| format!("{}{suffix}", identity.codename)).to_vec();
        }
        dists.dedup();
        let mut components: Vec<_> = entries.iter().flat_map(|entry| entry.components.clone()).chain(["main".to_owned()]).collect();
        components.sort_unstable();
        components.dedup();
        for dist in dists {
            for mirror in given {
                let trust = Trust::Host { origin: identity.origin.to_lowercase() };
                add(&mut suites, &dist, Place { mirror: mirror.clone(), components: components.clone(), trust });
            }
        }
    }
    Plan { origin: identity.origin.clone(), codename: Some(identity.codename.clone()), suites }
}

/// A host of the same distribution has mirrors that may well carry its other releases too.
fn of_named(release: &NamedRelease, entries: &[Entry], given: &[String], host: Option<Identity>) -> Plan {
    let same = host.is_some_and(|host| is_origin(&host.origin, &release.origin));
    let mut mirrors = given.to_vec();
    if mirrors.is_empty() && same {
        mirrors.extend(entries.iter().map(|entry| entry.uri.trim_end_matches('/').to_owned()));
        let mut seen = std::collections::HashSet::new();
        mirrors.retain(|mirror| seen.insert(mirror.clone()));
    }
    let place = |mirror: &String| Place {
        mirror: mirror.clone(),
        components: release.components.clone(),
        trust: Trust::Named(release.keyrings.clone()),
    };
    let suites = release.suites.iter().enumerate();
    let suites = suites.map(|(at, dist)| SuitePlan { dist: dist.clone(), base: at == 0, places: mirrors.iter().map(place).collect() });
    Plan { origin: release.origin.clone(), codename: release.codename.clone(), suites: suites.collect() }
}

fn add(suites: &mut Vec<SuitePlan>, dist: &str, place: Place) {
    let at = suites.iter().position(|suite| suite.dist == dist).unwrap_or_else(|| {
        suites.push(SuitePlan { dist: dist.to_owned(), base: !dist.contains(['-', '/']), places: Vec::new() });
        suites.len() - 1
    });
    let places = &mut suites[at].places;
    match places.iter_mut().find(|known| known.mirror == place.mirror && known.trust == place.trust) {
        Some(known) => {
            let new: Vec<_> = place.components.into_iter().filter(|component| !known.components.contains(component)).collect();
            known.components.extend(new);
        }
        None => places.push(place),
    }
}

/// Whether it is `bookworm` itself, or such as `bookworm-security`.
pub(super) fn is_suite_of(suite: &str, codename: &str) -> bool {
    suite.strip_prefix(codename).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '/']))
}
