//! The only door to durable writes: scratch, then rename, so that nothing half-made is ever visible.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::digest::Sha256;
use crate::error::{Exit, Explain};

#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}", path.display())]
pub struct FsError {
    pub action: &'static str,
    pub path: PathBuf,
    #[source]
    pub source: io::Error,
}

impl FsError {
    /// For `map_err`: `FsError::at("read", &path)`.
    pub fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { action, path, source }
    }
}

impl Explain for FsError {
    fn exit(&self) -> Exit {
        Exit::Internal
    }

    fn hint(&self) -> Option<String> {
        match self.source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(format!(
                "the disk that holds {} is full; free some space, or set SURTAX_HOME to a folder on another disk. What was finished is kept",
                self.path.parent().unwrap_or(&self.path).display()
            )),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Some(format!(
                "see who may: ls -ld {}; another folder for the store is named with SURTAX_HOME, one for a run with --out DIR",
                self.path.display()
            )),
            _ => None,
        }
    }
}

pub type Result<T> = std::result::Result<T, FsError>;

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(FsError::at("read", path))
}

pub fn read_to_string(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(FsError::at("read", path))
}

pub fn sha256(path: &Path) -> Result<Sha256> {
    Sha256::of_file(path).map_err(FsError::at("read", path))
}

pub fn create_dir_all(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(FsError::at("create", path))
}

/// Writes beside `path`, syncs, renames over it: a reader sees the old bytes or the new ones.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with_mode(path, 0o644, whole(path, bytes))
}

/// The same, for a program: it can be started from the moment it is visible.
pub fn write_executable(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with_mode(path, 0o755, whole(path, bytes))
}

/// The same, for what is too large to be held in memory. Where `write` fails, nothing is left of it.
pub fn write_atomic_with<T, E: From<FsError>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    write_with_mode(path, 0o644, write)
}

fn whole(path: &Path, bytes: &[u8]) -> impl FnOnce(&mut File) -> Result<()> {
    move |file| file.write_all(bytes).map_err(FsError::at("write", path))
}

fn write_with_mode<T, E: From<FsError>>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut File) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_dir_all(folder)?;
    let failed = |error| FsError::at("write", path)(error);
    let mut file = tempfile::Builder::new().prefix(".surtax-").tempfile_in(folder).map_err(failed)?;
    let written = write(file.as_file_mut())?;
    file.as_file().sync_all().map_err(failed)?;
    set_mode(file.path(), mode)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(written)
}

/// Moves a finished file or folder to its place; both lie on one file system.
#[allow(clippy::disallowed_methods, reason = "the door itself")]
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
    fs::rename(from, to).map_err(FsError::at("put in place", to))
}

/// When its content is said to have changed last.
pub fn set_modified(path: &Path, time: SystemTime) -> Result<()> {
    File::open(path).and_then(|file| file.set_modified(time)).map_err(FsError::at("set the time of", path))
}

pub fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(FsError::at("set the mode of", path))
}

/// Content and mode; into a scratch folder, as a reader could see half of it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|error| {
        // The kernel does not say which of the two it was.
        if from.is_file() { FsError::at("copy to", to)(error) } else { FsError::at("read", from)(error) }
    })
}

/// Replaces whatever file or link is at `link` in one step.
pub fn symlink(target: &Path, link: &Path) -> Result<()> {
    let failed = |error| FsError::at("link", link)(error);
    match std::os::unix::fs::symlink(target, link) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let folder = link.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let beside = tempfile::Builder::new().prefix(".surtax-").tempdir_in(folder).map_err(failed)?;
            let new = beside.path().join("link");
            std::os::unix::fs::symlink(target, &new).map_err(failed)?;
            rename(&new, link)
        }
        outcome => outcome.map_err(failed),
    }
}

/// Removes a file or a folder; what is not there is removed already.
pub fn remove(path: &Path) -> Result<()> {
    let outcome = match fs::symlink_metadata(path) {
        Ok(data) if data.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FsError::at("remove", path)(error)),
        _ => Ok(()),
    }
}

/// A folder that disappears unless it is put in its place: the transaction of every multi-file result.
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// `within` must be on the file system of the final place.
    pub fn new(within: &Path) -> Result<Self> {
        create_dir_all(within)?;
        tempfile::Builder::new().prefix("scratch-").tempdir_in(within).map(Self).map_err(FsError::at("create a folder in", within))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Renames the folder to `place`. A stale folder at `place` (one without a stamp) is removed first.
    pub fn commit(self, place: &Path) -> Result<()> {
        remove(place)?;
        let scratch = self.0.keep();
        set_mode(&scratch, 0o755)?;
        rename(&scratch, place).inspect_err(|_| drop(remove(&scratch)))
    }
}

/// A file that only grows, each record synced as it ends.
pub struct Appender {
    file: File,
    path: PathBuf,
}

impl Appender {
    /// Opens for append; a torn last line, left by a crash, is cut off first.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error| FsError::at("open", path)(error);
        let file = OpenOptions::new().create(true).append(true).read(true).open(path).map_err(failed)?;
        let bytes = fs::read(path).map_err(failed)?;
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(failed)?;
        }
        Ok(Self { file, path: path.to_owned() })
    }

    /// Appends `line` and a line feed, and returns when both are on the disk.
    pub fn append(&mut self, line: &str) -> Result<()> {
        debug_assert!(!line.contains('\n'));
        let before = self.file.metadata().map_err(FsError::at("read", &self.path))?.len();
        let record = format!("{line}\n");
        let outcome = self.file.write_all(record.as_bytes()).and_then(|()| self.file.sync_data());
        outcome.map_err(|error| {
            // Half a line must not stay before the next whole one.
            let _ = self.file.set_len(before);
            FsError::at("append to", &self.path)(error)
        })
    }
}
