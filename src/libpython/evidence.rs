//! Evidence: what the sections, symbols and relocations of a binary show about how it was compiled.

use std::collections::BTreeMap;
use std::path::Path;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationFlags, elf};

use super::hacl::{HaclError, for_each_object, missing_symbols};
use super::home::Home;
use super::variant::{Library, Variant};
use crate::fs;
use crate::run::{Answer, Audit, SCHEMA, SubjectAudit};

/// At least this share of code sections must be placed by profile before an archive counts as compiled with one.
/// `ceval.c` marks its loop hot by hand, so single sections prove nothing: in Debian 12, 3 of 179 objects of `-pic.a` have such a section and 134 of `.a`.
const PROFILED_SHARE: f64 = 0.10;

/// At least this share of a shared object's functions must be as large as an archive's before it counts as the same compilation.
/// Debian 12: 89 % against `-pic.a`, from which it is linked.
const SAME_COMPILATION_SHARE: f64 = 0.75;

/// The audit of the stock `python3` and of every variant's libpython.
pub fn audit_home(home: &Home, baselines: &[&str], variants: &[Variant]) -> Result<Audit, HaclError> {
    let mut subjects = Vec::new();
    for baseline in baselines {
        subjects.push(audit_file(baseline, &home.stock)?);
    }
    for variant in variants {
        let mut audit = audit_file(variant.name.as_str(), variant.build.library.path())?;
        if let Library::SharedObject(shared) = &variant.build.library {
            settle_by_function_sizes(&mut audit, shared, home)?;
        }
        subjects.push(audit);
    }
    Ok(Audit { schema: SCHEMA, subjects })
}

/// What one pass over an archive's objects counts.
#[derive(Default)]
struct Counts {
    objects: u64,
    /// Objects with a section `.text.hot*` of their own making or `.text.unlikely` beyond start-up code.
    hot_objects: u64,
    hot_sections: u64,
    cold_symbols: u64,
    absolute_relocations: u64,
    got_loads: u64,
    lto_sections: u64,
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
    let mut counts = Counts::default();
    for_each_object(file, &bytes, |object| counts.add(object))?;
    let (pgo, pgo_evidence) = counts.pgo();
    let (code_model, code_model_evidence) = counts.code_model();
    let (lto, lto_evidence) = match counts.lto_sections {
        0 => (Answer::No, "its objects carry no intermediate code, so the link cannot optimise across them".to_owned()),
        n => (Answer::Unknown, format!("{n} sections of intermediate code: a link may optimise across objects")),
    };
    Ok(SubjectAudit {
        subject: subject.to_owned(),
        file: file.to_owned(),
        size_bytes,
        pgo,
        pgo_evidence,
        lto,
        lto_evidence,
        code_model: code_model.to_owned(),
        code_model_evidence,
        hot_sections: Some(counts.hot_sections),
        cold_symbols: Some(counts.cold_symbols),
        absolute_relocations: Some(counts.absolute_relocations),
        got_loads: Some(counts.got_loads),
        hacl_missing: missing_symbols(file)?,
    })
}

impl Counts {
    fn add(&mut self, object: &object::File<'_>) {
        self.objects += 1;
        let mut hot = 0;
        for section in object.sections() {
            let name = section.name().unwrap_or_default();
            if name.starts_with(".gnu.lto_") || name.starts_with(".llvm.lto") {
                self.lto_sections += 1;
            }
            if name.starts_with(".text.hot") {
                hot += 1;
            }
            if name.starts_with(".text") {
                self.add_relocations(&section);
            }
        }
        self.hot_sections += hot;
        self.hot_objects += u64::from(hot > 0);
        self.cold_symbols += count_cold(object);
    }

    fn add_relocations(&mut self, section: &object::Section<'_, '_>) {
        for (_, relocation) in section.relocations() {
            let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
            match r_type {
                elf::R_X86_64_32 | elf::R_X86_64_32S => self.absolute_relocations += 1,
                elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX => self.got_loads += 1,
                _ => {}
            }
        }
    }

    fn pgo(&self) -> (Answer, String) {
        let evidence = format!(
            "{} of {} objects have .text.hot sections ({} in all), {} .cold symbols",
            self.hot_objects, self.objects, self.hot_sections, self.cold_symbols
        );
        let answer = match self.objects {
            0 => Answer::Unknown,
            objects if self.hot_objects as f64 >= PROFILED_SHARE * objects as f64 => Answer::Yes,
            _ => Answer::No,
        };
        (answer, evidence)
    }

    fn code_model(&self) -> (&'static str, String) {
        let evidence = format!(
            "{} absolute 32-bit relocations in code, {} loads from the global offset table",
            self.absolute_relocations, self.got_loads
        );
        let model = match (self.absolute_relocations, self.got_loads) {
            (0, 0) => "unknown",
            (0, _) => "pic",
            _ => "non-pic",
        };
        (model, evidence)
    }
}

/// `f.cold`, `f.cold.3`: the parts that the compiler moved out of the way.
fn count_cold(object: &object::File<'_>) -> u64 {
    let cold = |name: &str| name.split('.').skip(1).any(|part| part == "cold");
    object.symbols().filter(|symbol| symbol.name().is_ok_and(cold)).count() as u64
}

/// A linked file has lost its sections per function; only symbols are left, and often not even those.
fn audit_linked(subject: &str, file: &Path, bytes: &[u8]) -> Result<SubjectAudit, HaclError> {
    let object = object::File::parse(bytes).map_err(|error| HaclError::Archive { path: file.to_owned(), reason: error.to_string() })?;
    let stripped = object.symbols().next().is_none();
    let cold_symbols = (!stripped).then(|| count_cold(&object));
    let lto_private = object.symbols().filter(|symbol| symbol.name().is_ok_and(|name| name.contains(".lto_priv"))).count();
    let unknown = |what: &str| format!("{what}: the file is linked{}", if stripped { " and its symbols are stripped" } else { "" });
    let (code_model, code_model_evidence) = match object.kind() {
        object::ObjectKind::Dynamic => ("pic", "a shared object or position-independent executable".to_owned()),
        object::ObjectKind::Executable => ("unknown", "an executable of fixed address; its code may be either".to_owned()),
        _ => ("unknown", "neither an executable nor a shared object".to_owned()),
    };
    Ok(SubjectAudit {
        subject: subject.to_owned(),
        file: file.to_owned(),
        size_bytes: bytes.len() as u64,
        pgo: Answer::Unknown,
        pgo_evidence: unknown("sections by function are gone"),
        lto: if lto_private > 0 { Answer::Yes } else { Answer::Unknown },
        lto_evidence: if lto_private > 0 { format!("{lto_private} .lto_priv symbols") } else { unknown("nothing shows it") },
        code_model: code_model.to_owned(),
        code_model_evidence,
        hot_sections: None,
        cold_symbols,
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
