//! Guests: executables that the person brings to the matrix as they are, and the host's own python3.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

use crate::digest::Sha256;
use crate::elf::{self, ProgramError};
use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};
use crate::libpython::VariantName;
use crate::process::{Job, ProcessError, how_it_ended, last_lines, subject_environment};
use crate::recipe::PythonVersion;
use crate::run::SubjectPlan;

#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    #[error("`{0}` is not of the form NAME=PATH")]
    Form(String),
    #[error("`{name}` cannot be the name of a subject: {reason}")]
    Name { name: String, reason: &'static str },
    #[error("there is no file {}", .0.display())]
    NoSuchFile(PathBuf),
    #[error("{} is a folder", .0.display())]
    Folder(PathBuf),
    #[error("{} is not executable", .0.display())]
    NotExecutable(PathBuf),
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("{} does not start", path.display())]
    DoesNotStart {
        path: PathBuf,
        #[source]
        source: ProcessError,
    },
    #[error("{} said nothing of itself within {:.0} s", path.display(), limit.as_secs_f64())]
    Hangs { path: PathBuf, limit: Duration },
    #[error("{} does not behave as a Python does: asked for its version, it {said}", path.display())]
    NotPython { path: PathBuf, said: String },
    #[error("{} is Python {version}; the benchmarks need {} or later", path.display(), PythonVersion::OLDEST)]
    TooOld { path: PathBuf, version: String },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for GuestError {
    fn exit(&self) -> Exit {
        match self {
            Self::DoesNotStart { source: ProcessError::Interrupted(interrupted), .. } => interrupted.exit(),
            Self::Program(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Form(_) => "name the subject and its executable, such as --subject mine=/opt/python/bin/python3".into(),
            Self::Name { .. } => "take another name of letters, digits, `.`, `-` and `_`".into(),
            Self::NoSuchFile(path) if path.iter().any(|part| part == "~") => {
                "the shell leaves `~` as it is after `=`; write $HOME instead".into()
            }
            Self::NoSuchFile(_) => "give the executable's path; `command -v python3` shows one".into(),
            Self::Folder(folder) => {
                format!("name the executable in it; an installed CPython with its libpython is --prefix {}", folder.display())
            }
            Self::NotExecutable(path) => format!("is it the right file? If so: chmod +x {}", path.display()),
            Self::Program(error) => return error.hint(),
            Self::DoesNotStart { source: ProcessError::Interrupted(interrupted), .. } => return interrupted.hint(),
            Self::DoesNotStart { source, .. } => return source.hint(),
            Self::Hangs { path, .. } => format!("try it by hand: {} -I -c 'import sys; print(sys.version)'", path.display()),
            Self::NotPython { path, .. } => {
                format!("a subject is called as python3 is; try by hand: env -i {} -I -c 'import sys; print(sys.version)'", path.display())
            }
            Self::TooOld { .. } => format!("name a Python of version {} or later", PythonVersion::OLDEST),
            Self::Fs(error) => return error.hint(),
        })
    }
}

/// `NAME=PATH`, as `--subject` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub path: PathBuf,
}

impl FromStr for Named {
    type Err = GuestError;

    fn from_str(text: &str) -> Result<Self, GuestError> {
        let (name, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| GuestError::Form(text.to_owned()))?;
        check_name(name)?;
        Ok(Self { name: name.to_owned(), path: path.into() })
    }
}

/// Those of surtax's own subjects.
const TAKEN: [&str; 3] = ["python3", "python3-again", SubjectPlan::HOST_PYTHON];

fn check_name(name: &str) -> Result<(), GuestError> {
    let bad = |reason| Err(GuestError::Name { name: name.chars().take(60).collect(), reason });
    let plain = |character: char| character.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&character);
    match name {
        "" => bad("it is empty"),
        _ if name.len() > 40 => bad("it is longer than 40 characters"),
        _ if !name.chars().all(plain) => bad("it has other characters than letters, digits, `.`, `-` and `_`"),
        _ if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) => bad("it does not begin with a letter or a digit"),
        _ if TAKEN.contains(&name) || name.parse::<VariantName>().is_ok() => bad("it is one of surtax's own subjects"),
        _ => Ok(()),
    }
}

/// An executable that behaves as a Python does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub name: String,
    /// Absolute, but with its links: a virtual environment's python finds its settings beside the link.
    pub executable: PathBuf,
    /// `3.13.5`.
    pub version: String,
    /// `CPython`, `PyPy`, …
    pub implementation: String,
    /// The shared libpython that it runs on; absent where it has its own.
    pub libpython: Option<PathBuf>,
    pub sha256: Sha256,
    pub size_bytes: u64,
}

/// What a guest prints of itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    version: String,
    implementation: String,
    libpython: Option<PathBuf>,
}

const PROBE: &str = "
import json, platform
try:
    with open('/proc/self/maps') as maps:
        loaded = [line.split(maxsplit=5)[-1].strip() for line in maps if '/libpython' in line]
except OSError:
    loaded = []
print(json.dumps({
    'version': platform.python_version(),
    'implementation': platform.python_implementation(),
    'libpython': loaded[0] if loaded else None,
}))
";

impl Guest {
    const HOST: &str = "/usr/bin/python3";
    const LIMIT: Duration = Duration::from_secs(10);

    /// The host's own python3.
    pub fn host() -> Result<Self, GuestError> {
        Self::identify(SubjectPlan::HOST_PYTHON, Path::new(Self::HOST))
    }

    pub fn identify(name: &str, path: &Path) -> Result<Self, GuestError> {
        Self::identify_within(name, path, Self::LIMIT)
    }

    /// Starts the executable as a measured subject is started, and gives it `limit` to say what it is.
    pub fn identify_within(name: &str, path: &Path, limit: Duration) -> Result<Self, GuestError> {
        let executable = std::path::absolute(path).map_err(FsError::at("find", path))?;
        check_file(&executable)?;
        let said = ask(&executable, limit)?;
        if PythonVersion::of_release(&said.version).is_none_or(|python| python < PythonVersion::OLDEST) {
            return Err(GuestError::TooOld { path: executable, version: said.version });
        }
        let bytes = fs::read(&executable)?;
        Ok(Self {
            name: name.to_owned(),
            executable,
            version: said.version,
            implementation: said.implementation,
            libpython: said.libpython,
            sha256: Sha256::of(&bytes),
            size_bytes: bytes.len() as u64,
        })
    }

    /// Whether its answers must be those of a CPython of that whole version, bit for bit.
    pub fn is_same_python(&self, version: &str) -> bool {
        self.implementation == "CPython" && self.version == version
    }

    /// `PyPy 3.11.13, /opt/pypy/bin/pypy3`.
    pub fn description(&self) -> String {
        format!("{} {}, {}", self.implementation, self.version, self.executable.display())
    }
}

fn check_file(path: &Path) -> Result<(), GuestError> {
    let metadata = std::fs::metadata(path).map_err(|_| GuestError::NoSuchFile(path.to_owned()))?;
    if metadata.is_dir() {
        return Err(GuestError::Folder(path.to_owned()));
    }
    if rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_err() {
        return Err(GuestError::NotExecutable(path.to_owned()));
    }
    elf::startable(path)?;
    Ok(())
}

fn ask(executable: &Path, limit: Duration) -> Result<Said, GuestError> {
    let path = || executable.to_owned();
    let job = Job::new(executable).args(["-I", "-B", "-c", PROBE]).envs(subject_environment(0)).limit(limit);
    let finished = job.run().map_err(|source| GuestError::DoesNotStart { path: path(), source })?;
    if finished.timed_out {
        return Err(GuestError::Hangs { path: path(), limit });
    }
    let success = finished.status.success();
    let text = if success { finished.stdout_text() } else { finished.stderr_text() };
    let understood = if success { serde_json::from_str(&text).ok() } else { None };
    understood.ok_or_else(|| {
        let how = how_it_ended(&finished.status);
        let last: String = last_lines(&text, 3).chars().take(500).collect();
        GuestError::NotPython { path: path(), said: if last.is_empty() { how } else { format!("{how} and said:\n{last}") } }
    })
}
