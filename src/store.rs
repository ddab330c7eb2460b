//! The one folder that surtax writes to beside results: where everything in it lies, and who may change it now.

mod place;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::digest::{Checksum, Key};
use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};
use crate::interrupt::{self, Interrupted};
use crate::ui::Reporter;

pub use place::{Place, PlaceKind};

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
        let store = Self { root: usable().map_err(StoreError::Unusable)? };
        check_path(&store.root)?;
        store.sweep();
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

    /// Waits, and says so, while another surtax holds the lock of that name. Held until dropped, also by a process that is killed.
    pub fn lock(&self, name: &str, reporter: &dyn Reporter) -> Result<Lock, StoreError> {
        self.take(name, "another surtax, which holds", reporter)
    }

    /// [`Store::lock`], also held by the programs that are started meanwhile: if surtax is killed, by what it leaves running, until that ends.
    ///
    /// Of a killed surtax's programs, those that it started itself end with it, and those that they started go on: compilers, under a make that is
    /// no more.
    pub fn lock_with_children(&self, name: &str, reporter: &dyn Reporter) -> Result<Lock, StoreError> {
        let lock = self.take(name, "another surtax, or what a killed one has left running, which holds", reporter)?;
        // A lock belongs to the open file, whoever has it open.
        rustix::io::fcntl_setfd(&lock.file, rustix::io::FdFlags::empty())
            .map_err(|error| FsError::at("share", &self.root.join("locks").join(name))(error.into()))?;
        Ok(lock)
    }

    fn take(&self, name: &str, holder: &str, reporter: &dyn Reporter) -> Result<Lock, StoreError> {
        let path = self.root.join("locks").join(name);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(FsError::at("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                reporter.warn(&format!("waiting for {holder} the lock `{name}` in {}", self.root.display()));
                wait_for_lock(&file, &path)?;
            }
            Err(TryLockError::Error(error)) => return Err(FsError::at("lock", &path)(error).into()),
        }
        Ok(Lock { file })
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

/// A blocking `lock` would not see Ctrl-C.
fn wait_for_lock(file: &File, path: &Path) -> Result<(), StoreError> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
            Err(TryLockError::Error(error)) => return Err(FsError::at("lock", path)(error).into()),
        }
        interrupt::check()?;
    }
}

/// A lock on part of the store.
#[must_use = "the lock is released when this is dropped"]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Not left to the file's end: a program that goes on in the background (a compiler's cache starts one) may have it open too.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// The last write of everything in the store: what has no stamp is rebuilt.
pub struct Stamp;

impl Stamp {
    /// The file's.
    pub const NAME: &str = ".surtax-stamp";

    pub fn write(folder: &Path, content: &str) -> fs::Result<()> {
        fs::write_atomic(&folder.join(Self::NAME), content.as_bytes())
    }

    pub fn read(folder: &Path) -> Option<String> {
        std::fs::read_to_string(folder.join(Self::NAME)).ok()
    }

    /// For a folder that is there for one file, which [`Stamp::is_of`] then knows again.
    pub fn write_of(folder: &Path, file: &Path) -> fs::Result<()> {
        Self::write(folder, &fs::sha256(file)?.to_string())
    }

    /// Whether the file is the very one that the stamp was written for: a damaged or lost one is made again.
    pub fn is_of(folder: &Path, file: &Path) -> bool {
        Self::read(folder).is_some_and(|stamp| fs::sha256(file).is_ok_and(|digest| digest.to_string() == stamp))
    }
}
