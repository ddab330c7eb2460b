//! A kit on the disk: what programs are compiled with in the store, and what was asked for where the person wants it.

use std::path::{Path, PathBuf};

use super::format::Rendered;
use super::kit::{Kit, Source, Surroundings};
use super::{EmbedError, quote};
use crate::digest::Key;
use crate::fs;
use crate::libpython::{Hacl, stand_ins_object};
use crate::runner::{Toolchain, pyo3_config};
use crate::store::{Stamp, Store};
use crate::ui::Silent;

impl Kit {
    /// Writes, once, what programs need beside the libpython, into the store.
    pub fn prepare(store: &Store, source: &Source<'_>, toolchain: &Toolchain) -> Result<Self, EmbedError> {
        let pyo3_config = pyo3_config(source.home)?;
        let header = header(&source.home.prefix, &source.home.stock);
        let place = store.kit(&Key::of("kit", [("pyo3", pyo3_config.as_str()), ("header", &header)]));
        // Another surtax may be writing the same, or a compiler reading from it already.
        let lock = store.lock("kits", &Silent)?;
        if Stamp::read(&place).is_none() {
            let scratch = store.scratch()?;
            fs::write_atomic(&scratch.path().join("pyo3-config.txt"), pyo3_config.as_bytes())?;
            fs::write_atomic(&scratch.path().join("include/surtax_python.h"), header.as_bytes())?;
            Stamp::write(scratch.path(), source.home.key.as_str())?;
            scratch.commit(&place)?;
        }
        drop(lock);
        let stand_ins = match source.hacl {
            Hacl::Stubs(_) => Some(stand_ins_object(store, source.home, source.variant.build.claimed_code_model, &toolchain.compiler())?),
            _ => None,
        };
        let around = Surroundings {
            gcc: toolchain.gcc.clone(),
            include: place.join("include"),
            pyo3_config_file: place.join("pyo3-config.txt"),
            pyo3_config,
            stand_ins,
        };
        Ok(Self::new(source, around))
    }
}

fn header(pythonhome: &Path, python3: &Path) -> String {
    let text = |path: &Path| quote::c(&path.display().to_string());
    format!(
        "/* Written by surtax embed. For PyConfig.home: an embedding program has no place of its own to find its standard library from. */\n\
         #define SURTAX_PYTHONHOME {}\n\
         /* The stock interpreter of the same build. */\n\
         #define SURTAX_PYTHON3 {}\n",
        text(pythonhome),
        text(python3)
    )
}

/// Writes what was rendered: one file as `out`, several into the folder `out`. Returns the paths. A file that another wrote is left alone.
pub fn write(rendered: &[Rendered], out: &Path) -> Result<Vec<PathBuf>, EmbedError> {
    let placed = |file: &Rendered| match rendered {
        [_] if !out.is_dir() => out.to_owned(),
        _ => out.join(&file.name),
    };
    let paths: Vec<PathBuf> = rendered.iter().map(placed).collect();
    // Before anything is written.
    if let Some(other) = paths.iter().find(|path| is_anothers(path)) {
        return Err(EmbedError::NotOurs(other.clone()));
    }
    for (file, path) in rendered.iter().zip(&paths) {
        fs::write_atomic(path, file.text.as_bytes())?;
    }
    Ok(paths)
}

/// How far down a kit may say that it is one.
const LINES: usize = 3;

/// Whatever a kit is written as says so in one of its first lines; a person's script may well call it further down.
fn is_anothers(path: &Path) -> bool {
    let says_so = |text: String| text.lines().take(LINES).any(|line| line.contains(Kit::MADE_BY));
    path.exists() && !std::fs::read_to_string(path).is_ok_and(says_so)
}
