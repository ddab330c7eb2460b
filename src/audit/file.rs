//! One file, whatever it is: what its sections, symbols and relocations show of how it was compiled.

use std::path::Path;

use object::Object as _;

use super::AuditError;
use super::intermediate::is_bitcode;
use super::linked::Symbols;
use super::members::is_archive;
use super::objects::Objects;
use super::relocatable::conclude;
use crate::fs;
use crate::run::{Answer, FileKind, SubjectAudit};

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
    audit_linked(subject, file, &bytes)
}

/// A linked file has lost its sections per function; only symbols are left, and often not even those.
fn audit_linked(subject: &str, file: &Path, bytes: &[u8]) -> Result<SubjectAudit, AuditError> {
    let object = object::File::parse(bytes).map_err(|error| AuditError::unreadable(file, &error))?;
    let symbols = Symbols::of(&object);
    let stripped = |what: &str| (Answer::Unknown, format!("{what}: the file is linked and its symbols are stripped"));
    let (pgo, pgo_evidence) = symbols.as_ref().map_or_else(|| stripped("sections by function are gone"), Symbols::pgo);
    let (lto, lto_evidence) = symbols.as_ref().map_or_else(|| stripped("nothing shows it"), Symbols::lto);
    let (code_model, code_model_evidence) = match object.kind() {
        object::ObjectKind::Dynamic => ("pic", "a shared object or position-independent executable".to_owned()),
        object::ObjectKind::Executable => ("unknown", "an executable of fixed address; its code may be either".to_owned()),
        _ => ("unknown", "neither an executable nor a shared object".to_owned()),
    };
    let shared = object.kind() == object::ObjectKind::Dynamic && object.section_by_name(".interp").is_none();
    let interposition = symbols.as_ref().filter(|_| shared).map(Symbols::interposition);
    Ok(SubjectAudit {
        subject: subject.to_owned(),
        file: file.to_owned(),
        size_bytes: bytes.len() as u64,
        pgo,
        pgo_evidence,
        lto,
        lto_evidence,
        code_model: code_model.to_owned(),
        code_model_evidence,
        interposition: interposition.as_ref().map(|(answer, _)| *answer),
        interposition_evidence: interposition.map(|(_, evidence)| evidence),
        cold_symbols: symbols.map(|symbols| symbols.cold),
        ..SubjectAudit::default()
    })
}
