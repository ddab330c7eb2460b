//! Which folders were measured on one machine, and what machines are called.

use crate::run::Environment;

/// A name for each environment, the same for those of one machine: its host name or what the person called it, else its processor's. Machines of equal
/// name are numbered in an order that does not hang on that of the environments.
pub(super) fn names<'a>(environments: impl Iterator<Item = &'a Environment> + Clone) -> Vec<String> {
    let mut machines: Vec<_> = environments.clone().map(Environment::identity).collect();
    machines.sort_unstable();
    machines.dedup();
    let mut names: Vec<String> = Vec::new();
    for (machine, cpu_model, ..) in &machines {
        let base = tame(machine.unwrap_or(cpu_model));
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let free = std::iter::once(base.clone()).chain(numbered).find(|name| !names.contains(name));
        names.push(free.unwrap_or(base));
    }
    let name = |environment: &Environment| {
        let at = machines.binary_search(&environment.identity()).unwrap_or(0);
        names.get(at).cloned().unwrap_or_default()
    };
    environments.map(name).collect()
}

/// For a sentence: `node7 (AMD EPYC 7763, 6.1.0-40-amd64)`.
pub fn described(environment: &Environment) -> String {
    let kernel = environment.kernel.split(' ').next().unwrap_or_default();
    format!("{} ({}, {kernel})", environment.machine.as_deref().unwrap_or("a machine without name"), environment.cpu_model)
}

/// A word that stands in a table, a path and a command alike.
fn tame(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let words: String = name.chars().map(kept).collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "machine".to_owned() } else { words.join("-") }
}
