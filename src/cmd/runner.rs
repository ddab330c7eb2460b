//! `surtax runner build`.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::{json, pipeline};
use crate::cli::RunnerBuildArgs;
use crate::digest::Sha256;
use crate::error::Exit;
use crate::libpython::VariantName;
use crate::runner::Runner;
use crate::ui::Terminal;

/// The shape of an element of `runner build --json`.
#[derive(Serialize)]
struct Shown<'a> {
    /// The recipe's name, or the prefix's.
    source: &'a str,
    variant: VariantName,
    executable: &'a Path,
    sha256: Sha256,
    size_bytes: u64,
    reused: bool,
}

impl<'a> Shown<'a> {
    fn of(source: &'a str, runner: &'a Runner) -> Self {
        let Runner { variant, executable, sha256, size_bytes, reused } = runner;
        Self { source, variant: *variant, executable, sha256: *sha256, size_bytes: *size_bytes, reused: *reused }
    }
}

pub(super) fn execute(args: &RunnerBuildArgs, terminal: &Terminal) -> Result<Exit> {
    let built = pipeline::build(&args.source, &args.selection, None, terminal)?;
    let runners = built.groups.iter().flat_map(|group| group.built.iter().map(|built| Shown::of(&group.prepared.name, &built.runner)));
    if args.json {
        terminal.data(&json(&runners.collect::<Vec<_>>())?);
    } else {
        let runners: Vec<Shown<'_>> = runners.collect();
        let wide = |least: usize, of: &dyn Fn(&Shown<'_>) -> usize| runners.iter().map(of).fold(least, usize::max);
        let (source, variant) = (wide(12, &|shown| shown.source.len()), wide(15, &|shown| shown.variant.to_string().len()));
        let line = |shown: &Shown<'_>| format!("{:<source$} {:<variant$} {}\n", shown.source, shown.variant, shown.executable.display());
        terminal.data(&runners.iter().map(line).collect::<String>());
    }
    Ok(Exit::Done)
}
