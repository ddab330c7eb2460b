//! Which interpreter: one that the person names, one of a recipe, or the python3 on PATH.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::TraceError;
use crate::elf::Executable;
use crate::guest::{Guest, GuestError};
use crate::process::Job;
use crate::recipe::PythonVersion;

/// A CPython whose adaptive code is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    pub executable: PathBuf,
    /// `3.13.5`.
    pub version: String,
}

impl Interpreter {
    pub const OLDEST: PythonVersion = PythonVersion::new(3, 11);
    pub const NEWEST: PythonVersion = PythonVersion::new(3, 15);

    const LIMIT: Duration = Duration::from_secs(10);

    pub fn on_path() -> Result<Self, TraceError> {
        Self::identify(&which::which("python3").map_err(|_| TraceError::NoPython)?)
    }

    /// `path` may be a name on PATH.
    pub fn named(path: &Path) -> Result<Self, TraceError> {
        Self::identify(&which::which(path).unwrap_or_else(|_| path.to_owned()))
    }

    pub fn identify(path: &Path) -> Result<Self, TraceError> {
        let script = path.is_file() && Executable::inspect(path)? == Executable::Script;
        let started = if script { started_by(path)? } else { path.to_owned() };
        let guest = match Guest::identify("python3", &started) {
            Err(GuestError::TooOld { path, version }) => return Err(TraceError::Version { path, version }),
            guest => guest?,
        };
        if guest.implementation != "CPython" {
            return Err(TraceError::NotCpython { path: started, implementation: guest.implementation });
        }
        match PythonVersion::of_release(&guest.version) {
            Some(python) if (Self::OLDEST..=Self::NEWEST).contains(&python) => {
                Ok(Self { executable: guest.executable, version: guest.version })
            }
            _ => Err(TraceError::Version { path: started, version: guest.version }),
        }
    }
}

/// What a script such as pyenv's starts: it goes by the person's environment and folder.
fn started_by(script: &Path) -> Result<PathBuf, TraceError> {
    let job = Job::new(script).args(["-c", "import sys; print(sys.executable)"]).inherit_environment().limit(Interpreter::LIMIT);
    let said = job.run_for_text().map_err(|source| TraceError::Script { path: script.to_owned(), source: Some(source) })?;
    let path = PathBuf::from(said.trim_end_matches('\n'));
    if path.is_absolute() { Ok(path) } else { Err(TraceError::Script { path: script.to_owned(), source: None }) }
}
