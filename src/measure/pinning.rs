//! One core for what is measured, the others for surtax.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The core to pin visits to: the last that this process may use, since interrupts and other programs tend to be on the first. Absent where
/// the kernel does not say which there are.
pub fn choose_cpu() -> Option<usize> {
    let allowed = sched_getaffinity(None).ok()?;
    (0..CpuSet::MAX_CPU).rev().find(|&cpu| allowed.is_set(cpu))
}

/// Whether this process may run there: of a run that goes on elsewhere among the machine's cores.
pub fn may_use(cpu: usize) -> bool {
    cpu < CpuSet::MAX_CPU && sched_getaffinity(None).is_ok_and(|allowed| allowed.is_set(cpu))
}

/// Keeps the calling thread, and threads that it starts, off the measured core until dropped: for what works while a visit runs, such as
/// the progress bar. Where there is one core only, or the kernel refuses, nothing changes; [`crate::report::machine`] tells the person of the former.
///
/// The thread that waits for a visit is left free: it sleeps until the visit ends, and then wakes soonest on the core that has just become
/// idle. Kept apart on two loaded cores, it added 4 ms to the median start of `python3` (10 ms), since a visit ends when its waiter sees it.
pub struct Apart {
    before: Option<CpuSet>,
}

impl Apart {
    pub fn from(cpu: Option<usize>) -> Self {
        let moved = || {
            let before = sched_getaffinity(None).ok()?;
            let mut others = before;
            others.unset(cpu?);
            (others.count() > 0).then(|| sched_setaffinity(None, &others).ok()).flatten()?;
            Some(before)
        };
        Self { before: moved() }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = sched_setaffinity(None, before);
        }
    }
}
