//! The source: fetched by hash or signature, unpacked, patched, and known by its version.

use std::path::PathBuf;

use crate::digest::{Key, Sha256};
use crate::error::{Exit, Explain};
use crate::recipe::Cpython;
use crate::store::Store;
use crate::ui::Reporter;

/// How the archive of a source package may be asked: as the command line says.
#[derive(Debug, Clone, Default)]
pub struct Access {
    pub mirrors: Vec<String>,
    pub keyring: Option<PathBuf>,
    pub offline: bool,
    pub refresh: bool,
    pub allow_expired: bool,
}

/// A CPython's source as it is compiled: unpacked, patched, never written to again.
#[derive(Debug, Clone)]
pub struct Source {
    /// Of the source's content and of the patches.
    pub key: Key,
    /// In the store; holds `configure`.
    pub folder: PathBuf,
    /// `3.13.5`, as `Include/patchlevel.h` says it.
    pub version: String,
    /// For people: `python3.13 3.13.5-2 of trixie`, `Python-3.13.5.tar.xz`.
    pub description: String,
    /// Of the tarball; absent where the source is a folder.
    pub sha256: Option<Sha256>,
}

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("no source can be had yet")]
    NotYet,
}

impl Explain for SourceError {
    fn exit(&self) -> Exit {
        Exit::Fetch
    }

    fn hint(&self) -> Option<String> {
        None
    }
}

/// Fetches, verifies, unpacks and patches the recipe's source, unless the store has it.
pub fn obtain(_store: &Store, _recipe: &Cpython, _access: &Access, _reporter: &dyn Reporter) -> Result<Source, SourceError> {
    Err(SourceError::NotYet)
}
