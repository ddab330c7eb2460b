//! The libraries that a static libpython wants beside it: as its Makefile names them, as this machine and the prefix hold them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSymbol as _};

use super::python::Facts;
use crate::libpython::{NeededLibrary, runtime_file};

/// Where gcc's linker looks on the distributions that there are, without asking it.
const USUAL_FOLDERS: [&str; 8] = [
    "/usr/local/lib/x86_64-linux-gnu",
    "/usr/local/lib",
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
];

pub(super) struct LinkLibraries {
    /// For the linker, in order, without repetition: `-lm`, or a path where only the file for run time is there.
    pub words: Vec<String>,
    /// What the Makefile names and is nowhere.
    missing: Vec<String>,
    /// The files behind the words.
    files: Vec<PathBuf>,
    /// Those of them that become part of a runner.
    pub copied: Vec<PathBuf>,
}

impl LinkLibraries {
    /// Of `LIBS`, `MODLIBS` and `SYSLIBS`, the words of the Makefile's own link of `python`. Files of its build folder, which was not installed,
    /// are left out.
    pub(super) fn of(facts: &Facts, folders: &[PathBuf]) -> Self {
        let variables = ["LIBS", "MODLIBS", "SYSLIBS"].map(|name| facts.variable(name).unwrap_or_default());
        let words: Vec<&str> = variables.iter().flat_map(|value| value.split_whitespace()).collect();
        let named = words.iter().filter_map(|word| word.strip_prefix("-L")).map(PathBuf::from).filter(|folder| folder.is_absolute());
        let own: Vec<PathBuf> = named.collect();
        let known: Vec<PathBuf> = folders.iter().cloned().chain(USUAL_FOLDERS.map(PathBuf::from)).collect();
        let mut libraries = Self { words: Vec::new(), missing: Vec::new(), files: Vec::new(), copied: Vec::new() };
        for word in words {
            if libraries.words.iter().chain(&libraries.missing).any(|seen| seen == word) {
                continue;
            }
            match word.strip_prefix("-l") {
                Some(name) => libraries.add(word, name, &known, &own),
                None if Path::new(word).is_absolute() && Path::new(word).is_file() => {
                    libraries.words.push(word.to_owned());
                    libraries.files.push(word.into());
                    libraries.copied.push(word.into());
                }
                None => {}
            }
        }
        libraries
    }

    fn add(&mut self, word: &str, name: &str, known: &[PathBuf], own: &[PathBuf]) {
        match NeededLibrary::find(name, known, own) {
            None => self.missing.push(word.to_owned()),
            // Named twice, and given by its path each time.
            Some(library) if self.words.contains(&library.word) => {}
            Some(library) => {
                self.words.push(library.word.clone());
                if library.is_static() {
                    self.copied.push(library.file.clone());
                }
                // A linker script names the real one.
                self.files.push(runtime_file(known, name).unwrap_or(library.file));
            }
        }
    }

    /// Refuses an archive that needs one of the missing libraries.
    pub(super) fn complete(&self, archive: &Path) -> Result<(), String> {
        let file = || archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if self.missing.is_empty() {
            return Ok(());
        }
        let Some(mut wanted) = undefined_in(archive) else { return Ok(()) };
        let c_library =
            ["c", "m", "dl", "pthread", "rt", "util", "gcc_s"].map(|name| runtime_file(&USUAL_FOLDERS.map(PathBuf::from), name));
        for library in self.files.iter().chain(c_library.iter().flatten()) {
            for name in defined_in(library) {
                wanted.remove(&name);
            }
        }
        // Compilers and linkers make names of their own.
        wanted.retain(|name| !name.starts_with("__") && !name.starts_with("_GLOBAL_") && !name.contains("Hacl_"));
        match wanted.first() {
            None => Ok(()),
            Some(first) => Err(format!(
                "{} needs {}, which {} not here: nothing defines {first}{}",
                file(),
                self.missing.join(", "),
                if self.missing.len() == 1 { "is" } else { "are" },
                if wanted.len() > 1 { format!(" and {} other symbols", wanted.len() - 1) } else { String::new() }
            )),
        }
    }
}

fn undefined_in(archive: &Path) -> Option<BTreeSet<String>> {
    let (wanted, defined) = archive_symbols(&std::fs::read(archive).ok()?)?;
    Some(wanted.difference(&defined).cloned().collect())
}

/// Undefined and defined global symbols; weak ones need no definition.
fn archive_symbols(bytes: &[u8]) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut wanted, mut defined) = (BTreeSet::new(), BTreeSet::new());
    for member in object::read::archive::ArchiveFile::parse(bytes).ok()?.members() {
        let Ok(object) = object::File::parse(member.ok()?.data(bytes).ok()?) else { continue };
        for symbol in object.symbols().filter(|symbol| symbol.is_global()) {
            let Ok(name) = symbol.name() else { continue };
            match (symbol.is_undefined(), symbol.is_weak()) {
                (true, false) if !name.is_empty() => drop(wanted.insert(name.to_owned())),
                (false, _) => drop(defined.insert(name.to_owned())),
                _ => {}
            }
        }
    }
    Some((wanted, defined))
}

fn defined_in(library: &Path) -> BTreeSet<String> {
    let Ok(bytes) = std::fs::read(library) else { return BTreeSet::new() };
    if bytes.starts_with(&object::archive::MAGIC) {
        return archive_symbols(&bytes).map(|(_, defined)| defined).unwrap_or_default();
    }
    let Ok(object) = object::File::parse(&*bytes) else { return BTreeSet::new() };
    let symbols = object.dynamic_symbols().filter(|symbol| !symbol.is_undefined());
    symbols.filter_map(|symbol| Some(symbol.name().ok()?.to_owned())).collect()
}
