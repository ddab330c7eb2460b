//! Strictly serial measuring: rounds of fresh processes, journalled as they end.

mod counting;
mod environment;
mod executor;
mod outcome;
mod output;
mod past;
mod pinning;
mod progress;
mod session;
mod visit;

pub use counting::{CounterChoice, CounterError, CountersAtHand};
pub use executor::{Executor, Processes};
pub use outcome::{MeasureError, Measured};
pub use past::STREAK;
pub use pinning::{Apart, choose_cpu, may_use};
pub use session::measure;
