//! Which of the HACL functions that an archive lacks have a stand-in.

use std::path::Path;

use super::HaclError;
use crate::audit::missing_symbols;

/// The functions of [`missing_symbols`] that `hacl_stubs.c` can stand in for, which must be all of them.
pub fn stand_ins(archive: &Path) -> Result<Vec<String>, HaclError> {
    let (known, unknown): (Vec<String>, Vec<String>) = missing_symbols(archive)?.into_iter().partition(|name| has_stand_in(name));
    if unknown.is_empty() { Ok(known) } else { Err(HaclError::NoStandIn { path: archive.to_owned(), symbols: unknown }) }
}

fn has_stand_in(symbol: &str) -> bool {
    crate::assets::HACL_STUBS.lines().any(|line| line.strip_prefix("STUB(").and_then(|rest| rest.split(')').next()) == Some(symbol))
}
