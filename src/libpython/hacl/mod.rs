//! The HACL functions that a distribution's archive uses, does not define, and ships nowhere: real ones from CPython's source, or stand-ins.

mod compile;
mod flags;
mod object;
mod source;
mod symbols;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::audit::{AuditError, missing_symbols};
use crate::error::{DEFECT, Exit, Explain};
use crate::fs::FsError;
use crate::libpython::{Home, Library, Variant};
use crate::process::ProcessError;
use crate::store::{Store, StoreError};
use crate::ui::Reporter;
use crate::unpack::UnpackError;

pub use compile::Compiler;
pub use flags::HaclFlags;
pub use object::stand_ins_object;
pub use source::HaclSource;
pub(crate) use source::read_version;
pub use symbols::stand_ins;

/// What takes the place of the functions that an archive lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HaclMode {
    /// `Modules/_hacl` of the matching CPython source, compiled.
    Real,
    /// `hacl_stubs.c`: each call ends the program.
    Stubs,
}

impl HaclMode {
    pub const ALL: [Self; 2] = [Self::Real, Self::Stubs];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Stubs => "stubs",
        }
    }
}

impl fmt::Display for HaclMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no way `{0}` to complete HACL")]
pub struct UnknownHaclMode(String);

impl Explain for UnknownHaclMode {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("it is one of: real, stubs".into())
    }
}

impl FromStr for HaclMode {
    type Err = UnknownHaclMode;

    fn from_str(text: &str) -> Result<Self, UnknownHaclMode> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or_else(|| UnknownHaclMode(text.to_owned()))
    }
}

/// How a variant's libpython comes to its HACL functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hacl {
    /// It lacks none.
    Complete,
    /// The archive that defines them.
    Real(PathBuf),
    /// The functions that `hacl_stubs.c` stands in for.
    Stubs(Vec<String>),
}

#[derive(Debug, thiserror::Error)]
pub enum HaclError {
    #[error("{} needs symbols that surtax has no stand-in for: {}", path.display(), listed(symbols))]
    NoStandIn { path: PathBuf, symbols: Vec<String> },
    #[error("{} is no source of CPython with HACL: {reason}", path.display())]
    NotASource { path: PathBuf, reason: String },
    #[error("{} is the source of CPython {found}, and the libpython is {wanted}", path.display())]
    OtherPython { path: PathBuf, found: String, wanted: String },
    #[error("{file} of CPython's HACL cannot be compiled: {reason}")]
    Compile { file: String, reason: String },
    #[error(
        "{} needs symbols that the source in {} does not define: {}", library.display(), source_folder.display(), listed(symbols)
    )]
    Incomplete { library: PathBuf, source_folder: PathBuf, symbols: Vec<String> },
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for HaclError {
    fn exit(&self) -> Exit {
        match self {
            Self::NotASource { .. } | Self::OtherPython { .. } => Exit::Usage,
            Self::Audit(error) => error.exit(),
            Self::Unpack(error) => error.exit(),
            Self::Process(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            _ => Exit::Build,
        }
    }

    fn hint(&self) -> Option<String> {
        const SOURCE: &str = "--hacl-source PATH names a source tarball or a checkout of that CPython; --hacl stubs does without";
        match self {
            Self::NoStandIn { .. } => {
                Some("--hacl real compiles CPython's own; or leave the static variants out: surtax runner build --variant shared".into())
            }
            Self::OtherPython { .. } => Some(SOURCE.into()),
            Self::NotASource { .. } => {
                Some("give a tarball of CPython's source, or the folder of a checkout, which has Modules/_hacl".into())
            }
            Self::Compile { .. } => Some("--hacl stubs does without; `surtax doctor` checks the compilers".into()),
            Self::Incomplete { .. } => Some("is it the source of the same release? --hacl stubs does without".into()),
            Self::Audit(error) => error.hint(),
            Self::Unpack(error) => error.hint(),
            Self::Process(error) => error.hint().or_else(|| Some(DEFECT.into())),
            Self::Store(error) => error.hint(),
            Self::Fs(error) => error.hint(),
        }
    }
}

/// The first dozen, and how many more there are: an archive may lack hundreds.
pub(crate) fn listed(symbols: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown = symbols[..symbols.len().min(SHOWN)].join(", ");
    match symbols.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{shown} and {more} more"),
        _ => shown,
    }
}

impl Hacl {
    /// What [`provide`] will give, without compiling anything.
    fn planned(
        store: &Store,
        home: &Home,
        variant: &Variant,
        source: Option<&HaclSource>,
        compiler: &Compiler<'_>,
    ) -> Result<Self, HaclError> {
        let library = match &variant.build.library {
            Library::Archive(archive) if !missing_symbols(archive)?.is_empty() => archive,
            _ => return Ok(Self::Complete),
        };
        match source {
            Some(source) => Ok(Self::Real(compile::Intended::new(store, home, variant, source, compiler).archive())),
            None => Ok(Self::Stubs(stand_ins(library)?)),
        }
    }

    /// For a subject's description; nothing where the libpython is complete.
    pub fn description(&self) -> Option<&'static str> {
        match self {
            Self::Complete => None,
            Self::Real(_) => Some("HACL compiled from CPython's source"),
            Self::Stubs(_) => Some("HACL left to stand-ins"),
        }
    }

    /// `real`, `stubs`, or nothing where the libpython is complete.
    pub fn mode(&self) -> Option<HaclMode> {
        match self {
            Self::Complete => None,
            Self::Real(_) => Some(HaclMode::Real),
            Self::Stubs(_) => Some(HaclMode::Stubs),
        }
    }
}

/// Completes a variant: with `source` by compiling it, once per home and code model; without, by stand-ins.
pub fn provide(
    store: &Store,
    home: &Home,
    variant: &Variant,
    source: Option<&HaclSource>,
    compiler: &Compiler<'_>,
    reporter: &dyn Reporter,
) -> Result<Hacl, HaclError> {
    let hacl = Hacl::planned(store, home, variant, source, compiler)?;
    if let (Hacl::Real(archive), Some(source)) = (&hacl, source) {
        source.check(home)?;
        compile::Intended::new(store, home, variant, source, compiler).make(store, home, compiler, reporter)?;
        check_complete(variant.build.library.path(), archive, source)?;
    }
    Ok(hacl)
}

/// A tarball of another release may lack what this libpython asks for; the linker would say so in a screenful.
fn check_complete(library: &Path, archive: &Path, source: &HaclSource) -> Result<(), HaclError> {
    let defined = crate::audit::hacl_functions(archive)?.defined;
    let symbols: Vec<String> = missing_symbols(library)?.into_iter().filter(|symbol| !defined.contains(symbol)).collect();
    if symbols.is_empty() {
        return Ok(());
    }
    Err(HaclError::Incomplete { library: library.to_owned(), source_folder: source.folder().to_owned(), symbols })
}
