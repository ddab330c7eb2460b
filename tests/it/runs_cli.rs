//! `surtax compare` and `surtax history` as a person meets them, on the committed runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn surtax(arguments: &[&str]) -> Output {
    let store = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    command.env("SURTAX_HOME", store.path()).current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().expect("surtax starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const ONE: &str = "results/bookworm-py3.11-reference";
const TWO: &str = "results/trixie-py3.13-bookworm-py3.11-reference";
/// Measured with other benchmark programs.
const OTHER: &str = "results/fastest-py3.13-reference";

#[test]
fn two_committed_runs_of_one_release_show_no_difference_that_noise_does_not_explain() {
    let output = surtax(&["compare", ONE, TWO]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    insta::assert_snapshot!("compare-committed", stdout(&output));
    let output = surtax(&["compare", ONE, TWO, "--json"]);
    let comparison: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rows =
        comparison["against"][0]["benchmarks"].as_array().expect("a list").iter().flat_map(|benchmark| benchmark["subjects"].as_array());
    let verdicts: Vec<&str> = rows.flatten().filter_map(|row| row["verdict"].as_str()).collect();
    assert!(verdicts.len() >= 40 && verdicts.iter().all(|verdict| *verdict == "no-difference-seen"), "{verdicts:?}");
}

#[test]
fn a_committed_run_has_not_changed_from_itself() {
    let output = surtax(&["compare", ONE, ONE, "--gate", "0%"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("Nothing is known to have changed"), "{}", stdout(&output));
}

#[test]
fn what_cannot_be_compared_does_not_pass() {
    let output = surtax(&["compare", ONE, OTHER]);
    assert_eq!(output.status.code(), Some(5), "{}", stdout(&output));
    assert!(stdout(&output).contains("the benchmark programs are not the same"), "{}", stdout(&output));
    assert_eq!(surtax(&["compare", ONE, OTHER, "--gate", "2%"]).status.code(), Some(5));
    // The other run has a release more, of which the first knows nothing.
    assert_eq!(surtax(&["compare", ONE, TWO, "--gate", "50%"]).status.code(), Some(5));
}

#[test]
fn wrong_words_are_usage_errors() {
    let refused = |arguments: &[&str]| {
        let output = surtax(arguments);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        stderr(&output)
    };
    assert!(refused(&["compare", ONE]).contains("2 values required"));
    assert!(refused(&["compare", ONE, "benches"]).contains("benches is not a run of surtax"));
    assert!(refused(&["compare", ONE, TWO, "--gate", "2"]).contains("`2` is no limit"));
    assert!(refused(&["compare", ONE, TWO, "--subject", "shared"]).contains("has no `=`"));
    assert!(refused(&["compare", ONE, TWO, "--subject", "shard=debian-12/shared"]).contains("did you mean shared?"));
    assert!(refused(&["history", "benches"]).contains("no folder in benches is a run of surtax"));
    assert!(refused(&["history", "results", "--subject", "nobody"]).contains("named nobody"));
}

/// Runs, a folder that is none, and one that is broken.
#[test]
fn a_history_leaves_out_what_is_no_run_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, run) in [("one", ONE), ("two", TWO)] {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(run), &folder.path().join(name));
    }
    std::fs::create_dir(folder.path().join("notes")).expect("made");
    copy(&folder.path().join("one"), &folder.path().join("broken"));
    std::fs::write(folder.path().join("broken/environment.json"), "{").expect("written");
    let place = folder.path().display().to_string();
    let output = surtax(&["history", &place, "--benchmark", "dynamic", "--subject", "static-nonpic"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("left out notes: it has no plan.json") && stderr(&output).contains("warning: left out broken"),
        "{}",
        stderr(&output)
    );
    insta::assert_snapshot!("history-committed", stdout(&output));
    // Two benchmarks of the runners of one release, of the same two, and of the host's python3.
    let output = surtax(&["history", &place, "--json"]);
    let history: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(history["lines"].as_array().map(Vec::len), Some(2 * (4 + 4 + 5)));
}

fn copy(from: &Path, to: &PathBuf) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a folder").flatten().filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}
