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
    Ok(hacl_functions(archive)?.missing())
}

/// The HACL functions that an archive has something to do with.
#[derive(Default)]
pub(crate) struct Functions {
    pub(crate) defined: BTreeSet<String>,
    /// Used by an object that does not define them.
    pub(crate) wanted: BTreeSet<String>,
}

impl Functions {
    pub(crate) fn add(&mut self, object: &object::File<'_>) {
        for symbol in object.symbols().filter(|symbol| !symbol.is_local()) {
            let Ok(name) = symbol.name() else { continue };
            if name.contains("Hacl_") {
                if symbol.is_undefined() { &mut self.wanted } else { &mut self.defined }.insert(name.to_owned());
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.defined.extend(other.defined);
        self.wanted.extend(other.wanted);
    }

    pub(crate) fn missing(&self) -> Vec<String> {
        self.wanted.difference(&self.defined).cloned().collect()
    }
}

pub(crate) fn hacl_functions(archive: &Path) -> Result<Functions, AuditError> {
    let bytes = fs::read(archive)?;
    let mut functions = Functions::default();
    for_each_object(archive, &bytes, |object| functions.add(object))?;
    Ok(functions)
}
