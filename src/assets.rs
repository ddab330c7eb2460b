//! The data folders that travel inside the binary: benchmarks, the templates of crates, the HACL stand-ins. (The templates in `jobs/` do too, in `script/`.)

use std::path::PathBuf;

use include_dir::{Dir, DirEntry, include_dir};

use crate::digest::{Hasher, Key};
use crate::fs;
use crate::store::{Stamp, Store, StoreError};
use crate::ui::Silent;

static BENCHMARKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/benchmarks");
static RUNNER_TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/runner-template");
static EMBED_TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/embed-template");

/// The stand-ins for HACL symbols that a distribution does not ship.
pub const HACL_STUBS: &str = include_str!("../hacl_stubs.c");

/// `benchmarks/` on disk, in the store, under the digest of its content.
pub fn benchmarks(store: &Store) -> Result<PathBuf, StoreError> {
    materialise(store, "benchmarks", &BENCHMARKS)
}

/// Every file of `runner-template/` with its path, in a fixed order.
pub fn runner_template() -> Vec<(&'static str, &'static [u8])> {
    files(&RUNNER_TEMPLATE)
}

/// Every file of `embed-template/` with its path, in a fixed order.
pub fn embed_template() -> Vec<(&'static str, &'static [u8])> {
    files(&EMBED_TEMPLATE)
}

fn materialise(store: &Store, name: &str, folder: &'static Dir<'static>) -> Result<PathBuf, StoreError> {
    let mut hasher = Hasher::default();
    for (path, bytes) in files(folder) {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    let place = store.assets(&Key::of("assets", [(name, hasher.finish().to_string().as_str())]));
    if Stamp::read(&place).is_some() {
        return Ok(place);
    }
    // Another surtax may be writing the same, or reading from it already.
    let _lock = store.lock("assets", &Silent)?;
    if Stamp::read(&place).is_none() {
        let scratch = store.scratch()?;
        for (path, bytes) in files(folder) {
            fs::write_atomic(&scratch.path().join(path), bytes)?;
        }
        Stamp::write(scratch.path(), name)?;
        scratch.commit(&place)?;
    }
    Ok(place)
}

fn files(folder: &'static Dir<'static>) -> Vec<(&'static str, &'static [u8])> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    // A developer's own build leftovers are not part of the data.
    found.retain(|(path, _)| !path.contains("__pycache__") && !path.starts_with("target/"));
    found.sort_unstable_by_key(|(path, _)| *path);
    found
}

fn collect(folder: &'static Dir<'static>, found: &mut Vec<(&'static str, &'static [u8])>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(folder) => collect(folder, found),
            DirEntry::File(file) => found.extend(file.path().to_str().map(|path| (path, file.contents()))),
        }
    }
}
