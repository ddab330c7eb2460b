//! The HACL functions that a distribution's archive uses, does not define, and ships nowhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSymbol as _};

use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};

#[derive(Debug, thiserror::Error)]
pub enum HaclError {
    #[error("{} cannot be read as an archive of ELF objects: {reason}", path.display())]
    Archive { path: PathBuf, reason: String },
    #[error("{} needs symbols that surtax has no stand-in for: {}", path.display(), symbols.join(", "))]
    NoStandIn { path: PathBuf, symbols: Vec<String> },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for HaclError {
    fn exit(&self) -> Exit {
        Exit::Build
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoStandIn { .. } => Some("leave the static variants out: surtax runner build --variant shared".into()),
            Self::Archive { .. } => Some("make the sysroot again: surtax provision --refresh".into()),
            Self::Fs(error) => error.hint(),
        }
    }
}

/// The HACL functions that the archive leaves undefined, sorted; an empty list where it is complete.
///
/// Symbols carry CPython's own prefix: `python_hashlib_Hacl_…` (3.12, 3.13), `_Py_LibHacl_Hacl_…` (3.14 on).
pub fn missing_symbols(archive: &Path) -> Result<Vec<String>, HaclError> {
    let bytes = fs::read(archive)?;
    let (mut defined, mut wanted) = (BTreeSet::new(), BTreeSet::new());
    for_each_object(archive, &bytes, |object| {
        for symbol in object.symbols().filter(|symbol| !symbol.is_local()) {
            let Ok(name) = symbol.name() else { continue };
            if name.contains("Hacl_") {
                if symbol.is_undefined() { &mut wanted } else { &mut defined }.insert(name.to_owned());
            }
        }
    })?;
    Ok(wanted.difference(&defined).cloned().collect())
}

/// The functions of [`missing_symbols`] that `hacl_stubs.c` can stand in for, which must be all of them.
pub fn stand_ins(archive: &Path) -> Result<Vec<String>, HaclError> {
    let (known, unknown): (Vec<String>, Vec<String>) = missing_symbols(archive)?.into_iter().partition(|name| has_stand_in(name));
    if unknown.is_empty() { Ok(known) } else { Err(HaclError::NoStandIn { path: archive.to_owned(), symbols: unknown }) }
}

fn has_stand_in(symbol: &str) -> bool {
    crate::assets::HACL_STUBS.lines().any(|line| line.strip_prefix("STUB(").and_then(|rest| rest.split(')').next()) == Some(symbol))
}

/// Calls `each` with every ELF object in the archive.
pub(super) fn for_each_object(archive: &Path, bytes: &[u8], mut each: impl FnMut(&object::File<'_>)) -> Result<(), HaclError> {
    let failed = |error: object::Error| HaclError::Archive { path: archive.to_owned(), reason: error.to_string() };
    let parsed = object::read::archive::ArchiveFile::parse(bytes).map_err(failed)?;
    for member in parsed.members() {
        let data = member.map_err(failed)?.data(bytes).map_err(failed)?;
        // Some archives hold a text or an empty member; what is not ELF has no symbols.
        if let Ok(object) = object::File::parse(data) {
            each(&object);
        }
    }
    Ok(())
}
