//! `surtax store`: what it holds, and what of it may go.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::json;
use crate::cli::{PruneArgs, StoreArgs, StoreCommand};
use crate::error::Exit;
use crate::store::{Contents, Entry, Kind, Store, Which};
use crate::ui::{Reporter as _, Terminal};

/// The shape of an element of `store --json` and `store prune --json`.
#[derive(Serialize)]
struct Shown<'a> {
    kind: &'static str,
    path: &'a Path,
    /// On the disk.
    size_bytes: u64,
    /// RFC 3339, UTC.
    used: String,
}

pub(super) fn execute(args: &StoreArgs, terminal: &Terminal) -> Result<Exit> {
    let store = Store::open_default()?;
    if let Some(StoreCommand::Prune(args)) = &args.command {
        return prune(&store, args, terminal);
    }
    let contents = store.contents()?;
    terminal.data(&match (args.json, args.entries) {
        (true, _) => json(&shown(&contents))?,
        (_, true) => entries(&store, &contents),
        (_, false) => by_kind(&store, &contents),
    });
    Ok(Exit::Done)
}

fn prune(store: &Store, args: &PruneArgs, terminal: &Terminal) -> Result<Exit> {
    let which = Which { unused_for: Duration::from_secs(u64::from(args.unused) * 24 * 60 * 60), kinds: args.kinds.clone() };
    let pruned = if args.dry_run { store.prunable(&which)? } else { store.prune(&which, terminal)? };
    for busy in &pruned.busy {
        terminal.warn(&format!("{} stays: compilers of a surtax that was killed are at work in it", busy.display()));
    }
    if args.json {
        terminal.data(&json(&shown(&pruned.removed))?);
        return Ok(Exit::Done);
    }
    if !pruned.removed.entries.is_empty() {
        terminal.data(&entries(store, &pruned.removed));
    }
    let (count, size) = (pruned.removed.entries.len(), megabytes(pruned.removed.size_bytes()));
    terminal.step(&match (count, args.dry_run) {
        (0, _) => format!("nothing in {} was unused for {} days", store.root().display(), args.unused),
        (_, true) => format!("would remove {count} entries, {size} MB, from {}", store.root().display()),
        (_, false) => format!("removed {count} entries, {size} MB, from {}", store.root().display()),
    });
    Ok(Exit::Done)
}

fn shown<'a>(contents: &'a Contents) -> Vec<Shown<'a>> {
    let moment = |time: SystemTime| Timestamp::try_from(time).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let one =
        |entry: &'a Entry| Shown { kind: entry.kind.as_str(), path: &entry.path, size_bytes: entry.size_bytes, used: moment(entry.used) };
    contents.entries.iter().map(one).collect()
}

fn by_kind(store: &Store, contents: &Contents) -> String {
    let mut table = table(["kind", "entries", "MB", "last used", ""]);
    for kind in Kind::ALL {
        let of_kind: Vec<&Entry> = contents.of(kind).collect();
        let Some(used) = of_kind.iter().map(|entry| entry.used).max() else { continue };
        let size = of_kind.iter().map(|entry| entry.size_bytes).sum();
        table.add_row([kind.as_str(), &of_kind.len().to_string(), &megabytes(size), &ago(used), kind.what()]);
    }
    with_total(store, contents, &table)
}

fn entries(store: &Store, contents: &Contents) -> String {
    let mut table = table(["kind", "MB", "last used", "entry"]);
    for entry in &contents.entries {
        let path = entry.path.strip_prefix(store.root()).unwrap_or(&entry.path).display().to_string();
        table.add_row([entry.kind.as_str(), &megabytes(entry.size_bytes), &ago(entry.used), &path]);
    }
    with_total(store, contents, &table)
}

fn with_total(store: &Store, contents: &Contents, table: &comfy_table::Table) -> String {
    let total = format!("{}: {} MB", store.root().display(), megabytes(contents.size_bytes()));
    if contents.entries.is_empty() { total } else { format!("{}\n\n{total}", table.trim_fmt()) }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

fn table<const N: usize>(header: [&str; N]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(header);
    for (at, column) in table.column_iter_mut().enumerate() {
        if ["entries", "MB"].contains(&header[at]) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table
}

fn ago(time: SystemTime) -> String {
    let days = SystemTime::now().duration_since(time).unwrap_or_default().as_secs() / (24 * 60 * 60);
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ => format!("{days} days ago"),
    }
}
