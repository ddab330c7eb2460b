//! How an interpreter rewrites the bytecode of one file: two fresh processes, one in which every instruction is counted and one watched after every call.

mod ask;
mod error;
mod interpreter;
mod merge;
mod shape;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

pub use error::TraceError;
pub use interpreter::Interpreter;
pub use shape::{Cache, Call, Change, ChangeKind, Deoptimised, Function, Instruction, Trace};

use crate::store::Store;
use ask::Probe;

/// What the person wants to see.
#[derive(Debug, Clone)]
pub struct Demand {
    pub file: PathBuf,
    /// By their dotted names; all that the calls run, if there are none.
    pub functions: Vec<String>,
    /// Python expressions, evaluated in the file's namespace in this order; the one named function without arguments, if there are none.
    pub calls: Vec<String>,
    /// How often each is evaluated.
    pub times: u32,
    /// Of each of the two processes, the import included. What then still runs is ended.
    pub limit: Duration,
}

/// Runs the file's functions and says what became of their instructions.
pub fn trace(store: &Store, interpreter: &Interpreter, demand: &Demand) -> Result<Trace, TraceError> {
    let probe = Probe::new(store, interpreter, demand)?;
    let (counted, calls) = probe.count()?;
    // If not every call could be counted, a later one may run what none before it did; and what was named is shown even if nothing runs it.
    let known = demand.functions.is_empty() && counted.completed.iter().all(|times| *times == demand.times);
    let ran = counted.functions.iter().map(|function| function.index).collect();
    let watched = probe.watch(known.then_some(ran), &counted)?;
    let trace = merge::merge(interpreter, demand, calls, counted, watched);
    if trace.functions.is_empty() { Err(TraceError::NothingRan { file: demand.file.clone() }) } else { Ok(trace) }
}
