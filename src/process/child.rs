//! What is done to a child between fork and reaping: async-signal-safe preparation, the wait, its resource usage, its output.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// No output of a child that surtax reads is larger; a runner that prints without end is cut off here by the kernel.
const OUTPUT_LIMIT_BYTES: u64 = 256 << 20;
/// How long a program that somebody holds open for writing is waited for.
const BUSY: Duration = Duration::from_secs(2);

/// Starts it, and says when. A program that surtax has just written is busy for a moment where another thread forked while it was open:
/// that thread's child holds it until it has become its own program.
pub(super) fn spawn(command: &mut Command) -> io::Result<(Instant, Child)> {
    let first = Instant::now();
    loop {
        let started = Instant::now();
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && first.elapsed() < BUSY => {
                std::thread::sleep(Duration::from_millis(20));
            }
            answer => return answer.map(|child| (started, child)),
        }
    }
}

/// Runs in the child between fork and exec.
#[allow(unsafe_code, reason = "prctl, setsid, signal, sched_setaffinity and setrlimit are async-signal-safe")]
pub(super) fn prepare(cpu: Option<usize>, cap_output: bool, own_session: bool) -> io::Result<()> {
    unsafe {
        if own_session && libc::setsid() < 0 {
            return Err(io::Error::last_os_error());
        }
        // If surtax itself is killed, nothing that it measured goes on.
        if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
            return Err(io::Error::last_os_error());
        }
        // A parent that was started in the background may ignore them, and with it every child; CPython's own tests fail then.
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::signal(libc::SIGQUIT, libc::SIG_DFL);
        if cap_output {
            let limit = libc::rlimit { rlim_cur: OUTPUT_LIMIT_BYTES, rlim_max: OUTPUT_LIMIT_BYTES };
            libc::setrlimit(libc::RLIMIT_FSIZE, &limit);
        }
        if let Some(cpu) = cpu {
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            libc::CPU_SET(cpu, &mut set);
            if libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set) != 0 {
                return Err(io::Error::last_os_error());
            }
        }
    }
    Ok(())
}

pub(super) fn poll(fd: &impl AsFd, slice: Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec};
    let mut fds = [PollFd::new(fd, PollFlags::IN)];
    let timeout = Timespec { tv_sec: slice.as_secs() as i64, tv_nsec: i64::from(slice.subsec_nanos()) };
    match rustix::event::poll(&mut fds, Some(&timeout)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn kill_group(group: rustix::process::Pid) {
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
}

#[allow(unsafe_code, reason = "no safe wrapper gives one child's resource usage")]
pub(super) fn reap(pid: rustix::process::Pid) -> io::Result<(ExitStatus, libc::rusage)> {
    let mut status = 0;
    loop {
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        let reaped = unsafe { libc::wait4(pid.as_raw_nonzero().get(), &mut status, 0, &mut usage) };
        if reaped >= 0 {
            return Ok((ExitStatus::from_raw(status), usage));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

pub(super) fn duration(time: libc::timeval) -> Duration {
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_usec).unwrap_or(0) * 1000)
}

/// A child never blocks on it, however much it prints, and nothing is written to a disk.
pub(super) fn memory_file(name: &str) -> io::Result<File> {
    Ok(File::from(rustix::fs::memfd_create(name, rustix::fs::MemfdFlags::CLOEXEC)?))
}

pub(super) fn filled_memory_file(bytes: &[u8]) -> io::Result<File> {
    let mut file = memory_file("stdin")?;
    io::Write::write_all(&mut file, bytes)?;
    file.rewind()?;
    Ok(file)
}

/// Whether it holds as much as a child whose output is not capped may print.
pub(super) fn is_full(output: &File) -> bool {
    output.metadata().is_ok_and(|data| data.len() >= OUTPUT_LIMIT_BYTES)
}

pub(super) fn drain(mut file: File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let kept = file.metadata()?.len().min(OUTPUT_LIMIT_BYTES);
    let mut bytes = Vec::with_capacity(usize::try_from(kept).unwrap_or(0));
    file.take(kept).read_to_end(&mut bytes)?;
    Ok(bytes)
}
