//! Which stretches of code are one function: a profile, or `cold`, moves parts of functions to another section.

use std::collections::{BTreeMap, BTreeSet};

use super::code::Read;
use super::functions::{Kind, Stretch, at};
use crate::audit::functions::LOOP;

/// For each stretch the function that it is part of, by index; itself where it is one.
pub(super) struct Parts {
    owners: Vec<usize>,
    /// Something calls its start.
    called: BTreeSet<usize>,
}

impl Parts {
    pub(super) fn find(stretches: &[Stretch<'_>], read: &[Read]) -> Self {
        let at = |address: u64| at(stretches, address);
        let called: BTreeSet<usize> = read.iter().flat_map(|read| &read.calls).filter_map(|target| at(*target)).collect();
        let mut jumpers: BTreeMap<usize, BTreeMap<usize, u64>> = BTreeMap::new();
        for (from, read) in read.iter().enumerate() {
            for jump in &read.jumps {
                let Some(to) = at(jump.target) else { continue };
                let part = match stretches[to].kind {
                    Kind::Cold => true,
                    // A jump to the start of a function is a call in its last place.
                    Kind::Unnamed => !called.contains(&to) && (jump.conditional || jump.target != stretches[to].range.start),
                    Kind::Function | Kind::Between => false,
                };
                if part && matches!(stretches[from].kind, Kind::Function | Kind::Unnamed) {
                    *jumpers.entry(to).or_default().entry(from).or_default() += 1;
                }
            }
        }
        let mut owners: Vec<usize> = (0..stretches.len()).collect();
        for (part, by) in &jumpers {
            // Of two unnamed stretches that jump into each other, the first is the function.
            let most = by.iter().max_by_key(|(from, count)| (stretches[**from].kind == Kind::Function, **count, usize::MAX - **from));
            if let Some((owner, _)) = most.filter(|(owner, _)| !jumpers.contains_key(owner) || *owner < part) {
                owners[*part] = *owner;
            }
        }
        // A cold part may have no byte, and its function then jumps to where the next one starts: names go first.
        owners_by_name(stretches, &mut owners);
        Self { owners, called }
    }

    pub(super) fn owner(&self, stretch: usize) -> usize {
        self.owners[stretch]
    }

    pub(super) fn is_part(&self, stretch: usize) -> bool {
        self.owners[stretch] != stretch
    }

    pub(super) fn is_called(&self, stretch: usize) -> bool {
        self.called.contains(&stretch)
    }

    /// All stretches of one function.
    pub(super) fn of(&self, function: usize) -> impl Iterator<Item = usize> {
        self.owners.iter().enumerate().filter(move |(_, owner)| **owner == function).map(|(index, _)| index)
    }
}

/// Of cold parts whose function is the only one of its name: an object's own functions may have those of another's.
fn owners_by_name(stretches: &[Stretch<'_>], owners: &mut [usize]) {
    let mut functions: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    for (index, stretch) in stretches.iter().enumerate().filter(|(_, stretch)| stretch.kind == Kind::Function) {
        if let Some(name) = stretch.name {
            functions.entry(name).and_modify(|known| *known = None).or_insert(Some(index));
        }
    }
    for (index, stretch) in stretches.iter().enumerate().filter(|(_, stretch)| stretch.kind == Kind::Cold) {
        let function = stretch.name.and_then(|name| name.split(".cold").next());
        if let Some(Some(owner)) = function.and_then(|name| functions.get(name)) {
            owners[index] = *owner;
        }
    }
}

/// The function in which CPython interprets bytecode, by index: every build exports it, so that stripped files have its name too.
pub(super) fn interpreter(stretches: &[Stretch<'_>]) -> Option<usize> {
    stretches.iter().position(|stretch| stretch.kind == Kind::Function && stretch.name == Some(LOOP))
}
