//! Evidence: what the sections, symbols and relocations of a binary show about how it was compiled.

use std::collections::BTreeMap;
use std::path::Path;

use object::{Object as _, ObjectSymbol as _};

use super::code;
use super::hacl::{HaclError, for_each_object, missing_symbols};
use super::home::Home;
use super::linked::Symbols;
use super::variant::{Library, Variant};
use crate::fs;
use crate::run::{Answer, Audit, SCHEMA, SubjectAudit};
use crate::variant::CodeModel;

/// At least this share of a shared object's functions must be as large as an archive's before it counts as the same compilation.
/// Debian 12: 89 % against `-pic.a`, from which it is linked.
const SAME_COMPILATION_SHARE: f64 = 0.75;

/// The audit of the stock `python3` and of every variant's libpython.
pub fn audit_home(home: &Home, baselines: &[&str], variants: &[Variant]) -> Result<Audit, HaclError> {
    let mut subjects = Vec::new();
    let loaded = loaded_by(home);
    for baseline in baselines {
        subjects.push(match loaded {
            Some(shared) => audit_shared(baseline, shared, home)?,
            None => audit_file(baseline, &home.stock)?,
        });
    }
    for variant in variants {
        let name = &variant.name.to_string();
        subjects.push(match &variant.build.library {
            Library::SharedObject(shared) => audit_shared(name, shared, home)?,
            Library::Archive(archive) => audit_file(name, archive)?,
        });
    }
    Ok(Audit { schema: SCHEMA, subjects })
}

/// The home's shared libpython, where the stock `python3` is only a launcher for it.
fn loaded_by(home: &Home) -> Option<&Path> {
    let builds = home.offers.iter().filter_map(|offer| offer.build.as_ref().ok());
    let shared =
        builds.filter(|build| matches!(build.library, Library::SharedObject(_))).map(|build| build.library.path().as_path()).next()?;
    let name = shared.file_name()?.to_str()?;
    crate::elf::needed(&home.stock).iter().any(|needed| needed == name).then_some(shared)
}

fn audit_shared(subject: &str, shared: &Path, home: &Home) -> Result<SubjectAudit, HaclError> {
    let mut audit = audit_file(subject, shared)?;
    if audit.pgo == Answer::Unknown {
        settle_by_function_sizes(&mut audit, shared, home)?;
    }
    Ok(audit)
}

/// Reads an archive, a shared object or an executable.
///
/// # Errors
/// If the file cannot be read, or is neither.
pub fn audit_file(subject: &str, file: &Path) -> Result<SubjectAudit, HaclError> {
    let bytes = fs::read(file)?;
    let size_bytes = bytes.len() as u64;
    if !bytes.starts_with(&object::archive::MAGIC) {
        return audit_linked(subject, file, &bytes);
    }
    let counts = code::count(file, &bytes)?;
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
    })
}

/// A linked file has lost its sections per function; only symbols are left, and often not even those.
fn audit_linked(subject: &str, file: &Path, bytes: &[u8]) -> Result<SubjectAudit, HaclError> {
    let object = object::File::parse(bytes).map_err(|error| HaclError::Archive { path: file.to_owned(), reason: error.to_string() })?;
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
        hot_sections: None,
        cold_symbols: symbols.map(|symbols| symbols.cold),
        absolute_relocations: None,
        got_loads: None,
        hacl_missing: Vec::new(),
    })
}

/// A stripped shared object hides how it was compiled; if its functions have the sizes of an archive's, they were compiled alike.
fn settle_by_function_sizes(audit: &mut SubjectAudit, shared: &Path, home: &Home) -> Result<(), HaclError> {
    let exported = exported_function_sizes(shared)?;
    for archive in home.archives() {
        let sizes = archive_function_sizes(archive)?;
        let both = exported.iter().filter_map(|(name, size)| sizes.get(name).map(|other| size == other));
        let (equal, compared) = both.fold((0_u64, 0_u64), |(equal, compared), same| (equal + u64::from(same), compared + 1));
        if compared > 0 && equal as f64 >= SAME_COMPILATION_SHARE * compared as f64 {
            let like = audit_file(&audit.subject, archive)?;
            let name = archive.file_name().unwrap_or_default().to_string_lossy();
            audit.pgo = like.pgo;
            audit.pgo_evidence =
                format!("{equal} of {compared} exported functions have the size that they have in {name}, where {}", like.pgo_evidence);
            return Ok(());
        }
    }
    Ok(())
}

fn exported_function_sizes(shared: &Path) -> Result<BTreeMap<String, u64>, HaclError> {
    let bytes = fs::read(shared)?;
    let object = object::File::parse(&*bytes).map_err(|error| HaclError::Archive { path: shared.to_owned(), reason: error.to_string() })?;
    Ok(object.dynamic_symbols().filter_map(function_size).collect())
}

fn archive_function_sizes(archive: &Path) -> Result<BTreeMap<String, u64>, HaclError> {
    let bytes = fs::read(archive)?;
    let mut sizes = BTreeMap::new();
    for_each_object(archive, &bytes, |object| {
        sizes.extend(object.symbols().filter(|symbol| symbol.is_global()).filter_map(function_size))
    })?;
    Ok(sizes)
}

fn function_size<'a>(symbol: impl object::ObjectSymbol<'a>) -> Option<(String, u64)> {
    let function = symbol.is_definition() && symbol.kind() == object::SymbolKind::Text && symbol.size() > 0;
    function.then(|| symbol.name().ok().map(|name| (name.to_owned(), symbol.size()))).flatten()
}
