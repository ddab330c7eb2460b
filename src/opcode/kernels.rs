//! The line that `benchmarks/opcodes/kernels.py` prints, in each of its three ways.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::run::Kernel;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KernelsLine {
    pub(crate) kernels: BTreeMap<String, KernelLine>,
    /// Forms of instructions by opcode number, as this Python has them.
    pub(crate) names: BTreeMap<u8, String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KernelLine {
    pub(crate) group: String,
    /// The form that every copy was seen to run.
    pub(crate) form: Option<String>,
    pub(crate) specialised: bool,
    /// With `--forms`: what one copy executes.
    pub(crate) copy: BTreeMap<String, u32>,
    /// Without an option: of one more copy.
    pub(crate) ns: Option<f64>,
    pub(crate) reason: Option<String>,
    /// With `--count`: how often each of the two functions loops, …
    pub(crate) loops: Option<u64>,
    /// … how many copies the two have, …
    pub(crate) copies: Option<[u64; 2]>,
    /// … and the number of the mark before the first of them.
    pub(crate) segment: Option<usize>,
}

impl KernelsLine {
    /// Nanoseconds of one more copy, by kernel; a kernel that did not run its form is not there. The error is a reason for the journal.
    pub(crate) fn costs(&self) -> Result<BTreeMap<String, f64>, String> {
        let mut costs = BTreeMap::new();
        for (name, kernel) in &self.kernels {
            match (kernel.ns, &kernel.reason) {
                (Some(ns), None) if ns.is_finite() && ns > 0.0 => drop(costs.insert(name.clone(), ns)),
                (None, Some(_)) => {}
                (ns, _) => return Err(format!("the kernel {name} has neither a time nor a reason: {ns:?}")),
            }
        }
        self.unless_none(costs)
    }

    /// Costs of at least one kernel, or why there are none.
    pub(crate) fn unless_none(&self, costs: BTreeMap<String, f64>) -> Result<BTreeMap<String, f64>, String> {
        match self.kernels.iter().find_map(|(name, kernel)| Some((name, kernel.reason.as_ref()?))) {
            Some((name, reason)) if costs.is_empty() => Err(format!("no kernel ran its form; {name}: {reason}")),
            None if costs.is_empty() => Err("there are no kernels".to_owned()),
            _ => Ok(costs),
        }
    }

    pub(super) fn kernels(self) -> Vec<Kernel> {
        let kernel = |(name, kernel): (String, KernelLine)| Kernel {
            name,
            group: kernel.group,
            form: kernel.form,
            specialised: kernel.specialised,
            copy: kernel.copy,
            reason: kernel.reason,
        };
        self.kernels.into_iter().map(kernel).collect()
    }
}
