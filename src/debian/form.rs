//! Which form of an index to ask for: the smaller one costs more to unpack, and only the line decides what matters.

use std::time::Duration;

use crate::unpack::Compression;

/// How an index is compressed.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) extension: &'static str,
    pub(super) compression: Compression,
    /// Bytes of text a second, by order of magnitude: enough to weigh it against the line.
    rate: u64,
}

impl Form {
    pub(super) fn all() -> [Self; 4] {
        [
            Self { extension: ".xz", compression: Compression::Xz, rate: 80 << 20 },
            Self { extension: ".zst", compression: Compression::Zstd, rate: 600 << 20 },
            Self { extension: ".gz", compression: Compression::Gzip, rate: 350 << 20 },
            Self { extension: "", compression: Compression::None, rate: u64::MAX },
        ]
    }

    pub(super) fn unpacking(self, plain_bytes: u64) -> Duration {
        Duration::from_secs_f64(plain_bytes as f64 / self.rate as f64)
    }
}

/// What the line to a mirror did with the signed index: a near mirror makes the larger, faster form the better one.
pub(super) struct Speed {
    pub(super) bytes: u64,
    pub(super) took: Duration,
}

impl Speed {
    pub(super) fn estimate(&self, bytes: u64) -> Duration {
        self.took.mul_f64(bytes as f64 / self.bytes.max(1) as f64)
    }
}
