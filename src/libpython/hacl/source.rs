//! `Modules/_hacl` of a CPython source: out of a tarball, or in a checkout.

use std::path::{Path, PathBuf};

use super::HaclError;
use crate::digest::{Hasher, Key, Sha256};
use crate::fs::{self, FsError};
use crate::libpython::Home;
use crate::recipe::PythonVersion;
use crate::store::{Stamp, Store};
use crate::ui::{Reporter, Silent};
use crate::unpack::{self, Tree};

/// Where the sources are in CPython's.
const FOLDER: &str = "Modules/_hacl";
/// Names the version: `#define PY_VERSION "3.13.5"`.
const VERSION: &str = "Include/patchlevel.h";

#[derive(Debug, Clone)]
pub struct HaclSource {
    /// What the person or the archive gave; for messages.
    given: PathBuf,
    /// The folder `Modules/_hacl`.
    folder: PathBuf,
    /// `3.13.5`; a checkout says `3.14.0a1+`.
    version: String,
    /// The digest of all files of the folder.
    key: Key,
}

impl HaclSource {
    /// A source tarball, unpacked into the store under its hash, or the folder of a checkout.
    ///
    /// # Errors
    /// If it is neither, or lacks HACL.
    pub fn open(store: &Store, path: &Path) -> Result<Self, HaclError> {
        let kind = std::fs::metadata(path).map_err(|error| not_a_source(path, error.to_string()))?;
        let root = match (kind.is_dir(), kind.is_file()) {
            (true, _) => std::path::absolute(path).map_err(FsError::at("open", path))?,
            (_, true) => unpacked(store, path)?,
            _ => return Err(not_a_source(path, "it is neither a file nor a folder".into())),
        };
        let folder = root.join(FOLDER);
        if !folder.is_dir() {
            return Err(not_a_source(path, format!("it holds no {FOLDER}")));
        }
        let version = read_version(&root).ok_or_else(|| not_a_source(path, format!("its {VERSION} names no version")))?;
        let key = Key::of("hacl-source", [("files", digest(&folder)?.to_string().as_str())]);
        Ok(Self { given: path.to_owned(), folder, version, key })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Refuses the source of another Python: the names of its functions differ, or worse, only what they take.
    pub(super) fn check(&self, home: &Home) -> Result<(), HaclError> {
        if PythonVersion::of_release(&self.version) == Some(home.python) {
            return Ok(());
        }
        Err(HaclError::OtherPython { path: self.given.clone(), found: self.version.clone(), wanted: home.sysconfig.version.clone() })
    }

    /// Says so where it is of the same series, but not of the libpython's very release.
    pub fn warn_of_another_release(&self, home: &Home, reporter: &dyn Reporter) {
        if PythonVersion::of_release(&self.version) == Some(home.python) && self.version != home.sysconfig.version {
            reporter.warn(&format!("HACL is compiled from CPython {}; the libpython is {}", self.version, home.sysconfig.version));
        }
    }
}

fn not_a_source(path: &Path, reason: String) -> HaclError {
    HaclError::NotASource { path: path.to_owned(), reason }
}

/// Only what is needed of it.
fn unpacked(store: &Store, tarball: &Path) -> Result<PathBuf, HaclError> {
    let sha256 = fs::sha256(tarball)?.to_string();
    let place = store.hacl(&Key::of("hacl-unpacked", [("tarball", sha256.as_str())]));
    if is_whole(&place) {
        return Ok(place);
    }
    let _lock = store.lock("hacl", &Silent)?;
    if !is_whole(&place) {
        let scratch = store.scratch()?;
        let tree = Tree::open(scratch.path())?;
        unpack::tarball(tarball, &tree, 1, &|path| path == VERSION || path.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/')))
            .map_err(|error| match error {
                unpack::UnpackError::Damaged { reason, .. } => not_a_source(tarball, format!("it cannot be read as a tarball ({reason})")),
                error => error.into(),
            })?;
        Stamp::write(scratch.path(), &digest(scratch.path())?.to_string())?;
        scratch.commit(&place)?;
    }
    Ok(place)
}

/// The stamp is the digest of what was unpacked: where a file of it is lost or another, it is unpacked again.
fn is_whole(place: &Path) -> bool {
    Stamp::read(place).is_some_and(|stamp| digest(place).is_ok_and(|digest| digest.to_string() == stamp))
}

/// The version that a CPython source is of, as its own header says it.
pub(crate) fn read_version(root: &Path) -> Option<String> {
    let text = std::fs::read_to_string(root.join(VERSION)).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("#define PY_VERSION")?.trim().strip_prefix('"'))?;
    Some(line.split('"').next()?.to_owned())
}

/// Over every file's path and content, but for a stamp.
fn digest(folder: &Path) -> Result<Sha256, HaclError> {
    let mut hasher = Hasher::default();
    for path in files(folder)?.into_iter().filter(|path| !path.ends_with(Stamp::NAME)) {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        hasher.update(Key::of("file", [("name", name.as_str()), ("sha256", &fs::sha256(&path)?.to_string())]).as_str().as_bytes());
    }
    Ok(hasher.finish())
}

/// Below a folder, sorted. A link to a folder is not followed, as it may lead in a circle; what is no file (a pipe, a link to nothing) is none.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, HaclError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(FsError::at("read", &folder))? {
            let entry = entry.map_err(FsError::at("read", &folder))?;
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}
