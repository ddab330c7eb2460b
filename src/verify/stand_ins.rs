//! Where a runner's HACL functions come from, and that nothing which the gate runs or the matrix measures reaches a stand-in.

use std::path::Path;

use super::suite::{Observed, Suite};
use super::{VerifyError, elf, extensions, failed, hashes, passed};
use crate::libpython::HaclMode;
use crate::run::{Check, CheckGroup};

const GROUP: CheckGroup = CheckGroup::OwnHashes;

/// That the executable has what the link plan promised: real functions alone, or stand-ins.
pub(super) fn linked(executable: &Path, hacl: HaclMode) -> Check {
    let name = "HACL";
    let facts = match elf::Facts::read(executable) {
        Ok(facts) => facts,
        Err(reason) => return failed(GROUP, name, reason),
    };
    let functions = facts.hacl.len();
    match (hacl, facts.has_stand_ins) {
        _ if functions == 0 => failed(GROUP, name, "none of its functions is linked in"),
        (HaclMode::Real, false) => passed(GROUP, name, format!("{functions} functions, no stand-in among them")),
        (HaclMode::Stubs, true) => passed(GROUP, name, format!("{functions} functions, stand-ins among them")),
        (HaclMode::Real, true) => failed(GROUP, name, "stand-ins are linked in, expected real functions"),
        (HaclMode::Stubs, false) => failed(GROUP, name, "no stand-ins are linked in"),
    }
}

/// For a runner with stand-ins, of which each calls `abort()`: the programs, `hashlib` but for what is CPython's own there, the extension
/// modules, and every benchmark at a small size.
pub(super) fn not_reached(
    executable: &Path,
    suite: &Suite,
    programs: &[Observed],
    hashlib: &hashes::Answers,
    extensions: &extensions::Imports,
) -> Result<Check, VerifyError> {
    let name = "stand-ins not reached";
    let mut ended: Vec<String> =
        suite.names().iter().zip(programs).filter(|(_, observed)| observed.aborted()).map(|(name, _)| name.clone()).collect();
    ended.extend(hashlib.reached());
    ended.extend(extensions.aborted());
    let benchmarks = suite.run_benchmarks(executable)?;
    for (benchmark, observed) in &benchmarks {
        if let Err(reason) = observed.success() {
            ended.push(format!("{benchmark} ({reason})"));
        }
    }
    if !ended.is_empty() {
        return Ok(failed(GROUP, name, format!("ended: {}", ended.join(", "))));
    }
    let ran = format!("{} programs, hashlib, every extension module and {} benchmarks ended well", programs.len(), benchmarks.len());
    Ok(passed(GROUP, name, ran))
}
