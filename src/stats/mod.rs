//! Numbers in, numbers out; every method cites its source. METHODOLOGY.md says why these and not others.

mod bootstrap;
mod holm;
mod nnls;
mod ratio;
mod verdict;
mod wilcoxon;

pub use bootstrap::{CONFIDENCE, Interval, median_interval, rebuilds_interval};
pub use holm::holm;
pub use nnls::NonNegative;
pub use ratio::{geometric_mean, log_ratio, median, ratio};
pub use verdict::{ALPHA, FLOOR_LIMIT, MINIMUM_ROUNDS, Verdict, noise_floor, rounds_needed, verdict};
pub use wilcoxon::{signed_rank, smallest_p};
