//! From where a recipe says that its source is, to a tarball or a folder on this machine whose content is known by its digest.

use std::path::{Path, PathBuf};

use super::{Access, SourceError, checkout};
use crate::debian::{Host, upstream_with};
use crate::digest::{Checksum, Sha256};
use crate::fetch::{FetchError, Fetcher};
use crate::fs;
use crate::recipe::{Archive, Cpython, Origin, Release};
use crate::store::Store;
use crate::ui::{Reporter, Unit};

/// No tarball of CPython is a tenth of it.
const LIMIT_BYTES: u64 = 512 << 20;

pub(super) struct Brought {
    pub(super) content: Content,
    /// For people.
    pub(super) description: String,
}

pub(super) enum Content {
    Tarball { path: PathBuf, sha256: Sha256 },
    Folder { path: PathBuf, digest: Sha256 },
}

impl Content {
    pub(super) fn digest(&self) -> Sha256 {
        match self {
            Self::Tarball { sha256, .. } => *sha256,
            Self::Folder { digest, .. } => *digest,
        }
    }

    pub(super) fn sha256(&self) -> Option<Sha256> {
        match self {
            Self::Tarball { sha256, .. } => Some(*sha256),
            Self::Folder { .. } => None,
        }
    }
}

pub(super) fn bring(
    store: &Store,
    recipe: &Cpython,
    access: &Access,
    host: &Host,
    reporter: &dyn Reporter,
) -> Result<Brought, SourceError> {
    match &recipe.origin {
        Origin::Package(release) => package(store, release, recipe, access, host, reporter),
        Origin::Url { url, sha256 } => download(store, url, *sha256, access, host, reporter),
        Origin::Path { path, sha256 } => local(path, *sha256),
    }
}

fn package(
    store: &Store,
    release: &Release,
    recipe: &Cpython,
    access: &Access,
    host: &Host,
    reporter: &dyn Reporter,
) -> Result<Brought, SourceError> {
    let request = access.clone().request(Archive { release: release.clone(), python: Some(recipe.python) });
    let name = format!("python{}", recipe.python);
    let found = upstream_with(store, &request, &name, recipe.version.as_deref(), host, reporter)?;
    let sha256 = fs::sha256(&found.tarball)?;
    let description = format!("{} {} of {}", found.name, found.version, found.codename);
    Ok(Brought { content: Content::Tarball { path: found.tarball, sha256 }, description })
}

fn download(
    store: &Store,
    url: &str,
    sha256: Sha256,
    access: &Access,
    host: &Host,
    reporter: &dyn Reporter,
) -> Result<Brought, SourceError> {
    let description = name_of(url);
    let checksum = Checksum::from(sha256);
    let path = match Fetcher::stored_content(store, &checksum)? {
        Some(path) => path,
        None if access.offline => return Err(SourceError::NotInStore { place: description }),
        None => {
            let bar = reporter.bar("fetching", None, Unit::Bytes);
            bar.message(&description);
            let fetcher = Fetcher::new(host.patience)?;
            let fetched =
                fetcher.content(store, url, &checksum, LIMIT_BYTES, &|bytes| bar.advance(bytes)).map_err(|error| match error {
                    FetchError::WrongHash { url, found, .. } => {
                        SourceError::OtherContent { place: url, wanted: checksum.to_string(), found: found.to_string() }
                    }
                    error @ (FetchError::Failed { .. } | FetchError::NotAUrl { .. }) => SourceError::Url(error),
                    error => error.into(),
                })?;
            bar.finish();
            reporter.step(&format!("fetched {description}: {:.1} MB", fetched.downloaded as f64 / 1e6));
            fetched.path
        }
    };
    Ok(Brought { content: Content::Tarball { path, sha256 }, description })
}

/// The file's name, without what a server may want beside it.
fn name_of(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(url).to_owned()
}

fn local(path: &Path, wanted: Option<Sha256>) -> Result<Brought, SourceError> {
    let not_a_source = |reason: String| SourceError::NotASource { place: path.display().to_string(), reason };
    let kind = std::fs::metadata(path).map_err(|error| not_a_source(format!("it cannot be read ({error})")))?;
    if kind.is_dir() {
        if wanted.is_some() {
            return Err(not_a_source("the recipe gives its SHA-256, but it is a folder".into()));
        }
        if let Some(found) = checkout::leftover(path) {
            return Err(SourceError::BuiltInPlace { place: path.display().to_string(), found: found.into() });
        }
        let digest = checkout::digest(path)?;
        return Ok(Brought { content: Content::Folder { path: path.to_owned(), digest }, description: path.display().to_string() });
    }
    if !kind.is_file() {
        return Err(not_a_source("it is neither a tarball nor a folder".into()));
    }
    let sha256 = fs::sha256(path)?;
    match wanted {
        Some(wanted) if wanted != sha256 => {
            Err(SourceError::OtherContent { place: path.display().to_string(), wanted: wanted.to_string(), found: sha256.to_string() })
        }
        _ => {
            let description = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(Brought { content: Content::Tarball { path: path.to_owned(), sha256 }, description })
        }
    }
}
