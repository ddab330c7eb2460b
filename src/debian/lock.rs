//! `surtax.lock`: exactly which packages a sysroot is made of. Holds no mirror, so that it means the same everywhere.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ProvisionError;
use super::version::Version;
use crate::digest::{Key, Sha256};
use crate::recipe::PythonVersion;

/// Counts up whenever the same packages would be assembled into something else.
const ASSEMBLY: &str = "1";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurtaxLock {
    pub schema: u32,
    /// For people: `Debian 12.15`.
    pub release: String,
    pub origin: String,
    pub codename: String,
    /// `amd64`.
    pub architecture: String,
    pub python: PythonVersion,
    #[serde(rename = "package")]
    pub packages: Vec<LockedPackage>,
    /// What was fetched of source packages beside them; no part of the sysroot.
    #[serde(rename = "source", default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<LockedSource>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedPackage {
    pub name: String,
    pub version: Version,
    pub source: String,
    pub source_version: Version,
    /// `amd64` or `all`.
    pub architecture: String,
    /// The folder below `dists/` whose index lists it.
    pub suite: String,
    /// Path below a mirror.
    pub filename: String,
    /// Bytes.
    pub size: u64,
    pub sha256: Sha256,
}

/// A source package as a signed index lists it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedSource {
    pub name: String,
    pub version: Version,
    /// All of it: the upstream tarball, the release's patches, the description.
    #[serde(rename = "file")]
    pub files: Vec<LockedFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedFile {
    /// Path below a mirror.
    pub filename: String,
    /// Bytes.
    pub size: u64,
    pub sha256: Sha256,
}

impl SurtaxLock {
    pub const SCHEMA: u32 = 1;

    pub fn parse(path: &Path, text: &str) -> Result<Self, ProvisionError> {
        let malformed = |reason: String| ProvisionError::Lock { path: path.to_owned(), reason };
        let lock: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            malformed(format!("line {line}: {}", error.message()))
        })?;
        if lock.schema != Self::SCHEMA {
            return Err(malformed(format!("schema {}; this surtax reads schema {}", lock.schema, Self::SCHEMA)));
        }
        let outside = |name: &str| name.split('/').any(|part| part.is_empty() || part == "." || part == "..");
        let packages = lock.packages.iter().map(|package| (&package.name, &package.filename));
        let sources = lock.sources.iter().flat_map(|source| source.files.iter().map(|file| (&source.name, &file.filename)));
        match packages.chain(sources).find(|(_, filename)| outside(filename)) {
            Some((name, filename)) => Err(malformed(format!("package {name}: `{filename}` is no path below a mirror"))),
            None if lock.packages.is_empty() => Err(malformed("it lists no package".into())),
            None => Ok(lock),
        }
    }

    /// Equal locks give equal text.
    pub fn text(&self) -> String {
        let body = toml::to_string(self).unwrap_or_default();
        format!("# Written by surtax: every package of one sysroot. `surtax provision --locked FILE` makes exactly that again.\n{body}")
    }

    /// What names the sysroot: every package's hash and how they are put together.
    pub fn key(&self) -> Key {
        let hashes: Vec<_> = self.packages.iter().map(|package| (package.name.as_str(), package.sha256.to_string())).collect();
        let packages = hashes.iter().map(|(name, hash)| (*name, hash.as_str()));
        let python = self.python.to_string();
        Key::of("sysroot", [("assembly", ASSEMBLY), ("python", python.as_str())].into_iter().chain(packages))
    }

    /// Remembers a source package, in the place of an earlier version of it.
    pub(super) fn keep(&mut self, source: LockedSource) {
        self.sources.retain(|other| other.name != source.name);
        self.sources.push(source);
        self.sources.sort_by(|one, other| one.name.cmp(&other.name));
    }

    pub fn total_bytes(&self) -> u64 {
        self.packages.iter().map(|package| package.size).sum()
    }
}
