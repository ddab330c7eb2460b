//! `surtax audit`.

mod read;
mod target;

use anyhow::Result;

use super::{CommandError, json};
use crate::cli::AuditArgs;
use crate::error::Exit;
use crate::report::audit::{Comparison, compared, explain, table};
use crate::run::{Answer, SubjectAudit};
use crate::ui::{Reporter as _, Terminal};

use target::Targets;

pub(super) fn execute(args: &AuditArgs, terminal: &Terminal) -> Result<Exit> {
    let targets = Targets::of(args)?;
    if args.compare {
        targets.check_pair()?;
    }
    let audits = read::read(args, &targets, terminal)?;
    if args.compare {
        let pair: [SubjectAudit; 2] =
            audits.try_into().map_err(|audits: Vec<SubjectAudit>| CommandError::CompareTwo { named: names(&audits) })?;
        let [first, second] = pair;
        let comparison = Comparison::of(first, second);
        terminal.data(&if args.json { json(&comparison)? } else { compared(&comparison, terminal.width()) });
    } else if args.json {
        terminal.data(&json(&audits)?);
    } else if args.explain {
        terminal.data(&audits.iter().map(|audit| explain(audit, terminal.width())).collect::<Vec<_>>().join("\n"));
    } else {
        terminal.data(&table(&audits));
        if audits.iter().any(|audit| audit.pgo == Answer::Unknown || audit.lto == Answer::Unknown || !audit.unsettled.is_empty()) {
            terminal.step("surtax audit --explain says how each is known, and what would settle what is not");
        }
    }
    Ok(Exit::Done)
}

fn names(audits: &[SubjectAudit]) -> Vec<String> {
    audits.iter().map(|audit| audit.subject.clone()).collect()
}
