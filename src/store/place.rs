//! What of the store is put in place in one step and is of use elsewhere, by its path: the grammar of what a bundle may hold.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Store;
use crate::digest::Sha256;

/// A path below the store that only a finished thing has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A folder whose last write was its stamp.
    Stamped,
    /// A folder whose stamp lies beside it.
    Folder,
    File,
    /// A link into another place.
    Link,
}

impl Place {
    /// `None` for what is no such path: downloads under way, scratch, objects, logs, and whatever this surtax does not know.
    pub fn parse(path: &str) -> Option<Self> {
        kind(path).map(|_| Self(path.to_owned()))
    }

    pub fn kind(&self) -> PlaceKind {
        // Parsed, so there is one.
        kind(&self.0).unwrap_or(PlaceKind::File)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of a [`PlaceKind::Folder`]: the place whose stamp says that it is finished.
    pub fn stamp(&self) -> Option<Self> {
        let tree = self.0.strip_suffix("/prefix").filter(|_| self.kind() == PlaceKind::Folder)?;
        Self::parse(&format!("{tree}/steps/install"))
    }

    /// Whether a file or folder of this name was put there by whoever uses the place, and is no part of it: the interpreters that import a pack
    /// compile it for themselves, each at its own moment.
    pub fn leaves_out(&self, name: &str) -> bool {
        self.0.starts_with("packs/") && name == "__pycache__"
    }

    /// The content that a download's name promises.
    pub fn promised(&self) -> Option<Sha256> {
        self.0.strip_prefix("blobs/sha256/")?.rsplit('/').next()?.parse().ok()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Store {
    /// `None` for a path outside of the store, or of something else.
    pub fn place(&self, path: &Path) -> Option<Place> {
        Place::parse(path.strip_prefix(&self.root).ok()?.to_str()?)
    }

    pub fn at(&self, place: &Place) -> PathBuf {
        self.root.join(&place.0)
    }

    /// Every answer that a request was given, in the order of their names.
    pub fn answers(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.root.join("resolved")).into_iter().flatten().flatten();
        let mut answers: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        answers.sort_unstable();
        answers
    }
}

fn kind(path: &str) -> Option<PlaceKind> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["blobs", "sha256", start, digits] if digits.len() == 64 && is_hex(digits) && digits.get(..2) == Some(start) => {
            Some(PlaceKind::File)
        }
        ["resolved", name] => {
            let (key, extension) = name.split_once('.')?;
            (is_key(key) && matches!(extension, "lock" | "source" | "wheels")).then_some(PlaceKind::File)
        }
        ["sysroots" | "hacl" | "packs", key] if is_key(key) => Some(PlaceKind::Stamped),
        ["homes", home, runner] if is_key(home) && is_key(runner) => Some(PlaceKind::Stamped),
        ["homes", home, "lib" | "lib64" | "include" | "share"] if is_key(home) => Some(PlaceKind::Link),
        ["cpython", "trees", tree, rest @ ..] if is_key(tree) => match rest {
            ["prefix"] => Some(PlaceKind::Folder),
            ["steps", "install"] => Some(PlaceKind::Stamped),
            ["libraries", library] if is_key(library) => Some(PlaceKind::Stamped),
            _ => None,
        },
        _ => None,
    }
}

fn is_key(text: &str) -> bool {
    text.len() == 32 && is_hex(text)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::{Place, PlaceKind};

    #[test]
    fn what_a_pack_was_compiled_to_is_no_part_of_it() {
        let leaves_out =
            |path: &str| Place::parse(&format!("{path}/0123456789abcdef0123456789abcdef")).expect("a place").leaves_out("__pycache__");
        // A sysroot's standard library is compiled before its stamp, for its own Python alone.
        assert!(leaves_out("packs") && !leaves_out("sysroots"));
    }

    #[test]
    fn only_what_is_finished_in_one_step_is_a_place() {
        let key = "0123456789abcdef0123456789abcdef";
        let kind = |path: &str| Place::parse(&path.replace("KEY", key)).map(|place| place.kind());
        assert_eq!(kind("sysroots/KEY"), Some(PlaceKind::Stamped));
        assert_eq!(kind("homes/KEY/KEY"), Some(PlaceKind::Stamped));
        assert_eq!(kind("homes/KEY/lib"), Some(PlaceKind::Link));
        assert_eq!(kind("cpython/trees/KEY/prefix"), Some(PlaceKind::Folder));
        assert_eq!(kind("cpython/trees/KEY/libraries/KEY"), Some(PlaceKind::Stamped));
        assert_eq!(kind("packs/KEY"), Some(PlaceKind::Stamped));
        assert_eq!(kind("resolved/KEY.lock"), Some(PlaceKind::File));
        assert_eq!(kind("resolved/KEY.wheels"), Some(PlaceKind::File));
        let blob = format!("blobs/sha256/01/{key}{key}");
        assert_eq!(Place::parse(&blob).and_then(|place| place.promised()).map(|digest| digest.to_string()), Some(format!("{key}{key}")));
        for path in [
            "",
            "/",
            "sysroots",
            "sysroots/KEY/",
            "sysroots//KEY",
            "/sysroots/KEY",
            "sysroots/../sysroots/KEY",
            "sysroots/KEY/usr",
            "homes/KEY",
            "homes/KEY/bin",
            "homes/KEY/..",
            "cpython/trees/KEY",
            "cpython/trees/KEY/build",
            "cpython/trees/KEY/steps/base",
            "locks/runners",
            "resolved/KEY.lock/x",
            "resolved/KEY.lock.source",
            "packs/KEY/pyperf",
            "scratch/KEY",
            "logs/KEY",
            "cargo-target/KEY",
            "sysroots/0123",
            "sysroots/0123456789ABCDEF0123456789ABCDEF",
            "blobs/sha256/02/KEYKEY",
            "blobs/sha512/01/KEYKEY",
            "blobs/partial/KEY",
            "verified/KEY",
        ] {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
