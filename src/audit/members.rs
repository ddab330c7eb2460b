//! What an archive holds: its members in order, those of a thin archive from where it says that they are.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use object::read::archive::{ArchiveFile, ArchiveMember};
use rayon::prelude::*;

use super::AuditError;
use super::file::open_regular;
use super::intermediate::is_bitcode;
use crate::fs;

pub(crate) struct Member<'a> {
    pub(crate) name: String,
    data: Cow<'a, [u8]>,
}

impl Member<'_> {
    /// The member as an ELF object, if it is one: some archives hold a text or an empty member.
    fn object(&self, archive: &Path) -> Result<Option<object::File<'_>>, AuditError> {
        if !self.data.starts_with(&object::elf::ELFMAG) {
            return Ok(None);
        }
        let broken =
            |error: object::Error| AuditError::Member { archive: archive.to_owned(), member: self.name.clone(), reason: error.to_string() };
        object::File::parse(&*self.data).map(Some).map_err(broken)
    }
}

pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(&object::archive::MAGIC) || is_thin(bytes)
}

pub(crate) fn is_thin(bytes: &[u8]) -> bool {
    bytes.starts_with(&object::archive::THIN_MAGIC)
}

/// The members of an archive.
///
/// # Errors
/// If it ends too early or is no archive, or if a thin archive names a file that cannot be read.
pub(crate) fn members<'a>(archive: &Path, bytes: &'a [u8]) -> Result<Vec<Member<'a>>, AuditError> {
    let failed = |error: object::Error| AuditError::unreadable(archive, &error);
    if let Some(end) = torn_member(bytes) {
        let reason = format!("a member should end at byte {end}, but the file ends at byte {}", bytes.len());
        return Err(AuditError::unreadable(archive, &reason));
    }
    let parsed = ArchiveFile::parse(bytes).map_err(failed)?;
    parsed.members().map(|member| read(archive, bytes, &member.map_err(failed)?)).collect()
}

/// Where the member would end that the file does not hold to its end. The library that reads members takes an archive that ends within its index of
/// symbols for an empty one. A member's header is 60 bytes, its size in decimal at 48 (ar.h); of a thin archive, only the index and the names, which
/// begin with a slash and no number, have data behind it.
fn torn_member(bytes: &[u8]) -> Option<usize> {
    let mut start = object::archive::MAGIC.len();
    while start < bytes.len() {
        let behind = start + 60;
        let Some(header) = bytes.get(start..behind) else { return Some(behind) };
        // What is no number is told by the library.
        let size: usize = std::str::from_utf8(header.get(48..58)?).ok()?.trim_end().parse().ok()?;
        let is_index = header.starts_with(b"/ ") || header.starts_with(b"// ") || header.starts_with(b"/SYM64/");
        let end = behind.checked_add(if is_thin(bytes) && !is_index { 0 } else { size })?;
        if end > bytes.len() {
            return Some(end);
        }
        start = end + end % 2;
    }
    None
}

fn read<'a>(archive: &Path, bytes: &'a [u8], member: &ArchiveMember<'a>) -> Result<Member<'a>, AuditError> {
    let name = String::from_utf8_lossy(member.name()).into_owned();
    let data = match member.is_thin() {
        false => Cow::Borrowed(member.data(bytes).map_err(|error| AuditError::unreadable(archive, &error))?),
        true => {
            let file = thin_member(archive, &name);
            let missing = |source| AuditError::ThinMember { archive: archive.to_owned(), source };
            open_regular(&file).map_err(missing)?;
            Cow::Owned(fs::read(&file).map_err(missing)?)
        }
    };
    Ok(Member { name, data })
}

/// A thin archive names its members relative to its own folder (ar(1), `T`).
fn thin_member(archive: &Path, name: &str) -> PathBuf {
    archive.parent().unwrap_or(Path::new("")).join(name)
}

/// Calls `each` with every ELF object in the archive.
pub(crate) fn for_each_object(archive: &Path, bytes: &[u8], mut each: impl FnMut(&object::File<'_>)) -> Result<(), AuditError> {
    for member in members(archive, bytes)? {
        if let Some(object) = member.object(archive)? {
            each(&object);
        }
    }
    Ok(())
}

/// What every member is, in order, each looked at by any core: an ELF object as `each` reads it, or something else.
pub(crate) fn map_objects<T: Send>(
    archive: &Path,
    bytes: &[u8],
    each: impl Fn(&object::File<'_>) -> T + Sync,
) -> Result<Vec<Content<T>>, AuditError> {
    let content = |member: &Member<'_>| {
        Ok(match member.object(archive)? {
            Some(object) => Content::Object(each(&object)),
            None if is_bitcode(&member.data) => Content::Bitcode,
            None => Content::Other,
        })
    };
    members(archive, bytes)?.par_iter().map(content).collect()
}

pub(crate) enum Content<T> {
    Object(T),
    /// LLVM's.
    Bitcode,
    Other,
}
