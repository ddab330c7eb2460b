//! `manifest.json`: what a bundle holds, believed only once every path in it has been looked at.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::BundleError;
use crate::digest::Sha256;
use crate::store::{Place, PlaceKind, Stamp, Store};

/// Counts up whenever an earlier surtax could not read a bundle, or would read it as something else.
pub(super) const SCHEMA: u32 = 1;
pub(super) const NAME: &str = "manifest.json";
/// A release has some 6,000 files, which take 1 MB; so it ends what is no manifest before it fills the memory.
pub(super) const LIMIT_BYTES: u64 = 256 << 20;

const SURTAX: &str = env!("CARGO_PKG_VERSION");
const TARGET: &str = "x86_64-unknown-linux-gnu";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub schema: u32,
    /// The version of the surtax that wrote it: another one may call the same things otherwise, and build them again.
    pub surtax: String,
    pub target: String,
    /// The path of the store that it is from, and for: it is written into executables and links (ARCHITECTURE).
    pub store: String,
    /// For people: what was exported, such as `debian-13 static-nonpic`.
    pub subjects: Vec<String>,
    /// In the order in which they become visible: nothing before what it stands on.
    pub entries: Vec<Entry>,
}

/// One place of the store, put there in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Below the store.
    pub place: String,
    /// Sorted by path. The place itself has the empty path; of a file or a link it is all there is.
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Part {
    Folder {
        path: String,
    },
    File {
        path: String,
        /// Permission bits, such as 493 (`0o755`).
        mode: u32,
        /// Bytes.
        size: u64,
        sha256: Sha256,
    },
    Link {
        path: String,
        target: String,
    },
}

impl Part {
    pub fn path(&self) -> &str {
        match self {
            Self::Folder { path } | Self::File { path, .. } | Self::Link { path, .. } => path,
        }
    }
}

impl Manifest {
    pub(super) fn new(store: &Store, subjects: Vec<String>, entries: Vec<Entry>) -> Self {
        let store = store.root().to_string_lossy().into_owned();
        Self { schema: SCHEMA, surtax: SURTAX.into(), target: TARGET.into(), store, subjects, entries }
    }

    /// For a store: whatever of the bytes could not become a part of it is an error.
    pub(super) fn parse(bytes: &[u8], store: &Store) -> Result<Self, BundleError> {
        let malformed = |error: serde_json::Error| BundleError::Malformed { reason: error.to_string() };
        // The schema first: a later one may well have other fields.
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(malformed)?;
        match value.get("schema").and_then(serde_json::Value::as_u64) {
            Some(found) if found == u64::from(SCHEMA) => {}
            Some(found) => return Err(BundleError::Schema { found }),
            None => return Err(BundleError::Malformed { reason: "it names no schema".into() }),
        }
        let manifest: Self = serde_json::from_value(value).map_err(malformed)?;
        manifest.check(store)?;
        Ok(manifest)
    }

    /// What the files take once they are unpacked, in bytes; `None` for more than can be.
    pub(super) fn size(&self) -> Option<u64> {
        self.files().try_fold(0_u64, |sum, (_, _, size, _)| sum.checked_add(size))
    }

    /// Every file in the order of the archive: its entry, its path in it, its size and digest.
    pub(super) fn files(&self) -> impl Iterator<Item = (usize, &str, u64, Sha256)> {
        self.entries.iter().enumerate().flat_map(|(at, entry)| {
            entry.parts.iter().filter_map(move |part| match part {
                Part::File { path, size, sha256, .. } => Some((at, path.as_str(), *size, *sha256)),
                _ => None,
            })
        })
    }

    /// Whether it is of this surtax and this store, and all of it a part of one.
    pub(super) fn check(&self, store: &Store) -> Result<(), BundleError> {
        if self.surtax != SURTAX {
            return Err(BundleError::OtherSurtax { found: self.surtax.clone() });
        }
        if self.target != TARGET {
            return Err(BundleError::OtherTarget { found: self.target.clone() });
        }
        if Path::new(&self.store) != store.root() {
            return Err(BundleError::OtherStore { made_for: self.store.clone(), this: store.root().to_owned() });
        }
        let mut places = HashSet::new();
        for entry in &self.entries {
            let refused = |path: &str, reason: &str| BundleError::Refused { path: entry.shown(path), reason: reason.to_owned() };
            let place = Place::parse(&entry.place).ok_or_else(|| refused("", "it is no place of a store"))?;
            if !places.insert(&entry.place) {
                return Err(refused("", "it is there twice"));
            }
            match (place.kind(), entry.parts.as_slice()) {
                (PlaceKind::Stamped | PlaceKind::Folder, parts) => {
                    check_folder(parts, place.kind() == PlaceKind::Stamped).map_err(|(path, reason)| refused(&path, reason))?
                }
                (PlaceKind::File, [Part::File { path, sha256, .. }]) if path.is_empty() => {
                    if place.promised().is_some_and(|promised| promised != *sha256) {
                        return Err(refused("", "its name promises another content"));
                    }
                }
                (PlaceKind::Link, [Part::Link { path, target }]) if path.is_empty() => {
                    if !self.is_inside_another(target) {
                        return Err(refused("", "it leads to nothing in the bundle"));
                    }
                }
                _ => return Err(refused("", "it is of another kind")),
            }
        }
        Ok(())
    }

    /// A home's link: absolute, into a folder that the bundle brings.
    fn is_inside_another(&self, target: &str) -> bool {
        let Some(below) = target.strip_prefix(&self.store).and_then(|below| below.strip_prefix('/')) else { return false };
        let inside = |entry: &Entry| below.strip_prefix(entry.place.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        is_normal(below) && self.entries.iter().any(inside)
    }
}

impl Entry {
    /// Of the whole bundle, for messages and for the archive's members.
    pub(super) fn shown(&self, path: &str) -> String {
        if path.is_empty() { self.place.clone() } else { format!("{}/{path}", self.place) }
    }
}

/// The first thing that is wrong with the parts of a folder: where, and what.
fn check_folder(parts: &[Part], stamped: bool) -> Result<(), (String, &'static str)> {
    let [Part::Folder { path }, below @ ..] = parts else { return Err((String::new(), "it is no folder")) };
    if !path.is_empty() {
        return Err((path.clone(), "it is not the folder itself"));
    }
    let mut folders = BTreeSet::from([""]);
    let mut before = "";
    for part in below {
        let path = part.path();
        let wrong = |reason| Err((path.to_owned(), reason));
        if !is_normal(path) {
            return wrong("it is no path below its folder");
        }
        // Strictly: so nothing is there twice.
        if path <= before {
            return wrong("it is there twice, or not in order");
        }
        before = path;
        if !folders.contains(path.rsplit_once('/').map_or("", |(folder, _)| folder)) {
            return wrong("it lies in no folder of the bundle");
        }
        match part {
            Part::Folder { path } => drop(folders.insert(path)),
            Part::File { mode, .. } if mode & !0o777 != 0 => return wrong("its mode has more than permissions"),
            Part::File { .. } => {}
            // Where it leads, through others too, is looked at once it is there.
            Part::Link { target, .. } if target.starts_with('/') => return wrong("it is a link that leads outside"),
            Part::Link { .. } => {}
        }
    }
    let is_stamp = |part: &Part| matches!(part, Part::File { path, .. } if path == Stamp::NAME);
    if stamped && !below.iter().any(is_stamp) {
        return Err((String::new(), "it has no stamp, so it is not finished"));
    }
    Ok(())
}

/// Relative, and without any part that means another place or none.
fn is_normal(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
