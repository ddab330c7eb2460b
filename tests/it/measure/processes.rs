//! Measuring with real processes: subjects are shell scripts.

use surtax::matrix::{Selection, Setting, schedule};
use surtax::measure::Processes;
use surtax::run::{Outcome, Role};

use super::scripted::Fixture;
use crate::matrix::{select, setting, subject};
use crate::world::shell_script;

const DRIVER: &str = r#"echo "{\"workload\":\"$2\",\"size\":$3,\"ns\":1000,\"answer\":\"42\"}""#;

fn processes(cpu: Option<usize>) -> Processes {
    Processes::new(cpu, env!("CARGO_BIN_EXE_surtax"))
}

fn of_scripts(only: &[&str], timeout_seconds: f64, bodies: &[(&str, &str)]) -> Fixture {
    let scripts = tempfile::tempdir().unwrap();
    let role = |index| if index == 0 { Role::Baseline } else { Role::Runner };
    let subjects = bodies.iter().enumerate().map(|(index, (name, body))| {
        let executable = shell_script(&scripts.path().join(name), body);
        surtax::run::SubjectPlan { executable, ..subject(name, role(index)) }
    });
    let setting = Setting { subjects: subjects.collect(), cpu: surtax::measure::choose_cpu(), ..setting() };
    let selection = Selection { rounds: Some(1), warmup: Some(0), timeout_seconds: Some(timeout_seconds), ..select(only) };
    let fixture = Fixture::of(&selection, setting);
    // The scripts must outlive the measuring; the run's place is dropped with the fixture.
    surtax::fs::rename(scripts.path(), &fixture.folder.path().join("subjects")).unwrap();
    let mut fixture = fixture;
    for subject in &mut fixture.plan.subjects {
        subject.executable = fixture.folder.path().join("subjects").join(&subject.name);
    }
    fixture
}

#[test]
fn real_subjects_that_fail_are_rows_with_reasons() {
    let fixture = of_scripts(
        &["dynamic/10"],
        5.0,
        &[
            ("python3", DRIVER),
            ("good", DRIVER),
            ("crash", "echo 'Fatal Python error: Segmentation fault' >&2; kill -SEGV $$"),
            ("hang", "sleep 600 & echo waiting >&2; wait"),
            ("garbage", "printf 'Hello\\033[31m\\n'"),
            ("wrong", r#"echo "{\"workload\":\"$2\",\"size\":$3,\"ns\":1,\"answer\":\"43\"}""#),
            ("other", r#"echo "{\"workload\":\"$2\",\"size\":9,\"ns\":1,\"answer\":\"42\"}""#),
            ("twice", "echo '{}'; echo '{}'"),
            ("exit", "echo no module >&2; exit 3"),
            ("silent", ":"),
        ],
    );
    let mut executor = processes(fixture.plan.cpu);
    let measured = fixture.measure(&mut executor).unwrap();
    assert_eq!((measured.visits, measured.failed), (10, 8));
    let row = |name: &str| {
        let sample = fixture.of_subject(name).remove(0);
        (sample.outcome, sample.reason.unwrap_or_default())
    };
    assert_eq!(row("python3").0, Outcome::Ok);
    assert_eq!(row("good").0, Outcome::Ok);
    let mut shown = String::new();
    for name in ["crash", "hang", "garbage", "wrong", "other", "twice", "exit", "silent"] {
        let (outcome, reason) = row(name);
        shown += &format!("{name}: {outcome:?}: {reason}\n");
    }
    insta::assert_snapshot!(shown, @r#"
    crash: Failed: was killed by signal 11 (SIGSEGV); stderr ends:
    Fatal Python error: Segmentation fault
    hang: TimedOut: was still running after 5 s and was ended; stderr ends:
    waiting
    garbage: Failed: stdout is not the driver's line: `Hello\u{1b}[31m\n`
    wrong: WrongAnswer: answered `43`; the baseline's answer is `42`
    other: Failed: the driver ran another workload or size than asked: `{"workload":"dynamic","size":9,"ns":1,"answer":"42"}\n`
    twice: Failed: stdout is not the driver's line: `{}\n{}\n`
    exit: Failed: exited with code 3; stderr ends:
    no module
    silent: Failed: stdout is not the driver's line: nothing
    "#);
    let hang = &fixture.of_subject("hang")[0];
    assert!(hang.wall_ns >= 5_000_000_000);
}

#[test]
fn a_subject_that_is_not_there_is_a_row() {
    let mut fixture = of_scripts(&["dynamic/10"], 120.0, &[("python3", DRIVER), ("good", DRIVER)]);
    fixture.plan.subjects[1].executable = "/nowhere/runner".into();
    fixture.measure(&mut processes(None)).unwrap();
    let reason = fixture.of_subject("good").remove(0).reason.unwrap();
    assert_eq!(reason, "cannot start /nowhere/runner: No such file or directory (os error 2)");
}

#[test]
fn a_visit_sees_nothing_of_the_persons_environment() {
    let body = r#"env | sort | tr '\n' ' ' >&2; pwd >&2; grep Cpus_allowed_list /proc/self/status >&2; exit 1"#;
    let fixture = of_scripts(&["dynamic/10"], 120.0, &[("python3", body)]);
    let cpu = fixture.plan.cpu.unwrap();
    fixture.measure(&mut processes(Some(cpu))).unwrap();
    let reason = fixture.of_subject("python3").remove(0).reason.unwrap();
    let lines: Vec<&str> = reason.lines().collect();
    let seed = schedule(&fixture.plan)[0].hash_seed;
    // sh itself adds PWD.
    assert_eq!(
        lines[1].trim_end_matches('/').trim_end(),
        format!(
            "LC_ALL=C.UTF-8 OPENSSL_CONF=/dev/null PATH=/usr/bin:/bin PWD=/ PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED={seed:010} PYTHONNOUSERSITE=1"
        )
    );
    assert!(lines[1].ends_with('/'), "runs in the root folder");
    assert_eq!(lines[2].split_whitespace().last(), Some(cpu.to_string().as_str()));
}

#[test]
fn an_empty_program_that_prints_is_a_failure() {
    let fixture = of_scripts(&["startup"], 120.0, &[("python3", ":"), ("noisy", "echo banner")]);
    fixture.measure(&mut processes(None)).unwrap();
    assert_eq!(fixture.of_subject("python3")[0].outcome, Outcome::Ok);
    assert_eq!(fixture.of_subject("noisy")[0].reason.as_deref(), Some("an empty program printed `banner\\n`"));
}
