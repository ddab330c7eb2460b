//! What code an archive holds: its sections, symbols and relocations counted, and the code model that they show.

use std::path::Path;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationFlags, RelocationTarget, elf};

use super::hacl::{HaclError, for_each_object};
use crate::fs;
use crate::run::Answer;
use crate::variant::CodeModel;

/// At least this share of code sections must be placed by profile before an archive counts as compiled with one.
/// `ceval.c` marks its loop hot by hand, so single sections prove nothing: in Debian 12, 3 of 179 objects of `-pic.a` have such a section and 134 of `.a`.
const PROFILED_SHARE: f64 = 0.10;

/// What one pass over an archive's objects counts.
#[derive(Default)]
pub(super) struct Counts {
    objects: u64,
    /// Objects with a section `.text.hot*` of their own making or `.text.unlikely` beyond start-up code.
    hot_objects: u64,
    pub(super) hot_sections: u64,
    pub(super) cold_symbols: u64,
    pub(super) absolute_relocations: u64,
    pub(super) got_loads: u64,
    /// PC-relative references to what another object defines: allowed in an executable alone.
    direct_references: u64,
    pub(super) lto_sections: u64,
    code_bytes: u64,
    /// Of an object that is not for x86-64: `aarch64`, …
    foreign_machine: Option<String>,
}

impl Counts {
    pub(super) fn add(&mut self, object: &object::File<'_>) {
        self.objects += 1;
        if object.architecture() != object::Architecture::X86_64 {
            self.foreign_machine = Some(format!("{:?}", object.architecture()).to_lowercase());
        }
        let mut hot = 0;
        for section in object.sections() {
            let name = section.name().unwrap_or_default();
            if name.starts_with(".gnu.lto_") || name.starts_with(".llvm.lto") {
                self.lto_sections += 1;
            }
            if name.starts_with(".text.hot") {
                hot += 1;
            }
            if name.starts_with(".text") {
                self.code_bytes += section.size();
                self.add_relocations(object, &section);
            }
        }
        self.hot_sections += hot;
        self.hot_objects += u64::from(hot > 0);
        self.cold_symbols += count_cold(object);
    }

    fn add_relocations(&mut self, object: &object::File<'_>, section: &object::Section<'_, '_>) {
        for (_, relocation) in section.relocations() {
            let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
            match r_type {
                elf::R_X86_64_32 | elf::R_X86_64_32S => self.absolute_relocations += 1,
                elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX => self.got_loads += 1,
                // Calls are R_X86_64_PLT32 in every code model.
                elf::R_X86_64_PC32 if is_foreign(object, relocation.target()) => self.direct_references += 1,
                _ => {}
            }
        }
    }

    pub(super) fn pgo(&self) -> (Answer, String) {
        let evidence = format!(
            "{} of {} objects have .text.hot sections ({} in all), {} .cold symbols",
            self.hot_objects, self.objects, self.hot_sections, self.cold_symbols
        );
        let answer = match self.objects {
            0 => Answer::Unknown,
            objects if self.hot_objects as f64 >= PROFILED_SHARE * objects as f64 => Answer::Yes,
            _ => Answer::No,
        };
        (answer, evidence)
    }

    /// Non-PIC code has absolute addresses; of the other two, PIC loads every foreign address from the global offset table, and PIE refers to it
    /// directly but for the odd weak symbol.
    pub(super) fn code_model(&self) -> (Option<CodeModel>, String) {
        let mut evidence = format!(
            "{} absolute 32-bit relocations in code, {} loads from the global offset table",
            self.absolute_relocations, self.got_loads
        );
        let model = match (self.absolute_relocations, self.got_loads, self.direct_references) {
            (0, 0, 0) => None,
            (0, loads, direct) if direct > loads => {
                evidence += &format!(", {direct} direct references to other objects");
                Some(CodeModel::Pie)
            }
            (0, ..) => Some(CodeModel::Pic),
            _ => Some(CodeModel::NonPic),
        };
        (model, evidence)
    }
}

/// Not defined in this object, and not promised to be hidden, which PIC may refer to directly too.
fn is_foreign(object: &object::File<'_>, target: RelocationTarget) -> bool {
    let RelocationTarget::Symbol(index) = target else { return false };
    let Ok(symbol) = object.symbol_by_index(index) else { return false };
    let object::SymbolFlags::Elf { st_other, .. } = symbol.flags() else { return false };
    symbol.is_undefined() && st_other.visibility() == elf::STV_DEFAULT
}

/// `f.cold`, `f.cold.3`: the parts that the compiler moved out of the way.
pub(super) fn count_cold(object: &object::File<'_>) -> u64 {
    let cold = |name: &str| name.split('.').skip(1).any(|part| part == "cold");
    object.symbols().filter(|symbol| symbol.name().is_ok_and(cold)).count() as u64
}

/// The code model of an archive that a runner can link, or why none can.
///
/// # Errors
/// If the file cannot be read, or is no archive.
pub fn archive_code(archive: &Path) -> Result<Result<CodeModel, String>, HaclError> {
    let bytes = fs::read(archive)?;
    if bytes.starts_with(&object::archive::THIN_MAGIC) {
        return Ok(Err("a thin archive, which only names objects of the folder that it was compiled in".into()));
    }
    let mut counts = Counts::default();
    for_each_object(archive, &bytes, |object| counts.add(object))?;
    let bitcode = bitcode_members(archive, &bytes)?;
    Ok(match (counts.code_model().0, counts.foreign_machine) {
        _ if bitcode > 0 => Err(format!("LLVM bitcode ({bitcode} objects), which only the clang that wrote it can link")),
        (_, Some(machine)) => Err(format!("compiled for another architecture ({machine})")),
        _ if counts.objects == 0 => Err("without any object file".into()),
        _ if counts.code_bytes == 0 && counts.lto_sections > 0 => {
            Err("GCC's intermediate code alone (slim LTO objects), which only the gcc that wrote it can link".into())
        }
        (Some(model), None) => Ok(model),
        (None, None) => Err("without a relocation that shows its code model".into()),
    })
}

/// Members that begin with LLVM's magic number, bare or in its wrapper (the LLVM Bitcode File Format, "Magic Numbers").
fn bitcode_members(archive: &Path, bytes: &[u8]) -> Result<usize, HaclError> {
    let failed = |error: object::Error| HaclError::Archive { path: archive.to_owned(), reason: error.to_string() };
    let mut found = 0;
    for member in object::read::archive::ArchiveFile::parse(bytes).map_err(failed)?.members() {
        let data = member.map_err(failed)?.data(bytes).map_err(failed)?;
        found += usize::from(data.starts_with(b"BC\xC0\xDE") || data.starts_with(b"\xDE\xC0\x17\x0B"));
    }
    Ok(found)
}
