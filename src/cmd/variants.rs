//! `surtax variants`.

use anyhow::Result;
use serde::Serialize;

use super::{json, pipeline};
use crate::cli::VariantsArgs;
use crate::debian::SurtaxLock;
use crate::error::Exit;
use crate::libpython::{Variant, audit_home};
use crate::run::Answer;
use crate::runner::{self, Toolchain};
use crate::ui::Terminal;

/// A row of the list, and the shape of an element of `variants --json`.
#[derive(Serialize)]
struct Row {
    variant: String,
    release: String,
    python: String,
    package_version: String,
    library: std::path::PathBuf,
    size_bytes: u64,
    code_model: String,
    pgo: Answer,
    lto: Answer,
    pie: bool,
    /// `built` or `not built`.
    state: &'static str,
}

pub(super) fn execute(args: &VariantsArgs, terminal: &Terminal) -> Result<Exit> {
    let prepared = pipeline::prepare(&args.source, terminal)?;
    let variants = Variant::all_of(&prepared.home);
    let audit = audit_home(&prepared.home, &[], &variants)?;
    let toolchain = Toolchain::find().ok();
    let mut rows = Vec::new();
    for (variant, audit) in variants.iter().zip(audit.subjects) {
        let built = match &toolchain {
            Some(toolchain) => runner::is_built(&prepared.store, &prepared.home, variant, toolchain)?,
            None => false,
        };
        rows.push(Row {
            variant: variant.name.to_string(),
            release: prepared.provisioned.release.clone(),
            python: prepared.home.sysconfig.version.clone(),
            package_version: package_version(&prepared.provisioned.lock),
            library: audit.file,
            size_bytes: audit.size_bytes,
            code_model: audit.code_model,
            pgo: audit.pgo,
            lto: audit.lto,
            pie: variant.linkage != crate::libpython::Linkage::Static,
            state: if built { "built" } else { "not built" },
        });
    }
    terminal.data(&if args.json { json(&rows)? } else { table(&rows) });
    Ok(Exit::Done)
}

/// libpython, interpreter and standard library are always of one source version.
fn package_version(lock: &SurtaxLock) -> String {
    let name = format!("python{}", lock.python);
    lock.packages.iter().find(|package| package.name == name).map(|package| package.version.as_str().to_owned()).unwrap_or_default()
}

fn table(rows: &[Row]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["variant", "release", "python", "package", "library", "MB", "code model", "PGO", "LTO", "PIE", "state"]);
    for row in rows {
        table.add_row([
            row.variant.clone(),
            row.release.clone(),
            row.python.clone(),
            row.package_version.clone(),
            row.library.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            format!("{:.1}", row.size_bytes as f64 / 1e6),
            row.code_model.clone(),
            answer(row.pgo).to_owned(),
            answer(row.lto).to_owned(),
            if row.pie { "yes" } else { "no" }.to_owned(),
            row.state.to_owned(),
        ]);
    }
    table.trim_fmt()
}

fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "unknown",
    }
}
