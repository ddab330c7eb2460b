//! Bytecode as the interpreter really runs it: what it makes of a file's functions.

pub mod render;
pub mod trace;
