//! Audit: what an ELF file really is, read out of the file itself. Knows nothing of recipes, homes or runners.

mod archive;
mod dispatch;
mod dwarf;
mod file;
mod functions;
mod hacl;
mod intermediate;
mod linked;
mod members;
mod objects;
mod origin;
mod relocatable;
mod relocations;
mod sibling;
mod unsettled;
mod version;

use std::path::{Path, PathBuf};

use crate::error::{Exit, Explain};
use crate::fs::FsError;

pub use archive::archive_code;
pub(crate) use archive::{Counts, count, count_objects};
pub use file::audit_file;
pub(crate) use hacl::hacl_functions;
pub use hacl::missing_symbols;
pub(crate) use linked::Symbols;
pub use linked::{after_link, handlers};
pub(crate) use members::for_each_object;
pub use version::python_version;

#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("{} cannot be read as ELF: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} is neither an ELF file nor an archive", path.display())]
    NotElf { path: PathBuf },
    #[error("{member} in {} cannot be read as an ELF object: {reason}", archive.display())]
    Member { archive: PathBuf, member: String, reason: String },
    #[error("{} is a thin archive, which only names its objects, and one of them is not there", archive.display())]
    ThinMember { archive: PathBuf, source: FsError },
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
            Self::Unreadable { .. } | Self::Member { .. } | Self::ThinMember { .. } => Exit::Build,
            Self::NotElf { .. } => Exit::Usage,
            Self::Fs(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { path, .. } | Self::Member { archive: path, .. } => Some(format!(
                "is it whole? `ar t {}` lists what an archive holds; if surtax provisioned it, make the sysroot again: surtax provision --refresh",
                path.display()
            )),
            Self::NotElf { .. } => Some("name an archive (.a), an object (.o), a shared object (.so) or an executable".into()),
            Self::ThinMember { archive, .. } => Some(format!(
                "read the archive where it was made, beside its objects, or make a whole one of it there: ar rcs whole.a $(ar t {})",
                archive.display()
            )),
            Self::Fs(error) => error.hint(),
        }
    }
}
