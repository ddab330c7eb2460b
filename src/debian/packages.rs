//! Packages downloaded and unpacked at the same time, each verified before anything of it is unpacked.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::lock::LockedPackage;
use super::{ProvisionError, SurtaxLock, skip};
use crate::fetch::{FetchError, Fetcher, Wanted};
use crate::interrupt;
use crate::store::Store;
use crate::ui::{Bar, Reporter, Unit};
use crate::unpack::{self, Tree};

/// Enough to hide a mirror's latency behind the others; more would only crowd a slow line.
const DOWNLOADS_AT_ONCE: usize = 6;

pub(super) struct Work<'a> {
    pub(super) store: &'a Store,
    pub(super) lock: &'a SurtaxLock,
    /// Tried in order for each package.
    pub(super) mirrors: &'a [String],
    /// `None`: from the store alone.
    pub(super) fetcher: Option<&'a Fetcher>,
    pub(super) tree: &'a Tree,
    pub(super) reporter: &'a dyn Reporter,
}

/// Shared by the threads of one [`Work`].
struct State {
    next: AtomicUsize,
    stop: AtomicBool,
    downloaded: AtomicU64,
    missing: Mutex<Vec<String>>,
    failure: Mutex<Option<ProvisionError>>,
}

impl State {
    fn fail(&self, error: ProvisionError) {
        self.stop.store(true, Ordering::Relaxed);
        self.failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || interrupt::requested()
    }
}

impl Work<'_> {
    /// Returns the number of bytes that were downloaded.
    pub(super) fn run(&self) -> Result<u64, ProvisionError> {
        let state = State {
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            downloaded: AtomicU64::new(0),
            missing: Mutex::default(),
            failure: Mutex::default(),
        };
        // The largest first: the last ones to be unpacked should be small, or one core waits for the other.
        let mut queue: Vec<_> = self.lock.packages.iter().collect();
        queue.sort_by_key(|package| std::cmp::Reverse(package.size));
        let label = if self.fetcher.is_some() { "fetching" } else { "unpacking" };
        // A byte counts when it has arrived and again when it is unpacked.
        let bar = self.reporter.bar(label, Some(2 * self.lock.total_bytes()), Unit::Percent);
        let (ready, arrived) = channel();
        let arrived = Mutex::new(arrived);
        std::thread::scope(|scope| {
            let (state, queue, bar, arrived) = (&state, &queue, &*bar, &arrived);
            for _ in 0..DOWNLOADS_AT_ONCE.min(queue.len()) {
                let ready = ready.clone();
                scope.spawn(move || self.obtain_all(queue, state, bar, &ready));
            }
            drop(ready);
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(move || self.unpack_all(arrived, state, bar));
            }
        });
        bar.finish();
        interrupt::check()?;
        let take = |poisoned: std::sync::PoisonError<_>| poisoned.into_inner();
        if let Some(error) = state.failure.into_inner().unwrap_or_else(take) {
            return Err(error);
        }
        let mut missing = state.missing.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if missing.is_empty() {
            return Ok(state.downloaded.into_inner());
        }
        missing.sort_unstable();
        Err(ProvisionError::Missing { missing, total: self.lock.packages.len(), offline: self.fetcher.is_none() })
    }

    fn obtain_all<'q>(&self, queue: &[&'q LockedPackage], state: &State, bar: &dyn Bar, ready: &Sender<(&'q LockedPackage, PathBuf)>) {
        while let Some(package) = queue.get(state.next.fetch_add(1, Ordering::Relaxed)) {
            if state.stopped() {
                return;
            }
            bar.message(&package.name);
            match self.obtain(package, state, bar) {
                Ok(Ok(blob)) => drop(ready.send((package, blob))),
                Ok(Err(reason)) => {
                    let mut missing = state.missing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    missing.push(format!("{} {}: {reason}", package.name, package.version));
                }
                Err(error) => return state.fail(error),
            }
        }
    }

    /// The verified blob, or the reason why no place has it.
    fn obtain(&self, package: &LockedPackage, state: &State, bar: &dyn Bar) -> Result<Result<PathBuf, String>, ProvisionError> {
        let wanted = Wanted { sha256: package.sha256, size: package.size };
        if let Some(blob) = Fetcher::stored(self.store, &wanted)? {
            bar.advance(package.size);
            return Ok(Ok(blob));
        }
        let Some(fetcher) = self.fetcher else { return Ok(Err("not in the store".into())) };
        let mut failures: Vec<FetchError> = Vec::new();
        for mirror in self.mirrors {
            match fetcher.blob(self.store, &url(mirror, &package.filename), &wanted, &|bytes| bar.advance(bytes)) {
                Ok(fetched) => {
                    state.downloaded.fetch_add(fetched.downloaded, Ordering::Relaxed);
                    return Ok(Ok(fetched.path));
                }
                Err(error) if error.is_the_mirrors_fault() => failures.push(error),
                Err(error) => return Err(error.into()),
            }
        }
        // A mirror that has it and gives something else, or breaks off, says more than those that never had it.
        match failures.iter().position(|error| !error.is_absent()) {
            Some(at) => Err(failures.swap_remove(at).into()),
            None if self.mirrors.is_empty() => Ok(Err("no mirror is known".into())),
            None => Ok(Err(failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))),
        }
    }

    fn unpack_all(&self, arrived: &Mutex<Receiver<(&LockedPackage, PathBuf)>>, state: &State, bar: &dyn Bar) {
        loop {
            let next = arrived.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
            let Ok((package, blob)) = next else { return };
            if state.stopped() {
                continue;
            }
            let name = format!("{} {}", package.name, package.version);
            if let Err(error) = unpack::deb(&blob, &name, self.tree, &skip::wants) {
                state.fail(error.into());
            }
            bar.advance(package.size);
        }
    }
}

/// `+` and `~` stay; some servers take a bare `%` or space for something else.
fn url(mirror: &str, filename: &str) -> String {
    let mut url = format!("{mirror}/");
    for byte in filename.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}
