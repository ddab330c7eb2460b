//! Subjects that obey a script instead of running, and a run's folder to measure them into.

use std::collections::HashMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use surtax::interrupt::Interrupted;
use surtax::matrix::{CommandLine, Selection, Setting, plan};
use surtax::measure::{Executor, MeasureError, Measured, measure};
use surtax::process::{Counted, Event, Finished, ProcessError};
use surtax::run::{Folder, Phase, Plan, Sample};
use surtax::ui::Silent;

use crate::matrix::{select, setting};

/// What a scripted subject does at a visit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Answer,
    Wrong,
    Crash,
    Hang,
    Garbage,
    Interrupt,
}

/// Stands in for processes: obeys a script, notes what it was asked.
pub(super) struct Scripted<'a> {
    script: &'a dyn Fn(&str, usize) -> Act,
    /// Subject and hash seed of every process.
    pub(super) calls: Vec<(String, String)>,
    pub(super) visits: HashMap<String, usize>,
    /// Whether the processor counts.
    pub(super) perf: bool,
    /// Arguments of every process that ran under callgrind.
    pub(super) counted: Vec<Vec<String>>,
    /// How long every process was given, and whether it ran under callgrind.
    pub(super) limits: Vec<(bool, Duration)>,
}

/// Where the stand-in for valgrind would be.
const VALGRIND: &str = "/tools/valgrind";

/// What it counts in a workload, more in each subject.
pub(super) fn instructions(subject: &str) -> u64 {
    1_000_000 + 1000 * subject.len() as u64
}

/// What is run, without valgrind; its counts are written already.
fn without_valgrind(command: &CommandLine) -> CommandLine {
    let at = command.arguments.iter().position(|word| !word.to_str().unwrap().starts_with('-')).unwrap();
    let out = command.arguments[..at].iter().find_map(|word| word.to_str()?.strip_prefix("--callgrind-out-file=")).unwrap();
    assert!(command.arguments[..at].iter().any(|word| word == "--dump-before=getloadavg"));
    let program = PathBuf::from(&command.arguments[at]);
    let part =
        |name: &str, count: u64| std::fs::write(format!("{out}{name}"), format!("version: 1\nfn=(1) main\n1 {count}\n\ntotals: {count}\n"));
    if command.arguments.last().unwrap() == "mark" {
        part(".1", 40_000_000).unwrap();
        part(".2", instructions(program.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    part("", 7_000_000).unwrap();
    CommandLine { program, arguments: command.arguments[at + 1..].to_vec() }
}

impl<'a> Scripted<'a> {
    pub(super) fn new(script: &'a dyn Fn(&str, usize) -> Act) -> Self {
        Self { script, calls: Vec::new(), visits: HashMap::new(), perf: false, counted: Vec::new(), limits: Vec::new() }
    }

    pub(super) fn subjects(&self) -> Vec<&str> {
        self.calls.iter().map(|(subject, _)| subject.as_str()).collect()
    }
}

pub(super) fn finished(status: i32, stdout: &str, stderr: &str) -> Finished {
    Finished {
        status: ExitStatus::from_raw(status),
        wall: Duration::from_millis(10),
        user: Duration::from_millis(7),
        system: Duration::from_millis(2),
        peak_memory_bytes: 9 << 20,
        stdout: stdout.into(),
        stderr: stderr.into(),
        timed_out: false,
        counted: Vec::new(),
    }
}

impl Executor for Scripted<'_> {
    fn valgrind(&self) -> Option<PathBuf> {
        Some(VALGRIND.into())
    }

    fn execute(
        &mut self,
        command: &CommandLine,
        environment: &[(&'static str, String)],
        limit: Duration,
    ) -> Result<Finished, ProcessError> {
        self.limits.push((command.program == Path::new(VALGRIND), limit));
        if command.program == Path::new(VALGRIND) {
            let inner = without_valgrind(command);
            self.counted.push(inner.arguments.iter().map(|word| word.to_str().unwrap().to_owned()).collect());
            return self.run(&inner, environment);
        }
        self.run(command, environment)
    }
}

impl Scripted<'_> {
    fn run(&mut self, command: &CommandLine, environment: &[(&'static str, String)]) -> Result<Finished, ProcessError> {
        let name = command.program.strip_prefix("/subjects").unwrap().to_str().unwrap();
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
            [.., script, _] if script.ends_with("kernels.py") => kernels_line(text),
            // What the answer is hangs on the size, as in a real workload.
            [.., workload, size, "mark"] => {
                format!("{{\"workload\":\"{workload}\",\"size\":{size},\"ns\":5000,\"answer\":\"{text} at {size}\"}}\n")
            }
            [.., workload, size] => format!("{{\"workload\":\"{workload}\",\"size\":{size},\"ns\":5000,\"answer\":\"{text}\"}}\n"),
            _ => String::new(),
        };
        // Cycles are missing from every third process, as if another program had taken the register.
        let events = [(Event::Instructions, instructions(name)), (Event::Cycles, 5)];
        let events = &events[..if nth.is_multiple_of(3) { 1 } else { 2 }];
        let counted = if self.perf { events.iter().map(|&(event, count)| Counted { event, count }).collect() } else { Vec::new() };
        match (self.script)(name, *nth - 1) {
            Act::Answer => Ok(Finished { counted, ..finished(0, &answer("right"), "") }),
            Act::Wrong => Ok(finished(0, &answer("wrong"), "")),
            Act::Crash => Ok(finished(11, "", "Fatal Python error\nCurrent thread\n")),
            Act::Hang => Ok(Finished { timed_out: true, ..finished(9, "", "") }),
            Act::Garbage => Ok(finished(0, "hello\n", "")),
            Act::Interrupt => Err(ProcessError::Interrupted(Interrupted)),
        }
    }
}

/// Of one kernel that ran its form and one that did not.
fn kernels_line(text: &str) -> String {
    let kernel = |ns: &str, reason: &str| {
        format!(r#"{{"group":"arithmetic","form":null,"specialised":false,"copy":{{}},"ns":{ns},"reason":{reason}}}"#)
    };
    let (ran, not) = match text {
        "right" => (kernel("12.25", "null"), kernel("null", r#""expected A, saw B""#)),
        _ => (kernel("null", r#""expected A, saw B""#), kernel("null", r#""expected C, saw nothing""#)),
    };
    format!("{{\"kernels\":{{\"add-int\":{ran},\"add-str\":{not}}},\"names\":{{\"1\":\"A\"}}}}\n")
}

pub(super) struct Fixture {
    pub(super) folder: Folder,
    pub(super) plan: Plan,
    _place: tempfile::TempDir,
}

impl Fixture {
    pub(super) fn new(only: &[&str], rounds: u32) -> Self {
        Self::of(&Selection { rounds: Some(rounds), warmup: Some(1), ..select(only) }, setting())
    }

    pub(super) fn of(selection: &Selection, setting: Setting) -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::create(&place.path().join("run")).unwrap();
        let plan = plan(selection, setting).unwrap();
        folder.write_plan(&plan).unwrap();
        Self { folder, plan, _place: place }
    }

    pub(super) fn measure(&self, executor: &mut dyn Executor) -> Result<Measured, MeasureError> {
        measure(&self.plan, &self.folder, Path::new("/benchmarks"), executor, &Silent)
    }

    pub(super) fn samples(&self) -> Vec<Sample> {
        self.folder.samples().unwrap()
    }

    pub(super) fn of_subject(&self, name: &str) -> Vec<Sample> {
        self.samples().into_iter().filter(|sample| sample.subject == name && sample.phase != Phase::Reference).collect()
    }
}

pub(super) fn always(_: &str, _: usize) -> Act {
    Act::Answer
}
