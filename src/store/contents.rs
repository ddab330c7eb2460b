//! What the store holds: its entries, what each takes of the disk, and when it was used last.

use std::collections::HashSet;
use std::fs::{self as std_fs, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Stamp, Store};
use crate::fs::{self, FsError};

/// What an entry is for; ARCHITECTURE.md says of each what makes its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Downloads,
    Indexes,
    Resolved,
    Sysroots,
    Homes,
    Hacl,
    Sources,
    Trees,
    CargoTarget,
    Kits,
    Packs,
    Verified,
    Assets,
    Logs,
    /// What a killed surtax left: parts of downloads, folders of unfinished work.
    Leftovers,
    /// What this surtax does not know: another one's.
    Other,
}

impl Kind {
    pub const ALL: [Self; 16] = [
        Self::Downloads,
        Self::Indexes,
        Self::Resolved,
        Self::Sysroots,
        Self::Homes,
        Self::Hacl,
        Self::Sources,
        Self::Trees,
        Self::CargoTarget,
        Self::Kits,
        Self::Packs,
        Self::Verified,
        Self::Assets,
        Self::Logs,
        Self::Leftovers,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Downloads => "downloads",
            Self::Indexes => "indexes",
            Self::Resolved => "resolved",
            Self::Sysroots => "sysroots",
            Self::Homes => "homes",
            Self::Hacl => "hacl",
            Self::Sources => "sources",
            Self::Trees => "trees",
            Self::CargoTarget => "cargo-target",
            Self::Kits => "kits",
            Self::Packs => "packs",
            Self::Verified => "verified",
            Self::Assets => "assets",
            Self::Logs => "logs",
            Self::Leftovers => "leftovers",
            Self::Other => "other",
        }
    }

    /// For people.
    pub fn what(self) -> &'static str {
        match self {
            Self::Downloads => "packages, sources and other downloads",
            Self::Indexes => "signed indexes, for --offline",
            Self::Resolved => "what requests resolved to",
            Self::Sysroots => "unpacked releases",
            Self::Homes => "runners, by the prefix that they share",
            Self::Hacl => "HACL, unpacked and compiled",
            Self::Sources => "CPython sources, unpacked",
            Self::Trees => "CPython, compiled from source",
            Self::CargoTarget => "PyO3, compiled",
            Self::Kits => "what embed has told programs to read",
            Self::Packs => "other people's benchmarks, unpacked",
            Self::Verified => "results of the gate",
            Self::Assets => "benchmarks, written out",
            Self::Logs => "logs",
            Self::Leftovers => "what killed surtaxes left",
            Self::Other => "unknown to this surtax",
        }
    }
}

/// Where the entries of each kind lie, below the root, and how many folders deep.
const PLACES: [(Kind, &str, usize); 17] = [
    (Kind::Downloads, "blobs/sha256", 2),
    (Kind::Downloads, "blobs/sha512", 2),
    (Kind::Leftovers, "blobs/partial", 1),
    (Kind::Indexes, "indexes", 1),
    (Kind::Resolved, "resolved", 1),
    (Kind::Sysroots, "sysroots", 1),
    (Kind::Homes, "homes", 1),
    (Kind::Hacl, "hacl", 1),
    (Kind::Sources, "sources", 1),
    (Kind::Trees, "cpython/trees", 1),
    (Kind::CargoTarget, "cargo-target", 1),
    (Kind::Kits, "kits", 1),
    (Kind::Packs, "packs", 1),
    (Kind::Verified, "verified", 1),
    (Kind::Assets, "assets", 1),
    (Kind::Logs, "logs", 1),
    (Kind::Leftovers, "scratch", 1),
];

/// What can be removed as a whole, and is made again when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub path: PathBuf,
    /// On the disk; what several entries share by hard links counts for the first.
    pub size_bytes: u64,
    /// When a stamp in it was asked for or written last; of what has none, when it changed last.
    pub used: SystemTime,
}

/// All entries, by kind and then by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    pub entries: Vec<Entry>,
}

impl Contents {
    pub fn size_bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size_bytes).sum()
    }

    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }
}

impl Store {
    /// Reads through everything. What disappears meanwhile is passed over.
    pub fn contents(&self) -> fs::Result<Contents> {
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        for (kind, folder, depth) in PLACES {
            for path in children(&self.root().join(folder), depth)? {
                entries.extend(entry(kind, path, &mut seen)?);
            }
        }
        for path in children(self.root(), 1)? {
            let name = path.file_name().unwrap_or_default();
            let known =
                PLACES.iter().any(|(_, folder, _)| Path::new(folder).components().next().is_some_and(|top| top.as_os_str() == name));
            if !known && name != "locks" {
                entries.extend(entry(Kind::Other, path, &mut seen)?);
            }
        }
        entries.sort_by(|a, b| {
            (Kind::ALL.iter().position(|kind| *kind == a.kind), &a.path).cmp(&(Kind::ALL.iter().position(|kind| *kind == b.kind), &b.path))
        });
        Ok(Contents { entries })
    }
}

/// What lies so many folders below, at least one. None where the folder is not there.
fn children(folder: &Path, depth: usize) -> fs::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in listed(folder)? {
        found.extend(if depth == 1 { vec![path] } else { children(&path, depth - 1)? });
    }
    Ok(found)
}

fn listed(folder: &Path) -> fs::Result<Vec<PathBuf>> {
    let read = || std_fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>();
    match read() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        outcome => outcome.map_err(FsError::at("list", folder)),
    }
}

fn entry(kind: Kind, path: PathBuf, seen: &mut HashSet<(u64, u64)>) -> fs::Result<Option<Entry>> {
    let Some(data) = metadata(&path)? else { return Ok(None) };
    let mut size_bytes = 0;
    let mut stamped = None;
    walk(&path, &data, &mut |path, data| {
        if data.nlink() == 1 || data.is_dir() || seen.insert((data.dev(), data.ino())) {
            size_bytes += data.blocks() * 512;
        }
        if path.file_name().is_some_and(|name| name == Stamp::NAME) {
            stamped = stamped.max(data.modified().ok());
        }
    })?;
    let used = stamped.or(data.modified().ok()).unwrap_or(SystemTime::UNIX_EPOCH);
    Ok(Some(Entry { kind, path, size_bytes, used }))
}

/// Links are counted, not followed.
fn walk(path: &Path, data: &Metadata, visit: &mut dyn FnMut(&Path, &Metadata)) -> fs::Result<()> {
    visit(path, data);
    if data.is_dir() {
        for child in listed(path)? {
            if let Some(data) = metadata(&child)? {
                walk(&child, &data, visit)?;
            }
        }
    }
    Ok(())
}

fn metadata(path: &Path) -> fs::Result<Option<Metadata>> {
    match std_fs::symlink_metadata(path) {
        Ok(data) => Ok(Some(data)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FsError::at("look at", path)(error)),
    }
}
