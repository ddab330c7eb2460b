//! What lies at a place of the store, as the manifest's parts: every file hashed, nothing that a bundle cannot hold.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rayon::prelude::*;

use super::{BundleError, Entry, Part};
use crate::fs::{self, FsError};
use crate::interrupt;
use crate::store::{Place, Store};

/// `place` is finished: nobody writes to it any more.
pub(super) fn entry(store: &Store, place: &Place) -> Result<Entry, BundleError> {
    let root = store.at(place);
    let mut paths = vec![String::new()];
    if std::fs::symlink_metadata(&root).map_err(FsError::at("read", &root))?.is_dir() {
        below(&root, "", place, &mut paths)?;
    }
    paths.sort_unstable();
    let parts = paths.into_par_iter().map(|path| part(&root, path)).collect::<Result<_, _>>()?;
    Ok(Entry { place: place.as_str().to_owned(), parts })
}

fn below(root: &Path, folder: &str, place: &Place, paths: &mut Vec<String>) -> Result<(), BundleError> {
    interrupt::check()?;
    let here = at(root, folder);
    let failed = |error| FsError::at("read", &here)(error);
    for entry in std::fs::read_dir(&here).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(BundleError::Unfit { path: entry.path(), what: "has a name that is not UTF-8" });
        };
        if place.leaves_out(&name) {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if entry.file_type().map_err(failed)?.is_dir() {
            below(root, &path, place, paths)?;
        }
        paths.push(path);
    }
    Ok(())
}

pub(super) fn at(root: &Path, path: &str) -> std::path::PathBuf {
    // `join` with nothing would end in a slash, and a slash follows links.
    if path.is_empty() { root.to_owned() } else { root.join(path) }
}

fn part(root: &Path, path: String) -> Result<Part, BundleError> {
    interrupt::check()?;
    let place = at(root, &path);
    let failed = |error| FsError::at("read", &place)(error);
    let data = std::fs::symlink_metadata(&place).map_err(failed)?;
    if data.is_dir() {
        return Ok(Part::Folder { path });
    }
    if data.is_symlink() {
        let Ok(target) = std::fs::read_link(&place).map_err(failed)?.into_os_string().into_string() else {
            return Err(BundleError::Unfit { path: place, what: "leads to a name that is not UTF-8" });
        };
        return Ok(Part::Link { path, target });
    }
    if !data.is_file() {
        return Err(BundleError::Unfit { path: place, what: "is neither file nor folder nor link" });
    }
    let sha256 = fs::sha256(&place)?;
    Ok(Part::File { path, mode: data.permissions().mode() & 0o777, size: data.len(), sha256 })
}

/// Whether all that the entry names is in the store, as it names it; more may be.
pub(super) fn is_there(store: &Store, entry: &Entry) -> bool {
    let Some(place) = Place::parse(&entry.place) else { return false };
    let root = store.at(&place);
    entry.parts.par_iter().all(|wanted| match (part(&root, wanted.path().to_owned()), wanted) {
        // Who may read it is this machine's affair; whether it can be started is not.
        (Ok(Part::File { mode, size, sha256, .. }), Part::File { mode: other_mode, size: other_size, sha256: other, .. }) => {
            (mode & 0o100, size, sha256) == (other_mode & 0o100, *other_size, *other)
        }
        (found, wanted) => found.is_ok_and(|found| found == *wanted),
    })
}
