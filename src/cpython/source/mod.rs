//! The source: fetched by hash or signature, unpacked, patched, and known by its version.

mod bring;
mod checkout;
mod error;
mod patching;

use std::path::{Path, PathBuf};

use crate::debian::Host;
use crate::digest::{Key, Sha256};
use crate::interrupt;
use crate::libpython::read_version;
use crate::recipe::{Cpython, PythonVersion};
use crate::store::{Stamp, Store};
use crate::ui::{Reporter, Unit};
use crate::unpack::{self, Tree, UnpackError};
use bring::{Brought, Content};

pub use crate::debian::Access;
pub use error::SourceError;

/// Counts up whenever the same source and patches would become another folder.
const FORM: &str = "1";

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

/// Fetches, verifies, unpacks and patches the recipe's source, unless the store has it.
///
/// # Errors
///
/// Whatever keeps it from being what the recipe says; the store is then as good as before.
pub fn obtain(store: &Store, recipe: &Cpython, access: &Access, reporter: &dyn Reporter) -> Result<Source, SourceError> {
    obtain_with(store, recipe, access, &Host::this(), reporter)
}

/// [`obtain`] on another host.
pub fn obtain_with(store: &Store, recipe: &Cpython, access: &Access, host: &Host, reporter: &dyn Reporter) -> Result<Source, SourceError> {
    host.check()?;
    let brought = bring::bring(store, recipe, access, host, reporter)?;
    let key = key(&brought.content, recipe);
    let folder = store.sources(&key);
    if !is_there(&folder, &key) {
        // Another surtax may be doing the same.
        let _turn = store.lock("sources", reporter)?;
        if !is_there(&folder, &key) {
            make(store, recipe, &brought, &key, reporter)?;
        }
    }
    let version = read_version(&folder).ok_or_else(|| not_a_source(&brought, NO_VERSION))?;
    // A key holds no version that the recipe asks for.
    check_version(&brought, recipe, &version)?;
    Ok(Source { key, folder, version, description: brought.description, sha256: brought.content.sha256() })
}

fn is_there(folder: &Path, key: &Key) -> bool {
    Stamp::read(folder).is_some_and(|stamp| stamp == key.as_str())
}

fn key(content: &Content, recipe: &Cpython) -> Key {
    let digest = content.digest().to_string();
    let form = match content {
        Content::Tarball { .. } => "tarball",
        Content::Folder { .. } => "folder",
    };
    let patches = recipe.patches.iter().map(|patch| ("patch", patch.text.as_str()));
    Key::of("cpython-source", [("form", FORM), (form, digest.as_str())].into_iter().chain(patches))
}

fn make(store: &Store, recipe: &Cpython, brought: &Brought, key: &Key, reporter: &dyn Reporter) -> Result<(), SourceError> {
    let scratch = store.scratch()?;
    let bar = reporter.bar("unpacking", None, Unit::Items);
    bar.message(&brought.description);
    match &brought.content {
        Content::Tarball { path, .. } => unpacked(path, &brought.description, scratch.path())?,
        Content::Folder { path, digest } => checkout::copy(path, digest, scratch.path())?,
    }
    bar.finish();
    check(brought, recipe, scratch.path())?;
    patching::apply(&recipe.patches, recipe.python, scratch.path())?;
    checkout::of_one_time(scratch.path())?;
    interrupt::check()?;
    Stamp::write(scratch.path(), key.as_str())?;
    scratch.commit(&store.sources(key))?;
    reporter.step(&match recipe.patches.len() {
        0 => format!("unpacked {}", brought.description),
        1 => format!("unpacked {}, with 1 patch", brought.description),
        count => format!("unpacked {}, with {count} patches", brought.description),
    });
    Ok(())
}

/// Without the one folder that all of it is in.
fn unpacked(tarball: &Path, description: &str, into: &Path) -> Result<(), SourceError> {
    unpack::tarball(tarball, &Tree::open(into)?, 1, &|_| true).map_err(|error| match error {
        UnpackError::Damaged { reason, .. } => {
            SourceError::NotASource { place: description.to_owned(), reason: format!("it cannot be read as a tarball ({reason})") }
        }
        // A blob's name is its hash, which tells nobody anything.
        UnpackError::LeadsOutside { path, .. } => UnpackError::LeadsOutside { archive: description.to_owned(), path }.into(),
        UnpackError::Write { path, source, .. } => UnpackError::Write { archive: description.to_owned(), path, source }.into(),
        error => error.into(),
    })
}

const NO_VERSION: &str = "its Include/patchlevel.h names no version";

fn check(brought: &Brought, recipe: &Cpython, folder: &Path) -> Result<(), SourceError> {
    if !folder.join("configure").is_file() {
        return Err(not_a_source(brought, "it holds no configure"));
    }
    let version = read_version(folder).ok_or_else(|| not_a_source(brought, NO_VERSION))?;
    check_version(brought, recipe, &version)?;
    match checkout::leftover(folder) {
        Some(found) => Err(SourceError::BuiltInPlace { place: brought.description.clone(), found: found.into() }),
        None => Ok(()),
    }
}

fn check_version(brought: &Brought, recipe: &Cpython, found: &str) -> Result<(), SourceError> {
    let other = |wanted: String| Err(SourceError::OtherVersion { place: brought.description.clone(), found: found.to_owned(), wanted });
    match &recipe.version {
        Some(version) if version != found => other(version.clone()),
        None if PythonVersion::of_release(found) != Some(recipe.python) => other(recipe.python.to_string()),
        _ => Ok(()),
    }
}

fn not_a_source(brought: &Brought, reason: &str) -> SourceError {
    SourceError::NotASource { place: brought.description.clone(), reason: reason.to_owned() }
}
