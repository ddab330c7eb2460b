//! The libraries that a static libpython needs beside it, as its Makefile names them and as folders hold them.

use std::path::{Path, PathBuf};

/// One that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeededLibrary {
    /// For the linker: `-lz`, or the file's path where no search by name would find it.
    pub word: String,
    /// What the linker takes: a static library, a shared one, or a script that names others.
    pub file: PathBuf,
}

impl NeededLibrary {
    /// `name` is what stands behind `-l`; the linker searches `searched` by itself, and not `beside`.
    ///
    /// By its name where a searched folder holds what is made for linking; by its path where only a folder beside does, or where there is
    /// the file for run time alone, as on a machine, or in a sysroot, without the development package.
    pub fn find(name: &str, searched: &[PathBuf], beside: &[PathBuf]) -> Option<Self> {
        let files = match name.strip_prefix(':') {
            Some(file) => vec![file.to_owned()],
            None => vec![format!("lib{name}.so"), format!("lib{name}.a")],
        };
        let made_for_linking =
            |folders: &[PathBuf]| folders.iter().flat_map(|folder| files.iter().map(|file| folder.join(file))).find(|path| path.is_file());
        if let Some(file) = made_for_linking(searched) {
            return Some(Self { word: format!("-l{name}"), file });
        }
        let file = made_for_linking(beside).or_else(|| runtime_file(searched, name))?;
        Some(Self { word: file.to_string_lossy().into_owned(), file })
    }

    /// Whether the linker copies it into what it makes.
    pub fn is_static(&self) -> bool {
        self.file.extension().is_some_and(|extension| extension == "a")
    }
}

/// The shortest of `libzstd.so.1`, `libzstd.so.1.5.7`: the name that programs ask for; the others are what it leads to.
pub fn runtime_file(folders: &[PathBuf], name: &str) -> Option<PathBuf> {
    let beginning = format!("lib{name}.so.");
    let shortest = |folder: &Path| {
        let names = std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let versions =
            names.filter(|file| file.strip_prefix(&beginning).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
        versions.min_by_key(|file| (file.len(), file.clone()))
    };
    folders.iter().find_map(|folder| Some(folder.join(shortest(folder)?)))
}
