//! The stages in their order, each doing only what the store lacks; a command is a prefix of them.

mod build;
mod bundled;
mod gate;
mod hacl;
mod prepare;
mod wanted;

use std::path::{Path, PathBuf};

use crate::debian::{Provisioned, Request};
use crate::guest::Guest;
use crate::libpython::{Hacl, Home, Variant};
use crate::run::{CpythonPlan, HaclPlan};
use crate::runner::{Runner, Toolchain};
use crate::store::Store;

pub(super) use build::{build, complete};
pub(super) use gate::verification_line;
pub(super) use prepare::{Entry, access, check_python, prepare, read, recipes, request};
pub(super) use wanted::Wanted;

/// The baseline's name, and the name under which it is measured a second time.
pub(super) const BASELINE: &str = "python3";
pub(super) const CONTROL: &str = "python3-again";

/// What `provision` leaves of one source: a home, and what it was made of.
pub(super) struct Prepared {
    /// Names the source among others: the recipe's name, or the prefix's.
    pub name: String,
    /// The recipe as the person named it, where that is a file.
    pub recipe: Option<String>,
    /// Codename, such as `bookworm`; of an installed CPython, its folder; `cpython-3.13.5` of one from source.
    pub release: String,
    pub home: Home,
    /// Absent where nothing was provisioned.
    pub packages: Option<Packages>,
    /// How it was compiled; absent where it was found.
    pub cpython: Option<CpythonPlan>,
    /// The folder of its source in the store; absent where it was found.
    pub source: Option<PathBuf>,
    /// Whether all of it was in the store.
    pub reused: bool,
}

/// A sysroot's packages, and the request that they answer.
pub(super) struct Packages {
    pub request: Request,
    pub provisioned: Provisioned,
}

/// One source's variants, each with what completes its libpython.
pub(super) struct CompletedGroup {
    pub prepared: Prepared,
    pub variants: Vec<(Variant, Hacl)>,
    /// How what the archives lack was come by; `None` where they lack nothing.
    pub hacl: Option<HaclPlan>,
}

/// All that a runner is linked with, and no runner yet.
pub(super) struct Completed {
    pub store: Store,
    pub toolchain: Toolchain,
    pub groups: Vec<CompletedGroup>,
}

/// The runners of one source.
pub(super) struct Group {
    pub prepared: Prepared,
    pub built: Vec<BuiltVariant>,
    /// How what the archives lack was come by; `None` where they lack nothing.
    pub hacl: Option<HaclPlan>,
}

pub(super) struct BuiltVariant {
    pub variant: Variant,
    /// How its libpython was completed.
    pub hacl: Hacl,
    pub runner: Runner,
}

/// What `runner build` leaves.
pub(super) struct Built {
    pub store: Store,
    pub groups: Vec<Group>,
    pub guests: Vec<Guest>,
}

/// The folder's name in the store is the digest of its content.
pub(super) fn benchmarks_digest(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
