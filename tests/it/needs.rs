//! What some tests need beyond cargo, gcc and make. Where it is missing, they say so and do nothing.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use surtax::process::Job;

const PYTHON3: &str = "/usr/bin/python3";

/// The system's Python, with its whole standard library, of the oldest version that surtax measures or a later one.
pub(crate) fn python3() -> Option<&'static Path> {
    static ANSWER: LazyLock<Result<(), String>> = LazyLock::new(|| {
        // Debian's python3-minimal lacks these.
        let program = "import ctypes, decimal, multiprocessing, sqlite3, sys; print(*sys.version_info[:2])";
        let said = Job::new(PYTHON3).args(["-I", "-c", program]).run_for_text().map_err(|error| error.to_string())?;
        let version: Vec<u32> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        if version >= vec![3, 11] { Ok(()) } else { Err(format!("it is Python {}", said.trim().replace(' ', "."))) }
    });
    found(ANSWER.clone().map(|()| Path::new(PYTHON3)).map_err(|why| format!("needs Python 3.11 or later as {PYTHON3} ({why})")))
}

/// A program that is looked for on PATH.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    found(which::which(name).map_err(|_| format!("needs `{name}` on PATH")))
}

/// The first of several programs that do the same.
pub(crate) fn any_tool(names: &[&str]) -> Option<PathBuf> {
    found(names.iter().find_map(|name| which::which(name).ok()).ok_or_else(|| format!("needs `{}` on PATH", names.join("` or `"))))
}

/// A file of a distribution's package.
pub(crate) fn file(path: &Path) -> Option<PathBuf> {
    found(path.is_file().then(|| path.to_owned()).ok_or_else(|| format!("needs {}", path.display())))
}

/// What takes long, or a network, is asked for with an environment variable.
pub(crate) fn asked_for(variable: &str) -> bool {
    found(std::env::var_os(variable).ok_or_else(|| format!("is asked for with {variable}=1"))).is_some()
}

/// A program that an environment variable names, since no machine is expected to have it.
pub(crate) fn named_by(variable: &str, what: &str) -> Option<PathBuf> {
    found(std::env::var_os(variable).map(PathBuf::from).ok_or_else(|| format!("needs {what}, named by {variable}")))
}

/// Installed Pythons that runners can be linked with: those of SURTAX_TEST_PREFIXES (separated by colons), else `/usr`, if its development
/// packages are there, and pyenv's.
pub(crate) fn prefixes() -> Vec<PathBuf> {
    if let Some(named) = std::env::var_os("SURTAX_TEST_PREFIXES") {
        return std::env::split_paths(&named).collect();
    }
    let versions = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv/versions"));
    let mut installed: Vec<PathBuf> =
        versions.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    installed.retain(|folder| (11..20).any(|minor| folder.join(format!("bin/python3.{minor}")).is_file()));
    installed.sort();
    let headers = || python3().is_some() && (11..20).any(|minor| Path::new(&format!("/usr/include/python3.{minor}/Python.h")).is_file());
    if headers() {
        installed.insert(0, PathBuf::from("/usr"));
    }
    if installed.is_empty() {
        skipped("needs an installed Python with its libpython, such as Debian's libpython3-dev");
    }
    installed
}

/// Pythons whose adaptive bytecode can be watched: the system's, pyenv's of 3.11 to 3.15, and those of SURTAX_TEST_PYTHONS (separated by colons).
pub(crate) fn pythons() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = python3().map(Path::to_owned).into_iter().collect();
    let versions = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv/versions"));
    let installed = versions.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    for folder in installed {
        found.extend((11..=15).map(|minor| folder.path().join(format!("bin/python3.{minor}"))).filter(|python| python.is_file()));
    }
    found.extend(std::env::split_paths(&std::env::var_os("SURTAX_TEST_PYTHONS").unwrap_or_default()).filter(|path| path.is_file()));
    found.sort();
    found.dedup();
    if found.len() < 2 {
        skipped("tries fewer than two Pythons: pyenv has none of 3.11 to 3.15, and SURTAX_TEST_PYTHONS names none");
    }
    found
}

/// A file system of 64 KiB, mounted on a folder until it is dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    pub(crate) fn on(folder: &Path) -> Option<Self> {
        let mounted = Job::new("/bin/mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(folder).run_for_text();
        found(mounted.map(|_| Self(folder.to_owned())).map_err(|_| "needs `mount`, and the right to mount a file system".to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Job::new("/bin/umount").arg(&self.0).run();
    }
}

fn found<T>(answer: Result<T, String>) -> Option<T> {
    answer.map_err(|why| skipped(&why)).ok()
}

/// Once per test and reason. Not through `eprintln!`, which cargo shows of failed tests only.
pub(crate) fn skipped(why: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    // The harness names a thread after its test; with one thread it writes the test's name itself.
    let thread = std::thread::current();
    let line = format!("skipped {}: {}\n", thread.name().unwrap_or("a test"), why.replace('\n', " "));
    if SAID.lock().expect("lines").insert(line.clone()) {
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}
