//! Opcodes: which bytecode an interpreter really executes once it has specialised it (PEP 659), and what each instruction costs.

mod census;
mod kernels;

pub use census::census;
pub(crate) use kernels::KernelsLine;
