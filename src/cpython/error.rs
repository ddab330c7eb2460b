//! Why a build from source fails.

use crate::error::{Exit, Explain};

#[derive(Debug, thiserror::Error)]
pub enum CpythonError {
    #[error("{0} cannot be built yet")]
    NotYet(String),
}

impl Explain for CpythonError {
    fn exit(&self) -> Exit {
        Exit::Build
    }

    fn hint(&self) -> Option<String> {
        None
    }
}
