//! From what the person named to homes: releases provisioned, installed CPythons read.

use std::path::Path;

use anyhow::Result;

use super::{Packages, Prepared};
use crate::cli::SourceArgs;
use crate::cmd::CommandError;
use crate::debian::{ProvisionError, Request, provision};
use crate::libpython::Home;
use crate::prefix;
use crate::recipe::{PythonVersion, Recipe};
use crate::store::Store;
use crate::ui::Reporter;

/// Every source that the person named, in that order, releases first; the host's release if none was.
pub(in crate::cmd) fn prepare(args: &SourceArgs, reporter: &dyn Reporter) -> Result<(Store, Vec<Prepared>)> {
    // All of them are read before anything is downloaded for one.
    let requests = requests(args)?;
    let store = Store::open_default()?;
    let mut prepared = Vec::new();
    let alone = requests.len() + args.prefixes.len() == 1;
    for request in requests {
        prepared.push(release(&store, request, alone, reporter)?);
    }
    for folder in &args.prefixes {
        prepared.push(installed(&store, folder, if alone { args.python } else { None }, reporter)?);
    }
    if let Some(python) = args.python.filter(|python| !prepared.iter().any(|one| one.home.python == *python)) {
        let sources = prepared.iter().map(|one| format!("{} has {}", one.name, one.home.python)).collect();
        return Err(CommandError::NoSourceHasPython { python, sources }.into());
    }
    if let Some((_, twice)) = prepared.iter().enumerate().find(|(at, one)| prepared[..*at].iter().any(|other| other.name == one.name)) {
        return Err(CommandError::NamedTwice { name: twice.name.clone() }.into());
    }
    Ok((store, prepared))
}

fn requests(args: &SourceArgs) -> Result<Vec<Request>> {
    let host = ["host".to_owned()];
    let names = if args.recipes.is_empty() && args.prefixes.is_empty() { &host } else { args.recipes.as_slice() };
    if args.locked.is_some() && (names.len() != 1 || !args.prefixes.is_empty()) {
        return Err(CommandError::LockOfWhich.into());
    }
    names.iter().map(|name| request(args, name)).collect()
}

pub(in crate::cmd) fn request(args: &SourceArgs, recipe: &str) -> Result<Request> {
    Ok(Request {
        recipe: Recipe::named(recipe)?,
        python: args.python,
        mirrors: args.mirrors.clone(),
        keyring: args.keyring.clone(),
        offline: args.offline,
        refresh: args.refresh,
        locked: args.locked.clone(),
        allow_expired: args.allow_expired,
    })
}

/// Among several sources a release that lacks the Python asked for takes part with its own: `debian-12 debian-13 --python 3.13`.
fn release(store: &Store, request: Request, alone: bool, reporter: &dyn Reporter) -> Result<Prepared> {
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
        name: request.recipe.name.clone(),
        release: provisioned.release.clone(),
        home,
        packages: Some(Packages { request, provisioned }),
    })
}

fn installed(store: &Store, folder: &Path, python: Option<PythonVersion>, reporter: &dyn Reporter) -> Result<Prepared> {
    let prefix = prefix::prepare(store, folder, python, reporter)?;
    Ok(Prepared { name: prefix.name, release: folder.display().to_string(), home: prefix.home, packages: None })
}
