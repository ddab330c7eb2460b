//! A home that only tests are run in: what is measured must not change because someone tested it.

use std::path::PathBuf;

use crate::digest::Key;

/// A home in which executables find CPython's own tests: a standard library and they lie in one folder, as where both are installed.
#[derive(Debug, Clone)]
pub struct TestHome {
    pub key: Key,
    /// `sys.prefix` of every executable that lies in a folder of it.
    pub prefix: PathBuf,
    /// The folder with `os.py` and `test/`.
    pub stdlib: PathBuf,
    /// Whether it was made now.
    pub fresh: bool,
}
