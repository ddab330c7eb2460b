//! What a linked file's functions reach through tables.

use super::code::Read;
use super::functions::{Kind, Stretch};
use super::parts::Parts;
use crate::audit::functions::most;
use crate::run::{AccessCounts, Accesses, FunctionAccesses};

/// `interpreter`: all stretches of code that interpret bytecode; of tail calls, these are many functions.
pub(super) fn accesses(stretches: &[Stretch<'_>], read: &[Read], parts: &Parts, interpreter: &[usize]) -> Accesses {
    let mut total = AccessCounts::default();
    let mut by_function: Vec<Option<FunctionAccesses>> = vec![None; stretches.len()];
    for (index, (stretch, read)) in stretches.iter().zip(read).enumerate() {
        total += read.counts;
        if stretch.kind == Kind::Between {
            continue;
        }
        let owner = parts.owner(index);
        let function = by_function[owner].get_or_insert_with(|| FunctionAccesses {
            name: name(&stretches[owner]),
            bytes: 0,
            counts: AccessCounts::default(),
        });
        function.bytes = function.bytes.saturating_add(stretch.bytes());
        function.counts += read.counts;
    }
    let interpreter_loop = interpreter.first().map(|first| {
        let mut all = FunctionAccesses { name: name(&stretches[*first]), bytes: 0, counts: AccessCounts::default() };
        for index in interpreter {
            all.bytes = all.bytes.saturating_add(stretches[*index].bytes());
            all.counts += read[*index].counts;
        }
        all
    });
    let functions: Vec<FunctionAccesses> = by_function.into_iter().flatten().collect();
    Accesses { total, functions: functions.len() as u64, interpreter_loop, most: most(functions) }
}

fn name(stretch: &Stretch<'_>) -> String {
    stretch.name.map_or_else(|| format!("(unnamed, at {:#x})", stretch.range.start), str::to_owned)
}
