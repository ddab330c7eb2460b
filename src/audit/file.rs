//! One file, whatever it is: what its sections, symbols and relocations show of how it was compiled.

use std::path::Path;

use object::Object as _;

use super::hacl::missing_symbols;
use super::linked::Symbols;
use super::{AuditError, archive};
use crate::fs;
use crate::run::{Answer, SubjectAudit};
use crate::variant::CodeModel;

/// Reads an archive, a shared object or an executable.
///
/// # Errors
/// If the file cannot be read, or is neither.
pub fn audit_file(subject: &str, file: &Path) -> Result<SubjectAudit, AuditError> {
    let bytes = fs::read(file)?;
    let size_bytes = bytes.len() as u64;
    if !bytes.starts_with(&object::archive::MAGIC) {
        return audit_linked(subject, file, &bytes);
    }
    let counts = archive::count(file, &bytes)?;
    let (pgo, pgo_evidence) = counts.pgo();
    let (code_model, code_model_evidence) = counts.code_model();
    let (lto, lto_evidence) = counts.lto();
    let (interposition, interposition_evidence) = counts.interposition();
    Ok(SubjectAudit {
        subject: subject.to_owned(),
        file: file.to_owned(),
        size_bytes,
        pgo,
        pgo_evidence,
        lto,
        lto_evidence,
        code_model: code_model.map_or("unknown", CodeModel::as_str).to_owned(),
        code_model_evidence,
        interposition: Some(interposition),
        interposition_evidence: Some(interposition_evidence),
        hot_sections: Some(counts.hot_sections),
        cold_symbols: Some(counts.cold_symbols),
        absolute_relocations: Some(counts.absolute_relocations),
        got_loads: Some(counts.got_loads),
        hacl_missing: missing_symbols(file)?,
        ..SubjectAudit::default()
    })
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
