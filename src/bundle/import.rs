//! Reading a bundle: the manifest believed last, every file hashed on its way into a scratch folder, and nothing visible before all is right.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::export::member;
use super::manifest::{self, Manifest};
use super::put::{Unpacking, put};
use super::stream::Watched;
use super::{BundleError, collect};
use crate::digest::Sha256;
use crate::fs::{self, FsError};
use crate::interrupt;
use crate::store::{Place, Store};
use crate::ui::{Reporter, Unit};

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// For people: what the bundle holds.
    pub subjects: Vec<String>,
    /// Places that were put into the store.
    pub added: usize,
    /// Of those, how many were there with another content.
    pub replaced: usize,
    /// Places that the store had already, whole.
    pub kept: usize,
}

/// Brings into the store what it lacks of the bundle. `wanted`: of the whole file, if its digest came by another way.
///
/// # Errors
/// Where the bundle is damaged, altered, or for another store, surtax or platform; the store is then as it was.
pub fn import(store: &Store, file: &Path, wanted: Option<Sha256>, reporter: &dyn Reporter) -> Result<Imported, BundleError> {
    if let Some(wanted) = wanted {
        let found = fs::sha256(file)?;
        if found != wanted {
            return Err(BundleError::OtherContent { path: file.to_owned(), wanted, found });
        }
    }
    let opened = File::open(file).map_err(FsError::at("read", file))?;
    let damaged = |error: io::Error| BundleError::of_reading(file, error);
    let decoder = zstd::Decoder::with_buffer(BufReader::with_capacity(1 << 18, opened)).map_err(damaged)?;
    let mut archive = tar::Archive::new(decoder);
    let mut members = archive.entries().map_err(damaged)?;
    let manifest = match members.next() {
        Some(first) => read_manifest(first.map_err(|error| BundleError::not_a_bundle(file, &error))?, file, store)?,
        None => return Err(BundleError::NotABundle { path: file.to_owned(), reason: "it is empty".into() }),
    };
    // Of two at a time, the second finds all there.
    let _turn = store.lock("bundle", reporter)?;
    let there = there(store, &manifest);
    check_room(store, &manifest, &there)?;
    let unpacking = Unpacking::begin(store, &manifest, &there)?;
    let bar = reporter.bar("importing", manifest.size(), Unit::Bytes);
    for (at, path, size, sha256) in manifest.files() {
        interrupt::check()?;
        let shown = manifest.entries[at].shown(path);
        let refused = |reason: &str| BundleError::Refused { path: shown.clone(), reason: reason.to_owned() };
        let member_of = match members.next() {
            Some(next) => next.map_err(damaged)?,
            None => return Err(refused("the archive ends before it")),
        };
        let kind = member_of.header().entry_type();
        if *member_of.path_bytes() != *member(&shown).as_bytes() || kind != tar::EntryType::Regular || member_of.size() != size {
            let found = String::from_utf8_lossy(&member_of.path_bytes()).into_owned();
            return Err(refused(&format!("the archive has `{found}` in its place, or another kind or size of it")));
        }
        let mut content = Watched::new(member_of, &*bar);
        let unpacked = unpacking.file(at, path, &mut content);
        interrupt::check()?;
        unpacked.map_err(|error| error.or_of_reading(file))?;
        if content.finish() != (size, sha256) {
            return Err(refused("its content is not what the manifest promises"));
        }
    }
    if let Some(more) = members.next() {
        let path = String::from_utf8_lossy(&more.map_err(damaged)?.path_bytes()).into_owned();
        return Err(BundleError::Refused { path, reason: "the manifest does not name it".into() });
    }
    check_end(archive.into_inner(), file)?;
    bar.finish();
    unpacking.check_links()?;
    let replaced = put(store, unpacking, reporter)?;
    let kept = there.iter().filter(|there| **there).count();
    Ok(Imported { subjects: manifest.subjects, added: there.len() - kept, replaced, kept })
}

/// Of each entry, whether the store has it, whole.
fn there(store: &Store, manifest: &Manifest) -> Vec<bool> {
    let mut there: Vec<bool> = manifest.entries.iter().map(|entry| collect::is_there(store, entry)).collect();
    let lost: Vec<usize> = (0..there.len()).filter(|at| !there[*at]).collect();
    for stamp in lost.into_iter().filter_map(|at| Place::parse(&manifest.entries[at].place)?.stamp()) {
        // A stamp is worth no more than what it is for, and is put there after it.
        let of = manifest.entries.iter().position(|entry| entry.place == stamp.as_str());
        of.into_iter().for_each(|at| there[at] = false);
    }
    there
}

fn read_manifest<R: Read>(first: tar::Entry<'_, R>, file: &Path, store: &Store) -> Result<Manifest, BundleError> {
    let is_manifest = *first.path_bytes() == *manifest::NAME.as_bytes() && first.header().entry_type() == tar::EntryType::Regular;
    if !is_manifest {
        return Err(BundleError::NotABundle { path: file.to_owned(), reason: format!("it does not begin with {}", manifest::NAME) });
    }
    if first.size() > manifest::LIMIT_BYTES {
        return Err(BundleError::Malformed { reason: format!("it is larger than {} MB", manifest::LIMIT_BYTES >> 20) });
    }
    let mut bytes = Vec::new();
    first.take(manifest::LIMIT_BYTES).read_to_end(&mut bytes).map_err(|error| BundleError::of_reading(file, error))?;
    Manifest::parse(&bytes, store)
}

/// Nothing but the zeros that end a tar archive, and then the checksum of what is compressed: after that, the file ends.
fn check_end(mut rest: impl Read, file: &Path) -> Result<(), BundleError> {
    let mut buffer = [0; 1 << 12];
    loop {
        match rest.read(&mut buffer).map_err(|error| BundleError::of_reading(file, error))? {
            0 => return Ok(()),
            read if buffer[..read].iter().all(|byte| *byte == 0) => interrupt::check()?,
            _ => return Err(BundleError::Damaged { path: file.to_owned(), reason: "something follows its end".into() }),
        }
    }
}

/// Before the disk is full of what a manifest only claims. What is there already takes no more.
fn check_room(store: &Store, manifest: &Manifest, there: &[bool]) -> Result<(), BundleError> {
    let missing = manifest.files().filter(|(at, ..)| !there[*at]).map(|(_, _, size, _)| size);
    let needed = missing.fold(0_u64, u64::saturating_add);
    if let Some(free) = store.free_bytes().filter(|free| needed > *free) {
        return Err(BundleError::NoRoom { store: store.root().to_owned(), needed, free });
    }
    Ok(())
}
