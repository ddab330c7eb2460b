//! `surtax doctor`: can this machine build, is it fit to measure, and how small a difference could it see today.

mod tools;
mod trial;

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::json;
use crate::cli::DoctorArgs;
use crate::error::Exit;
use crate::measure::choose_cpu;
use crate::report::{Today, machine, unsaid, well};
use crate::run::Environment;
use crate::ui::Terminal;

/// How long the cores' ticks are watched: a hundredth of one core's time is four ticks then.
const WINDOW: Duration = Duration::from_secs(2);

/// The shape of `doctor --json`.
#[derive(Serialize)]
struct Shown {
    findings: Vec<Finding>,
    /// Absent without a trial.
    smallest_difference: Option<Today>,
}

#[derive(Serialize)]
struct Finding {
    state: State,
    what: String,
    remedy: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Ok,
    /// The kernel does not say.
    Unknown,
    /// Measurements may be noisier, or CPython cannot be built from source.
    Remark,
    /// Surtax cannot work.
    Problem,
}

impl Finding {
    fn ok(what: String) -> Self {
        Self { state: State::Ok, what, remedy: None }
    }
}

pub(super) fn execute(args: &DoctorArgs, terminal: &Terminal) -> Result<Exit> {
    let mut findings = tools::tools();
    findings.extend(conditions(&Environment::watched(choose_cpu(), WINDOW)));
    let smallest_difference = match args.quick {
        true => None,
        false => {
            let (finding, today) = trial::trial(terminal)?;
            findings.push(finding);
            today
        }
    };
    let unable = findings.iter().any(|finding| finding.state == State::Problem);
    terminal.data(&match args.json {
        true => json(&Shown { findings, smallest_difference })?,
        false => findings.iter().map(line).collect(),
    });
    Ok(if unable { Exit::Internal } else { Exit::Done })
}

/// The machine's flaws with their remedies, what is well, and what nobody can know.
fn conditions(environment: &Environment) -> Vec<Finding> {
    let flaws = machine(environment);
    let (well, unsaid) = (well(environment), unsaid(environment));
    let mut findings = Vec::new();
    if flaws.is_empty() {
        findings.push(Finding::ok("nothing seen that disturbs measurements".into()));
    }
    findings.push(Finding::ok(format!("seen, and no obstacle: {}", well.join("; "))));
    if !unsaid.is_empty() {
        findings.push(Finding { state: State::Unknown, what: format!("the kernel does not say: {}", unsaid.join(", ")), remedy: None });
    }
    findings.extend(flaws.iter().map(|flaw| Finding { state: State::Remark, what: flaw.what(), remedy: Some(flaw.remedy().to_owned()) }));
    findings
}

fn line(finding: &Finding) -> String {
    let state = match finding.state {
        State::Ok => "ok",
        State::Unknown => "unknown",
        State::Remark => "remark",
        State::Problem => "problem",
    };
    let remedy = finding.remedy.as_ref().map(|remedy| format!("\n         {remedy}")).unwrap_or_default();
    format!("{state:<8} {}{remedy}\n", finding.what)
}
