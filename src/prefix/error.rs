//! Why a folder cannot be taken for an installed CPython, each with what to do next.

use std::path::PathBuf;

use crate::elf::ProgramError;
use crate::error::{Exit, Explain};
use crate::fs::FsError;
use crate::process::ProcessError;
use crate::recipe::PythonVersion;

#[derive(Debug, thiserror::Error)]
pub enum PrefixError {
    #[error("{} is no folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("{} cannot be used: its path has {what}, which linkers and loaders cannot take", folder.display())]
    UnusablePath { folder: PathBuf, what: &'static str },
    #[error("{} is a virtual environment, which holds no libpython of its own", folder.display())]
    VirtualEnvironment { folder: PathBuf, base: Option<PathBuf> },
    #[error("{} holds no Python: there is no bin/python3 in it", .0.display())]
    NoPython(PathBuf),
    #[error("{} has no Python {python}; it has {}", folder.display(), list(offered))]
    WrongVersion { folder: PathBuf, python: PythonVersion, offered: Vec<PythonVersion> },
    #[error("{} holds Python {version}; surtax needs {} or later", folder.display(), PythonVersion::OLDEST)]
    TooOld { folder: PathBuf, version: String },
    #[error("{} holds {implementation}, not CPython", folder.display())]
    NotCPython { folder: PathBuf, implementation: String },
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("{} does not start", path.display())]
    DoesNotStart {
        path: PathBuf,
        #[source]
        source: ProcessError,
    },
    #[error("{} described itself in a way that cannot be understood: {reason}", path.display())]
    NotUnderstood { path: PathBuf, reason: String },
    #[error("{} belongs to the Python in {}", path.display(), prefix.display())]
    Elsewhere { path: PathBuf, prefix: PathBuf },
    #[error("{} is a {abi} build of Python {version}, whose interface the runners do not speak", path.display())]
    OtherAbi { path: PathBuf, version: String, abi: &'static str },
    #[error("a copy of {} in the store does not behave as it does in its place: {reason}", path.display())]
    NotMovable { path: PathBuf, reason: String },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for PrefixError {
    fn exit(&self) -> Exit {
        match self {
            Self::Program(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            Self::DoesNotStart { source: ProcessError::Interrupted(interrupted), .. } => interrupted.exit(),
            Self::NotMovable { .. } => Exit::Build,
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Fs(error) => return error.hint(),
            Self::DoesNotStart { source: ProcessError::Interrupted(interrupted), .. } => return interrupted.hint(),
            Self::NotAFolder(path) if path.ends_with("bin/python3") || path.is_file() => {
                "name the folder that has bin/python3 and lib/ in it, which that Python calls sys.prefix".into()
            }
            Self::NotAFolder(_) | Self::NoPython(_) => {
                "name the folder that has bin/python3 and lib/ in it; a Python tells its own: python3 -c 'import sys; print(sys.base_prefix)'".into()
            }
            Self::UnusablePath { .. } => "reach it by another path, or install it in another folder".into(),
            Self::VirtualEnvironment { base: Some(base), .. } => format!("name the Python that it was made from: --prefix {}", base.display()),
            Self::VirtualEnvironment { base: None, .. } => {
                "name the Python that it was made from; it tells: bin/python -c 'import sys; print(sys.base_prefix)'".into()
            }
            Self::WrongVersion { offered, .. } => match offered.last() {
                Some(python) => format!("leave --python out, or say --python {python}"),
                None => "leave --python out".into(),
            },
            Self::TooOld { .. } => {
                let oldest = PythonVersion::OLDEST;
                format!("install a newer one, such as with `pyenv install {oldest}` or `uv python install {oldest}`")
            },
            Self::NotCPython { .. } => "to measure it as it is, without runners, name its executable: --subject NAME=PATH".into(),
            Self::Program(ProgramError::Script(_)) => {
                "name the folder of the Python itself; the script tells: bin/python3 -c 'import sys; print(sys.base_prefix)'".into()
            }
            Self::Program(error) => return error.hint(),
            Self::DoesNotStart { path, .. } => {
                format!("try it by hand, without variables such as LD_LIBRARY_PATH and PYTHONHOME: env -i {} -VV", path.display())
            }
            Self::NotUnderstood { path, .. } => format!("does its own sysconfig work? {} -m sysconfig", path.display()),
            Self::Elsewhere { prefix, .. } => format!("name that folder: --prefix {}", prefix.display()),
            Self::OtherAbi { .. } => {
                "name a plain build of the same version; to measure this one as it is, without runners: --subject NAME=PATH".into()
            }
            Self::NotMovable { path, .. } => {
                format!("to measure it as it is, without runners, name its executable: --subject NAME={}", path.display())
            }
        })
    }
}

fn list(versions: &[PythonVersion]) -> String {
    versions.iter().map(PythonVersion::to_string).collect::<Vec<_>>().join(", ")
}
