//! Debian-format archives: signed indexes, dependency closure, sysroot.

mod closure;
mod deb822;
mod dependency;
mod error;
mod finish;
mod form;
mod host;
mod index;
mod keyring;
mod keyring_files;
mod listing;
mod lock;
mod packages;
mod plan;
mod pool;
mod provision;
mod reading;
mod release;
mod skip;
mod source;
mod sources;
mod suites;
mod sysroot;
mod testsuite;
mod version;

use std::path::PathBuf;

use crate::digest::Key;
use crate::recipe::{Archive, PythonVersion};

pub use dependency::{Operator, Relation, parse as parse_dependencies};
pub use error::ProvisionError;
pub use finish::{CompileStandardLibrary, Finisher, NoFinish};
pub use host::Host;
pub use listing::{Download, Listing, OfferedPython, listing, listing_with};
pub use lock::{LockedFile, LockedPackage, LockedSource, SurtaxLock};
pub use provision::{provision, provision_with};
pub use source::{SourcePackage, Upstream, source_package, source_package_with, upstream_with};
pub use testsuite::{test_home, test_home_with};
pub use version::Version;

/// How archives may be asked: as the command line says.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// In order of preference. Empty: `SURTAX_MIRROR`, else the configuration file's, else the host's apt sources.
    pub mirrors: Vec<String>,
    /// The only keys that are trusted. `None`: what the apt sources or the recipe name, else the host's keyrings.
    pub keyring: Option<PathBuf>,
    /// From the store alone.
    pub offline: bool,
    /// Asks the archive again although an earlier answer is in the store.
    pub refresh: bool,
    /// Takes indexes whose `Valid-Until` has passed.
    pub allow_expired: bool,
}

impl Access {
    /// What the recipe says, of an archive that is asked so.
    pub fn request(self, archive: Archive) -> Request {
        let Self { mirrors, keyring, offline, refresh, allow_expired } = self;
        Request { mirrors, keyring, offline, refresh, allow_expired, ..Request::new(archive) }
    }
}

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct Request {
    pub archive: Archive,
    /// Overrides the recipe's; `None` leaves it to the recipe, and so to the release.
    pub python: Option<PythonVersion>,
    /// These, `offline`, `keyring`, `refresh` and `allow_expired`: see [`Access`].
    pub mirrors: Vec<String>,
    pub keyring: Option<PathBuf>,
    pub offline: bool,
    pub refresh: bool,
    /// A `surtax.lock` to reproduce.
    pub locked: Option<PathBuf>,
    pub allow_expired: bool,
}

impl Request {
    /// What the recipe says, with nothing added.
    pub fn new(archive: Archive) -> Self {
        Self {
            archive,
            python: None,
            mirrors: Vec::new(),
            keyring: None,
            offline: false,
            refresh: false,
            locked: None,
            allow_expired: false,
        }
    }
}

/// A sysroot that is ready.
#[derive(Debug, Clone)]
pub struct Provisioned {
    /// Codename, such as `bookworm`.
    pub release: String,
    pub python: PythonVersion,
    pub lock: SurtaxLock,
    /// `surtax.lock`, as it goes into a run.
    pub lock_text: String,
    pub sysroot: PathBuf,
    /// Names the sysroot and the home in the store.
    pub key: Key,
    /// Nothing had to be made: the sysroot was in the store.
    pub reused: bool,
    /// Bytes of indexes and packages that came from a mirror.
    pub downloaded_bytes: u64,
}
