//! Opcodes on every Python at hand: kernels run the forms that they are named for, and executed instructions are counted exactly.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use surtax::digest::Sha256;
use surtax::matrix::{Benchmark, Setting, plan};
use surtax::opcode::census;
use surtax::process::{Job, subject_environment};
use surtax::run::{Audit, Opcodes, Role, SCHEMA, SubjectPlan};
use surtax::ui::Silent;

use crate::matrix::{select, setting, subject};
use crate::needs;
use crate::world::shell_script;

/// The system's, those of `SURTAX_TEST_PYTHONS`, and pyenv's.
fn pythons() -> Vec<PathBuf> {
    let mut found = crate::benchmarks::pythons();
    for prefix in needs::prefixes() {
        found.extend((11..=15).map(|minor| prefix.join(format!("bin/python3.{minor}"))).filter(|python| python.is_file()));
    }
    // Links lead to the same interpreter.
    let mut seen = BTreeSet::new();
    found.retain(|python| std::fs::canonicalize(python).is_ok_and(|real| seen.insert(real)));
    found
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benchmarks")
}

fn said(python: &Path, script: &Path, arguments: &[&str]) -> String {
    let job = Job::new(python).arg(script).args(arguments).envs(subject_environment(0)).current_dir("/");
    job.limit(Duration::from_secs(120)).run_for_text().unwrap()
}

fn ask(python: &Path, program: &str, arguments: &[&str]) -> Value {
    serde_json::from_str(&said(python, &folder().join("opcodes").join(program), arguments)).unwrap()
}

fn kernels(line: &Value) -> &serde_json::Map<String, Value> {
    line["kernels"].as_object().unwrap()
}

fn forms(line: &Value, specialised: bool) -> BTreeSet<&str> {
    kernels(line).values().filter(|kernel| kernel["specialised"] == specialised).filter_map(|kernel| kernel["form"].as_str()).collect()
}

#[test]
fn every_python_has_kernels_for_far_more_than_45_forms() {
    for python in pythons() {
        let line = ask(&python, "kernels.py", &["1", "--forms"]);
        let all = kernels(&line);
        assert_eq!(all.len(), Benchmark::KERNELS, "the number of rows is a constant of the catalogue");
        let (specialised, generic) = (forms(&line, true), forms(&line, false));
        assert!(specialised.len() >= 45, "{}: {specialised:?}", python.display());
        assert!(generic.len() >= 30, "{}: {generic:?}", python.display());
        let names: BTreeSet<&str> = line["names"].as_object().unwrap().values().filter_map(Value::as_str).collect();
        assert!(specialised.is_subset(&names) && generic.is_subset(&names));
        for (name, kernel) in all {
            let Some(form) = kernel["form"].as_str() else {
                // Another release of the same version may specialise otherwise; it says so.
                assert!(kernel["reason"].as_str().is_some_and(|reason| reason.starts_with("expected ")), "{name}: {kernel}");
                continue;
            };
            assert!(kernel["copy"][form].as_u64() >= Some(1), "{} {name}: a copy executes its form: {kernel}", python.display());
            assert_eq!((&kernel["ns"], &kernel["reason"]), (&Value::Null, &Value::Null), "{name}");
        }
        let missing: Vec<&String> = all.iter().filter(|(_, kernel)| kernel["form"].is_null()).map(|(name, _)| name).collect();
        assert!(missing.len() <= 3, "{}: {missing:?}", python.display());
    }
}

#[test]
fn what_a_copy_executes_is_counted_exactly() {
    for python in pythons() {
        let line = ask(&python, "kernels.py", &["1", "--forms"]);
        let copy = |name: &str| kernels(&line)[name]["copy"].as_object().unwrap();
        let times = |name: &str, start: &str| {
            let matching = copy(name).iter().filter(|(form, _)| form.starts_with(start));
            matching.map(|(_, times)| times.as_u64().unwrap()).sum::<u64>()
        };
        let at = python.display();
        // x + y: two loads that are one instruction, the sum, and its result thrown away.
        assert_eq!(copy("add-int").values().filter_map(Value::as_u64).sum::<u64>(), 3, "{at}: {:?}", copy("add-int"));
        // What the loop around them needs is in both functions alike, however long its jumps are.
        assert!(kernels(&line).values().all(|kernel| kernel["copy"].get("EXTENDED_ARG").is_none()), "{at}");
        // The body of a function that is called counts.
        assert_eq!((times("call-function", "RETURN"), times("call-function", "RESUME")), (1, 1), "{at}");
        // Four values, and each time on with the generator's own code; the end is asked for too.
        assert_eq!((times("iterate-generator", "YIELD_VALUE"), times("iterate-generator", "FOR_ITER")), (4, 5), "{at}");
        assert_eq!((times("iterate-generator", "RETURN_GENERATOR"), times("iterate-generator", "RESUME")), (1, 5), "{at}");
        assert_eq!((times("iterate-list", "FOR_ITER"), times("iterate-list", "JUMP_BACKWARD")), (9, 8), "{at}");
        assert_eq!((times("raise", "RAISE_VARARGS"), times("raise", "PUSH_EXC_INFO"), times("raise", "RERAISE")), (1, 1, 0), "{at}");
    }
}

#[test]
fn kernels_are_timed_in_the_order_of_the_seed() {
    let Some(python) = needs::python3() else { return };
    let line = ask(python, "kernels.py", &["3"]);
    let times: Vec<f64> = kernels(&line).values().filter_map(|kernel| kernel["ns"].as_f64()).collect();
    // A machine that is all too busy may leave some without a time, and those have a reason.
    assert!(times.len() + 5 >= Benchmark::KERNELS && times.iter().all(|&ns| ns > 0.0), "{line}");
    assert!(kernels(&line).values().all(|kernel| kernel["ns"].is_null() != kernel["reason"].is_null()), "{line}");
    let segments = |seed: &str| {
        let line = ask(python, "kernels.py", &[seed, "--count"]);
        kernels(&line).iter().map(|(name, kernel)| (name.clone(), kernel["segment"].as_u64())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(segments("1"), segments("1"));
    assert_ne!(segments("1"), segments("2"));
}

/// What a tool that counts machine instructions goes by.
#[test]
fn marks_lie_where_the_segments_say() {
    let Some(python) = needs::python3() else { return };
    let program = r#"
import json, posix, sys
marks = []
def mark():
    marks.append(None)
posix.getloadavg = mark
sys.argv = sys.argv[1:]
__file__ = sys.argv[0]
exec(compile(open(__file__).read(), __file__, "exec"))
print(len(marks))
"#;
    let script = folder().join("opcodes/kernels.py");
    let job = Job::new(python).args(["-c", program]).arg(script).args(["5", "--count"]).envs(subject_environment(0));
    let said = job.limit(Duration::from_secs(120)).run_for_text().unwrap();
    let (line, marks) = said.trim_end().split_once('\n').unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    let mut segments: Vec<u64> = kernels(&line).values().filter_map(|kernel| kernel["segment"].as_u64()).collect();
    segments.sort_unstable();
    assert_eq!(segments, (0..segments.len() as u64).map(|place| 3 * place).collect::<Vec<_>>());
    assert_eq!(marks.parse::<usize>().unwrap(), 3 * segments.len());
    let add = &kernels(&line)["add-int"];
    assert_eq!((&add["copies"], &add["ns"]), (&serde_json::json!([8, 40]), &Value::Null));
    assert!(add["loops"].as_u64() > Some(0));
}

#[test]
fn a_kernel_that_does_not_run_its_form_says_what_was_seen() {
    let place = tempfile::tempdir().unwrap();
    for program in ["kernels.py", "forms.py"] {
        std::fs::copy(folder().join("opcodes").join(program), place.path().join(program)).unwrap();
    }
    let catalogue = r#"
KERNELS = [
    ("wrong", "arithmetic", "BINARY_OP_ADD_INT", "x + y", {"local": "x = y = 1.5"}),
    ("unknown", "arithmetic", "NO_SUCH_FORM NOR_THIS", "x", {"local": "x = 1"}),
    ("raises", "calls", "BINARY_OP_ADD_INT", "x + y", {"local": "x, y = 1, '1'"}),
    ("later", "variables", "LOAD_FAST@4.0", "x", {"local": "x = 1"}),
    ("right", "arithmetic", "BINARY_OP_ADD_INT", "x + y", {"local": "x = y = 1"}),
]
"#;
    std::fs::write(place.path().join("catalogue.py"), catalogue).unwrap();
    for python in pythons() {
        let line: Value = serde_json::from_str(&said(&python, &place.path().join("kernels.py"), &["1"])).unwrap();
        let reason = |name: &str| kernels(&line)[name]["reason"].as_str().unwrap_or("none").to_owned();
        assert_eq!(reason("wrong"), "expected BINARY_OP_ADD_INT, saw BINARY_OP_ADD_FLOAT", "{}", python.display());
        assert_eq!(reason("unknown"), "this Python has no NO_SUCH_FORM or NOR_THIS");
        assert_eq!(reason("later"), "this Python has no LOAD_FAST@4.0");
        assert!(reason("raises").starts_with("TypeError: unsupported operand"), "{line}");
        assert_eq!((reason("right"), kernels(&line)["wrong"]["form"].is_null()), ("none".to_owned(), true));
    }
}

/// Its guards fail 32 times while it is made ready and 25 times while it is counted; the form is given up after 53.
#[test]
fn a_kernel_whose_form_changes_while_it_is_counted_is_left_out() {
    let place = tempfile::tempdir().unwrap();
    for program in ["kernels.py", "forms.py"] {
        std::fs::copy(folder().join("opcodes").join(program), place.path().join(program)).unwrap();
    }
    let catalogue = r#"
PICK = """
calls = 0
def pick():
    global calls
    calls += 1
    return 1 if calls <= 2 else 1.5
"""
KERNELS = [
    ("late", "arithmetic", "BINARY_OP_ADD_INT", "x + y", {"local": "x = y = pick()", "module": PICK}),
    ("right", "arithmetic", "BINARY_OP_ADD_INT", "x + y", {"local": "x = y = 1"}),
]
"#;
    std::fs::write(place.path().join("catalogue.py"), catalogue).unwrap();
    for python in pythons() {
        let line: Value = serde_json::from_str(&said(&python, &place.path().join("kernels.py"), &["1", "--count"])).unwrap();
        let (late, right) = (&kernels(&line)["late"], &kernels(&line)["right"]);
        assert!(late["reason"].as_str().is_some_and(|reason| reason.starts_with("expected BINARY_OP_ADD_INT, saw ")), "{line}");
        assert_eq!((&late["form"], late.get("segment")), (&Value::Null, None), "{}", python.display());
        assert!(right["reason"].is_null() && right["segment"].is_u64(), "{line}");
    }
}

/// Reading the code is quicker than by `dis`, and must say the same.
#[test]
fn forms_are_what_dis_shows() {
    let program = r#"
import dis, json, sys, types
forms = types.ModuleType("forms")
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), forms.__dict__)
for _ in range(60):
    json.loads(json.dumps({"a": [1, 2.5, None, {"b": "text" * 9}]}, indent=1))
differ = []
codes = [code for code in forms.known_codes().values() if "json" in code.co_filename or "dis.py" in code.co_filename]
for code in codes:
    for adaptive in (True, False):
        mine = [(offset, form) for offset, form, _ in forms.instructions(code, adaptive)]
        theirs = [(one.offset, one.opname) for one in dis.get_instructions(code, adaptive=adaptive) if one.opname != "CACHE"]
        if mine != theirs:
            differ.append(code.co_qualname)
print(len(codes), differ[:5])
"#;
    for python in pythons() {
        let job = Job::new(&python).args(["-c", program]).arg(folder().join("opcodes/forms.py")).envs(subject_environment(0));
        let said = job.limit(Duration::from_secs(120)).run_for_text().unwrap();
        let (count, differ) = said.trim_end().split_once(' ').unwrap();
        assert!(count.parse::<u32>().unwrap() > 50, "{said}");
        assert_eq!(differ, "[]", "{}", python.display());
    }
}

/// A step of `pure_int_loop` is written down in the workload: two sums, a product, two masks, one turn of the loop.
#[test]
fn the_histogram_is_what_the_workload_does() {
    for python in pythons() {
        let line = ask(&python, "executed.py", &["pure_int_loop"]);
        let times = |start: &str| {
            let of = line["histogram"].as_object().unwrap().iter().filter(|(form, _)| form.starts_with(start));
            of.map(|(_, times)| times.as_f64().unwrap()).sum::<f64>()
        };
        let at = python.display();
        assert_eq!((times("BINARY_OP_ADD_INT"), times("BINARY_OP_MULTIPLY_INT"), times("BINARY_OP")), (2.0, 1.0, 5.0), "{at}: {line}");
        assert_eq!((times("FOR_ITER"), times("JUMP_BACKWARD"), times("RESUME"), times("CALL")), (1.0, 1.0, 0.0, 0.0), "{at}: {line}");
        let (specialised, could) = (line["specialised"].as_f64().unwrap(), line["specialisable"].as_f64().unwrap());
        assert!(0.19 < specialised && specialised <= could && could < 0.5, "{at}: {line}");
    }
}

#[test]
fn what_a_benchmark_executes_is_the_same_every_time_and_names_no_place() {
    for python in pythons() {
        for workload in ["dynamic", "cells"] {
            let first = ask(&python, "executed.py", &[workload]);
            if workload == "cells" {
                assert_eq!(first, ask(&python, "executed.py", &[workload]), "{}", python.display());
            }
            assert_eq!(first["unknown"], 0.0, "{workload}: {}", python.display());
            let code: Vec<&str> = first["code"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(
                code.iter().all(|text| !text.starts_with('/') && !text.contains("/usr/") && !text.contains(env!("CARGO_MANIFEST_DIR")))
            );
            let of_library = code.iter().any(|text| !text.starts_with("workloads/") && !text.starts_with("cells/"));
            assert_eq!(of_library, workload == "cells", "the standard library's functions are there where they run");
        }
    }
}

fn read(subjects: Vec<SubjectPlan>, only: &[&str]) -> Opcodes {
    let plan = plan(&select(only), Setting { subjects, ..setting() }).unwrap();
    let audit = Audit { schema: SCHEMA, subjects: Vec::new() };
    census(&plan, &audit, &folder(), &Silent).unwrap()
}

#[test]
fn a_census_says_of_each_subject_what_each_benchmark_executes() {
    let Some(python) = needs::python3() else { return };
    let place = tempfile::tempdir().unwrap();
    let real = |name: &str, role| SubjectPlan { executable: python.to_owned(), ..subject(name, role) };
    let script = |name: &str, body: &str| {
        let executable = shell_script(&place.path().join(name), body);
        SubjectPlan { executable, ..subject(name, Role::Runner) }
    };
    let gone = SubjectPlan { executable: "/nowhere/python3".into(), ..subject("gone", Role::Runner) };
    let subjects = vec![
        real("python3", Role::Baseline),
        real("python3-again", Role::Control),
        script("crash", "echo 'no module named dis' >&2; exit 3"),
        script("garbage", "echo hello"),
        gone,
    ];
    let opcodes = read(subjects, &["dynamic/10", "dynamic/20", "amortised/5", "startup", "opcodes"]);
    let of = |name: &str| opcodes.of(name).unwrap();
    let python3 = of("python3");
    let benchmarks: Vec<&str> = python3.benchmarks.iter().map(|executed| executed.benchmark.as_str()).collect();
    assert_eq!(benchmarks, ["dynamic", "amortised", "startup"], "each once, sizes aside");
    let [dynamic, amortised, startup] = &python3.benchmarks[..] else { panic!() };
    assert_eq!(dynamic.histogram, amortised.histogram, "it is the same workload");
    assert!(dynamic.histogram["BINARY_OP_ADD_INT"] == 6.5 && dynamic.reason.is_none());
    assert!(dynamic.digest.as_ref().is_some_and(|digest| digest.parse::<Sha256>().is_ok()));
    assert_eq!(startup.reason.as_deref(), Some("the interpreter starts before anything could count"));
    assert!(startup.histogram.is_empty() && startup.digest.is_none());
    assert_eq!(python3.kernels.len(), Benchmark::KERNELS);
    assert!(python3.names.len() > 100 && python3.kernels.iter().any(|kernel| kernel.form.as_deref() == Some("BINARY_OP_ADD_INT")));
    // The control is the same file, and another name.
    let control = of("python3-again");
    assert_eq!((&control.benchmarks, &control.kernels), (&python3.benchmarks, &python3.kernels));
    let reason = |name: &str| of(name).benchmarks[0].reason.clone().unwrap();
    assert_eq!(reason("crash"), "executed.py exited with code 3: no module named dis");
    assert_eq!(reason("garbage"), "stdout is not the line of executed instructions: `hello\\n`");
    assert_eq!(reason("gone"), "cannot start /nowhere/python3");
    assert!(of("gone").kernels.is_empty());
    let kernels_reason = |name: &str| of(name).kernels_reason.clone();
    assert_eq!((kernels_reason("python3"), kernels_reason("gone")), (None, Some("cannot start /nowhere/python3".to_owned())));
    assert_eq!(kernels_reason("crash").as_deref(), Some("kernels.py exited with code 3: no module named dis"));
}

#[test]
fn without_kernels_in_the_plan_none_are_asked_for() {
    let Some(python) = needs::python3() else { return };
    let baseline = SubjectPlan { executable: python.to_owned(), ..subject("python3", Role::Baseline) };
    let opcodes = read(vec![baseline], &["pure_int_loop"]);
    let [python3] = &opcodes.subjects[..] else { panic!() };
    assert!(python3.kernels.is_empty() && python3.kernels_reason.is_none() && !python3.names.is_empty());
}
