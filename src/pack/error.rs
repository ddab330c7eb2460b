//! What keeps a pack of benchmarks from being had, with the way on.

use std::path::PathBuf;

use crate::error::{Exit, Explain, nearest};
use crate::fs::FsError;
use crate::interrupt::Interrupted;
use crate::process::ProcessError;
use crate::store::StoreError;
use crate::unpack::UnpackError;

#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("no pip was found to fetch the packages of a pack with: `python3 -m pip` does not run")]
    NoPip(#[source] ProcessError),
    #[error("pip could not fetch {what}:\n{said}")]
    Pip { what: String, said: String },
    #[error("{file} is not what is pinned: its SHA-256 is {found}, not {wanted}")]
    WrongHash { file: String, wanted: String, found: String },
    #[error("`{}` is not the name of a wheel", file.escape_debug())]
    NoWheel { file: String },
    #[error("{what} is not in the store")]
    NotInStore { what: String },
    #[error("the pack has no benchmark `{name}`; it has {}", known.join(", "))]
    Unknown { name: String, known: Vec<String> },
    #[error("{} cannot be understood: {reason}", path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("none of the pack's benchmarks can be measured here:\n  {}", reasons.join("\n  "))]
    NothingToMeasure { reasons: Vec<String> },
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for PackError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoPip(ProcessError::Interrupted(error)) | Self::Interrupted(error) => error.exit(),
            Self::NoPip(_)
            | Self::Pip { .. }
            | Self::WrongHash { .. }
            | Self::NoWheel { .. }
            | Self::NotInStore { .. }
            | Self::Malformed { .. } => Exit::Fetch,
            Self::Unknown { .. } => Exit::Usage,
            Self::NothingToMeasure { .. } => Exit::Incomplete,
            Self::Unpack(error) => error.exit(),
            Self::Process(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoPip(_) => Some("install it (on Debian, the package python3-pip); what was fetched before needs none: --offline".into()),
            Self::Pip { .. } => Some(
                "pip asks the index of its own configuration (pip config list, PIP_INDEX_URL, PIP_FIND_LINKS); is there a network, or a proxy that it has to be told of? \
                 Where there is none, a bundle brings the packages along: surtax bundle export --pack"
                    .into(),
            ),
            Self::WrongHash { .. } => Some("nothing of it was kept. The index, or a proxy before it, gives another file than the one that was released".into()),
            Self::NoWheel { .. } => Some("was plan.json changed? Copy it again from where `surtax matrix plan` wrote it".into()),
            Self::NotInStore { .. } => Some("run once without --offline, or import a bundle that was exported with --pack".into()),
            Self::Unknown { name, known } => nearest(name, known.clone()).map(|near| format!("did you mean `{near}`?")),
            Self::Malformed { .. } => Some("delete the store's `packs` folder; surtax writes it again".into()),
            Self::NothingToMeasure { .. } => Some("--pack pyperformance, without names, takes those that need no other package".into()),
            Self::Unpack(error) => error.hint(),
            Self::Process(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Interrupted(error) => error.hint(),
            Self::Fs(error) => error.hint(),
        }
    }
}
