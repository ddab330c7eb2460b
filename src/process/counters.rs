//! The kernel's counters over a child and all that it starts (`perf_event_open(2)`), user space alone.
//!
//! They are opened by the thread that forks, off, with `inherit` and `enable_on_exec`: the child's copy begins to count at its exec, the parent's own
//! never does, and each copy's count is added to the parent's before the wait for that process returns. So nothing has to hold the child back
//! between fork and exec, and neither the fork nor the preparation of the child is counted.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::FromRawFd as _;

use perf_event_open_sys::bindings as sys;
use serde::{Deserialize, Serialize};

/// What the kernel can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    Instructions,
    Cycles,
    BranchMisses,
    /// Of the first level.
    InstructionCacheMisses,
    /// Nanoseconds on a processor. The kernel's own count, as the next: both work where the processor offers none.
    TaskClock,
    PageFaults,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub event: Event,
    pub count: u64,
}

/// Why the processor's counters cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCounters {
    pub reason: String,
    pub remedy: Option<String>,
}

impl Event {
    /// The processor's, in the order in which they are opened: where there are too few registers, the later go without.
    pub const HARDWARE: [Self; 4] = [Self::Instructions, Self::Cycles, Self::BranchMisses, Self::InstructionCacheMisses];

    pub fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Cycles => "cycles",
            Self::BranchMisses => "branch misses",
            Self::InstructionCacheMisses => "instruction cache misses",
            Self::TaskClock => "task clock",
            Self::PageFaults => "page faults",
        }
    }

    /// Type and configuration as perf_event_open(2) names them.
    fn config(self) -> (u32, u64) {
        let hardware = |config: sys::perf_hw_id| (sys::PERF_TYPE_HARDWARE, u64::from(config));
        let software = |config: sys::perf_sw_ids| (sys::PERF_TYPE_SOFTWARE, u64::from(config));
        match self {
            Self::Instructions => hardware(sys::PERF_COUNT_HW_INSTRUCTIONS),
            Self::Cycles => hardware(sys::PERF_COUNT_HW_CPU_CYCLES),
            Self::BranchMisses => hardware(sys::PERF_COUNT_HW_BRANCH_MISSES),
            Self::InstructionCacheMisses => {
                let misses =
                    sys::PERF_COUNT_HW_CACHE_L1I | sys::PERF_COUNT_HW_CACHE_OP_READ << 8 | sys::PERF_COUNT_HW_CACHE_RESULT_MISS << 16;
                (sys::PERF_TYPE_HW_CACHE, u64::from(misses))
            }
            Self::TaskClock => software(sys::PERF_COUNT_SW_TASK_CLOCK),
            Self::PageFaults => software(sys::PERF_COUNT_SW_PAGE_FAULTS),
        }
    }

    /// `of_child`: of what this thread forks next, from its exec on; else of this thread, at once.
    #[allow(unsafe_code, reason = "the system call has no safe wrapper; the descriptor is owned by nothing else")]
    fn open(self, of_child: bool) -> io::Result<File> {
        let (kind, config) = self.config();
        let mut attributes = sys::perf_event_attr::default();
        attributes.type_ = kind;
        attributes.config = config;
        attributes.size = size_of::<sys::perf_event_attr>() as u32;
        // With both times, a count that shared its register with another is known as one.
        attributes.read_format = u64::from(sys::PERF_FORMAT_TOTAL_TIME_ENABLED | sys::PERF_FORMAT_TOTAL_TIME_RUNNING);
        // The kernel's own work is no libpython's, and counting it takes more rights (perf_event_paranoid 1).
        attributes.set_exclude_kernel(1);
        attributes.set_exclude_hv(1);
        if of_child {
            attributes.set_disabled(1);
            attributes.set_inherit(1);
            attributes.set_enable_on_exec(1);
        }
        let flags = u64::from(sys::PERF_FLAG_FD_CLOEXEC);
        let descriptor = unsafe { perf_event_open_sys::perf_event_open(&mut attributes, 0, -1, -1, flags) };
        if descriptor < 0 { Err(io::Error::last_os_error()) } else { Ok(unsafe { File::from_raw_fd(descriptor) }) }
    }
}

/// Counters that wait for the thread's next child.
pub(super) struct Opened(Vec<(Event, File)>);

impl Opened {
    /// What cannot be opened is left out; [`hardware_counters`] says why.
    pub(super) fn for_next_child(events: &[Event]) -> Self {
        Self(events.iter().filter_map(|event| Some((*event, event.open(true).ok()?))).collect())
    }

    /// To be called when the child has been waited for.
    pub(super) fn read(self) -> Vec<Counted> {
        self.0.into_iter().filter_map(|(event, file)| Some(Counted { event, count: read(file).ok()?? })).collect()
    }
}

/// None for a count that was not running all the time: scaled up it would be an estimate, and pass for a count.
fn read(mut file: File) -> io::Result<Option<u64>> {
    let mut bytes = [0; 24];
    file.read_exact(&mut bytes)?;
    let [count, enabled, running] = std::array::from_fn(|at| u64::from_ne_bytes(std::array::from_fn(|byte| bytes[8 * at + byte])));
    Ok((running > 0 && running == enabled).then_some(count))
}

/// Which of the processor's events the kernel counts for this process; instructions are among them, or the answer is why not.
pub fn hardware_counters() -> Result<Vec<Event>, NoCounters> {
    let first = Event::Instructions.open(false).map_err(|error| refused(&error))?;
    // A hypervisor may let counters be opened that never count.
    if !read(first).is_ok_and(|count| count.is_some_and(|count| count > 0)) {
        return Err(NoCounters { reason: "the kernel's hardware counters do not count".to_owned(), remedy: None });
    }
    Ok(Event::HARDWARE.into_iter().filter(|event| event.open(false).is_ok()).collect())
}

fn refused(error: &io::Error) -> NoCounters {
    let (reason, remedy) = match error.raw_os_error() {
        Some(libc::ENOENT | libc::ENODEV | libc::EOPNOTSUPP) => (format!("the kernel offers no hardware counters ({})", name(error)), None),
        Some(libc::EACCES | libc::EPERM) => {
            let level = std::fs::read_to_string("/proc/sys/kernel/perf_event_paranoid").unwrap_or_default();
            let level = level.trim();
            let level = if level.is_empty() { String::new() } else { format!(", kernel.perf_event_paranoid is {level}") };
            let reason = format!("the kernel does not let this user count ({}{level})", name(error));
            (reason, Some("sudo sysctl kernel.perf_event_paranoid=2; a container must also allow perf_event_open".to_owned()))
        }
        Some(libc::ENOSYS) => ("the kernel has no perf_event_open (ENOSYS)".to_owned(), None),
        _ => (format!("the kernel's counters cannot be opened: {error}"), None),
    };
    NoCounters { reason, remedy }
}

fn name(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(libc::ENOENT) => "ENOENT",
        Some(libc::ENODEV) => "ENODEV",
        Some(libc::EOPNOTSUPP) => "EOPNOTSUPP",
        Some(libc::EACCES) => "EACCES",
        _ => "EPERM",
    }
}
