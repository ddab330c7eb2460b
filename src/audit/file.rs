//! One file, whatever it is: what its sections, symbols and relocations show of how it was compiled.

use std::path::Path;

use object::Object as _;

use super::intermediate::is_bitcode;
use super::members::is_archive;
use super::objects::Objects;
use super::relocatable::conclude;
use super::{AuditError, linked};
use crate::fs;
use crate::run::{FileKind, SubjectAudit};

/// Reads an archive, an object, a shared object or an executable.
///
/// # Errors
/// If the file cannot be read, or is none of these.
pub fn audit_file(subject: &str, file: &Path) -> Result<SubjectAudit, AuditError> {
    let bytes = fs::read(file)?;
    let of = |kind, objects| conclude(subject, file, bytes.len() as u64, kind, objects);
    if is_archive(&bytes) {
        return Ok(of(FileKind::Archive, Objects::of_archive(file, &bytes)?));
    }
    if is_bitcode(&bytes) {
        return Ok(of(FileKind::Object, Objects::of_bitcode()));
    }
    if !bytes.starts_with(&object::elf::ELFMAG) {
        return Err(AuditError::NotElf { path: file.to_owned() });
    }
    let object = object::File::parse(&*bytes).map_err(|error| AuditError::unreadable(file, &error))?;
    if object.kind() == object::ObjectKind::Relocatable {
        return Ok(of(FileKind::Object, Objects::of(&object)));
    }
    linked::audit(subject, file, &bytes)
}
