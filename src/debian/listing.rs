//! What a release offers: its Pythons, without fetching any.

use std::sync::atomic::AtomicU64;

use super::closure;
use super::index::Kind;
use super::plan::Plan;
use super::reading::Reading;
use super::suites::Suites;
use super::{Host, ProvisionError, Request, Version};
use crate::fetch::Fetcher;
use crate::recipe::PythonVersion;
use crate::store::Store;
use crate::ui::{Reporter, Unit};

#[derive(Debug, Clone)]
pub struct Listing {
    /// For people: `Debian 13.7`.
    pub release: String,
    pub codename: String,
    /// Newest first.
    pub pythons: Vec<OfferedPython>,
}

#[derive(Debug, Clone)]
pub struct OfferedPython {
    pub python: PythonVersion,
    /// Of the package that can be linked with, else of the interpreter.
    pub version: Version,
    /// What the release's own `python3` stands for.
    pub default: bool,
    /// Whether the release has `libpythonX.Y-dev`; without it there is nothing to embed.
    pub linkable: bool,
    /// What provisioning it would fetch, or why it cannot be provisioned.
    pub download: Result<Download, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Download {
    pub packages: usize,
    /// Of all of them, though some may be in the store.
    pub bytes: u64,
}

/// The Pythons that a release's mirror offers now. Asks the mirror, or with `request.offline` the indexes of the last time.
///
/// # Errors
///
/// Whatever keeps the indexes from being read.
pub fn listing(store: &Store, request: &Request, reporter: &dyn Reporter) -> Result<Listing, ProvisionError> {
    listing_with(store, request, &Host::this(), reporter)
}

/// [`listing`] on another host.
pub fn listing_with(store: &Store, request: &Request, host: &Host, reporter: &dyn Reporter) -> Result<Listing, ProvisionError> {
    let plan = Plan::of(request, host)?;
    let _turn = store.lock("provision", reporter)?;
    let fetcher = if request.offline { None } else { Some(Fetcher::new(host.patience)?) };
    let bar = reporter.bar("indexes", None, Unit::Items);
    let fetcher = fetcher.as_ref();
    let reading = Reading { store, request, host, fetcher, reporter, bar: &*bar, kind: Kind::Packages, downloaded: AtomicU64::new(0) };
    let suites = Suites::open(&plan, &reading)?;
    bar.finish();
    let default = closure::default_python(&suites).ok();
    let pythons = closure::pythons(&suites).into_iter().map(|python| offered(&suites, python, default)).collect();
    Ok(Listing { release: suites.full_name(), codename: suites.codename.clone(), pythons })
}

fn offered(suites: &Suites, python: PythonVersion, default: Option<PythonVersion>) -> OfferedPython {
    let newest = |name: String| suites.named(&name).into_iter().map(|package| package.locked.version).max();
    let linkable = newest(format!("libpython{python}-dev"));
    let packages = closure::closure(suites, python);
    OfferedPython {
        python,
        default: default == Some(python),
        linkable: linkable.is_some(),
        download: match packages {
            Ok(packages) => Ok(Download { packages: packages.len(), bytes: packages.iter().map(|package| package.size).sum() }),
            Err(ProvisionError::Unsatisfiable { reason, .. }) => Err(reason),
            Err(_) => Err(format!("there is no package libpython{python}-dev")),
        },
        version: linkable.or_else(|| newest(format!("python{python}"))).unwrap_or_else(|| Version::new("")),
    }
}
