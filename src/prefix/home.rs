//! The home of an installed CPython: a folder in the store whose `lib` is the prefix's, and a copy of its python as the baseline.

use std::path::{Path, PathBuf};

use super::PrefixError;
use super::libraries::Libraries;
use super::link::LinkLibraries;
use super::python::{Facts, run};
use crate::digest::Key;
use crate::elf::GLIBC_LOADER;
use crate::fs::{self, FsError};
use crate::libpython::{HaclFlags, Home, Sysconfig, link_prefix};
use crate::store::{Stamp, Store};

pub(super) fn prepare(store: &Store, folder: &Path, executable: &Path, facts: &Facts, libraries: &Libraries) -> Result<Home, PrefixError> {
    let library_folders = libraries.folders(folder);
    let needed = LinkLibraries::of(facts, &library_folders);
    let key = key(folder, executable, facts, libraries.files().chain(needed.copied.iter().map(PathBuf::as_path)))?;
    let prefix = store.home(&key);
    link_prefix(&prefix, folder)?;
    let stock_folder = store.runner(&key, &Key::of("stock", [("home", key.as_str()), ("copy", "1")]));
    let stock = stock_folder.join(format!("python{}", facts.python));
    if !Stamp::is_of(&stock_folder, &stock) {
        // Byte for byte: a library path of `$ORIGIN/../lib` leads to the prefix's from here too.
        fs::write_executable(&stock, &fs::read(executable)?)?;
        check_copy(executable, &stock, &prefix, facts)?;
        Stamp::write_of(&stock_folder, &stock)?;
    }
    Ok(Home {
        key,
        python: facts.python,
        sysroot: None,
        linker: None,
        prefix,
        stock,
        loader: facts.interpreter.clone().unwrap_or_else(|| PathBuf::from(GLIBC_LOADER)),
        offers: libraries.offers(facts, &needed),
        library_folders,
        sysconfig: Sysconfig {
            version: facts.said.version.clone(),
            multiarch: facts.variable("MULTIARCH").unwrap_or_default().to_owned(),
            link_libraries: needed.words,
            hacl_flags: HaclFlags::of(|name| facts.variable(name)),
        },
    })
}

/// Of everything that a runner takes from the prefix; `libraries` are the files that one may be linked with.
fn key<'a>(folder: &Path, executable: &Path, facts: &Facts, libraries: impl Iterator<Item = &'a Path>) -> Result<Key, FsError> {
    let digest = |path: &Path| fs::sha256(path).map(|digest| digest.to_string());
    let files: Vec<String> = libraries.map(|path| Ok(format!("{} {}", digest(path)?, path.display()))).collect::<Result<_, FsError>>()?;
    let said = serde_json::to_string(&facts.said).unwrap_or_default();
    Ok(Key::of(
        "prefix",
        [
            ("folder", folder.to_string_lossy().as_ref()),
            ("executable", &digest(executable)?),
            ("libraries", &files.join("\n")),
            ("said", &said),
        ],
    ))
}

const WHO: &str = "import json, os, sys; print(json.dumps([sys.version, sys.prefix, sys.base_prefix, os.path.realpath(os.__file__)]))";

/// The copy must be the same Python, with the home for its prefix and the same standard library.
fn check_copy(executable: &Path, stock: &Path, prefix: &Path, facts: &Facts) -> Result<(), PrefixError> {
    let differs = |reason: String| PrefixError::NotMovable { path: executable.to_owned(), reason };
    let text = match run(stock, WHO, &[]) {
        Ok(text) => text,
        Err(error @ crate::process::ProcessError::Interrupted(_)) => {
            return Err(PrefixError::DoesNotStart { path: stock.to_owned(), source: error });
        }
        Err(error) => return Err(differs(error.to_string())),
    };
    let said: [String; 4] = serde_json::from_str(&text).map_err(|error| differs(error.to_string()))?;
    let stdlib = facts.said.stdlib.join("os.py");
    let stdlib = stdlib.canonicalize().unwrap_or(stdlib);
    let wanted = [
        ("sys.version", facts.said.full_version.as_str()),
        ("sys.prefix", &prefix.to_string_lossy()),
        ("sys.base_prefix", &prefix.to_string_lossy()),
        ("os.__file__", &stdlib.to_string_lossy()),
    ];
    match wanted.iter().zip(&said).find(|((_, wanted), found)| wanted != found) {
        Some(((name, wanted), found)) => Err(differs(format!("{name} is {found:?} instead of {wanted:?}"))),
        None => Ok(()),
    }
}
