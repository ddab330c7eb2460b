//! `surtax doctor`: can this machine build, and is it fit to measure.

use anyhow::Result;
use serde::Serialize;

use super::json;
use crate::cli::DoctorArgs;
use crate::debian::Host;
use crate::error::{Exit, Explain};
use crate::measure::choose_cpu;
use crate::report::machine;
use crate::run::Environment;
use crate::runner::Toolchain;
use crate::store::Store;
use crate::ui::Terminal;

/// The shape of an element of `doctor --json`.
#[derive(Serialize)]
struct Finding {
    /// `ok`, `remark` (measurements may be noisier), or `problem` (surtax cannot work).
    state: &'static str,
    what: String,
    remedy: Option<String>,
}

pub(super) fn execute(args: &DoctorArgs, terminal: &Terminal) -> Result<Exit> {
    let mut findings = vec![
        finding(Host::this().check().map(|()| "x86_64 Linux with glibc".to_owned())),
        finding(
            Toolchain::find()
                .map(|toolchain| format!("{}; {}", toolchain.rustc_version.lines().next().unwrap_or_default(), toolchain.gcc_version)),
        ),
        finding(Store::open_default().map(|store| format!("store: {}", store.root().display()))),
    ];
    let environment = Environment::capture(choose_cpu());
    let flaws = machine(&environment);
    if flaws.is_empty() {
        findings.push(Finding { state: "ok", what: "nothing seen that disturbs measurements".into(), remedy: None });
    }
    findings.extend(flaws.iter().map(|flaw| Finding { state: "remark", what: flaw.what(), remedy: Some(flaw.remedy().to_owned()) }));
    let unable = findings.iter().any(|finding| finding.state == "problem");
    terminal.data(&if args.json { json(&findings)? } else { findings.iter().map(line).collect() });
    Ok(if unable { Exit::Internal } else { Exit::Done })
}

fn finding(outcome: Result<String, impl Explain>) -> Finding {
    match outcome {
        Ok(what) => Finding { state: "ok", what, remedy: None },
        Err(error) => Finding { state: "problem", what: error.to_string(), remedy: error.hint() },
    }
}

fn line(finding: &Finding) -> String {
    let remedy = finding.remedy.as_ref().map(|remedy| format!("\n         {remedy}")).unwrap_or_default();
    format!("{:<8} {}{remedy}\n", finding.state, finding.what)
}
