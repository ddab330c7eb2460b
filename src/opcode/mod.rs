//! Opcodes: which bytecode an interpreter really executes once it has specialised it (PEP 659), in a file and in the benchmarks, and what each instruction costs.

mod census;
mod kernels;
pub mod trace;

pub use census::census;
pub(crate) use kernels::KernelsLine;
