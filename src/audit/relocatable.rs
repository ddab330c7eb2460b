//! Archives and single objects: what was read out of them, concluded.

use std::path::Path;

use super::functions::accesses;
use super::objects::Objects;
use super::sibling::Sibling;
use super::unsettled::unsettled;
use crate::run::{Answer, Dispatch, FileKind, LtoForm, SubjectAudit, TlsModel};
use crate::variant::CodeModel;

/// At least this share of the interpreter's loop must have been moved out of the way before it is said to. Debian's: 0.20 of 3.11.2's and 0.25 of
/// 3.13.5's; 0.98 of 3.14.10's and 0.99 of 3.15.2's by GCC 16, and 0.995 of 3.13.5's by GCC 12 with `static-nonpic-pgo`, where all 256 handlers are there.
const COLD_LOOP_SHARE: f64 = 0.5;

/// Concludes from what the objects of `file` show.
pub(crate) fn conclude(subject: &str, file: &Path, size_bytes: u64, kind: FileKind, objects: Objects) -> SubjectAudit {
    let (code_model, code_model_evidence) = code_model(&objects);
    let sibling = Sibling::of(file, code_model);
    let (pgo, pgo_evidence) = pgo(&objects, kind);
    let (lto_form, form_evidence) = lto_form(&objects, sibling.as_ref());
    let (lto, lto_evidence) = lto(&objects, form_evidence);
    let (interposition, interposition_evidence) = interposition(&objects);
    let (tls, tls_evidence) = tls(&objects);
    let (dispatch, dispatch_evidence) = dispatch(&objects);
    let (compilers, compilers_evidence) = compilers(&objects, sibling.as_ref());
    let Objects { counts, hacl, reached, origin, .. } = objects;
    let has_code = !counts.is_code_to_come() && !counts.is_empty() && counts.foreign_machine.is_none();
    let mut audit = SubjectAudit {
        subject: subject.to_owned(),
        file: file.to_owned(),
        size_bytes,
        kind: Some(kind),
        pgo,
        pgo_evidence,
        lto,
        lto_evidence,
        lto_form: Some(lto_form),
        code_model: code_model.map_or("unknown", CodeModel::as_str).to_owned(),
        code_model_evidence,
        tls,
        tls_evidence,
        interposition: Some(interposition),
        interposition_evidence: Some(interposition_evidence),
        dispatch,
        dispatch_evidence,
        hot_sections: Some(counts.hot_sections),
        cold_symbols: Some(counts.cold_symbols),
        absolute_relocations: Some(counts.absolute_relocations),
        got_loads: Some(counts.got_loads),
        hacl_missing: hacl.missing(),
        compilers,
        compilers_evidence,
        flags: origin.flags().or_else(|| sibling.and_then(|sibling| sibling.flags())),
        accesses: has_code.then(|| {
            let (functions, elsewhere) = reached.into_counts(code_model == Some(CodeModel::Pic));
            accesses(functions, elsewhere)
        }),
        ..SubjectAudit::default()
    };
    audit.unsettled = unsettled(&audit);
    audit
}

fn nothing(objects: &Objects) -> String {
    match objects.others {
        0 => "it holds no object file".into(),
        others => format!("none of its {others} members is an ELF object"),
    }
}

fn pgo(objects: &Objects, kind: FileKind) -> (Answer, String) {
    if objects.counts.is_empty() {
        return (Answer::Unknown, nothing(objects));
    }
    let (answer, mut evidence) = if kind == FileKind::Object { objects.counts.pgo_of_one() } else { objects.counts.pgo() };
    let cold = objects.interpreter.as_ref().filter(|loop_| loop_.cold_bytes as f64 >= COLD_LOOP_SHARE * loop_.bytes as f64);
    if let Some(interpreter) = cold.filter(|loop_| loop_.bytes > 0) {
        evidence += &format!(
            "; of the interpreter's loop itself, {} of {} bytes count as hardly ever run",
            interpreter.cold_bytes, interpreter.bytes
        );
    }
    (answer, evidence)
}

fn code_model(objects: &Objects) -> (Option<CodeModel>, String) {
    if objects.counts.is_empty() {
        return (None, nothing(objects));
    }
    match &objects.counts.foreign_machine {
        Some(machine) => (None, format!("compiled for {machine}, whose relocations are not read")),
        None => match (objects.counts.code_model(), objects.origin.code_model()) {
            ((None, evidence), Some(model)) => (Some(model), format!("{evidence}; {}", by_flags(objects))),
            (shown, _) => shown,
        },
    }
}

fn by_flags(objects: &Objects) -> String {
    format!("its flags say it ({})", objects.origin.flags().map(|flags| flags.source).unwrap_or_default())
}

/// Where code does not show it, flags may.
fn interposition(objects: &Objects) -> (Answer, String) {
    if objects.counts.is_empty() {
        return (Answer::Unknown, nothing(objects));
    }
    let closing = |flag: &String| flag == "-fno-semantic-interposition";
    match (objects.counts.interposition(), objects.origin.flags()) {
        ((Answer::Unknown, evidence), Some(flags)) if flags.flags.iter().any(closing) => {
            (Answer::No, format!("{evidence}; {}", by_flags(objects)))
        }
        (shown, _) => shown,
    }
}

/// What there is of intermediate code, and, where there is none, what shows that there was.
fn lto_form(objects: &Objects, sibling: Option<&Sibling>) -> (LtoForm, Option<String>) {
    let intermediate = &objects.counts.intermediate;
    if let Some(form) = intermediate.form() {
        return (form, None);
    }
    let taken_out = |why: String| (LtoForm::Stripped, Some(format!("it was taken out: {why}")));
    match sibling {
        _ if objects.counts.is_empty() => (LtoForm::Unknown, None),
        _ if intermediate.remains > 0 => taken_out(format!("{} objects still have what GCC writes beside it", intermediate.remains)),
        _ if objects.origin.with_lto() > 0 => taken_out(format!("{} objects were compiled with -flto", objects.origin.with_lto())),
        _ if !objects.origin.is_cleaned() => (LtoForm::None, None),
        Some(sibling) if sibling.has_intermediate_code() => {
            taken_out(format!("the objects have lost their .comment too, and {}, has it", sibling.whose()))
        }
        Some(sibling) => (LtoForm::None, Some(format!("{}, has none either", sibling.whose()))),
        None => (LtoForm::Unknown, Some("whether it was taken out is unknown: the objects have lost their .comment too".into())),
    }
}

fn lto(objects: &Objects, form: Option<String>) -> (Answer, String) {
    if objects.counts.is_empty() {
        return (Answer::Unknown, nothing(objects));
    }
    let (answer, evidence) = objects.counts.lto();
    (answer, form.into_iter().fold(evidence, |evidence, form| format!("{evidence}; {form}")))
}

/// The dearest model counts, and what each is used for stands beside it.
fn tls(objects: &Objects) -> (Option<TlsModel>, Option<String>) {
    let counts = &objects.counts;
    if counts.is_code_to_come() || counts.is_empty() || counts.foreign_machine.is_some() {
        return (None, None);
    }
    let tls = &objects.reached.tls;
    let counted: Vec<String> = tls.iter().rev().map(|(model, count)| format!("{count} by {}", model.as_str())).collect();
    match tls.last_key_value() {
        None => (Some(TlsModel::None), Some("no code refers to a thread-local variable".into())),
        Some((dearest, _)) => (Some(*dearest), Some(format!("of {} accesses in code, {}", tls.values().sum::<u64>(), counted.join(", ")))),
    }
}

fn dispatch(objects: &Objects) -> (Option<Dispatch>, Option<String>) {
    match &objects.interpreter {
        Some(interpreter) => (Some(interpreter.dispatch), Some(interpreter.evidence.clone())),
        None => (None, None),
    }
}

fn compilers(objects: &Objects, sibling: Option<&Sibling>) -> (Vec<String>, Option<String>) {
    let own = objects.origin.compilers();
    match sibling.map(|sibling| (sibling.compilers(), sibling)) {
        Some((theirs, sibling)) if !theirs.is_empty() && objects.origin.comments_are_lost() => (theirs, Some(sibling.whose())),
        _ => (own, None),
    }
}
