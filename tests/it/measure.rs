//! Measuring: the order of execution, the journal, and what becomes of subjects that fail.

mod counting;
mod processes;
mod scripted;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use surtax::error::{Exit, Explain as _};
use surtax::matrix::{Selection, plan, schedule};
use surtax::measure::measure;
use surtax::run::{Environment, Folder, Outcome, Phase, Sample};
use surtax::ui::{Bar, Reporter, Silent, Unit};

use crate::matrix::{groups, select, setting};
use crate::needs::SmallDisk;
use scripted::{Act, Fixture, Scripted, always};

#[test]
fn visits_follow_the_schedule_one_by_one() {
    let fixture = Fixture::new(&["dynamic", "startup"], 3);
    let mut executor = Scripted::new(&always);
    let measured = fixture.measure(&mut executor).unwrap();
    assert_eq!((measured.visits, measured.failed, measured.skipped), (2 * 4 * 4, 0, 0));

    let names: Vec<&str> = fixture.plan.subjects.iter().map(|subject| subject.name.as_str()).collect();
    let mut expected = Vec::new();
    for round in schedule(&fixture.plan) {
        if round.phase == Phase::WarmUp && round.number == 0 && fixture.plan.benchmarks[round.benchmark].name == "dynamic" {
            expected.push("python3");
        }
        expected.extend(round.order.iter().map(|&subject| names[subject]));
    }
    assert_eq!(executor.subjects(), expected);
    // The journal tells the same, in the same order.
    assert_eq!(fixture.samples().iter().map(|sample| sample.subject.clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn a_sample_holds_what_was_measured() {
    let fixture = Fixture::new(&["dynamic", "startup", "cells/3"], 1);
    fixture.measure(&mut Scripted::new(&always)).unwrap();
    let samples = fixture.samples();
    let of = |benchmark: &str, subject: &str| {
        let wanted = |sample: &&Sample| sample.benchmark == benchmark && sample.subject == subject && sample.phase == Phase::Measured;
        samples.iter().find(wanted).unwrap()
    };
    let dynamic = of("dynamic", "shared");
    assert_eq!((dynamic.value_ns, dynamic.wall_ns, dynamic.user_ns, dynamic.system_ns), (Some(5000), 10_000_000, 7_000_000, 2_000_000));
    assert_eq!((dynamic.peak_memory_bytes, dynamic.answer.as_deref(), dynamic.size), (9 << 20, Some("right"), Some(1_000_000)));
    let startup = of("startup", "shared");
    assert_eq!((startup.value_ns, startup.answer.as_deref(), startup.size), (Some(10_000_000), None, None));
    // Three processes on one side, one on the other, equal answers.
    let (stock, runner) = (of("cells", "python3"), of("cells", "shared"));
    assert_eq!((stock.value_ns, runner.value_ns), (Some(30_000_000), Some(10_000_000)));
    assert_eq!(stock.answer.as_deref(), Some(r#"["right-0","right-1","right-2"]"#));
    assert_eq!(stock.answer, runner.answer);
    assert_eq!(stock.peak_memory_bytes, 9 << 20);
}

#[test]
fn a_visit_to_the_opcode_kernels_holds_what_each_costs() {
    let fixture = Fixture::new(&["opcodes"], 2);
    let script = |name: &str, nth: usize| match (name, nth) {
        ("shared", 1) => Act::Wrong,
        ("static-nonpic", 1) => Act::Garbage,
        _ => Act::Answer,
    };
    let measured = fixture.measure(&mut Scripted::new(&script)).unwrap();
    // No visit of the baseline goes before them: they have no answer to compare.
    assert_eq!((measured.visits, measured.failed), (3 * 4, 2));
    let samples = fixture.samples();
    assert!(samples.iter().all(|sample| sample.phase != Phase::Reference && sample.answer.is_none()));
    let first = &samples[0];
    assert_eq!(first.value_ns, Some(12), "the sum, rounded");
    let kernels: Vec<(&str, f64)> = first.kernels.iter().flatten().map(|(name, ns)| (name.as_str(), *ns)).collect();
    assert_eq!(kernels, [("add-int", 12.25)], "a kernel that did not run its form is not there");
    let failed = |name: &str| fixture.of_subject(name).into_iter().find(|sample| sample.outcome == Outcome::Failed).unwrap();
    assert_eq!(failed("shared").reason.unwrap(), "no kernel ran its form; add-int: expected A, saw B");
    assert_eq!(failed("shared").kernels, None);
    assert_eq!(failed("static-nonpic").reason.unwrap(), "stdout is not the kernels' line: `hello\\n`");
    // The journal is read back as it was written, and nothing is missing.
    assert_eq!(fixture.measure(&mut Scripted::new(&always)).unwrap().visits, 0);
}

#[test]
fn a_round_has_one_hash_seed_and_the_next_another() {
    let fixture = Fixture::new(&["startup"], 6);
    let mut executor = Scripted::new(&always);
    fixture.measure(&mut executor).unwrap();
    let seeds: Vec<&String> = executor.calls.chunks(4).map(|round| &round[0].1).collect();
    assert!(executor.calls.chunks(4).all(|round| round.iter().all(|(_, seed)| *seed == round[0].1)));
    assert_eq!(seeds.iter().collect::<std::collections::HashSet<_>>().len(), 7, "{seeds:?}");
}

#[test]
fn a_failed_subject_is_a_row_and_the_rest_goes_on() {
    let fixture = Fixture::new(&["dynamic"], 4);
    let script = |name: &str, nth: usize| match (name, nth) {
        ("static-nonpic", 1) => Act::Crash,
        ("shared", 2) => Act::Garbage,
        ("python3-again", 3) => Act::Hang,
        _ => Act::Answer,
    };
    let measured = fixture.measure(&mut Scripted::new(&script)).unwrap();
    assert_eq!((measured.visits, measured.failed, measured.skipped), (20, 3, 0));
    let failures: Vec<_> = fixture.samples().into_iter().filter(|sample| sample.outcome != Outcome::Ok).collect();
    assert!(failures.iter().all(|sample| sample.value_ns.is_none() && sample.wall_ns > 0));
    let reason =
        |name: &str| failures.iter().find(|sample| sample.subject == name).map(|sample| (sample.outcome, sample.reason.clone().unwrap()));
    assert_eq!(
        reason("static-nonpic").unwrap(),
        (Outcome::Failed, "was killed by signal 11 (SIGSEGV); stderr ends:\nFatal Python error\nCurrent thread".to_owned())
    );
    assert_eq!(reason("shared").unwrap(), (Outcome::Failed, "stdout is not the driver's line: `hello\\n`".to_owned()));
    assert_eq!(reason("python3-again").unwrap(), (Outcome::TimedOut, "was still running after 120 s and was ended".to_owned()));
}

#[test]
fn a_subject_that_keeps_failing_is_not_visited_again_for_that_benchmark() {
    let fixture = Fixture::new(&["dynamic"], 7);
    let script = |name: &str, nth: usize| match name {
        // Once right in between: not in a row.
        "static-nonpic" if nth != 2 => Act::Hang,
        "shared" if nth.is_multiple_of(2) => Act::Hang,
        _ => Act::Answer,
    };
    let mut executor = Scripted::new(&script);
    let measured = fixture.measure(&mut executor).unwrap();
    assert_eq!(measured.skipped, 2);
    assert_eq!(executor.visits["static-nonpic"], 6);
    assert_eq!(executor.visits["shared"], 8);
    let rows = fixture.of_subject("static-nonpic");
    assert_eq!(rows.len(), 8);
    for row in &rows[6..] {
        assert_eq!((row.outcome, row.wall_ns), (Outcome::Failed, 0));
        assert_eq!(
            row.reason.as_deref(),
            Some("not visited after 3 failures in a row, the last: was still running after 120 s and was ended")
        );
    }
}

#[test]
fn a_fast_wrong_answer_is_a_failure_wherever_the_baseline_stands() {
    let fixture = Fixture::new(&["dynamic", "cells"], 6);
    let script = |name: &str, nth: usize| if name == "shared" && nth % 4 < 2 { Act::Wrong } else { Act::Answer };
    fixture.measure(&mut Scripted::new(&script)).unwrap();
    let mut wrong = 0;
    for sample in fixture.of_subject("shared") {
        let is_wrong = sample.answer.as_deref().unwrap().contains("wrong");
        assert_eq!(sample.outcome == Outcome::WrongAnswer, is_wrong, "{sample:?}");
        assert_eq!(sample.value_ns.is_none(), is_wrong, "{sample:?}");
        wrong += u32::from(is_wrong);
    }
    assert!(wrong > 5);
    let reason = |benchmark: &str| {
        fixture.of_subject("shared").into_iter().find(|row| row.reason.is_some() && row.benchmark == benchmark).unwrap().reason
    };
    assert_eq!(reason("dynamic").unwrap(), "answered `wrong`; the baseline's answer is `right`");
    assert_eq!(
        reason("cells").unwrap(),
        r#"answered `["wrong-0","wrong-1","wrong-2","wrong-3","wrong-4","wrong-5"…`; the baseline's answer is `["right-0","right-1","right-2","right-3","right-4","right-5"…`"#
    );
}

#[test]
fn a_baseline_that_fails_stops_nobody() {
    let fixture = Fixture::new(&["dynamic"], 4);
    let script = |name: &str, _: usize| if name == "python3" { Act::Crash } else { Act::Answer };
    fixture.measure(&mut Scripted::new(&script)).unwrap();
    assert!(fixture.of_subject("python3").iter().all(|sample| sample.outcome == Outcome::Failed));
    assert!(fixture.of_subject("shared").iter().all(|sample| sample.outcome == Outcome::Ok));
    let references = fixture.samples().iter().filter(|sample| sample.phase == Phase::Reference).count();
    assert_eq!(references, 3);
}

#[test]
fn a_reference_that_fails_once_is_asked_for_again() {
    let fixture = Fixture::new(&["dynamic"], 2);
    let script = |name: &str, nth: usize| match name {
        "python3" if nth < 2 => Act::Crash,
        "shared" => Act::Wrong,
        _ => Act::Answer,
    };
    fixture.measure(&mut Scripted::new(&script)).unwrap();
    let wrong: Vec<bool> = fixture.of_subject("shared").iter().map(|sample| sample.outcome == Outcome::WrongAnswer).collect();
    assert!(wrong[1..].iter().all(|&wrong| wrong), "{wrong:?}");
}

#[test]
fn the_first_groups_python3_gives_the_answer_that_all_groups_must_give() {
    let selection = Selection { rounds: Some(3), warmup: Some(0), ..select(&["dynamic"]) };
    let fixture = Fixture::of(&selection, groups());
    let script = |name: &str, _: usize| if name == "debian-12/python3" { Act::Wrong } else { Act::Answer };
    let mut executor = Scripted::new(&script);
    let measured = fixture.measure(&mut executor).unwrap();
    assert_eq!((measured.visits, measured.failed), (3 * 9, 3));
    assert_eq!(executor.subjects()[0], "debian-13/python3");
    assert_eq!(fixture.samples().iter().filter(|sample| sample.phase == Phase::Reference).count(), 1);
    // Every round visits every group's subjects.
    for round in executor.subjects()[1..].chunks(9) {
        assert_eq!(round.iter().collect::<std::collections::HashSet<_>>().len(), 9, "{round:?}");
    }
    let older = fixture.of_subject("debian-12/python3");
    assert!(older.iter().all(|sample| sample.outcome == Outcome::WrongAnswer && sample.value_ns.is_none()));
    assert!(fixture.of_subject("debian-12/shared").iter().all(|sample| sample.outcome == Outcome::Ok));
}

#[test]
fn an_interrupted_run_goes_on_where_it_stopped() {
    let whole = Fixture::new(&["dynamic", "startup"], 3);
    whole.measure(&mut Scripted::new(&always)).unwrap();

    let fixture = Fixture::new(&["dynamic", "startup"], 3);
    let count = Mutex::new(0);
    let script = |_: &str, _: usize| {
        let mut count = count.lock().unwrap();
        *count += 1;
        if *count == 12 { Act::Interrupt } else { Act::Answer }
    };
    let error = fixture.measure(&mut Scripted::new(&script)).unwrap_err();
    assert_eq!(error.exit(), Exit::Incomplete);
    assert_eq!(error.hint().unwrap(), format!("go on with it: surtax matrix run --resume {}", fixture.folder.path().display()));
    assert_eq!(fixture.samples().len(), 11);

    // The crash that may come instead leaves a torn line.
    let torn = fs::read_to_string(fixture.folder.journal()).unwrap() + "{\"schema\":1,\"bench";
    surtax::fs::write_atomic(&fixture.folder.journal(), torn.as_bytes()).unwrap();

    fixture.measure(&mut Scripted::new(&always)).unwrap();
    let last = |samples: Vec<Sample>| {
        let key = |sample: Sample| ((sample.benchmark.clone(), sample.size, sample.phase, sample.round, sample.subject.clone()), sample);
        samples.into_iter().map(key).collect::<HashMap<_, _>>()
    };
    assert_eq!(last(fixture.samples()), last(whole.samples()));
    // 11 visits were one reference, two rounds and two visits of the third, which is measured again as a whole.
    assert_eq!(fixture.samples().len(), whole.samples().len() + 2);

    let mut idle = Scripted::new(&always);
    let measured = fixture.measure(&mut idle).unwrap();
    assert_eq!((measured.visits, idle.calls.len()), (0, 0));
}

#[test]
fn a_resumed_run_remembers_who_keeps_failing() {
    let fixture = Fixture::new(&["dynamic"], 8);
    let count = Mutex::new(0);
    let script = |name: &str, _: usize| {
        let mut count = count.lock().unwrap();
        *count += 1;
        match name {
            _ if *count == 1 + 4 * 4 => Act::Interrupt,
            "shared" => Act::Crash,
            _ => Act::Answer,
        }
    };
    fixture.measure(&mut Scripted::new(&script)).unwrap_err();
    let mut executor = Scripted::new(&always);
    fixture.measure(&mut executor).unwrap();
    assert!(!executor.subjects().contains(&"shared"));
    assert!(fixture.of_subject("shared").last().unwrap().reason.as_deref().unwrap().contains("was killed by signal 11 (SIGSEGV)"));
}

/// What the person was told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Reporter for Told {
    fn bar(&self, label: &str, total: Option<u64>, unit: Unit) -> Box<dyn Bar> {
        self.0.lock().unwrap().push(format!("bar {label}"));
        Silent.bar(label, total, unit)
    }

    fn step(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }

    fn warn(&self, text: &str) {
        self.0.lock().unwrap().push(format!("warning: {text}"));
    }
}

#[test]
fn a_line_remains_for_each_benchmark() {
    let fixture = Fixture::new(&["dynamic"], 4);
    let script = |name: &str, nth: usize| if name == "shared" && nth == 2 { Act::Crash } else { Act::Answer };
    let told = Told::default();
    measure(&fixture.plan, &fixture.folder, Path::new("/benchmarks"), &mut Scripted::new(&script), &told).unwrap();
    let told = told.0.into_inner().unwrap();
    assert_eq!(told[..2], ["bar measuring", "measured dynamic/1000000: 4 rounds, 20 visits, 1 failed"]);
    assert!(told[2].starts_with("measured 20 visits in ") && told[2].contains(", 1 failed; surtax itself took "), "{}", told[2]);
}

#[test]
fn a_plan_with_a_benchmark_of_another_surtax_is_refused() {
    let mut fixture = Fixture::new(&["dynamic"], 1);
    fixture.plan.benchmarks[0].name = "later".to_owned();
    let error = fixture.measure(&mut Scripted::new(&always)).unwrap_err();
    assert!(error.to_string().starts_with("no benchmark is named `later`"), "{error}");
    assert_eq!(error.exit(), Exit::Usage);
}

#[test]
fn a_journal_that_cannot_grow_stops_the_run() {
    let fixture = Fixture::new(&["dynamic"], 1);
    fs::create_dir(fixture.folder.journal()).unwrap();
    let error = fixture.measure(&mut Scripted::new(&always)).unwrap_err();
    assert_eq!(error.exit(), Exit::Internal, "{error}");
}

#[test]
fn a_full_disk_stops_the_run_and_keeps_what_was_measured() {
    let disk = tempfile::tempdir().unwrap();
    let Some(_small) = SmallDisk::on(disk.path()) else { return };
    let folder = Folder::create(&disk.path().join("run")).unwrap();
    let selection = Selection { rounds: Some(200), ..select(&["startup"]) };
    let plan = plan(&selection, setting()).unwrap();
    let mut executor = Scripted::new(&always);
    let error = measure(&plan, &folder, Path::new("/benchmarks"), &mut executor, &Silent).unwrap_err();
    assert_eq!(error.exit(), Exit::Internal);
    let error = anyhow::Error::new(error);
    insta::assert_snapshot!(surtax::error::render(&error).replace(&disk.path().display().to_string(), "DISK"), @r"
    error: a sample cannot be kept, so measuring stops
    Caused by:
        cannot append to DISK/run/samples.jsonl
        No space left on device (os error 28)

    hint: what was measured is kept; free some space, then: surtax matrix run --resume DISK/run
    ");
    // All visits but the one whose sample found no room.
    assert_eq!(folder.samples().unwrap().len(), executor.calls.len() - 1);
    assert!(executor.calls.len() > 50);
}

#[test]
fn the_waiting_thread_keeps_its_cores() {
    use surtax::measure::{Apart, choose_cpu};
    let allowed = || rustix::thread::sched_getaffinity(None).unwrap();
    let before = allowed();
    let cpu = choose_cpu().unwrap();
    let apart = Apart::from(Some(cpu));
    assert!(before.count() == 1 || (!allowed().is_set(cpu) && allowed().count() == before.count() - 1));
    drop(apart);
    assert_eq!(allowed(), before);
}

#[test]
fn this_machine_is_described() {
    let environment = Environment::capture(surtax::measure::choose_cpu());
    assert!(environment.cpus >= 1 && environment.memory_bytes > 1 << 20);
    assert!(!environment.cpu_model.is_empty() && environment.cpu_flags.iter().any(|flag| flag == "sse2"));
    assert!(environment.kernel.starts_with(fs::read_to_string("/proc/sys/kernel/osrelease").unwrap().trim()));
    assert!(environment.toolchain["rustc"].starts_with("rustc 1."), "{:?}", environment.toolchain);
    let text = serde_json::to_string(&environment).unwrap();
    assert_eq!(serde_json::from_str::<Environment>(&text).unwrap(), environment);
}
