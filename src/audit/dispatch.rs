//! How the interpreter of one object goes from one bytecode to the next: what its tables of addresses and its functions show.

use std::collections::BTreeSet;

use object::elf::{R_X86_64_64, R_X86_64_PC32};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationFlags, RelocationTarget};

use super::functions::{LOOP, TAIL_CALL, base_name, is_cold};
use crate::run::Dispatch;

/// A bytecode is a byte: `opcode_targets` has an address for each of its values.
const TARGETS: usize = 256;

/// A compiler's table for a `switch` ends at the last opcode; CPython 3.6 has 121 of them, 3.14 more than 200. So many make it the interpreter's.
const CASES: usize = 100;

/// What the object that defines the interpreter's loop shows of it.
pub(crate) struct Interpreter {
    pub(crate) dispatch: Dispatch,
    pub(crate) evidence: String,
    /// Of the loop, all its parts; and of these, what the compiler moved out of the way.
    pub(crate) bytes: u64,
    pub(crate) cold_bytes: u64,
}

/// One part of the loop: its section, first byte, and the byte behind its last.
type Part = (usize, u64, u64);

impl Interpreter {
    /// `None` of an object without the loop.
    pub(crate) fn of(object: &object::File<'_>) -> Option<Self> {
        let (mut parts, mut tail_calls): (BTreeSet<Part>, BTreeSet<&str>) = Default::default();
        let (mut bytes, mut cold_bytes) = (0_u64, 0_u64);
        for symbol in object.symbols().filter(|symbol| symbol.is_definition() && symbol.kind() == object::SymbolKind::Text) {
            let (Some(section), Ok(name)) = (symbol.section_index(), symbol.name()) else { continue };
            let base = base_name(name);
            if base.starts_with(TAIL_CALL) {
                tail_calls.insert(base);
            }
            // A symbol's size is whatever the file says.
            if base == LOOP && parts.insert((section.0, symbol.address(), symbol.address().saturating_add(symbol.size()))) {
                bytes = symbol.size().saturating_add(bytes);
                cold_bytes = if is_cold(name) { symbol.size().saturating_add(cold_bytes) } else { cold_bytes };
            }
        }
        if parts.is_empty() {
            return Self::to_come(object);
        }
        let (dispatch, evidence) = if tail_calls.len() >= CASES {
            (Dispatch::TailCalls, format!("{} functions {TAIL_CALL}*, which end by jumping to each other", tail_calls.len()))
        } else {
            by_tables(object, &parts)
        };
        Some(Self { dispatch, evidence, bytes, cold_bytes })
    }

    /// Of GCC's intermediate code, which has a section for each function: `.gnu.lto_f.12.0123456789abcdef` (lto-section-names.h).
    fn to_come(object: &object::File<'_>) -> Option<Self> {
        let mut tail_calls = 0;
        let mut has_loop = false;
        for section in object.sections() {
            let Some(rest) = section.name().ok().and_then(|name| name.strip_prefix(".gnu.lto_")) else { continue };
            tail_calls += usize::from(rest.starts_with(TAIL_CALL));
            has_loop |= rest.strip_prefix(LOOP).is_some_and(|rest| rest.starts_with('.'));
        }
        let (dispatch, evidence) = match tail_calls >= CASES {
            true => (Dispatch::TailCalls, format!("{tail_calls} functions {TAIL_CALL}*, in intermediate code")),
            false => (Dispatch::Unknown, format!("{LOOP} is intermediate code, which a link has yet to compile")),
        };
        has_loop.then_some(Self { dispatch, evidence, bytes: 0, cold_bytes: 0 })
    }
}

fn by_tables(object: &object::File<'_>, parts: &BTreeSet<Part>) -> (Dispatch, String) {
    let tables: Vec<Table> = object.sections().flat_map(|section| tables(object, &section, parts)).collect();
    // A compiler's own table has no name and is read-only; one that the source has, has either a name or, with addresses that a loader fills in, a
    // section that can be written.
    let named = |table: &&Table| table.entries >= TARGETS && table.width == 8 && (table.name.is_some() || !table.read_only);
    if let Some(table) = tables.iter().find(named) {
        let name = table.name.as_deref().unwrap_or("a table");
        return (Dispatch::ComputedGotos, format!("{name} in {} holds {} addresses in {LOOP}", table.section, table.entries));
    }
    match tables.iter().max_by_key(|table| table.entries) {
        Some(table) if table.width == 8 && !has_local_names(object) => {
            let evidence = format!(
                "a table of {} addresses in {LOOP}, in {}: the source's (computed gotos) or the compiler's (a switch); its name is stripped",
                table.entries, table.section
            );
            (Dispatch::Unknown, evidence)
        }
        Some(table) => (Dispatch::Switch, format!("a compiler's jump table of {} cases in {LOOP}, in {}", table.entries, table.section)),
        None => (Dispatch::Unknown, format!("no table of {CASES} or more addresses in {LOOP}, and no functions {TAIL_CALL}*")),
    }
}

/// Consecutive words that all lead into the loop.
struct Table {
    name: Option<String>,
    section: String,
    read_only: bool,
    entries: usize,
    /// 8 for addresses, 4 for distances from the table.
    width: u64,
}

fn tables(object: &object::File<'_>, section: &object::Section<'_, '_>, parts: &BTreeSet<Part>) -> Vec<Table> {
    let name = section.name().unwrap_or_default();
    if !(name.starts_with(".rodata") || name.starts_with(".data")) {
        return Vec::new();
    }
    let mut runs: Vec<(u64, u64, usize)> = Vec::new();
    for (offset, relocation) in section.relocations() {
        let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
        let width = match r_type {
            R_X86_64_64 => 8,
            R_X86_64_PC32 => 4,
            _ => continue,
        };
        let run =
            runs.last().copied().filter(|(start, other, entries)| *other == width && start.wrapping_add(width * *entries as u64) == offset);
        // A distance is from its table's start, but a relocation's from its own place.
        let from_start = if width == 4 { offset.wrapping_sub(run.map_or(offset, |(start, ..)| start)) } else { 0 };
        if !leads_into(object, &relocation, from_start, parts) {
            continue;
        }
        match (run, runs.last_mut()) {
            (Some(_), Some((.., entries))) => *entries += 1,
            _ => runs.push((offset, width, 1)),
        }
    }
    runs.retain(|(.., entries)| *entries >= CASES);
    let table = |(start, width, entries): (u64, u64, usize)| Table {
        name: object
            .symbols()
            .filter(|symbol| symbol.kind() == object::SymbolKind::Data && symbol.section_index() == Some(section.index()))
            .find(|symbol| symbol.address() <= start && start < symbol.address().saturating_add(symbol.size()))
            .and_then(|symbol| symbol.name().ok().map(str::to_owned)),
        section: name.to_owned(),
        read_only: name.starts_with(".rodata"),
        entries,
        width,
    };
    runs.into_iter().map(table).collect()
}

fn leads_into(object: &object::File<'_>, relocation: &object::Relocation, from_start: u64, parts: &BTreeSet<Part>) -> bool {
    let RelocationTarget::Symbol(index) = relocation.target() else { return false };
    let Ok(symbol) = object.symbol_by_index(index) else { return false };
    let Some(section) = symbol.section_index() else { return false };
    let place = symbol.address().wrapping_add_signed(relocation.addend()).wrapping_sub(from_start);
    parts.iter().any(|(other, start, end)| *other == section.0 && (*start..*end).contains(&place))
}

/// Whether a table of the source's would still have its name.
fn has_local_names(object: &object::File<'_>) -> bool {
    // With them goes the name of the source file.
    let is_named = |kind| matches!(kind, object::SymbolKind::Text | object::SymbolKind::Data | object::SymbolKind::File);
    object.symbols().any(|symbol| symbol.is_local() && is_named(symbol.kind()))
}
