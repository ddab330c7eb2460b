//! The compiler and its flags as an object's debug information names them: `DW_AT_producer` of its first unit (DWARF 5, 3.1.1).

use std::collections::BTreeMap;

use gimli::{DwAt, EndianSlice, Reader as _, RelocateReader, RunTimeEndian, SectionId};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget};

/// An object's debug information refers to its own strings by relocations. The first unit's first entry is all that is read, so that of the tens of
/// thousands of them only those of the first bytes matter.
const READ_BYTES: u64 = 4096;

type Bytes<'a> = RelocateReader<EndianSlice<'a, RunTimeEndian>, Addends>;

/// `GNU C11 12.2.0 -mtune=generic -O2 …`; `None` without debug information, or with one that is compressed.
pub(crate) fn producer(object: &object::File<'_>) -> Option<String> {
    object.section_by_name(".debug_info")?;
    let endian = if object.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let load = |id: SectionId| -> Result<Bytes<'_>, gimli::Error> {
        let section = object.section_by_name(id.name());
        let data = section.as_ref().and_then(|section| section.data().ok()).unwrap_or_default();
        let addends = section.map(|section| Addends::of(object, &section)).unwrap_or_default();
        Ok(RelocateReader::new(EndianSlice::new(data, endian), addends))
    };
    let dwarf = gimli::Dwarf::load(load).ok()?;
    let mut headers = dwarf.units();
    while let Ok(Some(header)) = headers.next() {
        let unit = dwarf.unit(header).ok()?;
        let mut entries = unit.entries();
        let Ok(Some(root)) = entries.next_dfs() else { continue };
        // A unit of types comes without one (DWARF 5, 3.1.4).
        let Some(value) = root.attr_value(DwAt(gimli::DW_AT_producer.0)) else { continue };
        let text = dwarf.attr_string(&unit, value).ok()?;
        return text.to_string_lossy().ok().map(|text| text.into_owned());
    }
    None
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
