//! The prefix's own python: which it is, and what it says of itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::PrefixError;
use crate::elf;
use crate::fs::FsError;
use crate::libpython::HaclFlags;
use crate::process::{Job, ProcessError};
use crate::recipe::PythonVersion;
use crate::store::unlinkable;

/// The folder as an absolute path without links, if it can be a prefix at all.
pub(super) fn check_folder(folder: &Path) -> Result<PathBuf, PrefixError> {
    if !folder.is_dir() {
        return Err(PrefixError::NotAFolder(folder.to_owned()));
    }
    let found = folder.canonicalize().map_err(FsError::at("open", folder))?;
    if let Some(what) = unlinkable(&found) {
        return Err(PrefixError::UnusablePath { folder: found, what });
    }
    match std::fs::read_to_string(found.join("pyvenv.cfg")) {
        Ok(settings) => Err(PrefixError::VirtualEnvironment { base: base_of(&settings), folder: found }),
        Err(_) => Ok(found),
    }
}

/// `home = /opt/python/bin` in `pyvenv.cfg` (PEP 405).
fn base_of(settings: &str) -> Option<PathBuf> {
    let home = settings.lines().find_map(|line| line.split_once('=').filter(|(key, _)| key.trim() == "home"))?.1.trim();
    Path::new(home).parent().filter(|_| home.ends_with("/bin")).map(Path::to_owned)
}

/// The executable in `bin/`: the version asked for, else what `python3` means there, else the newest.
pub(super) fn find(folder: &Path, wanted: Option<PythonVersion>) -> Result<PathBuf, PrefixError> {
    let bin = folder.join("bin");
    let names = std::fs::read_dir(&bin).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut offered: Vec<PythonVersion> = names.filter_map(|name| name.strip_prefix("python")?.parse().ok()).collect();
    offered.sort_unstable();
    let named = |version: &PythonVersion| bin.join(format!("python{version}"));
    match wanted {
        Some(python) if offered.contains(&python) => return Ok(named(&python)),
        Some(python) if !offered.is_empty() => return Err(PrefixError::WrongVersion { folder: folder.to_owned(), python, offered }),
        _ => {}
    }
    // From the end: conda has a `python3.1` for tools that cut `3.11` short.
    let usual = bin.join("python3").canonicalize().ok();
    let same = offered.iter().rev().map(named).find(|path| path.canonicalize().ok() == usual && usual.is_some());
    let others = ["python3", "python", "pypy3"].map(|name| bin.join(name));
    same.or_else(|| offered.last().map(named))
        .or_else(|| others.into_iter().find(|path| path.is_file()))
        .ok_or_else(|| PrefixError::NoPython(folder.to_owned()))
}

/// What the executable prints about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub implementation: String,
    /// `3.13.0`
    pub version: String,
    /// `sys.version`, with compiler and date of the build.
    pub full_version: String,
    pub base_prefix: PathBuf,
    pub stdlib: PathBuf,
    pub debug: bool,
    pub free_threaded: bool,
    /// `prefix` as it was when it was built; a relocatable Python is elsewhere since.
    pub built_prefix: Option<PathBuf>,
    /// Variables of its Makefile, those that it has.
    pub variables: BTreeMap<String, String>,
    /// PEP 739, from 3.14 on.
    pub build_details: Option<BuildDetails>,
}

/// The part of `build-details.json` that surtax reads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct BuildDetails {
    pub libpython: Option<LibpythonDetails>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct LibpythonDetails {
    pub dynamic: Option<PathBuf>,
    #[serde(rename = "static")]
    pub archive: Option<PathBuf>,
}

const PROBE: &str = r"
import json, os, platform, sys, sysconfig
names = 'LIBS MODLIBS SYSLIBS LIBDIR LIBPL LDLIBRARY LIBRARY INSTSONAME Py_ENABLE_SHARED MULTIARCH HOST_GNU_TYPE CC'.split() + sys.argv[1:]
variables = {name: str(value) for name in names for value in [sysconfig.get_config_var(name)] if value is not None}
try:
    built = __import__(sysconfig._get_sysconfigdata_name()).build_time_vars.get('prefix')
except Exception:
    built = None
stdlib = sysconfig.get_path('stdlib')
try:
    with open(os.path.join(stdlib, 'build-details.json'), encoding='utf-8') as file:
        details = json.load(file)
except (OSError, ValueError):
    details = None
print(json.dumps({
    'implementation': platform.python_implementation(),
    'version': platform.python_version(),
    'full_version': sys.version,
    'base_prefix': sys.base_prefix,
    'stdlib': stdlib,
    'debug': hasattr(sys, 'gettotalrefcount') or bool(sysconfig.get_config_var('Py_DEBUG')),
    'free_threaded': bool(sysconfig.get_config_var('Py_GIL_DISABLED')),
    'built_prefix': built,
    'variables': variables,
    'build_details': details if isinstance(details, dict) else None,
}))
";

/// A python says who it is within a moment; a machine under load gets much more.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Facts {
    pub python: PythonVersion,
    /// `PT_INTERP`; none of a wholly static program.
    pub interpreter: Option<PathBuf>,
    pub said: Said,
}

impl Facts {
    /// Starts the executable and refuses what cannot become a home.
    pub(super) fn ask(folder: &Path, executable: &Path, wanted: Option<PythonVersion>) -> Result<Self, PrefixError> {
        let path = || executable.to_owned();
        let interpreter = elf::startable(executable)?;
        let text = run(executable, PROBE, &HaclFlags::VARIABLES).map_err(|source| PrefixError::DoesNotStart { path: path(), source })?;
        let said: Said =
            serde_json::from_str(&text).map_err(|error| PrefixError::NotUnderstood { path: path(), reason: error.to_string() })?;
        let python = PythonVersion::of_release(&said.version)
            .ok_or_else(|| PrefixError::NotUnderstood { path: path(), reason: format!("its version is `{}`", said.version) })?;
        let folder = || folder.to_owned();
        if said.implementation != "CPython" {
            return Err(PrefixError::NotCPython { folder: folder(), implementation: said.implementation });
        }
        if python < PythonVersion::OLDEST {
            return Err(PrefixError::TooOld { folder: folder(), version: said.version });
        }
        if let Some(wanted) = wanted.filter(|wanted| *wanted != python) {
            return Err(PrefixError::WrongVersion { folder: folder(), python: wanted, offered: vec![python] });
        }
        let other_abi = match (said.debug, said.free_threaded) {
            (_, true) => Some("free-threaded"),
            (true, _) => Some("debug"),
            _ => None,
        };
        if let Some(abi) = other_abi {
            return Err(PrefixError::OtherAbi { path: path(), version: said.version, abi });
        }
        if said.base_prefix.canonicalize().ok() != Some(folder()) {
            return Err(PrefixError::Elsewhere { path: path(), prefix: said.base_prefix });
        }
        Ok(Self { python, interpreter, said })
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.said.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Compiled for musl: its platform's name or its loader says so.
    pub(super) fn is_musl(&self) -> bool {
        let named = ["HOST_GNU_TYPE", "MULTIARCH"].iter().any(|name| self.variable(name).is_some_and(|value| value.contains("musl")));
        let loader = self.interpreter.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
        named || loader.is_some_and(|name| name.starts_with("ld-musl"))
    }
}

/// Isolated, without `site`, and leaving no compiled file in the person's folders.
pub(super) fn run(executable: &Path, program: &str, arguments: &[&str]) -> Result<String, ProcessError> {
    Job::new(executable).args(["-I", "-S", "-B", "-c", program]).args(arguments).limit(LIMIT).run_for_text()
}
