//! From what the person named to homes: releases provisioned, installed CPythons read.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{BASELINE, Packages, Prepared};
use crate::cli::SourceArgs;
use crate::cmd::CommandError;
use crate::debian::{ProvisionError, Request, SurtaxLock, provision};
use crate::libpython::Home;
use crate::recipe::{PythonVersion, Recipe};
use crate::store::Store;
use crate::ui::Reporter;
use crate::{fs, matrix, prefix};

/// Every source that the person named, in that order, releases first; the host's release if none was.
pub(in crate::cmd) fn prepare(args: &SourceArgs, reporter: &dyn Reporter) -> Result<(Store, Vec<Prepared>)> {
    // All of them are read before anything is downloaded for one.
    let requests = requests(args)?;
    let store = Store::open_default()?;
    let mut prepared = Vec::new();
    let alone = requests.len() + args.prefixes.len() == 1;
    for (named, request) in recipes(args).zip(requests) {
        let name = Recipe::named(named)?.name;
        let mut one = release(&store, name, request, alone, reporter)?;
        one.recipe = Some(named.to_owned()).filter(|named| *named != one.name);
        prepared.push(one);
    }
    for folder in &args.prefixes {
        prepared.push(installed(&store, folder, if alone { args.python } else { None }, reporter)?);
    }
    if let Some(python) = args.python.filter(|python| !prepared.iter().any(|one| one.home.python == *python)) {
        let sources = prepared.iter().map(|one| format!("{} has {}", one.name, one.home.python)).collect();
        return Err(CommandError::NoSourceHasPython { python, sources }.into());
    }
    let groups: Vec<String> = prepared.iter().map(|one| one.name.clone()).collect();
    matrix::check_names(&groups, None, BASELINE)?;
    Ok((store, prepared))
}

/// The names of the recipes that are meant.
pub(in crate::cmd) fn recipes(args: &SourceArgs) -> impl Iterator<Item = &str> {
    let host = (args.recipes.is_empty() && args.prefixes.is_empty()).then_some("host");
    args.recipes.iter().map(String::as_str).chain(host)
}

fn requests(args: &SourceArgs) -> Result<Vec<Request>> {
    let mut requests = recipes(args).map(|name| request(args, name)).collect::<Result<Vec<_>>>()?;
    match (requests.as_mut_slice(), args.locked.as_slice()) {
        // Whether it is a lock of that release is for provisioning to say.
        ([only], [lock]) => only.locked = Some(lock.clone()),
        (several, locks) => assign(several, locks)?,
    }
    Ok(requests)
}

/// Each lock to the recipe whose release it is of.
fn assign(requests: &mut [Request], locks: &[PathBuf]) -> Result<()> {
    for path in locks {
        let codename = SurtaxLock::parse(path, &fs::read_to_string(path)?)?.codename;
        let of = |request: &&mut Request| request.locked.is_none() && request.archive.codename() == Some(&codename);
        let Some(request) = requests.iter_mut().find(of) else {
            return Err(CommandError::LockOfWhich { path: path.clone(), codename }.into());
        };
        request.locked = Some(path.clone());
    }
    Ok(())
}

pub(in crate::cmd) fn request(args: &SourceArgs, recipe: &str) -> Result<Request> {
    Ok(Request {
        python: args.python,
        mirrors: args.mirrors.clone(),
        keyring: args.keyring.clone(),
        offline: args.offline,
        refresh: args.refresh,
        allow_expired: args.allow_expired,
        ..Request::new(Recipe::named(recipe)?.archive()?)
    })
}

/// Among several sources a release that lacks the Python asked for takes part with its own: `debian-12 debian-13 --python 3.13`.
fn release(store: &Store, name: String, request: Request, alone: bool, reporter: &dyn Reporter) -> Result<Prepared> {
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
        name,
        recipe: None,
        release: provisioned.release.clone(),
        home,
        packages: Some(Packages { request, provisioned }),
        cpython: None,
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
    })
}
