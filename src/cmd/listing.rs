//! `surtax provision --list`: which Pythons the mirrors offer, release by release.

use anyhow::Result;
use serde::Serialize;

use super::{json, pipeline};
use crate::cli::SourceArgs;
use crate::debian::{Listing, ProvisionError, listing};
use crate::error::Exit;
use crate::interrupt;
use crate::recipe::Recipe;
use crate::store::Store;
use crate::ui::{Reporter as _, Terminal};

/// The shape of an element of `provision --list --json`.
#[derive(Serialize)]
struct Row {
    recipe: String,
    /// `Debian 13.7`; absent where no mirror has the release.
    release: Option<String>,
    codename: Option<String>,
    python: Option<String>,
    package_version: Option<String>,
    /// What is provisioned unless `--python` says otherwise.
    default: bool,
    /// Why it cannot be provisioned.
    reason: Option<String>,
}

pub(super) fn execute(args: &SourceArgs, as_json: bool, terminal: &Terminal) -> Result<Exit> {
    let store = Store::open_default()?;
    let mut rows = Vec::new();
    // Asked about everything, a release that cannot be had is a row; asked about one, an error.
    let all = args.recipes.is_empty();
    let names = if all { Recipe::names() } else { args.recipes.clone() };
    let offers = |name: &String| name != "host" && Recipe::named(name).is_ok_and(|recipe| recipe.archive().is_ok());
    for name in names.into_iter().filter(|name| !all || offers(name)) {
        let request = pipeline::request(args, &name)?;
        match listing(&store, &request, terminal) {
            Ok(listing) => rows.extend(offered(&name, &listing)),
            Err(ProvisionError::Interrupted(interrupted)) => return Err(interrupted.into()),
            Err(error) if all => rows.push(Row { reason: Some(reason(&error)), ..Row::empty(&name) }),
            Err(error) => return Err(error.into()),
        }
        interrupt::check()?;
    }
    terminal.data(&if as_json { json(&rows)? } else { table(&rows) });
    if rows.iter().all(|row| row.python.is_none()) {
        terminal.warn("no mirror here offers any of them; surtax provision --list --mirror URL asks another");
    }
    Ok(Exit::Done)
}

/// With the way on in a word: a row has no room for a hint.
fn reason(error: &ProvisionError) -> String {
    match error {
        ProvisionError::Expired { .. } => format!("{error} (--allow-expired takes it as it is)"),
        ProvisionError::NoMirror { .. } => format!("{error} (--mirror URL, or recipes/README.md, names one)"),
        _ => error.to_string(),
    }
}

impl Row {
    fn empty(recipe: &str) -> Self {
        Self { recipe: recipe.to_owned(), release: None, codename: None, python: None, package_version: None, default: false, reason: None }
    }
}

fn offered(recipe: &str, listing: &Listing) -> Vec<Row> {
    let row = |offered: &crate::debian::OfferedPython| Row {
        release: Some(listing.release.clone()),
        codename: Some(listing.codename.clone()),
        python: Some(offered.python.to_string()),
        package_version: Some(offered.version.to_string()),
        default: offered.default,
        reason: offered.download.as_ref().err().cloned(),
        ..Row::empty(recipe)
    };
    listing.pythons.iter().map(row).collect()
}

fn table(rows: &[Row]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["recipe", "release", "codename", "python", "package", ""]);
    let (offered, refused): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.python.is_some());
    for row in offered {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let default = row.default.then(|| "default".to_owned());
        let remark = default.into_iter().chain(row.reason.clone()).collect::<Vec<_>>().join("; ");
        let cells = [row.recipe.clone(), text(&row.release), text(&row.codename), text(&row.python), text(&row.package_version)];
        table.add_row(cells.into_iter().chain([remark]));
    }
    let reasons: String = refused.iter().filter_map(|row| Some(format!("{}: {}\n", row.recipe, row.reason.as_ref()?))).collect();
    let table = table.trim_fmt();
    if reasons.is_empty() { table } else { format!("{table}\n\n{reasons}") }
}

#[cfg(test)]
mod tests {
    use super::{Row, table};

    #[test]
    fn a_python_that_cannot_be_provisioned_is_listed_with_the_reason() {
        let row = Row {
            python: Some("3.10".into()),
            default: true,
            reason: Some("surtax needs Python 3.11 or later".into()),
            ..Row::empty("ubuntu-22.04")
        };
        let without_mirror = Row { reason: Some("no mirror is known for Debian 13".into()), ..Row::empty("debian-13") };
        let text = table(&[row, without_mirror]);
        assert!(text.contains("3.10") && text.contains("default; surtax needs Python 3.11 or later"), "{text}");
        assert!(text.ends_with("\n\ndebian-13: no mirror is known for Debian 13\n"), "{text}");
    }
}
