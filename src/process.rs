//! The only door to other programs: one way to spawn, bound, end and measure a child.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::{Exit, Explain};
use crate::fs::FsError;
use crate::interrupt::{self, Interrupted};

mod child;
mod counters;
mod detached;
mod environment;
mod launcher;
mod strays;

use child::{drain, duration, filled_memory_file, kill_group, memory_file, poll, reap, spawn};
use counters::Opened;
pub use counters::{Counted, Event, NoCounters, hardware_counters};
pub use environment::subject_environment;
pub use launcher::{Launcher, was_launcher};
pub use strays::end_strays;

/// How often Ctrl-C, the limit and a log's watcher are looked at.
const SLICE: Duration = Duration::from_millis(200);

#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    #[error("cannot start {}", program.display())]
    Start {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot watch {}", program.display())]
    Watch {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} was still running after {:.0} s and was ended", program.display(), limit.as_secs_f64())]
    TimedOut { program: PathBuf, limit: Duration },
    #[error("{} {}{}", program.display(), how_it_ended(status), tail(output))]
    Failed { program: PathBuf, status: ExitStatus, output: String },
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    #[error(transparent)]
    Log(#[from] FsError),
}

impl Explain for ProcessError {
    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted(interrupted) => interrupted.exit(),
            _ => Exit::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Interrupted(interrupted) => interrupted.hint(),
            Self::Log(error) => error.hint(),
            Self::Start { source, .. } => Some(match source.kind() {
                io::ErrorKind::NotFound => "the file is not there, or the loader that it names is not; see with `file` and `ls -l`".into(),
                io::ErrorKind::PermissionDenied => {
                    "is its file system mounted with noexec? SURTAX_HOME names a folder for the store on another one".into()
                }
                _ => "surtax doctor checks this machine".into(),
            }),
            Self::Watch { .. } => Some("run the same command again; finished work is kept".into()),
            Self::TimedOut { .. } => Some("is the machine very busy? Run the same command again; finished work is kept".into()),
            Self::Failed { output, .. } if output.is_empty() => Some("surtax doctor checks this machine".into()),
            Self::Failed { .. } => Some("its last words name the cause; surtax doctor checks this machine".into()),
        }
    }
}

/// `exited with code 3`, `was killed by signal 11 (SIGSEGV)`.
pub fn how_it_ended(status: &ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with code {code}"),
        (None, Some(signal)) => match signal_name(signal) {
            Some(name) => format!("was killed by signal {signal} ({name})"),
            None => format!("was killed by signal {signal}"),
        },
        (None, None) => "ended in an unknown way".to_owned(),
    }
}

fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGILL => "SIGILL",
        libc::SIGINT => "SIGINT",
        libc::SIGKILL => "SIGKILL",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGTERM => "SIGTERM",
        libc::SIGXFSZ => "SIGXFSZ",
        _ => return None,
    })
}

fn tail(output: &str) -> String {
    let lines = last_lines(output, 12);
    if lines.is_empty() { String::new() } else { format!("; it said:\n{lines}") }
}

/// The last `count` lines that say something.
pub fn last_lines(output: &str, count: usize) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// A program to run, with all that decides how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    inherit_environment: bool,
    folder: Option<PathBuf>,
    input: Option<Vec<u8>>,
    cpu: Option<usize>,
    limit: Option<Duration>,
    #[serde(default)]
    counted: Vec<Event>,
    #[serde(default)]
    session: bool,
    #[serde(default)]
    large_files: bool,
}

/// How a child ended and what it cost: itself and the children that it waited for.
#[derive(Debug, Clone)]
pub struct Finished {
    pub status: ExitStatus,
    /// From before the spawn to after the wait.
    pub wall: Duration,
    pub user: Duration,
    pub system: Duration,
    /// Peak resident memory of this child, from its own `wait4` (never `RUSAGE_CHILDREN`, which is the largest of all so far). Not less than
    /// what its parent held at the fork: [`Launcher`] keeps that small.
    pub peak_memory_bytes: u64,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub timed_out: bool,
    /// Of the events that [`Job::count`] names, those that could be counted from beginning to end.
    pub counted: Vec<Counted>,
}

impl Finished {
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    pub fn count(&self, event: Event) -> Option<u64> {
        self.counted.iter().find(|counted| counted.event == event).map(|counted| counted.count)
    }
}

impl Job {
    /// A program whose environment starts empty; see [`Job::inherit_environment`].
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            variables: Vec::new(),
            inherit_environment: false,
            folder: None,
            input: None,
            cpu: None,
            limit: None,
            counted: Vec::new(),
            session: false,
            large_files: false,
        }
    }

    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    pub fn envs(mut self, variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>) -> Self {
        self.variables.extend(variables.into_iter().map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned())));
        self
    }

    /// For tools that need the person's environment (cargo, gcc); never for what is measured.
    pub fn inherit_environment(mut self) -> Self {
        self.inherit_environment = true;
        self
    }

    pub fn current_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Pins the child, and whatever it starts, to one core.
    pub fn pin(mut self, cpu: Option<usize>) -> Self {
        self.cpu = cpu;
        self
    }

    /// The whole process group is killed after this long.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Has the kernel count these in the child and in whatever it starts, user space alone, from the exec on.
    pub fn count(mut self, events: &[Event]) -> Self {
        self.counted = events.to_vec();
        self
    }

    /// Without a terminal: one of a group that is not in the foreground stops for good when it asks a terminal for something.
    pub fn own_session(mut self) -> Self {
        self.session = true;
        self
    }

    /// Its files may be of any size; of its output no more is kept either way, and it is ended if it prints without end.
    pub fn large_files(mut self) -> Self {
        self.large_files = true;
        self
    }

    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The command line as a person would type it; for logs and messages.
    pub fn shown(&self) -> String {
        let mut words = vec![self.program.to_string_lossy().into_owned()];
        words.extend(self.arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
        words.join(" ")
    }

    /// Runs to the end, however it ends. An error means that it did not run, or that the person interrupted.
    pub fn run(&self) -> Result<Finished, ProcessError> {
        let stdout = memory_file("stdout").map_err(|source| self.start_error(source))?;
        let stderr = memory_file("stderr").map_err(|source| self.start_error(source))?;
        let mut finished = self.spawn_and_wait(&stdout, &stderr, None)?;
        finished.stdout = drain(stdout).map_err(|source| self.watch_error(source))?;
        finished.stderr = drain(stderr).map_err(|source| self.watch_error(source))?;
        Ok(finished)
    }

    /// Runs and insists on success; returns stdout.
    pub fn run_for_text(&self) -> Result<String, ProcessError> {
        let finished = self.run()?;
        if finished.timed_out {
            return Err(ProcessError::TimedOut { program: self.program.clone(), limit: self.limit.unwrap_or_default() });
        }
        if !finished.status.success() {
            return Err(ProcessError::Failed { program: self.program.clone(), status: finished.status, output: finished.stderr_text() });
        }
        Ok(finished.stdout_text())
    }

    /// Runs with stdout and stderr in the file `log`, calling `watch` about five times a second.
    #[allow(clippy::disallowed_methods, reason = "a log is written by the child as it goes")]
    pub fn run_logged(&self, log: &Path, watch: &mut dyn FnMut()) -> Result<Finished, ProcessError> {
        if let Some(folder) = log.parent() {
            crate::fs::create_dir_all(folder)?;
        }
        let file = File::create(log).map_err(FsError::at("create", log))?;
        self.spawn_and_wait(&file, &file, Some(watch))
    }

    fn start_error(&self, source: io::Error) -> ProcessError {
        ProcessError::Start { program: self.program.clone(), source }
    }

    fn watch_error(&self, source: io::Error) -> ProcessError {
        ProcessError::Watch { program: self.program.clone(), source }
    }

    /// Program, arguments, environment and folder.
    #[allow(clippy::disallowed_methods, reason = "the door itself")]
    fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments);
        if !self.inherit_environment {
            command.env_clear();
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    #[allow(unsafe_code, reason = "pre_exec: only async-signal-safe system calls")]
    fn spawn_and_wait(&self, stdout: &File, stderr: &File, mut watch: Option<&mut dyn FnMut()>) -> Result<Finished, ProcessError> {
        interrupt::check()?;
        let start_error = |source| self.start_error(source);
        let mut command = self.command();
        command.stdin(match &self.input {
            Some(bytes) => Stdio::from(filled_memory_file(bytes).map_err(start_error)?),
            None => Stdio::null(),
        });
        command.stdout(Stdio::from(stdout.try_clone().map_err(start_error)?));
        command.stderr(Stdio::from(stderr.try_clone().map_err(start_error)?));
        // The leader of a session is the leader of its first group, and could not become it any more if it was one.
        if !self.session {
            command.process_group(0);
        }
        let (cpu, session) = (self.cpu, self.session);
        let cap = watch.is_none() && !self.large_files;
        unsafe { command.pre_exec(move || child::prepare(cpu, cap, session)) };

        let counters = Opened::for_next_child(&self.counted);
        let (started, child) = spawn(&mut command).map_err(start_error)?;
        let group = rustix::process::Pid::from_child(&child);
        // The handle goes with the child; std's own wait is not used, because it gives no resource usage.
        drop(child);
        let ended = self.wait(group, started, [stdout, stderr], &mut watch);
        if ended.is_err() {
            kill_group(group);
            let _ = reap(group);
        }
        let (timed_out, wall) = ended?;
        // What the child left running in its group (a helper that outlived it) would disturb the next visit. Until the child is reaped, no
        // other group can have its number.
        kill_group(group);
        let (status, usage) = reap(group).map_err(|source| self.watch_error(source))?;
        tracing::debug!(seconds = wall.as_secs_f64(), %status, folder = ?self.folder, "ran {}", self.shown());
        Ok(Finished {
            status,
            wall,
            user: duration(usage.ru_utime),
            system: duration(usage.ru_stime),
            peak_memory_bytes: u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024,
            stdout: Vec::new(),
            stderr: Vec::new(),
            timed_out,
            counted: counters.read(),
        })
    }

    /// Waits for the end, the limit (then kills the group and waits on) or Ctrl-C.
    fn wait(
        &self,
        group: rustix::process::Pid,
        started: Instant,
        output: [&File; 2],
        watch: &mut Option<&mut dyn FnMut()>,
    ) -> Result<(bool, Duration), ProcessError> {
        let pidfd =
            rustix::process::pidfd_open(group, rustix::process::PidfdFlags::empty()).map_err(|error| self.watch_error(error.into()))?;
        let mut timed_out = false;
        loop {
            let left = self.limit.filter(|_| !timed_out).map_or(SLICE, |limit| limit.saturating_sub(started.elapsed()));
            let ended = poll(&pidfd, left.min(SLICE)).map_err(|source| self.watch_error(source))?;
            let wall = started.elapsed();
            if ended {
                return Ok((timed_out, wall));
            }
            interrupt::check()?;
            if let Some(watch) = watch {
                watch();
            }
            if self.large_files && output.into_iter().any(child::is_full) {
                kill_group(group);
            }
            if !timed_out && self.limit.is_some_and(|limit| wall >= limit) {
                timed_out = true;
                kill_group(group);
            }
        }
    }
}
