//! How measuring ends: with what it came to, or with why it stopped early.

use std::path::PathBuf;
use std::time::Duration;

use super::CounterError;
use crate::error::{Exit, Explain};
use crate::fs::FsError;
use crate::matrix::MatrixError;
use crate::run::RunError;

#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    #[error(transparent)]
    Plan(#[from] MatrixError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Counting(#[from] CounterError),
    #[error("a sample cannot be kept, so measuring stops")]
    Journal {
        folder: PathBuf,
        #[source]
        source: FsError,
    },
    #[error("interrupted; {} visits of this session are in {}", visits, folder.display())]
    Interrupted { folder: PathBuf, visits: usize },
}

impl Explain for MeasureError {
    fn exit(&self) -> Exit {
        match self {
            Self::Plan(error) => error.exit(),
            Self::Run(error) => error.exit(),
            Self::Counting(error) => error.exit(),
            Self::Journal { .. } => Exit::Internal,
            Self::Interrupted { .. } => Exit::Incomplete,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Plan(error) => error.hint(),
            Self::Run(error) => error.hint(),
            Self::Counting(error) => error.hint(),
            Self::Journal { folder, .. } => {
                Some(format!("what was measured is kept; free some space, then: surtax matrix run --resume {}", folder.display()))
            }
            Self::Interrupted { folder, .. } => Some(format!("go on with it: surtax matrix run --resume {}", folder.display())),
        }
    }
}

/// What a session of measuring came to. The samples are in the journal; of an earlier session nothing is counted here.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    pub visits: usize,
    /// Visits whose outcome is not `ok`, skipped ones included.
    pub failed: usize,
    pub skipped: usize,
    pub wall: Duration,
    /// Wall time of the visits' processes.
    pub children: Duration,
}

impl Measured {
    /// Surtax's own share of the wall time, from 0 to 1.
    pub fn overhead(&self) -> f64 {
        if self.wall.is_zero() { 0.0 } else { self.wall.saturating_sub(self.children).as_secs_f64() / self.wall.as_secs_f64() }
    }

    /// The step's lasting line.
    pub(super) fn line(&self) -> String {
        let failed = if self.failed == 0 { String::new() } else { format!(", {} failed", self.failed) };
        format!(
            "measured {} visits in {:.1} s{failed}; surtax itself took {:.1} % of it",
            self.visits,
            self.wall.as_secs_f64(),
            100.0 * self.overhead()
        )
    }
}
