//! What the dynamic loader has to do before the first instruction.

use std::collections::BTreeSet;

use object::elf;

use super::image::Image;
use crate::run::StartRelocations;

const PAGE: u64 = 4096;

/// `None`: nothing loads it (a static executable of fixed address that has no indirect functions).
pub(super) fn relocations(image: &Image<'_>) -> Option<StartRelocations> {
    if image.relocations.is_empty() && image.packed.is_empty() && image.dynamic(elf::DT_STRTAB).is_none() {
        return None;
    }
    let mut start = StartRelocations {
        relative: image.packed.len() as u64,
        symbolic: 0,
        jump_slots: 0,
        bound_now: image.bound_now(),
        pages_written: 0,
    };
    // A function that is bound at its first call has its slot moved along at the start.
    let mut pages: BTreeSet<u64> = image.packed.iter().map(|place| place / PAGE).collect();
    for relocation in &image.relocations {
        match (relocation.kind, relocation.symbol) {
            (elf::R_X86_64_NONE, _) => continue,
            (elf::R_X86_64_JUMP_SLOT, _) => start.jump_slots += 1,
            (_, Some(_)) => start.symbolic += 1,
            (_, None) => start.relative += 1,
        }
        pages.insert(relocation.place / PAGE);
    }
    start.pages_written = pages.len() as u64;
    Some(start)
}
