//! Forms: which one an instruction has, since which call, and when its guard fails.

use std::path::Path;

use surtax::opcode::trace::{Change, ChangeKind};
use surtax::process::{Job, subject_environment};

use super::{Desk, function, is_old, only};
use crate::needs;

const ADD: &str = "def add(x, y):\n    return x + y\n";

fn change(call: u32, from: &str, to: &str, kind: ChangeKind) -> Change {
    Change { call, from: from.to_owned(), to: to.to_owned(), kind }
}

/// The textbook case. 3.11 makes a function ready at its 8th call, gives a form up after 53 failures (`miss_counter_start`) and waits 32 more
/// executions (backoff 5); later Pythons specialise at the second call, and anew when a guard fails after 52 failures (`adaptive_counter_cooldown`).
#[test]
fn adding_ints_and_then_strings_specialises_deoptimises_and_specialises_anew() {
    for python in needs::pythons() {
        let desk = Desk::with(ADD);
        let trace = desk.trace(&python, &desk.demand(&["add(1, 2)", "add('a', 'b')"], 1000));
        assert_eq!(trace.functions.len(), 1);
        let add = only(function(&trace, "add"), "BINARY_OP");
        assert_eq!((add.before.as_str(), add.after.as_str()), ("BINARY_OP", "BINARY_OP_ADD_UNICODE"), "{}", trace.python);
        assert_eq!((add.executions, add.specialised, add.argument_text.as_str()), (2000, true, "+"));
        let expected = if is_old(&trace) {
            vec![
                change(8, "BINARY_OP", "BINARY_OP_ADD_INT", ChangeKind::Specialised),
                change(1053, "BINARY_OP_ADD_INT", "BINARY_OP_ADAPTIVE", ChangeKind::Deoptimised),
                change(1085, "BINARY_OP_ADAPTIVE", "BINARY_OP_ADD_UNICODE", ChangeKind::Specialised),
            ]
        } else {
            vec![
                change(2, "BINARY_OP", "BINARY_OP_ADD_INT", ChangeKind::Specialised),
                change(1053, "BINARY_OP_ADD_INT", "BINARY_OP_ADD_UNICODE", ChangeKind::Respecialised),
            ]
        };
        assert_eq!(add.changes, expected, "{}", trace.python);
        let deoptimised = add.deoptimised.expect("its guard failed");
        assert_eq!((deoptimised.guard_failures, deoptimised.to_generic), (53, u32::from(is_old(&trace))), "{}", trace.python);
        assert_eq!((deoptimised.first_call, deoptimised.last_call), (Some(1001), Some(1053)));
        let counter = &add.caches[0];
        assert_eq!((counter.name.as_str(), counter.left), ("counter", Some(if is_old(&trace) { 53 } else { 52 })), "{}", trace.python);
    }
}

#[test]
fn what_stays_of_one_kind_is_never_deoptimised() {
    for python in needs::pythons() {
        let desk = Desk::with(ADD);
        let trace = desk.trace(&python, &desk.demand(&["add(1.5, 2.5)"], 300));
        let add = only(function(&trace, "add"), "BINARY_OP");
        assert_eq!((add.after.as_str(), add.changes.len(), add.deoptimised), ("BINARY_OP_ADD_FLOAT", 1, None), "{}", trace.python);
        assert!(function(&trace, "add").specialised.expect("executed") >= 0.2);
    }
}

#[test]
fn what_no_form_fits_stays_general() {
    for python in needs::pythons() {
        let desk = Desk::with("def add(x, y):\n    return x + y\n");
        let trace = desk.trace(&python, &desk.demand(&["add((1,), (2,))"], 500));
        let add = only(function(&trace, "add"), "BINARY_OP");
        // 3.15 has a form for it.
        if add.after.starts_with("BINARY_OP_EXTEND") {
            continue;
        }
        assert!(["BINARY_OP", "BINARY_OP_ADAPTIVE"].contains(&add.after.as_str()), "{}: {}", trace.python, add.after);
        assert!(add.specialisable && !add.specialised);
        let counter = &add.caches[0];
        assert!(counter.backoff.expect("of a general one") > 1, "attempts that fail wait longer: {counter:?} in {}", trace.python);
    }
}

/// Every form is the one that `dis` shows in a process of its own, which only makes the same calls.
#[test]
fn forms_are_what_dis_shows() {
    const SOURCE: &str = "
G = 3
class Point:
    def __init__(self, x):
        self.x = x
    def twice(self):
        return self.x * 2
def work(n):
    p, total, seen = Point(n), 0, {'a': 1}
    for i in range(n):
        total += p.twice() + G + seen['a']
        if i % 2 == 0 and len(seen) > 0:
            seen[str(i)] = [i, total]
    return [k for k in seen if k], f'{total}'
";
    const ORACLE: &str = "
import dis, sys
sys.path.insert(0, sys.argv[1])
import demo
for _ in range(200):
    demo.work(20)
for name in 'work', 'Point.twice', 'Point.__init__':
    found = demo
    for part in name.split('.'):
        found = getattr(found, part)
    for one in dis.get_instructions(found, adaptive=True):
        print(name, one.offset, one.opname)
";
    for python in needs::pythons() {
        let desk = Desk::with(SOURCE);
        let trace = desk.trace(&python, &desk.demand(&["work(20)"], 200));
        let job = Job::new(&python).args(["-c", ORACLE]).arg(desk.folder.path()).envs(subject_environment(0));
        let mut shown = String::new();
        for name in ["work", "Point.twice", "Point.__init__"] {
            for one in &function(&trace, name).instructions {
                shown += &format!("{name} {} {}\n", one.offset, one.after);
            }
        }
        assert_eq!(shown, job.run_for_text().expect("the oracle"), "{}", python.display());
    }
}

#[test]
fn a_superinstruction_takes_the_next_one_along() {
    for python in needs::pythons() {
        let desk = Desk::with("def add(x, y):\n    return x + y\n");
        let trace = desk.trace(&python, &desk.demand(&["add(1, 2)"], 50));
        let fused: Vec<&str> = function(&trace, "add").instructions.iter().filter(|one| one.fused).map(|one| one.opname.as_str()).collect();
        // From 3.13 on the compiler writes one instruction.
        let expected: &[&str] = if is_old(&trace) || trace.python.starts_with("3.12.") { &["LOAD_FAST"] } else { &[] };
        assert_eq!(fused, expected, "{}", trace.python);
    }
}

#[test]
fn a_python_started_by_a_script_is_found() {
    let Some(python) = needs::python3() else { return };
    let desk = Desk::with(ADD);
    let shim = crate::world::shell_script(&desk.folder.path().join("python3"), &format!("exec {} \"$@\"", python.display()));
    let found = surtax::opcode::trace::Interpreter::identify(Path::new(&shim)).expect("found");
    assert!(found.executable.is_absolute() && found.executable != shim, "{found:?}");
}
