//! What else of a machine bears on a timing as a run begins, as far as its kernel tells. Whatever it does not tell is absent.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Over how many seconds `steal` and `busy_cores` were counted.
    pub sampled_seconds: Option<f64>,
    /// The share of all cores' time that the hypervisor gave to others.
    pub steal: Option<f64>,
    /// How many cores' worth of work programs and the kernel did, surtax asleep.
    pub busy_cores: Option<f64>,
    /// The share of the last minute in which some program waited for memory (PSI).
    pub memory_pressure: Option<f64>,
    pub swap_bytes: Option<u64>,
    pub swap_used_bytes: Option<u64>,
    /// `docker`, `podman`, `kubernetes`, `lxc`, …; absent outside of one, as far as can be seen.
    pub container: Option<String>,
    /// The processor time that the control group may use, in cores; absent where nothing limits it.
    pub quota_cores: Option<f64>,
    /// How often the control group was stopped since it began, because it had used its quota up.
    pub quota_stops: Option<u64>,
    /// `always`, `madvise`, `never`.
    pub huge_pages: Option<String>,
    /// `tsc`, `kvm-clock`, `hpet`, …
    pub clock_source: Option<String>,
    /// Nodes of memory (NUMA).
    pub memory_nodes: Option<usize>,
    /// How often the measured core was slowed for heat since the machine started.
    pub heat_stops: Option<u64>,
    /// Cores that the scheduler leaves alone, as the kernel lists them: `2-3`.
    pub isolated_cpus: Option<String>,
}
