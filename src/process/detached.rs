//! A program that is started and left to itself: what shows a file to the person outlives surtax.

use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::child::spawn;
use super::{Job, ProcessError};

impl Job {
    /// Starts it out of reach of this terminal's Ctrl-C and watches for as long as `grace`. How it ended, or nothing if it goes on: an opener
    /// may hand the file over and end, or stay as the program that shows it. Neither limit nor input is heeded.
    pub fn start_and_leave(&self, grace: Duration) -> Result<Option<ExitStatus>, ProcessError> {
        use std::os::unix::process::CommandExt as _;
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let (started, mut child) = spawn(&mut command).map_err(|source| self.start_error(source))?;
        loop {
            let ended = child.try_wait().map_err(|source| self.watch_error(source))?;
            if ended.is_some() || Instant::now().duration_since(started) >= grace {
                return Ok(ended);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
