//! Packages and tarballs unpacked into one folder that nothing in them can leave.

mod archive;
mod deb;
mod paths;
mod tree;
mod wheel;

use std::io::BufRead as _;
use std::path::Path;

use crate::error::{Exit, Explain};
use crate::fs::FsError;
use crate::interrupt::Interrupted;

pub use archive::{Compression, decompress};
pub(crate) use tree::Refused;
pub use tree::Tree;

#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("{archive} holds a path that leads outside its folder: `{path}`; nothing of it is used")]
    LeadsOutside { archive: String, path: String },
    #[error("{archive} is damaged: {reason}")]
    Damaged { archive: String, reason: String },
    #[error("cannot unpack `{path}` of {archive}")]
    Write {
        archive: String,
        path: String,
        #[source]
        source: FsError,
    },
    #[error(transparent)]
    Fs(#[from] FsError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Explain for UnpackError {
    fn exit(&self) -> Exit {
        match self {
            Self::LeadsOutside { .. } | Self::Damaged { .. } => Exit::Fetch,
            Self::Write { source, .. } => source.exit(),
            Self::Fs(error) => error.exit(),
            Self::Interrupted(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::LeadsOutside { .. } => Some("no honest package does this; do not trust where it came from".into()),
            Self::Damaged { .. } => Some("its hash was right, so it was made like this: report it to who made it".into()),
            Self::Write { source, .. } => source.hint(),
            Self::Fs(error) => error.hint(),
            Self::Interrupted(error) => error.hint(),
        }
    }
}

/// Unpacks the files of a Debian package. `wanted` is asked with each path, relative and without `./`.
pub fn deb(package: &Path, name: &str, into: &Tree, wanted: &dyn Fn(&str) -> bool) -> Result<(), UnpackError> {
    deb::unpack(package, name, into, wanted)
}

/// Unpacks a Python wheel. `wanted` is asked with each path.
pub fn wheel(file: &Path, name: &str, into: &Tree, wanted: &dyn Fn(&str) -> bool) -> Result<(), UnpackError> {
    wheel::unpack(file, name, into, wanted)
}

/// Unpacks a tarball; `strip` leading folders of every path are left out, as `tar --strip-components` does.
pub fn tarball(file: &Path, into: &Tree, strip: usize, wanted: &dyn Fn(&str) -> bool) -> Result<(), UnpackError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let opened = std::fs::File::open(file).map_err(FsError::at("read", file))?;
    let mut opened = std::io::BufReader::new(opened);
    let compression = Compression::of_content(opened.fill_buf().map_err(FsError::at("read", file))?);
    let reader = decompress(compression, opened);
    let reader = reader.map_err(|error| UnpackError::Damaged { archive: name.clone(), reason: error.to_string() })?;
    archive::unpack(reader, &name, into, strip, wanted)
}
