//! What is said of an instruction, the same in every format.

use crate::opcode::trace::{Cache, Call, Change, ChangeKind, Deoptimised, Function, Instruction, Trace};
use crate::report::format;

/// What the person should know of the whole.
pub fn remarks(trace: &Trace) -> Vec<String> {
    let mut remarks = Vec::new();
    for Call { expression, times, completed, counted, .. } in &trace.calls {
        if completed < times {
            remarks.push(format!(
                "'{expression}' was called {} of {} times, then its time was over; --timeout SECONDS gives more",
                number(*completed),
                number(*times)
            ));
        }
        if counted < completed {
            remarks.push(format!(
                "executions are those of the first {} of {} calls '{expression}': counting takes longer; --timeout SECONDS gives more",
                number(*counted),
                number(*completed)
            ));
        }
    }
    let idle = trace.functions.iter().filter(|function| function.executions == 0);
    remarks.extend(idle.map(|function| format!("no counted call ran `{}` (line {})", function.name, function.line)));
    remarks
}

pub(super) fn number(count: u32) -> String {
    format::count(u64::from(count))
}

/// `CPython 3.13.5, 1,000 calls each of add(1, 2) and …`.
pub(super) fn calls(trace: &Trace) -> Vec<String> {
    let line = |call: &Call| {
        let last = call.first + call.completed.saturating_sub(1);
        let which = if call.completed == 1 {
            format!("call {}", number(call.first))
        } else {
            format!("calls {} to {}", number(call.first), number(last))
        };
        format!("{which}: {}", call.expression)
    };
    trace.calls.iter().map(line).collect()
}

/// `10,000 instructions executed, 2,000 of them with the one above; 40.0 % of the others specialised, 20.0 % left general that could be`; by the forms
/// that they have in the end.
pub(super) fn function(function: &Function) -> String {
    let Some((specialised, specialisable)) = function.specialised.zip(function.specialisable) else {
        return "never executed".to_owned();
    };
    let generic = (specialisable - specialised).max(0.0);
    let rest = if generic > 0.0 { format!(", {} left general that could be", format::percent(generic)) } else { String::new() };
    let of = match function.fused {
        0 => format!(", {} of them", format::percent(specialised)),
        fused => format!(", {} of them with the one above; {} of the others", format::count(fused), format::percent(specialised)),
    };
    format!("{} instructions executed{of} specialised{rest}", format::count(function.executions))
}

/// `BINARY_OP → BINARY_OP_ADD_INT`: what the compiler wrote, and what it is in the end.
pub(super) fn form(instruction: &Instruction) -> String {
    let Instruction { opname, after, .. } = instruction;
    if opname == after { opname.clone() } else { format!("{opname} → {after}") }
}

/// `specialised; deoptimised 53×`; nothing where there is nothing to say.
pub(super) fn state(instruction: &Instruction) -> String {
    let mut words = Vec::new();
    if instruction.fused {
        words.push("runs with the one above".to_owned());
    } else if instruction.specialised {
        words.push("specialised".to_owned());
    } else if instruction.specialisable && instruction.executions > 0 {
        words.push("general".to_owned());
    }
    if let Some(deoptimised) = &instruction.deoptimised {
        words.push(format!("deoptimised {}×", format::count(deoptimised.guard_failures.max(u64::from(deoptimised.to_generic)))));
    }
    words.join("; ")
}

/// Changes of form and failed guards, each dated by its call, in that order.
pub(super) fn history(instruction: &Instruction) -> Vec<String> {
    // That an instruction was made ready to count is seen in its form.
    let telling = |change: &&Change| !matches!(change.kind, ChangeKind::Quickened | ChangeKind::Fused);
    let changes: Vec<&Change> = instruction.changes.iter().filter(telling).collect();
    let mut lines: Vec<String> = changes.iter().copied().map(changed).collect();
    if let Some(Deoptimised { guard_failures, first_call: Some(first), last_call: Some(last), .. }) = instruction.deoptimised {
        let calls = if first == last { format!("call {}", number(first)) } else { format!("calls {} to {}", number(first), number(last)) };
        let led_to = |change: &&Change| {
            let gave_up = matches!(change.kind, ChangeKind::Respecialised | ChangeKind::Deoptimised);
            change.call > first || gave_up && change.call == first
        };
        let at = changes.iter().position(led_to).unwrap_or(lines.len());
        lines.insert(at, format!("{calls}: the guard failed {}×", format::count(guard_failures)));
    }
    if instruction.changes_left_out > 0 {
        lines.push(format!("and {} changes more", number(instruction.changes_left_out)));
    }
    lines
}

fn changed(change: &Change) -> String {
    let kind = match change.kind {
        ChangeKind::Quickened => "made ready",
        ChangeKind::Fused => "one with the next",
        ChangeKind::Specialised => "specialised",
        ChangeKind::Respecialised => "specialised anew",
        ChangeKind::Deoptimised => "deoptimised",
        ChangeKind::Compiled => "compiled",
    };
    format!("call {}: {} → {}, {kind}", number(change.call), change.from, change.to)
}

/// `counter 52 (failures until it is given up), backoff 0`, `version 65601`.
pub(super) fn cache(instruction: &Instruction, cache: &Cache) -> String {
    match (cache.name.as_str(), cache.left) {
        ("counter", Some(left)) => {
            let of = if instruction.specialised {
                "failures left"
            } else if instruction.specialisable {
                "executions until it tries to specialise"
            } else {
                "executions until the JIT compiler looks"
            };
            let backoff = cache.backoff.map_or(String::new(), |backoff| format!(", backoff {backoff}"));
            format!("counter {} ({of}{backoff})", number(left))
        }
        ("history", _) => format!("history {:016b}", cache.value),
        // An address.
        ("descr", _) => format!("descr {:#x}", cache.value),
        (name, _) => format!("{name} {}", cache.value),
    }
}
