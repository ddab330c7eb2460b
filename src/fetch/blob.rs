//! A file whose size and checksum are known beforehand: taken from the store, or downloaded, resumed, verified and put there.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use super::client::{Attempt, Fetcher, why_read};
use super::error::{FetchError, Why};
use crate::digest::{Checksum, Summer};
use crate::fs::{self, FsError};
use crate::interrupt;
use crate::store::Store;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub checksum: Checksum,
    /// Bytes.
    pub size: u64,
}

/// What is known of the size before anything was asked.
#[derive(Clone, Copy)]
enum Size {
    Exactly(u64),
    /// No more bytes are taken.
    AtMost(u64),
}

impl Size {
    fn limit(self) -> u64 {
        match self {
            Self::Exactly(size) | Self::AtMost(size) => size,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub path: PathBuf,
    /// Bytes that came over the wire this time.
    pub downloaded: u64,
}

impl Fetcher {
    /// The blob in the store, hashed again; damaged ones are removed, so that they are fetched anew.
    pub fn stored(store: &Store, wanted: &Wanted) -> Result<Option<PathBuf>, FetchError> {
        Self::stored_content(store, &wanted.checksum)
    }

    /// The same, by its checksum alone.
    pub fn stored_content(store: &Store, checksum: &Checksum) -> Result<Option<PathBuf>, FetchError> {
        let path = store.blob(checksum);
        match checksum.of_file(&path) {
            Ok(found) if found == *checksum => Ok(Some(path)),
            Ok(_) => fs::remove(&path).map(|()| None).map_err(Into::into),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FsError::at("read", &path)(error).into()),
        }
    }

    /// Downloads into the store. `advance` hears of every byte that arrives, and of those that were there.
    pub fn blob(&self, store: &Store, url: &str, wanted: &Wanted, advance: &dyn Fn(u64)) -> Result<Fetched, FetchError> {
        self.download(store, url, &wanted.checksum, Size::Exactly(wanted.size), advance)
    }

    /// The same for a file whose size nobody promised: more than `limit` bytes are not taken.
    pub fn content(&self, store: &Store, url: &str, checksum: &Checksum, limit: u64, advance: &dyn Fn(u64)) -> Result<Fetched, FetchError> {
        self.download(store, url, checksum, Size::AtMost(limit), advance)
    }

    fn download(&self, store: &Store, url: &str, checksum: &Checksum, size: Size, advance: &dyn Fn(u64)) -> Result<Fetched, FetchError> {
        let turn = self.turn(checksum);
        let _turn = turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(path) = Self::stored_content(store, checksum)? {
            advance(std::fs::metadata(&path).map_or(0, |data| data.len()));
            Store::used(&path);
            tracing::debug!("in the store: {}", super::client::shown(url));
            return Ok(Fetched { path, downloaded: 0 });
        }
        let partial = store.partial_blob(checksum);
        fs::create_dir_all(partial.parent().unwrap_or(Path::new(".")))?;
        let mut total = Total { downloaded: 0, told: 0, advance };
        let mut resumed_from_before = partial.exists();
        loop {
            let outcome = self.with_retries(url, &mut || self.attempt(url, &partial, checksum, size, &mut total));
            if outcome.is_err() && std::fs::metadata(&partial).is_ok_and(|data| data.len() == 0) {
                fs::remove(&partial)?;
            }
            let found = outcome?;
            if found == *checksum {
                let path = store.blob(checksum);
                fs::rename(&partial, &path)?;
                return Ok(Fetched { path, downloaded: total.downloaded });
            }
            fs::remove(&partial)?;
            // The half from an earlier command may have been the wrong one.
            if !std::mem::take(&mut resumed_from_before) {
                return Err(FetchError::WrongHash { url: super::client::shown(url), wanted: Box::new(*checksum), found: Box::new(found) });
            }
        }
    }

    /// Goes on where `partial` ends; returns the hash of the whole.
    fn attempt(&self, url: &str, partial: &Path, checksum: &Checksum, size: Size, total: &mut Total<'_>) -> Result<Checksum, Attempt> {
        let failed = |error| Attempt::Final(FsError::at("write", partial)(error).into());
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(partial).map_err(failed)?;
        let mut hasher = checksum.summer();
        let mut have = hash_start(&mut file, &mut hasher).map_err(failed)?;
        if have > size.limit() {
            file.set_len(0).map_err(failed)?;
            (hasher, have) = (checksum.summer(), 0);
        }
        let is_whole = match size {
            Size::Exactly(size) => have == size,
            Size::AtMost(_) => have > 0 && hasher.clone().finish() == *checksum,
        };
        if is_whole {
            total.reached(have, 0);
            return Ok(hasher.finish());
        }
        let mut body = self.open(url, have)?;
        if body.start < have {
            file.set_len(0).map_err(failed)?;
            (hasher, have) = (checksum.summer(), 0);
        }
        // Where nothing promised a size, the server's word tells an end from a break.
        let wanted = match size {
            Size::Exactly(size) => Some(size),
            Size::AtMost(_) => body.end,
        };
        total.reached(have, 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            interrupt::check().map_err(|error| Attempt::Final(error.into()))?;
            let count = match body.reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                // A body that ends early and one that breaks off differ only in how the server says it.
                Err(error) => return Err(cut_short(why_read(&error), have, wanted).into()),
            };
            have += count as u64;
            if have > size.limit() {
                drop(file);
                fs::remove(partial).map_err(|error| Attempt::Final(error.into()))?;
                return Err(too_large(size).into());
            }
            file.write_all(&buffer[..count]).map_err(failed)?;
            hasher.update(&buffer[..count]);
            total.reached(have, count as u64);
        }
        match wanted {
            Some(wanted) if have < wanted => Err(Why::Truncated { got: have, wanted }.into()),
            _ => Ok(hasher.finish()),
        }
    }
}

fn too_large(size: Size) -> Why {
    match size {
        Size::Exactly(wanted) => Why::TooLarge { wanted },
        Size::AtMost(limit) => Why::Endless { limit },
    }
}

fn cut_short(why: Why, got: u64, wanted: Option<u64>) -> Why {
    match (why, wanted) {
        (Why::Broken(_), Some(wanted)) => Why::Truncated { got, wanted },
        (why, _) => why,
    }
}

fn hash_start(file: &mut File, hasher: &mut Summer) -> std::io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut have = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(have),
            count => {
                hasher.update(&buffer[..count]);
                have += count as u64;
            }
        }
    }
}

/// What the progress bar was told, so that bytes which are fetched twice count once.
struct Total<'a> {
    downloaded: u64,
    told: u64,
    advance: &'a dyn Fn(u64),
}

impl Total<'_> {
    fn reached(&mut self, have: u64, arrived: u64) {
        self.downloaded += arrived;
        if have > self.told {
            (self.advance)(have - self.told);
            self.told = have;
        }
    }
}
