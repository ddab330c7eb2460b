//! Evidence of a home: what the files of its libpythons show, and what one of them says of another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSymbol as _};

use super::home::Home;
use super::surroundings;
use super::variant::{Library, Variant};
use crate::audit::{AuditError, after_link, audit_file, for_each_object, python_version};
use crate::fs;
use crate::run::{Answer, Audit, FileKind, SCHEMA, SubjectAudit, Unsettled};

/// At least this share of a shared object's functions must be as large as an archive's before it counts as the same compilation.
/// Debian 12: 89 % against `-pic.a`, from which it is linked.
const SAME_COMPILATION_SHARE: f64 = 0.75;

/// Of fewer functions, equal sizes show nothing: small ones are alike in any two compilations. Debian 12: 1,474 are compared.
const ENOUGH_FUNCTIONS: u64 = 500;

/// The audit of the stock `python3` and of every variant's libpython.
pub fn audit_home(home: &Home, baselines: &[&str], variants: &[Variant]) -> Result<Audit, AuditError> {
    let mut subjects = Vec::new();
    let loaded = loaded_by(home);
    let archives: Vec<PathBuf> = home.archives().into_iter().map(Path::to_owned).collect();
    for baseline in baselines {
        subjects.push(audit_among(baseline, loaded.unwrap_or(&home.stock), |_| archives.clone())?);
    }
    for variant in variants {
        subjects.push(audit_among(&variant.name.to_string(), variant.build.library.path(), |_| archives.clone())?);
    }
    Ok(Audit { schema: SCHEMA, subjects })
}

/// The audit of any file, with what lies beside it.
pub fn audit_path(subject: &str, file: &Path) -> Result<SubjectAudit, AuditError> {
    audit_among(subject, file, |library| surroundings::archives_beside(file, library))
}

/// Fills in what the link of an archive made of it.
pub fn add_link(audit: &mut SubjectAudit, executable: &Path) -> Result<(), AuditError> {
    if audit.file.extension().is_some_and(|extension| extension == "a") {
        audit.after_link = Some(after_link(executable)?);
    }
    Ok(())
}

/// The home's shared libpython, where the stock `python3` is only a launcher for it.
fn loaded_by(home: &Home) -> Option<&Path> {
    let builds = home.offers.iter().filter_map(|offer| offer.build.as_ref().ok());
    let shared =
        builds.filter(|build| matches!(build.library, Library::SharedObject(_))).map(|build| build.library.path().as_path()).next()?;
    let name = shared.file_name()?.to_str()?;
    crate::elf::needed(&home.stock).iter().any(|needed| needed == name).then_some(shared)
}

/// `archives`: whose compilation a stripped shared object may be of, given the standard library that the file belongs to.
fn audit_among(subject: &str, file: &Path, archives: impl Fn(Option<&Path>) -> Vec<PathBuf>) -> Result<SubjectAudit, AuditError> {
    let mut audit = audit_file(subject, file)?;
    if audit.python.is_none() {
        audit.python = python_version(file)?;
    }
    let library = surroundings::standard_library(file, audit.python.as_deref());
    // With its symbols, a file shows by itself how it was compiled.
    if audit.cold_symbols.is_none() && is_shared_object(&audit) {
        settle_by_function_sizes(&mut audit, file, &archives(library.as_deref()))?;
    }
    if audit.flags.is_none() && audit.python.is_some() {
        audit.flags = library.map(|library| surroundings::flags(&library)).transpose()?.flatten();
        let found = audit.flags.is_some();
        audit.unsettled.retain(|unsettled| unsettled.property != "flags" || !found);
    }
    Ok(audit)
}

fn is_shared_object(audit: &SubjectAudit) -> bool {
    let named = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".so"));
    audit.kind.map_or_else(|| named(&audit.file), |kind| kind == FileKind::SharedObject)
}

/// A stripped shared object hides how it was compiled; if its functions have the sizes of an archive's, they were compiled alike.
fn settle_by_function_sizes(audit: &mut SubjectAudit, shared: &Path, archives: &[PathBuf]) -> Result<(), AuditError> {
    let exported = exported_function_sizes(shared)?;
    for archive in archives {
        let sizes = archive_function_sizes(archive)?;
        let both = exported.iter().filter_map(|(name, size)| sizes.get(name).map(|other| size == other));
        let (equal, compared) = both.fold((0_u64, 0_u64), |(equal, compared), same| (equal + u64::from(same), compared + 1));
        if compared >= ENOUGH_FUNCTIONS && equal as f64 >= SAME_COMPILATION_SHARE * compared as f64 {
            let like = audit_file(&audit.subject, archive)?;
            let name = archive.file_name().unwrap_or_default().to_string_lossy();
            settle(audit, &like, &format!("{equal} of {compared} exported functions have the size that they have in {name}"));
            return Ok(());
        }
    }
    Ok(())
}

/// Takes the archive's answer over. What the file itself shows against it is not overruled: then neither is known.
fn settle(audit: &mut SubjectAudit, like: &SubjectAudit, why: &str) {
    if like.pgo == Answer::Unknown {
        return;
    }
    let told = format!("{why}, where {}", like.pgo_evidence);
    if [Answer::Unknown, like.pgo].contains(&audit.pgo) {
        (audit.pgo, audit.pgo_evidence) = (like.pgo, told);
        audit.unsettled.retain(|unsettled| unsettled.property != "pgo");
        return;
    }
    audit.pgo_evidence = format!("the file says {}, {}; yet {told}", audit.pgo.as_str(), audit.pgo_evidence);
    audit.pgo = Answer::Unknown;
    let by = "its symbols (on Debian, the -dbgsym package's): what shows it by itself and by its archive is contrary".to_owned();
    audit.unsettled.push(Unsettled { property: "pgo".to_owned(), by });
}

fn exported_function_sizes(shared: &Path) -> Result<BTreeMap<String, u64>, AuditError> {
    let bytes = fs::read(shared)?;
    let object = object::File::parse(&*bytes).map_err(|error| AuditError::unreadable(shared, &error))?;
    Ok(object.dynamic_symbols().filter_map(function_size).collect())
}

fn archive_function_sizes(archive: &Path) -> Result<BTreeMap<String, u64>, AuditError> {
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

#[cfg(test)]
mod tests {
    use super::settle;
    use crate::run::{Answer, SubjectAudit};

    #[test]
    fn an_archive_answers_where_the_file_does_not_say_otherwise() {
        let of = |pgo, evidence: &str| SubjectAudit { pgo, pgo_evidence: evidence.to_owned(), ..SubjectAudit::default() };
        let settled = |own, like| {
            let mut audit = of(own, "own");
            settle(&mut audit, &of(like, "like"), "600 of 600 are alike");
            (audit.pgo, audit.pgo_evidence, audit.unsettled.len())
        };
        let taken = "600 of 600 are alike, where like".to_owned();
        assert_eq!(settled(Answer::Unknown, Answer::Yes), (Answer::Yes, taken.clone(), 0));
        assert_eq!(settled(Answer::No, Answer::No), (Answer::No, taken.clone(), 0));
        assert_eq!(settled(Answer::Yes, Answer::Unknown), (Answer::Yes, "own".to_owned(), 0));
        assert_eq!(settled(Answer::Yes, Answer::No), (Answer::Unknown, format!("the file says yes, own; yet {taken}"), 1));
    }
}
