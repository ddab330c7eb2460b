//! `surtax matrix script`.

use anyhow::Result;

use crate::cli::{ScriptArgs, Words};
use crate::error::Exit;
use crate::script::{self, Options, ScriptError, Study};
use crate::ui::Terminal;

pub(super) fn execute(args: &ScriptArgs, terminal: &Terminal) -> Result<Exit> {
    terminal.data(&script::render(&study(args)?)?);
    Ok(Exit::Done)
}

fn study(args: &ScriptArgs) -> Result<Study, ScriptError> {
    let matrix = &args.matrix;
    if let Some(path) = matrix.source.options.prefixes.first() {
        return Err(ScriptError::Installed { path: path.clone() });
    }
    let mut plan = Words::default();
    matrix.write(&mut plan);
    matrix.source.write_names(&mut plan);
    let mut export = Words::default();
    matrix.source.write(&mut export);
    matrix.selection.write(&mut export);
    // What those that measure would have to ask an index for.
    export.option("--pack", matrix.pack.as_ref());
    matrix.source.write_names(&mut export);
    let mut command = Words::of(["surtax", "matrix", "script"]);
    args.write(&mut command);
    Ok(Study {
        system: args.system,
        command: command.0,
        plan: plan.0,
        export: export.0,
        shards: args.shards,
        store: args.store.clone(),
        setup: args.setup.clone(),
        hours: args.hours,
        options: Options {
            runs_on: args.runs_on.clone(),
            schedule: args.schedule.clone(),
            image: args.image.clone(),
            tags: args.tags.clone(),
            sbatch: args.sbatch.clone(),
        },
    })
}
