//! The suites of a release as their mirrors have them now: signatures checked, indexes verified and parsed.

use std::sync::atomic::Ordering;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::ProvisionError;
use super::index::{Index, Package};
use super::lock::LockedSource;
use super::plan::{ARCHITECTURE, Plan, SuitePlan};
use super::reading::{Opened, Reading};
use super::release::SignedRelease;
use crate::fetch::FetchError;

pub(super) struct Suites {
    /// In the plan's order.
    suites: Vec<Suite>,
    label: String,
    version: Option<String>,
    pub(super) origin: String,
    pub(super) codename: String,
    pub(super) downloaded: u64,
}

struct Suite {
    dist: String,
    index: Index,
}

impl Suites {
    pub(super) fn open(plan: &Plan, reading: &Reading<'_>) -> Result<Self, ProvisionError> {
        let opened: Vec<_> = plan.suites.par_iter().map(|suite| (suite, from_its_places(reading, plan, suite))).collect();
        let (mut suites, mut releases, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for (planned, outcome) in opened {
            match outcome {
                Ok(Opened { index, release }) => {
                    releases.push((planned, release));
                    suites.push(Suite { dist: planned.dist.clone(), index });
                }
                // What is signed wrongly, or tampered with, is no missing suite.
                Err(error) if !is_absence(&error, planned, plan) => return Err(error),
                Err(error) => missing.push((planned, error)),
            }
        }
        let is_base = |(planned, release): &&(&SuitePlan, SignedRelease)| {
            planned.base && plan.codename.as_ref().is_none_or(|codename| *codename == release.codename)
        };
        let Some((_, base)) = releases.iter().rfind(is_base) else { return Err(no_base(plan, missing)) };
        // A moving release, caught while it moves: its suites are of two releases.
        if let Some((planned, other)) = releases.iter().find(|(_, release)| !release.is_of(&base.codename)) {
            let reason = format!("its codename is {}, but that of {} is {}", other.codename, plan.label(), base.codename);
            return Err(ProvisionError::WrongRelease { url: format!("the suite {}", planned.dist), reason });
        }
        for (planned, error) in missing {
            reading.reporter.warn(&format!("the suite {} is left out: {error}", planned.dist));
        }
        Ok(Self {
            suites,
            label: plan.label(),
            version: base.version.clone(),
            origin: base.origin.clone(),
            codename: base.codename.clone(),
            downloaded: reading.downloaded.load(Ordering::Relaxed),
        })
    }

    pub(super) fn label(&self) -> String {
        self.label.clone()
    }

    /// `Debian 13.7`; of a release that has no number yet, `Debian forky`.
    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.origin, self.version.as_ref().unwrap_or(&self.codename))
    }

    pub(super) fn named(&self, name: &str) -> Vec<Package> {
        self.suites.iter().flat_map(|suite| suite.index.named(name, &suite.dist, ARCHITECTURE)).collect()
    }

    pub(super) fn providing(&self, name: &str) -> Vec<Package> {
        self.suites.iter().flat_map(|suite| suite.index.providing(name, &suite.dist, ARCHITECTURE)).collect()
    }

    /// Every version of a source package that the suites list, with the indexes of sources read.
    pub(super) fn sources(&self, name: &str) -> Vec<LockedSource> {
        self.suites.iter().flat_map(|suite| suite.index.sources(name)).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.suites.iter().flat_map(|suite| suite.index.names())
    }
}

/// The first place that has the suite.
fn from_its_places(reading: &Reading<'_>, plan: &Plan, suite: &SuitePlan) -> Result<Opened, ProvisionError> {
    let mut first = None;
    for place in &suite.places {
        match reading.place(plan, suite, place) {
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
    let rest = suite.dist.strip_prefix(plan.name());
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
