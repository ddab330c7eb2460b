//! The home of an installed CPython: a folder in the store whose `lib` is the prefix's, and a copy of its python as the baseline.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::PrefixError;
use super::libraries::Libraries;
use super::link::LinkLibraries;
use super::python::{Facts, run};
use crate::digest::{Key, Sha256};
use crate::fs::{self, FsError};
use crate::libpython::{HaclFlags, Home, Sysconfig};
use crate::store::{Stamp, Store};

/// The x86-64 psABI fixes this path.
const GLIBC_LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

/// What the stamp of a copied python keeps.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CopyStamp {
    sha256: Sha256,
}

pub(super) fn prepare(store: &Store, folder: &Path, executable: &Path, facts: &Facts, libraries: &Libraries) -> Result<Home, PrefixError> {
    let key = key(folder, executable, facts, libraries)?;
    let prefix = store.home(&key);
    link_prefix(&prefix, folder)?;
    let stock_folder = store.runner(&key, &Key::of("stock", [("home", key.as_str()), ("copy", "1")]));
    let stock = stock_folder.join(format!("python{}", facts.python));
    if !made_before(&stock_folder, &stock) {
        // Byte for byte: a library path of `$ORIGIN/../lib` leads to the prefix's from here too.
        let bytes = fs::read(executable)?;
        fs::write_executable(&stock, &bytes)?;
        check_copy(executable, &stock, &prefix, facts)?;
        let stamp = CopyStamp { sha256: Sha256::of(&bytes) };
        Stamp::write(&stock_folder, &serde_json::to_string(&stamp).unwrap_or_default())?;
    }
    let library_folders = libraries.folders(folder);
    let words = LinkLibraries::of(facts, &library_folders);
    Ok(Home {
        key,
        python: facts.python,
        sysroot: None,
        linker: None,
        prefix,
        stock,
        loader: facts.interpreter.clone().unwrap_or_else(|| PathBuf::from(GLIBC_LOADER)),
        offers: libraries.offers(facts, &words),
        library_folders,
        sysconfig: Sysconfig {
            version: facts.said.version.clone(),
            multiarch: facts.variable("MULTIARCH").unwrap_or_default().to_owned(),
            link_libraries: words.words,
            hacl_flags: HaclFlags::of(|name| facts.variable(name)),
        },
    })
}

/// Of everything that a runner takes from the prefix.
fn key(folder: &Path, executable: &Path, facts: &Facts, libraries: &Libraries) -> Result<Key, PrefixError> {
    let digest = |path: &Path| Sha256::of_file(path).map(|digest| digest.to_string()).map_err(FsError::at("read", path));
    let files: Vec<String> =
        libraries.files().map(|path| Ok(format!("{} {}", digest(path)?, path.display()))).collect::<Result<_, FsError>>()?;
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

/// CPython's getpath climbs from the copy, and from every runner beside it, to these and takes the home for the prefix.
fn link_prefix(prefix: &Path, folder: &Path) -> Result<(), FsError> {
    fs::create_dir_all(prefix)?;
    for name in ["lib", "lib64", "include", "share"] {
        let target = folder.join(name);
        if target.is_dir() {
            fs::symlink(&target, &prefix.join(name))?;
        }
    }
    Ok(())
}

fn made_before(folder: &Path, stock: &Path) -> bool {
    let stamp = Stamp::read(folder).and_then(|text| serde_json::from_str::<CopyStamp>(&text).ok());
    stamp.is_some_and(|stamp| Sha256::of_file(stock).is_ok_and(|digest| digest == stamp.sha256))
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
