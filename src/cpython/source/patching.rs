//! The recipe's patches, applied by `patch`, which knows every form that people's tools write them in.

use std::path::Path;

use super::SourceError;
use crate::libpython::read_version;
use crate::process::{self, Job};
use crate::recipe::{Patch, PythonVersion};

pub(super) fn apply(patches: &[Patch], python: PythonVersion, folder: &Path) -> Result<(), SourceError> {
    if patches.is_empty() {
        return Ok(());
    }
    let program = which::which("patch").map_err(|_| SourceError::NoPatchProgram)?;
    let version = read_version(folder).unwrap_or_else(|| python.to_string());
    for patch in patches {
        // Without fuzz: what fits only roughly may land in the wrong place, and nobody would see.
        let finished = Job::new(&program)
            .args(["-p1", "--batch", "--forward", "--fuzz=0", "--unified", "--no-backup-if-mismatch", "--reject-file=-"])
            .env("LC_ALL", "C")
            .current_dir(folder)
            .stdin(patch.text.as_str())
            .run()?;
        if !finished.status.success() {
            let said = process::last_lines(&(finished.stdout_text() + &finished.stderr_text()), 12);
            return Err(SourceError::Patch { name: patch.name.clone(), version, said });
        }
    }
    Ok(())
}
