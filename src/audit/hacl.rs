//! Which HACL functions an archive uses, and which it defines.

use std::collections::BTreeSet;
use std::path::Path;

use object::{Object as _, ObjectSymbol as _};

use super::{AuditError, for_each_object};
use crate::fs;

/// The HACL functions that the archive leaves undefined, sorted; an empty list where it is complete.
///
/// Symbols carry CPython's own prefix: `python_hashlib_Hacl_…` (3.12, 3.13), `_Py_LibHacl_Hacl_…` (3.14 on).
pub fn missing_symbols(archive: &Path) -> Result<Vec<String>, AuditError> {
    let Functions { defined, wanted } = functions(archive)?;
    Ok(wanted.difference(&defined).cloned().collect())
}

/// The HACL functions that an archive has something to do with.
pub(crate) struct Functions {
    pub(crate) defined: BTreeSet<String>,
    /// Used by an object that does not define them.
    pub(crate) wanted: BTreeSet<String>,
}

pub(crate) fn functions(archive: &Path) -> Result<Functions, AuditError> {
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
