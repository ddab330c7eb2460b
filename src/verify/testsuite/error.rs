//! What keeps CPython's own tests from being run.

use std::path::PathBuf;

use crate::error::{Exit, Explain, nearest};
use crate::fs::FsError;
use crate::interrupt::Interrupted;

#[derive(Debug, thiserror::Error)]
pub enum TestsuiteError {
    #[error("the standard library in {} has no tests", stdlib.display())]
    NoTests { stdlib: PathBuf },
    #[error("there is no test file `{name}`")]
    Unknown { name: String, known: Vec<String> },
    #[error("{name} tells of no test: {reason}")]
    Mute { name: String, reason: String },
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for TestsuiteError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoTests { .. } | Self::Unknown { .. } => Exit::Usage,
            Self::Mute { .. } => Exit::Incomplete,
            Self::Interrupted(error) => error.exit(),
            Self::Fs(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoTests { .. } => Some(
                "a CPython that is installed with its test modules has them (configure's default; --disable-test-modules leaves them out); of a release surtax \
                 takes them from its package libpython3.X-testsuite"
                    .into(),
            ),
            Self::Mute { .. } => Some("it is the stock python: `surtax verify` without --testsuite says whether it starts at all".into()),
            Self::Unknown { name, known } => nearest(name, known.clone()).map(|near| format!("did you mean `{near}`?")),
            Self::Interrupted(error) => error.hint(),
            Self::Fs(error) => error.hint(),
        }
    }
}
