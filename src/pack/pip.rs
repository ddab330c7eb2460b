//! Wheels through the person's own pip: it knows the index, the proxies and the certificates. What it brings is hashed and kept as a blob.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::PackError;
use crate::digest::{Checksum, Sha256};
use crate::fetch::Fetcher;
use crate::fs;
use crate::process::{Finished, Job, last_lines};
use crate::recipe::PythonVersion;
use crate::store::Store;

/// A slow line, and an index of many megabytes.
const LIMIT: Duration = Duration::from_secs(900);

/// Wheels that glibc's age or a stricter tag keeps from an older installer; the newest first.
const PLATFORMS: [&str; 3] = ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"];

/// One file that pip fetched.
#[derive(Debug, Clone)]
pub(super) struct Wheel {
    /// `pyperf-2.10.0-py3-none-any.whl`
    pub(super) file: String,
    pub(super) sha256: Sha256,
    /// In the store.
    pub(super) path: PathBuf,
}

/// What a requirements file with hashes names, and nothing else. Nothing here runs the packages, whatever Python they ask for.
pub(super) fn pinned(store: &Store, requirements: &str) -> Result<Vec<Wheel>, PackError> {
    let scratch = store.scratch()?;
    let file = scratch.path().join("requirements.txt");
    fs::write_atomic(&file, requirements.as_bytes())?;
    download(store, scratch.path(), &file, "the packages of the pack", &["--no-deps", "--require-hashes", "--ignore-requires-python"])
}

/// What a benchmark's own requirements name, and what that needs, for a Python of this version.
pub(super) fn required(store: &Store, requirements: &Path, python: PythonVersion, what: &str) -> Result<Vec<Wheel>, PackError> {
    let scratch = store.scratch()?;
    let version = python.to_string();
    let mut options = vec!["--python-version", &version, "--implementation", "cp"];
    options.extend(PLATFORMS.iter().flat_map(|platform| ["--platform", platform]));
    download(store, scratch.path(), requirements, what, &options)
}

fn download(store: &Store, scratch: &Path, requirements: &Path, what: &str, options: &[&str]) -> Result<Vec<Wheel>, PackError> {
    let wheels = scratch.join("wheels");
    fs::create_dir_all(&wheels)?;
    check()?;
    let job = pip()
        .args(["download", "--disable-pip-version-check", "--quiet", "--only-binary=:all:"])
        .args(options)
        .arg("--dest")
        .arg(&wheels)
        .arg("--requirement")
        .arg(requirements)
        .limit(LIMIT);
    let finished = job.run()?;
    if !finished.status.success() {
        return Err(PackError::Pip { what: what.to_owned(), said: said(&finished) });
    }
    let entries = std::fs::read_dir(&wheels).map_err(fs::FsError::at("read", &wheels))?;
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names.into_iter().map(|file| keep(store, &wheels.join(&file), file)).collect()
}

fn pip() -> Job {
    Job::new("python3").args(["-m", "pip"]).inherit_environment()
}

fn check() -> Result<(), PackError> {
    pip().arg("--version").limit(Duration::from_secs(60)).run_for_text().map(drop).map_err(PackError::NoPip)
}

fn keep(store: &Store, path: &Path, file: String) -> Result<Wheel, PackError> {
    let sha256 = fs::sha256(path)?;
    let checksum = Checksum::Sha256(sha256);
    // A damaged blob under the same name is no blob.
    let stored = match Fetcher::stored_content(store, &checksum) {
        Ok(Some(stored)) => stored,
        _ => {
            let blob = store.blob(&checksum);
            fs::write_atomic(&blob, &fs::read(path)?)?;
            blob
        }
    };
    Ok(Wheel { file, sha256, path: stored })
}

/// Its last lines, of which the one that says `ERROR` names the cause.
fn said(finished: &Finished) -> String {
    last_lines(&finished.stderr_text(), 4)
}
