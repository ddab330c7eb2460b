//! Taking away what is not used any more. All of the store is made again when it is asked for, so that nothing but time is at stake.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::{Contents, Entry, Kind, Store, StoreError};
use crate::fs;
use crate::interrupt;
use crate::ui::Reporter;

/// Which entries are to go.
#[derive(Debug, Clone)]
pub struct Which {
    /// Only those that were not used for so long. What killed surtaxes left goes whatever its age.
    pub unused_for: Duration,
    /// Only of these kinds; where none is named, of all but [`Kind::Other`], which somebody else may have put there.
    pub kinds: Vec<Kind>,
}

impl Which {
    fn takes(&self, entry: &Entry, now: SystemTime) -> bool {
        // A moment in the future is that of a clock that was wrong.
        let age = now.duration_since(entry.used).unwrap_or_default();
        let meant = if self.kinds.is_empty() { entry.kind != Kind::Other } else { self.kinds.contains(&entry.kind) };
        meant && (entry.kind == Kind::Leftovers || age >= self.unused_for)
    }
}

/// What was taken away, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    pub removed: Contents,
    /// Left where they are, since programs of a killed surtax are still at work in them.
    pub busy: Vec<PathBuf>,
}

impl Store {
    /// What [`Store::prune`] would take away now.
    pub fn prunable(&self, which: &Which) -> Result<Pruned, StoreError> {
        let now = SystemTime::now();
        let (busy, removed) =
            self.contents()?.entries.into_iter().filter(|entry| which.takes(entry, now)).partition(|entry| self.is_held(entry));
        let removed = Contents { entries: removed };
        Ok(Pruned { removed, busy: Vec::into_iter(busy).map(|entry: Entry| entry.path).collect() })
    }

    /// Waits until no other surtax uses the store, and keeps them waiting meanwhile.
    pub fn prune(&self, which: &Which, reporter: &dyn Reporter) -> Result<Pruned, StoreError> {
        let _alone = self.alone(reporter)?;
        let pruned = self.prunable(which)?;
        let grave = self.scratch()?;
        for (at, entry) in pruned.removed.entries.iter().enumerate() {
            interrupt::check()?;
            // Gone in one step for whoever looks, whatever happens while its files are removed.
            let grave = grave.path().join(at.to_string());
            fs::rename(&entry.path, &grave)?;
            fs::remove(&grave)?;
        }
        Ok(pruned)
    }

    /// Compilers that outlived a killed surtax hold their tree's lock.
    fn is_held(&self, entry: &Entry) -> bool {
        let name = entry.path.file_name().unwrap_or_default().to_string_lossy();
        entry.kind == Kind::Trees && matches!(self.try_lock(&Self::tree_lock(&name)), Ok(None))
    }
}
