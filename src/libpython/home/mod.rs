//! A home: the interpreter's prefix, standard library, headers and libpythons that builds of one ABI share.

mod libraries;
mod sysroot;
mod testing;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::hacl::HaclFlags;
use super::stock::StockError;
use super::variant::{Build, Library};
use crate::digest::{Key, Sha256};
use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};
use crate::process::ProcessError;
use crate::recipe::PythonVersion;
use crate::store::Store;
use crate::variant::{CodeModel, VariantName};

pub use testing::TestHome;

#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    #[error("{} lacks {what}", sysroot.display())]
    Lacks { sysroot: PathBuf, what: String },
    #[error("the stock python3 does not start from its sysroot")]
    Probe(#[source] ProcessError),
    #[error("the release's own linker does not start from its sysroot")]
    Linker(#[source] ProcessError),
    #[error("the stock python3 described itself in a way that cannot be understood: {0}")]
    Sysconfig(String),
    #[error(transparent)]
    Stock(#[from] StockError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for HomeError {
    fn exit(&self) -> Exit {
        match self {
            Self::Fs(_) => Exit::Internal,
            Self::Probe(ProcessError::Interrupted(interrupted)) | Self::Linker(ProcessError::Interrupted(interrupted)) => {
                interrupted.exit()
            }
            _ => Exit::Build,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Fs(error) => error.hint(),
            Self::Probe(ProcessError::Interrupted(interrupted)) | Self::Linker(ProcessError::Interrupted(interrupted)) => {
                interrupted.hint()
            }
            _ => Some("if files of the store were changed or lost, delete its `sysroots` folder and run again; downloads are kept".into()),
        }
    }
}

/// What `sysconfig` of the build itself says; never what the host's does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sysconfig {
    /// `3.13.5`.
    pub version: String,
    /// `x86_64-linux-gnu`.
    pub multiarch: String,
    /// Libraries that a static link needs, without repetition: as the build's Makefile names them (`-ldl`, `-lm`, …), or, of a library that
    /// the sysroot holds for running alone, its path.
    pub link_libraries: Vec<String>,
    /// How the build's Makefile compiles HACL.
    pub hacl_flags: HaclFlags,
}

/// All paths are absolute.
#[derive(Debug, Clone, Serialize)]
pub struct Home {
    pub key: Key,
    pub python: PythonVersion,
    /// Where the C library, its headers and its start files come from; `None`: from the host.
    pub sysroot: Option<PathBuf>,
    /// The folder of the `ld.bfd` that links runners; `None`: the host's.
    pub linker: Option<PathBuf>,
    /// `sys.prefix` of every subject.
    pub prefix: PathBuf,
    /// The stock executable: the baseline.
    pub stock: PathBuf,
    /// The dynamic loader of every subject, `PT_INTERP`.
    pub loader: PathBuf,
    /// For the linker's search and for `DT_RPATH`.
    pub library_folders: Vec<PathBuf>,
    /// Every variant, in the order in which they are shown and built: its build, or why there is none.
    pub offers: Vec<Offer>,
    pub sysconfig: Sysconfig,
}

/// Whether a variant can be had.
#[derive(Debug, Clone, Serialize)]
pub struct Offer {
    pub name: VariantName,
    /// Or the reason, for people: `no libpython3.13-pic.a`.
    pub build: Result<Build, String>,
}

impl Home {
    /// Prepares, once, the home of a sysroot: the prefix that all its subjects share, and the stock `python3` in it.
    pub fn prepare(store: &Store, key: &Key, python: PythonVersion, sysroot: &Path) -> Result<Self, HomeError> {
        sysroot::prepare(store, key, python, sysroot)
    }

    /// Every static libpython, each once, position-independent ones first.
    pub fn archives(&self) -> Vec<&Path> {
        let mut archives: Vec<(bool, &Path)> = Vec::new();
        for build in self.offers.iter().filter_map(|offer| offer.build.as_ref().ok()) {
            let Library::Archive(path) = &build.library else { continue };
            if !archives.iter().any(|(_, known)| known == path) {
                archives.push((build.claimed_code_model == CodeModel::NonPic, path));
            }
        }
        archives.sort_by_key(|(non_pic, _)| *non_pic);
        archives.into_iter().map(|(_, path)| path).collect()
    }

    /// In `lib64` where the build was configured so (`--with-platlibdir`, as Fedora does).
    pub fn stdlib(&self) -> PathBuf {
        let folders = ["lib", "lib64"].map(|name| self.prefix.join(name).join(format!("python{}", self.python)));
        let [usual, _] = &folders;
        folders.iter().find(|folder| folder.join("os.py").is_file()).unwrap_or(usual).clone()
    }

    /// With which C is compiled against the C library's headers that the libpython was; without `Python.h`.
    pub fn header_arguments(&self) -> Vec<String> {
        let Some(sysroot) = &self.sysroot else { return Vec::new() };
        let multiarch = sysroot.join("usr/include").join(&self.sysconfig.multiarch);
        // Only a distribution's own gcc looks in the sysroot's multiarch folder by itself.
        vec![format!("--sysroot={}", sysroot.display()), "-idirafter".into(), multiarch.display().to_string()]
    }

    /// Where `Python.h` lies.
    pub fn include(&self) -> PathBuf {
        self.prefix.join(format!("include/python{}", self.python))
    }

    /// The digest of a file of the home, for keys.
    pub fn digest(&self, path: &Path) -> Result<Sha256, HomeError> {
        Ok(fs::sha256(path)?)
    }
}

/// `<home>/lib`, `include` and the like are the prefix's: CPython's getpath climbs from a runner to them and takes the home for the prefix,
/// so every subject has the same `sys.prefix` and the same paths in its code objects, whatever it is called.
pub(crate) fn link_prefix(home: &Path, prefix: &Path) -> Result<(), FsError> {
    fs::create_dir_all(home)?;
    for name in ["lib", "lib64", "include", "share"] {
        let target = prefix.join(name);
        if target.is_dir() {
            fs::symlink(&target, &home.join(name))?;
        }
    }
    Ok(())
}
