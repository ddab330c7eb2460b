//! `surtax report --open`: with an opener on PATH, without one, and with one that fails.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::world::shell_script;

/// A committed run without what is made of it.
fn run() -> (tempfile::TempDir, PathBuf) {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/bookworm-py3.11-reference");
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("a run");
    std::fs::create_dir(&run).unwrap();
    for file in ["plan.json", "environment.json", "audit.json", "verify.json", "samples.jsonl"] {
        std::fs::copy(committed.join(file), run.join(file)).unwrap();
    }
    (folder, run)
}

fn open(folder: &Path, run: &Path) -> (Output, String) {
    let mut surtax = Command::new(env!("CARGO_BIN_EXE_surtax"));
    surtax.args(["report", "--open"]).arg(run.file_name().unwrap()).current_dir(folder).env("PATH", folder.join("bin"));
    let output = surtax.output().expect("surtax starts");
    assert!(output.status.success(), "an opener is no part of the report");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

#[test]
fn the_page_is_given_to_the_opener() {
    let (folder, run) = run();
    let seen = folder.path().join("seen");
    shell_script(&folder.path().join("bin/xdg-open"), &format!("printf '%s' \"$1\" > '{}'", seen.display()));
    let (output, said) = open(folder.path(), &run);
    let page = run.join("report.html");
    assert_eq!(std::fs::read_to_string(seen).unwrap(), page.display().to_string());
    assert!(std::fs::read_to_string(&page).unwrap().contains("<h1>"));
    assert!(said.contains("opened "), "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("a run/report.html\n"), "the path is said too");
}

#[test]
fn without_an_opener_the_path_is_said() {
    let (folder, run) = run();
    std::fs::create_dir(folder.path().join("bin")).unwrap();
    let (_, said) = open(folder.path(), &run);
    assert!(said.contains("no xdg-open on PATH") && said.contains(&*run.join("report.html").to_string_lossy()), "{said}");
}

#[test]
fn an_opener_that_fails_is_said() {
    let (folder, run) = run();
    shell_script(&folder.path().join("bin/xdg-open"), "exit 3");
    let (_, said) = open(folder.path(), &run);
    assert!(said.contains("xdg-open exited with code 3; open it yourself"), "{said}");
}
