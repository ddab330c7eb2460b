//! Why a source cannot be had, and what a person can do about it.

use std::path::PathBuf;

use crate::debian::ProvisionError;
use crate::error::{Exit, Explain};
use crate::fetch::{FetchError, Why};
use crate::fs::FsError;
use crate::interrupt::Interrupted;
use crate::process::ProcessError;
use crate::store::StoreError;
use crate::unpack::UnpackError;

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{place} is not in the store, and --offline forbids to fetch it")]
    NotInStore { place: String },
    #[error("{place} is not what the recipe says: its SHA-256 is {found}, not {wanted}")]
    OtherContent { place: String, wanted: String, found: String },
    #[error("{place} is no source of CPython: {reason}")]
    NotASource { place: String, reason: String },
    #[error("{place} is the source of CPython {found}; the recipe says {wanted}")]
    OtherVersion { place: String, found: String, wanted: String },
    #[error("{place} was built in place: it holds {found}, which a copy would take for its own")]
    BuiltInPlace { place: String, found: String },
    #[error("the folder {} has a link that leads outside: {} -> {}", folder.display(), link.display(), target.display())]
    LeadsOutside { folder: PathBuf, link: PathBuf, target: PathBuf },
    #[error("the folder {} changed while it was copied", folder.display())]
    Changing { folder: PathBuf },
    #[error("there is no `patch` on PATH to apply the recipe's patches with")]
    NoPatchProgram,
    #[error("the patch {name} does not apply to CPython {version}; `patch` said:\n{said}")]
    Patch { name: String, version: String, said: String },
    /// Of the URL that the recipe names.
    #[error(transparent)]
    Url(FetchError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Explain for SourceError {
    fn exit(&self) -> Exit {
        match self {
            Self::NotInStore { .. } | Self::OtherContent { .. } => Exit::Fetch,
            Self::NotASource { .. }
            | Self::OtherVersion { .. }
            | Self::BuiltInPlace { .. }
            | Self::LeadsOutside { .. }
            | Self::Changing { .. }
            | Self::Patch { .. } => Exit::Usage,
            Self::NoPatchProgram => Exit::Build,
            Self::Url(error) | Self::Fetch(error) => error.exit(),
            Self::Provision(error) => error.exit(),
            Self::Unpack(error) => error.exit(),
            Self::Process(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            Self::Interrupted(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotInStore { .. } => "run it once without --offline".into(),
            Self::OtherContent { .. } => {
                "nothing of it is used. Is the recipe's `sha256` that of this very file? See with `sha256sum`; a proxy or the server may also have changed it".into()
            }
            Self::NotASource { .. } => {
                "a source is a tarball of a CPython release, or a folder of its repository, with `configure` in it".into()
            }
            Self::OtherVersion { .. } => "let `python` and `version` of the recipe say what its source is, or name another source".into(),
            Self::BuiltInPlace { place, .. } => {
                format!("clean it: make -C {place} distclean (with no Makefile in it: git -C {place} clean -x -d --dry-run)")
            }
            Self::LeadsOutside { .. } => "the copy would not hold what it leads to; put that in its place, or remove the link".into(),
            Self::Changing { .. } => "run the same command again once nothing writes to it".into(),
            Self::NoPatchProgram => "install it: apt-get install patch".into(),
            Self::Patch { .. } => {
                "nothing of the source was kept. Write the patch anew for this version, leave it out of the recipe's `patches`, or keep the source that it is for with `version`".into()
            }
            Self::Url(FetchError::Failed { why, .. }) if why.is_absent() => {
                "the recipe's `source: {url: …}` leads to nothing; correct it, or name a tarball that you have: source: {path: FILE}".into()
            }
            Self::Url(FetchError::Failed { why: Why::Connect(_) | Why::TimedOut, .. }) => {
                "is there a network? A proxy is taken from http_proxy, https_proxy and no_proxy; a tarball that you have is named with `source: {path: FILE}`".into()
            }
            Self::Url(FetchError::Failed { why: Why::Truncated { .. } | Why::Broken(_) | Why::Status(_), .. }) => {
                "run the same command again: what has arrived is kept and the rest is asked for; a tarball that you have is named with `source: {path: FILE}`".into()
            }
            Self::Provision(ProvisionError::NoSource { offline: false, .. }) => {
                "give a mirror that carries the release's sources with --mirror URL; a tarball that you have is named by a recipe of your own, with `source: {path: FILE}`, and one elsewhere with `source: {url: URL, sha256: …}`".into()
            }
            Self::Url(error) | Self::Fetch(error) => return error.hint(),
            Self::Provision(error) => return error.hint(),
            Self::Unpack(error) => return error.hint(),
            Self::Process(error) => return error.hint(),
            Self::Store(error) => return error.hint(),
            Self::Fs(error) => return error.hint(),
            Self::Interrupted(error) => return error.hint(),
        })
    }
}
