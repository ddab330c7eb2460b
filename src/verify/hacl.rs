//! HACL stand-ins: a runner that has them passes only if nothing that the gate runs reaches one, since each calls `abort()`.

use std::path::Path;

use super::suite::{Observed, Suite};
use super::{elf, extensions, failed, hashlib, passed};
use crate::run::{Check, CheckGroup};

const GROUP: CheckGroup = CheckGroup::Hashlib;
const NAME: &str = "HACL not reached";

/// No check for an executable without HACL functions: there is nothing in it that could be a stand-in.
pub(super) fn check(
    executable: &Path,
    suite: &Suite,
    programs: &[Observed],
    hashlib: &hashlib::Answers,
    extensions: &extensions::Imports,
) -> Option<Check> {
    let linked = elf::Facts::read(executable).ok()?.hacl.len();
    if linked == 0 {
        return None;
    }
    let mut ended: Vec<String> =
        suite.names().iter().zip(programs).filter(|(_, observed)| observed.aborted()).map(|(name, _)| name.clone()).collect();
    ended.extend(hashlib.aborted());
    ended.extend(extensions.aborted());
    if ended.is_empty() {
        return Some(passed(GROUP, NAME, format!("{linked} HACL functions are linked in; no process ended in abort()")));
    }
    Some(failed(GROUP, NAME, format!("{linked} HACL functions are linked in, and abort() ended: {}", ended.join(", "))))
}
