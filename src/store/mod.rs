//! The one folder that surtax writes to beside results: where everything in it lies, and who may change it now.

mod contents;
mod lock;
mod place;
mod prune;
mod stamp;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::digest::{Checksum, Key};
use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};
use crate::interrupt::Interrupted;

pub use contents::{Contents, Entry, Kind};
pub use lock::Lock;
pub use place::{Place, PlaceKind};
pub use prune::{Pruned, Which};
pub use stamp::Stamp;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no folder for the store: neither SURTAX_HOME, XDG_CACHE_HOME nor HOME is set")]
    NoPlace,
    #[error("the store cannot lie in {root:?}: its path has {what}, which linkers and loaders cannot take")]
    UnusablePath { root: PathBuf, what: &'static str },
    #[error("the store cannot be used")]
    Unusable(#[source] FsError),
    #[error(transparent)]
    Fs(#[from] FsError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

const ELSEWHERE: &str = "set SURTAX_HOME to a folder that you may write to";

impl Explain for StoreError {
    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted(interrupted) => interrupted.exit(),
            _ => Exit::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoPlace => Some(ELSEWHERE.into()),
            Self::UnusablePath { .. } => Some("set SURTAX_HOME to a folder whose path has no such character".into()),
            Self::Unusable(error) => error.hint().or_else(|| Some(ELSEWHERE.into())),
            Self::Fs(error) => error.hint(),
            Self::Interrupted(interrupted) => interrupted.hint(),
        }
    }
}

/// Everything that surtax keeps. Safe to delete whenever no surtax runs.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    /// Tells whoever prunes that the store is in use.
    held: Arc<File>,
}

impl Store {
    /// `$SURTAX_HOME`, else `surtax` in the user's cache folder.
    pub fn open_default() -> Result<Self, StoreError> {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = set("SURTAX_HOME")
            .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("surtax")))
            .or_else(|| set("HOME").map(|home| home.join(".cache/surtax")))
            .ok_or(StoreError::NoPlace)?;
        Self::open(&root)
    }

    pub fn open(root: &Path) -> Result<Self, StoreError> {
        // Before anything is created, and again below for where links lead.
        check_path(root)?;
        let usable = || -> fs::Result<PathBuf> {
            fs::create_dir_all(root)?;
            let root = root.canonicalize().map_err(FsError::at("open", root))?;
            fs::create_dir_all(&root.join("locks"))?;
            rustix::fs::access(&root, rustix::fs::Access::WRITE_OK).map_err(|error| FsError::at("write to", &root)(error.into()))?;
            Ok(root)
        };
        let root = usable().map_err(StoreError::Unusable)?;
        check_path(&root)?;
        let store = Self { held: Arc::new(Self::hold(&root)?), root };
        store.sweep();
        tracing::trace!("opened the store {}", store.root.display());
        Ok(store)
    }

    /// Removes scratch folders that a killed surtax left; no work in one takes a day.
    fn sweep(&self) {
        const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);
        let entries = std::fs::read_dir(self.root.join("scratch")).into_iter().flatten().flatten();
        for entry in entries {
            let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|modified| modified.elapsed().ok());
            if age.is_some_and(|age| age > ABANDONED) {
                // Another surtax may be removing it too; the next one will try again.
                let _ = fs::remove(&entry.path());
            }
        }
    }

    /// What has no stamp of its own, a download or an answer, was of use once more. Where that cannot be noted, it is only found unused sooner.
    pub fn used(path: &Path) {
        let _ = fs::set_modified(path, SystemTime::now());
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A download whose content has this checksum.
    pub fn blob(&self, checksum: &Checksum) -> PathBuf {
        let folder = match checksum {
            Checksum::Sha256(_) => "blobs/sha256",
            Checksum::Sha512(_) => "blobs/sha512",
        };
        let digits = checksum.to_string();
        self.root.join(folder).join(&digits[..2]).join(digits)
    }

    /// The part of a blob that has arrived.
    pub fn partial_blob(&self, checksum: &Checksum) -> PathBuf {
        self.root.join("blobs/partial").join(checksum.to_string())
    }

    /// What a provision request resolved to last: a `surtax.lock`.
    pub fn resolved(&self, request: &Key) -> PathBuf {
        self.root.join("resolved").join(format!("{request}.lock"))
    }

    /// What a request for a source package resolved to last.
    pub fn resolved_source(&self, request: &Key) -> PathBuf {
        self.root.join("resolved").join(format!("{request}.source"))
    }

    /// Which wheels pip took requirements to mean last, each with its SHA-256.
    pub fn resolved_wheels(&self, request: &Key) -> PathBuf {
        self.root.join("resolved").join(format!("{request}.wheels"))
    }

    /// A suite's signed index as a mirror last gave it.
    pub fn index(&self, key: &Key) -> PathBuf {
        self.root.join("indexes").join(key.as_str())
    }

    /// An unpacked, self-contained root of a release.
    pub fn sysroot(&self, key: &Key) -> PathBuf {
        self.root.join("sysroots").join(key.as_str())
    }

    /// The folder whose subfolders hold the runners of one home, all at the same depth, so that all see the same `sys.prefix`.
    pub fn home(&self, key: &Key) -> PathBuf {
        self.root.join("homes").join(key.as_str())
    }

    /// The root of the store that a runner or a stock python3 lies in, told by its path alone; `None` for an executable of no store.
    pub fn root_of(executable: &Path) -> Option<&Path> {
        let (runner, root) = (executable.parent()?, executable.ancestors().nth(4)?);
        let place = Place::parse(runner.strip_prefix(root).ok()?.to_str()?)?;
        (place.as_str().starts_with("homes/") && place.kind() == PlaceKind::Stamped).then_some(root)
    }

    /// One runner's folder.
    pub fn runner(&self, home: &Key, runner: &Key) -> PathBuf {
        self.home(home).join(runner.as_str())
    }

    /// A CPython source as it is compiled: unpacked and patched.
    pub fn sources(&self, key: &Key) -> PathBuf {
        self.root.join("sources").join(key.as_str())
    }

    /// HACL of a CPython source: unpacked, or compiled for one home and code model.
    pub fn hacl(&self, key: &Key) -> PathBuf {
        self.root.join("hacl").join(key.as_str())
    }

    /// Files that programs of one's own are built with, beside a libpython.
    pub fn kit(&self, key: &Key) -> PathBuf {
        self.root.join("kits").join(key.as_str())
    }

    /// The tree in which a CPython is compiled, what is installed from it, and its libpythons.
    pub fn cpython_tree(&self, key: &Key) -> PathBuf {
        self.root.join("cpython/trees").join(key.as_str())
    }

    /// What was verified already, by subject and programs.
    pub fn verified(&self, key: &Key) -> PathBuf {
        self.root.join("verified").join(format!("{key}.json"))
    }

    /// Data files of this surtax, written out so that other programs can read them.
    pub fn assets(&self, key: &Key) -> PathBuf {
        self.root.join("assets").join(key.as_str())
    }

    /// Packages of a pack of benchmarks, unpacked.
    pub fn pack(&self, key: &Key) -> PathBuf {
        self.root.join("packs").join(key.as_str())
    }

    /// Held while one is unpacked.
    pub const PACKS_LOCK: &str = "packs";

    /// The cargo target folder that all runners share.
    pub fn cargo_target(&self) -> PathBuf {
        self.root.join("cargo-target")
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }

    pub fn scratch(&self) -> fs::Result<fs::Scratch> {
        fs::Scratch::new(&self.root.join("scratch"))
    }

    /// What the disk that holds the store has left for this user, bytes.
    pub fn free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.root).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

fn check_path(root: &Path) -> Result<(), StoreError> {
    match unlinkable(root) {
        None => Ok(()),
        Some(what) => Err(StoreError::UnusablePath { root: root.to_owned(), what }),
    }
}

/// What in a path keeps runners from being linked with what lies below it, in words; nothing of most paths.
///
/// Such a path is written into link arguments (`-Wl,` splits at commas), into `DT_RPATH` (the loader splits at colons and expands `$`),
/// into `--library-path` (which is split at semicolons too) and into lists of a path a line.
pub fn unlinkable(path: &Path) -> Option<&'static str> {
    let Some(text) = path.to_str() else { return Some("bytes that are not UTF-8") };
    let found = text.chars().find(|character| character.is_control() || [':', ';', ',', '$'].contains(character))?;
    Some(match found {
        ':' => "a colon",
        ';' => "a semicolon",
        ',' => "a comma",
        '$' => "a dollar sign",
        _ => "a control character",
    })
}
