//! `surtax provision`: releases made into sysroots, sources into libpythons, or a list of what there is to provision.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::pipeline::{Prepared, Wanted};
use super::{json, listing, pipeline};
use crate::cli::ProvisionArgs;
use crate::error::Exit;
use crate::libpython::VariantName;
use crate::ui::{Reporter as _, Terminal};

/// The shape of an element of `provision --json`.
#[derive(Serialize)]
struct Shown<'a> {
    /// The recipe's name, or the prefix's.
    source: &'a str,
    release: &'a str,
    python: String,
    version: &'a str,
    /// Absent for an installed CPython, which is used as it is.
    sysroot: Option<&'a Path>,
    prefix: &'a Path,
    python3: &'a Path,
    packages: usize,
    downloaded_bytes: u64,
    reused: bool,
    /// What was compiled; absent where packages or an installation brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    libpythons: Option<Vec<Libpython<'a>>>,
}

#[derive(Serialize)]
struct Libpython<'a> {
    variant: VariantName,
    library: &'a Path,
}

impl<'a> Shown<'a> {
    fn of(prepared: &'a Prepared) -> Self {
        let provisioned = prepared.packages.as_ref().map(|packages| &packages.provisioned);
        Self {
            source: &prepared.name,
            release: &prepared.release,
            python: prepared.home.python.to_string(),
            version: &prepared.home.sysconfig.version,
            sysroot: prepared.home.sysroot.as_deref(),
            prefix: &prepared.home.prefix,
            python3: &prepared.home.stock,
            packages: provisioned.map_or(0, |provisioned| provisioned.lock.packages.len()),
            downloaded_bytes: provisioned.map_or(0, |provisioned| provisioned.downloaded_bytes),
            reused: prepared.reused && (provisioned.is_some() || prepared.cpython.is_some()),
            libpythons: prepared.cpython.as_ref().map(|_| Libpython::all_of(prepared)),
        }
    }

    fn step(&self) -> String {
        let Self { source, release, version, packages, reused, .. } = self;
        match (&self.libpythons, self.sysroot) {
            (Some(libpythons), _) => {
                let state = if *reused { "in the store already" } else { "compiled" };
                format!("{source}: CPython {version}, {} libpythons: {state}", libpythons.len())
            }
            (None, None) => format!("{source}: the CPython {version} installed in {release}"),
            (None, Some(_)) if *reused => {
                format!("{release} with Python {version}, {packages} packages: in the store already; --refresh looks for updates")
            }
            (None, Some(_)) => format!("{release} with Python {version}, {packages} packages: ready"),
        }
    }

    /// Where it is.
    fn data(&self) -> String {
        let Some(libpythons) = &self.libpythons else { return self.sysroot.unwrap_or(self.prefix).display().to_string() };
        let wide = libpythons.iter().map(|libpython| libpython.variant.to_string().len()).max().unwrap_or_default();
        let line = |libpython: &Libpython<'_>| format!("{:<wide$} {}\n", libpython.variant, libpython.library.display());
        libpythons.iter().map(line).collect()
    }
}

impl<'a> Libpython<'a> {
    fn all_of(prepared: &'a Prepared) -> Vec<Self> {
        let offers = prepared.home.offers.iter();
        offers.filter_map(|offer| Some(Self { variant: offer.name, library: offer.build.as_ref().ok()?.library.path() })).collect()
    }
}

pub(super) fn execute(args: &ProvisionArgs, terminal: &Terminal) -> Result<Exit> {
    if args.list {
        return listing::execute(&args.source, args.json, terminal);
    }
    let (_, prepared) = pipeline::prepare(&args.source, Wanted::all(&args.builds), terminal)?;
    let shown: Vec<Shown<'_>> = prepared.iter().map(Shown::of).collect();
    if args.json {
        terminal.data(&json(&shown)?);
        return Ok(Exit::Done);
    }
    for one in &shown {
        terminal.step(&one.step());
        terminal.data(&one.data());
    }
    Ok(Exit::Done)
}
