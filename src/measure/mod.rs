//! Strictly serial measuring: rounds of fresh processes, journalled as they end.

mod environment;
mod executor;
mod fitness;
mod output;
mod pinning;
mod progress;
mod session;
mod visit;

pub use executor::{Executor, Processes};
pub use fitness::{Remark, fitness};
pub use pinning::{Apart, choose_cpu};
pub use session::{MeasureError, Measured, STREAK, measure};
