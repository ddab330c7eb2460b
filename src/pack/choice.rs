//! `--pack pyperformance[=all|NAME,NAME]`: which pack, and which of its benchmarks.

use std::str::FromStr;

use crate::error::{Exit, Explain};
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
    /// A short one of each kind: interpreter and objects, calls, generators, containers, text, numbers, parsing, and what the standard library writes in
    /// Python. None needs another package. On six subjects, with 15 rounds after 3, they take some eight minutes on a virtual machine of 2026.
    pub const DEFAULT: [&str; 18] = [
        "chaos",
        "comprehensions",
        "coroutines",
        "deepcopy",
        "deltablue",
        "float",
        "generators",
        "go",
        "hexiom",
        "json_dumps",
        "json_loads",
        "nbody",
        "nqueens",
        "pickle_pure_python",
        "regex_compile",
        "richards",
        "spectral_norm",
        "unpack_sequence",
    ];
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no pack of benchmarks; there is {pack}, as {pack}, {pack}=all or {pack}=NAME,NAME", pack = Benchmark::PACK)]
pub struct BadPack(String);

impl Explain for BadPack {
    fn exit(&self) -> Exit {
        Exit::Usage
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
