//! Numbers in, numbers out; every method cites its source. METHODOLOGY.md says why these and not others.

mod bootstrap;
mod holm;
mod nnls;
mod pool;
mod ratio;
mod student;
mod verdict;
mod wilcoxon;

pub use bootstrap::{CONFIDENCE, Interval, interval_error, median_error, median_interval, rebuilds_interval};
pub use holm::holm;
pub use nnls::NonNegative;
pub use pool::{Estimated, Pooled, pool};
pub use ratio::{log_ratio, median, ratio};
pub use verdict::{ALPHA, FLOOR_LIMIT, MINIMUM_ROUNDS, Verdict, noise_floor, rounds_needed, verdict};
pub use wilcoxon::{signed_rank, smallest_p};
