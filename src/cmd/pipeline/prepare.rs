//! From what the person named to homes: releases provisioned, sources compiled, installed CPythons read.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{BASELINE, Packages, Prepared, Wanted};
use crate::cli::SourceArgs;
use crate::cmd::CommandError;
use crate::cpython::{Access, Demand, Staged};
use crate::debian::{ProvisionError, Request, SurtaxLock, provision};
use crate::libpython::Home;
use crate::recipe::{Archive, Cpython, PythonVersion, Recipe, Source};
use crate::store::Store;
use crate::ui::Reporter;
use crate::{cpython, fs, matrix, prefix};

/// A source that the person named, read and not yet acted upon.
pub(in crate::cmd) enum Entry {
    Release { name: Named, request: Box<Request> },
    Source { name: Named, recipe: Box<Cpython> },
    Installed { name: String, folder: PathBuf },
}

/// A recipe's name, and what the person called it by.
pub(in crate::cmd) struct Named {
    pub name: String,
    /// Where that is a file.
    pub file: Option<String>,
}

/// Every source that the person named, in that order, recipes first; the host's release if none was. Nothing is downloaded before all are read.
pub(in crate::cmd) fn read(args: &SourceArgs, wanted: Wanted<'_>) -> Result<Vec<Entry>> {
    let mut entries = recipes(args).map(|named| entry(args, named)).collect::<Result<Vec<_>>>()?;
    lock(&mut entries, &args.options.locked)?;
    entries.extend(args.options.prefixes.iter().map(|folder| Entry::Installed { name: prefix::name_of(folder), folder: folder.clone() }));
    let names: Vec<String> = entries.iter().map(|entry| entry.name().to_owned()).collect();
    matrix::check_names(&names, None, BASELINE)?;
    let sources: Vec<(&str, &Cpython)> = entries.iter().filter_map(Entry::source).collect();
    if let (Some(option), []) = (wanted.option(), sources.as_slice()) {
        return Err(CommandError::NothingToCompile { option }.into());
    }
    // Compiling takes long, and what is compiled is known already.
    let others = sources.len() < entries.len();
    if !others {
        check_python(args, sources.iter().map(|(name, recipe)| (*name, recipe.python)))?;
    }
    if !sources.is_empty() {
        check_wanted(wanted, &sources, others)?;
    }
    Ok(entries)
}

/// All of them made into homes.
pub(in crate::cmd) fn prepare(args: &SourceArgs, wanted: Wanted<'_>, reporter: &dyn Reporter) -> Result<(Store, Vec<Prepared>)> {
    let entries = read(args, wanted)?;
    let store = Store::open_default()?;
    let alone = entries.len() == 1;
    let prepared = entries.into_iter().map(|entry| entry.prepare(&store, args, wanted, alone, reporter));
    let prepared = prepared.collect::<Result<Vec<_>>>()?;
    check_python(args, prepared.iter().map(|one| (one.name.as_str(), one.home.python)))?;
    Ok((store, prepared))
}

/// Among several sources it is enough that one has the Python asked for.
pub(in crate::cmd) fn check_python<'a>(
    args: &SourceArgs,
    sources: impl Iterator<Item = (&'a str, PythonVersion)> + Clone,
) -> Result<(), CommandError> {
    match args.options.python {
        Some(python) if !sources.clone().any(|(_, own)| own == python) => {
            Err(CommandError::NoSourceHasPython { python, sources: sources.map(|(name, own)| format!("{name} has {own}")).collect() })
        }
        _ => Ok(()),
    }
}

/// `others`: sources that are not compiled were named too.
fn check_wanted(wanted: Wanted<'_>, sources: &[(&str, &Cpython)], others: bool) -> Result<(), CommandError> {
    let recipes: Vec<&Cpython> = sources.iter().map(|(_, recipe)| *recipe).collect();
    let Some(variant) = wanted.unknown_to(&recipes, others) else { return Ok(()) };
    let reasons = sources.iter().map(|(name, _)| format!("{name}: its recipe asks for no such build"));
    Err(CommandError::NoSuchVariant { variant, reasons: reasons.collect() })
}

impl Entry {
    pub(in crate::cmd) fn name(&self) -> &str {
        match self {
            Self::Release { name, .. } | Self::Source { name, .. } => &name.name,
            Self::Installed { name, .. } => name,
        }
    }

    fn source(&self) -> Option<(&str, &Cpython)> {
        match self {
            Self::Source { name, recipe } => Some((&name.name, recipe)),
            _ => None,
        }
    }

    /// `alone`: no other source was named.
    pub(in crate::cmd) fn prepare(
        self,
        store: &Store,
        args: &SourceArgs,
        wanted: Wanted<'_>,
        alone: bool,
        reporter: &dyn Reporter,
    ) -> Result<Prepared> {
        match self {
            Self::Release { name, request } => release(store, name, *request, alone, reporter),
            Self::Source { name, recipe } => compiled(store, name, &recipe, args, wanted, reporter),
            Self::Installed { folder, .. } => installed(store, &folder, if alone { args.options.python } else { None }, reporter),
        }
    }
}

/// The names of the recipes that are meant.
pub(in crate::cmd) fn recipes(args: &SourceArgs) -> impl Iterator<Item = &str> {
    let host = (args.recipes.is_empty() && args.options.prefixes.is_empty()).then_some("host");
    args.recipes.iter().map(String::as_str).chain(host)
}

fn entry(args: &SourceArgs, named: &str) -> Result<Entry> {
    let recipe = Recipe::named(named)?;
    let name = Named { file: Some(named.to_owned()).filter(|named| *named != recipe.name), name: recipe.name.clone() };
    Ok(match recipe.source {
        Source::Archive(archive) => Entry::Release { name, request: Box::new(request_of(args, archive)) },
        Source::Cpython(recipe) => Entry::Source { name, recipe },
    })
}

fn lock(entries: &mut [Entry], locks: &[PathBuf]) -> Result<()> {
    let (mut requests, mut sources) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Release { request, .. } => requests.push(request.as_mut()),
            Entry::Source { name, .. } => sources.push(name.name.clone()),
            Entry::Installed { .. } => {}
        }
    }
    match (requests.as_mut_slice(), locks) {
        ([], [_, ..]) if !sources.is_empty() => Err(CommandError::NothingToLock { recipes: sources }.into()),
        // Whether it is a lock of that release is for provisioning to say.
        ([only], [lock]) => {
            only.locked = Some(lock.clone());
            Ok(())
        }
        (several, locks) => assign(several, locks),
    }
}

/// Each lock to the recipe whose release it is of.
fn assign(requests: &mut [&mut Request], locks: &[PathBuf]) -> Result<()> {
    for path in locks {
        let codename = SurtaxLock::parse(path, &fs::read_to_string(path)?)?.codename;
        let of = |request: &&mut &mut Request| request.locked.is_none() && request.archive.codename() == Some(&codename);
        let Some(request) = requests.iter_mut().find(of) else {
            return Err(CommandError::LockOfWhich { path: path.clone(), codename }.into());
        };
        request.locked = Some(path.clone());
    }
    Ok(())
}

/// For commands that know packages alone.
pub(in crate::cmd) fn request(args: &SourceArgs, recipe: &str) -> Result<Request> {
    Ok(request_of(args, Recipe::named(recipe)?.archive()?))
}

fn request_of(args: &SourceArgs, archive: Archive) -> Request {
    Request { python: args.options.python, ..access(args).request(archive) }
}

pub(in crate::cmd) fn access(args: &SourceArgs) -> Access {
    Access {
        mirrors: args.options.mirrors.clone(),
        keyring: args.options.keyring.clone(),
        offline: args.options.offline,
        refresh: args.options.refresh,
        allow_expired: args.options.allow_expired,
    }
}

/// Among several sources a release that lacks the Python asked for takes part with its own: `debian-12 debian-13 --python 3.13`.
fn release(store: &Store, name: Named, request: Request, alone: bool, reporter: &dyn Reporter) -> Result<Prepared> {
    let (request, provisioned) = match provision(store, &request, reporter) {
        Err(ProvisionError::NoSuchPython { release, python, .. }) if !alone => {
            let request = Request { python: None, ..request };
            let provisioned = provision(store, &request, reporter)?;
            reporter.warn(&format!("{release} has no Python {python}; its own {} takes part", provisioned.python));
            (request, provisioned)
        }
        outcome => (request, outcome?),
    };
    let home = Home::prepare(store, &provisioned.key, provisioned.python, &provisioned.sysroot)?;
    Ok(Prepared {
        name: name.name,
        recipe: name.file,
        release: provisioned.release.clone(),
        home,
        reused: provisioned.reused,
        packages: Some(Packages { request, provisioned }),
        cpython: None,
        source: None,
    })
}

/// Among several sources a recipe of another Python than the one asked for takes part with its own, as a release does.
fn compiled(
    store: &Store,
    name: Named,
    recipe: &Cpython,
    args: &SourceArgs,
    wanted: Wanted<'_>,
    reporter: &dyn Reporter,
) -> Result<Prepared> {
    let own = recipe.python;
    if let Some(python) = args.options.python.filter(|python| *python != own) {
        reporter.warn(&format!("{} builds no Python {python}; its own {own} takes part", name.name));
    }
    let source = cpython::obtain(store, recipe, &access(args), reporter)?;
    let demand = Demand { name: &name.name, recipe, source: &source, variants: wanted.among(recipe) };
    let Staged { home, plan, reused } = cpython::stage(store, &demand, reporter)?;
    let release = format!("cpython-{}", source.version);
    Ok(Prepared {
        name: name.name,
        recipe: name.file,
        release,
        home,
        packages: None,
        cpython: Some(plan),
        source: Some(source.folder),
        reused,
    })
}

fn installed(store: &Store, folder: &Path, python: Option<PythonVersion>, reporter: &dyn Reporter) -> Result<Prepared> {
    let prefix = prefix::prepare(store, folder, python, reporter)?;
    Ok(Prepared {
        name: prefix.name,
        recipe: None,
        release: folder.display().to_string(),
        home: prefix.home,
        packages: None,
        cpython: None,
        source: None,
        reused: true,
    })
}
