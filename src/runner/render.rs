//! Rendering: the template's files become one variant's crate.

use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, context};

use super::build::RunnerError;
use super::link::LinkPlan;
use crate::digest::{Key, Sha256};
use crate::libpython::{Home, Variant};
use crate::{assets, fs};

/// The package's name in the template's Cargo.toml and Cargo.lock.
const TEMPLATE_NAME: &str = "name = \"runner\"";

/// Beside the crates, since all share it.
const PYO3_CONFIG: &str = "pyo3-config.txt";

/// What PyO3 would otherwise ask an interpreter, for `PYO3_CONFIG_FILE`.
pub fn pyo3_config(home: &Home) -> Result<String, RunnerError> {
    let template = assets::runner_template().into_iter().find(|(path, _)| path.strip_suffix(".j2") == Some(PYO3_CONFIG));
    let template = template.map(|(_, bytes)| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    Ok(environment.render_str(&template, context! { python => home.python.to_string() })?)
}

/// The files of one runner's crate, by path.
pub(super) struct Crate {
    files: Vec<(String, Vec<u8>)>,
    /// The PyO3 configuration: the same for every variant of a Python version, so that PyO3 is compiled once.
    pub pyo3_config: String,
}

impl Crate {
    pub(super) fn render(home: &Home, variant: &Variant, plan: &LinkPlan) -> Result<Self, RunnerError> {
        let values = context! {
            variant => variant.name.to_string(),
            prefix => home.prefix.to_string_lossy(),
            stdlib => home.stdlib().to_string_lossy(),
            sysroot => home.sysroot.as_ref().map(|sysroot| sysroot.to_string_lossy()),
            python => home.python.to_string(),
            link_arguments => plan.arguments(),
            no_pic => plan.no_pic,
            hacl_stubs => plan.hacl_stubs,
        };
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut files = vec![("hacl_stubs.c".to_owned(), assets::HACL_STUBS.as_bytes().to_vec())];
        for (path, bytes) in assets::runner_template() {
            let Some(name) = path.strip_suffix(".j2") else {
                files.push((path.to_owned(), bytes.to_vec()));
                continue;
            };
            if name != PYO3_CONFIG {
                let text = environment.render_str(&String::from_utf8_lossy(bytes), &values)?;
                files.push((name.to_owned(), text.into_bytes()));
            }
        }
        Ok(Self { files, pyo3_config: pyo3_config(home)? })
    }

    /// How many crates cargo compiles at most: those that the lock file names.
    pub(super) fn crates(&self) -> u64 {
        let lock = self.files.iter().find(|(path, _)| path == "Cargo.lock").map(|(_, bytes)| String::from_utf8_lossy(bytes));
        lock.map_or(0, |lock| lock.lines().filter(|line| *line == "[[package]]").count() as u64)
    }

    pub(super) fn digest(&self) -> Key {
        let digests: Vec<(&str, String)> = self.files.iter().map(|(path, bytes)| (path.as_str(), Sha256::of(bytes).to_string())).collect();
        Key::of("crate", digests.iter().map(|(path, digest)| (*path, digest.as_str())))
    }

    /// Writes the crate as the package `name`; only what differs, so that cargo sees no change where there is none.
    ///
    /// The name must be unique in the target folder: cargo tells root packages apart by name and version, not by path, and would
    /// take one variant's compilation for another's.
    pub(super) fn write(&self, folder: &Path, name: &str) -> Result<(), RunnerError> {
        for (path, bytes) in &self.files {
            let renamed = match path.as_str() {
                "Cargo.toml" | "Cargo.lock" => {
                    String::from_utf8_lossy(bytes).replace(TEMPLATE_NAME, &format!("name = \"{name}\"")).into_bytes()
                }
                _ => bytes.clone(),
            };
            let path = folder.join(path);
            if std::fs::read(&path).ok().as_ref() != Some(&renamed) {
                fs::write_atomic(&path, &renamed)?;
            }
        }
        Ok(())
    }
}
