//! A process under `valgrind --tool=callgrind`, and the parts of its count.
//!
//! Callgrind writes what it has counted before each call of the C function `getloadavg`, which no program calls but to mark a place
//! (`posix.getloadavg` in Python), and begins again at zero: `cg.1`, `cg.2`, … are the parts up to each mark, `cg` is the rest (valgrind's
//! manual, `--dump-before`, `--callgrind-out-file`).

use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

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
        let out = out_file(&scratch.path().join("cg"));
        let mut arguments = vec!["--tool=callgrind".into(), "-q".into(), "--vgdb=no".into(), "--dump-before=getloadavg".into(), out];
        arguments.push(command.program.clone().into_os_string());
        arguments.extend(command.arguments.iter().cloned());
        Ok(Under { command: CommandLine { program: self.valgrind.clone(), arguments }, scratch })
    }
}

/// Valgrind puts a number in the place of `%p` and a variable's value in that of `%q{}`; `%%` is one `%` (its manual, `--log-file`).
fn out_file(path: &Path) -> OsString {
    let mut option = b"--callgrind-out-file=".to_vec();
    for &byte in path.as_os_str().as_bytes() {
        option.extend(if byte == b'%' { &b"%%"[..] } else { std::slice::from_ref(&byte) });
    }
    OsString::from_vec(option)
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
        let bytes = match fs::read(&self.scratch.path().join(name)) {
            Ok(bytes) => bytes,
            Err(error) if error.source.kind() == ErrorKind::NotFound => return None,
            Err(error) => return Some(Err(format!("callgrind's file {name} cannot be read: {}", error.source))),
        };
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Callgrind, Parts, Under, out_file};
    use crate::fs;
    use crate::matrix::CommandLine;

    fn under() -> Under {
        let command = CommandLine { program: "/usr/bin/true".into(), arguments: Vec::new() };
        Callgrind { valgrind: "/tools/valgrind".into() }.wrap(&command).unwrap()
    }

    fn write(under: &Under, name: &str, text: &str) {
        fs::write_atomic(&under.scratch.path().join(name), text.as_bytes()).unwrap();
    }

    #[test]
    fn a_part_that_cannot_be_read_is_no_end_of_the_parts() {
        let under = under();
        write(&under, "cg", "totals: 3\n");
        write(&under, "cg.1", "totals: 5\n");
        write(&under, "cg.3", "totals: 7\n");
        assert_eq!(under.parts(), Ok(Parts { marked: vec![5], rest: 3 }));
        // Not even root can read a folder.
        fs::create_dir_all(&under.scratch.path().join("cg.2")).unwrap();
        let reason = under.parts().unwrap_err();
        assert!(reason.starts_with("callgrind's file cg.2 cannot be read: "), "{reason}");
        assert_eq!(self::under().parts(), Err("callgrind wrote no counts".to_owned()));
    }

    #[test]
    fn a_folder_with_a_percent_sign_is_taken_as_it_is() {
        assert_eq!(out_file(Path::new("/tmp/100%p/cg")), "--callgrind-out-file=/tmp/100%%p/cg");
    }
}
