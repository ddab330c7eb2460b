//! The person's configuration file: mirrors, written down once for all commands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Config {
    /// By distribution, in lower case; in order of preference.
    mirrors: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}:{line}: {reason}", path.display())]
    Malformed { path: PathBuf, line: usize, reason: String },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for ConfigError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Malformed { .. } => {
                Some(format!("a configuration file lists mirrors by distribution, for example:\n{}", example("debian")))
            }
            Self::Fs(error) => error.hint().or_else(|| Some("SURTAX_CONFIG names it; unset it to do without".into())),
        }
    }
}

/// What a person could write.
pub fn example(distribution: &str) -> String {
    format!("[mirrors]\n{distribution} = [\"https://mirror.example/{distribution}\"]")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default)]
    mirrors: BTreeMap<String, Vec<Spanned<String>>>,
}

impl Config {
    /// `$SURTAX_CONFIG`, which must then be there; else `surtax/config.toml` in the user's folder of configurations, if it is there.
    pub fn place() -> Option<PathBuf> {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = || set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
        let usual = || folder().map(|folder| folder.join("surtax/config.toml")).filter(|path| path.exists());
        set("SURTAX_CONFIG").or_else(usual)
    }

    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &fs::read_to_string(path)?)
    }

    /// `path` is what errors point at.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let malformed = |at: usize, reason: String| {
            let line = text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count() + 1;
            ConfigError::Malformed { path: path.to_owned(), line, reason }
        };
        let parsed = toml::from_str::<Wire>(text);
        let wire = parsed.map_err(|error| malformed(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
        let mut mirrors = BTreeMap::<String, Vec<String>>::new();
        for (distribution, listed) in wire.mirrors {
            let known = mirrors.entry(distribution.to_lowercase()).or_default();
            for mirror in listed {
                let wrong = || malformed(mirror.span().start, format!("`{}` is not a mirror's URL", mirror.get_ref()));
                known.push(mirror_url(mirror.get_ref()).ok_or_else(wrong)?);
            }
        }
        Ok(Self { mirrors })
    }

    /// Those of a distribution, as a signed index or an os-release names it.
    pub fn mirrors(&self, distribution: &str) -> &[String] {
        self.mirrors.get(&distribution.to_lowercase()).map_or(&[], Vec::as_slice)
    }
}

/// The base URL of a package archive, without a slash at the end; `None` for what cannot be one.
pub fn mirror_url(text: &str) -> Option<String> {
    let known = ["http://", "https://", "file:///"].iter().any(|scheme| text.starts_with(scheme) && text.len() > scheme.len());
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control()) && !text.contains(['?', '#']);
    (known && plain).then(|| text.trim_end_matches('/').to_owned())
}
