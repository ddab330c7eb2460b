//! Whether a plan that was made elsewhere can be measured here: what cannot come out as the planner's is told before anything is fetched or built.

use std::path::Path;

use anyhow::Result;

use crate::cmd::CommandError;
use crate::digest::Sha256;
use crate::measure::{CounterChoice, CountersAtHand};
use crate::recipe::{Origin, Recipe, Source};
use crate::run::{Counting, CpythonPlan, Environment, GroupPlan, Plan, Role, SubjectPlan};
use crate::store::Store;
use crate::variant::{Lto, VariantName};

/// The plan of `path` on this machine.
pub(super) fn check(path: &Path, plan: &Plan, planner: &Environment, here: &Environment) -> Result<()> {
    check_store(path, plan, &Store::open_default()?)?;
    check_counters(plan)?;
    check_compiled(plan)?;
    Ok(check_compilers(plan, planner, here)?)
}

/// Whether every executable is the planner's, and need not be asked of the store by what it is built of: that would be another one under other
/// compilers, and is not known where the person's own recipe, or the source at a path that it names, did not come along.
pub(super) fn is_taken_as_it_is(plan: &Plan, planner: &Environment, here: &Environment) -> bool {
    let recipes = || plan.groups.iter().filter_map(|group| group.recipe.as_ref());
    let is_clang = || plan.groups.iter().any(|group| group.cpython.as_ref().is_some_and(by_clang));
    plan.subjects.iter().all(is_here) && (planner.toolchain != here.toolchain || is_clang() || !recipes().all(|recipe| is_there(recipe)))
}

/// clang is no part of an environment, and obeys `SOURCE_DATE_EPOCH` from 16 on alone: whether this machine's would make the same is not known.
fn by_clang(cpython: &CpythonPlan) -> bool {
    cpython.compiler.contains("clang")
}

fn is_there(recipe: &str) -> bool {
    match Recipe::named(recipe).map(|recipe| recipe.source) {
        Ok(Source::Cpython(recipe)) => !matches!(&recipe.origin, Origin::Path { path, .. } if !path.exists()),
        Ok(Source::Archive(_)) => true,
        Err(_) => false,
    }
}

/// Executables are of the store that they were built in: elsewhere, all of it would be built in vain.
fn check_store(path: &Path, plan: &Plan, store: &Store) -> Result<(), CommandError> {
    let own = plan.subjects.iter().filter(|subject| subject.role != Role::Guest);
    match own.filter_map(|subject| Store::root_of(&subject.executable)).find(|root| *root != store.root()) {
        Some(made_for) => {
            Err(CommandError::OtherStore { plan: path.to_owned(), made_for: made_for.to_owned(), here: store.root().to_owned() })
        }
        None => Ok(()),
    }
}

/// What counted on the planner's machine must be able to count here: a merged run has one way of counting.
fn check_counters(plan: &Plan) -> Result<()> {
    let choice = match plan.counters.as_ref().map(|counters| counters.how) {
        Some(Counting::Perf) => CounterChoice::Perf,
        Some(Counting::Callgrind) => CounterChoice::Callgrind,
        Some(Counting::None) | None => CounterChoice::None,
    };
    CountersAtHand::look().choose(choice)?;
    Ok(())
}

/// A profile is another one each time that it is taken, and intermediate code has random names in it: what was compiled with either has to have
/// come along, and nothing is compiled in vain.
fn check_compiled(plan: &Plan) -> Result<(), CommandError> {
    let once = |subject: &&SubjectPlan| {
        let group = plan.groups.iter().find(|group| subject.group.as_ref() == Some(&group.name));
        subject.role != Role::Guest && group.is_some_and(|group| group.cpython.is_some() && !is_repeatable(plan, group))
    };
    let others = plan.subjects.iter().filter(once).filter(|subject| !is_here(subject));
    let others: Vec<String> =
        others.map(|subject| format!("{}: what was compiled as {} is not here", subject.name, subject.executable.display())).collect();
    if others.is_empty() { Ok(()) } else { Err(CommandError::OtherSubjects { others }) }
}

/// Whether the same compiler makes the same files of it again.
fn is_repeatable(plan: &Plan, group: &GroupPlan) -> bool {
    let Some(cpython) = &group.cpython else { return true };
    let own = plan.subjects.iter().filter(|subject| subject.group.as_ref() == Some(&group.name));
    let stock = cpython.stock.parse::<VariantName>().ok().and_then(|stock| stock.flavour);
    !by_clang(cpython)
        && stock.is_some_and(|stock| !stock.pgo && stock.lto == Lto::None)
        && own.filter_map(|subject| subject.factors.as_ref()).all(|factors| !factors.pgo && factors.lto == Lto::None.as_str())
}

/// rustc and gcc are in every runner's key: of other versions, what is not here cannot become the planner's, and nothing is built in vain.
fn check_compilers(plan: &Plan, planner: &Environment, here: &Environment) -> Result<(), CommandError> {
    let version = |environment: &Environment, tool: &str| environment.toolchain.get(tool).map_or("none", String::as_str).to_owned();
    let others = ["rustc", "gcc"].map(|tool| (tool, version(here, tool), version(planner, tool)));
    let others = others.into_iter().filter(|(_, here, planned)| here != planned);
    let others: Vec<String> = others.map(|(tool, here, planned)| format!("{tool}: {here} here, {planned} where it was planned")).collect();
    let own = plan.subjects.iter().filter(|subject| subject.role != Role::Control && !is_here(subject));
    let lacking: Vec<String> = own.map(|subject| format!("{}: {}", subject.name, absence(subject))).collect();
    if others.is_empty() || lacking.is_empty() {
        return Ok(());
    }
    Err(CommandError::OtherSubjects { others: [lacking, others].concat() })
}

/// Whether it is the planner's file, at the planner's path.
fn is_here(subject: &SubjectPlan) -> bool {
    Sha256::of_file(&subject.executable).is_ok_and(|found| found == subject.sha256)
}

/// Of what is not here.
fn absence(subject: &SubjectPlan) -> String {
    let what = if subject.executable.exists() { "is another file" } else { "is not here" };
    format!("{} {what}", subject.executable.display())
}
