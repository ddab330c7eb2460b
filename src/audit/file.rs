//! One file, whatever it is: what its sections, symbols and relocations show of how it was compiled.

use std::path::Path;

use super::hacl::missing_symbols;
use super::{AuditError, archive};
use crate::fs;
use crate::run::SubjectAudit;
use crate::variant::CodeModel;

/// Reads an archive, a shared object or an executable.
///
/// # Errors
/// If the file cannot be read, or is neither.
pub fn audit_file(subject: &str, file: &Path) -> Result<SubjectAudit, AuditError> {
    let bytes = fs::read(file)?;
    let size_bytes = bytes.len() as u64;
    if !bytes.starts_with(&object::archive::MAGIC) {
        return super::linked::audit(subject, file, &bytes);
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
