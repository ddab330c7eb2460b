//! What makes a folder of the store whole.

use std::path::Path;

use super::Store;
use crate::fs;

/// The last write of everything in the store: what has no stamp is rebuilt.
pub struct Stamp;

impl Stamp {
    /// The file's.
    pub const NAME: &str = ".surtax-stamp";

    pub fn write(folder: &Path, content: &str) -> fs::Result<()> {
        fs::write_atomic(&folder.join(Self::NAME), content.as_bytes())
    }

    /// Who asks for it uses what it stands for: [`Store::contents`] tells by its time when that was last.
    pub fn read(folder: &Path) -> Option<String> {
        let path = folder.join(Self::NAME);
        let content = std::fs::read_to_string(&path).ok();
        tracing::trace!(there = content.is_some(), "asked for {}", folder.display());
        let content = content?;
        Store::used(&path);
        Some(content)
    }

    /// For a folder that is there for one file, which [`Stamp::is_of`] then knows again.
    pub fn write_of(folder: &Path, file: &Path) -> fs::Result<()> {
        Self::write(folder, &fs::sha256(file)?.to_string())
    }

    /// Whether the file is the very one that the stamp was written for: a damaged or lost one is made again.
    pub fn is_of(folder: &Path, file: &Path) -> bool {
        Self::read(folder).is_some_and(|stamp| fs::sha256(file).is_ok_and(|digest| digest.to_string() == stamp))
    }
}
