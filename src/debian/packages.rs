//! Packages downloaded and unpacked at the same time, each verified before anything of it is unpacked.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::lock::LockedPackage;
use super::pool::Pool;
use super::{ProvisionError, SurtaxLock, skip};
use crate::fetch::Wanted;
use crate::interrupt;
use crate::ui::{Bar, Reporter, Unit};
use crate::unpack::{self, Tree};

/// Enough to hide a mirror's latency behind the others; more would only crowd a slow line.
const DOWNLOADS_AT_ONCE: usize = 6;

pub(super) struct Work<'a> {
    pub(super) pool: Pool<'a>,
    pub(super) lock: &'a SurtaxLock,
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
        let label = if self.pool.fetcher.is_some() { "fetching" } else { "unpacking" };
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
        Err(ProvisionError::Missing { missing, total: self.lock.packages.len(), offline: self.pool.fetcher.is_none() })
    }

    fn obtain_all<'q>(&self, queue: &[&'q LockedPackage], state: &State, bar: &dyn Bar, ready: &Sender<(&'q LockedPackage, PathBuf)>) {
        while let Some(package) = queue.get(state.next.fetch_add(1, Ordering::Relaxed)) {
            if state.stopped() {
                return;
            }
            bar.message(&package.name);
            let wanted = Wanted { sha256: package.sha256, size: package.size };
            match self.pool.obtain(&package.filename, &wanted, bar) {
                Ok(Ok(fetched)) => {
                    state.downloaded.fetch_add(fetched.downloaded, Ordering::Relaxed);
                    drop(ready.send((package, fetched.path)));
                }
                Ok(Err(reason)) => {
                    let mut missing = state.missing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    missing.push(format!("{} {}: {reason}", package.name, package.version));
                }
                Err(error) => return state.fail(error),
            }
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
