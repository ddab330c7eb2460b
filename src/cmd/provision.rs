//! `surtax provision`: releases made into sysroots, or a list of what there is to provision.

use anyhow::Result;
use serde::Serialize;

use super::pipeline::Prepared;
use super::{json, listing, pipeline};
use crate::cli::ProvisionArgs;
use crate::error::Exit;
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
    sysroot: Option<&'a std::path::Path>,
    prefix: &'a std::path::Path,
    python3: &'a std::path::Path,
    packages: usize,
    downloaded_bytes: u64,
    reused: bool,
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
            reused: provisioned.is_some_and(|provisioned| provisioned.reused),
        }
    }

    fn step(&self) -> String {
        let Self { source, release, version, packages, .. } = self;
        match (self.sysroot, self.reused) {
            (None, _) => format!("{source}: the CPython {version} installed in {release}"),
            (_, true) => format!("{release} with Python {version}, {packages} packages: in the store already; --refresh looks for updates"),
            (_, false) => format!("{release} with Python {version}, {packages} packages: ready"),
        }
    }
}

pub(super) fn execute(args: &ProvisionArgs, terminal: &Terminal) -> Result<Exit> {
    if args.list {
        return listing::execute(&args.source, args.json, terminal);
    }
    let (_, prepared) = pipeline::prepare(&args.source, terminal)?;
    let shown: Vec<Shown<'_>> = prepared.iter().map(Shown::of).collect();
    if args.json {
        terminal.data(&json(&shown)?);
        return Ok(Exit::Done);
    }
    for one in &shown {
        terminal.step(&one.step());
        terminal.data(&one.sysroot.unwrap_or(one.prefix).display().to_string());
    }
    Ok(Exit::Done)
}
