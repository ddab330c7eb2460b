//! `surtax provision`.

use anyhow::Result;
use serde::Serialize;

use super::{json, pipeline};
use crate::cli::ProvisionArgs;
use crate::error::Exit;
use crate::ui::{Reporter as _, Terminal};

/// The shape of `provision --json`.
#[derive(Serialize)]
struct Shown<'a> {
    release: &'a str,
    python: String,
    version: &'a str,
    sysroot: &'a std::path::Path,
    prefix: &'a std::path::Path,
    python3: &'a std::path::Path,
    packages: usize,
    downloaded_bytes: u64,
    reused: bool,
}

pub(super) fn execute(args: &ProvisionArgs, terminal: &Terminal) -> Result<Exit> {
    let prepared = pipeline::prepare(&args.source, terminal)?;
    let provisioned = &prepared.provisioned;
    let shown = Shown {
        release: &provisioned.release,
        python: provisioned.python.to_string(),
        version: &prepared.home.sysconfig.version,
        sysroot: &provisioned.sysroot,
        prefix: &prepared.home.prefix,
        python3: &prepared.home.stock,
        packages: provisioned.lock.packages.len(),
        downloaded_bytes: provisioned.downloaded_bytes,
        reused: provisioned.reused,
    };
    if args.json {
        terminal.data(&json(&shown)?);
        return Ok(Exit::Done);
    }
    let state = if shown.reused { "in the store already; --refresh looks for updates" } else { "ready" };
    terminal.step(&format!("{} with Python {}, {} packages: {state}", shown.release, shown.version, shown.packages));
    terminal.data(&shown.sysroot.display().to_string());
    Ok(Exit::Done)
}
