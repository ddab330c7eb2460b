//! The command as a person meets it: help, wrong arguments, missing tools, and runs that are stopped and resumed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use surtax::digest::Sha256;
use surtax::matrix::{Selection, Setting, plan};
use surtax::run::{
    Audit, BenchmarkPlan, CounterPlan, Counting, Environment, Folder, Outcome, Plan, Role, SCHEMA, SubjectPlan, SubjectVerification,
    Verification,
};
use surtax::run::{Check, CheckGroup};
use surtax::store::Store;

use crate::world::shell_script;

pub(crate) fn surtax(store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    command.env("SURTAX_HOME", store).env_remove("SURTAX_MIRROR").env("NO_COLOR", "1");
    command
}

fn run(arguments: &[&str]) -> Output {
    let store = tempfile::tempdir().expect("a folder");
    surtax(store.path()).args(arguments).output().expect("surtax starts")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn refused(arguments: &[&str], code: i32) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
    assert!(output.stdout.is_empty(), "talk goes to stderr");
    stderr(&output)
}

#[test]
fn help_of_every_command() {
    let commands: [&[&str]; 23] = [
        &[],
        &["provision"],
        &["variants"],
        &["runner", "build"],
        &["audit"],
        &["verify"],
        &["matrix"],
        &["matrix", "run"],
        &["matrix", "plan"],
        &["matrix", "merge"],
        &["matrix", "script"],
        &["bundle", "export"],
        &["bundle", "import"],
        &["report"],
        &["compare"],
        &["history"],
        &["export"],
        &["opcodes"],
        &["doctor"],
        &["store"],
        &["store", "prune"],
        &["completions"],
        &["man"],
    ];
    for command in commands {
        let output = run(&[command, &["--help"]].concat());
        assert!(output.status.success());
        let name = if command.is_empty() { "surtax".to_owned() } else { command.join("-") };
        insta::assert_snapshot!(format!("help-{name}"), String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn wrong_words_are_usage_errors_that_name_them() {
    insta::assert_snapshot!("error-unknown-benchmark", refused(&["matrix", "run", "--only", "pure"], 2));
    insta::assert_snapshot!("error-unknown-recipe", refused(&["provision", "debian-99"], 2));
    let said = refused(&["runner", "build", "--variant", "dynamic"], 2);
    assert!(said.contains("dynamic") && said.contains("static-nonpic, static-pic, static-pic-pie, static-pie, shared"), "{said}");
    assert!(said.contains("hint: surtax --help"), "{said}");
    assert!(refused(&["verify", "--hacl", "fast"], 2).contains("real, stubs"));
    assert!(refused(&["verify", "--hacl", "stubs", "--hacl-source", "x"], 2).contains("contradict"));
    assert!(refused(&["provision", "--python", "three"], 2).contains("three"));
    assert!(refused(&["matrix", "run", "--rounds", "0"], 2).contains("--rounds"));
    assert!(refused(&["matrix", "run", "--resume", "x", "--quick"], 2).contains("--quick"));
    assert!(refused(&["runner", "build", "debian-13", "--full"], 2).contains("--full is for recipes that build CPython from source"));
    assert!(refused(&["variants", "--prefix", "/usr", "--replicates", "2"], 2).contains("leave --replicates out"));
    assert!(refused(&["matrix", "run", "debian-13", "--replicates", "8"], 2).contains("1..=7"));
    assert!(refused(&["matrix", "run", "--resume", "x", "--full"], 2).contains("--full"));
    assert!(refused(&["no-such-command"], 2).contains("no-such-command"));
    refused(&[], 2);
}

#[test]
fn a_malformed_recipe_is_named_with_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let recipe = folder.path().join("mine.yaml");
    std::fs::write(&recipe, "kind: archive\nrelease: host\npython: default\ncolour: red\n").expect("written");
    let said = refused(&["provision", &recipe.to_string_lossy()], 2);
    assert!(said.contains("mine.yaml") && said.contains("colour") && said.contains('4'), "{said}");
}

#[test]
fn missing_compilers_are_found_out_before_anything_is_fetched() {
    let store = tempfile::tempdir().expect("a folder");
    let tools = tempfile::tempdir().expect("a folder");
    let with_tools = |tools: &Path| {
        let output = surtax(store.path()).args(["matrix", "run"]).env("PATH", tools).output().expect("surtax starts");
        assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
        assert!(!store.path().join("sysroots").exists(), "nothing was provisioned");
        stderr(&output)
    };
    insta::assert_snapshot!("error-no-cargo", with_tools(tools.path()));
    for tool in ["cargo", "rustc"] {
        std::os::unix::fs::symlink(which::which(tool).expect("on PATH"), tools.path().join(tool)).expect("linked");
    }
    insta::assert_snapshot!("error-no-gcc", with_tools(tools.path()));
}

#[test]
fn a_store_that_cannot_be_written_is_an_error_with_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("written");
    let output = surtax(&file.join("store")).arg("provision").output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the store cannot be used"), "{}", stderr(&output));
    let output = surtax(Path::new("/proc/surtax")).arg("provision").output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}

#[test]
fn a_store_where_linkers_and_loaders_would_lose_their_way_is_refused_untouched() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = tempfile::tempdir().expect("a folder");
    let names: [(&[u8], &str); 6] = [
        (b"a,b", "a comma"),
        (b"a:b", "a colon"),
        (b"a;b", "a semicolon"),
        (b"$ORIGIN", "a dollar sign"),
        (b"a\nb", "a control character"),
        (b"a\xff", "bytes that are not UTF-8"),
    ];
    for (name, what) in names {
        let store = home.path().join(std::ffi::OsStr::from_bytes(name));
        let output = surtax(&store).args(["provision", "--offline"]).output().expect("surtax starts");
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(what) && said.contains("hint: set SURTAX_HOME"), "{said}");
        assert!(!store.exists());
    }
    let store = home.path().join("with space, quoted".replace(',', " '\"é"));
    let output = surtax(&store).args(["provision", "--offline"]).output().expect("surtax starts");
    assert!(!stderr(&output).contains("the store cannot lie"), "{}", stderr(&output));
}

#[test]
fn talk_that_nobody_hears_changes_nothing() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    let store = tempfile::tempdir().expect("a folder");
    let status = surtax(store.path()).args(["provision", "debian-99"]).stderr(full).status().expect("surtax starts");
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("thesis.txt"), "precious").expect("written");
    let path = folder.path().to_string_lossy();
    assert!(refused(&["report", &path], 2).contains("is not a run of surtax"));
    assert!(refused(&["matrix", "run", "--resume", &path], 2).contains("is not a run of surtax"));
    let said = refused(&["matrix", "run", "--out", &path], 2);
    assert!(said.contains("nothing was written to it") && said.contains("--out DIR"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("there").count(), 1);
}

#[test]
fn a_run_of_another_schema_is_refused_by_name() {
    let bench = Bench::new(1);
    let path = bench.folder.path().join("plan.json");
    let text = std::fs::read_to_string(&path).expect("a plan").replacen("\"schema\": 1", "\"schema\": 2", 1);
    std::fs::write(&path, text).expect("written");
    let output = surtax(bench.store.path()).arg("report").arg(bench.folder.path()).output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("schema 2"), "{}", stderr(&output));
}

#[test]
fn a_plan_of_endless_rounds_is_refused() {
    let bench = Bench::new(1);
    let path = bench.folder.path().join("plan.json");
    let text = std::fs::read_to_string(&path).expect("a plan").replacen("\"rounds\": 1", "\"rounds\": 4000000000", 1);
    std::fs::write(&path, text).expect("written");
    let output = bench.resume().output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("more than 10000 rounds"), "{}", stderr(&output));
}

/// A run whose subjects are shell scripts that speak as the driver does, so that the whole command runs without Python.
pub(crate) struct Bench {
    store: tempfile::TempDir,
    folder: tempfile::TempDir,
    subjects: tempfile::TempDir,
}

/// The number of visits after which a subject waits as long as the file `hold` is there.
pub(crate) const HELD_AFTER: usize = 8;

const SUBJECT: &str = r#"cd "${0%/*}" && echo >> visits
while [ -e hold ] && [ "$(wc -l < visits)" -gt 8 ]; do sleep 0.02; done
echo '{"workload":"'$2'","size":'$3',"ns":1000000,"answer":"42"}'"#;

impl Bench {
    pub(crate) fn new(rounds: u32) -> Self {
        let bench = Self {
            store: tempfile::tempdir().expect("a folder"),
            folder: tempfile::tempdir().expect("a folder"),
            subjects: tempfile::tempdir().expect("a folder"),
        };
        let subjects = [("python3", Role::Baseline), ("python3-again", Role::Control), ("static-nonpic", Role::Runner)];
        let subjects: Vec<SubjectPlan> = subjects.into_iter().map(|(name, role)| bench.subject(name, role)).collect();
        let store = Store::open(bench.store.path()).expect("a store");
        let benchmarks = surtax::assets::benchmarks(&store).expect("written");
        let setting = Setting {
            groups: Vec::new(),
            reference: None,
            created: "2026-11-21T10:00:00Z".into(),
            release: "bookworm".into(),
            python: "3.11".into(),
            lock_sha256: None,
            benchmarks_digest: benchmarks.file_name().expect("a name").to_string_lossy().into_owned(),
            cpu: None,
            counters: None,
            packs: Vec::new(),
            subjects,
        };
        let selection = Selection {
            only: vec!["pure_int_loop/10".into(), "dynamic/10".into()],
            rounds: Some(rounds),
            warmup: Some(1),
            ..Selection::all(7)
        };
        let plan = plan(&selection, setting).expect("valid");
        bench.write(&plan);
        bench
    }

    fn subject(&self, name: &str, role: Role) -> SubjectPlan {
        let executable = shell_script(&self.subjects.path().join(name), SUBJECT);
        let bytes = std::fs::read(&executable).expect("readable");
        SubjectPlan {
            name: name.into(),
            group: None,
            role,
            executable,
            sha256: Sha256::of(&bytes),
            size_bytes: bytes.len() as u64,
            description: "a script".into(),
            factors: None,
        }
    }

    fn write(&self, plan: &Plan) {
        let folder = Folder::create(self.folder.path()).expect("empty");
        let check = Check { group: CheckGroup::Programs, name: "01".into(), passed: true, detail: None };
        let verified = |name: &str| SubjectVerification { subject: name.into(), checks: vec![check.clone()] };
        folder.write_environment(&Environment::capture(None)).expect("written");
        folder.write_audit(&Audit { schema: SCHEMA, subjects: Vec::new() }).expect("written");
        folder
            .write_verification(&Verification {
                schema: SCHEMA,
                subjects: ["python3", "static-nonpic"].map(verified).to_vec(),
                testsuite: None,
            })
            .expect("written");
        folder.write_plan(plan).expect("written");
    }

    pub(crate) fn write_plan(&self, plan: &Plan) {
        Folder::open(self.folder.path()).expect("a run").write_plan(plan).expect("written");
    }

    fn resume(&self) -> Command {
        let mut command = surtax(self.store.path());
        command.args(["matrix", "run", "--resume"]).arg(self.folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self) -> Folder {
        Folder::open(self.folder.path()).expect("a run")
    }

    pub(crate) fn store(&self) -> &Path {
        self.store.path()
    }

    /// Where all subjects lie, by which their processes are known.
    pub(crate) fn subjects(&self) -> String {
        self.subjects.path().to_string_lossy().into_owned()
    }

    fn lines(&self) -> usize {
        std::fs::read_to_string(self.folder.path().join("samples.jsonl")).unwrap_or_default().lines().count()
    }

    /// A run that has measured something and does not end until it is let go on.
    fn held(&self) -> Child {
        self.hold();
        let mut child = self.resume().spawn().expect("surtax starts");
        until(|| {
            assert!(child.try_wait().expect("a child").is_none(), "it ended before it was stopped");
            self.lines() == HELD_AFTER
        });
        child
    }

    /// Subjects wait after [`HELD_AFTER`] visits.
    pub(crate) fn hold(&self) {
        std::fs::write(self.subjects.path().join("hold"), "").expect("written");
    }

    pub(crate) fn let_go_on(&self) {
        std::fs::remove_file(self.subjects.path().join("hold")).expect("held");
    }

    fn finish_and_check(&self, kept: usize) {
        let output = self.resume().output().expect("surtax starts");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let folder = Folder::open(self.folder.path()).expect("a run");
        let samples = folder.samples().expect("whole");
        assert!(samples.len() > kept && samples.iter().all(|sample| sample.outcome == Outcome::Ok));
        let summary = std::fs::read_to_string(folder.file("summary.json")).expect("written");
        let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
        for benchmark in summary["benchmarks"].as_array().expect("a list") {
            for result in benchmark["results"].as_array().expect("a list") {
                assert_eq!(result["rounds"], 12, "{result}");
            }
        }
        assert!(folder.file("report.md").is_file() && folder.file("plots/ratios.svg").is_file());
        assert!(folder.file("pyperf/static-nonpic.json").is_file());
    }
}

/// How long it takes says nothing on a busy machine; only what never comes is a failure.
pub(crate) fn until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(300), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it is there");
}

#[test]
fn ctrl_c_ends_in_order_with_a_report_and_a_way_to_go_on() {
    let bench = Bench::new(12);
    let child = bench.held();
    signal(&child, Signal::INT);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(stderr(&output).contains("error: interrupted") && stderr(&output).contains("--resume"), "{}", stderr(&output));
    assert!(bench.folder.path().join("report.md").is_file(), "what was measured is reported");
    bench.let_go_on();
    bench.finish_and_check(bench.lines());
}

#[test]
fn kill_9_loses_nothing_that_was_measured_and_leaves_no_process() {
    let bench = Bench::new(12);
    let mut child = bench.held();
    signal(&child, Signal::KILL);
    child.wait().expect("it ends");
    // A subject that outlived surtax would wait for ever: it is held.
    let place = bench.subjects.path().to_string_lossy().into_owned();
    until(|| !command_lines().iter().any(|line| line.contains(&place)));
    bench.let_go_on();
    bench.finish_and_check(HELD_AFTER);
}

pub(crate) fn command_lines() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("proc").flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .collect()
}

#[test]
fn a_run_whose_runners_changed_does_not_go_on() {
    let bench = Bench::new(1);
    let runner: PathBuf = bench.subjects.path().join("static-nonpic");
    std::fs::write(&runner, "#!/bin/sh\n").expect("written");
    let output = bench.resume().output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(2));
    let report = bench.folder.path().join("report.md");
    let said = stderr(&output);
    assert!(said.contains("is not the file that was measured") && said.contains(&*report.to_string_lossy()), "{said}");
    assert!(std::fs::read_to_string(report).expect("what the hint names is there").contains("## How to reproduce"));
    assert_eq!(bench.lines(), 0);
}

#[test]
fn two_runs_do_not_measure_each_other() {
    let (first, second) = (Bench::new(12), Bench::new(1));
    let running = first.held();
    // The lock is in the store: the second run must use the same one.
    let mut waiting = second.resume().env("SURTAX_HOME", first.store.path()).stdout(Stdio::null()).spawn().expect("surtax starts");
    let mut said = BufReader::new(waiting.stderr.take().expect("piped")).lines().map(|line| line.expect("text"));
    assert!(said.any(|line| line.contains("waiting for another surtax")));
    assert_eq!(second.lines(), 0);
    first.let_go_on();
    let rest: Vec<String> = said.collect();
    assert!(waiting.wait().expect("it ends").success(), "{rest:?}");
    assert!(running.wait_with_output().expect("it ends").status.success());
}

/// Counts as it is told, and runs the subject.
const VALGRIND: &str = r#"for word; do case $word in --callgrind-out-file=*) out=${word#*=};; -*) ;; *) break;; esac; shift; done
case $1 in *static-nonpic) count=INSTRUCTIONS;; *) count=1000000;; esac
echo "totals: 5" > "$out.1"; echo "totals: $count" > "$out.2"; echo "totals: 3" > "$out"
exec "$@""#;

/// A whole run whose one runner takes so many instructions where its baseline takes a million.
fn gated(instructions: u32, options: &[&std::ffi::OsStr]) -> (Bench, Output) {
    let bench = Bench::new(1);
    let mut plan = Folder::open(bench.folder.path()).expect("a run").plan().expect("valid");
    plan.counters = Some(CounterPlan { how: Counting::Callgrind, reason: None });
    bench.write_plan(&plan);
    shell_script(&bench.subjects.path().join("valgrind"), &VALGRIND.replace("INSTRUCTIONS", &instructions.to_string()));
    let path = format!("{}:/usr/bin:/bin", bench.subjects.path().display());
    let output = bench.resume().args(options).env("PATH", path).output().expect("surtax starts");
    (bench, output)
}

#[test]
fn a_gate_fails_a_build_with_a_table_of_what_tripped_it() {
    let gate = |limit: &'static str| ["--gate".as_ref(), limit.as_ref()];
    let (_, output) = gated(1_011_000, &gate("instructions=1%"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(6), "{said}{}", stderr(&output));
    assert!(said.contains("static-nonpic") && said.contains("1,011,000  +1.10 %  dynamic, M = 10, of python3"), "{said}");
    assert!(said.ends_with("gate tripped: 2 of 2 counts are more than 1 % above\n"), "{said}");
    let (earlier, output) = gated(1_011_000, &gate("instructions=1.1%"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // Against its own earlier self, the same count has grown by nothing.
    let against = |instructions| {
        let options = [&gate("instructions=0%")[..], &["--gate-against".as_ref(), earlier.folder.path().as_os_str()]].concat();
        gated(instructions, &options).1
    };
    assert_eq!(against(1_011_000).status.code(), Some(0));
    let grown = against(1_011_001);
    assert_eq!(grown.status.code(), Some(6), "{}", String::from_utf8_lossy(&grown.stdout));
}

#[test]
fn a_gate_without_counts_is_refused_before_anything_is_measured() {
    let bench = Bench::new(1);
    let output = bench.resume().args(["--gate", "instructions=0.5%"]).output().expect("surtax starts");
    assert_eq!((output.status.code(), bench.lines()), (Some(5), 0), "{}", stderr(&output));
    assert!(stderr(&output).contains("--gate has nothing to judge: this run was begun without counters"), "{}", stderr(&output));
    // Nor against a run that has none.
    let (counted, _) = gated(1_000_000, &[]);
    let against =
        counted.resume().args(["--gate", "instructions=1%", "--gate-against"]).arg(bench.folder.path()).output().expect("it starts");
    assert_eq!(against.status.code(), Some(5));
    assert!(stderr(&against).contains("nothing counted in the earlier one"), "{}", stderr(&against));
    // Nor where callgrind counts no benchmark as a whole.
    let kernels = Bench::new(1);
    let mut plan = Folder::open(kernels.folder.path()).expect("a run").plan().expect("valid");
    plan.counters = Some(CounterPlan { how: Counting::Callgrind, reason: None });
    plan.benchmarks.iter_mut().for_each(|benchmark| benchmark.name = BenchmarkPlan::OPCODES.into());
    kernels.write_plan(&plan);
    let output = kernels.resume().args(["--gate", "instructions=1%"]).output().expect("it starts");
    assert_eq!((output.status.code(), kernels.lines()), (Some(5), 0));
    let said = stderr(&output);
    assert!(said.contains("its kernels are counted one by one") && said.contains("--only dynamic"), "{said}");
    let said = refused(&["matrix", "run", "--counters", "none", "--gate", "instructions=0.5%"], 5);
    assert!(said.contains("nothing was to be counted") && said.contains("hint:") && said.contains("--counters callgrind"), "{said}");
    assert!(refused(&["matrix", "run", "--gate", "time=1%"], 2).contains("nothing is known of a gate on `time`"));
    assert!(refused(&["matrix", "run", "--gate-against", "results/one"], 2).contains("--gate"));
    assert!(refused(&["matrix", "run", "--counters", "fast"], 2).contains("auto, perf, callgrind, none"));
}

#[test]
fn a_lock_of_another_release_than_the_recipe_names_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let lock = folder.path().join("surtax.lock");
    let package = format!(
        "[[package]]\nname = \"libc6\"\nversion = \"1\"\nsource = \"glibc\"\nsource_version = \"1\"\narchitecture = \"amd64\"\nsuite = \"bookworm\"\nfilename = \"pool/c.deb\"\nsize = 1\nsha256 = \"{}\"\n",
        "0".repeat(64)
    );
    let head =
        "schema = 1\nrelease = \"Debian 12\"\norigin = \"Debian\"\ncodename = \"bookworm\"\narchitecture = \"amd64\"\npython = \"3.11\"\n";
    std::fs::write(&lock, format!("{head}\n{package}")).expect("written");
    let said = refused(&["provision", "debian-13", "--locked", &lock.to_string_lossy()], 2);
    assert!(said.contains("it is of bookworm, not trixie"), "{said}");
}

#[test]
fn a_place_that_cannot_be_written_is_found_out_before_anything_is_fetched() {
    let store = tempfile::tempdir().expect("a folder");
    let output = surtax(store.path()).args(["matrix", "run", "--out", "/proc/run"]).output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("/proc/run") && stderr(&output).contains("--out DIR"), "{}", stderr(&output));
    assert!(!store.path().join("sysroots").exists(), "nothing was provisioned");
}
