//! CPython's own tests of an installation: a copy of its standard library to run them in, with those that were never installed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::digest::Key;
use crate::fs::{self, FsError};
use crate::interrupt;
use crate::libpython::{Home, TestHome};
use crate::store::{Stamp, Store, StoreError};
use crate::ui::Reporter;

/// Counts up whenever the same files would be put together into something else.
const ASSEMBLY: &str = "1";
/// Where others than CPython install; what is there runs at every start (`.pth`).
const FOREIGN: [&str; 2] = ["site-packages", "dist-packages"];

/// From the store, else copied. `source` is CPython's source that the installation was made of: what `make install` left out is taken from there.
///
/// Tests write compiled files beside what they import, and some of them more; nothing of that gets into the installation, and nothing of what
/// its owner added to it gets into the tests.
pub fn test_home(store: &Store, home: &Home, source: Option<&Path>, reporter: &dyn Reporter) -> Result<TestHome, StoreError> {
    let library = home.stdlib();
    let mut found = BTreeMap::new();
    collect(&library, &mut found)?;
    if let Some(source) = source {
        collect(&source.join("Lib"), &mut found)?;
    }
    let listing: Vec<String> = found.iter().map(|(name, file)| format!("{} {}", name.display(), file.seen)).collect();
    let key = Key::of("installed test home", [("home", home.key.as_str()), ("assembly", ASSEMBLY), ("files", &listing.join("\n"))]);
    let prefix = store.home(&key);
    let folder = Path::new(library.parent().and_then(Path::file_name).unwrap_or_default());
    let below = folder.join(library.file_name().unwrap_or_default());
    let made = |fresh| TestHome { key: key.clone(), stdlib: prefix.join(&below), prefix: prefix.clone(), fresh };
    if Stamp::read(&prefix).is_some() {
        return Ok(made(false));
    }
    let _turn = store.lock("tests", reporter)?;
    if Stamp::read(&prefix).is_some() {
        return Ok(made(false));
    }
    let scratch = store.scratch()?;
    for (name, file) in &found {
        interrupt::check()?;
        let place = scratch.path().join(&below).join(name);
        fs::create_dir_all(place.parent().unwrap_or(scratch.path()))?;
        fs::copy(&file.path, &place)?;
    }
    // Libraries that are found by the way from the executable.
    link_entries(&library, &scratch.path().join(folder))?;
    for name in ["lib", "lib64", "include", "share"].map(Path::new).into_iter().filter(|name| *name != folder) {
        if let Ok(target) = home.prefix.join(name).canonicalize() {
            fs::symlink(&target, &scratch.path().join(name))?;
        }
    }
    Stamp::write(scratch.path(), &listing.len().to_string())?;
    scratch.commit(&prefix)?;
    reporter.step(&format!("copied the standard library of Python {}, {} files, to test in", home.python, listing.len()));
    Ok(made(true))
}

struct Found {
    path: PathBuf,
    /// Length and time of its content.
    seen: String,
}

/// The files of a standard library by their path below it; what is known already stays. A link is what it leads to.
fn collect(library: &Path, found: &mut BTreeMap<PathBuf, Found>) -> Result<(), StoreError> {
    // Each with the folders that lead to it, as they really are.
    let mut folders = vec![(PathBuf::new(), Vec::new())];
    while let Some((folder, mut above)) = folders.pop() {
        interrupt::check()?;
        let absolute = library.join(&folder);
        let real = absolute.canonicalize().map_err(FsError::at("read", &absolute))?;
        // A link that leads back.
        if above.contains(&real) {
            continue;
        }
        above.push(real);
        for entry in std::fs::read_dir(&absolute).map_err(FsError::at("read", &absolute))? {
            let entry = entry.map_err(FsError::at("read", &absolute))?;
            let (path, name) = (entry.path(), folder.join(entry.file_name()));
            let foreign = FOREIGN.iter().any(|foreign| name == Path::new(foreign));
            // Compiled files know where they were compiled, and archives are for linkers.
            if foreign || entry.file_name() == "__pycache__" || path.extension().is_some_and(|extension| extension == "a") {
                continue;
            }
            // A link that leads nowhere is nothing.
            let Ok(data) = path.metadata() else { continue };
            if data.is_dir() {
                folders.push((name, above.clone()));
            } else if data.is_file() && !found.contains_key(&name) {
                let time = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
                found.insert(name, Found { seen: format!("{} {}", data.len(), time.as_nanos()), path });
            }
        }
    }
    Ok(())
}

/// Whatever lies beside the standard library, but for other Pythons' and what all of them share (Debian's `python3/dist-packages`): its `.pth` files
/// would run in every test, and what is imported from there would be compiled in the installation.
fn link_entries(library: &Path, to: &Path) -> Result<(), StoreError> {
    let Some(folder) = library.parent() else { return Ok(()) };
    for entry in std::fs::read_dir(folder).map_err(FsError::at("read", folder))? {
        let entry = entry.map_err(FsError::at("read", folder))?;
        if entry.file_name().as_encoded_bytes().starts_with(b"python") {
            continue;
        }
        if let Ok(target) = entry.path().canonicalize() {
            fs::symlink(&target, &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
