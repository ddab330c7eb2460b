//! What runs a subject: real processes, or a stand-in in tests.

use std::path::PathBuf;
use std::time::Duration;

use crate::matrix::CommandLine;
use crate::process::{Finished, Job, Launcher, ProcessError};

pub trait Executor {
    /// Runs one process to its end, with nothing in its environment but `environment`; ends it after `limit`.
    fn execute(&mut self, command: &CommandLine, environment: &[(&'static str, String)], limit: Duration)
    -> Result<Finished, ProcessError>;
}

/// Fresh processes, all pinned to one core.
pub struct Processes {
    cpu: Option<usize>,
    launcher: Launcher,
}

impl Processes {
    /// `surtax`: the executable that starts them, as a small process of its own; `std::env::current_exe()`.
    pub fn new(cpu: Option<usize>, surtax: impl Into<PathBuf>) -> Self {
        Self { cpu, launcher: Launcher::new(surtax) }
    }
}

impl Executor for Processes {
    fn execute(
        &mut self,
        command: &CommandLine,
        environment: &[(&'static str, String)],
        limit: Duration,
    ) -> Result<Finished, ProcessError> {
        let job = Job::new(&command.program)
            .args(&command.arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            // Where the person stands must not be importable, nor decide anything else.
            .current_dir("/")
            .pin(self.cpu)
            .limit(limit);
        self.launcher.run(&job)
    }
}
