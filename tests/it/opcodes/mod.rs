//! `surtax opcodes`: what every Python at hand makes of real files, and what a person sees of it.

mod cli;
mod counts;
mod rendering;
mod specialisation;

use std::path::{Path, PathBuf};
use std::time::Duration;

use surtax::opcode::trace::{Demand, Function, Instruction, Interpreter, Trace, trace};
use surtax::store::Store;
use tempfile::TempDir;

/// A folder with a store and the file that is looked at.
struct Desk {
    folder: TempDir,
    file: PathBuf,
}

impl Desk {
    fn with(source: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("demo.py");
        std::fs::write(&file, source).expect("written");
        Self { folder, file }
    }

    fn demand(&self, calls: &[&str], times: u32) -> Demand {
        Demand {
            file: self.file.clone(),
            functions: Vec::new(),
            calls: calls.iter().map(|call| (*call).to_owned()).collect(),
            times,
            limit: Duration::from_secs(120),
        }
    }

    fn trace(&self, python: &Path, demand: &Demand) -> Trace {
        let store = Store::open(&self.folder.path().join("store")).expect("a store");
        let interpreter = Interpreter::identify(python).expect("a Python");
        trace(&store, &interpreter, demand).expect("traced")
    }
}

fn function<'a>(trace: &'a Trace, name: &str) -> &'a Function {
    trace.functions.iter().find(|function| function.name == name).unwrap_or_else(|| panic!("{name} in {}", trace.python))
}

/// The only instruction that the compiler wrote as `opname`.
fn only<'a>(function: &'a Function, opname: &str) -> &'a Instruction {
    let found: Vec<&Instruction> = function.instructions.iter().filter(|instruction| instruction.opname == opname).collect();
    assert_eq!(found.len(), 1, "{opname} in {}", function.name);
    found[0]
}

fn is_old(trace: &Trace) -> bool {
    trace.python.starts_with("3.11.")
}
