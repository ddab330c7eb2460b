//! What can keep a kit from being made or written.

use std::path::PathBuf;

use crate::error::{DEFECT, Exit, Explain};
use crate::fs::FsError;
use crate::libpython::HaclError;
use crate::runner::RunnerError;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    #[error("{} is there already, and was not written by `surtax embed`", .0.display())]
    NotOurs(PathBuf),
    #[error("{} is no empty folder", .0.display())]
    NotEmpty(PathBuf),
    #[error("{} gives no name for a crate", .0.display())]
    NoName(PathBuf),
    #[error("pkg-config cannot hand on `{0}` as one argument")]
    NotForPkgConfig(String),
    #[error("the template of the crate cannot be rendered")]
    Template(#[from] minijinja::Error),
    #[error("the kit cannot be written as {format}: {reason}")]
    Unwritable { format: &'static str, reason: String },
    #[error(transparent)]
    Hacl(#[from] HaclError),
    #[error(transparent)]
    Runner(#[from] RunnerError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for EmbedError {
    fn exit(&self) -> Exit {
        match self {
            Self::NotOurs(_) | Self::NotEmpty(_) | Self::NoName(_) | Self::NotForPkgConfig(_) => Exit::Usage,
            Self::Hacl(error) => error.exit(),
            Self::Runner(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            Self::Template(_) | Self::Unwritable { .. } => Exit::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotOurs(path) => Some(format!("print it without --out and take what you need, or move {} away", path.display())),
            Self::NotEmpty(_) => Some("name a folder that is not there yet".into()),
            Self::NoName(_) => Some("begin the folder's name with a letter, such as my-program".into()),
            Self::NotForPkgConfig(_) => Some("set SURTAX_HOME to a folder without spaces and quotes, or take another format".into()),
            Self::Template(_) | Self::Unwritable { .. } => Some(DEFECT.into()),
            Self::Hacl(error) => error.hint(),
            Self::Runner(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Fs(error) => error.hint(),
        }
    }
}
