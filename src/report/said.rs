//! What is well with a machine, and what its kernel does not say: the other half of what `finding.rs` finds.

use super::format;
use crate::run::{Conditions, Environment};

/// What was looked at and is no flaw, each in a few words.
pub fn well(environment: &Environment) -> Vec<String> {
    let Environment { governor, turbo, smt, load_average, aslr, .. } = environment;
    let plain = [
        governor.clone().filter(|governor| governor == "performance").map(|_| "governor performance".to_owned()),
        (*turbo == Some(false)).then(|| "no frequencies above the nominal one".to_owned()),
        (*smt == Some(false)).then(|| "one hardware thread a core".to_owned()),
        (load_average[0] <= super::finding::BUSY).then(|| format!("load {:.1}", load_average[0])),
        (*aslr).filter(|aslr| *aslr > 0).map(|_| "address space randomised".to_owned()),
        (environment.virtualisation == "none").then(|| "no virtual machine".to_owned()),
    ];
    let conditions = environment.conditions.iter().flat_map(conditions_well);
    plain.into_iter().flatten().chain(conditions).collect()
}

fn conditions_well(conditions: &Conditions) -> Vec<String> {
    let calm = |share: &f64| *share <= super::finding::STOLEN;
    let swap = match (conditions.swap_bytes, conditions.swap_used_bytes) {
        (Some(0), _) => Some("no swap".to_owned()),
        (Some(all), Some(0)) => Some(format!("none of {} of swap in use", format::memory(all))),
        _ => None,
    };
    let seconds = conditions.sampled_seconds.unwrap_or_default();
    let facts = [
        conditions.steal.filter(calm).map(|share| format!("{} of processor time stolen over {seconds:.1} s", format::percent(share))),
        conditions.busy_cores.map(|cores| format!("{cores:.1} cores at work meanwhile")),
        swap,
        conditions.container.is_none().then(|| "no container".to_owned()),
        conditions
            .clock_source
            .clone()
            .filter(|clock| !super::finding::SLOW_CLOCKS.contains(&clock.as_str()))
            .map(|clock| format!("clock {clock}")),
        conditions.huge_pages.clone().filter(|pages| pages != "always").map(|pages| format!("huge pages {pages}")),
        (conditions.memory_nodes == Some(1)).then(|| "one memory node".to_owned()),
        (conditions.heat_stops == Some(0)).then(|| "never slowed for heat".to_owned()),
        conditions.isolated_cpus.as_ref().map(|cpus| format!("cores {cpus} isolated (taskset -c {cpus} surtax matrix run measures there)")),
    ];
    facts.into_iter().flatten().collect()
}

/// What this kernel does not tell, so that nothing is known of it.
pub fn unsaid(environment: &Environment) -> Vec<&'static str> {
    let conditions = environment.conditions.clone().unwrap_or_default();
    let asked = [
        ("governor", environment.governor.is_some()),
        ("turbo", environment.turbo.is_some()),
        ("hardware threads", environment.smt.is_some()),
        ("steal", conditions.steal.is_some()),
        ("memory pressure", conditions.memory_pressure.is_some()),
        ("swap", conditions.swap_bytes.is_some()),
        ("clock source", conditions.clock_source.is_some()),
        ("huge pages", conditions.huge_pages.is_some()),
        ("memory nodes", conditions.memory_nodes.is_some()),
        ("heat", conditions.heat_stops.is_some()),
    ];
    asked.into_iter().filter(|(_, told)| !told).map(|(name, _)| name).collect()
}
