//! `surtax verify`.

use anyhow::Result;

use super::{json, pipeline};
use crate::cli::VerifyArgs;
use crate::error::Exit;
use crate::ui::{Terminal, harmless};

pub(super) fn execute(args: &VerifyArgs, terminal: &Terminal) -> Result<Exit> {
    let built = pipeline::build(&args.source, &args.selection, Some(&args.guests), terminal)?;
    let verification = built.verify(&built.subjects()?, args.again, terminal)?;
    if args.json {
        terminal.data(&json(&verification)?);
    } else {
        for verified in &verification.subjects {
            terminal.data(&pipeline::verification_line(verified));
            for check in verified.checks.iter().filter(|check| !check.passed) {
                let line = format!("  failed: {}: {}", check.name, check.detail.as_deref().unwrap_or("no detail"));
                terminal.data(&harmless(&line));
            }
        }
    }
    let passed = verification.subjects.iter().all(|verified| verified.passed());
    Ok(if passed { Exit::Done } else { Exit::Incomplete })
}
