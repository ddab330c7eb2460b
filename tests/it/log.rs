//! What surtax tells of its work, when it is asked to.

use std::process::{Command, Output};

fn doctor(arguments: &[&str], log: Option<&str>) -> Output {
    let store = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    command.env("SURTAX_HOME", store.path().join("store")).env_remove("SURTAX_LOG").args(["doctor", "--quick"]).args(arguments);
    command.envs(log.map(|log| ("SURTAX_LOG", log))).output().expect("surtax starts")
}

fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn nothing_is_logged_unasked() {
    assert_eq!(talk(&doctor(&[], None)), "");
}

#[test]
fn verbose_says_on_stderr_what_is_started_and_twice_more() {
    let once = doctor(&["--verbose", "--json"], None);
    let line = talk(&once).lines().find(|line| line.contains("gcc")).expect("gcc is asked for its version").to_owned();
    assert!(line.contains("DEBUG surtax::process: ran ") && line.contains("status=exit status: 0"), "{line}");
    assert!(serde_json::from_slice::<serde_json::Value>(&once.stdout).is_ok(), "the result is alone on stdout");
    assert!(!talk(&once).contains("TRACE"));
    assert!(talk(&doctor(&["-vv"], None)).contains("TRACE surtax::store: opened the store"));
}

#[test]
fn the_variable_asks_for_parts() {
    assert!(talk(&doctor(&[], Some("surtax::process=debug"))).contains("ran "));
    assert_eq!(talk(&doctor(&["-vv"], Some("surtax::fetch=trace"))), "", "the variable is the more precise");
    let wrong = doctor(&[], Some("surtax=loudly"));
    assert_eq!(wrong.status.code(), Some(2));
    let said = talk(&wrong);
    assert!(said.contains("SURTAX_LOG=surtax=loudly names no levels") && said.contains("hint: SURTAX_LOG=debug"), "{said}");
    assert_eq!(doctor(&["--quiet", "--verbose"], None).status.code(), Some(2), "not both");
}
