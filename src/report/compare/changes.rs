//! What is not the same in two runs, other than the figures: what was compiled, by what, and where it was measured.

use std::collections::BTreeSet;

use super::RunAtHand;
use super::shape::Change;
use crate::report::format;
use crate::run::{Counting, CpythonPlan, Environment, GroupPlan, HaclPlan, Plan};

pub(super) fn changes(before: &RunAtHand<'_>, after: &RunAtHand<'_>) -> Vec<Change> {
    let mut found = Found::default();
    let (first, other) = (&before.run.plan, &after.run.plan);
    found.note("benchmark programs", None, Some(first.benchmarks_digest.as_str()), Some(other.benchmarks_digest.as_str()));
    let pairs = pairs(first, other);
    found.groups(&pairs);
    found.packages(&pairs, before, after);
    found.note("surtax", None, Some(&first.surtax), Some(&other.surtax));
    found.environment(&before.run.environment, &after.run.environment);
    found.aspects(&MEASURING, None, Some(first), Some(other));
    found.changes
}

/// Groups that are like each other, or one that has no like.
struct Pair {
    /// Absent where each run has one group.
    name: Option<String>,
    before: Option<GroupPlan>,
    after: Option<GroupPlan>,
}

/// By name, then by release; where each run has one, these.
fn pairs(before: &Plan, after: &Plan) -> Vec<Pair> {
    let (first, mut rest) = (groups(before), groups(after));
    if first.len() == 1 && rest.len() == 1 {
        return vec![Pair { name: None, before: first.into_iter().next(), after: rest.pop() }];
    }
    let mut pairs = Vec::new();
    for group in first {
        let named = rest.iter().position(|other| other.name == group.name);
        let at = named.or_else(|| rest.iter().position(|other| other.release == group.release));
        let after = at.map(|at| rest.remove(at));
        let name = after.as_ref().map_or(&group.name, |after| &after.name).clone();
        pairs.push(Pair { name: Some(name), before: Some(group), after });
    }
    pairs.extend(rest.into_iter().map(|group| Pair { name: Some(group.name.clone()), before: None, after: Some(group) }));
    pairs
}

/// Those of a run; of an older one, which names none, the one that it is.
fn groups(plan: &Plan) -> Vec<GroupPlan> {
    if !plan.groups.is_empty() {
        return plan.groups.clone();
    }
    vec![GroupPlan {
        name: String::new(),
        release: plan.release.clone(),
        python: plan.python.clone(),
        lock: None,
        lock_sha256: plan.lock_sha256,
        recipe: None,
        hacl: None,
        cpython: None,
    }]
}

/// What a part of a run is called, and what is said of it; nothing where the run does not say.
type Aspect<T> = (&'static str, fn(&T) -> Option<String>);

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

    /// What the subjects stem from.
    fn groups(&mut self, pairs: &[Pair]) {
        let whole = |group: &GroupPlan| format!("{}, Python {}", group.release, group.python);
        for Pair { name, before, after } in pairs {
            match (before, after) {
                (Some(before), Some(after)) => self.group(name.as_deref(), before, after),
                (one, two) => {
                    let of = |group: &Option<GroupPlan>| group.as_ref().map(whole);
                    self.note("group", name.as_deref(), of(one).as_deref(), of(two).as_deref());
                }
            }
        }
    }

    fn group(&mut self, name: Option<&str>, before: &GroupPlan, after: &GroupPlan) {
        self.note("release", name, Some(&before.release), Some(&after.release));
        self.note("python", name, Some(&before.python), Some(&after.python));
        // Of an older run, whose plan names no group, no more is known.
        if before.name.is_empty() || after.name.is_empty() {
            return;
        }
        let recipe = |group: &'_ GroupPlan| group.recipe.clone().unwrap_or_else(|| group.name.clone());
        self.note("recipe", name, Some(&recipe(before)), Some(&recipe(after)));
        self.note("HACL", name, Some(&hacl(before.hacl.as_ref())), Some(&hacl(after.hacl.as_ref())));
        self.aspects(&COMPILED, name, before.cpython.as_ref(), after.cpython.as_ref());
    }

    fn aspects<T>(&mut self, aspects: &[Aspect<T>], name: Option<&str>, before: Option<&T>, after: Option<&T>) {
        for (what, said) in aspects {
            self.note(what, name, before.and_then(said).as_deref(), after.and_then(said).as_deref());
        }
    }

    /// Only where both locks are there.
    fn packages(&mut self, pairs: &[Pair], before: &RunAtHand<'_>, after: &RunAtHand<'_>) {
        for pair in pairs {
            let of = |run: &'_ RunAtHand<'_>, group: &Option<GroupPlan>| run.packages.get(&group.as_ref()?.name).cloned();
            let (Some(one), Some(two)) = (of(before, &pair.before), of(after, &pair.after)) else { continue };
            let names: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for package in names {
                let name = pair.name.as_ref().map_or_else(|| package.clone(), |group| format!("{package} of {group}"));
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
        self.aspects(&MACHINE, None, Some(before), Some(after));
        // Of a hundred, those that only one of the machines has.
        let only = |own: &Environment, other: &Environment| {
            let lacking: Vec<String> = own.cpu_flags.iter().filter(|flag| !other.cpu_flags.contains(flag)).cloned().collect();
            (!lacking.is_empty()).then(|| lacking.join(" "))
        };
        self.note("processor flags", None, only(before, after).as_deref(), only(after, before).as_deref());
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
const COMPILED: [Aspect<CpythonPlan>; 7] = [
    ("source", |plan| {
        let hash = plan.source_sha256.map_or_else(String::new, |hash| format!(" ({})", short(&hash.to_string())));
        Some(format!("{}{hash}", plan.source))
    }),
    ("patches", |plan| Some(listed(&plan.patches))),
    ("compiler", |plan| Some(plan.compiler.clone())),
    ("configure arguments", |plan| Some(listed(&plan.configure))),
    ("compiler flags", |plan| Some(listed(&plan.cflags))),
    ("static modules", |plan| Some(listed(&plan.static_modules))),
    ("profile", |plan| Some(listed(&plan.profile_tasks))),
];

fn listed(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// Not the load, which is another one every minute.
const MACHINE: [Aspect<Environment>; 10] = [
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
];

fn on_or_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

const MEASURING: [Aspect<Plan>; 4] = [
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
