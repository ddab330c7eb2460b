//! Two passes put together: executions of the one, forms of the other.

use std::collections::BTreeMap;

use super::shape::{Call, Function, Instruction, Trace};
use super::wire::{Code, CountedPass, Site, Watched};
use super::{Demand, Interpreter};
use crate::run::SCHEMA;

pub(super) fn merge(interpreter: &Interpreter, demand: &Demand, calls: Vec<String>, counted: CountedPass, watched: Watched) -> Trace {
    let counts: BTreeMap<u32, BTreeMap<u32, u64>> =
        counted.functions.into_iter().map(|function| (function.index, function.counts)).collect();
    let functions = watched.functions.into_iter().map(|code| {
        let counts = counts.get(&code.index);
        function(code, counts.unwrap_or(&BTreeMap::new()))
    });
    let shown = |function: &Function| {
        let changed = || function.instructions.iter().any(|instruction| !instruction.changes.is_empty());
        function.executions > 0 || changed() || demand.functions.contains(&function.name)
    };
    let mut first = 1;
    let calls = calls.into_iter().zip(watched.completed).zip(counted.completed).map(|((expression, completed), counted)| {
        let call = Call { expression, times: demand.times, completed, counted, first };
        first += completed;
        call
    });
    Trace {
        schema: SCHEMA,
        file: demand.file.display().to_string(),
        interpreter: interpreter.executable.display().to_string(),
        python: interpreter.version.clone(),
        counted_by: counted.method,
        calls: calls.collect(),
        functions: functions.filter(shown).collect(),
    }
}

fn function(code: Code, counts: &BTreeMap<u32, u64>) -> Function {
    let Code { index: _, name, line, source, instructions } = code;
    let executions: u64 = counts.values().sum();
    let own: u64 = instructions.iter().map(|site| site.own).sum();
    // What another instruction does is no execution of the form that it would have.
    let share = |wanted: fn(&Site) -> bool| part(instructions.iter().filter(|site| wanted(site)).map(|site| site.own).sum(), own);
    let (specialised, specialisable) = (share(|one| one.specialised), share(|one| one.specialised || one.specialisable));
    let instructions: Vec<Instruction> = instructions
        .into_iter()
        .map(|site| {
            let reached = counts.get(&site.offset).copied().unwrap_or(0);
            instruction(site, reached, executions)
        })
        .collect();
    Function { name, line, executions, fused: executions.saturating_sub(own), specialised, specialisable, source, instructions }
}

fn part(of: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| of as f64 / all as f64)
}

fn instruction(site: Site, executions: u64, all: u64) -> Instruction {
    Instruction {
        line: site.line,
        offset: site.offset,
        opname: site.opname,
        argument: site.argument,
        argument_text: site.argument_text,
        jump_target: site.jump_target,
        before: site.before,
        after: site.after,
        specialisable: site.specialisable,
        specialised: site.specialised,
        fused: site.fused,
        executions,
        share: part(executions, all),
        changes: site.changes,
        changes_left_out: site.changes_left_out,
        deoptimised: site.deoptimised,
        caches: site.caches,
    }
}
