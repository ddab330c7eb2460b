//! A line per file: what it is, without how that is known.

use comfy_table::{CellAlignment, Table, presets};

use crate::report::format;
use crate::run::{Answer, SubjectAudit};

/// What a file of its kind does not say.
const SILENT: &str = "-";

/// Plain, the same on a terminal and in a pipe.
pub fn table(audits: &[SubjectAudit]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["file", "", "MB", "PGO", "LTO", "code model", "TLS", "interposable", "dispatch", "PIE", "HACL missing"]);
    for audit in audits {
        table.add_row(cells(audit));
    }
    if let Some(size) = table.column_mut(2) {
        size.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

fn cells(audit: &SubjectAudit) -> [String; 11] {
    let answer = |answer: Option<Answer>| answer.map_or(SILENT, Answer::as_str).to_owned();
    let file = audit.file.file_name().unwrap_or_default().to_string_lossy();
    // A person's own path is not repeated; a variant says which file it is.
    let name = if audit.subject == audit.file.to_string_lossy() { audit.subject.clone() } else { format!("{} ({file})", audit.subject) };
    [
        format::plain(&name),
        audit.kind.map_or(SILENT, |kind| kind.as_str()).to_owned(),
        format!("{:.1}", audit.size_bytes as f64 / 1e6),
        audit.pgo.as_str().to_owned(),
        lto(audit),
        format::plain(&audit.code_model),
        audit.tls.map_or(SILENT, |model| model.as_str()).to_owned(),
        answer(audit.interposition),
        audit.dispatch.map_or(SILENT, |dispatch| dispatch.as_str()).to_owned(),
        answer(audit.pie),
        audit.hacl_lacking().map_or(SILENT.to_owned(), |missing| missing.len().to_string()),
    ]
}

/// `no (stripped)`; the form alone says nothing where it says the same.
pub(super) fn lto(audit: &SubjectAudit) -> String {
    match audit.lto_form.map(|form| form.as_str()) {
        None | Some("none" | "unknown") => audit.lto.as_str().to_owned(),
        Some(form) => format!("{} ({form})", audit.lto.as_str()),
    }
}
