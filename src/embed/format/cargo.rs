//! A `.cargo/config.toml`. The target is named, so that the flags reach the program's crates and not build scripts and macros.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Kit, comment};

#[derive(Serialize)]
struct Config<'a> {
    build: Build<'a>,
    env: BTreeMap<&'static str, String>,
    target: BTreeMap<&'a str, Target<'a>>,
}

#[derive(Serialize)]
struct Build<'a> {
    target: &'a str,
}

#[derive(Serialize)]
struct Target<'a> {
    linker: String,
    rustflags: &'a [String],
}

pub(super) fn render(kit: &Kit) -> Result<String, toml::ser::Error> {
    let rust = &kit.rust;
    let config = Config {
        build: Build { target: &rust.target },
        env: BTreeMap::from([
            ("PYO3_CONFIG_FILE", rust.pyo3_config_file.display().to_string()),
            ("SURTAX_PYTHONHOME", kit.pythonhome.display().to_string()),
        ]),
        target: BTreeMap::from([(rust.target.as_str(), Target { linker: rust.linker.display().to_string(), rustflags: &rust.rustflags })]),
    };
    let how = "# For .cargo/config.toml beside a crate that depends on pyo3 without its feature `extension-module`. The program sets\n\
               # PyConfig.home to env!(\"SURTAX_PYTHONHOME\"), or is started with PYTHONHOME set to it.\n";
    Ok(format!("{}{how}{}", comment(kit), toml::to_string_pretty(&config)?))
}
