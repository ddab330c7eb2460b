//! What an executable is and needs, told by its headers, before anything starts it.

use std::path::{Path, PathBuf};

use object::Object as _;
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};

use crate::error::{Exit, Explain};
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

/// The dynamic loader of programs for x86-64 with glibc; the psABI fixes this path.
pub const GLIBC_LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

/// Why a file cannot be started as a program of this machine's kind.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("{} is a script, not a program", .0.display())]
    Script(PathBuf),
    #[error("{} is no program", .0.display())]
    NotAProgram(PathBuf),
    #[error("{} is a program for {found}; surtax measures x86_64 Linux", path.display())]
    OtherArchitecture { path: PathBuf, found: String },
    #[error("{} needs the dynamic loader {}, which this machine has not", path.display(), loader.display())]
    NoLoader { path: PathBuf, loader: PathBuf },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for ProgramError {
    fn exit(&self) -> Exit {
        match self {
            Self::Fs(error) => error.exit(),
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            // What is measured would be the shell too, and there is no telling what it starts.
            Self::Script(path) => {
                format!("name the executable that it starts: {} -c 'import sys; print(sys.executable)'", path.display())
            }
            Self::NotAProgram(_) | Self::OtherArchitecture { .. } => "name a Python that was built for x86_64 Linux".into(),
            Self::NoLoader { .. } => {
                "name a Python that was built for this machine's C library; a loader called ld-musl is that of Alpine Linux".into()
            }
            Self::Fs(error) => return error.hint(),
        })
    }
}

/// The dynamic loader (`PT_INTERP`) of a program that this machine can start; none of one that is linked wholly static.
pub fn startable(path: &Path) -> Result<Option<PathBuf>, ProgramError> {
    match Executable::inspect(path)? {
        Executable::Program { interpreter: Some(loader) } if !loader.exists() => {
            Err(ProgramError::NoLoader { path: path.to_owned(), loader })
        }
        Executable::Program { interpreter } => Ok(interpreter),
        Executable::Foreign(found) => Err(ProgramError::OtherArchitecture { path: path.to_owned(), found }),
        Executable::Script => Err(ProgramError::Script(path.to_owned())),
        Executable::Unknown => Err(ProgramError::NotAProgram(path.to_owned())),
    }
}

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

/// `DT_NEEDED`: the libraries that a program or shared object asks its loader for, in order; none of what cannot be read.
pub fn needed(path: &Path) -> Vec<String> {
    let names = |bytes: &[u8]| {
        let file = ElfFile64::<object::Endianness>::parse(bytes).ok()?;
        let table = file.elf_dynamic_table().ok()?;
        let entries = table.into_iter().filter(|entry| entry.tag == object::elf::DT_NEEDED);
        Some(entries.filter_map(|entry| Some(String::from_utf8_lossy(table.string(entry).ok()?).into_owned())).collect())
    };
    fs::read(path).ok().and_then(|bytes| names(&bytes)).unwrap_or_default()
}
