//! Subjects × benchmarks × sizes: what a run measures, with which commands, in which order. No I/O: a plan is values.

mod catalogue;
mod command;
mod counted;
mod error;
mod groups;
mod merge;
mod schedule;
mod selection;
mod shard;

pub use catalogue::{Benchmark, Expected};
pub use command::{CommandLine, commands};
pub use counted::{COUNTED_HASH_SEED, Region, counted_benchmarks, counted_commands, counted_limit, counted_size, not_counted};
pub use error::MatrixError;
pub use groups::check_names;
pub use merge::{MergeError, Merged, Part, described, differs, merge};
pub use schedule::{Round, missing, schedule};
pub use selection::{Selection, Setting, plan};
pub use shard::{check_shards, of_shard, shards};
