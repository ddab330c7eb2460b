//! `environment.json`: the machine and the tools, as far as they bear on a timing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    pub schema: u32,
    pub surtax: String,
    /// What the machine is called: its host name, unless the person named it. Absent in runs of older surtaxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// `model name` of the first core.
    pub cpu_model: String,
    /// Cores that this process may use.
    pub cpus: usize,
    pub cpu_flags: Vec<String>,
    pub memory_bytes: u64,
    /// `uname -r` and `uname -v`.
    pub kernel: String,
    /// `PRETTY_NAME` of /etc/os-release.
    pub host: String,
    /// `none`, `kvm`, `unknown hypervisor`, …
    pub virtualisation: String,
    /// cpufreq governor of the pinned core; absent where the kernel shows none.
    pub governor: Option<String>,
    /// Whether frequencies above the nominal one are allowed; absent where the kernel does not say.
    pub turbo: Option<bool>,
    /// Whether two hardware threads share a core; absent where the kernel does not say.
    pub smt: Option<bool>,
    /// `/proc/sys/kernel/randomize_va_space`.
    pub aslr: Option<u8>,
    /// 1, 5 and 15 minutes' load when the run began.
    pub load_average: [f64; 3],
    /// Versions by tool: `rustc`, `cargo`, `gcc`, `ld`.
    pub toolchain: BTreeMap<String, String>,
}
