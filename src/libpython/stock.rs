//! A distribution's own executable (the stock `python3`, the linker), made to run from its sysroot instead of from the host.

use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSection as _, SectionFlags};

use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};

#[derive(Debug, thiserror::Error)]
pub enum StockError {
    #[error("{} cannot be made to run from its sysroot: {reason}", path.display())]
    Edit { path: PathBuf, reason: String },
    #[error("{} changed in section {section} when its interpreter was set; it would not be the distribution's any more", path.display())]
    Changed { path: PathBuf, section: String },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for StockError {
    fn exit(&self) -> Exit {
        Exit::Build
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Fs(error) => error.hint(),
            _ => Some("make the sysroot again: surtax provision --refresh".into()),
        }
    }
}

/// What the edit needs to know.
pub struct SysrootProgram<'a> {
    /// The executable as the package holds it.
    pub packaged: &'a Path,
    /// The sysroot's dynamic loader.
    pub loader: &'a Path,
    /// Where the sysroot's libraries are, in search order.
    pub library_folders: &'a [PathBuf],
}

impl SysrootProgram<'_> {
    /// For keys: rises when the same program is to be edited otherwise.
    pub const METHOD: &'static str = "2";

    /// Writes the executable with another interpreter and a `DT_RPATH`, and with every byte of code and data as it was.
    ///
    /// `DT_RPATH` and not `DT_RUNPATH`, because extension modules that are loaded later must find their libraries by it too.
    /// The kernel then starts it as it starts `/usr/bin/python3`; calling the loader by hand would change its memory layout.
    pub fn write_to(&self, place: &Path) -> Result<(), StockError> {
        let bytes = fs::read(self.packaged)?;
        let edited = self.edit(&bytes).map_err(|error| StockError::Edit { path: self.packaged.to_owned(), reason: error.to_string() })?;
        self.compare(&bytes, &edited)?;
        Ok(fs::write_executable(place, &edited)?)
    }

    fn edit(&self, bytes: &[u8]) -> Result<Vec<u8>, object_rewrite::Error> {
        let mut rewriter = object_rewrite::Rewriter::read(bytes)?;
        rewriter.elf_set_interpreter(self.loader.as_os_str().as_encoded_bytes().to_vec())?;
        let folders: Vec<_> = self.library_folders.iter().map(|folder| folder.to_string_lossy()).collect();
        rewriter.elf_set_runpath(folders.join(":").into_bytes())?;
        rewriter.elf_use_rpath()?;
        let mut edited = Vec::with_capacity(bytes.len() + 4096);
        rewriter.write(&mut edited)?;
        widen_interpreter_segment(&mut edited);
        Ok(edited)
    }

    /// Everything that is executed or read as data must be the package's own, at the package's own address.
    fn compare(&self, before: &[u8], after: &[u8]) -> Result<(), StockError> {
        let failed = |error: object::Error| StockError::Edit { path: self.packaged.to_owned(), reason: error.to_string() };
        let before = object::File::parse(before).map_err(failed)?;
        let after = object::File::parse(after).map_err(failed)?;
        for section in before.sections() {
            let name = section.name().map_err(failed)?;
            if !is_program_content(&section) {
                continue;
            }
            let same = after
                .section_by_name(name)
                .is_some_and(|other| other.address() == section.address() && other.data().ok() == section.data().ok());
            if !same {
                return Err(StockError::Changed { path: self.packaged.to_owned(), section: name.to_owned() });
            }
        }
        Ok(())
    }
}

/// Code and program data: `PROGBITS` that are loaded, without the linker's bookkeeping that the edit is about.
fn is_program_content(section: &object::Section<'_, '_>) -> bool {
    let SectionFlags::Elf { sh_flags, .. } = section.flags() else { return false };
    let loaded = sh_flags.contains(object::elf::SHF_ALLOC);
    let kind = section.kind();
    let content = matches!(kind, object::SectionKind::Text | object::SectionKind::Data | object::SectionKind::ReadOnlyData);
    loaded && content && !matches!(section.name(), Ok(".interp" | ".dynamic" | ".got" | ".got.plt"))
}

/// Where `.interp` grows in place, object-rewrite 0.1 leaves its segment as short as it was, and the kernel refuses the cut path.
fn widen_interpreter_segment(bytes: &mut [u8]) {
    use object::read::elf::{FileHeader as _, ProgramHeader as _};
    type Header = object::elf::FileHeader64<object::Endianness>;
    let found = || {
        let header = Header::parse(&*bytes).ok()?;
        let endian = header.endian().ok()?;
        let index =
            header.program_headers(endian, &*bytes).ok()?.iter().position(|segment| segment.p_type(endian) == object::elf::PT_INTERP)?;
        let file = object::File::parse(&*bytes).ok()?;
        let section = file.section_by_name(".interp")?;
        let at = header.e_phoff(endian) as usize + index * usize::from(header.e_phentsize(endian));
        Some((at, section.file_range()?.0, section.address(), section.size()))
    };
    let Some((at, offset, address, size)) = found() else { return };
    // Elf64_Phdr: p_offset at 8, p_vaddr at 16, p_paddr at 24, p_filesz at 32, p_memsz at 40.
    for (field, value) in [(8, offset), (16, address), (24, address), (32, size), (40, size)] {
        bytes[at + field..at + field + 8].copy_from_slice(&value.to_le_bytes());
    }
}
