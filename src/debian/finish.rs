//! The last step of a sysroot: its standard library compiled once, by its own interpreter, so that no start compiles it again.

use std::path::{Path, PathBuf};

use super::ProvisionError;
use crate::process::{Job, last_lines};
use crate::recipe::PythonVersion;

/// What makes an unpacked sysroot ready. A world whose packages hold no interpreter brings its own.
pub trait Finisher: Sync {
    /// `sysroot` is still in scratch; `seen_as` is the `sys.prefix` that it will be used under.
    fn finish(&self, sysroot: &Path, python: PythonVersion, seen_as: &Path) -> Result<(), ProvisionError>;
}

pub struct NoFinish;

impl Finisher for NoFinish {
    fn finish(&self, _: &Path, _: PythonVersion, _: &Path) -> Result<(), ProvisionError> {
        Ok(())
    }
}

pub struct CompileStandardLibrary;

/// Reads `file<TAB>name in tracebacks` lines. Unchecked hashes: a start trusts them without comparing times, which unpacking and copying change (PEP 552).
const COMPILE: &str = r#"
import py_compile, sys
for line in sys.stdin:
    source, shown = line.rstrip("\n").split("\t")
    py_compile.compile(source, dfile=shown, doraise=True, optimize=0, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"#;

impl Finisher for CompileStandardLibrary {
    fn finish(&self, sysroot: &Path, python: PythonVersion, seen_as: &Path) -> Result<(), ProvisionError> {
        let library = sysroot.join("usr/lib").join(format!("python{python}"));
        let mut sources = Vec::new();
        collect(&library, &mut sources).map_err(|error| ProvisionError::Finish { reason: error.to_string() })?;
        // Dealt out from the largest on, so that the processes end at about the same time.
        sources.sort_unstable_by(|one, other| other.cmp(one));
        let cores = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 16);
        let mut hands = vec![(0, String::new()); cores];
        for (size, path) in sources {
            let Ok(inside) = path.strip_prefix(sysroot.join("usr")) else { continue };
            if let Some((load, hand)) = hands.iter_mut().min_by_key(|(load, _)| *load) {
                *load += size;
                hand.push_str(&format!("{}\t{}\n", path.display(), seen_as.join(inside).display()));
            }
        }
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let jobs = hands.into_iter().filter(|(_, hand)| !hand.is_empty());
            let running: Vec<_> = jobs.map(|(_, hand)| scope.spawn(move || compile(sysroot, python, hand))).collect();
            running.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        let panicked = |_| Err(ProvisionError::Finish { reason: "a thread ended early".into() });
        outcomes.into_iter().try_for_each(|outcome| outcome.unwrap_or_else(panicked))
    }
}

fn compile(sysroot: &Path, python: PythonVersion, hand: String) -> Result<(), ProvisionError> {
    let folders = ["usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib"].map(|folder| sysroot.join(folder).display().to_string());
    let finished = Job::new(sysroot.join("usr/lib64/ld-linux-x86-64.so.2"))
        .args(["--library-path", &folders.join(":")])
        .arg(sysroot.join("usr/bin").join(format!("python{python}")))
        .args(["-S", "-s", "-c", COMPILE])
        .env("PYTHONHOME", sysroot.join("usr"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("LC_ALL", "C.UTF-8")
        .stdin(hand)
        .run()?;
    if finished.status.success() {
        return Ok(());
    }
    let how = crate::process::how_it_ended(&finished.status);
    Err(ProvisionError::Finish { reason: format!("it {how}\n{}", last_lines(&finished.stderr_text(), 8)) })
}

/// Its own tests are imported by nobody who measures.
const NOT_COMPILED: [&str; 4] = ["__pycache__", "test", "tests", "idle_test"];

fn collect(folder: &Path, sources: &mut Vec<(u64, PathBuf)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        if kind.is_dir() && !NOT_COMPILED.iter().any(|left_out| name == *left_out) {
            collect(&entry.path(), sources)?;
        } else if entry.path().extension().is_some_and(|extension| extension == "py") {
            // Through links: sitecustomize.py is one, and every start with site would compile it again once times have changed.
            if let Ok(data) = entry.path().metadata()
                && data.is_file()
            {
                sources.push((data.len(), entry.path()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::collect;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_compiled_is_every_source_but_tests_and_through_links() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["json", "test", "elsewhere"] {
            std::fs::create_dir(at(name)).expect("made");
        }
        for name in ["os.py", "json/__init__.py", "test/test_os.py", "elsewhere/sitecustomize.txt", "README"] {
            crate::fs::write_atomic(&at(name), b"pass\n").expect("written");
        }
        symlink("elsewhere/sitecustomize.txt", at("sitecustomize.py")).expect("linked");
        symlink("nowhere", at("gone.py")).expect("linked");
        let mut found = Vec::new();
        collect(folder.path(), &mut found).expect("read");
        let mut found: Vec<_> = found.iter().map(|(_, path)| path.strip_prefix(folder.path()).expect("below").to_owned()).collect();
        found.sort();
        assert_eq!(found, ["json/__init__.py", "os.py", "sitecustomize.py"].map(std::path::PathBuf::from));
    }
}
