//! Which HACL functions an archive uses and does not define, and which of them have a stand-in.

use std::collections::BTreeSet;
use std::path::Path;

use object::{Object as _, ObjectSymbol as _};

use super::HaclError;
use crate::fs;

/// The HACL functions that the archive leaves undefined, sorted; an empty list where it is complete.
///
/// Symbols carry CPython's own prefix: `python_hashlib_Hacl_…` (3.12, 3.13), `_Py_LibHacl_Hacl_…` (3.14 on).
pub fn missing_symbols(archive: &Path) -> Result<Vec<String>, HaclError> {
    let Functions { defined, wanted } = functions(archive)?;
    Ok(wanted.difference(&defined).cloned().collect())
}

/// The HACL functions that an archive has something to do with.
pub(super) struct Functions {
    pub(super) defined: BTreeSet<String>,
    /// Used by an object that does not define them.
    pub(super) wanted: BTreeSet<String>,
}

pub(super) fn functions(archive: &Path) -> Result<Functions, HaclError> {
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
    Ok(Functions { defined, wanted })
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
pub(in crate::libpython) fn for_each_object(
    archive: &Path,
    bytes: &[u8],
    mut each: impl FnMut(&object::File<'_>),
) -> Result<(), HaclError> {
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
