//! A linked file as its loader and its processor see it: sections at addresses, relocations, and what a word in memory will be.

use std::collections::HashMap;
use std::ops::Range;

use object::Endianness;
use object::elf::{self, SectionHeader64};
use object::read::elf::{ElfFile64, FileHeader as _, Rela as _, SectionHeader as _, Sym as _};

/// A section that is loaded into memory; `bytes` are none of what is zero at first.
pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    pub(super) range: Range<u64>,
    pub(super) bytes: &'a [u8],
    pub(super) executable: bool,
    thread_local: bool,
}

impl Section<'_> {
    pub(super) fn is_plt(&self) -> bool {
        self.executable && (self.name.starts_with(".plt") || self.name == ".iplt")
    }

    /// They take no room, and lie over what follows them.
    fn is_thread_zeroes(&self) -> bool {
        self.thread_local && self.bytes.is_empty()
    }

    fn is_got(&self) -> bool {
        matches!(self.name, ".got" | ".got.plt" | ".igot.plt")
    }
}

/// What the loader writes, or lets be written at a function's first call.
#[derive(Clone, Copy)]
pub(super) struct Relocation<'a> {
    pub(super) place: u64,
    pub(super) kind: elf::RelocationType,
    pub(super) symbol: Option<Wanted<'a>>,
    addend: u64,
}

/// A symbol that is looked up by its name.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    /// This file has one itself, which another's may stand in for.
    pub(super) own: bool,
    pub(super) function: bool,
}

pub(super) struct Image<'a> {
    pub(super) elf: ElfFile64<'a, Endianness>,
    /// Loaded at the address that it was linked for.
    pub(super) fixed: bool,
    pub(super) sections: Vec<Section<'a>>,
    pub(super) relocations: Vec<Relocation<'a>>,
    /// `DT_RELR`: places whose words are moved along with the file; the words are in the file.
    pub(super) packed: Vec<u64>,
    by_place: HashMap<u64, usize>,
    got: Vec<Range<u64>>,
}

impl<'a> Image<'a> {
    /// `None`: neither an executable nor a shared object for x86-64.
    ///
    /// # Errors
    /// If sections hold the same bytes or lie over each other: a small file could then ask for any amount of memory and time.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Option<Self>, &'static str> {
        let Ok(elf) = ElfFile64::<Endianness>::parse(bytes) else { return Ok(None) };
        let (header, endian) = (elf.elf_header(), elf.endian());
        let kind = header.e_type(endian);
        if header.e_machine(endian) != elf::EM_X86_64 || !(kind == elf::ET_EXEC || kind == elf::ET_DYN) {
            return Ok(None);
        }
        let mut image = Self {
            fixed: kind == elf::ET_EXEC,
            sections: Vec::new(),
            relocations: Vec::new(),
            packed: Vec::new(),
            by_place: HashMap::new(),
            got: Vec::new(),
            elf,
        };
        let words = bytes.len() / 8;
        let (headers, sections): (Vec<_>, Vec<_>) =
            loaded(&image.elf).filter_map(|header| Some((header, section(&image.elf, header)?))).unzip();
        image.sections = sections;
        image.sections.sort_by_key(|section| section.range.start);
        image.check_sections(bytes.len())?;
        for header in headers {
            relocations(&image.elf, header, &mut image.relocations);
            image.packed.extend(header.relr(endian, bytes).ok().flatten().into_iter().flatten().take(words + 1));
        }
        // Each is a word of the file; by its bits, one of them stands for 63.
        if image.packed.len() > words {
            return Err("it has more packed relocations than words");
        }
        image.got = image.sections.iter().filter(|section| section.is_got()).map(|section| section.range.clone()).collect();
        image.by_place = image.relocations.iter().enumerate().map(|(index, relocation)| (relocation.place, index)).collect();
        Ok(Some(image))
    }

    fn check_sections(&self, file_bytes: usize) -> Result<(), &'static str> {
        let held = self.sections.iter().map(|section| section.bytes.len()).fold(0, usize::saturating_add);
        let mut in_order = self.sections.iter().filter(|section| !(section.range.is_empty() || section.is_thread_zeroes()));
        let mut end = 0;
        if held > file_bytes || in_order.any(|section| std::mem::replace(&mut end, section.range.end) > section.range.start) {
            return Err("its sections overlap");
        }
        Ok(())
    }

    pub(super) fn section_at(&self, address: u64) -> Option<&Section<'a>> {
        let after = self.sections.partition_point(|section| section.range.start <= address);
        // Thread-local zeroes take no room, and lie over what follows them.
        self.sections[..after].iter().rev().take(3).find(|section| section.range.contains(&address))
    }

    pub(super) fn is_code(&self, address: u64) -> bool {
        self.section_at(address).is_some_and(|section| section.executable && !section.is_plt())
    }

    pub(super) fn is_data(&self, address: u64) -> bool {
        self.section_at(address).is_some_and(|section| !section.executable)
    }

    pub(super) fn is_got(&self, address: u64) -> bool {
        self.got.iter().any(|range| range.contains(&address))
    }

    pub(super) fn relocation_at(&self, place: u64) -> Option<&Relocation<'a>> {
        self.by_place.get(&place).map(|index| &self.relocations[*index])
    }

    /// The bytes from an address to the end of its section.
    pub(super) fn bytes_from(&self, address: u64) -> Option<&'a [u8]> {
        let section = self.section_at(address)?;
        section.bytes.get((address - section.range.start) as usize..)
    }

    /// Eight bytes of memory as they are once the loader has run, but for the load address, which is 0 here.
    pub(super) fn word(&self, address: u64) -> Option<u64> {
        match self.relocation_at(address) {
            Some(relocation) if relocation.kind == elf::R_X86_64_RELATIVE => Some(relocation.addend),
            Some(_) => None,
            None => self.bytes_from(address)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)),
        }
    }

    /// The value of an entry of `.dynamic`.
    pub(super) fn dynamic(&self, tag: elf::DynamicTag) -> Option<u64> {
        self.elf.elf_dynamic_table().ok()?.iter().find(|entry| entry.tag == tag).map(|entry| entry.val)
    }

    /// Whether the loader binds every function before the first instruction.
    pub(super) fn bound_now(&self) -> bool {
        let flag = |tag, flag: u64| self.dynamic(tag).is_some_and(|value| value & flag != 0);
        self.dynamic(elf::DT_BIND_NOW).is_some() || flag(elf::DT_FLAGS, elf::DF_BIND_NOW.0) || flag(elf::DT_FLAGS_1, elf::DF_1_NOW.0)
    }

    pub(super) fn has_relocations(&self) -> bool {
        !(self.relocations.is_empty() && self.packed.is_empty())
    }

    pub(super) fn has_segment(&self, kind: elf::ProgramType) -> bool {
        use object::read::elf::ProgramHeader as _;
        self.elf.elf_program_headers().iter().any(|segment| segment.p_type(self.elf.endian()) == kind)
    }

    /// A program, as opposed to a library; a static PIE has no dynamic loader and says so by a flag.
    pub(super) fn is_executable(&self) -> bool {
        self.fixed || self.has_segment(elf::PT_INTERP) || self.dynamic(elf::DT_FLAGS_1).is_some_and(|flags| flags & elf::DF_1_PIE.0 != 0)
    }
}

/// What is loaded into memory. What is not, is not checked for overlaps.
pub(super) fn loaded<'i, 'a>(elf: &'i ElfFile64<'a, Endianness>) -> impl Iterator<Item = &'a SectionHeader64<Endianness>> + use<'i, 'a> {
    elf.elf_section_table().iter().filter(|header| header.sh_flags(elf.endian()).0 & elf::SHF_ALLOC.0 != 0)
}

fn section<'a>(elf: &ElfFile64<'a, Endianness>, header: &SectionHeader64<Endianness>) -> Option<Section<'a>> {
    let endian = elf.endian();
    let name = std::str::from_utf8(elf.elf_section_table().section_name(endian, header).ok()?).ok()?;
    let start = header.sh_addr(endian);
    Some(Section {
        name,
        range: start..start.checked_add(header.sh_size(endian))?,
        bytes: header.data(endian, elf.data()).unwrap_or_default(),
        executable: header.sh_flags(endian).0 & elf::SHF_EXECINSTR.0 != 0,
        thread_local: header.sh_flags(endian).0 & elf::SHF_TLS.0 != 0,
    })
}

fn relocations<'a>(elf: &ElfFile64<'a, Endianness>, header: &SectionHeader64<Endianness>, into: &mut Vec<Relocation<'a>>) {
    let endian = elf.endian();
    let symbols = elf.elf_dynamic_symbol_table();
    let Ok(Some((entries, _))) = header.rela(endian, elf.data()) else { return };
    into.extend(entries.iter().map(|entry| {
        let wanted = entry.symbol(endian, false).and_then(|index| symbols.symbol(index).ok());
        let symbol = wanted.and_then(|symbol| {
            let name = std::str::from_utf8(symbols.symbol_name(endian, symbol).ok()?).ok()?;
            let function = symbol.st_type() == elf::STT_FUNC || symbol.st_type() == elf::STT_GNU_IFUNC;
            Some(Wanted { name, own: !symbol.is_undefined(endian), function })
        });
        let (place, addend) = (entry.r_offset(endian), entry.r_addend(endian) as u64);
        Relocation { place, kind: entry.r_type(endian, false), symbol, addend }
    }));
}
