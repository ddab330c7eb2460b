//! Why a build from source fails, and what to do about it.

use std::path::PathBuf;

use super::SourceError;
use crate::error::{Exit, Explain};
use crate::fs::FsError;
use crate::prefix::PrefixError;
use crate::process::ProcessError;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum CpythonError {
    #[error("`{program}` is needed to build CPython and is not on PATH")]
    NoCompiler { program: String },
    #[error("CPython cannot be built below {root:?}: make and the shell take `{found}` in its path for something else")]
    UnbuildablePath { root: PathBuf, found: char },
    #[error("{} is not {wanted}: it says `{version}`", program.display())]
    OtherCompiler { program: PathBuf, wanted: &'static str, version: String },
    #[error("{} is of version {found}, and the recipe needs {needed} or later", program.display())]
    CompilerTooOld { program: PathBuf, found: String, needed: u32 },
    #[error("the module {module} cannot become part of libpython: no line of {} compiles it here", setup.display())]
    NoSuchModule { module: String, setup: PathBuf },
    #[error("{step} failed: it {how}\n{tail}\nthe whole log: {}", log.display())]
    Step { step: String, how: String, tail: String, hint: String, log: PathBuf },
    #[error("{} holds no profile: neither .gcda nor .profraw files", folder.display())]
    NoProfileIn { folder: PathBuf },
    #[error("the profile tasks ran, and nothing was counted")]
    NothingCounted,
    #[error("{} brings no pip to install the profile's packages with", folder.display())]
    NoPip { folder: PathBuf },
    #[error(
        "the profile does not fit the source: of {build}, {mismatched} of {functions} functions have another control flow than was counted, and {missing} of {objects} objects no profile at all"
    )]
    ProfileDoesNotFit {
        build: String,
        mismatched: usize,
        functions: usize,
        missing: usize,
        objects: usize,
        most_percent: f64,
        /// By the recipe's `profile: data:`; otherwise it was counted in the same tree.
        from_elsewhere: bool,
        log: PathBuf,
    },
    #[error("{found}")]
    NotAsAsked { found: String, tree: PathBuf },
    #[error("the installation of the stock python cannot be used")]
    Installed(#[from] PrefixError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for CpythonError {
    fn exit(&self) -> Exit {
        match self {
            Self::Source(error) => error.exit(),
            Self::Process(error @ ProcessError::Interrupted(_)) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            // The person named no folder: it is what was built here.
            Self::Installed(error) => match error.exit() {
                Exit::Usage => Exit::Build,
                exit => exit,
            },
            Self::UnbuildablePath { .. } => Exit::Internal,
            Self::NoSuchModule { .. } | Self::NoProfileIn { .. } | Self::ProfileDoesNotFit { from_elsewhere: true, .. } => Exit::Usage,
            _ => Exit::Build,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoCompiler { program } if program == "make" => Some("on Debian: apt-get install make".into()),
            Self::NoCompiler { program } => Some(match program.as_str() {
                "gcc" | "gcc-ar" => "on Debian: apt-get install gcc libc6-dev make".into(),
                "clang" | "llvm-ar" | "llvm-profdata" | "ld.lld" => "on Debian: apt-get install clang llvm lld make".into(),
                _ => "install it, or name another with `compiler: program:` in a recipe of your own".into(),
            }),
            Self::UnbuildablePath { .. } => {
                Some("set SURTAX_HOME to a folder whose path is of letters, digits and the likes of / . _ - alone".into())
            }
            Self::OtherCompiler { .. } => Some("`compiler: family:` in the recipe says how the program is to be called".into()),
            Self::CompilerTooOld { .. } => {
                Some("install a newer one, and name it with `compiler: program:` in a recipe of your own".into())
            }
            Self::NoSuchModule { .. } => {
                Some("is its name spelt as in Modules/Setup.stdlib.in, and are the headers that it needs installed?".into())
            }
            Self::Step { hint, .. } => Some(hint.clone()),
            Self::NoProfileIn { .. } => Some("`profile: data:` names a folder that a build with -fprofile-generate has written".into()),
            Self::NothingCounted => {
                Some("`profile: tasks:` of the recipe names what the interpreter runs; is one of them enough of a program?".into())
            }
            Self::NoPip { .. } => Some("leave `profile: packages:` out of the recipe".into()),
            Self::ProfileDoesNotFit { most_percent, from_elsewhere: false, log, .. } => Some(format!(
                "at most {most_percent} % of the functions may differ; {} names them. Leave what tells this build from the stock out of `variants`, or use another compiler",
                log.display()
            )),
            Self::ProfileDoesNotFit { most_percent, .. } => Some(format!(
                "at most {most_percent} % of the functions may differ; take a profile of this very source, compiler and configuration, or leave `profile: data:` out"
            )),
            Self::NotAsAsked { tree, .. } => Some(format!(
                "nothing was kept of it; readelf -WSr shows what the objects in {} are made of, and the log of the step how they were compiled",
                tree.display()
            )),
            Self::Installed(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Process(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Fs(error) => error.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CpythonError;
    use crate::error::{Exit, Explain as _};
    use crate::fs::FsError;
    use crate::prefix::PrefixError;

    /// 2 is for what the person wrote.
    #[test]
    fn an_installation_that_cannot_be_used_is_a_failed_build() {
        assert_eq!(CpythonError::Installed(PrefixError::NoPython("/prefix".into())).exit(), Exit::Build);
        let full = FsError::at("write", "/prefix".as_ref())(std::io::ErrorKind::StorageFull.into());
        assert_eq!(CpythonError::Installed(PrefixError::Fs(full)).exit(), Exit::Internal);
    }
}
