//! Other tools read what surtax writes for them: the real pyperf, the real hyperfine, Python's own csv.
//!
//! `SURTAX_TEST_PYPERF` names a python that has pyperf: `python3 -m venv DIR && DIR/bin/pip install pyperf`, then `DIR/bin/python`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::needs;

fn surtax(arguments: &[&str]) -> Output {
    let store = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_surtax")).env("SURTAX_HOME", store.path()).args(arguments).output().expect("surtax starts")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn committed(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("results").join(name).display().to_string()
}

const REFERENCE: &str = "bookworm-py3.11-reference";

fn export(format: &str, out: &Path) {
    let output = surtax(&["export", &committed(REFERENCE), "--format", format, "--out", &out.display().to_string()]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn the_real_pyperf_loads_compares_and_checks_what_is_written_for_it() {
    let Some(python) = needs::named_by("SURTAX_TEST_PYPERF", "a python that has pyperf") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    export("pyperf", folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let pyperf = |arguments: &[&str]| {
        let output = Command::new(&python).args(["-m", "pyperf"]).args(arguments).output().expect("python starts");
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        assert!(!said(&output).contains("Traceback"), "{arguments:?}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let (stock, nonpic, shared) = (file("python3.json"), file("static-nonpic.json"), file("shared.json"));
    let compared = pyperf(&["compare_to", &stock, &nonpic, &shared, "--table"]);
    assert!(compared.contains("dynamic/1000000") && compared.contains("x slower"), "{compared}");
    let stats = pyperf(&["stats", &shared]);
    assert!(stats.contains("Number of run with values: 15") && stats.contains("Number of calibration run: 3"), "{stats}");
    assert!(stats.contains("Median +- MAD:") && stats.contains("Start date: 2026-11-21"), "{stats}");
    for command in ["hist", "check", "show", "dump", "metadata"] {
        assert!(!pyperf(&[command, &shared]).is_empty(), "{command}");
    }
    let metadata = pyperf(&["metadata", &shared]);
    assert!(metadata.contains("surtax_subject: shared") && metadata.contains("python_version: 3.11"), "{metadata}");
    let converted = file("converted.json");
    pyperf(&["convert", &shared, "--extract-metadata=mem_max_rss", "-o", &converted]);
    assert!(pyperf(&["show", &converted]).contains("MiB"), "memory is a measure of its own there");
}

#[test]
fn hyperfines_own_result_has_no_field_that_ours_lacks() {
    let Some(hyperfine) = needs::tool("hyperfine") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (theirs, ours) = (folder.path().join("theirs.json"), folder.path().join("ours.json"));
    let output = Command::new(hyperfine)
        .args(["--runs", "3", "--shell", "none", "--style", "none", "--export-json"])
        .arg(&theirs)
        .arg("/bin/true")
        .output();
    assert!(output.as_ref().is_ok_and(|output| output.status.success()), "{output:?}");
    export("hyperfine", &ours);
    let read = |path: &PathBuf| -> Value { serde_json::from_str(&std::fs::read_to_string(path).expect("written")).expect("JSON") };
    let (theirs, ours) = (read(&theirs), read(&ours));
    let (theirs, ours) = (&theirs["results"][0], &ours["results"][0]);
    for (field, value) in theirs.as_object().expect("an object") {
        let own = ours.get(field).unwrap_or_else(|| panic!("no `{field}`"));
        assert_eq!(std::mem::discriminant(own), std::mem::discriminant(value), "{field}: {own} and {value}");
        if let (Some(own), Some(value)) = (own.as_array().and_then(|list| list.first()), value.as_array().and_then(|list| list.first())) {
            assert_eq!(std::mem::discriminant(own), std::mem::discriminant(value), "{field}[0]");
        }
    }
}

#[test]
fn pythons_csv_module_reads_every_row() {
    let Some(python) = needs::python3() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("samples.csv");
    export("csv", &file);
    let program = "import csv, statistics, sys\n\
        rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))\n\
        assert all(None not in row and None not in row.values() for row in rows)\n\
        wanted = [int(row['value_ns']) for row in rows if row['subject'] == 'shared' and row['phase'] == 'measured'\n\
            and row['benchmark'] == 'dynamic']\n\
        print(len(rows), len(wanted), statistics.median(wanted))";
    let output = Command::new(python).args(["-I", "-c", program]).arg(&file).output().expect("python starts");
    let said = said(&output);
    let summary = std::fs::read_to_string(Path::new(&committed(REFERENCE)).join("summary.json")).expect("committed");
    let summary: Value = serde_json::from_str(&summary).expect("JSON");
    let dynamic = summary["benchmarks"].as_array().expect("a list").iter().find(|benchmark| benchmark["name"] == "dynamic").expect("there");
    let shared = dynamic["results"].as_array().expect("a list").iter().find(|row| row["subject"] == "shared").expect("there");
    assert_eq!(said.trim(), format!("1080 15 {}", shared["median_ns"]));
}

#[test]
fn an_export_goes_to_stdout_to_a_file_or_to_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = committed(REFERENCE);
    let markdown = surtax(&["export", &run, "--format", "markdown"]);
    assert!(markdown.status.success() && said(&markdown).starts_with("**surtax**: bookworm"), "{}", said(&markdown));
    let one = surtax(&["export", &run, "--format", "pyperf", "--subject", "shared"]);
    assert!(one.status.success() && serde_json::from_slice::<Value>(&one.stdout).is_ok());
    let several = surtax(&["export", &run, "--format", "pyperf"]);
    assert_eq!(several.status.code(), Some(2), "{}", said(&several));
    assert!(said(&several).contains("hint: name one with --subject, or a folder for all of them with --out DIR"), "{}", said(&several));
    let wrong = surtax(&["export", &run, "--format", "csv", "--subject", "shard"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("did you mean shared?"), "{}", said(&wrong));
    let out = folder.path().join("new/one.json");
    let file = surtax(&["export", &run, "--format", "pyperf", "--subject", "shared", "--out", &out.display().to_string()]);
    assert!(file.status.success() && out.is_file(), "{}", said(&file));
    assert_eq!(surtax(&["export", &run, "--format", "json"]).status.code(), Some(2));
}
