//! Content on its way through: counted, hashed, and told to whoever watches.

use std::io::{self, Read};

use crate::digest::{Hasher, Sha256};
use crate::interrupt;
use crate::ui::Bar;

/// Reads on to the end of `from`, and knows then what it was.
pub(super) struct Watched<'a, R> {
    from: R,
    hasher: Hasher,
    size: u64,
    bar: &'a dyn Bar,
}

impl<'a, R: Read> Watched<'a, R> {
    pub(super) fn new(from: R, bar: &'a dyn Bar) -> Self {
        Self { from, hasher: Hasher::default(), size: 0, bar }
    }

    /// Bytes, and their digest.
    pub(super) fn finish(self) -> (u64, Sha256) {
        (self.size, self.hasher.finish())
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if interrupt::requested() {
            // Not `Interrupted`: that one is tried again.
            return Err(io::Error::other("interrupted"));
        }
        let read = self.from.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        self.size += read as u64;
        self.bar.advance(read as u64);
        Ok(read)
    }
}
