//! The words of `surtax matrix run` by which a plan's subjects come about again: for a person to copy, and for a machine that measures a shard.

use std::path::Path;

use crate::run::{Counting, GroupPlan, Plan, Role, SubjectPlan};

/// The lock of runs that name no groups.
pub(super) const LOCK: &str = "surtax.lock";

/// An argument, or an option with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Plain(String),
    Switch(&'static str),
    Option(&'static str, String),
}

impl Word {
    /// As it stands on a command line; `tame` is asked of what stems from the plan.
    pub(super) fn shown(&self, tame: impl Fn(&str) -> String) -> String {
        match self {
            Self::Plain(value) => tame(value),
            Self::Switch(option) => (*option).to_owned(),
            Self::Option(option, value) => format!("{option} {}", tame(value)),
        }
    }
}

/// The arguments of a command that is given as it is and not read by a shell, for a plan that lies in `folder` with its locks.
pub fn arguments(plan: &Plan, folder: &Path) -> Vec<String> {
    let argument = |word: Word| match word {
        Word::Plain(value) => value,
        Word::Switch(option) => option.to_owned(),
        Word::Option(option @ "--locked", lock) => format!("{option}={}", folder.join(lock).display()),
        Word::Option(option, value) => format!("{option}={value}"),
    };
    sources(plan).into_iter().chain(selection(plan)).map(argument).collect()
}

/// What names the groups and what they were made of: recipes with the lock of each release, the folder of each installed CPython.
pub(super) fn sources(plan: &Plan) -> Vec<Word> {
    if plan.groups.is_empty() {
        return std::iter::once(Word::Option("--locked", LOCK.to_owned())).chain(counters(plan)).collect();
    }
    // The host's own release is named by its lock alone, so that it can be had on another host too.
    let by_recipe = |group: &&GroupPlan| group.cpython.is_some() || group.lock.is_some() && group.name != "host";
    let recipes = plan.groups.iter().filter(by_recipe);
    let recipes = recipes.map(|group| Word::Plain(group.recipe.as_ref().unwrap_or(&group.name).clone()));
    // A source recipe has no lock: it names its source itself.
    let option = |group: &GroupPlan| match &group.lock {
        _ if group.cpython.is_some() => None,
        Some(lock) => Some(Word::Option("--locked", lock.clone())),
        None => Some(Word::Option("--prefix", group.release.clone())),
    };
    let reference = plan.reference().and_then(|subject| subject.group.clone());
    let reference = reference.map(|group| Word::Option("--baseline", group));
    let sources = recipes.chain(plan.groups.iter().filter_map(option)).chain(reference);
    sources.chain(hacl(plan)).chain(replicates(plan)).chain(counters(plan)).collect()
}

/// Nothing where nothing counted, for whatever reason: another machine may have what this one lacked.
fn counters(plan: &Plan) -> Option<Word> {
    match plan.counters.as_ref()?.how {
        Counting::Perf => Some(Word::Option("--counters", "perf".to_owned())),
        Counting::Callgrind => Some(Word::Option("--counters", "callgrind".to_owned())),
        Counting::None => None,
    }
}

/// How often each build was made, where it was more than once.
fn replicates(plan: &Plan) -> Option<Word> {
    let most = plan.subjects.iter().filter_map(replicate).max().filter(|most| *most > 1)?;
    Some(Word::Option("--replicates", most.to_string()))
}

fn replicate(subject: &SubjectPlan) -> Option<u32> {
    subject.factors.as_ref().map(|factors| factors.replicate)
}

/// Said also where it was the default, which depends on what a mirror has.
fn hacl(plan: &Plan) -> Vec<Word> {
    let Some(hacl) = plan.groups.iter().find_map(|group| group.hacl.as_ref()) else { return Vec::new() };
    let mode = if hacl.version.is_some() { "real" } else { "stubs" };
    let source = hacl.source.as_ref().map(|source| Word::Option("--hacl-source", source.to_string_lossy().into_owned()));
    std::iter::once(Word::Option("--hacl", mode.to_owned())).chain(source).collect()
}

/// The options that choose the plan's benchmarks, sizes, runners and guests, each by name: no default of a later surtax may change them.
pub(super) fn selection(plan: &Plan) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for subject in &plan.subjects {
        let name = subject.short_name();
        let word = match subject.role {
            // Meant by the first, with `--replicates`.
            Role::Runner if replicate(subject).is_some_and(|replicate| replicate > 1) => continue,
            Role::Runner => Word::Option("--variant", name.to_owned()),
            Role::Guest if name == SubjectPlan::HOST_PYTHON => Word::Switch("--host-python"),
            Role::Guest => Word::Option("--subject", format!("{name}={}", subject.executable.to_string_lossy())),
            Role::Baseline | Role::Control => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.extend(plan.benchmarks.iter().map(|benchmark| Word::Option("--only", benchmark.label())));
    words
}
