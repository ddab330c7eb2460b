//! Wheels in the store: each by its content, and folders in which some are unpacked together.

use std::path::{Path, PathBuf};

use super::PackError;
use crate::digest::{Checksum, Key, Sha256};
use crate::fetch::Fetcher;
use crate::fs;
use crate::store::{Stamp, Store};
use crate::ui::Silent;
use crate::unpack::{self, Tree};

/// One file that an index gave.
#[derive(Debug, Clone)]
pub(super) struct Wheel {
    /// `pyperf-2.10.0-py3-none-any.whl`
    pub(super) file: String,
    pub(super) sha256: Sha256,
    /// In the store.
    pub(super) path: PathBuf,
}

impl Wheel {
    /// Brings a file that was just fetched into the store.
    pub(super) fn keep(store: &Store, path: &Path, file: String) -> Result<Self, PackError> {
        let sha256 = fs::sha256(path)?;
        if let Some(stored) = Self::stored(store, &file, sha256) {
            return Ok(stored);
        }
        let blob = store.blob(&Checksum::Sha256(sha256));
        fs::write_atomic(&blob, &fs::read(path)?)?;
        Ok(Self { file, sha256, path: blob })
    }

    fn stored(store: &Store, file: &str, sha256: Sha256) -> Option<Self> {
        // A damaged blob is no blob; whatever else is wrong with one, what pip brings will be put in its place.
        let path = Fetcher::stored_content(store, &Checksum::Sha256(sha256)).ok().flatten()?;
        Store::used(&path);
        Some(Self { file: file.to_owned(), sha256, path })
    }
}

/// All of them, or nothing.
pub(super) fn stored(store: &Store, named: &[(String, Sha256)]) -> Option<Vec<Wheel>> {
    named.iter().map(|(file, sha256)| Wheel::stored(store, file, *sha256)).collect()
}

/// A folder with the content of all wheels as far as it is `wanted`, made once.
pub(super) fn unpacked(store: &Store, wheels: &[Wheel], wanted: &dyn Fn(&str) -> bool) -> Result<PathBuf, PackError> {
    let hashes: Vec<String> = wheels.iter().map(|wheel| wheel.sha256.to_string()).collect();
    let place = store.pack(&Key::of("pack", hashes.iter().map(|hash| ("wheel", hash.as_str()))));
    if Stamp::read(&place).is_some() {
        return Ok(place);
    }
    // Another surtax may be unpacking the same, or reading from it already.
    let _lock = store.lock(Store::PACKS_LOCK, &Silent)?;
    if Stamp::read(&place).is_some() {
        return Ok(place);
    }
    let scratch = store.scratch()?;
    let tree = Tree::open(scratch.path())?;
    for wheel in wheels {
        unpack::wheel(&wheel.path, &wheel.file, &tree, wanted)?;
    }
    Stamp::write(scratch.path(), &hashes.join(" "))?;
    scratch.commit(&place)?;
    Ok(place)
}
