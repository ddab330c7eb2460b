//! Other people's suites on the real runners: the real pyperf, its manager and its workers, with and without psutil; CPython's own tests; a pack.
//! Opted into by SURTAX_TEST_REAL=1, as real.rs; pip fetches the packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use surtax::pack::{Access, Pip, obtain, pins};
use surtax::process::Job;
use surtax::store::Store;
use surtax::ui::Silent;

use crate::needs;
use crate::real::subjects;

/// With which pyperf can pin processes and read memory; any version that is a wheel for every Python 3 of this machine's kind (abi3).
fn psutil(folder: &Path) -> Option<PathBuf> {
    let pip =
        |arguments: &[&str]| Job::new("python3").args(["-m", "pip"]).args(arguments).inherit_environment().limit(Duration::from_secs(300));
    let wheels = folder.join("wheels");
    let place = folder.join("site");
    pip(&["download", "--quiet", "--no-deps", "--only-binary=:all:", "psutil", "--dest"]).arg(&wheels).run_for_text().ok()?;
    let wheel = std::fs::read_dir(&wheels).ok()?.next()?.ok()?.path();
    Job::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(&place).inherit_environment().run_for_text().ok()?;
    Some(place)
}

#[test]
fn real_runners_are_good_enough_for_pyperf_timeit() {
    let Some(subjects) = subjects() else { return };
    let store = Store::open_default().expect("a store");
    let pack = match obtain(&Access { store: &store, pip: Pip::default(), offline: false, refresh: false }, &pins(), &Silent) {
        Ok(pack) => pack,
        Err(error) => return needs::skipped(&format!("needs pyperf, which pip cannot fetch here ({error})")),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let psutil = psutil(folder.path());
    if psutil.is_none() {
        needs::skipped("tries pyperf without psutil alone: pip cannot fetch it here");
    }
    let with = psutil.map(|psutil| format!("{}:{}", pack.folder.display(), psutil.display()));
    for path in [Some(pack.folder.display().to_string()), with].into_iter().flatten() {
        for (name, executable) in [("python3".to_owned(), subjects.python3.clone())].iter().chain(&subjects.runners) {
            timeit(name, executable, &path, &tempfile::tempdir_in(folder.path()).expect("a folder").path().join("timeit.json"));
        }
    }
}

/// A manager that starts a process to calibrate and two that measure, each by `sys.executable`.
fn timeit(name: &str, executable: &Path, path: &str, out: &Path) {
    let output = Command::new(executable)
        .args(["-m", "pyperf", "timeit", "--processes", "2", "--values", "3", "--warmups", "1", "--min-time", "0.002", "--quiet", "-o"])
        .arg(out)
        .args(["--setup", "x = list(range(100))", "sum(x)"])
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"), ("PYTHONPATH", path)])
        .output()
        .expect("the subject starts");
    assert!(output.status.success(), "{name}, {path}: {}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&std::fs::read(out).expect("written")).expect("JSON");
    let metadata = &said["metadata"];
    assert_eq!(metadata["python_executable"].as_str(), executable.to_str(), "{name}: the workers are the runner itself");
    assert!(metadata["loops"].as_u64().is_some_and(|loops| loops.is_power_of_two()), "{name}: {metadata}");
    let runs = said["benchmarks"][0]["runs"].as_array().expect("runs");
    let values: Vec<f64> = runs.iter().filter_map(|run| run["values"].as_array()).flatten().filter_map(serde_json::Value::as_f64).collect();
    assert_eq!((runs.len(), values.len()), (3, 6), "{name}: one run calibrates, two have three values each");
    // A hundred additions: neither nothing nor a millisecond.
    assert!(values.iter().all(|seconds| (1e-8..1e-3).contains(seconds)), "{name}: {values:?}");
}

#[test]
fn real_runners_pass_what_python3_passes_of_cpythons_own_tests() {
    if subjects().is_none() {
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_surtax"))
        .args(["verify", "--testsuite=test_dict,test_json,test_struct,test_cmd_line,test_sys", "--json"])
        .output()
        .expect("surtax starts");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let subjects = said["testsuite"]["subjects"].as_array().expect("subjects");
    assert!(subjects.len() >= 2 && subjects.iter().all(|subject| subject["passed"].as_u64() > Some(300)), "{subjects:?}");
    assert!(subjects.iter().all(|subject| subject["differences"].as_array().is_some_and(Vec::is_empty)), "{subjects:?}");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn real_pyperformance_is_measured() {
    if subjects().is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    let output = Command::new(env!("CARGO_BIN_EXE_surtax"))
        .args([
            "matrix",
            "run",
            "--pack",
            "pyperformance=richards,logging,json_loads",
            "--quick",
            "--rounds",
            "6",
            "--counters",
            "none",
            "--out",
        ])
        .arg(&run)
        .output()
        .expect("surtax starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let summary: serde_json::Value = serde_json::from_slice(&std::fs::read(run.join("summary.json")).expect("written")).expect("JSON");
    assert_eq!(summary["packs"][0]["benchmarks"], 5, "logging times three things");
    let rows = summary["packs"][0]["results"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["ratio"].as_f64().is_some_and(|ratio| (0.5..2.0).contains(&ratio))), "{rows:?}");
}
