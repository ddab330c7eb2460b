//! The engine that builds CPython from source: every promise of it, with real compilers, on a CPython of a dozen small files.

mod builds;
mod failures;
mod interruptions;
mod profiles;
mod proofs;
mod world;
