//! What left the group and the session of the job that started it, and outlived it.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal};

/// What one pass kills may have started something in the meantime.
const PASSES: usize = 20;
/// For which one that was killed is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Kills every process whose environment names `folder`, or that works in it: a folder that a job was given as its own, and nobody else.
///
/// A process that started a session (`setsid`, a terminal of its own, a daemon) is in no group that could be killed, and where its parent is
/// gone nothing else tells whose it is. One that changed both folder and environment is not found.
pub fn end_strays(folder: &Path) {
    for _ in 0..PASSES {
        let strays: Vec<OwnedFd> = processes().filter_map(|pid| stray(pid, folder)).collect();
        if strays.is_empty() {
            return;
        }
        for stray in &strays {
            let _ = rustix::process::pidfd_send_signal(stray, Signal::KILL);
        }
        for stray in &strays {
            let _ = super::poll(stray, PATIENCE);
        }
    }
}

fn processes() -> impl Iterator<Item = Pid> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
}

/// The handle comes first: while it is held, what was read is about the process that will get the signal, or about none.
fn stray(pid: Pid, folder: &Path) -> Option<OwnedFd> {
    let handle = rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok()?;
    let of = |name: &str| format!("/proc/{}/{name}", pid.as_raw_nonzero());
    let works_there = || std::fs::read_link(of("cwd")).is_ok_and(|place| place.starts_with(folder));
    let names_it = || {
        let name = folder.as_os_str().as_encoded_bytes();
        std::fs::read(of("environ")).is_ok_and(|environment| environment.windows(name.len()).any(|part| part == name))
    };
    (works_there() || names_it()).then_some(handle)
}
