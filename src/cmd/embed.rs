//! `surtax embed` and `surtax embed new`.

use std::path::Path;

use anyhow::Result;

use super::{CommandError, pipeline};
use crate::cli::{EmbedArgs, EmbedCommand, EmbedNewArgs, OneSource};
use crate::embed::{self, Kit, Source};
use crate::error::Exit;
use crate::libpython::VariantName;
use crate::ui::{Reporter as _, Terminal};

pub(super) fn execute(args: &EmbedArgs, terminal: &Terminal) -> Result<Exit> {
    if let Some(EmbedCommand::New(args)) = &args.command {
        return new(args, terminal);
    }
    // clap asks for it unless a subcommand stands there.
    let Some(variant) = args.variant else { return Ok(Exit::Usage) };
    let rendered = embed::render(&kit(&args.of, variant, terminal)?, args.format)?;
    match (&args.out, rendered.first()) {
        (Some(out), _) => {
            let paths = embed::write(&rendered, out)?;
            terminal.data(&paths.iter().map(|path| format!("{}\n", path.display())).collect::<String>());
        }
        (None, printed) => terminal.data(printed.map_or("", |file| &file.text)),
    }
    Ok(Exit::Done)
}

fn new(args: &EmbedNewArgs, terminal: &Terminal) -> Result<Exit> {
    let kit = kit(&args.of, args.variant, terminal)?;
    let name = embed::create(&kit, &args.folder, &named(&args.of))?;
    terminal.step(&format!("made the crate {name}; cargo run in its folder builds and starts it"));
    terminal.data(&args.folder.display().to_string());
    Ok(Exit::Done)
}

fn kit(of: &OneSource, variant: VariantName, terminal: &Terminal) -> Result<Kit> {
    let completed = pipeline::complete(&of.source, &of.selection(variant), terminal)?;
    let meant: Vec<_> = completed.groups.iter().flat_map(|group| group.variants.iter().map(move |variant| (group, variant))).collect();
    let [(group, (variant, hacl))] = meant.as_slice() else {
        let names = meant.iter().map(|(group, (variant, _))| format!("{} of {}", variant.name, group.prepared.name));
        return Err(CommandError::EmbedOne { asked: variant, meant: names.collect() }.into());
    };
    let source = Source { name: &group.prepared.name, home: &group.prepared.home, variant, hacl };
    Ok(Kit::prepare(&completed.store, &source, &completed.toolchain)?)
}

/// The source in the words of a command line.
fn named(of: &OneSource) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or(path.to_owned()).display().to_string();
    let prefixes = of.source.options.prefixes.iter().map(|folder| format!("--prefix {}", absolute(folder)));
    let python = of.source.options.python.map(|python| format!("--python {python}"));
    of.source.recipes.iter().cloned().chain(prefixes).chain(python).collect::<Vec<_>>().join(" ")
}
