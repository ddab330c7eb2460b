//! A linked file: what its headers, its relocations, its instructions and, where it has them, its symbols show.

mod accesses;
mod code;
mod dispatch;
mod fill;
mod frames;
mod functions;
mod handlers;
mod hardening;
mod image;
mod interposition;
mod parts;
mod start;
mod symbols;
mod tls;

use std::path::Path;

use self::code::{Read, Reader};
use self::dispatch::Loop;
use self::functions::{Kind, Stretch};
use self::image::Image;
use self::parts::Parts;
use super::AuditError;
use crate::fs;
use crate::run::{Accesses, AfterLink, SubjectAudit};

pub use handlers::handlers;
pub(crate) use symbols::Symbols;

/// Reads an executable or a shared object. What is not for x86-64 says what its symbols say.
pub(super) fn audit(subject: &str, file: &Path, bytes: &[u8]) -> Result<SubjectAudit, AuditError> {
    let object = object::File::parse(bytes).map_err(|error| AuditError::unreadable(file, &error))?;
    let symbols = Symbols::of(&object);
    let mut audit = SubjectAudit {
        subject: subject.to_owned(),
        file: file.to_owned(),
        size_bytes: bytes.len() as u64,
        hacl_missing: fill::hacl_missing(&object),
        ..SubjectAudit::default()
    };
    fill::of_symbols(&mut audit, symbols.as_ref());
    match Image::parse(bytes).map_err(|reason| AuditError::unreadable(file, &reason))? {
        Some(image) => fill::of_image(&mut audit, &image, symbols.as_ref()),
        None => {
            audit.code_model = "unknown".to_owned();
            audit.code_model_evidence = "neither an executable nor a shared object for x86-64".to_owned();
        }
    }
    fill::of_origin(&mut audit, &object);
    fill::unsettled(&mut audit);
    Ok(audit)
}

/// What a link made of an archive: the executable's tables and what still goes through them.
///
/// # Errors
/// If the file cannot be read, or is no ELF file; of one that is not for x86-64, nothing is counted.
pub fn after_link(executable: &Path) -> Result<AfterLink, AuditError> {
    let bytes = fs::read(executable)?;
    let Some(image) = Image::parse(&bytes).map_err(|reason| AuditError::unreadable(executable, &reason))? else {
        return Err(AuditError::unreadable(executable, &"it is neither an executable nor a shared object for x86-64"));
    };
    let reading = Reading::of(&image);
    if !reading.has_code() {
        return Err(AuditError::unreadable(executable, &NO_CODE));
    }
    Ok(AfterLink {
        file: executable.to_owned(),
        accesses: reading.accesses(),
        start: start::relocations(&image),
        hardening: Some(hardening::hardening(&image, &reading.read)),
    })
}

/// Of what is only the debug information of another file, or has lost its section headers, which say where code is.
const NO_CODE: &str = "no section of it holds an instruction";

/// All code of an image, read once.
struct Reading<'i, 'a> {
    reader: Reader<'i, 'a>,
    stretches: Vec<Stretch<'a>>,
    read: Vec<Read>,
    parts: Parts,
    interpreter: Option<Loop>,
}

impl<'i, 'a> Reading<'i, 'a> {
    fn of(image: &'i Image<'a>) -> Self {
        let reader = Reader::new(image);
        let stretches = functions::stretches(image);
        let read = reader.read(&stretches);
        let parts = Parts::find(&stretches, &read);
        let interpreter = dispatch::find(&reader, &stretches, &parts);
        Self { reader, stretches, read, parts, interpreter }
    }

    fn accesses(&self) -> Accesses {
        let interpreter = self.interpreter.as_ref().map_or(&[][..], |found| &found.stretches);
        accesses::accesses(&self.stretches, &self.read, &self.parts, interpreter)
    }

    /// Whether an instruction was found: nothing can be said of code by its absence where there is none.
    fn has_code(&self) -> bool {
        self.read.iter().any(|read| read.instructions > 0)
    }

    /// Functions, and those of them that have a part elsewhere.
    fn parted(&self) -> (u64, u64) {
        let functions =
            (0..self.stretches.len()).filter(|index| self.stretches[*index].kind != Kind::Between && !self.parts.is_part(*index));
        let with_parts: std::collections::BTreeSet<usize> =
            (0..self.stretches.len()).filter(|index| self.parts.is_part(*index)).map(|index| self.parts.owner(index)).collect();
        (functions.count() as u64, with_parts.len() as u64)
    }
}
