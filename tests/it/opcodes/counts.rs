//! Executions: how often each instruction ran, whatever the interpreter made of it.

use surtax::opcode::trace::{Demand, Function};
use surtax::process::{Job, subject_environment};

use super::{Desk, function, is_old, only};
use crate::needs;

fn executed(function: &Function, line: u32) -> Vec<u64> {
    let mut counts: Vec<u64> =
        function.instructions.iter().filter(|one| one.line == Some(line)).map(|one| one.executions).filter(|count| *count > 0).collect();
    counts.dedup();
    counts
}

#[test]
fn a_loop_is_counted_by_its_turns() {
    let source = "def add(x, y):\n    return x + y\n\ndef loop(n):\n    total = 0\n    for i in range(n):\n        total = add(total, i)\n    return total\n";
    for python in needs::pythons() {
        let desk = Desk::with(source);
        let trace = desk.trace(&python, &desk.demand(&["loop(10)", "loop(3)"], 40));
        let (add, looped) = (function(&trace, "add"), function(&trace, "loop"));
        assert_eq!(only(add, "RESUME").executions, 13 * 40, "{}", trace.python);
        assert_eq!(only(looped, "FOR_ITER").executions, 15 * 40, "{}", trace.python);
        assert_eq!(only(looped, "RESUME").executions, 80);
        assert_eq!(executed(looped, 7), [13 * 40], "{}", trace.python);
        assert_eq!(looped.executions, looped.instructions.iter().map(|one| one.executions).sum::<u64>());
        let shares: f64 = looped.instructions.iter().filter_map(|one| one.share).sum();
        assert!((shares - 1.0).abs() < 1e-9);
        assert_eq!(
            trace.calls.iter().map(|call| (call.first, call.completed, call.counted)).collect::<Vec<_>>(),
            [(1, 40, 40), (41, 40, 40)]
        );
    }
}

#[test]
fn what_makes_cells_and_generators_is_counted_too() {
    let source = "def outer(n):\n    k = n\n    def inner():\n        return k\n    return inner()\n\ndef squares(n):\n    for i in range(n):\n        yield i * i\n\ndef total(n):\n    return sum(squares(n))\n";
    for python in needs::pythons() {
        let desk = Desk::with(source);
        let trace = desk.trace(&python, &desk.demand(&["outer(1)", "total(4)"], 25));
        assert_eq!(only(function(&trace, "outer"), "MAKE_CELL").executions, 25, "{}", trace.python);
        assert_eq!(only(function(&trace, "outer.inner"), "COPY_FREE_VARS").executions, 25);
        let squares = function(&trace, "squares");
        assert_eq!(only(squares, "RETURN_GENERATOR").executions, 25, "{}", trace.python);
        assert_eq!(only(squares, "YIELD_VALUE").executions, 100);
        assert_eq!(only(squares, "FOR_ITER").executions, 125);
    }
}

/// 3.11 tells of an `EXTENDED_ARG` and not of what it extends.
#[test]
fn an_instruction_with_an_extended_argument_is_counted() {
    let mut source: String = (0..300).map(|number| format!("v{number} = {number}\n")).collect();
    source += "def big():\n    t = 0\n";
    source += &(0..300).map(|number| format!("    t = t + v{number}\n")).collect::<String>();
    source += "    return t\n";
    for python in needs::pythons() {
        let desk = Desk::with(&source);
        let trace = desk.trace(&python, &desk.demand(&["big()"], 10));
        let big = function(&trace, "big");
        assert!(big.instructions.iter().any(|one| one.opname == "EXTENDED_ARG"));
        assert_eq!(big.instructions.iter().find(|one| one.executions != 10), None, "{}", trace.python);
    }
}

#[test]
fn functions_are_named_with_their_classes_and_what_has_no_name_goes_with_them() {
    let source = "class Box:\n    def get(self):\n        return sum(i for i in (1, 2))\n    def idle(self):\n        return 1\n\ndef other():\n    return 1\n";
    for python in needs::pythons() {
        let desk = Desk::with(source);
        let mut demand = desk.demand(&["(Box().get(), other())"], 5);
        let names = |demand: &Demand| desk.trace(&python, demand).functions.into_iter().map(|function| function.name).collect::<Vec<_>>();
        assert_eq!(names(&demand), ["Box.get", "Box.get.<genexpr>", "other"], "what ran, and nothing else");
        demand.functions = vec!["Box.get".into()];
        assert_eq!(names(&demand), ["Box.get", "Box.get.<genexpr>"]);
        demand.functions = vec!["Box.idle".into(), "other".into()];
        assert_eq!(names(&demand), ["Box.idle", "other"], "what is asked for is shown, though nothing ran it");
    }
}

#[test]
fn a_file_within_a_package_is_imported_as_a_part_of_it() {
    for python in needs::pythons() {
        let desk = Desk::with("");
        let folder = desk.folder.path().join("pack/inside");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(desk.folder.path().join("pack/__init__.py"), "BASE = 40\n").expect("written");
        std::fs::write(folder.join("__init__.py"), "from . import part\n").expect("written");
        std::fs::write(folder.join("part.py"), "from .. import BASE\ndef f():\n    return BASE + 2\n").expect("written");
        let mut demand = desk.demand(&["f()"], 30);
        demand.file = folder.join("part.py");
        let trace = desk.trace(&python, &demand);
        assert_eq!(only(function(&trace, "f"), "BINARY_OP").after, "BINARY_OP_ADD_INT", "{}", trace.python);
    }
}

/// A module that surtax's own script has imported must not be taken for the file.
#[test]
fn a_file_may_be_called_as_a_module_of_the_library() {
    for python in needs::pythons() {
        let desk = Desk::with("");
        for name in ["json.py", "adaptive.py", "forms.py", "trace.py", "two.dots-and dash.py"] {
            let mut demand = desk.demand(&["f()"], 10);
            demand.file = desk.folder.path().join(name);
            std::fs::write(&demand.file, "def f():\n    return 7\n").expect("written");
            assert_eq!(function(&desk.trace(&python, &demand), "f").executions % 10, 0);
        }
    }
}

/// `opcodes.json` and `surtax opcodes` mean the same by what is executed, specialised and specialisable: whatever a version does of the next
/// instructions (3.11's calls, appending, adding to a string, three loads of which two are one) is counted once, in both.
#[test]
fn both_programs_count_the_same() {
    const SOURCE: &str = "
def three(x, y, z):
    return (x, y, z)
def squares(n):
    for i in range(n):
        yield i * i
def work(n):
    text, out, k = '', [], n
    def inner(x):
        return x + k
    for i in squares(n):
        text += 'ab'
        out.append(i)
        if len(text) > 7:
            out.append(inner(i))
    return three(text, out, n)
";
    const ORACLE: &str = "
import sys, types
forms = types.ModuleType('forms')
exec(compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'), forms.__dict__)
sys.path.insert(0, sys.argv[2])
import demo
def calls(times):
    for _ in range(times):
        demo.work(20)
calls(200)
codes = forms.known_codes()
counted, = forms.count_apart([(calls, 200)])
for key, (name, counts) in counted.items():
    code = codes.get(key)
    if code is None or code.co_filename != demo.__file__:
        continue
    histogram = {}
    forms.add(histogram, forms.instructions(code), counts)
    of = lambda wanted: sum(times for form, times in histogram.items() if wanted(form))
    print(name.replace('.<locals>', ''), of(lambda _: True), of(forms.SPECIALISED.__contains__), of(forms.is_specialisable))
";
    for python in needs::pythons() {
        let desk = Desk::with(SOURCE);
        let trace = desk.trace(&python, &desk.demand(&["work(20)"], 200));
        let mut shown: Vec<String> = Vec::new();
        for one in &trace.functions {
            let own = one.executions - one.fused;
            let share = |share: Option<f64>| (share.expect("executed") * own as f64).round();
            shown.push(format!("{} {own} {} {}", one.name, share(one.specialised), share(one.specialisable)));
        }
        let forms = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benchmarks/opcodes/forms.py");
        let job = Job::new(&python).args(["-c", ORACLE]).arg(forms).arg(desk.folder.path()).envs(subject_environment(0));
        let said = job.run_for_text().expect("the oracle");
        let mut expected: Vec<&str> = said.lines().collect();
        shown.sort();
        expected.sort_unstable();
        assert_eq!(shown, expected, "{}", trace.python);
        let work = function(&trace, "work");
        let fused: Vec<&str> = work.instructions.iter().filter(|one| one.fused).map(|one| one.opname.as_str()).collect();
        // Adding to a local string stores it, up to 3.14.
        assert_eq!(fused.contains(&"STORE_FAST"), !trace.python.starts_with("3.15."), "{}: {fused:?}", trace.python);
        let three = function(&trace, "three");
        assert_eq!(three.fused, if is_old(&trace) || trace.python.starts_with("3.12.") { 200 } else { 0 }, "{}", trace.python);
    }
}
