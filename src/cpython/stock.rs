//! The steps before any variant: configure, the first build (instrumented where a profile is wanted), the stock `python` with the extension modules,
//! and the installation that all variants share.

use std::path::PathBuf;

use super::hint::HEADERS;
use super::profile;
use super::tree::{Core, Tree, files, is_profiled};
use super::{CpythonError, library, make};
use crate::fs;
use crate::libpython::{prove_linked, prove_objects};
use crate::variant::Flavour;

/// Does what is left to do, so that the tree can compile variants.
pub(super) fn prepare(tree: &Tree<'_>) -> Result<(), CpythonError> {
    configure(tree)?;
    base(tree)?;
    if is_profiled(tree.recipe()) {
        profile::obtain(tree)?;
    }
    Ok(())
}

/// The installation, with the stock `python` in it.
pub(super) fn install(tree: &Tree<'_>) -> Result<(), CpythonError> {
    if is_installed(tree) {
        return Ok(());
    }
    let core = Core::of(tree.recipe().stock);
    let variables = tree.variables(core);
    tree.prepare_objects(&core.label())?;
    let warnings = tree.make_core(&format!("stock {}", core.label()), &variables, &["build_all"])?;
    profile::check(tree, core, &warnings)?;
    let [objects] = tree.builder.variables(["LIBRARY_OBJS"])?;
    let objects: Vec<PathBuf> = objects.split_whitespace().map(|object| tree.build().join(object)).collect();
    let stock = tree.recipe().stock;
    library::as_asked(tree, prove_objects(stock, &objects, tree.build()))?;
    library::as_asked(tree, prove_linked(stock, &tree.build().join("python")))?;
    fs::remove(&tree.prefix())?;
    let mut installing = variables;
    installing.extend(["TEST_MODULES=no", "ENSUREPIP=no", "COMPILEALL_OPTS=-q -j0 --invalidation-mode unchecked-hash"].map(Into::into));
    tree.builder.make("install", &installing, &["install"], make::Tools::Kept)?;
    tell_missing_modules(tree);
    tree.finish("install", &core.label())
}

fn configure(tree: &Tree<'_>) -> Result<(), CpythonError> {
    if tree.done("configure").is_some() {
        return Ok(());
    }
    fs::remove(&tree.root)?;
    fs::create_dir_all(tree.build())?;
    let recipe = tree.recipe();
    let job = tree
        .builder
        .job(tree.demand.source.folder.join("configure"))
        .arg(format!("--prefix={}", tree.prefix().display()))
        .arg("--without-ensurepip")
        .args(&recipe.configure)
        .arg(format!("CC={}", tree.compiler.program.display()));
    tree.builder.run("configure", &job, None)?;
    make_static(tree)?;
    tree.finish("configure", "")
}

/// `Modules/Setup.local` comes before the others: what it lists after `*static*` becomes part of libpython, as `Modules/Setup.stdlib` would
/// have it compiled.
fn make_static(tree: &Tree<'_>) -> Result<(), CpythonError> {
    let wanted = &tree.recipe().static_modules;
    if wanted.is_empty() {
        return Ok(());
    }
    let setup = tree.build().join("Modules/Setup.stdlib");
    let stdlib = fs::read_to_string(&setup)?;
    let mut lines = String::from("*static*\n");
    for module in wanted {
        let line = stdlib.lines().find(|line| line.split_whitespace().next() == Some(module));
        let Some(line) = line else {
            return Err(CpythonError::NoSuchModule { module: module.clone(), setup });
        };
        lines += &format!("{line}\n");
    }
    fs::write_atomic(&tree.build().join("Modules/Setup.local"), lines.as_bytes())?;
    // Told that it is new: written in the same tick of the file system's clock, it would count as no newer than the Makefile.
    tree.builder.run("modules", &tree.builder.job("make").args(["-W", "Modules/Setup.local", "Makefile"]), None)
}

/// The first build of all makes the programs that write the frozen modules. With a profile to come, it is the instrumented one; never one of
/// intermediate code, which those programs are not linked for.
fn base(tree: &Tree<'_>) -> Result<(), CpythonError> {
    if tree.done("base").is_some() {
        return Ok(());
    }
    let stock = Core::of(tree.recipe().stock);
    let instrumented = is_profiled(tree.recipe()) && tree.recipe().profile.data.is_none();
    let core = Core { model: stock.model, flavour: Flavour::PLAIN };
    let mut label = core.label();
    let mut variables = tree.variables(core);
    if instrumented {
        label = "instrumented".into();
        let mut flags = tree.compiler.flags(&core.flavour, &tree.profdata());
        flags.push(tree.compiler.generate_flags().to_owned());
        variables = tree.variables_with(core.model, flags, vec![tree.compiler.generate_flags().to_owned()]);
    }
    tree.prepare_objects(&label)?;
    // What a kill has torn of them is written again in seconds.
    for path in files(&tree.build().join("Python")) {
        let folder = path.parent().and_then(|folder| folder.file_name()).unwrap_or_default();
        if folder == "frozen_modules" || folder == "deepfreeze" {
            fs::remove(&path)?;
        }
    }
    for program in ["_bootstrap_python", "Programs/_freeze_module"] {
        fs::remove(&tree.build().join(program))?;
    }
    tree.builder.make(&label, &variables, &["build_all"], make::Tools::Fresh)?;
    tree.finish("base", &profile::count_functions(tree)?.to_string())
}

/// A module that is not there is no error: CPython leaves out what the machine has no headers for. But who embeds it should know.
fn tell_missing_modules(tree: &Tree<'_>) {
    let built: Vec<String> = files(&tree.prefix().join("lib"))
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "so"))
        .filter_map(|path| Some(path.file_name()?.to_str()?.split('.').next()?.to_owned()))
        .collect();
    let is_there = |module: &str| built.iter().any(|name| name == module) || tree.recipe().static_modules.iter().any(|name| name == module);
    let missing: Vec<_> = HEADERS.iter().filter(|(module, ..)| !is_there(module)).collect();
    if missing.is_empty() {
        return;
    }
    let modules: Vec<&str> = missing.iter().map(|(module, ..)| *module).collect();
    let mut packages: Vec<&str> = missing.iter().map(|(.., package)| *package).collect();
    packages.dedup();
    tree.builder.reporter.warn(&format!(
        "built without {}: their headers are not installed (on Debian: apt-get install {}); for another build delete {}",
        modules.join(", "),
        packages.join(" "),
        tree.root.display()
    ));
}

/// Whether the installation is there.
pub(super) fn is_installed(tree: &Tree<'_>) -> bool {
    tree.done("install").is_some()
}
