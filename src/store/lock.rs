//! Locks on parts of the store, and on all of it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::{Store, StoreError};
use crate::fs::FsError;
use crate::interrupt;
use crate::ui::{Reporter, talk};

/// The lock that every surtax holds with the others as long as it has the store open.
const ALL: &str = "locks/store";

impl Store {
    /// Waits, and says so, while another surtax holds the lock of that name. Held until dropped, also by a process that is killed.
    pub fn lock(&self, name: &str, reporter: &dyn Reporter) -> Result<Lock, StoreError> {
        self.take(name, "another surtax, which holds", reporter)
    }

    /// [`Store::lock`] without waiting: `None` where another surtax holds it.
    pub fn try_lock(&self, name: &str) -> Result<Option<Lock>, StoreError> {
        let path = self.root().join("locks").join(name);
        let file = opened(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(FsError::at("lock", &path)(error).into()),
        }
    }

    /// [`Store::lock`], also held by the programs that are started meanwhile: if surtax is killed, by what it leaves running, until that ends.
    ///
    /// Of a killed surtax's programs, those that it started itself end with it, and those that they started go on: compilers, under a make that is
    /// no more.
    pub fn lock_with_children(&self, name: &str, reporter: &dyn Reporter) -> Result<Lock, StoreError> {
        let lock = self.take(name, "another surtax, or what a killed one has left running, which holds", reporter)?;
        // A lock belongs to the open file, whoever has it open.
        rustix::io::fcntl_setfd(&lock.file, rustix::io::FdFlags::empty())
            .map_err(|error| FsError::at("share", &self.root().join("locks").join(name))(error.into()))?;
        Ok(lock)
    }

    /// The lock of the tree with this key, of which [`Store::lock_with_children`] is to be asked.
    pub fn tree_lock(key: &str) -> String {
        format!("cpython-{key}")
    }

    /// Every open store is held by its surtax; see [`Store::alone`].
    pub(super) fn hold(root: &Path) -> Result<File, StoreError> {
        let path = root.join(ALL);
        let file = opened(&path)?;
        match file.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                talk(&format!("warning: waiting for another surtax, which prunes {}", root.display()));
                waited_for(&path, || file.try_lock_shared())?;
            }
            Err(TryLockError::Error(error)) => return Err(FsError::at("lock", &path)(error).into()),
        }
        Ok(file)
    }

    /// Waits, and says so, until this surtax is the only one that has the store open; none opens it until the answer is dropped.
    pub(super) fn alone(&self, reporter: &dyn Reporter) -> Result<Alone<'_>, StoreError> {
        let path = self.root().join(ALL);
        match self.held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                reporter.warn(&format!("waiting for another surtax, which uses {}", self.root().display()));
                waited_for(&path, || self.held.try_lock())?;
            }
            Err(TryLockError::Error(error)) => return Err(FsError::at("lock", &path)(error).into()),
        }
        Ok(Alone { held: &self.held })
    }

    fn take(&self, name: &str, holder: &str, reporter: &dyn Reporter) -> Result<Lock, StoreError> {
        let path = self.root().join("locks").join(name);
        let file = opened(&path)?;
        match file.try_lock() {
            Ok(()) => tracing::trace!("locked {name}"),
            Err(TryLockError::WouldBlock) => {
                reporter.warn(&format!("waiting for {holder} the lock `{name}` in {}", self.root().display()));
                waited_for(&path, || file.try_lock())?;
            }
            Err(TryLockError::Error(error)) => return Err(FsError::at("lock", &path)(error).into()),
        }
        Ok(Lock { file })
    }
}

fn opened(path: &Path) -> Result<File, StoreError> {
    // Also for reading: NFS makes a shared lock of a lock for reading, and refuses that on a file open for writing alone.
    Ok(OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(FsError::at("open", path))?)
}

/// A blocking `lock` would not see Ctrl-C.
fn waited_for(path: &Path, attempt: impl Fn() -> Result<(), TryLockError>) -> Result<(), StoreError> {
    loop {
        match attempt() {
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

/// The whole store to oneself.
pub(super) struct Alone<'a> {
    held: &'a File,
}

impl Drop for Alone<'_> {
    /// Held with the others again.
    fn drop(&mut self) {
        let _ = self.held.try_lock_shared();
    }
}

impl Drop for Lock {
    /// Not left to the file's end: a program that goes on in the background (a compiler's cache starts one) may have it open too.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}
