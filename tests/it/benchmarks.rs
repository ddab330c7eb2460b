//! The Python side of the measurements: it computes the same thing every time, and says so in JSON that surtax can read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use surtax::process::{Finished, Job, subject_environment};

use crate::needs;

/// The system's Python, if it has one. `SURTAX_TEST_PYTHONS` names more, separated by colons.
pub(crate) fn pythons() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = needs::python3().map(Path::to_owned).into_iter().collect();
    let more = std::env::var_os("SURTAX_TEST_PYTHONS").unwrap_or_default();
    found.extend(std::env::split_paths(&more).filter(|path| path.is_file()));
    found
}

fn benchmarks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benchmarks")
}

fn run(python: &Path, script: &str, arguments: &[&str]) -> Finished {
    run_with(python, script, arguments, "0")
}

fn run_with(python: &Path, script: &str, arguments: &[&str], hash_seed: &str) -> Finished {
    let job = Job::new(python).arg(benchmarks().join(script)).args(arguments).envs(subject_environment(0));
    let folder = tempfile::tempdir().unwrap();
    job.env("PYTHONHASHSEED", hash_seed).current_dir(folder.path()).limit(Duration::from_secs(120)).run().unwrap()
}

fn text(python: &Path, script: &str, arguments: &[&str]) -> String {
    let finished = run(python, script, arguments);
    assert!(finished.status.success(), "{} {script}: {}", python.display(), finished.stderr_text());
    finished.stdout_text()
}

fn json(python: &Path, script: &str, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&text(python, script, arguments)).unwrap()
}

fn programs() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(benchmarks().join("programs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".py"))
        .collect();
    names.sort();
    names
}

#[test]
fn the_driver_prints_one_line_of_json() {
    for python in pythons() {
        for workload in ["pure_int_loop", "dynamic"] {
            let line = text(&python, "driver.py", &[workload, "1000"]);
            assert_eq!(line.lines().count(), 1, "{line}");
            let said: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(said["workload"], workload);
            assert_eq!(said["size"], 1000);
            assert!(said["ns"].as_u64().unwrap() > 1000, "a thousand steps take more than a microsecond: {line}");
            assert!(said["answer"].as_str().is_some_and(|answer| !answer.is_empty()), "{line}");
            assert_eq!(said.as_object().unwrap().len(), 4, "{line}");
        }
    }
}

/// The marks are for a tool that counts instructions between them; nothing else changes.
#[test]
fn the_driver_marks_the_workload_when_asked() {
    for python in pythons() {
        let plain = json(&python, "driver.py", &["dynamic", "1000"]);
        let marked = json(&python, "driver.py", &["dynamic", "1000", "mark"]);
        assert_eq!(marked["answer"], plain["answer"]);
        // A stand-in notes what runs between the calls.
        let program = "import posix, sys; posix.getloadavg = lambda: print('mark'); sys.argv = sys.argv[1:]; __file__ = sys.argv[0]; exec(open(__file__).read())";
        let script = benchmarks().join("driver.py");
        let marks = |arguments: &[&str]| {
            let job = Job::new(&python).args(["-c", program]).arg(&script).args(arguments).envs(subject_environment(0));
            job.limit(Duration::from_secs(120)).run_for_text().unwrap().lines().filter(|line| *line == "mark").count()
        };
        assert_eq!((marks(&["dynamic", "10", "mark"]), marks(&["dynamic", "10"])), (2, 0));
    }
    let Some(python) = needs::python3() else { return };
    assert_eq!(run(python, "driver.py", &["dynamic", "10", "marks"]).stderr_text(), "usage: driver.py WORKLOAD SIZE [mark]\n");
}

#[test]
fn answers_depend_on_the_size_and_on_nothing_else() {
    let Some(python) = needs::python3() else { return };
    for workload in ["pure_int_loop", "dynamic"] {
        let answer = |size: &str, seed: &str| {
            let finished = run_with(python, "driver.py", &[workload, size], seed);
            let said: serde_json::Value = serde_json::from_str(&finished.stdout_text()).unwrap();
            said["answer"].as_str().unwrap().to_owned()
        };
        let answers: Vec<String> = ["100", "101", "1000", "10000"].iter().map(|size| answer(size, "0")).collect();
        assert!(answers.windows(2).all(|pair| pair[0] != pair[1]), "{workload}: {answers:?}");
        assert_eq!(answer("10000", "1"), answers[3], "{workload}: the hash seed reaches the answer");
        assert_eq!(answer("10000", "12345"), answers[3], "{workload}: the hash seed reaches the answer");
    }
}

/// A workload whose memory grew with its size would measure the allocator's growth instead of the interpreter.
#[test]
fn the_dynamic_workload_needs_no_more_memory_for_more_steps() {
    let Some(python) = needs::python3() else { return };
    let peak = |size| run(python, "driver.py", &["dynamic", size]).peak_memory_bytes;
    let (few, many) = (peak("1000"), peak("200000"));
    assert!(many < few + (1 << 20), "{few} bytes for a thousand steps, {many} for two hundred thousand");
}

#[test]
fn the_driver_names_a_workload_that_is_not_there() {
    let Some(python) = needs::python3() else { return };
    let finished = run(python, "driver.py", &["no_such", "1"]);
    assert_eq!(finished.status.code(), Some(1));
    assert!(finished.stdout.is_empty());
    assert_eq!(finished.stderr_text(), "driver.py: no workload named no_such\n");
}

#[test]
fn cells_answer_the_same_alone_and_in_one_process() {
    for python in pythons() {
        let together = json(&python, "cells.py", &["0", "20"]);
        let together = together["answers"].as_array().unwrap();
        assert_eq!(together.len(), 20);
        for (number, answer) in together.iter().enumerate() {
            let alone = json(&python, "cells.py", &[&number.to_string(), "1"]);
            assert_eq!(alone["answers"], serde_json::json!([answer]), "cell {number} on {}", python.display());
        }
        let around = json(&python, "cells.py", &["18", "4"]);
        assert_eq!(
            around["answers"].as_array().unwrap()[..],
            [&together[18..], &together[..2]].concat()[..],
            "after the last comes the first"
        );
    }
}

/// The isolated runner ignores `PYTHONHASHSEED`, as every embedder that isolates does.
/// Subjects of several Pythons are measured in one run, and their answers compared.
#[test]
fn every_python_gives_the_recorded_answers() {
    for python in pythons() {
        let mut answers: Vec<String> =
            ["pure_int_loop", "dynamic"].map(|workload| text(&python, "driver.py", &[workload, "1000"])).to_vec();
        for answer in &mut answers {
            let mut said: serde_json::Value = serde_json::from_str(answer).unwrap();
            said.as_object_mut().unwrap().remove("ns");
            *answer = said.to_string();
        }
        answers.push(serde_json::to_string_pretty(&json(&python, "cells.py", &["0", "20"])["answers"]).unwrap());
        insta::assert_snapshot!("answers", answers.join("\n"));
    }
}

#[test]
fn cells_answer_the_same_under_every_hash_seed() {
    let Some(python) = needs::python3() else { return };
    let answers = |seed| run_with(python, "cells.py", &["0", "20"], seed).stdout_text();
    let first = answers("0");
    assert!(["1", "2", "random"].iter().all(|seed| answers(seed) == first));
}

/// As a runner that embeds starts: isolated, without site, the script's folder not on the path.
#[test]
fn driver_and_cells_need_neither_site_nor_their_own_folder() {
    for python in pythons() {
        let isolated = |script: &str, arguments: &[&str]| {
            let job = Job::new(&python).args(["-I", "-S"]).arg(benchmarks().join(script)).args(arguments);
            job.envs(subject_environment(0)).limit(Duration::from_secs(120)).run_for_text().unwrap()
        };
        assert_eq!(isolated("cells.py", &["0", "20"]), text(&python, "cells.py", &["0", "20"]));
        for workload in ["pure_int_loop", "dynamic"] {
            let said: serde_json::Value = serde_json::from_str(&isolated("driver.py", &[workload, "500"])).unwrap();
            assert_eq!(said["answer"], json(&python, "driver.py", &[workload, "500"])["answer"]);
        }
        assert_eq!(isolated("empty.py", &[]), "");
    }
}

#[test]
fn the_empty_program_says_nothing() {
    let Some(python) = needs::python3() else { return };
    let finished = run(python, "empty.py", &[]);
    assert!(finished.status.success() && finished.stdout.is_empty() && finished.stderr.is_empty());
    assert_eq!(std::fs::read(benchmarks().join("empty.py")).unwrap(), b"");
}

#[test]
fn the_twenty_programs_print_the_same_twice_and_nothing_of_the_machine() {
    let programs = programs();
    assert_eq!(programs.len(), 20, "{programs:?}");
    for python in pythons() {
        for program in &programs {
            let script = format!("programs/{program}");
            let (first, second) = (run(&python, &script, &[]), run(&python, &script, &[]));
            assert!(first.status.success(), "{} {program}: {}", python.display(), first.stderr_text());
            assert_eq!(first.stdout_text(), second.stdout_text(), "{} {program}", python.display());
            assert_eq!(first.stderr_text(), second.stderr_text(), "{} {program}", python.display());
            assert!(first.stdout_text().lines().count() >= 10, "{program} says too little to notice anything");
            let all = first.stdout_text() + &first.stderr_text();
            let machine = [" at 0x", env!("CARGO_MANIFEST_DIR"), "/usr/", "/tmp/", "/home/", "/root/"];
            assert_eq!(machine.iter().find(|trace| all.contains(**trace)), None, "{program}");
        }
    }
}

#[test]
fn published_digests_are_what_this_machine_computes() {
    for python in pythons() {
        let said = json(&python, "probes/hashlib_answers.py", &[]);
        let said = said.as_object().unwrap();
        let guaranteed = "md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 shake_128 shake_256 blake2b blake2s";
        let derived = "hmac-md5 hmac-sha256 hmac-sha512 pbkdf2-sha1 pbkdf2-sha256 scrypt";
        for name in guaranteed.split(' ').chain(derived.split(' ')) {
            let answer = &said[name];
            assert_eq!(answer["refused"], serde_json::Value::Null, "{name}");
            assert_eq!(answer["wrong"], serde_json::json!([]), "{name} on {}", python.display());
            assert!(answer["published"].as_u64().unwrap() >= 1, "{name} has no published answer");
        }
        // FIPS 180-4's and RFC 7693's own examples, written here once more: the probe's table cannot drift with the probe.
        let sha256 = &said["sha256"]["digests"]["abc"];
        assert_eq!(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(said["blake2s"]["digests"]["abc"], "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
        let one = json(&python, "probes/hashlib_answers.py", &["sha256"]);
        assert_eq!(one, serde_json::json!({ "sha256": said["sha256"] }), "asked alone, it answers the same");
        let names: Vec<String> = serde_json::from_value(json(&python, "probes/hashlib_answers.py", &["--list"])).unwrap();
        assert_eq!(names.len(), said.len());
        assert!(names.iter().all(|name| said.contains_key(name)));
    }
}

#[test]
fn cpythons_own_modules_give_the_published_digests_too() {
    for python in pythons() {
        let openssl = json(&python, "probes/hashlib_answers.py", &[]);
        let own = json(&python, "probes/own_hashes.py", &[]);
        let own = own.as_object().unwrap();
        assert_eq!(own.len(), 20, "14 algorithms and 6 HMACs");
        for (name, answer) in own {
            assert_eq!((&answer["refused"], &answer["wrong"]), (&serde_json::Value::Null, &serde_json::json!([])), "{name}");
            assert!(answer["published"].as_u64().unwrap() >= 2, "{name}");
            let digests = answer["digests"].as_object().unwrap();
            let directly = digests.iter().filter(|(input, _)| input.starts_with("abc by _")).count();
            assert_eq!(directly, usize::from(!name.starts_with("hmac-")), "{name}");
            for (input, digest) in digests.iter().filter(|(input, _)| !input.starts_with("abc by _")) {
                assert_eq!(digest, &openssl[name]["digests"][input], "{name} of {input}");
            }
        }
        let one = json(&python, "probes/own_hashes.py", &["sha256"]);
        assert_eq!(one, serde_json::json!({ "sha256": own["sha256"] }), "asked alone, it answers the same");
    }
}

#[test]
fn the_extension_probe_names_what_cannot_be_imported() {
    let Some(python) = needs::python3() else { return };
    let said = json(python, "probes/extensions.py", &[]);
    for module in ["math", "_json", "_ctypes", "zlib", "sys"] {
        assert_eq!(said[module], "ok", "{module}");
    }
    let names: Vec<String> = serde_json::from_value(json(python, "probes/extensions.py", &["--list"])).unwrap();
    assert_eq!(names.len(), said.as_object().unwrap().len());
    let two = json(python, "probes/extensions.py", &["math", "no_such_module"]);
    assert_eq!(two, serde_json::json!({ "math": "ok", "no_such_module": "ModuleNotFoundError: No module named 'no_such_module'" }));
}

#[test]
fn a_python_can_start_itself_again() {
    let Some(python) = needs::python3() else { return };
    let said = json(python, "probes/restart.py", &[]);
    assert_eq!(said["child_is_self"], true);
    assert_eq!(said["exit_code"], 7);
    assert_eq!(said["killed"], -15);
    assert_eq!(said["multiprocessing_spawn"][3], serde_json::json!([9, true]));
}
