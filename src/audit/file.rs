//! One file, whatever it is: what its sections, symbols and relocations show of how it was compiled.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use object::Object as _;

use super::intermediate::is_bitcode;
use super::members::is_archive;
use super::objects::Objects;
use super::relocatable::conclude;
use super::{AuditError, linked};
use crate::fs::{self, FsError};
use crate::run::{FileKind, SubjectAudit};

/// An archive's magic is the longest.
const MAGIC_BYTES: usize = object::archive::MAGIC.len();

/// Reads an archive, an object, a shared object or an executable.
///
/// # Errors
/// If the file cannot be read, or is none of these.
pub fn audit_file(subject: &str, file: &Path) -> Result<SubjectAudit, AuditError> {
    let bytes = read_binary(file)?;
    let of = |kind, objects| conclude(subject, file, bytes.len() as u64, kind, objects);
    if is_archive(&bytes) {
        return Ok(of(FileKind::Archive, Objects::of_archive(file, &bytes)?));
    }
    if is_bitcode(&bytes) {
        return Ok(of(FileKind::Object, Objects::of_bitcode()));
    }
    let object = object::File::parse(&*bytes).map_err(|error| AuditError::unreadable(file, &error))?;
    if object.kind() == object::ObjectKind::Relocatable {
        return Ok(of(FileKind::Object, Objects::of(&object)));
    }
    linked::audit(subject, file, &bytes)
}

/// All of a file that begins as one that can be audited; of others, which may be large, no more than that.
fn read_binary(file: &Path) -> Result<Vec<u8>, AuditError> {
    let mut magic = Vec::with_capacity(MAGIC_BYTES);
    let reader = open_regular(file)?;
    reader.take(MAGIC_BYTES as u64).read_to_end(&mut magic).map_err(FsError::at("read", file))?;
    if !(is_archive(&magic) || is_bitcode(&magic) || magic.starts_with(&object::elf::ELFMAG)) {
        return Err(AuditError::NotElf { path: file.to_owned() });
    }
    Ok(fs::read(file)?)
}

/// A device has no end, and a pipe may have no beginning.
pub(super) fn open_regular(file: &Path) -> Result<File, FsError> {
    let failed = |error| FsError::at("read", file)(error);
    if !std::fs::metadata(file).map_err(failed)?.is_file() {
        return Err(failed(std::io::Error::other("it is no regular file")));
    }
    File::open(file).map_err(failed)
}
