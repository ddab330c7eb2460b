//! Audit: what an ELF file really is, read out of the file itself. Knows nothing of recipes, homes or runners.

mod archive;
mod file;
mod hacl;
mod intermediate;
mod linked;
mod version;

use std::path::{Path, PathBuf};

use crate::error::{Exit, Explain};
use crate::fs::FsError;

pub use archive::archive_code;
pub(crate) use archive::{Counts, count, count_objects};
pub use file::audit_file;
pub(crate) use hacl::functions;
pub use hacl::missing_symbols;
pub(crate) use linked::Symbols;
pub use version::python_version;

#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("{} cannot be read as an archive of ELF objects: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl AuditError {
    pub(crate) fn unreadable(path: &Path, reason: &impl std::fmt::Display) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: reason.to_string() }
    }
}

impl Explain for AuditError {
    fn exit(&self) -> Exit {
        match self {
            Self::Unreadable { .. } => Exit::Build,
            Self::Fs(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => Some("make the sysroot again: surtax provision --refresh".into()),
            Self::Fs(error) => error.hint(),
        }
    }
}

/// Calls `each` with every ELF object in the archive.
pub(crate) fn for_each_object(archive: &Path, bytes: &[u8], mut each: impl FnMut(&object::File<'_>)) -> Result<(), AuditError> {
    let failed = |error: object::Error| AuditError::unreadable(archive, &error);
    let parsed = object::read::archive::ArchiveFile::parse(bytes).map_err(failed)?;
    for member in parsed.members() {
        let data = member.map_err(failed)?.data(bytes).map_err(failed)?;
        // Some archives hold a text or an empty member; what is not ELF has no symbols.
        if let Ok(object) = object::File::parse(data) {
            each(&object);
        }
    }
    Ok(())
}
