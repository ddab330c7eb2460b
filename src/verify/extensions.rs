//! Extension modules: what the baseline imports, a runner imports.

use std::path::Path;

use super::suite::{Probed, Suite, aborted};
use super::{VerifyError, failed, passed};
use crate::run::{Check, CheckGroup};

const GROUP: CheckGroup = CheckGroup::Extensions;

/// By module: imported, or why not; or why the probe said nothing at all.
pub(super) struct Imports(Probed<()>);

impl Imports {
    pub(super) fn ask(suite: &Suite, executable: &Path, baseline: Option<&Self>) -> Result<Self, VerifyError> {
        let known = baseline.and_then(|Self(imports)| Some(imports.as_ref().ok()?.keys().cloned().collect()));
        let probed: Probed<String> = suite.probe(executable, "probes/extensions.py", known)?;
        let imported = |said: String| if said == "ok" { Ok(()) } else { Err(said) };
        Ok(Self(probed.map(|found| found.into_iter().map(|(name, said)| (name, said.and_then(imported))).collect())))
    }

    /// What took its process down with `abort()`, by name.
    pub(super) fn aborted(&self) -> Vec<String> {
        aborted(&self.0)
    }

    /// Every module of its own that can be imported.
    pub(super) fn check_alone(&self) -> Vec<Check> {
        match &self.0 {
            Err(reason) => vec![failed(GROUP, "extension modules", reason)],
            Ok(imports) => imports.iter().filter(|(_, import)| import.is_ok()).map(|(name, _)| passed(GROUP, name, None)).collect(),
        }
    }

    /// One check for every module that the baseline imports.
    pub(super) fn check(&self, baseline: &Self) -> Vec<Check> {
        let (own, known) = match (&self.0, &baseline.0) {
            (Err(reason), _) => return vec![failed(GROUP, "extension modules", reason)],
            (_, Err(_)) => return vec![failed(GROUP, "extension modules", "nothing to compare with: the baseline imported none")],
            (Ok(own), Ok(known)) => (own, known),
        };
        let one = |name: &String| match own.get(name) {
            Some(Ok(())) => passed(GROUP, name, None),
            Some(Err(reason)) => failed(GROUP, name, reason),
            None => failed(GROUP, name, "not among its modules; the baseline imports it"),
        };
        known.iter().filter(|(_, import)| import.is_ok()).map(|(name, _)| one(name)).collect()
    }
}
