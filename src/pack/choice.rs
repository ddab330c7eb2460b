//! `--pack pyperformance[=all|NAME,NAME]`: which pack, and which of its benchmarks.

use std::fmt;
use std::str::FromStr;

use crate::matrix::Benchmark;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackChoice {
    pub which: Which,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// [`Which::DEFAULT`].
    Usual,
    /// Every benchmark that the pack lists.
    All,
    /// These, by the names that the pack lists.
    Named(Vec<String>),
}

impl Which {
    /// A short one of each kind: interpreter and objects, calls, generators, containers, numbers, text, and what the standard library writes in Python and
    /// in C. None needs another package. On six subjects, 15 rounds after 3 are 1,296 visits of about a third of a second, by estimate seven minutes.
    pub const DEFAULT: [&str; 12] = [
        "chaos",
        "comprehensions",
        "deepcopy",
        "deltablue",
        "float",
        "generators",
        "go",
        "json_loads",
        "nbody",
        "pickle_pure_python",
        "regex_compile",
        "richards",
    ];
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no pack of benchmarks; there is {pack}, as {pack}, {pack}=all or {pack}=NAME,NAME", pack = Benchmark::PACK)]
pub struct BadPack(String);

impl fmt::Display for PackChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(Benchmark::PACK)?;
        match &self.which {
            Which::Usual => Ok(()),
            Which::All => formatter.write_str("=all"),
            Which::Named(names) => write!(formatter, "={}", names.join(",")),
        }
    }
}

impl FromStr for PackChoice {
    type Err = BadPack;

    fn from_str(text: &str) -> Result<Self, BadPack> {
        let bad = || BadPack(text.to_owned());
        let (name, which) = text.split_once('=').map_or((text, None), |(name, which)| (name, Some(which)));
        if name != Benchmark::PACK {
            return Err(bad());
        }
        let which = match which {
            None => Which::Usual,
            Some("all") => Which::All,
            Some(names) => {
                let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
                if names.iter().any(String::is_empty) {
                    return Err(bad());
                }
                Which::Named(names)
            }
        };
        Ok(Self { which })
    }
}
