//! CPython's own tests on real builds that are no release's: installed Pythons (SURTAX_TEST_REAL=1), also beside a release in one command, and
//! builds from source (SURTAX_TEST_CPYTHON=RECIPE). As real.rs, in the store of SURTAX_HOME.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::needs;

/// Quick ones, of the core, of extension modules, and of where an interpreter finds its own.
const TESTS: &str = "--testsuite=test_dict,test_struct,test_hashlib,test_site,test_sysconfig";

/// What `verify --json` says of the tests. Whoever is compared with another ends every test as that does.
fn tested(arguments: &[&str]) -> Vec<serde_json::Value> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_surtax")).arg("verify").args(arguments).args([TESTS, "--json"]).output().expect("surtax starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let subjects = said["testsuite"]["subjects"].as_array().expect("subjects").clone();
    for subject in &subjects {
        let none = |name: &str| subject[name].as_array().is_some_and(Vec::is_empty);
        assert!(subject["files"] == 5 && subject["passed"].as_u64() > Some(200) && none("differences") && none("untold"), "{subject}");
    }
    subjects
}

/// Every file below a folder, with what a write would change.
fn files(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("readable").flatten() {
        let data = entry.path().symlink_metadata().expect("there");
        if data.is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path(), (data.len(), data.modified().expect("a time")));
        }
    }
    found
}

#[test]
fn real_installed_pythons_are_tested_beside_a_release_and_stay_as_they_are() {
    if !needs::asked_for("SURTAX_TEST_REAL") {
        return;
    }
    let has_tests = |prefix: &PathBuf| {
        let lib = prefix.join("lib");
        let has = |minor: u8| {
            lib.join(format!("python3.{minor}/test/test_dict.py")).is_file() && lib.join(format!("libpython3.{minor}.so")).exists()
        };
        (11..20).any(has)
    };
    let Some(prefix) = needs::prefixes().into_iter().find(has_tests) else {
        return needs::skipped("needs an installed Python with its tests and a shared libpython, such as one of pyenv");
    };
    let before = files(&prefix.join("lib"));
    let subjects = tested(&["host", "--variant", "shared", "--prefix", prefix.to_str().expect("a path")]);
    assert!(before == files(&prefix.join("lib")), "something was written into {}", prefix.display());
    let baselines = subjects.iter().filter(|subject| subject["baseline"].is_null()).count();
    assert_eq!((subjects.len(), baselines), (4, 2), "two sources, each with its own python3: {subjects:?}");
}

#[test]
fn real_cpython_from_source_is_tested_with_its_sources_tests() {
    let Ok(recipe) = std::env::var("SURTAX_TEST_CPYTHON") else { return };
    assert!(tested(&[&recipe]).len() >= 2);
}
