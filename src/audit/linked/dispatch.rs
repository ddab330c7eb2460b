//! How the interpreter goes from one bytecode to the next, and where its code for each is.

use std::collections::{BTreeMap, BTreeSet};

use iced_x86::{FlowControl, Instruction};

use super::code::{Reader, absolute_addresses, constant_address};
use super::functions::{Kind, Stretch, at};
use super::parts::{Parts, interpreter};
use crate::audit::functions::TAIL_CALL;
use crate::run::Dispatch;

/// An opcode is a byte.
const OPCODES: usize = 256;

/// A jump table of fewer entries is a switch over something else. CPython 3.11 has 180 instructions.
const SWITCH_ENTRIES: usize = 64;

/// A table of 256 other functions is none but that of the interpreter's if so many differ, where no names tell.
const DISTINCT_FUNCTIONS: usize = 100;

/// The interpreter's code.
pub(super) struct Loop {
    pub(super) dispatch: Dispatch,
    pub(super) evidence: String,
    /// All stretches that interpret, the function itself first.
    pub(super) stretches: Vec<usize>,
    /// Where the code for each opcode starts.
    pub(super) targets: Option<Vec<u64>>,
}

/// `None`: no interpreter is in this file.
pub(super) fn find(reader: &Reader<'_, '_>, stretches: &[Stretch<'_>], parts: &Parts) -> Option<Loop> {
    let main = interpreter(stretches)?;
    let own: Vec<usize> = std::iter::once(main).chain(parts.of(main).filter(|index| *index != main)).collect();
    let search = Search { reader, stretches, parts };
    let scan = search.scan(&own);
    if let Some(found) = search.gotos(&own, &scan) {
        return Some(found);
    }
    if let Some(found) = search.tail_calls(&own) {
        return Some(found);
    }
    let entries = scan.references.keys().map(|address| search.switch_entries(*address, &own)).max().unwrap_or(0);
    let (dispatch, evidence) = if entries >= SWITCH_ENTRIES {
        (Dispatch::Switch, format!("a jump table of {entries} entries, {} indirect jumps in all", scan.indirect))
    } else {
        let seen = "no table of 256 pointers, and no jump table as large as the instruction set";
        (Dispatch::Unknown, format!("{seen}; {} indirect jumps", scan.indirect))
    };
    Some(Loop { dispatch, evidence, stretches: own, targets: None })
}

/// What stretches refer to, and how they jump.
#[derive(Default)]
struct Scan {
    /// Addresses in data that instructions name, and how often.
    references: BTreeMap<u64, u64>,
    /// Jumps to what is read from memory or held in a register, calls in the last place through the global offset table aside.
    indirect: u64,
}

struct Search<'s, 'i, 'a> {
    reader: &'s Reader<'i, 'a>,
    stretches: &'s [Stretch<'a>],
    parts: &'s Parts,
}

impl Search<'_, '_, '_> {
    fn scan(&self, among: &[usize]) -> Scan {
        let mut scan = Scan::default();
        for index in among {
            let range = &self.stretches[*index].range;
            let mut decoder = self.reader.decoder(range.start, range.end);
            let mut instruction = Instruction::default();
            while decoder.can_decode() {
                decoder.decode_out(&mut instruction);
                let named = constant_address(&instruction);
                scan.indirect += u64::from(instruction.flow_control() == FlowControl::IndirectBranch && named.is_none());
                for address in named.into_iter().chain(absolute_addresses(&instruction)).collect::<BTreeSet<_>>() {
                    if self.reader.image.is_data(address) {
                        *scan.references.entry(address).or_default() += 1;
                    }
                }
            }
        }
        scan
    }

    fn at(&self, address: u64) -> Option<usize> {
        at(self.stretches, address)
    }

    /// 256 words that are all as they should be.
    fn table(&self, address: u64, fits: impl Fn(usize, u64) -> bool) -> Option<Vec<u64>> {
        let words = (0..OPCODES as u64).map(|number| {
            let target = self.reader.image.word(address.checked_add(8 * number)?)?;
            self.at(target).filter(|index| fits(*index, target)).map(|_| target)
        });
        words.collect()
    }

    /// A table of labels: all of them in the one function. Parts that only the table leads to have no name in a stripped file.
    fn gotos(&self, own: &[usize], scan: &Scan) -> Option<Loop> {
        let inside =
            |index: usize, _| own.contains(&index) || (self.stretches[index].kind == Kind::Unnamed && !self.parts.is_called(index));
        let mut found: Vec<(u64, u64, Vec<u64>)> = scan
            .references
            .iter()
            .filter_map(|(address, references)| Some((*address, *references, self.table(*address, inside)?)))
            .filter(|(_, _, targets)| {
                let own = targets.iter().filter(|target| self.at(**target).is_some_and(|index| own.contains(&index)));
                2 * own.count() > OPCODES
            })
            .collect();
        // A jump table right before it makes a window of 256 words that fits too; it is named once, the table many times or first of all.
        let windows: Vec<(u64, u64)> = found.iter().map(|(address, references, _)| (*address, *references)).collect();
        found.retain(|(address, references, _)| {
            let overlaps = |other: u64| other != *address && other.abs_diff(*address) < 8 * OPCODES as u64;
            !windows.iter().any(|(other, named)| overlaps(*other) && (named, other) > (references, address))
        });
        // The second table of 3.15 sends every opcode to one place, which records what runs.
        let (address, _, targets) = found.into_iter().max_by_key(|(_, _, targets)| distinct(targets).len())?;
        let places = distinct(&targets);
        let mut all = own.to_vec();
        all.extend(
            places.iter().filter_map(|target| self.at(*target)).collect::<BTreeSet<_>>().into_iter().filter(|index| !own.contains(index)),
        );
        let indirect = self.scan(&all).indirect;
        let dispatch = if indirect > 1 { Dispatch::ComputedGotos } else { Dispatch::Unknown };
        let one = if indirect > 1 { "" } else { ", which a switch has too, and computed gotos that the compiler made one of" };
        let evidence = format!(
            "a table of 256 pointers at {address:#x} to {} places in the function, {indirect} indirect jumps{one}; {}",
            places.len(),
            self.sizes(&all)
        );
        Some(Loop { dispatch, evidence, stretches: all, targets: Some(targets) })
    }

    /// Of the function itself and of what lies elsewhere: a profile that did not see the loop run puts it there.
    fn sizes(&self, all: &[usize]) -> String {
        let size = |index: &usize| self.stretches[*index].bytes();
        let elsewhere = all[1..].iter().map(size).fold(0, u64::saturating_add);
        format!("{} bytes of code in its place and {elsewhere} in parts elsewhere", size(&all[0]))
    }

    /// A table of functions, each of which jumps on by it.
    fn tail_calls(&self, own: &[usize]) -> Option<Loop> {
        let named: Vec<usize> = (0..self.stretches.len()).filter(|index| self.is_tail_call(*index)).collect();
        let among: Vec<usize> = if named.is_empty() { (0..self.stretches.len()).collect() } else { named.clone() };
        let scan = self.scan(&among);
        let starts = |index: usize, target: u64| self.stretches[index].range.start == target && self.stretches[index].kind != Kind::Between;
        let tables = scan.references.keys().filter_map(|address| Some((*address, self.table(*address, starts)?)));
        let enough = if named.is_empty() { DISTINCT_FUNCTIONS } else { 2 };
        let (address, targets) =
            tables.filter(|(_, targets)| distinct(targets).len() >= enough).max_by_key(|(_, targets)| distinct(targets).len())?;
        let functions: BTreeSet<usize> = distinct(&targets).into_iter().filter_map(|target| self.at(target)).collect();
        let mut all: BTreeSet<usize> = functions.iter().chain(&named).copied().collect();
        all.extend((0..self.stretches.len()).filter(|index| functions.contains(&self.parts.owner(*index))));
        let rest: Vec<usize> = all.into_iter().filter(|index| !own.contains(index)).collect();
        let evidence =
            format!("a table of 256 pointers at {address:#x} to {} functions, by which they call each other last", functions.len());
        let stretches = own.iter().copied().chain(rest).collect();
        Some(Loop { dispatch: Dispatch::TailCalls, evidence, stretches, targets: Some(targets) })
    }

    fn is_tail_call(&self, index: usize) -> bool {
        self.stretches[self.parts.owner(index)].name.is_some_and(|name| name.starts_with(TAIL_CALL))
    }

    /// How many entries a jump table has, of addresses or of distances from itself.
    fn switch_entries(&self, address: u64, own: &[usize]) -> usize {
        let inside = |target: Option<u64>| target.and_then(|target| self.at(target)).is_some_and(|index| own.contains(&index));
        let absolute = (0..1024).take_while(|number| inside(self.reader.image.word(address.saturating_add(8 * number)))).count();
        let distances = self.reader.image.bytes_from(address).unwrap_or_default().as_chunks::<4>().0;
        let relative = distances
            .iter()
            .take(1024)
            .take_while(|distance| inside(Some(address.wrapping_add_signed(i64::from(i32::from_le_bytes(**distance))))));
        absolute.max(relative.count())
    }
}

fn distinct(targets: &[u64]) -> BTreeSet<u64> {
    targets.iter().copied().collect()
}
