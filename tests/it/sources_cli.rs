//! Sources and guests as a person names them: what is wrong with them is said before anything is fetched.

use std::path::Path;
use std::process::{Command, Output};

use surtax::recipe::Recipe;

use crate::world::shell_script;

fn surtax(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    // A configuration without mirrors, whatever the machine has.
    let config = folder.join("config.toml");
    std::fs::write(&config, "").expect("written");
    command.env("SURTAX_HOME", folder.join("store")).env("SURTAX_CONFIG", config).env("NO_COLOR", "1");
    // Nothing is there: whatever asks a mirror fails at once, and says so.
    command.env("SURTAX_MIRROR", format!("file://{}/mirror", folder.display()));
    command.args(arguments).output().expect("surtax starts")
}

/// Exit code 2, and nothing in the store but the store.
fn refused(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let output = surtax(folder.path(), arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains("error: ") && said.contains("hint: "), "{said}");
    assert!(!folder.path().join("store/sysroots").exists() && !folder.path().join("store/blobs").exists(), "{arguments:?} fetched");
    said
}

#[test]
fn sources_are_named_once_and_the_baseline_is_one_of_them() {
    let said = refused(&["matrix", "run", "debian-13", "debian-12", "--baseline", "debian-14"]);
    assert!(said.contains("`debian-14`") && said.contains("did you mean"), "{said}");
    assert!(refused(&["matrix", "run", "debian-13", "debian-13"]).contains("`debian-13` is asked for twice"));
    assert!(refused(&["verify", "debian-13", "debain-12"]).contains("no recipe `debain-12`"));
}

#[test]
fn a_lock_must_be_of_a_release_that_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let lock = folder.path().join("surtax.lock");
    let package = "name = \"p\"\nversion = \"1\"\nsource = \"p\"\nsource_version = \"1\"\narchitecture = \"all\"\nsuite = \"sid\"\nfilename = \"p\"\nsize = 1";
    let sha256 = "0".repeat(64);
    let text = format!(
        "schema = 1\nrelease = \"Debian sid\"\norigin = \"Debian\"\ncodename = \"sid\"\narchitecture = \"amd64\"\npython = \"3.14\"\n\n[[package]]\n{package}\nsha256 = \"{sha256}\"\n"
    );
    std::fs::write(&lock, text).expect("written");
    let said = refused(&["provision", "debian-13", "debian-12", "--locked", &lock.to_string_lossy()]);
    assert!(said.contains("is of sid, which no recipe here names"), "{said}");
    let said = refused(&["provision", "debian-13", "--locked", &lock.to_string_lossy()]);
    assert!(said.contains("it is of sid, not trixie"), "{said}");
}

#[test]
fn a_prefix_and_a_subject_must_be_python() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let subject = |name: &str| format!("mine={}", path(name));
    assert!(refused(&["variants", "--prefix", &path("nowhere")]).contains("nowhere"));
    std::fs::create_dir(folder.path().join("empty")).expect("made");
    assert!(refused(&["variants", "--prefix", &path("empty")]).contains("empty"));
    assert!(refused(&["matrix", "run", "--subject", &subject("nowhere")]).contains("there is no file"));
    let script = shell_script(&folder.path().join("script"), "exit 0");
    assert!(refused(&["matrix", "run", "--subject", &format!("mine={}", script.display())]).contains("is a script"));
    assert!(refused(&["matrix", "run", "--subject", "mine=/bin/cat"]).contains("does not behave as a Python does"));
    assert!(refused(&["matrix", "run", "--subject", "static-pic=/bin/cat"]).contains("one of surtax's own subjects"));
    assert!(refused(&["matrix", "run", "--subject", "no-path"]).contains("NAME=PATH"));
}

#[test]
fn a_build_that_no_recipe_knows_is_told_before_anything_is_compiled() {
    let unknown = "static-nonpic-pgo-thinlto";
    for sources in [&["cpython-3.13"][..], &["cpython-3.13", "debian-13"], &["debian-13", "cpython-3.13"]] {
        let said = refused(&[&["matrix", "run"], sources, &["--variant", unknown]].concat());
        assert!(said.contains(unknown) && said.contains("cpython-3.13: its recipe asks for no such build"), "{said}");
    }
}

#[test]
fn subjects_are_named_once() {
    let Some(python3) = crate::needs::python3() else { return };
    let one = format!("mine={}", python3.display());
    for command in [&["verify"][..], &["matrix", "run"]] {
        let said = refused(&[command, &["--subject", &one, "--subject", &one]].concat());
        assert!(said.contains("mine"), "{said}");
    }
}

#[test]
fn a_list_of_all_releases_has_a_row_for_each_that_cannot_be_had() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = surtax(folder.path(), &["provision", "--list", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rows = rows.as_array().expect("a list");
    let recipes: Vec<&str> = rows.iter().filter_map(|row| row["recipe"].as_str()).collect();
    let is_release = |name: &String| name != "host" && Recipe::named(name).and_then(Recipe::archive).is_ok();
    assert_eq!(recipes, Recipe::names().into_iter().filter(is_release).collect::<Vec<_>>());
    assert!(rows.iter().all(|row| row["python"].is_null() && row["reason"].is_string()), "{rows:?}");
}
