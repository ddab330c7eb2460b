//! Subjects × benchmarks × sizes: what a run measures, with which commands, in which order. No I/O: a plan is values.

mod catalogue;
mod command;
mod counted;
mod error;
mod groups;
mod schedule;
mod selection;

pub use catalogue::{Benchmark, Expected};
pub(crate) use command::pyperf_worker;
pub use command::{CommandLine, commands, packed_commands};
pub use counted::{COUNTED_HASH_SEED, Region, counted_benchmarks, counted_commands, counted_limit, counted_size, not_counted};
pub use error::MatrixError;
pub use groups::check_names;
pub use schedule::{Round, missing, schedule};
pub use selection::{Selection, Setting, plan};
