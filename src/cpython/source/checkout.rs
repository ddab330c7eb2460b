//! A source as a folder: the person's, which is known by its content and copied, since nothing is built in it; and the one in the store.

use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::SourceError;
use crate::cpython::MOMENT;
use crate::digest::{Hasher, Key, Sha256};
use crate::fs::{self, FsError};
use crate::interrupt;

/// What a build in the folder itself leaves, and `make distclean` removes: the copy would be taken for half built.
const LEFTOVERS: [&str; 6] = ["Makefile", "config.status", "pyconfig.h", "Modules/config.c", "Modules/Setup.local", "Python/ceval.o"];

/// The first of them that is there.
pub(super) fn leftover(folder: &Path) -> Option<&'static str> {
    LEFTOVERS.into_iter().find(|name| folder.join(name).exists())
}

/// Over the path, kind, mode and content of everything that is copied.
pub(super) fn digest(folder: &Path) -> Result<Sha256, SourceError> {
    let mut hasher = Hasher::default();
    for entry in entries(folder)? {
        let name = entry.path.to_string_lossy();
        let (kind, content) = match &entry.kind {
            Kind::Folder => ("folder", String::new()),
            Kind::File { executable: false } => ("file", fs::sha256(&folder.join(&entry.path))?.to_string()),
            Kind::File { executable: true } => ("program", fs::sha256(&folder.join(&entry.path))?.to_string()),
            Kind::Link(target) => ("link", target.to_string_lossy().into_owned()),
        };
        hasher.update(Key::of(kind, [("name", name.as_ref()), ("content", content.as_str())]).as_str().as_bytes());
    }
    Ok(hasher.finish())
}

/// `digest` is what the store will know the copy by.
pub(super) fn copy(folder: &Path, digest: &Sha256, to: &Path) -> Result<(), SourceError> {
    for entry in entries(folder)? {
        interrupt::check()?;
        let (from, place) = (folder.join(&entry.path), to.join(&entry.path));
        match &entry.kind {
            Kind::Folder => fs::create_dir_all(&place)?,
            Kind::File { .. } => fs::copy(&from, &place)?,
            Kind::Link(target) => fs::symlink(target, &place)?,
        }
    }
    if self::digest(to)? == *digest { Ok(()) } else { Err(SourceError::Changing { folder: folder.to_owned() }) }
}

/// Gives all files one time, as a release's tarball has it. CPython's Makefile generates sources anew that are older than what they are
/// made of, by a Python that need not be there (`Modules/_blake2/blake2s_impl.c`, up to 3.13); a copy has its files in any order.
pub(super) fn of_one_time(folder: &Path) -> Result<(), SourceError> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(MOMENT);
    for entry in entries(folder)?.iter().filter(|entry| matches!(entry.kind, Kind::File { .. })) {
        fs::set_modified(&folder.join(&entry.path), time)?;
    }
    Ok(())
}

struct Entry {
    /// Below the folder.
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    Folder,
    File { executable: bool },
    Link(PathBuf),
}

/// Sorted, so that a folder comes before what is in it. What git and Python keep for themselves is no source; nor is what is no file, such
/// as a pipe.
fn entries(root: &Path) -> Result<Vec<Entry>, SourceError> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        interrupt::check()?;
        let absolute = root.join(&folder);
        for entry in std::fs::read_dir(&absolute).map_err(FsError::at("read", &absolute))? {
            let entry = entry.map_err(FsError::at("read", &absolute))?;
            let (name, path) = (entry.file_name(), folder.join(entry.file_name()));
            let data = entry.metadata().map_err(FsError::at("read", &entry.path()))?;
            if name == ".git" || name == "__pycache__" || name == crate::store::Stamp::NAME {
                continue;
            }
            let kind = match data.file_type() {
                kind if kind.is_dir() => {
                    folders.push(path.clone());
                    Kind::Folder
                }
                kind if kind.is_file() => {
                    use std::os::unix::fs::PermissionsExt as _;
                    Kind::File { executable: data.permissions().mode() & 0o111 != 0 }
                }
                kind if kind.is_symlink() => Kind::Link(inner_target(root, &path)?),
                _ => continue,
            };
            found.push(Entry { path, kind });
        }
    }
    found.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

/// In the copy, a link would lead elsewhere than the person sees it lead, were it not to something inside.
fn inner_target(root: &Path, link: &Path) -> Result<PathBuf, SourceError> {
    let place = root.join(link);
    let target = std::fs::read_link(&place).map_err(FsError::at("read", &place))?;
    let mut depth = link.components().count().saturating_sub(1);
    let inside = target.components().all(|part| match part {
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::CurDir => true,
        Component::ParentDir => depth.checked_sub(1).is_some_and(|above| {
            depth = above;
            true
        }),
        _ => false,
    });
    if inside { Ok(target) } else { Err(SourceError::LeadsOutside { folder: root.to_owned(), link: link.to_owned(), target }) }
}
