//! What runs a subject: real processes, or a stand-in in tests.

use std::time::Duration;

use crate::matrix::CommandLine;
use crate::process::{Finished, Job, ProcessError};

pub trait Executor {
    /// Runs one process to its end, with nothing in its environment but `environment`; ends it after `limit`.
    fn execute(&mut self, command: &CommandLine, environment: &[(&'static str, String)], limit: Duration)
    -> Result<Finished, ProcessError>;
}

/// Fresh processes, all pinned to one core.
#[derive(Debug, Clone)]
pub struct Processes {
    pub cpu: Option<usize>,
}

impl Executor for Processes {
    fn execute(
        &mut self,
        command: &CommandLine,
        environment: &[(&'static str, String)],
        limit: Duration,
    ) -> Result<Finished, ProcessError> {
        Job::new(&command.program)
            .args(&command.arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            // Where the person stands must not be importable, nor decide anything else.
            .current_dir("/")
            .pin(self.cpu)
            .limit(limit)
            .run()
    }
}
