//! Proof: what a build from source was asked for, held against what its files show. A claim that the file contradicts ends the build.

use std::path::{Path, PathBuf};

use object::Object as _;

use crate::audit::{AuditError, Counts, Symbols, audit_file, count, count_objects};
use crate::error::{Exit, Explain};
use crate::fs;
use crate::run::{Answer, SubjectAudit};
use crate::variant::{CodeModel, Flavour, Linkage, Lto, VariantName};

#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// Each of `contradictions` says what was asked for and what the file shows.
    #[error("{} is not what `{variant}` asks for:\n  {}", file.display(), contradictions.join("\n  "))]
    Contradicted { variant: VariantName, file: PathBuf, contradictions: Vec<String> },
    #[error(transparent)]
    Unreadable(#[from] AuditError),
}

impl Explain for ProofError {
    fn exit(&self) -> Exit {
        match self {
            Self::Contradicted { .. } => Exit::Build,
            Self::Unreadable(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Contradicted { .. } => Some(
                "the compiler took the options and did otherwise: is it the one that the recipe names, without wrappers and without CFLAGS of its own?"
                    .into(),
            ),
            Self::Unreadable(AuditError::Unreadable { path, .. }) => {
                let folder = path.parent().unwrap_or(path).display().to_string();
                Some(format!("delete {folder} and run again: it is made anew"))
            }
            Self::Unreadable(error) => error.hint(),
        }
    }
}

/// Whether the library is what the name asks for, an archive or a shared object. A name without flavour asks for a code model alone.
///
/// An archive has to show what is asked for; a linked file, which shows less, must not show anything else. Of LLVM's bitcode nothing is read.
///
/// # Errors
/// If it is not, with each contradiction, or if it cannot be read.
pub fn prove(name: VariantName, library: &Path) -> Result<(), ProofError> {
    let bytes = fs::read(library).map_err(AuditError::from)?;
    let mut found = Contradictions::default();
    if bytes.starts_with(&object::archive::MAGIC) {
        found.of_objects(name, &count(library, &bytes)?);
    } else {
        found.of_shared_object(name, &audit_file(&name.to_string(), library)?);
    }
    found.into_result(name, library)
}

/// Whether the objects are what the name asks for: those of a shared object show more than it does. `library` is what is made of them, for the error.
pub fn prove_objects(name: VariantName, objects: &[PathBuf], library: &Path) -> Result<(), ProofError> {
    let mut found = Contradictions::default();
    found.of_objects(name, &count_objects(objects)?);
    found.into_result(name, library)
}

/// Whether an executable that takes in the library is what the name asks for: linked so, and optimised across objects if that was asked.
pub fn prove_linked(name: VariantName, executable: &Path) -> Result<(), ProofError> {
    let bytes = fs::read(executable).map_err(AuditError::from)?;
    let object = object::File::parse(&*bytes).map_err(|error| AuditError::unreadable(executable, &error))?;
    let mut found = Contradictions::default();
    let movable = object.kind() == object::ObjectKind::Dynamic;
    if movable != (name.linkage() != Linkage::Static) {
        let (fixed, any) = ("an executable of fixed address", "an executable of any address (PIE)");
        found.add(if movable { fixed } else { any }, &format!("it is {}", if movable { any } else { fixed }));
    }
    // What is shared is not in the executable.
    if let (Some(flavour), Some(symbols), false) = (name.flavour, Symbols::of(&object), name.linkage() == Linkage::Shared) {
        found.of_symbols(flavour, symbols.pgo(), symbols.lto());
        if flavour.lto != Lto::None && !flavour.interposition && !movable {
            let (answer, evidence) = symbols.is_pic();
            let asked = name.shape.code_model() == CodeModel::Pic;
            found.of_answer("PIC", asked, answer == Answer::from(!asked), &evidence);
        }
    }
    found.into_result(name, executable)
}

#[derive(Default)]
struct Contradictions(Vec<String>);

impl Contradictions {
    fn add(&mut self, asked: &str, seen: &str) {
        self.0.push(format!("asked for {asked}, but {seen}"));
    }

    fn of_answer(&mut self, what: &str, asked: bool, contradicted: bool, evidence: &str) {
        if contradicted {
            self.add(&if asked { what.to_owned() } else { format!("no {what}") }, evidence);
        }
    }

    fn of_objects(&mut self, name: VariantName, counts: &Counts) {
        if let Some(flavour) = name.flavour {
            let (asked, (seen, evidence)) = (flavour.lto != Lto::None, counts.lto());
            // Of what was compiled for LTO it is all but the odd object of assembler; of anything else it is none.
            let contradicted = seen != Answer::from(asked);
            self.of_answer("intermediate code for LTO", asked, contradicted, &evidence);
        }
        if counts.intermediate.bitcode > 0 {
            return;
        }
        let (asked, (seen, evidence)) = (name.shape.code_model(), counts.code_model());
        if seen != Some(asked) {
            let seen = seen.map_or("unknown", CodeModel::as_str);
            self.add(&format!("{} code", asked.as_str()), &format!("it is {seen}: {evidence}"));
        } else if let Some(evidence) = counts.is_mixed(asked) {
            self.add(&format!("{} code", asked.as_str()), &format!("it is mixed: {evidence}"));
        }
        if let Some(flavour) = name.flavour {
            let (pgo, evidence) = counts.pgo();
            self.of_answer("PGO", flavour.pgo, pgo != Answer::from(flavour.pgo), &evidence);
            self.of_interposition(flavour, counts.interposition());
        }
    }

    /// That nothing exported is called from where it is defined contradicts nothing.
    fn of_interposition(&mut self, flavour: Flavour, (answer, evidence): (Answer, String)) {
        let asked = flavour.interposition;
        self.of_answer("semantic interposition", asked, answer == Answer::from(!asked), &evidence);
    }

    fn of_symbols(&mut self, flavour: Flavour, pgo: (Answer, String), lto: (Answer, String)) {
        self.of_answer("PGO", flavour.pgo, pgo.0 == Answer::from(!flavour.pgo), &pgo.1);
        let asked = flavour.lto != Lto::None;
        self.of_answer("LTO", asked, lto.0 == Answer::from(!asked), &lto.1);
    }

    fn of_shared_object(&mut self, name: VariantName, audit: &SubjectAudit) {
        if name.linkage() != Linkage::Shared || audit.code_model != CodeModel::Pic.as_str() {
            self.add(name.linkage().as_str(), &format!("it is {}", audit.code_model_evidence));
        }
        if let Some(flavour) = name.flavour {
            self.of_symbols(flavour, (audit.pgo, audit.pgo_evidence.clone()), (audit.lto, audit.lto_evidence.clone()));
            let evidence = audit.interposition_evidence.clone().unwrap_or_default();
            self.of_interposition(flavour, (audit.interposition.unwrap_or(Answer::Unknown), evidence));
        }
    }

    fn into_result(self, variant: VariantName, file: &Path) -> Result<(), ProofError> {
        let Self(contradictions) = self;
        if contradictions.is_empty() {
            return Ok(());
        }
        Err(ProofError::Contradicted { variant, file: file.to_owned(), contradictions })
    }
}
