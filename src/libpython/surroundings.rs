//! What lies around a file of an installed CPython and says something of it: the description of its build, and its other libpythons.

use std::path::{Path, PathBuf};

use crate::fs::{self, FsError};
use crate::run::Flags;

/// Of `_sysconfigdata`, what the core was compiled with; older ones have the second alone.
const VARIABLES: [&str; 2] = ["PY_CORE_CFLAGS", "PY_CFLAGS"];

/// The folder `lib/python3.X` of the prefix that the file is in. `python`: `3.13.5`, where that is known; then no other is taken.
pub(super) fn standard_library(file: &Path, python: Option<&str>) -> Option<PathBuf> {
    let file = std::fs::canonicalize(file).ok()?;
    let minor = python.and_then(|version| version.splitn(3, '.').take(2).last().map(str::to_owned));
    let fits = |folder: &Path| {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let version = name.strip_prefix("python3.");
        version.is_some_and(|own| minor.as_deref().is_none_or(|minor| own == minor)) && folder.join("os.py").is_file()
    };
    let is_prefix = |folder: &&Path| {
        let Ok(below) = file.strip_prefix(folder) else { return false };
        let mut parts = below.iter();
        // In a store's home, runners lie in folders of their own, one below it. The file system's root is no prefix, whatever /lib is.
        let placed =
            parts.next().is_some_and(|first| ["lib", "lib64", "bin"].iter().any(|name| first == *name)) || below.iter().count() == 2;
        folder.parent().is_some() && placed
    };
    let within = file.ancestors().skip(1).find(|folder| fits(folder)).map(Path::to_owned);
    let prefixes = file.ancestors().skip(1).filter(is_prefix);
    within.or_else(|| {
        let candidates = prefixes.flat_map(|prefix| ["lib", "lib64"].map(|name| prefix.join(name)));
        let folders = candidates.flat_map(|lib| std::fs::read_dir(lib).into_iter().flatten().flatten().map(|entry| entry.path()));
        folders.filter(|folder| fits(folder)).min()
    })
}

/// The static libpythons beside a file: in its folder, and where CPython's own Makefile puts them.
pub(super) fn archives_beside(file: &Path, library: Option<&Path>) -> Vec<PathBuf> {
    let list =
        |folder: &Path| -> Vec<PathBuf> { std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect() };
    let is_named = |path: &Path, start: &str| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(start));
    // Of another library, no function has the name of one of CPython's.
    if !is_named(file, "libpython") {
        return Vec::new();
    }
    let config = library.map(list).unwrap_or_default().into_iter().filter(|path| is_named(path, "config-"));
    let folders = file.parent().map(Path::to_owned).into_iter().chain(config);
    let mut archives: Vec<PathBuf> = folders.flat_map(|folder| list(&folder)).filter(|path| is_named(path, "libpython3.")).collect();
    archives.retain(|path| path.extension().is_some_and(|extension| extension == "a"));
    // `libpython3.11-pic.a` first, from which a shared object is more likely to be.
    archives.sort_by_key(|path| (!path.to_string_lossy().ends_with("-pic.a"), path.clone()));
    archives
}

/// What the prefix's own description says that its core was compiled with. It speaks of one build; where a prefix holds several, of which it does
/// not say.
pub(super) fn flags(library: &Path) -> Result<Option<Flags>, FsError> {
    let entries = std::fs::read_dir(library).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_description = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // `_sysconfigdata_d_…` is of the debug build.
        name.starts_with("_sysconfigdata__") && path.extension().is_some_and(|extension| extension == "py")
    };
    let mut descriptions: Vec<PathBuf> = entries.filter(is_description).collect();
    // Debian's `_sysconfigdata__linux_x86_64-linux-gnu.py` is of the same build as the one beside it, or imports it.
    descriptions.sort();
    for path in descriptions {
        let text = fs::read_to_string(&path)?;
        if let Some(value) = VARIABLES.iter().find_map(|name| variable(&text, name)).filter(|value| !value.trim().is_empty()) {
            // Where headers were looked for says nothing of the code.
            let flags = value.split_whitespace().filter(|flag| !flag.starts_with("-I")).map(str::to_owned).collect();
            return Ok(Some(Flags {
                flags,
                source: format!("{}, which speaks of the prefix and not of this file: {}", Flags::SYSCONFIG, path.display()),
            }));
        }
    }
    Ok(None)
}

/// A text of the dictionary that `sysconfig` writes by `pprint`: literals beside each other are one.
fn variable(text: &str, name: &str) -> Option<String> {
    let mut rest = text.split_once(&format!("'{name}':"))?.1.trim_start();
    let mut value = String::new();
    while let Some(quote) = rest.chars().next().filter(|c| ['\'', '"'].contains(c)) {
        let mut escaped = false;
        let mut end = None;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => {
                    value.push(if c == 'n' { '\n' } else { c });
                    escaped = false;
                }
                '\\' => escaped = true,
                c if c == quote => {
                    end = Some(at + 1);
                    break;
                }
                c => value.push(c),
            }
        }
        rest = rest.get(end?..)?.trim_start();
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn literals_beside_each_other_are_one_text() {
        let text = "build_time_vars = {'CC': 'gcc',\n 'PY_CFLAGS': '-O2 '\n              \"-DNAME='x' \"\n '-g\\'',\n 'N': 8}";
        assert_eq!(variable(text, "PY_CFLAGS").as_deref(), Some("-O2 -DNAME='x' -g'"));
        assert_eq!(variable(text, "CC").as_deref(), Some("gcc"));
        assert_eq!(variable(text, "N").as_deref(), Some(""));
        assert_eq!(variable(text, "CFLAGS"), None);
        assert_eq!(variable("'A': 'torn", "A"), None);
    }
}
