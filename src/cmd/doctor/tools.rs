//! What surtax works with: compilers, the store, and what counts.

use super::{Finding, State};
use crate::debian::Host;
use crate::error::Explain;
use crate::measure::CountersAtHand;
use crate::runner::Toolchain;
use crate::store::Store;

/// CPython from source takes some 2 GB a recipe, a release's sysroot and runners a tenth of that.
const ROOM: u64 = 4 << 30;

pub(super) fn tools() -> Vec<Finding> {
    let mut findings = vec![
        of(Host::this().check().map(|()| "x86_64 Linux with glibc".to_owned())),
        of(Toolchain::find()
            .map(|toolchain| format!("{}; {}", toolchain.rustc_version.lines().next().unwrap_or_default(), toolchain.gcc_version))),
        match Store::open_default() {
            Ok(store) => room(&store.root().display().to_string(), store.free_bytes()),
            Err(error) => of(Err(error)),
        },
    ];
    findings.extend(from_source(|program| which::which(program).is_ok()));
    findings.extend(counters(&CountersAtHand::look()));
    findings
}

fn of(outcome: Result<String, impl Explain>) -> Finding {
    match outcome {
        Ok(what) => Finding::ok(what),
        Err(error) => Finding { state: State::Problem, what: error.to_string(), remedy: error.hint() },
    }
}

fn room(store: &str, free: Option<u64>) -> Finding {
    let gigabytes = |bytes: u64| format!("{:.1} GB free", bytes as f64 / f64::from(1 << 30));
    match free {
        Some(free) if free < ROOM => Finding {
            state: State::Remark,
            what: format!("store: {store}, {}: CPython from source takes some 2 GB a recipe", gigabytes(free)),
            remedy: Some("free some space, or set SURTAX_HOME to a folder on another disk".into()),
        },
        _ => Finding::ok(format!("store: {store}{}", free.map_or(String::new(), |free| format!(", {}", gigabytes(free))))),
    }
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
            state: State::Remark,
            what: format!("`{program}` is not on PATH: {without}"),
            remedy: Some(format!("on Debian: apt-get install {package}")),
        })
        .collect();
    if missing.is_empty() {
        let what = format!("{} for CPython from source", FROM_SOURCE.map(|(program, ..)| program).join(", "));
        return vec![Finding::ok(what)];
    }
    missing
}

/// What could count instructions, the processor first.
fn counters(at_hand: &CountersAtHand) -> Vec<Finding> {
    let perf = match &at_hand.perf {
        Ok(events) => {
            let names: Vec<&str> = events.iter().map(|event| event.name()).collect();
            Finding::ok(format!("hardware counters: {}", names.join(", ")))
        }
        Err(none) => {
            let remedy = none.remedy.clone().unwrap_or_else(|| "--counters callgrind counts instructions all the same".to_owned());
            Finding {
                state: State::Remark,
                what: format!("{}: matrix run counts no instructions by itself", none.reason),
                remedy: Some(remedy),
            }
        }
    };
    let callgrind = match at_hand.valgrind_version() {
        Some(version) => Finding::ok(format!("{version} for --counters callgrind")),
        None => Finding {
            state: State::Remark,
            what: "`valgrind` is not on PATH: --counters callgrind cannot be had".into(),
            remedy: Some("on Debian: apt-get install valgrind".into()),
        },
    };
    vec![perf, callgrind]
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::{counters, from_source, room};
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

    #[test]
    fn a_disk_that_is_nearly_full_is_remarked() {
        assert_eq!(line(&room("/store", Some(10 << 30))), "ok       store: /store, 10.0 GB free\n");
        assert_eq!(line(&room("/store", None)), "ok       store: /store\n");
        assert!(line(&room("/store", Some(1 << 30))).starts_with("remark   store: /store, 1.0 GB free: CPython"));
    }
}
