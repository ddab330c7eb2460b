//! CPython from source as a source of builds: one tree per source and compiler, one profile, and of each variant only what differs.

mod compiler;
mod error;
mod hint;
mod library;
mod make;
mod profile;
mod source;
mod stock;
mod tree;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::libpython::{Home, Offer};
use crate::prefix;
use crate::recipe::Cpython;
use crate::run::CpythonPlan;
use crate::store::Store;
use crate::ui::{Reporter, Silent};
use crate::variant::VariantName;

use compiler::Compiler;
use library::Intended;
use tree::Tree;

pub use error::CpythonError;
pub use source::{Access, Source, SourceError, obtain, obtain_with};

/// When everything was, in seconds since 1970: 2020-01-01, neither in the future, which `make` warns of, nor before 1980, which zip files cannot say.
const MOMENT: u64 = 1_577_836_800;

/// What is to be built of a recipe.
#[derive(Debug, Clone)]
pub struct Demand<'a> {
    /// The recipe's name, for people.
    pub name: &'a str,
    pub recipe: &'a Cpython,
    pub source: &'a Source,
    /// Of the recipe's, in its order; each has a flavour.
    pub variants: Vec<VariantName>,
}

/// The builds of a recipe, with the installation that they share.
#[derive(Debug, Clone)]
pub struct Staged {
    /// Offers what was demanded.
    pub home: Home,
    pub plan: CpythonPlan,
    /// Whether nothing had to be built.
    pub reused: bool,
}

/// What compiling leaves: an installation, and libraries of which it knows nothing.
#[derive(Debug, Clone)]
pub struct Compilation {
    /// Where `make install` put the stock python, the standard library and the extension modules.
    pub prefix: PathBuf,
    pub offers: Vec<Offer>,
    pub plan: CpythonPlan,
    /// Whether nothing had to be built.
    pub reused: bool,
}

/// Builds what the store lacks of the demand, and makes a home of it. An interrupted call is gone on with by the next.
pub fn stage(store: &Store, demand: &Demand<'_>, reporter: &dyn Reporter) -> Result<Staged, CpythonError> {
    let Compilation { prefix, offers, plan, reused } = compile(store, demand, reporter)?;
    // What it says of the libraries beside the installation is not about those that are offered.
    let mut home = prefix::prepare(store, &prefix, Some(demand.recipe.python), &Silent)?.home;
    home.offers = offers;
    Ok(Staged { home, plan, reused })
}

/// Builds what the store lacks of the demand.
pub fn compile(store: &Store, demand: &Demand<'_>, reporter: &dyn Reporter) -> Result<Compilation, CpythonError> {
    check_path(store)?;
    if which::which("make").is_err() {
        return Err(CpythonError::NoCompiler { program: "make".into() });
    }
    let compiler = Compiler::find(&demand.recipe.compiler)?;
    compiler.check_linker(demand.variants.iter().copied().chain([demand.recipe.stock]))?;
    // The first replicate's, whoever was demanded: all share its installation.
    let first = Tree::new(store, demand, &compiler, 1, reporter)?;
    let mut trees = BTreeMap::from([(1, first)]);
    for replicate in demand.variants.iter().filter_map(|variant| Some(variant.flavour?.replicate)) {
        if let std::collections::btree_map::Entry::Vacant(place) = trees.entry(replicate) {
            place.insert(Tree::new(store, demand, &compiler, replicate, reporter)?);
        }
    }
    let mut reused = true;
    let mut offers = Vec::new();
    for (replicate, tree) in &trees {
        let of_this = |variant: &&VariantName| variant.flavour.is_some_and(|flavour| flavour.replicate == *replicate);
        let wanted: Vec<Intended> = demand.variants.iter().filter(of_this).map(|variant| Intended::new(tree, *variant)).collect();
        reused &= build(store, tree, &wanted, reporter)?;
        offers.extend(wanted.iter().map(|wanted| Offer { name: wanted.variant, build: Ok(wanted.build(tree)) }));
    }
    offers.sort_by_key(|offer| demand.variants.iter().position(|variant| *variant == offer.name));
    Ok(Compilation { prefix: trees[&1].prefix(), offers, plan: plan(demand, &compiler), reused })
}

/// What of the store a home is made of that [`stage`] staged, the stamp last: the installation and the libraries, not the objects. With them
/// alone it is staged again without a compiler at work; another variant of the recipe is then a build from the start.
pub fn parts(home: &Home) -> Vec<PathBuf> {
    let libraries = home.offers.iter().filter_map(|offer| Some(offer.build.as_ref().ok()?.library.path().parent()?.to_owned()));
    let mut parts: Vec<PathBuf> = libraries.collect();
    // The home's `lib` is the installation's.
    let prefix = std::fs::read_link(home.prefix.join("lib")).ok().and_then(|lib| Some(lib.parent()?.to_owned()));
    if let Some(prefix) = prefix {
        let stamp = tree::step_of(&prefix, "install");
        parts.extend([prefix, stamp]);
    }
    parts
}

/// CPython's makefiles and scripts take paths as they are, without quotes around them.
fn check_path(store: &Store) -> Result<(), CpythonError> {
    let unfit = |found: &char| found.is_whitespace() || r##"#'"&()[]{}<>|*?!~%`"##.contains(*found);
    match store.root().to_string_lossy().chars().find(unfit) {
        None => Ok(()),
        Some(found) => Err(CpythonError::UnbuildablePath { root: store.root().to_owned(), found }),
    }
}

/// Whether the store has each of the demanded variants' libraries, in their order. Compiles nothing.
pub fn is_built(store: &Store, demand: &Demand<'_>) -> Result<Vec<bool>, CpythonError> {
    let compiler = Compiler::find(&demand.recipe.compiler)?;
    let built = |variant: &VariantName| {
        let replicate = variant.flavour.map_or(1, |flavour| flavour.replicate);
        let tree = Tree::new(store, demand, &compiler, replicate, &Silent)?;
        Ok(Intended::new(&tree, *variant).is_built())
    };
    demand.variants.iter().map(built).collect()
}

/// Whether the store has the installation that all of them share, so that [`stage`] of what [`is_built`] compiles nothing.
pub fn is_installed(store: &Store, demand: &Demand<'_>) -> Result<bool, CpythonError> {
    let compiler = Compiler::find(&demand.recipe.compiler)?;
    Ok(stock::is_installed(&Tree::new(store, demand, &compiler, 1, &Silent)?))
}

/// Brings one tree to where every library is in the store; returns whether all was there.
fn build(store: &Store, tree: &Tree<'_>, wanted: &[Intended], reporter: &dyn Reporter) -> Result<bool, CpythonError> {
    let complete = || wanted.iter().all(Intended::is_built) && (tree.replicate > 1 || stock::is_installed(tree));
    if complete() {
        return Ok(true);
    }
    let _lock = store.lock_with_children(&Store::tree_lock(tree.key.as_str()), reporter)?;
    // Another surtax may have built it while this one waited.
    if complete() {
        return Ok(true);
    }
    stock::prepare(tree)?;
    if tree.replicate == 1 {
        stock::install(tree)?;
    }
    let mut missing: Vec<&Intended> = wanted.iter().filter(|wanted| !wanted.is_built()).collect();
    // Those first that the tree's objects are for, then each core once.
    missing.sort_by_key(|wanted| (tree.objects().as_deref() != Some(&wanted.core.label()), wanted.core.label()));
    for wanted in missing {
        wanted.make(store, tree)?;
        reporter.step(&format!("compiled libpython of {} for {}", wanted.variant, tree.demand.name));
    }
    Ok(false)
}

fn plan(demand: &Demand<'_>, compiler: &Compiler) -> CpythonPlan {
    let recipe = demand.recipe;
    let tasks = match (&recipe.profile.data, tree::is_profiled(recipe)) {
        (_, false) => Vec::new(),
        (Some(folder), true) => vec![format!("a profile from {}", folder.display())],
        (None, true) => recipe.profile.tasks.iter().map(|task| format!("python {}", task.join(" "))).collect(),
    };
    CpythonPlan {
        source: demand.source.description.clone(),
        source_sha256: demand.source.sha256,
        patches: recipe.patches.iter().map(|patch| patch.name.clone()).collect(),
        compiler: compiler.version.clone(),
        configure: recipe.configure.clone(),
        cflags: recipe.cflags.clone(),
        static_modules: recipe.static_modules.clone(),
        profile_tasks: tasks,
        stock: recipe.stock.to_string(),
    }
}
