//! An installed CPython as a source of builds: what its folder holds, read from its own `sysconfig`, `build-details.json` and ELF files.

mod error;
mod home;
mod libraries;
mod link;
mod python;
mod testsuite;

use std::path::Path;

use crate::libpython::Home;
use crate::recipe::PythonVersion;
use crate::store::Store;
use crate::ui::Reporter;

pub use error::PrefixError;
pub use testsuite::test_home;

/// An installed CPython, ready for runners.
#[derive(Debug, Clone)]
pub struct Prefix {
    /// For subjects and folders: letters, digits, `.`, `-` and `_`.
    pub name: String,
    /// For people: `CPython 3.13.0 in /opt/python`.
    pub label: String,
    pub home: Home,
    /// `3.13.0`.
    pub version: String,
}

/// Reads what the folder holds and makes a home of it in the store. Nothing is written into the folder.
pub fn prepare(store: &Store, folder: &Path, python: Option<PythonVersion>, reporter: &dyn Reporter) -> Result<Prefix, PrefixError> {
    let folder = python::check_folder(folder)?;
    let executable = python::find(&folder, python)?;
    let facts = python::Facts::ask(&folder, &executable, python)?;
    let libraries = libraries::Libraries::find(&folder, &facts);
    let home = home::prepare(store, &folder, &executable, &facts, &libraries)?;
    if home.offers.iter().all(|offer| offer.build.is_err()) {
        reporter.warn(&format!("{} holds no libpython that a runner can be linked with: `surtax variants` says why", folder.display()));
    }
    let label = format!("CPython {} in {}", facts.said.version, folder.display());
    Ok(Prefix { name: name_of(&folder), label, home, version: facts.said.version })
}

/// The folder's own name; a bare version number, as pyenv has it, and a word that says nothing alone get a word before them.
pub fn name_of(folder: &Path) -> String {
    let plain = |text: &str| -> String {
        let allowed = |character: char| character.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&character);
        text.chars().map(|character| if allowed(character) { character } else { '-' }).collect()
    };
    let parts: Vec<String> = folder.iter().filter_map(|part| Some(plain(part.to_str()?.trim_matches('/')))).collect();
    let name = match parts.as_slice() {
        [.., parent, name] if ["local", "install", "python"].contains(&name.as_str()) && !parent.is_empty() => format!("{parent}-{name}"),
        [.., name] => name.trim_start_matches(['.', '-', '_']).to_owned(),
        [] => String::new(),
    };
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("python-{name}") }
}
