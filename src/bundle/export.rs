//! Writing a bundle: everything hashed first, then the manifest, then the contents.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::manifest::{self, Manifest};
use super::stream::Watched;
use super::{BundleError, Part, collect, links};
use crate::digest::{Hasher, Sha256};
use crate::fs::{self, FsError};
use crate::interrupt;
use crate::store::{Place, Store};
use crate::ui::{Reporter, Unit};

/// Of a release (179 MB): 38.6 MB in 5 s of a processor's time; at 12, 36.1 MB in 14 s; at 3, 42.8 MB in 1 s (`zstd --long=27`).
const LEVEL: i32 = 9;
/// Runners of one libpython are alike, at distances that only long matches reach; 27 is the most that a decoder takes unasked (128 MB).
const WINDOW_LOG: u32 = 27;

/// A bundle in its place.
#[derive(Debug, Clone)]
pub struct Exported {
    pub path: PathBuf,
    pub sha256: Sha256,
    /// Of the bundle, in bytes.
    pub size: u64,
    /// Of what it holds.
    pub content_size: u64,
    pub files: usize,
}

/// Writes the finished `places` of the store to `out`, in this order. `subjects` says for people what they are.
///
/// # Errors
/// Where a place cannot be read, holds what an import would refuse, or changes meanwhile; `out` is then as it was.
pub fn export(
    store: &Store,
    places: &[Place],
    subjects: Vec<String>,
    out: &Path,
    reporter: &dyn Reporter,
) -> Result<Exported, BundleError> {
    let entries = places.iter().map(|place| collect::entry(store, place)).collect::<Result<Vec<_>, _>>()?;
    let manifest = Manifest::new(store, subjects, entries);
    check(store, &manifest)?;
    let text = text(store, &manifest)?;
    let content_size = manifest.size().unwrap_or(u64::MAX);
    let files = manifest.files().count();
    let bar = reporter.bar("bundling", Some(content_size), Unit::Bytes);
    let (sha256, size) = fs::write_atomic_with(out, |file| {
        let mut sum = Sum { file, hasher: Hasher::default(), size: 0 };
        write(store, (&manifest, &text), out, &mut sum, &*bar)?;
        Ok::<_, BundleError>((sum.hasher.finish(), sum.size))
    })?;
    bar.finish();
    Ok(Exported { path: out.to_owned(), sha256, size, content_size, files })
}

/// What an import refuses is not written: that would be found out on another machine, and late.
fn check(store: &Store, manifest: &Manifest) -> Result<(), BundleError> {
    manifest.check(store).and_then(|()| links::check_stored(manifest, store)).map_err(|error| match error {
        BundleError::Refused { path, reason } => BundleError::Unimportable { path: store.root().join(path), reason },
        other => other,
    })
}

fn text(store: &Store, manifest: &Manifest) -> Result<Vec<u8>, BundleError> {
    let text = serde_json::to_vec(manifest).map_err(|error| BundleError::Malformed { reason: error.to_string() })?;
    if text.len() as u64 > manifest::LIMIT_BYTES {
        return Err(BundleError::Unfit { path: store.root().to_owned(), what: "has more files than a manifest may name" });
    }
    Ok(text)
}

fn write(
    store: &Store,
    (manifest, text): (&Manifest, &[u8]),
    out: &Path,
    to: &mut Sum<'_>,
    bar: &dyn crate::ui::Bar,
) -> Result<(), BundleError> {
    let failed = |error| FsError::at("write", out)(error);
    let mut encoder = zstd::Encoder::new(to, LEVEL).map_err(failed)?;
    // With one worker and with many the same bytes come out; with none, others would.
    let workers = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(16) as u32);
    encoder.multithread(workers).map_err(failed)?;
    encoder.long_distance_matching(true).map_err(failed)?;
    encoder.window_log(WINDOW_LOG).map_err(failed)?;
    encoder.include_checksum(true).map_err(failed)?;
    let mut archive = tar::Builder::new(encoder);
    archive.append_data(&mut header(text.len() as u64, 0o644), manifest::NAME, text).map_err(failed)?;
    for entry in &manifest.entries {
        for part in &entry.parts {
            let Part::File { path, mode, size, sha256 } = part else { continue };
            interrupt::check()?;
            let place = collect::at(&store.root().join(&entry.place), path);
            let file = File::open(&place).map_err(FsError::at("read", &place))?;
            let mut content = Watched::new(file, bar);
            let appended = archive.append_data(&mut header(*size, *mode), member(&entry.shown(path)), &mut content);
            interrupt::check()?;
            appended.map_err(failed)?;
            if content.finish() != (*size, *sha256) {
                return Err(BundleError::Unfit { path: place, what: "changed while it was exported" });
            }
        }
    }
    archive.into_inner().and_then(zstd::Encoder::finish).map_err(failed)?;
    Ok(())
}

/// The archive's name of a file at a path of the store.
pub(super) fn member(path: &str) -> String {
    format!("store/{path}")
}

/// Of no time and nobody.
fn header(size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// The bundle's own digest, on its way to the disk.
struct Sum<'a> {
    file: &'a mut File,
    hasher: Hasher,
    size: u64,
}

impl Write for Sum<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
