//! Measuring: the order of execution, the journal, and what becomes of subjects that fail.

use std::collections::HashMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Mutex;
use std::time::Duration;

use surtax::error::{Exit, Explain as _};
use surtax::interrupt::Interrupted;
use surtax::matrix::{CommandLine, Selection, Setting, plan, schedule};
use surtax::measure::{Executor, MeasureError, Measured, Processes, fitness, measure};
use surtax::process::{Finished, ProcessError};
use surtax::run::{Environment, Folder, Outcome, Phase, Plan, Role, Sample};
use surtax::ui::{Bar, Reporter, Silent, Unit};

use crate::matrix::{select, setting, subject};
use crate::needs::SmallDisk;
use crate::world::shell_script;

/// What a scripted subject does at a visit.
#[derive(Debug, Clone, Copy)]
enum Act {
    Answer,
    Wrong,
    Crash,
    Hang,
    Garbage,
    Interrupt,
}

/// Stands in for processes: obeys a script, notes what it was asked.
struct Scripted<'a> {
    script: &'a dyn Fn(&str, usize) -> Act,
    /// Subject and hash seed of every process.
    calls: Vec<(String, String)>,
    visits: HashMap<String, usize>,
}

impl<'a> Scripted<'a> {
    fn new(script: &'a dyn Fn(&str, usize) -> Act) -> Self {
        Self { script, calls: Vec::new(), visits: HashMap::new() }
    }

    fn subjects(&self) -> Vec<&str> {
        self.calls.iter().map(|(subject, _)| subject.as_str()).collect()
    }
}

fn finished(status: i32, stdout: &str, stderr: &str) -> Finished {
    Finished {
        status: ExitStatus::from_raw(status),
        wall: Duration::from_millis(10),
        user: Duration::from_millis(7),
        system: Duration::from_millis(2),
        peak_memory_bytes: 9 << 20,
        stdout: stdout.into(),
        stderr: stderr.into(),
        timed_out: false,
    }
}

impl Executor for Scripted<'_> {
    fn execute(&mut self, command: &CommandLine, environment: &[(&'static str, String)], _: Duration) -> Result<Finished, ProcessError> {
        let name = command.program.file_name().unwrap().to_str().unwrap();
        let (_, seed) = environment.iter().find(|(name, _)| *name == "PYTHONHASHSEED").unwrap();
        self.calls.push((name.to_owned(), seed.clone()));
        let nth = self.visits.entry(name.to_owned()).or_default();
        *nth += 1;
        let words: Vec<&str> = command.arguments.iter().map(|argument| argument.to_str().unwrap()).collect();
        let answer = |text: &str| match words[..] {
            [.., script, first, count] if script.ends_with("cells.py") => {
                let (first, count): (u32, u32) = (first.parse().unwrap(), count.parse().unwrap());
                let answers: Vec<String> = (first..first + count).map(|cell| format!("\"{text}-{cell}\"")).collect();
                format!("{{\"answers\":[{}]}}\n", answers.join(","))
            }
            [.., workload, size] => format!("{{\"workload\":\"{workload}\",\"size\":{size},\"ns\":5000,\"answer\":\"{text}\"}}\n"),
            _ => String::new(),
        };
        match (self.script)(name, *nth - 1) {
            Act::Answer => Ok(finished(0, &answer("right"), "")),
            Act::Wrong => Ok(finished(0, &answer("wrong"), "")),
            Act::Crash => Ok(finished(11, "", "Fatal Python error\nCurrent thread\n")),
            Act::Hang => Ok(Finished { timed_out: true, ..finished(9, "", "") }),
            Act::Garbage => Ok(finished(0, "hello\n", "")),
            Act::Interrupt => Err(ProcessError::Interrupted(Interrupted)),
        }
    }
}

struct Fixture {
    folder: Folder,
    plan: Plan,
    _place: tempfile::TempDir,
}

impl Fixture {
    fn new(only: &[&str], rounds: u32) -> Self {
        Self::of(&Selection { rounds: Some(rounds), warmup: Some(1), ..select(only) }, setting())
    }

    fn of(selection: &Selection, setting: Setting) -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::create(&place.path().join("run")).unwrap();
        let plan = plan(selection, setting).unwrap();
        folder.write_plan(&plan).unwrap();
        Self { folder, plan, _place: place }
    }

    fn measure(&self, executor: &mut dyn Executor) -> Result<Measured, MeasureError> {
        measure(&self.plan, &self.folder, Path::new("/benchmarks"), executor, &Silent)
    }

    fn samples(&self) -> Vec<Sample> {
        self.folder.samples().unwrap()
    }

    fn of_subject(&self, name: &str) -> Vec<Sample> {
        self.samples().into_iter().filter(|sample| sample.subject == name && sample.phase != Phase::Reference).collect()
    }
}

fn always(_: &str, _: usize) -> Act {
    Act::Answer
}

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

// With real processes: subjects are shell scripts.

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

fn quiet_machine() -> Environment {
    Environment {
        cpus: 8,
        virtualisation: "none".into(),
        governor: Some("performance".into()),
        turbo: Some(false),
        smt: Some(false),
        aslr: Some(2),
        load_average: [0.1, 0.1, 0.1],
        ..Environment::capture(None)
    }
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

#[test]
fn each_flaw_of_the_machine_has_a_remedy() {
    assert_eq!(fitness(&quiet_machine()), []);
    let flawed: [(Environment, &str); 7] = [
        (Environment { governor: Some("powersave".into()), ..quiet_machine() }, "`powersave`"),
        (Environment { turbo: Some(true), ..quiet_machine() }, "nominal"),
        (Environment { smt: Some(true), ..quiet_machine() }, "hardware threads"),
        (Environment { virtualisation: "kvm".into(), ..quiet_machine() }, "(kvm)"),
        (Environment { cpus: 1, ..quiet_machine() }, "one core"),
        (Environment { load_average: [3.0, 0.1, 0.1], ..quiet_machine() }, "3.00"),
        (Environment { aslr: Some(0), ..quiet_machine() }, "randomisation is off"),
    ];
    for (environment, mark) in flawed {
        let remarks = fitness(&environment);
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert!(remarks[0].what.contains(mark) && !remarks[0].remedy.is_empty(), "{remarks:?}");
    }
    let unknown = Environment { governor: None, turbo: None, smt: None, aslr: None, ..quiet_machine() };
    assert_eq!(fitness(&unknown), []);
}
