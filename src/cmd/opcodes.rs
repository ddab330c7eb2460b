//! `surtax opcodes`: what the interpreter makes of a file's bytecode.

use std::time::Duration;

use anyhow::Result;

use super::json;
use super::pipeline::{self, Wanted};
use crate::cli::OpcodesArgs;
use crate::error::Exit;
use crate::fs;
use crate::opcode::trace::{Demand, Interpreter, Trace, trace};
use crate::report::trace as rendered;
use crate::store::Store;
use crate::ui::{Reporter as _, Terminal};

pub(super) fn execute(args: &OpcodesArgs, terminal: &Terminal) -> Result<Exit> {
    let interpreter = interpreter(args, terminal)?;
    let demand = Demand {
        file: args.file.clone(),
        functions: args.functions.clone(),
        calls: args.calls.clone(),
        times: args.times,
        limit: Duration::from_secs(u64::from(args.timeout)),
    };
    let traced = trace(&Store::open_default()?, &interpreter, &demand)?;
    for remark in rendered::remarks(&traced) {
        terminal.warn(&remark);
    }
    show(args, &traced, terminal)?;
    Ok(Exit::Done)
}

fn interpreter(args: &OpcodesArgs, terminal: &Terminal) -> Result<Interpreter> {
    let Some(recipe) = &args.recipe else {
        let named = args.interpreter.as_deref().map(Interpreter::named);
        return Ok(named.unwrap_or_else(Interpreter::on_path)?);
    };
    let (_, prepared) = pipeline::prepare(&args.source(recipe), Wanted::stock(), terminal)?;
    let [prepared] = prepared.as_slice() else { anyhow::bail!("one recipe made {} homes", prepared.len()) };
    Ok(Interpreter::identify(&prepared.home.stock)?)
}

fn show(args: &OpcodesArgs, traced: &Trace, terminal: &Terminal) -> Result<()> {
    if let Some(page) = &args.html {
        fs::write_atomic(page, rendered::html(traced).as_bytes())?;
        terminal.data(&page.display().to_string());
    } else if args.json {
        terminal.data(&json(traced)?);
    } else {
        terminal.data(&rendered::text(traced, terminal.colours()));
    }
    Ok(())
}
