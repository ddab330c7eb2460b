//! A small second surtax that does nothing but start the measured processes.
//!
//! On Linux a process's peak memory counts from the fork, before the program is loaded: `exec_mmap` in the kernel's `fs/exec.c` carries the
//! old image's peak over into `ru_maxrss`. Started from a surtax that holds an archive's index in memory, every `python3` would seem to
//! need as much as surtax does. The fork itself copies page tables, so it would also add a time to every visit that grows with surtax.
//! The launcher stays under 3 MB, less than the smallest Python.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Counted, Finished, Job, ProcessError, SLICE, poll};
use crate::interrupt::{self, Interrupted};

/// The first argument that makes surtax a launcher; not for people, so `--help` does not show it.
const ARGUMENT: &str = "--surtax-launcher";

/// A line of JSON, and for `Finished` the bytes of both streams after it.
#[derive(Serialize, Deserialize)]
enum Reply {
    Finished {
        status: i32,
        wall: Duration,
        user: Duration,
        system: Duration,
        peak_memory_bytes: u64,
        timed_out: bool,
        counted: Vec<Counted>,
        stdout_bytes: usize,
        stderr_bytes: usize,
    },
    CannotStart {
        code: Option<i32>,
        reason: String,
    },
    CannotWatch {
        code: Option<i32>,
        reason: String,
    },
    Interrupted,
}

/// For the first line of `main`: true if this process was a launcher, whose work is then done.
pub fn was_launcher() -> bool {
    if std::env::args_os().nth(1).is_none_or(|argument| argument != ARGUMENT) {
        return false;
    }
    // Whoever asked has gone if this fails, so there is nobody to tell.
    let _ = interrupt::install().and_then(|()| serve(&mut io::stdin().lock(), &mut io::stdout().lock()));
    true
}

/// One job per line, one reply per job, to the end of the input.
fn serve(requests: &mut dyn io::BufRead, replies: &mut dyn io::Write) -> io::Result<()> {
    let mut line = String::new();
    while requests.read_line(&mut line)? > 0 {
        let job: Job = serde_json::from_str(&line)?;
        let (reply, finished) = reply(job.run());
        serde_json::to_writer(&mut *replies, &reply)?;
        replies.write_all(b"\n")?;
        if let Some(finished) = finished {
            replies.write_all(&finished.stdout)?;
            replies.write_all(&finished.stderr)?;
        }
        replies.flush()?;
        line.clear();
    }
    Ok(())
}

fn reply(outcome: Result<Finished, ProcessError>) -> (Reply, Option<Finished>) {
    match outcome {
        Ok(finished) => {
            let reply = Reply::Finished {
                status: finished.status.into_raw(),
                wall: finished.wall,
                user: finished.user,
                system: finished.system,
                peak_memory_bytes: finished.peak_memory_bytes,
                timed_out: finished.timed_out,
                counted: finished.counted.clone(),
                stdout_bytes: finished.stdout.len(),
                stderr_bytes: finished.stderr.len(),
            };
            (reply, Some(finished))
        }
        Err(ProcessError::Interrupted(_)) => (Reply::Interrupted, None),
        Err(ProcessError::Start { source, .. }) => (Reply::CannotStart { code: source.raw_os_error(), reason: source.to_string() }, None),
        Err(ProcessError::Watch { source, .. }) => (Reply::CannotWatch { code: source.raw_os_error(), reason: source.to_string() }, None),
        Err(error) => (Reply::CannotWatch { code: None, reason: error.to_string() }, None),
    }
}

/// Runs jobs as [`Job::run`] does, from a process of its own that is started with the first of them.
pub struct Launcher {
    executable: PathBuf,
    running: Option<Running>,
}

struct Running {
    child: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Launcher {
    /// `executable`: a surtax, such as `std::env::current_exe()`.
    pub fn new(executable: impl Into<PathBuf>) -> Self {
        Self { executable: executable.into(), running: None }
    }

    /// Like [`Job::run`]. A launcher that died is an error of this job; the next one gets another launcher.
    pub fn run(&mut self, job: &Job) -> Result<Finished, ProcessError> {
        interrupt::check()?;
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.executable).map_err(|source| ProcessError::Start { program: self.executable.clone(), source })?,
        };
        let outcome = running.ask(job).map_err(|source| ProcessError::Watch { program: self.executable.clone(), source })?;
        self.running = Some(running);
        outcome
    }
}

impl Running {
    #[allow(clippy::disallowed_methods, reason = "part of the door")]
    #[allow(unsafe_code, reason = "pre_exec: prctl is async-signal-safe")]
    fn start(executable: &Path) -> io::Result<Self> {
        let mut command = std::process::Command::new(executable);
        command.arg(ARGUMENT).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // The terminal's Ctrl-C goes to surtax alone, which passes it on.
        command.process_group(0);
        unsafe {
            command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            });
        }
        let mut child = command.spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(requests), Some(replies)) => Ok(Self { child, requests, replies: BufReader::new(replies) }),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// The outer error is the launcher's own.
    fn ask(&mut self, job: &Job) -> io::Result<Result<Finished, ProcessError>> {
        let mut request = serde_json::to_vec(job)?;
        request.push(b'\n');
        self.requests.write_all(&request)?;
        let mut told = false;
        // One reply per request: nothing is buffered when the wait begins.
        while !poll(self.replies.get_ref(), SLICE)? {
            if interrupt::requested() && !told {
                rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::TERM)?;
                told = true;
            }
        }
        let mut line = String::new();
        if self.replies.read_line(&mut line)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the launcher ended"));
        }
        let error = |code: Option<i32>, reason: String| code.map_or_else(|| io::Error::other(reason), io::Error::from_raw_os_error);
        let program = job.program.clone();
        Ok(match serde_json::from_str(&line)? {
            Reply::Finished { status, wall, user, system, peak_memory_bytes, timed_out, counted, stdout_bytes, stderr_bytes } => {
                let mut stdout = vec![0; stdout_bytes];
                self.replies.read_exact(&mut stdout)?;
                let mut stderr = vec![0; stderr_bytes];
                self.replies.read_exact(&mut stderr)?;
                let status = ExitStatus::from_raw(status);
                Ok(Finished { status, wall, user, system, peak_memory_bytes, stdout, stderr, timed_out, counted })
            }
            Reply::CannotStart { code, reason } => Err(ProcessError::Start { program, source: error(code, reason) }),
            Reply::CannotWatch { code, reason } => Err(ProcessError::Watch { program, source: error(code, reason) }),
            Reply::Interrupted => Err(Interrupted.into()),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Between jobs it has no children; in the midst of one they end with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
