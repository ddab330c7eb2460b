//! How a lock's packages and files are written: the checksum under the name of its algorithm.

use serde::{Deserialize, Serialize};

use super::{LockedFile, LockedPackage};
use crate::debian::Version;
use crate::digest::{Checksum, Sha256, Sha512};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    name: String,
    version: Version,
    source: String,
    source_version: Version,
    architecture: String,
    suite: String,
    filename: String,
    size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<Sha256>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha512: Option<Sha512>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    filename: String,
    size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<Sha256>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha512: Option<Sha512>,
}

fn checksum(sha256: Option<Sha256>, sha512: Option<Sha512>) -> Result<Checksum, &'static str> {
    match (sha256, sha512) {
        (Some(digest), None) => Ok(Checksum::Sha256(digest)),
        (None, Some(digest)) => Ok(Checksum::Sha512(digest)),
        _ => Err("it needs either sha256 or sha512"),
    }
}

fn written(checksum: Checksum) -> (Option<Sha256>, Option<Sha512>) {
    match checksum {
        Checksum::Sha256(digest) => (Some(digest), None),
        Checksum::Sha512(digest) => (None, Some(digest)),
    }
}

impl TryFrom<Package> for LockedPackage {
    type Error = &'static str;

    fn try_from(wire: Package) -> Result<Self, &'static str> {
        let Package { name, version, source, source_version, architecture, suite, filename, size, sha256, sha512 } = wire;
        let checksum = checksum(sha256, sha512)?;
        Ok(Self { name, version, source, source_version, architecture, suite, filename, size, checksum })
    }
}

impl From<LockedPackage> for Package {
    fn from(package: LockedPackage) -> Self {
        let LockedPackage { name, version, source, source_version, architecture, suite, filename, size, checksum } = package;
        let (sha256, sha512) = written(checksum);
        Self { name, version, source, source_version, architecture, suite, filename, size, sha256, sha512 }
    }
}

impl TryFrom<File> for LockedFile {
    type Error = &'static str;

    fn try_from(wire: File) -> Result<Self, &'static str> {
        Ok(Self { filename: wire.filename, size: wire.size, checksum: checksum(wire.sha256, wire.sha512)? })
    }
}

impl From<LockedFile> for File {
    fn from(file: LockedFile) -> Self {
        let (sha256, sha512) = written(file.checksum);
        Self { filename: file.filename, size: file.size, sha256, sha512 }
    }
}
