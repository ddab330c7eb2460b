//! From what was read of a linked file to what the audit says of it, and what it leaves open.

use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use super::Symbols;
use super::image::Image;
use super::{NO_CODE, Reading, hardening, interposition, start, tls};
use crate::audit::origin::{Origin, strings};
use crate::run::{Answer, Dispatch, FileKind, LtoForm, SubjectAudit, Unsettled};
use crate::variant::CodeModel;

/// At least this share of an executable's own addresses must be absolute in its instructions before its code counts as non-PIC.
/// Debian's `python3` of 3.11 to 3.15: all of some 30,000. Runners of CPython 3.13: 0.75 to 0.80 of non-PIC, the rest is Rust's; 0.05 of PIC.
const ABSOLUTE_SHARE: f64 = 0.25;

/// At least so many of a stripped file's functions must have a part elsewhere before it counts as compiled with a profile.
/// Debian's `python3` of 3.11 to 3.15, with a profile: 0.21 to 0.26 of 8,144 to 11,420. Its shared objects, without: 0.002 to 0.004.
const PARTED_SHARE: f64 = 0.05;

/// Of fewer functions, the share shows nothing.
const ENOUGH_FUNCTIONS: u64 = 1_000;

pub(super) fn of_symbols(audit: &mut SubjectAudit, symbols: Option<&Symbols>) {
    let stripped = |what: &str| (Answer::Unknown, format!("{what}: the file is linked and its symbols are stripped"));
    (audit.pgo, audit.pgo_evidence) = symbols.map_or_else(|| stripped("sections by function are gone"), Symbols::pgo);
    (audit.lto, audit.lto_evidence) = symbols.map_or_else(|| stripped("nothing shows it"), Symbols::lto);
    audit.lto_form = Some(match audit.lto {
        Answer::Yes => LtoForm::Applied,
        Answer::No => LtoForm::None,
        Answer::Unknown => LtoForm::Unknown,
    });
    audit.cold_symbols = symbols.map(|symbols| symbols.cold);
}

pub(super) fn of_image(audit: &mut SubjectAudit, image: &Image<'_>, symbols: Option<&Symbols>) {
    let reading = Reading::of(image);
    audit.kind = Some(if image.is_executable() { FileKind::Executable } else { FileKind::SharedObject });
    audit.pie = image.is_executable().then(|| Answer::from(!image.fixed));
    if reading.has_code() {
        of_code(audit, image, &reading, symbols);
    } else {
        without_code(audit, image, symbols);
        let may_interpret = symbols.is_none() || reading.interpreter.is_some();
        audit.dispatch = may_interpret.then_some(Dispatch::Unknown);
        audit.dispatch_evidence = may_interpret.then(|| NO_CODE.to_owned());
    }
}

/// What headers and symbols say alone.
fn without_code(audit: &mut SubjectAudit, image: &Image<'_>, symbols: Option<&Symbols>) {
    (audit.code_model, audit.code_model_evidence) = ("unknown".to_owned(), NO_CODE.to_owned());
    audit.tls_evidence = Some(NO_CODE.to_owned());
    let (answer, evidence) = interposition::interposition(image, &[], symbols);
    (audit.interposition, audit.interposition_evidence) = (Some(answer), Some(evidence));
    audit.hardening = Some(hardening::without_code(image));
    // Relocations that are not in the file are none that the loader does not have to do.
    audit.start = start::relocations(image).filter(|_| image.has_relocations());
    let by = "the file that this one was split from, with its code and its section headers";
    for property in ["code_model", "tls", "stack_protector", "accesses", "hacl_missing"] {
        audit.unsettled.push(Unsettled { property: property.to_owned(), by: by.to_owned() });
    }
}

fn of_code(audit: &mut SubjectAudit, image: &Image<'_>, reading: &Reading<'_, '_>, symbols: Option<&Symbols>) {
    if symbols.is_none() {
        of_parts(audit, reading);
    }
    (audit.code_model, audit.code_model_evidence) = code_model(image, reading);
    let (model, evidence) = tls::model(image, &reading.read);
    (audit.tls, audit.tls_evidence) = (Some(model), Some(evidence));
    let (answer, evidence) = interposition::interposition(image, &reading.read, symbols);
    (audit.interposition, audit.interposition_evidence) = (Some(answer), Some(evidence));
    audit.dispatch = reading.interpreter.as_ref().map(|found| found.dispatch);
    audit.dispatch_evidence = reading.interpreter.as_ref().map(|found| found.evidence.clone());
    audit.hardening = Some(hardening::hardening(image, &reading.read));
    audit.start = start::relocations(image);
    let accesses = reading.accesses();
    audit.got_loads = Some(accesses.total.got_loads);
    audit.accesses = Some(accesses);
}

/// `strip` takes the names of cold parts, and leaves them their unwind information.
fn of_parts(audit: &mut SubjectAudit, reading: &Reading<'_, '_>) {
    let (functions, parted) = reading.parted();
    audit.pgo = match parted as f64 >= PARTED_SHARE * functions as f64 {
        true if functions >= ENOUGH_FUNCTIONS => Answer::Yes,
        // The compiler does part functions: without a profile, those that end in a call that does not return.
        false if functions >= ENOUGH_FUNCTIONS && parted > 0 => Answer::No,
        _ => Answer::Unknown,
    };
    audit.pgo_evidence =
        format!("{parted} of {functions} functions have a part elsewhere, by unwind information; the symbols are stripped");
}

/// In an executable of fixed address, non-PIC code names addresses as they are; code that was compiled to be anywhere does so even there.
fn code_model(image: &Image<'_>, reading: &Reading<'_, '_>) -> (String, String) {
    let absolute: u64 = reading.read.iter().map(|read| read.absolute).sum();
    let relative: u64 = reading.read.iter().map(|read| read.relative).sum();
    let counts = format!("{absolute} absolute addresses in instructions, {relative} relative to the instruction");
    let (model, what) = match (image.fixed, image.is_executable()) {
        (true, _) if absolute as f64 >= ABSOLUTE_SHARE * (absolute + relative) as f64 && absolute > 0 => {
            ("non-pic", "an executable of fixed address")
        }
        (true, _) => ("unknown", "an executable of fixed address, whose code was compiled to be anywhere, as -fPIE or as -fPIC"),
        // As code that is `pic` it would differ from an archive's that is `pie`, and the two are alike.
        (false, true) => ("unknown", "a position-independent executable, whose code is -fPIE or -fPIC"),
        (false, false) => ("pic", "a shared object"),
    };
    (model.to_owned(), format!("{what}: {counts}"))
}

/// What wrote the parts that were linked together, and with which flags, as each says of itself.
pub(super) fn of_origin(audit: &mut SubjectAudit, object: &object::File<'_>) {
    let origin = Origin::of_linked(object);
    audit.compilers = comments(object);
    if audit.compilers.is_empty() {
        audit.compilers = origin.compilers();
    }
    audit.flags = origin.flags();
    // Where code that may lie anywhere does not show it.
    if let (Some(model @ (CodeModel::Pie | CodeModel::Pic)), Some(flags), "unknown") =
        (origin.agreed_code_model(), &audit.flags, audit.code_model.as_str())
    {
        audit.code_model = model.as_str().to_owned();
        audit.code_model_evidence += &format!("; its flags say it ({})", flags.source);
        audit.unsettled.retain(|open| open.property != "code_model");
    }
}

fn comments(object: &object::File<'_>) -> Vec<String> {
    let Some(Ok(comment)) = object.section_by_name(".comment").map(|section| section.data()) else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for text in strings(comment) {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// HACL functions that another file has to bring.
pub(super) fn hacl_missing(object: &object::File<'_>) -> Vec<String> {
    let wanted = object.dynamic_symbols().filter(|symbol| symbol.is_undefined());
    let names = wanted.filter_map(|symbol| symbol.name().ok().filter(|name| name.contains("Hacl_")).map(str::to_owned));
    names.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// Adds what is open of any linked file.
pub(super) fn unsettled(audit: &mut SubjectAudit) {
    let mut open = std::mem::take(&mut audit.unsettled);
    let mut add = |unknown: bool, property: &str, by: &str| {
        if unknown && !open.iter().any(|known: &Unsettled| known.property == property) {
            open.push(Unsettled { property: property.to_owned(), by: by.to_owned() });
        }
    };
    let symbols = "its symbols (on Debian, the -dbgsym package's), or the objects that it was linked from";
    add(audit.pgo == Answer::Unknown, "pgo", symbols);
    add(audit.lto == Answer::Unknown, "lto", symbols);
    add(
        audit.code_model == "unknown",
        "code_model",
        "the objects that it was linked from, or debug information that is not compressed and names the model for each",
    );
    let flags = "debug information that is not compressed, or the CFLAGS of the sysconfig that it was installed with";
    add(audit.flags.is_none(), "flags", flags);
    add(audit.compilers.is_empty(), "compilers", "its .comment, or debug information that is not compressed");
    add(audit.interposition == Some(Answer::Unknown), "interposition", symbols);
    let dispatch = "the configuration that it was compiled with: USE_COMPUTED_GOTOS and Py_TAIL_CALL_INTERP in its pyconfig.h";
    add(audit.dispatch == Some(Dispatch::Unknown), "dispatch", dispatch);
    let symbolic = audit.hardening.as_ref().and_then(|hardening| hardening.symbolic);
    add(symbolic == Some(Answer::Unknown), "symbolic", "the linker's command line: none of its own symbols is looked up by name");
    audit.unsettled = open;
}
