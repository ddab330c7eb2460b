//! SHA-256 digests and the store keys made of them, and the checksums that indexes promise.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// A digest of `N` bytes; written as lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest<const N: usize>([u8; N]);

pub type Sha256 = Digest<32>;
pub type Sha512 = Digest<64>;

impl Sha256 {
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Reads the file to its end.
    pub fn of_file(path: &Path) -> std::io::Result<Self> {
        let mut hasher = Hasher::default();
        read_all(path, &mut |bytes| hasher.update(bytes))?;
        Ok(hasher.finish())
    }
}

impl Sha512 {
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha512::digest(bytes).into())
    }
}

fn read_all(path: &Path, each: &mut dyn FnMut(&[u8])) -> std::io::Result<()> {
    let mut file = std::fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            n => each(&buffer[..n]),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a digest of {digits} hexadecimal digits")]
pub struct NotADigest {
    text: String,
    digits: usize,
}

impl<const N: usize> FromStr for Digest<N> {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let bad = || NotADigest { text: text.chars().take(80).collect(), digits: 2 * N };
        if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad());
        }
        let mut bytes = [0; N];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(Self(bytes))
    }
}

impl<const N: usize> TryFrom<String> for Digest<N> {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

impl<const N: usize> From<Digest<N>> for String {
    fn from(digest: Digest<N>) -> Self {
        digest.to_string()
    }
}

impl<const N: usize> fmt::Display for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What an index promises of a file: its SHA-256, or its SHA-512 where the index gives only that, as Ubuntu's do since 26.10.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Checksum {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Checksum {
    /// As people write it.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Sha256(_) => "SHA-256",
            Self::Sha512(_) => "SHA-512",
        }
    }

    /// Computes another one of this kind.
    pub fn summer(&self) -> Summer {
        match self {
            Self::Sha256(_) => Summer::Sha256(Hasher::default()),
            Self::Sha512(_) => Summer::Sha512(sha2::Sha512::default()),
        }
    }

    /// The file's, of this kind.
    pub fn of_file(&self, path: &Path) -> std::io::Result<Self> {
        let mut summer = self.summer();
        read_all(path, &mut |bytes| summer.update(bytes))?;
        Ok(summer.finish())
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(digest) => digest.fmt(f),
            Self::Sha512(digest) => digest.fmt(f),
        }
    }
}

impl From<Sha256> for Checksum {
    fn from(digest: Sha256) -> Self {
        Self::Sha256(digest)
    }
}

/// A checksum in the making.
#[derive(Clone)]
pub enum Summer {
    Sha256(Hasher),
    Sha512(sha2::Sha512),
}

impl Summer {
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub fn finish(self) -> Checksum {
        match self {
            Self::Sha256(hasher) => Checksum::Sha256(hasher.finish()),
            Self::Sha512(hasher) => Checksum::Sha512(Digest(hasher.finalize().into())),
        }
    }
}

/// A digest in the making, for data that streams past.
#[derive(Clone, Default)]
pub struct Hasher(sha2::Sha256);

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish(self) -> Sha256 {
        Digest(self.0.finalize().into())
    }
}

/// The name of something in the store: half a SHA-256 (128 bits) over every named input that made it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// `kind` and each `(name, value)` are length-prefixed, so no two lists of inputs can run together.
    pub fn of<'a>(kind: &str, inputs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut hasher = Hasher::default();
        let mut field = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        field(kind);
        for (name, value) in inputs {
            field(name);
            field(value);
        }
        Self(hasher.finish().to_string()[..32].to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
