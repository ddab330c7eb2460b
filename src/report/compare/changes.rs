//! What is not the same in two runs, other than the figures: what was compiled, by what, and where it was measured.

use std::collections::BTreeSet;

use super::shape::Change;
use super::{Packages, RunAtHand};
use crate::report::format;
use crate::run::{Counting, CpythonPlan, Environment, GroupPlan, HaclPlan, Plan};

pub(super) fn changes(before: &RunAtHand<'_>, after: &RunAtHand<'_>) -> Vec<Change> {
    let mut found = Found::default();
    let (first, other) = (&before.run.plan, &after.run.plan);
    found.note("benchmark programs", None, Some(first.benchmarks_digest.as_str()), Some(other.benchmarks_digest.as_str()));
    found.groups(first, other);
    found.packages(before, after);
    found.note("surtax", None, Some(&first.surtax), Some(&other.surtax));
    found.environment(&before.run.environment, &after.run.environment);
    found.measuring(first, other);
    found.changes
}

#[derive(Default)]
struct Found {
    changes: Vec<Change>,
}

impl Found {
    fn note(&mut self, what: &'static str, name: Option<&str>, before: Option<&str>, after: Option<&str>) {
        if before != after {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            self.changes.push(Change { what, name: owned(name), before: owned(before), after: owned(after) });
        }
    }

    /// What the subjects stem from: like groups by name, or the only one of each run.
    fn groups(&mut self, before: &Plan, after: &Plan) {
        let (first, other) = (&before.groups, &after.groups);
        match (first.as_slice(), other.as_slice()) {
            ([one], [two]) => self.group(None, Some(one), Some(two)),
            ([], _) | (_, []) => {
                self.note("release", None, Some(&before.release), Some(&after.release));
                self.note("python", None, Some(&before.python), Some(&after.python));
            }
            _ => {
                let names: Vec<&str> = first.iter().chain(other).map(|group| group.name.as_str()).collect();
                let mut seen = BTreeSet::new();
                for name in names.into_iter().filter(|name| seen.insert(*name)) {
                    let of = |groups: &'_ [GroupPlan]| groups.iter().position(|group| group.name == name);
                    self.group(Some(name), of(first).map(|at| &first[at]), of(other).map(|at| &other[at]));
                }
            }
        }
    }

    fn group(&mut self, name: Option<&str>, before: Option<&GroupPlan>, after: Option<&GroupPlan>) {
        let of = |field: fn(&GroupPlan) -> &str| (before.map(field), after.map(field));
        let (one, two) = of(|group| &group.release);
        self.note("release", name, one, two);
        let (one, two) = of(|group| &group.python);
        self.note("python", name, one, two);
        let (Some(before), Some(after)) = (before, after) else { return };
        self.note("recipe", name, Some(before.recipe.as_ref().unwrap_or(&before.name)), Some(after.recipe.as_ref().unwrap_or(&after.name)));
        self.note("HACL", name, Some(&hacl(before.hacl.as_ref())), Some(&hacl(after.hacl.as_ref())));
        for (what, field) in COMPILED {
            self.note(what, name, before.cpython.as_ref().map(field).as_deref(), after.cpython.as_ref().map(field).as_deref());
        }
    }

    fn packages(&mut self, before: &RunAtHand<'_>, after: &RunAtHand<'_>) {
        let only = |packages: &'_ RunAtHand<'_>| packages.packages.len() == 1;
        let pairs: Vec<(Option<&str>, &Packages, &Packages)> = match () {
            () if only(before) && only(after) => {
                before.packages.values().zip(after.packages.values()).map(|(one, two)| (None, one, two)).collect()
            }
            () => before.packages.iter().filter_map(|(name, one)| Some((Some(name.as_str()), one, after.packages.get(name)?))).collect(),
        };
        for (group, one, two) in pairs {
            let names: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for package in names {
                let name = group.map_or_else(|| package.clone(), |group| format!("{package} of {group}"));
                self.note("package", Some(&name), one.get(package).map(String::as_str), two.get(package).map(String::as_str));
            }
        }
    }

    fn environment(&mut self, before: &Environment, after: &Environment) {
        let tools: BTreeSet<&String> = before.toolchain.keys().chain(after.toolchain.keys()).collect();
        for tool in tools {
            let version = |environment: &'_ Environment| environment.toolchain.get(tool).cloned();
            self.note("tool", Some(tool), version(before).as_deref(), version(after).as_deref());
        }
        for (what, field) in MACHINE {
            self.note(what, None, field(before).as_deref(), field(after).as_deref());
        }
    }

    /// How it was measured.
    fn measuring(&mut self, before: &Plan, after: &Plan) {
        for (what, field) in MEASURING {
            self.note(what, None, field(before).as_deref(), field(after).as_deref());
        }
    }
}

fn hacl(plan: Option<&HaclPlan>) -> String {
    match plan.map(|plan| plan.version.as_deref()) {
        None => "not needed".to_owned(),
        Some(None) => "stand-ins".to_owned(),
        Some(Some(version)) => format!("of CPython {version}"),
    }
}

/// Of a CPython that surtax compiled.
const COMPILED: [(&str, fn(&CpythonPlan) -> String); 7] = [
    ("source", |plan| {
        plan.source_sha256.map_or_else(|| plan.source.clone(), |hash| format!("{} ({})", plan.source, short(&hash.to_string())))
    }),
    ("patches", |plan| listed(&plan.patches)),
    ("compiler", |plan| plan.compiler.clone()),
    ("configure arguments", |plan| listed(&plan.configure)),
    ("compiler flags", |plan| listed(&plan.cflags)),
    ("static modules", |plan| listed(&plan.static_modules)),
    ("profile", |plan| listed(&plan.profile_tasks)),
];

fn listed(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// Not the load, which is another one every minute.
const MACHINE: [(&str, fn(&Environment) -> Option<String>); 11] = [
    ("processor", |machine| Some(machine.cpu_model.clone())),
    ("cores", |machine| Some(machine.cpus.to_string())),
    ("memory", |machine| Some(format::memory(machine.memory_bytes))),
    ("virtualisation", |machine| Some(machine.virtualisation.clone())),
    ("host", |machine| Some(machine.host.clone())),
    ("kernel", |machine| Some(machine.kernel.clone())),
    ("governor", |machine| machine.governor.clone()),
    ("turbo", |machine| machine.turbo.map(on_or_off)),
    ("hardware threads", |machine| machine.smt.map(on_or_off)),
    ("address space randomisation", |machine| machine.aslr.map(|aslr| aslr.to_string())),
    ("processor flags", |machine| Some(machine.cpu_flags.len().to_string())),
];

fn on_or_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

const MEASURING: [(&str, fn(&Plan) -> Option<String>); 4] = [
    ("rounds", |plan| Some(plan.rounds.to_string())),
    ("warm-up rounds", |plan| Some(plan.warmup.to_string())),
    ("core", |plan| plan.cpu.map(|core| core.to_string())),
    ("counters", |plan| Some(plan.counters.as_ref().map_or("none", |counters| counting(counters.how)).to_owned())),
];

fn counting(how: Counting) -> &'static str {
    match how {
        Counting::Perf => "perf",
        Counting::Callgrind => "callgrind",
        Counting::None => "none",
    }
}
