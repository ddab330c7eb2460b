//! `surtax verify`.

use anyhow::Result;

use super::{json, pipeline, testsuite};
use crate::cli::VerifyArgs;
use crate::error::Exit;
use crate::run::TestsuiteVerification;
use crate::ui::{Terminal, harmless};

pub(super) fn execute(args: &VerifyArgs, terminal: &Terminal) -> Result<Exit> {
    let built = pipeline::build(&args.source, &args.selection, Some(&args.guests), terminal)?;
    let subjects = built.subjects()?;
    let mut verification = built.verify(&subjects, args.again, terminal)?;
    verification.testsuite = args.testsuite.as_ref().map(|choice| testsuite::run(&built, &subjects, choice, terminal)).transpose()?;
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
        if let Some(found) = &verification.testsuite {
            testsuite::show(found, terminal);
        }
    }
    let tested = verification.testsuite.as_ref().is_none_or(TestsuiteVerification::passed);
    let passed = tested && verification.subjects.iter().all(|verified| verified.passed());
    Ok(if passed { Exit::Done } else { Exit::Incomplete })
}
