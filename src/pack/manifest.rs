//! What pyperformance lists: its `MANIFEST`, and a small TOML file for each benchmark (`pyperformance/_manifest.py`, `_benchmark_metadata.py`).

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::PackError;
use crate::fs;
use crate::recipe::PythonVersion;

/// Below the unpacked wheel.
const FOLDER: &str = "pyperformance/data-files/benchmarks";

/// A benchmark as the pack lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Below the pack's folder.
    pub(super) script: String,
    pub(super) arguments: Vec<String>,
    /// The file that names the packages it needs beside pyperf.
    pub(super) requirements: Option<PathBuf>,
    /// The oldest Python that it runs on, where it says one.
    pub(super) python: Option<PythonVersion>,
}

#[derive(Debug, Default, Deserialize)]
struct Metafile {
    #[serde(default)]
    project: Project,
    #[serde(default)]
    tool: Tools,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Project {
    requires_python: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Tools {
    #[serde(default)]
    pyperformance: Tool,
}

#[derive(Debug, Default, Deserialize)]
struct Tool {
    extra_opts: Option<Vec<String>>,
}

/// In the order of the manifest.
pub(super) fn entries(pack: &Path) -> Result<Vec<Entry>, PackError> {
    let path = pack.join(FOLDER).join("MANIFEST");
    let text = fs::read_to_string(&path)?;
    let malformed = |reason: String| PackError::Malformed { path: path.clone(), reason };
    let mut entries = Vec::new();
    let mut listed = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            listed = line == "[benchmarks]";
        } else if let (true, Some((name, metafile))) = (listed, line.split_once(char::is_whitespace)) {
            let metafile = metafile.trim();
            if name == "name" && metafile == "metafile" {
                continue;
            }
            let local = metafile.strip_prefix("<local").and_then(|rest| rest.strip_suffix('>'));
            let local = local.ok_or_else(|| malformed(format!("`{metafile}` of {name} is no benchmark of its own")))?;
            let base = local.strip_prefix(':');
            // A name becomes part of a path.
            let is_plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            match [Some(name), base].into_iter().flatten().find(|name| !is_plain(name)) {
                Some(strange) => return Err(malformed(format!("`{strange}` is no name"))),
                None => entries.push(entry(pack, name, base)?),
            }
        }
    }
    if entries.is_empty() { Err(malformed("it lists no benchmark".to_owned())) } else { Ok(entries) }
}

/// One that has a folder of its own, or, with `base`, a file in another's.
fn entry(pack: &Path, name: &str, base: Option<&str>) -> Result<Entry, PackError> {
    let below = format!("{FOLDER}/bm_{}", base.unwrap_or(name));
    let folder = pack.join(&below);
    let general = metafile(&folder.join("pyproject.toml"))?;
    let own = base.map(|_| metafile(&folder.join(format!("bm_{name}.toml")))).transpose()?.unwrap_or_default();
    let asked = own.project.requires_python.or(general.project.requires_python);
    let requirements = folder.join("requirements.txt");
    Ok(Entry {
        name: name.to_owned(),
        script: format!("{below}/run_benchmark.py"),
        arguments: own.tool.pyperformance.extra_opts.or(general.tool.pyperformance.extra_opts).unwrap_or_default(),
        requirements: requirements.is_file().then_some(requirements),
        python: asked.and_then(|asked| asked.strip_prefix(">=")?.trim().parse().ok()),
    })
}

fn metafile(path: &Path) -> Result<Metafile, PackError> {
    let text = fs::read_to_string(path)?;
    toml::from_str(&text).map_err(|error| PackError::Malformed { path: path.to_owned(), reason: error.message().to_owned() })
}
