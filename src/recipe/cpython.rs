//! What a recipe for CPython from source asks for: source, patches, compiler, axes. Valid values; `wire/` reads them.

use std::path::PathBuf;

use super::{PythonVersion, Release};
use crate::digest::Sha256;
use crate::variant::VariantName;

/// CPython compiled here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cpython {
    pub python: PythonVersion,
    /// `3.13.5`, where the recipe insists on one; otherwise whatever version of `python` the source is.
    pub version: Option<String>,
    pub origin: Origin,
    /// In the order in which they are applied.
    pub patches: Vec<Patch>,
    pub compiler: CompilerChoice,
    /// Further arguments of `./configure`.
    pub configure: Vec<String>,
    /// Further flags for every compilation (`-march=native`).
    pub cflags: Vec<String>,
    /// Modules that become part of libpython instead of extension modules, as `Modules/Setup.stdlib` names them.
    pub static_modules: Vec<String>,
    pub profile: Profile,
    /// The build whose `python`, linked as CPython's own Makefile links it, is the baseline. Static.
    pub stock: VariantName,
    /// What is built unless the person chooses otherwise; each once, every one with a flavour.
    pub variants: Vec<VariantName>,
    /// What is built with `--full`: at least `variants`.
    pub full: Vec<VariantName>,
}

/// Where a source is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The upstream tarball of a release's source package `python3.X`, by the release's signed index of sources.
    Package(Release),
    Url {
        url: String,
        sha256: Sha256,
    },
    /// A tarball or a folder; relative paths are relative to the recipe.
    Path {
        path: PathBuf,
        /// Of a tarball.
        sha256: Option<Sha256>,
    },
}

/// A change to the source, in the unified format of `patch -p1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// `3.13/no-tls-in-loop.patch`, or the path of the person's own.
    pub name: String,
    /// Opens with the reason for it.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompilerFamily {
    Gcc,
    Clang,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompilerChoice {
    pub family: CompilerFamily,
    /// `gcc-13`, or a path; `gcc` or `clang` unless named.
    pub program: Option<String>,
    /// The least major version that will do.
    pub at_least: Option<u32>,
}

/// What the instrumented interpreter runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Calls of the interpreter, each its arguments. Unless named: `-m test --pgo`, as CPython's own Makefile has it.
    pub tasks: Vec<Vec<String>>,
    /// Packages of the index that Python's own installer asks, for the tasks to use, with exact versions: `pyperformance==1.13.0`.
    pub packages: Vec<String>,
    /// A folder of `.gcda` files from elsewhere, instead of an instrumented build here.
    pub data: Option<PathBuf>,
}
