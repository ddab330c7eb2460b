//! What `surtax opcodes --json` prints; results/README.md describes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    pub schema: u32,
    /// As the person named it.
    pub file: String,
    pub interpreter: String,
    /// `3.13.5`.
    pub python: String,
    /// What executions were counted with: `sys.monitoring`, `f_trace_opcodes`.
    pub counted_by: String,
    pub calls: Vec<Call>,
    /// In the order of the file.
    pub functions: Vec<Function>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub expression: String,
    pub times: u32,
    /// How often it was evaluated, and how often counted: less than `times` where the time was spent.
    pub completed: u32,
    pub counted: u32,
    /// The number of its first call among all: what changes are dated by.
    pub first: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// `Class.method`, `f.<lambda>`.
    pub name: String,
    pub line: u32,
    /// Instructions executed in all counted calls.
    pub executions: u64,
    /// Those of them that were part of the instruction before, by the forms in the end.
    pub fused: u64,
    /// Of the others: those that have a specialised form in the end, and those that have or could have one. The same shares as in `opcodes.json`.
    pub specialised: Option<f64>,
    pub specialisable: Option<f64>,
    /// The lines that instructions stem from.
    pub source: BTreeMap<u32, String>,
    pub instructions: Vec<Instruction>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instruction {
    pub line: Option<u32>,
    /// In bytes, as `dis` gives it.
    pub offset: u32,
    /// What the compiler wrote.
    pub opname: String,
    pub argument: Option<i64>,
    /// As `dis` words it: a name, a constant, a target.
    pub argument_text: String,
    pub jump_target: bool,
    /// Its form before the first call: 3.12 fuses when a code object is made.
    pub before: String,
    /// Its form after the last one.
    pub after: String,
    /// Whether this Python has forms of it for what it meets.
    pub specialisable: bool,
    pub specialised: bool,
    /// Executed as a part of the one before it.
    pub fused: bool,
    pub executions: u64,
    /// Of its function's executions.
    pub share: Option<f64>,
    pub changes: Vec<Change>,
    pub changes_left_out: u32,
    pub deoptimised: Option<Deoptimised>,
    pub caches: Vec<Cache>,
}

/// A new form, seen after a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub call: u32,
    pub from: String,
    pub to: String,
    pub kind: ChangeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Made ready: it now counts what it meets, or has a form that depends on no operand.
    Quickened,
    /// One with the instruction after it.
    Fused,
    Specialised,
    /// From one specialised form to another.
    Respecialised,
    /// From a specialised form back to the general one.
    Deoptimised,
    /// Machine code of the JIT compiler begins here.
    Compiled,
}

/// What did not fit the specialised form. The counts are of what the inline counter shows after each call: at least so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deoptimised {
    /// Executions in which a guard failed and the general code ran instead.
    pub guard_failures: u64,
    pub first_call: Option<u32>,
    pub last_call: Option<u32>,
    /// How often the specialised form was given up for the general one.
    pub to_generic: u32,
}

/// One field of an inline cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// `counter`, `version`, …; `history` of a branch: the ways that it went, a bit each, the latest lowest.
    pub name: String,
    /// Of two bytes.
    pub words: u32,
    /// As it stands in the code.
    pub value: u64,
    /// Of a counter: how many more; of guards that may fail if the instruction is specialised, else of executions until it tries to be.
    pub left: Option<u32>,
    /// Of a counter: the exponent of the wait after an attempt that fails.
    pub backoff: Option<u32>,
}
