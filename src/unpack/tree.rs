//! The folder that is unpacked into. Every path is resolved below it by the kernel, whatever links lie in the way.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};

use super::paths;
use crate::fs::FsError;

/// Folders of the root that are links into `usr/` on every release since the merge, though not every package knows it.
const MERGED: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Shared by threads that unpack different packages.
pub struct Tree {
    dir: Dir,
    path: PathBuf,
    merged: bool,
    /// Saves asking the kernel for every folder of every file.
    made: Mutex<HashSet<String>>,
}

/// Why an entry could not be put in its place.
pub(crate) enum Refused {
    Outside,
    Io(io::Error),
}

impl From<io::Error> for Refused {
    /// cap-std answers a path that escapes with a permission error that carries no number of the system.
    fn from(error: io::Error) -> Self {
        let escapes = error.raw_os_error() == Some(rustix::io::Errno::XDEV.raw_os_error())
            || (error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none());
        if escapes { Self::Outside } else { Self::Io(error) }
    }
}

impl Tree {
    /// An existing folder, filled as it is.
    pub fn open(path: &Path) -> Result<Self, FsError> {
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(FsError::at("open", path))?;
        Ok(Self { dir, path: path.to_owned(), merged: false, made: Mutex::default() })
    }

    /// A folder that becomes the root of a system: `bin`, `sbin`, `lib` and `lib64` are links into `usr/`.
    pub fn system_root(path: &Path) -> Result<Self, FsError> {
        let tree = Self { merged: true, ..Self::open(path)? };
        for name in ["bin", "sbin", "lib", "lib64"] {
            crate::fs::create_dir_all(&path.join("usr").join(name))?;
            crate::fs::symlink(&Path::new("usr").join(name), &path.join(name))?;
        }
        Ok(tree)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The place of `path` in the tree, its folder made.
    fn place<'a>(&self, path: &'a str) -> Result<Vec<&'a str>, Refused> {
        let mut parts = paths::parts(path).ok_or(Refused::Outside)?;
        if self.merged && parts.len() > 1 && MERGED.contains(&parts[0]) {
            parts.insert(0, "usr");
        }
        Ok(parts)
    }

    pub(crate) fn folder(&self, path: &str) -> Result<(), Refused> {
        let parts = self.place(path)?;
        if self.is_merged_link(&parts) { Ok(()) } else { self.make_folders(&parts) }
    }

    fn is_merged_link(&self, parts: &[&str]) -> bool {
        self.merged && parts.len() == 1 && MERGED.contains(&parts[0])
    }

    fn make_folders(&self, parts: &[&str]) -> Result<(), Refused> {
        let folder = parts.join("/");
        if folder.is_empty() || self.made().contains(&folder) {
            return Ok(());
        }
        self.make_folders(&parts[..parts.len() - 1])?;
        match self.dir.create_dir(&folder) {
            // A link to a folder inside will do; one that leads outside fails here.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => drop(self.dir.open_dir(&folder)?),
            other => other?,
        }
        self.made().insert(folder);
        Ok(())
    }

    fn made(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Set-user-ID and the like are not carried over: nothing in a sysroot runs as anyone else.
    pub(crate) fn file(&self, path: &str, mode: u32, mut content: impl Read) -> Result<(), Refused> {
        let parts = self.place(path)?;
        self.make_folders(parent(&parts)?)?;
        let place = parts.join("/");
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode((mode & 0o777) | 0o600);
        let mut file = self.replacing(&place, || self.dir.open_with(&place, &options))?.into_std();
        io::copy(&mut content, &mut file)?;
        Ok(())
    }

    pub(crate) fn symlink(&self, path: &str, target: &str) -> Result<(), Refused> {
        let parts = self.place(path)?;
        if self.is_merged_link(&parts) {
            return Ok(());
        }
        let target = paths::relative_target(&parts, target).ok_or(Refused::Outside)?;
        self.make_folders(parent(&parts)?)?;
        let place = parts.join("/");
        Ok(self.replacing(&place, || self.dir.symlink_contents(&target, &place))?)
    }

    /// Whether [`Tree::symlink`] would make such a link.
    pub(crate) fn check_target(&self, path: &str, target: &str) -> Result<(), Refused> {
        paths::relative_target(&self.place(path)?, target).map(drop).ok_or(Refused::Outside)
    }

    /// Refuses a link that leads outside by way of others. One that leads nowhere, or to what comes later, is none of those.
    pub(crate) fn check_link(&self, path: &str) -> Result<(), Refused> {
        match self.dir.metadata(self.place(path)?.join("/")).map_err(Refused::from) {
            Err(Refused::Outside) => Err(Refused::Outside),
            _ => Ok(()),
        }
    }

    pub(super) fn hard_link(&self, path: &str, target: &str) -> Result<(), Refused> {
        let (parts, target) = (self.place(path)?, self.place(target)?.join("/"));
        self.make_folders(parent(&parts)?)?;
        let place = parts.join("/");
        Ok(self.replacing(&place, || self.dir.hard_link(&target, &self.dir, &place))?)
    }

    /// What is there already gives way, as when dpkg unpacks; a link is replaced, never followed.
    fn replacing<T>(&self, place: &str, make: impl Fn() -> io::Result<T>) -> io::Result<T> {
        match make() {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.dir.remove_file(place)?;
                make()
            }
            other => other,
        }
    }
}

fn parent<'a, 'b>(parts: &'b [&'a str]) -> Result<&'b [&'a str], Refused> {
    // The folder itself is no place for a file.
    parts.split_last().map(|(_, parent)| parent).ok_or(Refused::Outside)
}
