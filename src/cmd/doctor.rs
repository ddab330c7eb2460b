//! `surtax doctor`: can this machine build, and is it fit to measure.

use anyhow::Result;
use serde::Serialize;

use super::json;
use crate::cli::DoctorArgs;
use crate::debian::Host;
use crate::error::{Exit, Explain};
use crate::measure::{CountersAtHand, choose_cpu};
use crate::report::machine;
use crate::run::Environment;
use crate::runner::Toolchain;
use crate::store::Store;
use crate::ui::Terminal;

/// The shape of an element of `doctor --json`.
#[derive(Serialize)]
struct Finding {
    /// `ok`, `remark` (measurements may be noisier, or CPython cannot be built from source), or `problem` (surtax cannot work).
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
    findings.extend(from_source(|program| which::which(program).is_ok()));
    findings.extend(counters(&CountersAtHand::look()));
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

/// What only recipes that build from source need, each with its package. Compilers of other names are the recipe's to know.
const FROM_SOURCE: [(&str, &str, &str); 3] = [
    ("make", "make", "CPython cannot be built from source"),
    ("gcc-ar", "gcc", "CPython cannot be built from source with gcc"),
    ("patch", "patch", "recipes with patches cannot be built"),
];

fn from_source(is_there: impl Fn(&str) -> bool) -> Vec<Finding> {
    let missing: Vec<Finding> = FROM_SOURCE
        .iter()
        .filter(|(program, ..)| !is_there(program))
        .map(|(program, package, without)| Finding {
            state: "remark",
            what: format!("`{program}` is not on PATH: {without}"),
            remedy: Some(format!("on Debian: apt-get install {package}")),
        })
        .collect();
    if missing.is_empty() {
        let what = format!("{} for CPython from source", FROM_SOURCE.map(|(program, ..)| program).join(", "));
        return vec![Finding { state: "ok", what, remedy: None }];
    }
    missing
}

/// What could count instructions, the processor first.
fn counters(at_hand: &CountersAtHand) -> Vec<Finding> {
    let perf = match &at_hand.perf {
        Ok(events) => {
            let names: Vec<&str> = events.iter().map(|event| event.name()).collect();
            Finding { state: "ok", what: format!("hardware counters: {}", names.join(", ")), remedy: None }
        }
        Err(none) => {
            let remedy = none.remedy.clone().unwrap_or_else(|| "--counters callgrind counts instructions all the same".to_owned());
            Finding { state: "remark", what: format!("{}: matrix run counts no instructions by itself", none.reason), remedy: Some(remedy) }
        }
    };
    let callgrind = match at_hand.valgrind_version() {
        Some(version) => Finding { state: "ok", what: format!("{version} for --counters callgrind"), remedy: None },
        None => Finding {
            state: "remark",
            what: "`valgrind` is not on PATH: --counters callgrind cannot be had".into(),
            remedy: Some("on Debian: apt-get install valgrind".into()),
        },
    };
    vec![perf, callgrind]
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

#[cfg(test)]
mod tests {
    use super::{counters, from_source, line};
    use crate::measure::CountersAtHand;
    use crate::process::{Event, NoCounters};

    #[test]
    fn what_could_count_is_said_and_what_would_help() {
        let said = |at_hand: &CountersAtHand| counters(at_hand).iter().map(line).collect::<String>();
        let refused = NoCounters { reason: "the kernel does not let this user count (EACCES)".into(), remedy: Some("sudo sysctl".into()) };
        assert_eq!(
            said(&CountersAtHand { perf: Ok(vec![Event::Instructions, Event::Cycles]), valgrind: None }),
            "ok       hardware counters: instructions, cycles\n\
             remark   `valgrind` is not on PATH: --counters callgrind cannot be had\n         on Debian: apt-get install valgrind\n"
        );
        let said = said(&CountersAtHand { perf: Err(refused), valgrind: None });
        assert!(said.starts_with(
            "remark   the kernel does not let this user count (EACCES): matrix run counts no instructions by itself\n         sudo sysctl\n"
        ));
    }

    #[test]
    fn what_only_a_build_from_source_needs_is_remarked_where_it_is_missing() {
        let said = |there: &[&str]| from_source(|program| there.contains(&program)).iter().map(line).collect::<String>();
        assert_eq!(said(&["make", "gcc-ar", "patch"]), "ok       make, gcc-ar, patch for CPython from source\n");
        assert_eq!(
            said(&["gcc-ar"]),
            "remark   `make` is not on PATH: CPython cannot be built from source\n         on Debian: apt-get install make\n\
             remark   `patch` is not on PATH: recipes with patches cannot be built\n         on Debian: apt-get install patch\n"
        );
    }
}
