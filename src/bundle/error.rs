//! What can be wrong with a bundle, or with what is to become one.

use std::io;
use std::path::{Path, PathBuf};

use super::manifest::SCHEMA;
use crate::digest::Sha256;
use crate::error::{Exit, Explain};
use crate::fs::FsError;
use crate::interrupt::Interrupted;
use crate::script::quote::shell;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("{} is no bundle of surtax: {reason}", path.display())]
    NotABundle { path: PathBuf, reason: String },
    #[error("{} is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{} is not the bundle that is wanted: its SHA-256 is {found}, not {wanted}", path.display())]
    OtherContent { path: PathBuf, wanted: Sha256, found: Sha256 },
    #[error("the bundle has schema {found}; this surtax reads schema {SCHEMA}")]
    Schema { found: u64 },
    #[error("the bundle is of surtax {found}, and this is surtax {}", env!("CARGO_PKG_VERSION"))]
    OtherSurtax { found: String },
    #[error("the bundle is for {found}; surtax measures x86_64 Linux with glibc")]
    OtherTarget { found: String },
    #[error("the bundle is of a store at {made_for}, and this store is {}", this.display())]
    OtherStore { made_for: String, this: PathBuf },
    #[error("the bundle's manifest cannot be understood: {reason}")]
    Malformed { reason: String },
    #[error("the bundle is refused for `{path}`: {reason}; nothing of it is used")]
    Refused { path: String, reason: String },
    #[error("the bundle takes {} MB, and {} has {} MB left", needed.div_ceil(1_000_000), store.display(), free / 1_000_000)]
    NoRoom { store: PathBuf, needed: u64, free: u64 },
    #[error("{} {what}, which no bundle can hold", path.display())]
    Unfit { path: PathBuf, what: &'static str },
    #[error("{} cannot be part of a bundle, since every import would refuse it: {reason}", path.display())]
    Unimportable { path: PathBuf, reason: String },
    #[error("{source_name} is an installed CPython: it lies outside of the store, and a bundle is of the store")]
    Installed { source_name: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// For hints: the command, with the store where what it is about was made.
pub(crate) fn at_the_same_path(store: &Path, command: &str) -> String {
    let store = shell(store.as_os_str()).unwrap_or_else(|_| format!("{store:?}"));
    format!("executables hold the store's path, so it must be the same everywhere: SURTAX_HOME={store} {command}")
}

impl BundleError {
    /// The disk's errors carry a number of the system; decoders' do not.
    pub(super) fn of_reading(file: &Path, error: io::Error) -> Self {
        if error.raw_os_error().is_some() {
            return FsError::at("read", file)(error).into();
        }
        Self::Damaged { path: file.to_owned(), reason: error.to_string() }
    }

    pub(super) fn not_a_bundle(file: &Path, error: &io::Error) -> Self {
        Self::NotABundle { path: file.to_owned(), reason: error.to_string() }
    }
}

impl Explain for BundleError {
    fn exit(&self) -> Exit {
        match self {
            Self::NotABundle { .. } | Self::Damaged { .. } | Self::OtherContent { .. } | Self::Malformed { .. } | Self::Refused { .. } => {
                Exit::Fetch
            }
            Self::Schema { .. }
            | Self::OtherSurtax { .. }
            | Self::OtherTarget { .. }
            | Self::OtherStore { .. }
            | Self::Installed { .. } => Exit::Usage,
            Self::NoRoom { .. } | Self::Unfit { .. } | Self::Unimportable { .. } => Exit::Internal,
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            Self::Interrupted(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotABundle { .. } => "surtax bundle export --out FILE.tar.zst writes one".into(),
            Self::Damaged { .. } | Self::OtherContent { .. } => {
                "copy it again from where it was exported, and compare: sha256sum FILE.tar.zst".into()
            }
            Self::Malformed { .. } | Self::Refused { .. } => "no surtax writes this; do not trust where it came from".into(),
            Self::Schema { .. } | Self::OtherSurtax { .. } => {
                "take the surtax that exported it, or export it again by this one: surtax bundle export".into()
            }
            Self::OtherTarget { .. } => "export it on a machine of this kind".into(),
            Self::OtherStore { made_for, .. } => at_the_same_path(made_for.as_ref(), "surtax bundle import FILE.tar.zst"),
            Self::NoRoom { .. } => "free some space; SURTAX_HOME must stay the path that the bundle is for, which may be a mounted disk".into(),
            Self::Unfit { .. } | Self::Unimportable { .. } => "if files of the store were changed, delete the folder and build it again: surtax runner build".into(),
            Self::Installed { .. } => {
                "install it on every machine at the same path, and leave it out of the bundle; or build that version from source, by a recipe of \
                 kind `cpython`"
                    .into()
            }
            Self::Store(error) => return error.hint(),
            Self::Fs(error) => return error.hint(),
            Self::Interrupted(error) => return error.hint(),
        })
    }
}
