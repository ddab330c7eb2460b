//! A linked file's code in stretches: functions by their symbols and unwind information, their cold parts, and what is between.

use std::collections::BTreeMap;
use std::ops::Range;

use object::{Object as _, ObjectSymbol as _};

use super::frames;
use super::image::Image;
use crate::audit::functions::is_cold;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Function,
    /// `f.cold`: what the compiler moved out of `f`'s way.
    Cold,
    /// Without symbol: a function, or a part of one.
    Unnamed,
    /// Neither symbol nor unwind information: padding, and assembler's.
    Between,
}

pub(super) struct Stretch<'a> {
    pub(super) range: Range<u64>,
    pub(super) kind: Kind,
    pub(super) name: Option<&'a str>,
}

impl Stretch<'_> {
    pub(super) fn bytes(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }
}

/// Which of `stretches` has the address.
pub(super) fn at(stretches: &[Stretch<'_>], address: u64) -> Option<usize> {
    let after = stretches.partition_point(|stretch| stretch.range.start <= address);
    after.checked_sub(1).filter(|index| stretches[*index].range.contains(&address))
}

/// In order, without overlap, all executable sections but the linkage tables.
pub(super) fn stretches<'a>(image: &Image<'a>) -> Vec<Stretch<'a>> {
    let mut starts: BTreeMap<u64, Stretch<'a>> = BTreeMap::new();
    for range in frames::ranges(image).into_iter().filter(|range| image.is_code(range.start)) {
        starts.insert(range.start, Stretch { range, kind: Kind::Unnamed, name: None });
    }
    name_by_symbols(image, &mut starts);
    let mut all = Vec::with_capacity(starts.len());
    for section in image.sections.iter().filter(|section| section.executable && !section.is_plt()) {
        let mut done = section.range.start;
        let mut inside = starts.range(section.range.clone()).map(|(_, stretch)| stretch).peekable();
        while let Some(Stretch { range, kind, name }) = inside.next() {
            let next = inside.peek().map_or(section.range.end, |next| next.range.start);
            all.extend(between(done..range.start));
            done = range.end.min(next);
            all.push(Stretch { range: range.start..done, kind: *kind, name: *name });
        }
        all.extend(between(done..section.range.end));
    }
    all
}

fn between<'a>(range: Range<u64>) -> Option<Stretch<'a>> {
    (!range.is_empty()).then_some(Stretch { range, kind: Kind::Between, name: None })
}

/// A stripped file has symbols of what it exports alone.
fn name_by_symbols<'a>(image: &Image<'a>, starts: &mut BTreeMap<u64, Stretch<'a>>) {
    let stripped = image.elf.symbols().next().is_none();
    let table = if stripped { image.elf.dynamic_symbols() } else { image.elf.symbols() };
    let mut ranks: BTreeMap<u64, (bool, bool)> = BTreeMap::new();
    for symbol in table.filter(|symbol| symbol.is_definition() && symbol.kind() == object::SymbolKind::Text) {
        let (start, size, Ok(name)) = (symbol.address(), symbol.size(), symbol.name()) else { continue };
        if !image.is_code(start) || name.is_empty() {
            continue;
        }
        let before = starts.range(..=start).next_back().map(|(_, stretch)| stretch);
        // A label inside a function is no function.
        if before.is_some_and(|stretch| stretch.range.start < start && start < stretch.range.end) {
            continue;
        }
        // Of several names of one function (`f.localalias`), the one that others see; a cold part of no bytes lies where the next one starts.
        let rank = (size > 0, symbol.is_global());
        if ranks.get(&start).is_some_and(|known| *known >= rank) {
            continue;
        }
        ranks.insert(start, rank);
        let known_end = starts.get(&start).map_or(start, |stretch| stretch.range.end);
        let end = known_end.max(start.saturating_add(size));
        // Assembler's may have no size.
        if end == start {
            continue;
        }
        let kind = if is_cold(name) { Kind::Cold } else { Kind::Function };
        starts.insert(start, Stretch { range: start..end, kind, name: Some(name) });
    }
}
