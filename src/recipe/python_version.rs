//! A feature release of Python, as packages name it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `3.13`: what a libpython's name carries. Orders by number, not by text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PythonVersion {
    major: u16,
    minor: u16,
}

impl PythonVersion {
    /// The benchmarks use what 3.11 brought, and so does the runner.
    pub const OLDEST: Self = Self::new(3, 11);

    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// `3.13` of a whole version such as `3.13.0`, `3.13.0rc1` or `3.13.0+`.
    pub fn of_release(version: &str) -> Option<Self> {
        let (major, rest) = version.split_once('.')?;
        let minor = rest.split(|character: char| !character.is_ascii_digit()).next()?;
        format!("{major}.{minor}").parse().ok()
    }

    pub fn major(self) -> u16 {
        self.major
    }

    pub fn minor(self) -> u16 {
        self.minor
    }
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a Python version such as 3.13")]
pub struct NotAPythonVersion(String);

impl FromStr for PythonVersion {
    type Err = NotAPythonVersion;

    fn from_str(text: &str) -> Result<Self, NotAPythonVersion> {
        // `u16::from_str` takes `+3` and `03`, which no package name has.
        let number = |digits: &str| match digits.as_bytes() {
            [b'0'] | [b'1'..=b'9', ..] => digits.parse().ok(),
            _ => None,
        };
        text.split_once('.')
            .and_then(|(major, minor)| Some(Self { major: number(major)?, minor: number(minor)? }))
            .ok_or_else(|| NotAPythonVersion(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for PythonVersion {
    type Error = NotAPythonVersion;

    fn try_from(text: String) -> Result<Self, NotAPythonVersion> {
        text.parse()
    }
}

impl From<PythonVersion> for String {
    fn from(version: PythonVersion) -> Self {
        version.to_string()
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
