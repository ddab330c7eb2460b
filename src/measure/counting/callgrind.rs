//! A process under `valgrind --tool=callgrind`, and the parts of its count.
//!
//! Callgrind writes what it has counted before each call of the C function `getloadavg`, which no program calls but to mark a place
//! (`posix.getloadavg` in Python), and begins again at zero: `cg.1`, `cg.2`, … are the parts up to each mark, `cg` is the rest (valgrind's
//! manual, `--dump-before`, `--callgrind-out-file`).

use std::ffi::OsString;
use std::path::PathBuf;

use crate::fs::{self, FsError, Scratch};
use crate::matrix::CommandLine;

/// What counted processes are run with.
pub(in crate::measure) struct Callgrind {
    pub(in crate::measure) valgrind: PathBuf,
}

/// A process to be run under callgrind, and where its counts will be.
pub(in crate::measure) struct Under {
    pub(in crate::measure) command: CommandLine,
    scratch: Scratch,
}

/// Instructions between the marks of one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::measure) struct Parts {
    /// Up to the first mark, from it to the second, …
    pub(in crate::measure) marked: Vec<u64>,
    pub(in crate::measure) rest: u64,
}

impl Callgrind {
    /// `--vgdb=no`: a debugger's pipes in /tmp are of no use here. The child's own children, of which no benchmark has any, would not be counted.
    pub(in crate::measure) fn wrap(&self, command: &CommandLine) -> Result<Under, FsError> {
        let scratch = Scratch::new(&std::env::temp_dir())?;
        let mut out = OsString::from("--callgrind-out-file=");
        out.push(scratch.path().join("cg"));
        let mut arguments = vec!["--tool=callgrind".into(), "-q".into(), "--vgdb=no".into(), "--dump-before=getloadavg".into(), out];
        arguments.push(command.program.clone().into_os_string());
        arguments.extend(command.arguments.iter().cloned());
        Ok(Under { command: CommandLine { program: self.valgrind.clone(), arguments }, scratch })
    }
}

impl Under {
    /// What the process, which has ended, was counted at. The error is a reason for the journal.
    pub(in crate::measure) fn parts(&self) -> Result<Parts, String> {
        let marked = (1..).map_while(|part| self.read(&format!("cg.{part}"))).collect::<Result<Vec<u64>, String>>()?;
        let rest = self.read("cg").unwrap_or_else(|| Err("callgrind wrote no counts".to_owned()))?;
        Ok(Parts { marked, rest })
    }

    /// Nothing where there is no such file.
    fn read(&self, name: &str) -> Option<Result<u64, String>> {
        let bytes = fs::read(&self.scratch.path().join(name)).ok()?;
        let count = totals(&String::from_utf8_lossy(&bytes));
        Some(count.ok_or_else(|| format!("callgrind's file {name} has no totals")))
    }
}

impl Parts {
    pub(in crate::measure) fn whole(&self) -> u64 {
        self.marked.iter().sum::<u64>() + self.rest
    }

    /// Between the driver's two marks.
    pub(in crate::measure) fn workload(&self) -> Result<u64, String> {
        match self.marked[..] {
            [_, workload] => Ok(workload),
            _ => Err(format!("callgrind saw {} marks where the driver sets two", self.marked.len())),
        }
    }
}

/// The line `totals: 26764819` near the end of the file.
fn totals(text: &str) -> Option<u64> {
    text.lines().rev().find_map(|line| line.strip_prefix("totals:"))?.split_whitespace().next()?.parse().ok()
}
