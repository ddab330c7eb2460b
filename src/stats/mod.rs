//! Numbers in, numbers out; every method cites its source. METHODOLOGY.md says why these and not others.

mod bootstrap;
mod detectable;
mod holm;
mod nnls;
mod pool;
mod ratio;
mod student;
mod two_runs;
mod uncertain;
mod verdict;
mod wilcoxon;

pub use bootstrap::{CONFIDENCE, Interval, median_error, median_interval, rebuilds_interval};
pub use detectable::{Detectable, POWER, detectable};
pub use holm::holm;
pub use nnls::NonNegative;
pub use pool::{Estimated, Pooled, pool, pool_rebuilds};
pub use ratio::{geometric_mean, log_ratio, median, ratio};
pub use two_runs::{joint_floor, quotient_interval, yuen};
pub use uncertain::Uncertain;
pub use verdict::{ALPHA, FLOOR_LIMIT, MINIMUM_ROUNDS, Verdict, noise_floor, rounds_needed, verdict};
pub use wilcoxon::{signed_rank, smallest_p};
