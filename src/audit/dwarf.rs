//! The compiler and its flags as debug information names them: `DW_AT_producer` of an object's first unit, or of each of a linked file (DWARF 5, 3.1.1).

use std::collections::BTreeMap;

use gimli::{DwAt, EndianSlice, Reader as _, RelocateReader, RunTimeEndian, SectionId};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget};

/// An object's debug information refers to its own strings by relocations. The first unit's first entry is all that is read, so that of the tens of
/// thousands of them only those of the first bytes matter.
const READ_BYTES: u64 = 4096;

type Bytes<'a> = RelocateReader<EndianSlice<'a, RunTimeEndian>, Addends>;

/// So many units are asked, and no more. CPython 3.13 has some 250; a file could have one in eleven bytes.
const UNITS: usize = 4096;

/// `GNU C11 12.2.0 -mtune=generic -O2 …`; `None` without debug information, or with one that is compressed.
pub(crate) fn producer(object: &object::File<'_>) -> Option<String> {
    let dwarf = load(object, Addends::of)?;
    let mut headers = dwarf.units();
    for _ in 0..UNITS {
        let Ok(Some(header)) = headers.next() else { break };
        // A unit of types comes without one (DWARF 5, 3.1.4).
        if let Some(producer) = producer_of(&dwarf, header) {
            return Some(producer);
        }
    }
    None
}

/// Who compiled the units of a linked file, whose references are resolved, and how many each.
pub(crate) fn producers(object: &object::File<'_>) -> BTreeMap<String, u64> {
    let mut producers = BTreeMap::new();
    let Some(mut dwarf) = load(object, |_, _| Addends::default()) else { return producers };
    dwarf.populate_abbreviations_cache(gimli::AbbreviationsCacheStrategy::Duplicates);
    let mut headers = dwarf.units();
    for _ in 0..UNITS {
        let Ok(Some(header)) = headers.next() else { break };
        if let Some(producer) = producer_of(&dwarf, header) {
            *producers.entry(producer).or_default() += 1;
        }
    }
    producers
}

fn producer_of<'a>(dwarf: &gimli::Dwarf<Bytes<'a>>, header: gimli::UnitHeader<Bytes<'a>>) -> Option<String> {
    let unit = dwarf.unit(header).ok()?;
    let mut entries = unit.entries();
    let value = entries.next_dfs().ok()??.attr_value(DwAt(gimli::DW_AT_producer.0))?;
    let text = dwarf.attr_string(&unit, value).ok()?;
    text.to_string_lossy().ok().map(|text| text.into_owned())
}

fn load<'a>(
    object: &object::File<'a>,
    addends: impl Fn(&object::File<'a>, &object::Section<'a, '_>) -> Addends,
) -> Option<gimli::Dwarf<Bytes<'a>>> {
    object.section_by_name(".debug_info")?;
    let endian = if object.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let section = |id: SectionId| -> Result<Bytes<'a>, gimli::Error> {
        let section = object.section_by_name(id.name());
        let data = section.as_ref().and_then(|section| section.data().ok()).unwrap_or_default();
        let addends = section.map(|section| addends(object, &section)).unwrap_or_default();
        Ok(RelocateReader::new(EndianSlice::new(data, endian), addends))
    };
    gimli::Dwarf::load(section).ok()
}

/// What the relocations of a section's first bytes add.
#[derive(Debug, Clone, Default)]
struct Addends(std::rc::Rc<BTreeMap<usize, u64>>);

impl Addends {
    fn of(object: &object::File<'_>, section: &object::Section<'_, '_>) -> Self {
        // GNU as writes them in the order of their places; what is not found is read as the zero that stands there.
        let first = section.relocations().take_while(|(offset, _)| *offset < READ_BYTES);
        let value = |relocation: &object::Relocation| {
            let RelocationTarget::Symbol(index) = relocation.target() else { return None };
            Some(object.symbol_by_index(index).ok()?.address().wrapping_add_signed(relocation.addend()))
        };
        Self(std::rc::Rc::new(
            first.filter_map(|(offset, relocation)| Some((usize::try_from(offset).ok()?, value(&relocation)?))).collect(),
        ))
    }
}

impl gimli::read::Relocate for Addends {
    fn relocate_address(&self, offset: usize, value: u64) -> gimli::Result<u64> {
        Ok(self.0.get(&offset).copied().unwrap_or(value))
    }

    fn relocate_offset(&self, offset: usize, value: usize) -> gimli::Result<usize> {
        Ok(self.0.get(&offset).and_then(|addend| usize::try_from(*addend).ok()).unwrap_or(value))
    }
}
