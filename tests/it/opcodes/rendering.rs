//! The written form of a trace that has a little of everything.

use surtax::opcode::trace::{Cache, Call, Change, ChangeKind, Deoptimised, Function, Instruction, Trace};
use surtax::report::trace::{html, remarks, text};

fn instruction(line: u32, offset: u32, opname: &str, after: &str, argument_text: &str, executions: u64) -> Instruction {
    Instruction {
        line: Some(line),
        offset,
        opname: opname.into(),
        argument: Some(0),
        argument_text: argument_text.into(),
        jump_target: false,
        before: opname.into(),
        after: after.into(),
        specialisable: false,
        specialised: false,
        fused: false,
        executions,
        share: Some(executions as f64 / 8000.0),
        changes: Vec::new(),
        changes_left_out: 0,
        deoptimised: None,
        caches: Vec::new(),
    }
}

fn change(call: u32, from: &str, to: &str, kind: ChangeKind) -> Change {
    Change { call, from: from.into(), to: to.into(), kind }
}

fn cache(name: &str, words: u32, value: u64, left: Option<u32>, backoff: Option<u32>) -> Cache {
    Cache { name: name.into(), words, value, left, backoff }
}

fn instructions() -> Vec<Instruction> {
    let add = Instruction {
        specialisable: true,
        specialised: true,
        changes: vec![
            change(8, "BINARY_OP", "BINARY_OP_ADD_INT", ChangeKind::Specialised),
            change(1053, "BINARY_OP_ADD_INT", "BINARY_OP_ADAPTIVE", ChangeKind::Deoptimised),
            change(1085, "BINARY_OP_ADAPTIVE", "BINARY_OP_ADD_UNICODE", ChangeKind::Specialised),
        ],
        deoptimised: Some(Deoptimised { guard_failures: 53, first_call: Some(1001), last_call: Some(1053), to_generic: 1 }),
        caches: vec![cache("counter", 1, 53, Some(53), None)],
        ..instruction(2, 6, "BINARY_OP", "BINARY_OP_ADD_UNICODE", "+", 2000)
    };
    let load = Instruction {
        specialisable: true,
        changes_left_out: 3,
        caches: vec![
            cache("counter", 1, 0x345, Some(52), Some(5)),
            cache("version", 2, 65601, None, None),
            cache("descr", 4, 0x7f00, None, None),
        ],
        ..instruction(3, 10, "LOAD_ATTR", "LOAD_ATTR", "shape", 1000)
    };
    let jump = Instruction {
        jump_target: true,
        caches: vec![cache("history", 1, 0b101, None, None)],
        ..instruction(3, 20, "POP_JUMP_IF_FALSE", "POP_JUMP_IF_FALSE", "to L2", 1000)
    };
    vec![
        Instruction { line: None, ..instruction(0, 0, "RESUME", "RESUME_QUICK", "", 2000) },
        Instruction {
            changes: vec![change(8, "LOAD_FAST", "LOAD_FAST__LOAD_FAST", ChangeKind::Fused)],
            ..instruction(2, 2, "LOAD_FAST", "LOAD_FAST__LOAD_FAST", "x", 2000)
        },
        Instruction { fused: true, ..instruction(2, 4, "LOAD_FAST", "LOAD_FAST", "y", 2000) },
        add,
        load,
        jump,
        instruction(4, 30, "LOAD_CONST", "LOAD_CONST", "'a constant that is longer than the column'", 0),
    ]
}

fn sample() -> Trace {
    let call = |expression: &str, first, completed, counted| Call { expression: expression.into(), times: 1000, completed, counted, first };
    let function = Function {
        name: "Shape.add".into(),
        line: 1,
        executions: 10_000,
        fused: 2000,
        specialised: Some(0.25),
        specialisable: Some(0.375),
        source: [(2, "    r = x + y  # \u{1b}[2J<b>"), (3, "    if r.shape:"), (4, "        return None")]
            .into_iter()
            .map(|(line, text)| (line, text.to_owned()))
            .collect(),
        instructions: instructions(),
    };
    let idle = Function {
        name: "idle".into(),
        executions: 0,
        fused: 0,
        specialised: None,
        specialisable: None,
        instructions: Vec::new(),
        ..function.clone()
    };
    Trace {
        schema: 1,
        file: "lib/demo.py".into(),
        interpreter: "/usr/bin/python3".into(),
        python: "3.11.2".into(),
        counted_by: "f_trace_opcodes".into(),
        calls: vec![call("add(1, 2)", 1, 1000, 40), call("add(\"a\", \"b\")", 1001, 7, 7)],
        functions: vec![function, idle],
    }
}

#[test]
fn text_for_a_pipe() {
    insta::assert_snapshot!("text", text(&sample(), false));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let coloured = text(&sample(), true);
    insta::assert_snapshot!("coloured", coloured.replace('\u{1b}', "␛"));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain += before;
        rest = after.split_once('m').expect("a colour ends").1;
    }
    assert_eq!(plain + rest, text(&sample(), false));
}

#[test]
fn a_page() {
    insta::assert_snapshot!("page", html(&sample()));
}

#[test]
fn what_is_missing_is_remarked() {
    insta::assert_snapshot!("remarks", remarks(&sample()).join("\n"));
}
