//! `opcodes.json`: which bytecode each subject really executes, read out of the interpreters before anything is timed. Absent in runs of older surtaxes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::audit::AccessCounts;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opcodes {
    pub schema: u32,
    pub subjects: Vec<SubjectOpcodes>,
}

impl Opcodes {
    pub fn of(&self, subject: &str) -> Option<&SubjectOpcodes> {
        self.subjects.iter().find(|opcodes| opcodes.subject == subject)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectOpcodes {
    pub subject: String,
    /// Of every benchmark of the plan, sizes aside; in the plan's order.
    pub benchmarks: Vec<Executed>,
    /// Of every opcode kernel; empty where the run does not measure them.
    pub kernels: Vec<Kernel>,
    /// Why there are none although the run measures them: what each copy executes is not known then. Absent in runs of older surtaxes.
    #[serde(default)]
    pub kernels_reason: Option<String>,
    /// What the interpreter's code for each opcode reaches by tables, by opcode number; empty where the file does not show where that code is.
    pub handlers: BTreeMap<u8, Handler>,
    /// How the handlers were found, or why not.
    pub handlers_evidence: String,
    /// Names of opcode numbers, as this Python has them, specialised forms included.
    pub names: BTreeMap<u8, String>,
}

/// What one benchmark executes once the interpreter has specialised its code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Executed {
    pub benchmark: String,
    /// Instructions per step of the workload (its size), by the form that they have in the end: `BINARY_OP_ADD_INT`. Not whole numbers: what runs once
    /// in many steps counts by its share. Empty where nothing could be counted.
    pub histogram: BTreeMap<String, f64>,
    /// The share of the executed instructions that are specialised, and the share of them that could be: all that have an adaptive form, the
    /// specialised ones among them.
    pub specialised: Option<f64>,
    pub specialisable: Option<f64>,
    /// SHA-256 over every code object's instructions in their final form: subjects with equal ones reached the same code.
    pub digest: Option<String>,
    /// Why there is none: `the interpreter starts before anything could count`.
    pub reason: Option<String>,
}

/// One opcode kernel in one interpreter: code that runs the form it is named for, or the reason why not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kernel {
    /// `add-int`, the same for every Python.
    pub name: String,
    /// `arithmetic`, `calls`, …
    pub group: String,
    /// The form that this Python runs for it, shown by `dis` after warming up: `BINARY_OP_ADD_INT`. Absent where it never came.
    pub form: Option<String>,
    /// Whether that form is a specialised one.
    pub specialised: bool,
    /// Instructions of one copy by form, the kernel's own among them: what the cost of a copy is the cost of.
    pub copy: BTreeMap<String, u32>,
    /// Why it is not measured: `expected BINARY_OP_ADD_INT, saw BINARY_OP`.
    pub reason: Option<String>,
}

/// The machine code of one opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// Machine instructions between its entry and the next dispatch, those that several handlers share left out.
    pub instructions: u64,
    pub counts: AccessCounts,
}
