//! A Python wheel: a zip archive whose paths are those below `site-packages` (PEP 427).

use std::io;
use std::path::Path;

use zip::ZipArchive;

use super::archive::explain;
use super::tree::Refused;
use super::{Tree, UnpackError};
use crate::fs::FsError;
use crate::interrupt;

pub(super) fn unpack(file: &Path, name: &str, into: &Tree, wanted: &dyn Fn(&str) -> bool) -> Result<(), UnpackError> {
    let damaged = |error: zip::result::ZipError| UnpackError::Damaged { archive: name.to_owned(), reason: error.to_string() };
    let opened = std::fs::File::open(file).map_err(FsError::at("read", file))?;
    let mut archive = ZipArchive::new(io::BufReader::new(opened)).map_err(damaged)?;
    for index in 0..archive.len() {
        interrupt::check()?;
        let mut entry = archive.by_index(index).map_err(damaged)?;
        let path = entry.name().map_err(damaged)?.into_owned();
        // An installer writes files and no links; it makes folders as they are needed.
        if entry.is_dir() || entry.is_symlink() || !wanted(&path) {
            continue;
        }
        let mode = entry.unix_mode().unwrap_or(0o644);
        let placed: Result<(), Refused> = into.file(&path, mode, &mut entry);
        placed.map_err(|refused| explain(refused, name, &path, "", into))?;
    }
    Ok(())
}
