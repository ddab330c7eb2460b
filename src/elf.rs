//! What an executable is, told by its first bytes, before anything starts it.

use std::path::{Path, PathBuf};

use object::Object as _;
use object::read::elf::{FileHeader as _, ProgramHeader as _};

use crate::fs::{self, FsError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Executable {
    /// A program for x86-64; `interpreter`: its dynamic loader, which one that is linked wholly static has not.
    Program {
        interpreter: Option<PathBuf>,
    },
    /// A program for another machine: `aarch64`, `i386`, …
    Foreign(String),
    /// `#!`
    Script,
    Unknown,
}

/// What to do about a program whose loader is not there.
pub(crate) const NO_LOADER: &str =
    "name a Python that was built for this machine's C library; a loader called ld-musl is that of Alpine Linux";

impl Executable {
    pub fn inspect(path: &Path) -> Result<Self, FsError> {
        // Reading a pipe would wait for whoever writes into it, and reading a device never end.
        if !std::fs::metadata(path).map_err(FsError::at("read", path))?.is_file() {
            return Ok(Self::Unknown);
        }
        let bytes = fs::read(path)?;
        if bytes.starts_with(b"#!") {
            return Ok(Self::Script);
        }
        let Ok(file) = object::File::parse(&*bytes) else { return Ok(Self::Unknown) };
        Ok(match (file.kind(), file.architecture()) {
            _ if file.format() != object::BinaryFormat::Elf => Self::Unknown,
            (object::ObjectKind::Executable | object::ObjectKind::Dynamic, object::Architecture::X86_64) => {
                Self::Program { interpreter: interpreter(&bytes) }
            }
            (_, machine) => Self::Foreign(format!("{machine:?}").to_lowercase()),
        })
    }
}

/// `PT_INTERP`.
fn interpreter(bytes: &[u8]) -> Option<PathBuf> {
    let header = object::elf::FileHeader64::<object::Endianness>::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    let path = segments.iter().find_map(|segment| segment.interpreter(endian, bytes).ok().flatten())?;
    Some(PathBuf::from(String::from_utf8_lossy(path).into_owned()))
}
