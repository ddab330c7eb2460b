//! What is said to `benchmarks/opcodes/trace.py` and what it answers, line by line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shape::{Cache, Change, Deoptimised};

#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub pass: Pass,
    pub calls: &'a [String],
    pub times: u32,
    pub functions: &'a [String],
    /// Of the code objects, as `CountedPass` numbers them; all if absent.
    pub only: Option<Vec<u32>>,
    /// What the pass before counted, by code object and offset: what was executed as part of another instruction is taken off by the forms in the end.
    pub counts: BTreeMap<u32, &'a BTreeMap<u32, u64>>,
    pub seconds: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Pass {
    Count,
    Watch,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Line {
    At(At),
    Calls(Calls),
    Counted(CountedPass),
    Watched(Watched),
    Failed(Failed),
}

/// Where the file is: importing, or in a call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    pub call: Option<usize>,
}

/// The calls that are made, where the person named none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calls {
    pub calls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountedPass {
    pub method: String,
    pub completed: Vec<u32>,
    pub functions: Vec<Counts>,
}

/// Executions by offset.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    pub index: u32,
    pub counts: BTreeMap<u32, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Watched {
    pub completed: Vec<u32>,
    pub functions: Vec<Code>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    pub index: u32,
    pub name: String,
    pub line: u32,
    pub source: BTreeMap<u32, String>,
    pub instructions: Vec<Site>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub line: Option<u32>,
    pub offset: u32,
    pub opname: String,
    pub argument: Option<i64>,
    pub argument_text: String,
    pub jump_target: bool,
    pub before: String,
    pub after: String,
    pub specialisable: bool,
    pub specialised: bool,
    pub fused: bool,
    /// Executions that were its own.
    pub own: u64,
    pub changes: Vec<Change>,
    pub changes_left_out: u32,
    pub deoptimised: Option<Deoptimised>,
    pub caches: Vec<Cache>,
}

/// Why there is nothing to show.
#[derive(Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Failed {
    FileSyntax { message: String, line: Option<u32> },
    FileRaised { message: String, trace: Vec<String> },
    CallSyntax { call: usize, message: String },
    CallRaised { call: usize, time: u32, message: String, trace: Vec<String> },
    NoSuchFunction { function: String, functions: Vec<String> },
    NothingToCall { function: Option<String>, functions: Vec<String> },
    NoMonitoring {},
}
