//! `surtax bundle export` and `surtax bundle import`.

use anyhow::Result;

use super::{packs, pipeline};
use crate::bundle;
use crate::cli::{BundleExportArgs, BundleImportArgs};
use crate::error::Exit;
use crate::store::Store;
use crate::ui::{Reporter as _, Terminal};

pub(super) fn export(args: &BundleExportArgs, terminal: &Terminal) -> Result<Exit> {
    let pack = packs::obtain(args.pack.as_ref(), &args.source, terminal)?;
    let built = pipeline::build(&args.source, &args.selection, None, terminal)?;
    let (mut places, mut contents) = (built.places()?, built.contents());
    if let Some(pack) = pack {
        let (more, content) = packs::places(&pack, &args.source, &built, terminal)?;
        places.extend(more);
        contents.push(content);
    }
    let made = bundle::export(&built.store, &places, contents, &args.out, terminal)?;
    terminal.step(&format!(
        "bundled {} files, {:.1} MB, as {:.1} MB, for stores at {}",
        made.files,
        made.content_size as f64 / 1e6,
        made.size as f64 / 1e6,
        built.store.root().display()
    ));
    // As sha256sum writes it.
    terminal.data(&format!("{}  {}", made.sha256, made.path.display()));
    Ok(Exit::Done)
}

pub(super) fn import(args: &BundleImportArgs, terminal: &Terminal) -> Result<Exit> {
    let store = Store::open_default()?;
    let imported = bundle::import(&store, &args.file, args.sha256, terminal)?;
    let replaced = match imported.replaced {
        0 => String::new(),
        count => format!(", {count} of them in the place of other contents"),
    };
    terminal.step(&format!("imported {} places{replaced}; {} were there already", imported.added, imported.kept));
    terminal.data(&imported.subjects.join("\n"));
    Ok(Exit::Done)
}
