//! The compilers that build a runner: found on the person's PATH, and part of every runner's key.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Exit, Explain};
use crate::libpython::Compiler;
use crate::process::{Job, ProcessError};

#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    #[error("`{tool}` is needed to build runners and is not on PATH")]
    Missing { tool: &'static str },
    #[error("`{tool}` does not work")]
    Broken {
        tool: &'static str,
        #[source]
        source: ProcessError,
    },
    #[error("this machine is {found}; surtax measures x86_64 Linux with glibc")]
    Unsupported { found: String },
}

impl Explain for ToolchainError {
    fn exit(&self) -> Exit {
        Exit::Build
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { tool: "gcc" | "ar" | "ld" } => Some("install a C compiler, on Debian: apt-get install gcc libc6-dev".into()),
            Self::Missing { .. } => Some("install Rust with rustup, or on Debian: apt-get install cargo".into()),
            Self::Broken { tool, .. } => Some(format!("try `{tool} --version` by hand")),
            Self::Unsupported { .. } => {
                Some("use an x86_64 machine with a glibc distribution; other architectures are not supported yet".into())
            }
        }
    }
}

#[derive(Debug, Clone)]
pub struct Toolchain {
    pub cargo: PathBuf,
    pub gcc: PathBuf,
    pub ar: PathBuf,
    /// `rustc -vV`: version, commit and host.
    pub rustc_version: String,
    /// First line of `gcc --version`.
    pub gcc_version: String,
    /// First line of `--version` of the `ld` that gcc calls: where a release brings no linker of its own, it decides what a runner is.
    pub linker_version: String,
}

/// The only platform whose rules for code models and relocations surtax knows.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

impl Toolchain {
    pub fn find() -> Result<Self, ToolchainError> {
        let cargo = find("cargo")?;
        let rustc = find("rustc")?;
        let gcc = find("gcc")?;
        let ar = find("ar")?;
        let rustc_version = ask("rustc", &rustc, "-vV")?;
        let gcc_version = first_line(&ask("gcc", &gcc, "--version")?);
        let linker = which::which(first_line(&ask("gcc", &gcc, "-print-prog-name=ld")?));
        let linker = linker.map_err(|_| ToolchainError::Missing { tool: "ld" })?;
        let linker_version = first_line(&ask("ld", &linker, "--version")?);
        match rustc_version.lines().find_map(|line| line.strip_prefix("host: ")) {
            Some(TARGET) => Ok(Self { cargo, gcc, ar, rustc_version, gcc_version, linker_version }),
            found => Err(ToolchainError::Unsupported { found: found.unwrap_or("unknown").to_owned() }),
        }
    }

    /// For C alone.
    pub fn compiler(&self) -> Compiler<'_> {
        Compiler { gcc: &self.gcc, ar: &self.ar, version: &self.gcc_version }
    }
}

fn find(tool: &'static str) -> Result<PathBuf, ToolchainError> {
    which::which(tool).map_err(|_| ToolchainError::Missing { tool })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Not in the person's folder: rustup may have another compiler for that one than for the store's, where runners are built.
fn ask(tool: &'static str, path: &PathBuf, option: &str) -> Result<String, ToolchainError> {
    let job = Job::new(path).arg(option).inherit_environment().current_dir("/").limit(Duration::from_secs(60));
    job.run_for_text().map_err(|source| ToolchainError::Broken { tool, source })
}
