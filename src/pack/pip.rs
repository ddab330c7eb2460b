//! Wheels through the person's own pip: it knows the index, the proxies and the certificates. What it brings is hashed and kept as a blob.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::PackError;
use super::wheels::{self, Wheel};
use crate::digest::Sha256;
use crate::fs;
use crate::process::{Finished, Job, last_lines};
use crate::recipe::PythonVersion;
use crate::store::Store;

/// A slow line, and an index of many megabytes.
const LIMIT: Duration = Duration::from_secs(900);

/// Wheels that glibc's age or a stricter tag keeps from an older installer; the newest first.
pub(super) const PLATFORMS: [&str; 3] = ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"];

/// The program that fetches wheels: `python3 -m pip`, or another that is called as pip is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pip {
    program: PathBuf,
    arguments: Vec<String>,
}

impl Default for Pip {
    fn default() -> Self {
        Self { program: "python3".into(), arguments: vec!["-m".into(), "pip".into()] }
    }
}

impl Pip {
    /// An executable of its own, such as `/usr/bin/pip3`.
    pub fn at(program: &Path) -> Self {
        Self { program: program.to_owned(), arguments: Vec::new() }
    }

    /// Wheels by their names and hashes, and nothing else. Nothing here runs the packages: without a `python`, whatever Python they ask for.
    ///
    /// # Errors
    /// Where pip cannot fetch one, or brings another.
    pub(super) fn pinned(
        &self,
        store: &Store,
        named: &[(String, Sha256)],
        python: Option<PythonVersion>,
        what: &str,
    ) -> Result<Vec<Wheel>, PackError> {
        let scratch = store.scratch()?;
        let file = scratch.path().join("requirements.txt");
        let line = |(file, sha256): &(String, Sha256)| match requirement(file) {
            Some(requirement) => Ok(format!("{requirement} --hash=sha256:{sha256}\n")),
            None => Err(PackError::NoWheel { file: file.clone() }),
        };
        let lines = named.iter().map(line).collect::<Result<Vec<String>, PackError>>()?;
        fs::write_atomic(&file, lines.concat().as_bytes())?;
        let mut options = vec!["--no-deps".to_owned(), "--require-hashes".to_owned()];
        options.extend(python.map_or_else(|| vec!["--ignore-requires-python".to_owned()], tags));
        let wheels = self.download(store, scratch.path(), &file, what, &options)?;
        if let Some(other) = wheels.iter().find(|wheel| !named.iter().any(|(_, sha256)| *sha256 == wheel.sha256)) {
            let wanted = named.iter().map(|(_, sha256)| sha256.to_string()).collect::<Vec<_>>().join(" or ");
            return Err(PackError::WrongHash { file: other.file.clone(), wanted, found: other.sha256.to_string() });
        }
        // In the order of the names, of which a folder's key is made.
        wheels::stored(store, named).ok_or_else(|| PackError::NotInStore { what: "what pip fetched".to_owned() })
    }

    /// What a benchmark's own requirements name, and what that needs, for a Python of this version.
    pub(super) fn required(&self, store: &Store, requirements: &Path, python: PythonVersion, what: &str) -> Result<Vec<Wheel>, PackError> {
        let scratch = store.scratch()?;
        self.download(store, scratch.path(), requirements, what, &tags(python))
    }

    fn download(
        &self,
        store: &Store,
        scratch: &Path,
        requirements: &Path,
        what: &str,
        options: &[String],
    ) -> Result<Vec<Wheel>, PackError> {
        let wheels = scratch.join("wheels");
        fs::create_dir_all(&wheels)?;
        self.job().arg("--version").limit(Duration::from_secs(60)).run_for_text().map_err(PackError::NoPip)?;
        let job = self
            .job()
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
        names.into_iter().map(|file| Wheel::keep(store, &wheels.join(&file), file)).collect()
    }

    fn job(&self) -> Job {
        Job::new(&self.program).args(&self.arguments).inherit_environment()
    }
}

/// Of wheels for another Python than pip's own.
fn tags(python: PythonVersion) -> Vec<String> {
    let version = ["--python-version".to_owned(), python.to_string(), "--implementation".to_owned(), "cp".to_owned()];
    version.into_iter().chain(PLATFORMS.iter().flat_map(|platform| ["--platform".to_owned(), (*platform).to_owned()])).collect()
}

/// `pyperf==2.10.0` of `pyperf-2.10.0-py3-none-any.whl` (PEP 427). The file's name may stem from another machine's plan, and becomes a line that
/// pip reads.
fn requirement(file: &str) -> Option<String> {
    let mut parts = file.strip_suffix(".whl")?.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    let is_plain = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.chars().all(|c| c.is_ascii_alphanumeric() || "._+!".contains(c))
    };
    ((3..=4).contains(&parts.count()) && is_plain(name) && is_plain(version)).then(|| format!("{name}=={version}"))
}

/// Its last lines, of which the one that says `ERROR` names the cause.
fn said(finished: &Finished) -> String {
    last_lines(&finished.stderr_text(), 4)
}

#[cfg(test)]
mod tests {
    use super::requirement;

    #[test]
    fn a_wheels_name_is_a_requirement_and_nothing_else() {
        assert_eq!(requirement("pyperf-2.10.0-py3-none-any.whl").as_deref(), Some("pyperf==2.10.0"));
        assert_eq!(requirement("x_y-1.0+local-1-cp311-cp311-manylinux_2_17_x86_64.whl").as_deref(), Some("x_y==1.0+local"));
        for file in [
            "pyperf-2.10.0.tar.gz",
            "pyperf-2.10.0.whl",
            "--index-url=x-1-py3-none-any.whl",
            "a b-1-py3-none-any.whl",
            "a-1\n-py3-none-any.whl",
            "",
        ] {
            assert_eq!(requirement(file), None, "{file:?}");
        }
    }
}
