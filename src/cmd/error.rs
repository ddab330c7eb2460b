//! Errors that only the commands know: where stages meet.

use std::path::PathBuf;

use crate::error::{Exit, Explain};
use crate::libpython::VariantName;

#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("{release} has no variant `{variant}`: its packages hold no such library for Python {python}")]
    NoSuchVariant { variant: VariantName, release: String, python: String },
    #[error("--hacl stubs and --hacl-source contradict each other: stand-ins are made of no source")]
    SourceForStubs,
    #[error("the stock python3 failed {failed} of its own checks, so there is nothing to compare with: {first}")]
    BaselineFailed { failed: usize, first: String },
    #[error("{} cannot go on: {reason}", folder.display())]
    CannotResume { folder: PathBuf, reason: String },
}

impl Explain for CommandError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoSuchVariant { .. } | Self::SourceForStubs | Self::CannotResume { .. } => Exit::Usage,
            Self::BaselineFailed { .. } => Exit::Incomplete,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoSuchVariant { .. } => "surtax variants lists what there is".into(),
            Self::SourceForStubs => "leave one of them out".into(),
            Self::BaselineFailed { .. } => "every failed check: surtax verify --again --json".into(),
            Self::CannotResume { folder, .. } => {
                format!(
                    "build the same runners again (surtax runner build --locked {}), or begin a new run: surtax matrix run",
                    folder.join("surtax.lock").display()
                )
            }
        })
    }
}
