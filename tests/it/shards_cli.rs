//! A shard as a preemptible machine meets it: taken away at any moment, given the same command again; and the merge of what came of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::process::Signal;
use surtax::matrix::{of_shard, shards};
use surtax::run::{CpythonPlan, Folder, GroupPlan, Outcome, Phase};

use crate::cli::{Bench, HELD_AFTER, command_lines, refused, signal, stderr, surtax, until};

/// Two shards of one plan, whose runs have been begun; nothing is measured yet.
struct Sharded {
    bench: Bench,
    place: tempfile::TempDir,
}

impl Sharded {
    fn new() -> Self {
        let bench = Bench::new(12);
        let place = tempfile::tempdir().expect("a folder");
        let mut plan = bench.run().plan().expect("valid");
        plan.shards = shards(&plan, 2).expect("two benchmarks");
        bench.write_plan(&plan);
        let sharded = Self { bench, place };
        for number in [1, 2] {
            let shard = of_shard(&plan, number).expect("one of two");
            let folder = sharded.folder(number);
            std::fs::create_dir_all(&folder).expect("made");
            for name in ["environment.json", "audit.json", "verify.json", "plan.json"] {
                std::fs::copy(sharded.bench.run().file(name), folder.join(name)).expect("copied");
            }
            Folder::open(&folder).expect("a run").write_plan(&shard).expect("written");
        }
        sharded
    }

    fn folder(&self, number: u32) -> PathBuf {
        self.place.path().join(format!("shard-{number}"))
    }

    /// The one command of a job, whether it is the first time or not.
    fn job(&self, number: u32) -> Command {
        let mut command = surtax(self.bench.store());
        command.args(["matrix", "run", "--plan"]).arg(self.bench.run().file("plan.json"));
        command.args(["--shard", &number.to_string(), "--out"]).arg(self.folder(number));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn lines(&self, number: u32) -> usize {
        std::fs::read_to_string(self.folder(number).join("samples.jsonl")).unwrap_or_default().lines().count()
    }

    fn merge(&self, numbers: &[u32]) -> Output {
        let mut command = surtax(self.bench.store());
        command.args(["matrix", "merge"]).args(numbers.iter().map(|number| self.folder(*number)));
        command.arg("--out").arg(self.place.path().join("merged")).output().expect("surtax starts")
    }

    /// The first shard's job, stopped in its midst by that signal.
    fn stopped(&self, by: Signal) -> Output {
        self.bench.hold();
        let mut child = self.job(1).spawn().expect("surtax starts");
        until(|| {
            assert!(child.try_wait().expect("a child").is_none(), "it ended before it was stopped");
            self.lines(1) == HELD_AFTER
        });
        signal(&child, by);
        let output = child.wait_with_output().expect("it ends");
        let place = self.bench.subjects();
        until(|| !command_lines().iter().any(|line| line.contains(&place)));
        self.bench.let_go_on();
        output
    }

    fn finish(&self, number: u32) {
        let output = self.job(number).output().expect("surtax starts");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
}

#[test]
fn a_shard_that_is_killed_goes_on_by_the_same_command_and_merges() {
    let sharded = Sharded::new();
    let output = sharded.stopped(Signal::KILL);
    assert_eq!(output.status.code(), None, "no last words");
    assert_eq!(sharded.lines(1), HELD_AFTER, "every visit that ended is kept");
    let kept = std::fs::read(sharded.folder(1).join("samples.jsonl")).expect("written");
    sharded.finish(1);
    let journal = std::fs::read(sharded.folder(1).join("samples.jsonl")).expect("written");
    assert!(journal.starts_with(&kept) && journal.len() > kept.len());
    sharded.finish(2);
    let visits = sharded.lines(2);
    sharded.finish(2);
    assert_eq!(sharded.lines(2), visits, "what is whole is not measured again");

    let output = sharded.merge(&[2, 1]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let merged = Folder::open(&sharded.place.path().join("merged")).expect("a run").read().expect("whole");
    assert!(merged.samples.iter().all(|sample| sample.outcome == Outcome::Ok && sample.machine.is_some()));
    let measured = |name: &str| merged.samples.iter().filter(|sample| sample.benchmark == name && sample.phase == Phase::Measured).count();
    assert!(measured("dynamic") >= 36 && measured("pure_int_loop") >= 36);
    assert_eq!(merged.machines.len(), 1);
    // Nothing is measured in what was merged, nor merged over it.
    let out = sharded.place.path().join("merged");
    let said = refused(&["matrix", "run", "--resume", &out.to_string_lossy()], 2);
    assert!(said.contains("was merged from runs of other folders") && said.contains("hint: go on with the shard"), "{said}");
    assert_eq!(sharded.merge(&[1, 2]).status.code(), Some(2));
}

#[test]
fn a_shard_that_is_preempted_ends_in_order_and_a_missing_one_is_a_hole() {
    let sharded = Sharded::new();
    let output = sharded.stopped(Signal::TERM);
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(stderr(&output).contains("error: interrupted"), "{}", stderr(&output));
    assert!(sharded.folder(1).join("report.md").is_file(), "what was measured is reported");
    sharded.finish(1);
    let output = sharded.merge(&[1]);
    assert_eq!(output.status.code(), Some(5), "holes: {}", stderr(&output));
    assert!(stderr(&output).contains("warning: shard 2 of 2 is missing"), "{}", stderr(&output));
}

#[test]
fn a_shard_goes_on_with_itself_alone() {
    let sharded = Sharded::new();
    let plan = sharded.bench.run().file("plan.json");
    let words = |number: &str, folder: &Path| {
        let words =
            ["matrix", "run", "--plan", &plan.to_string_lossy(), "--shard", number, "--out", &folder.to_string_lossy()].map(str::to_owned);
        let output = surtax(sharded.bench.store()).args(words).output().expect("surtax starts");
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        stderr(&output)
    };
    assert!(words("2", &sharded.folder(1)).contains("it is a run of another plan or shard: its shard is 1, not 2"));
    assert!(words("3", &sharded.folder(1)).contains("the plan has no shard 3; it has 1 to 2"));
    // On another machine, visits of both would stand in one journal.
    let folder = Folder::open(&sharded.folder(1)).expect("a run");
    let mut environment = folder.environment().expect("written");
    environment.machine = Some("another".into());
    folder.write_environment(&environment).expect("written");
    let said = words("1", &sharded.folder(1));
    assert!(said.contains("it was begun on another (") && said.contains("--out"), "{said}");
    assert_eq!(sharded.lines(1), 0);
    // By another surtax, nor with other programs.
    let mut changed = sharded.bench.run().plan().expect("valid");
    changed.surtax = "0.0.9".into();
    sharded.bench.write_plan(&changed);
    let said = words("1", &sharded.folder(1));
    assert!(said.contains("its surtax is 0.0.9") && said.contains("surtax that made it"), "{said}");
}

/// A build takes a quarter of an hour, and would be another one.
#[test]
fn what_was_compiled_from_source_is_not_compiled_again_for_a_shard() {
    let sharded = Sharded::new();
    let mut plan = sharded.bench.run().plan().expect("valid");
    plan.groups = vec![compiled("mine")];
    plan.subjects.iter_mut().for_each(|subject| subject.group = Some("mine".into()));
    plan.subjects[2].executable = "/nowhere/python3.13".into();
    sharded.bench.write_plan(&plan);
    let mut command = surtax(sharded.bench.store());
    command.args(["matrix", "run", "--plan"]).arg(sharded.bench.run().path());
    let output = command.args(["--shard", "1", "--out"]).arg(sharded.place.path().join("new")).output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(
        said.contains("static-nonpic: what was compiled as /nowhere/python3.13 is not here") && !said.contains("python3-again"),
        "{said}"
    );
    assert!(said.contains("hint: ") && said.contains("surtax bundle import"), "{said}");
}

pub(crate) fn compiled(name: &str) -> GroupPlan {
    let text = |text: &str| text.to_owned();
    GroupPlan {
        name: text(name),
        release: text("cpython-3.13.5"),
        python: text("3.13.5"),
        lock: None,
        lock_sha256: None,
        recipe: None,
        hacl: None,
        cpython: Some(CpythonPlan {
            source: text("Python-3.13.5.tar.xz"),
            source_sha256: None,
            patches: Vec::new(),
            compiler: text("gcc 12"),
            configure: Vec::new(),
            cflags: Vec::new(),
            static_modules: Vec::new(),
            profile_tasks: Vec::new(),
            stock: text("static-nonpic-pgo"),
        }),
    }
}

#[test]
fn what_contradicts_a_plan_is_refused() {
    assert!(refused(&["matrix", "run", "--plan", "p", "--out", "o"], 2).contains("--shard"));
    assert!(refused(&["matrix", "run", "--shard", "1"], 2).contains("--plan"));
    assert!(refused(&["matrix", "run", "--plan", "p", "--shard", "1"], 2).contains("--out"));
    assert!(refused(&["matrix", "run", "--plan", "p", "--shard", "1", "--out", "o", "--quick"], 2).contains("--quick"));
    assert!(refused(&["matrix", "run", "debian-13", "--plan", "p", "--shard", "1", "--out", "o"], 2).contains("--plan"));
    assert!(refused(&["matrix", "run", "--plan", "p", "--shard", "1", "--out", "o"], 2).contains("is not a run of surtax"));
    assert!(refused(&["matrix", "plan", "--out", "o"], 2).contains("--shards"));
    let said = refused(&["matrix", "plan", "--only", "dynamic", "--shards", "2", "--out", "o"], 2);
    assert!(said.contains("2 shards cannot be made of `dynamic`") && said.contains("hint: --shards 1, or more benchmarks"), "{said}");
    assert!(refused(&["matrix", "merge", "--out", "o"], 2).contains("DIR"));
    assert!(refused(&["matrix", "merge", "nowhere", "--out", "o"], 2).contains("nowhere is not a run of surtax"));
}
