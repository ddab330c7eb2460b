//! A tar stream, whatever it is compressed with, into a [`Tree`].

use std::io::{self, BufRead, Read};

use tar::EntryType;

use super::tree::Refused;
use super::{Tree, UnpackError};
use crate::fs::FsError;
use crate::interrupt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    None,
    Gzip,
    Xz,
    Zstd,
}

impl Compression {
    /// By the end of a file's name; `None` for one that says nothing known.
    pub fn of_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            "gz" | "tgz" => Some(Self::Gzip),
            "xz" | "txz" => Some(Self::Xz),
            "zst" => Some(Self::Zstd),
            "tar" => Some(Self::None),
            _ => None,
        }
    }

    /// By a file's first bytes: a blob's name is its hash.
    pub fn of_content(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// The plain bytes of `from`.
pub fn decompress<'a>(compression: Compression, from: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match compression {
        Compression::None => Box::new(from),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(from)),
        Compression::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(from)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(from)?),
    })
}

pub(super) fn unpack(reader: impl Read, name: &str, into: &Tree, strip: usize, wanted: &dyn Fn(&str) -> bool) -> Result<(), UnpackError> {
    let damaged = |error: io::Error| UnpackError::Damaged { archive: name.to_owned(), reason: error.to_string() };
    let mut links = Vec::new();
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries().map_err(damaged)? {
        interrupt::check()?;
        let mut entry = entry.map_err(damaged)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(inside) = stripped(&path, strip) else { continue };
        if !wanted(inside) {
            continue;
        }
        let target = entry.link_name_bytes().map(|target| String::from_utf8_lossy(&target).into_owned()).unwrap_or_default();
        let placed = match entry.header().entry_type() {
            EntryType::Directory => into.folder(inside),
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let mode = entry.header().mode().unwrap_or(0o644);
                into.file(inside, mode, &mut entry)
            }
            EntryType::Symlink => {
                links.push((inside.to_owned(), target.clone()));
                into.symlink(inside, &target)
            }
            EntryType::Link => match stripped(&target, strip) {
                Some(target) => into.hard_link(inside, target),
                None => Err(Refused::Outside),
            },
            // Devices and pipes need root and serve nobody here; headers of other kinds are no files.
            _ => Ok(()),
        };
        placed.map_err(|refused| explain(refused, name, &path, &target, into))?;
    }
    // Each of two links may stay inside by its text, and the one through the other not.
    links.iter().try_for_each(|(path, target)| into.check_link(path).map_err(|refused| explain(refused, name, path, target, into)))
}

/// Without `./` and the first `strip` folders; `None` for what lies above them. A path that leads outside is left for [`Tree`] to refuse.
fn stripped(path: &str, strip: usize) -> Option<&str> {
    let mut rest = path;
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter;
    }
    for _ in 0..strip {
        let (first, below) = rest.split_once('/')?;
        if first.is_empty() || first == ".." {
            return Some(path);
        }
        rest = below;
    }
    if rest.is_empty() || rest == "." { None } else { Some(rest) }
}

pub(super) fn explain(refused: Refused, name: &str, path: &str, target: &str, into: &Tree) -> UnpackError {
    let shown = if target.is_empty() { path.to_owned() } else { format!("{path} -> {target}") };
    match refused {
        Refused::Outside => UnpackError::LeadsOutside { archive: name.to_owned(), path: shown },
        // Our decoders' errors carry no number of the system; the disk's do.
        Refused::Io(error) if error.raw_os_error().is_none() => {
            UnpackError::Damaged { archive: name.to_owned(), reason: format!("at `{path}`: {error}") }
        }
        Refused::Io(error) => {
            UnpackError::Write { archive: name.to_owned(), path: shown, source: FsError::at("write to", into.path())(error) }
        }
    }
}
