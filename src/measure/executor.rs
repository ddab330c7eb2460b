//! What runs a subject: real processes, or a stand-in in tests.

use std::path::PathBuf;
use std::time::Duration;

use super::counting;
use crate::matrix::CommandLine;
use crate::process::{Event, Finished, Job, Launcher, ProcessError};
use crate::run::{CounterPlan, Counting};

pub trait Executor {
    /// Runs one process to its end, with nothing in its environment but `environment`; ends it after `limit`.
    fn execute(&mut self, command: &CommandLine, environment: &[(&'static str, String)], limit: Duration)
    -> Result<Finished, ProcessError>;

    /// What counted visits are run with.
    fn valgrind(&self) -> Option<PathBuf> {
        counting::find_valgrind()
    }
}

/// Fresh processes, all pinned to one core.
pub struct Processes {
    cpu: Option<usize>,
    launcher: Launcher,
    events: &'static [Event],
}

impl Processes {
    /// `surtax`: the executable that starts them, as a small process of its own; `std::env::current_exe()`.
    pub fn new(cpu: Option<usize>, surtax: impl Into<PathBuf>) -> Self {
        Self { cpu, launcher: Launcher::new(surtax), events: &[] }
    }

    /// Has the kernel count in every process, if that is the run's way.
    pub fn counting(self, counters: Option<&CounterPlan>) -> Self {
        let perf = counters.is_some_and(|counters| counters.how == Counting::Perf);
        Self { events: if perf { &Event::HARDWARE } else { &[] }, ..self }
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
            .count(self.events)
            .limit(limit);
        self.launcher.run(&job)
    }
}
