//! `surtax variants`.

use anyhow::Result;
use serde::Serialize;

use super::pipeline::{Entry, Prepared, Wanted};
use super::{json, pipeline};
use crate::cli::{SourceArgs, VariantsArgs};
use crate::cpython::{self, Demand};
use crate::debian::SurtaxLock;
use crate::error::Exit;
use crate::libpython::{Linkage, Variant, VariantName, audit_home};
use crate::recipe::Cpython;
use crate::run::Answer;
use crate::runner::{self, Toolchain};
use crate::store::Store;
use crate::ui::{Reporter, Terminal};
use crate::variant::Lto;

/// A row of the list, and the shape of an element of `variants --json`. What is known only of a library is absent where there is none.
#[derive(Serialize)]
struct Row {
    source: String,
    variant: String,
    release: String,
    python: String,
    /// Absent for an installed CPython.
    package_version: Option<String>,
    library: Option<std::path::PathBuf>,
    size_bytes: Option<u64>,
    code_model: Option<String>,
    pgo: Option<Answer>,
    lto: Option<Answer>,
    pie: bool,
    /// Of its runner, or of a source recipe's libpython: `built`, `not built` or `unavailable`.
    state: &'static str,
    /// Why it is unavailable.
    reason: Option<String>,
    /// As the person's own, whose folder is too long for a table.
    #[serde(skip)]
    installed: bool,
}

pub(super) fn execute(args: &VariantsArgs, terminal: &Terminal) -> Result<Exit> {
    let wanted = Wanted::all(&args.builds);
    let entries = pipeline::read(&args.source, wanted)?;
    let store = Store::open_default()?;
    let toolchain = Toolchain::find().ok();
    let alone = entries.len() == 1;
    let (mut rows, mut pythons) = (Vec::new(), Vec::new());
    for entry in entries {
        let name = entry.name().to_owned();
        if let Entry::Source { recipe, .. } = &entry {
            rows.extend(rows_of_source(&store, &name, recipe, &args.source, wanted, terminal)?);
            pythons.push((name, recipe.python));
        } else {
            let prepared = entry.prepare(&store, &args.source, wanted, alone, terminal)?;
            rows.extend(rows_of(&store, &prepared, toolchain.as_ref())?);
            pythons.push((name, prepared.home.python));
        }
    }
    pipeline::check_python(&args.source, pythons.iter().map(|(name, python)| (name.as_str(), *python)))?;
    terminal.data(&if args.json { json(&rows)? } else { table(&rows) });
    Ok(Exit::Done)
}

fn rows_of(store: &Store, prepared: &Prepared, toolchain: Option<&Toolchain>) -> Result<Vec<Row>> {
    let home = &prepared.home;
    let variants = Variant::all_of(home);
    let audit = audit_home(home, &[], &variants)?;
    let mut rows = Vec::new();
    for offer in &home.offers {
        let mut row = Row {
            source: prepared.name.clone(),
            variant: offer.name.to_string(),
            release: prepared.release.clone(),
            python: home.sysconfig.version.clone(),
            package_version: prepared.packages.as_ref().map(|packages| package_version(&packages.provisioned.lock)),
            library: None,
            size_bytes: None,
            code_model: None,
            pgo: None,
            lto: None,
            pie: offer.name.linkage() != Linkage::Static,
            state: "unavailable",
            reason: offer.build.as_ref().err().cloned(),
            installed: prepared.packages.is_none(),
        };
        if let (Some(variant), Some(audit)) =
            (variants.iter().find(|variant| variant.name == offer.name), audit.of(&offer.name.to_string()))
        {
            let built = match toolchain {
                Some(toolchain) => runner::built(store, home, variant, toolchain)?.is_some(),
                None => false,
            };
            row.library = Some(audit.file.clone());
            row.size_bytes = Some(audit.size_bytes);
            row.code_model = Some(audit.code_model.clone());
            row.pgo = Some(audit.pgo);
            row.lto = Some(audit.lto);
            row.state = if built { "built" } else { "not built" };
        }
        rows.push(row);
    }
    Ok(rows)
}

/// What the recipe asks for: what is built of it has been proven to be that. Nothing is compiled for a list.
fn rows_of_source(
    store: &Store,
    name: &str,
    recipe: &Cpython,
    args: &SourceArgs,
    wanted: Wanted<'_>,
    reporter: &dyn Reporter,
) -> Result<Vec<Row>> {
    let source = cpython::obtain(store, recipe, &pipeline::access(args), reporter)?;
    let demand = Demand { name, recipe, source: &source, variants: wanted.among(recipe) };
    let built = cpython::is_built(store, &demand)?;
    let row = |(variant, built): (&VariantName, bool)| Row {
        source: name.to_owned(),
        variant: variant.to_string(),
        release: format!("cpython-{}", source.version),
        python: source.version.clone(),
        package_version: None,
        library: None,
        size_bytes: None,
        code_model: Some(variant.shape.code_model().as_str().to_owned()),
        pgo: variant.flavour.map(|flavour| Answer::from(flavour.pgo)),
        lto: variant.flavour.map(|flavour| Answer::from(flavour.lto != Lto::None)),
        pie: variant.linkage() != Linkage::Static,
        state: if built { "built" } else { "not built" },
        reason: None,
        installed: false,
    };
    Ok(demand.variants.iter().zip(built).map(row).collect())
}

/// libpython, interpreter and standard library are always of one source version.
fn package_version(lock: &SurtaxLock) -> String {
    let name = format!("python{}", lock.python);
    lock.packages.iter().find(|package| package.name == name).map(|package| package.version.as_str().to_owned()).unwrap_or_default()
}

fn table(rows: &[Row]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["source", "variant", "release", "python", "package", "library", "MB", "code model", "PGO", "LTO", "PIE", "state"]);
    for row in rows.iter().filter(|row| row.reason.is_none()) {
        table.add_row([
            row.source.clone(),
            row.variant.clone(),
            if row.installed { "installed".to_owned() } else { row.release.clone() },
            row.python.clone(),
            row.package_version.clone().unwrap_or_else(|| "-".to_owned()),
            row.library.as_ref().and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy().into_owned(),
            row.size_bytes.map_or_else(String::new, |bytes| format!("{:.1}", bytes as f64 / 1e6)),
            row.code_model.clone().unwrap_or_default(),
            row.pgo.map_or("", Answer::as_str).to_owned(),
            row.lto.map_or("", Answer::as_str).to_owned(),
            if row.pie { "yes" } else { "no" }.to_owned(),
            row.state.to_owned(),
        ]);
    }
    let reasons = rows.iter().filter_map(|row| Some(format!("{} has no {}: {}\n", row.source, row.variant, row.reason.as_ref()?)));
    let reasons: String = reasons.collect();
    let table = table.trim_fmt();
    if reasons.is_empty() { table } else { format!("{table}\n\n{reasons}") }
}
