//! What provisioning takes from the machine: which release it is, its apt sources, its keyrings, its clock. One value, so that tests bring their own.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::ProvisionError;
use crate::config::Config;
use crate::fetch::Patience;

#[derive(Debug, Clone)]
pub struct Host {
    /// `uname -m`.
    pub machine: String,
    /// Any of these exists where programs are linked with glibc for x86_64.
    pub loaders: Vec<PathBuf>,
    /// The first that exists is read (os-release(5)).
    pub os_release: Vec<PathBuf>,
    /// `/etc/apt`.
    pub apt: PathBuf,
    /// Folders of keyrings, beside apt's own.
    pub keyrings: Vec<PathBuf>,
    /// From `SURTAX_MIRROR`.
    pub mirrors: Vec<String>,
    /// The person's configuration file, read where no other mirror is given.
    pub config: Option<PathBuf>,
    pub now: Timestamp,
    pub patience: Patience,
}

impl Host {
    /// This machine.
    pub fn this() -> Self {
        Self {
            machine: rustix::system::uname().machine().to_string_lossy().into_owned(),
            loaders: ["/lib64", "/lib", "/usr/lib64", "/usr/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"]
                .map(|folder| Path::new(folder).join("ld-linux-x86-64.so.2"))
                .to_vec(),
            os_release: vec!["/etc/os-release".into(), "/usr/lib/os-release".into()],
            apt: "/etc/apt".into(),
            keyrings: vec!["/usr/share/keyrings".into(), "/etc/apt/keyrings".into()],
            mirrors: std::env::var("SURTAX_MIRROR").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            config: Config::place(),
            now: Timestamp::now(),
            patience: Patience::default(),
        }
    }

    /// Refuses a machine whose programs surtax cannot build or measure.
    pub fn check(&self) -> Result<(), ProvisionError> {
        let refused = |found: String| Err(ProvisionError::Host { found });
        match () {
            () if self.machine != "x86_64" => refused(format!("{} Linux", self.machine)),
            () if !self.loaders.iter().any(|loader| loader.exists()) => refused("x86_64 Linux without glibc".into()),
            () => Ok(()),
        }
    }
}

/// The release a host is: what a signed index must say to be its distribution's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// Compared by [`is_origin`].
    pub(super) origin: String,
    pub(super) codename: String,
}

impl Identity {
    pub(super) fn of(host: &Host) -> Result<Self, ProvisionError> {
        let found = host.os_release.iter().find_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)));
        let Some((path, text)) = found else {
            let path = host.os_release.first().cloned().unwrap_or_else(|| "/etc/os-release".into());
            return Err(ProvisionError::UnknownHost { path, reason: "cannot be read".into() });
        };
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
            let value = value.trim().trim_matches(['"', '\'']);
            (!value.is_empty()).then(|| value.to_owned())
        };
        let (id, codename) = (field("ID"), field("VERSION_CODENAME"));
        // A derivative names the release whose packages it takes.
        for (of, name) in [("ubuntu", "UBUNTU_CODENAME"), ("debian", "DEBIAN_CODENAME")] {
            if let (Some(codename), true) = (field(name), id.as_deref() != Some(of)) {
                return Ok(Self { origin: of.into(), codename });
            }
        }
        match (id, codename) {
            (Some(origin), Some(codename)) => Ok(Self { origin, codename }),
            (None, _) => Err(ProvisionError::UnknownHost { path, reason: "has no ID".into() }),
            (_, None) => Err(ProvisionError::UnknownHost { path, reason: "has no VERSION_CODENAME".into() }),
        }
    }
}

/// os-release writes `debian`, an index `Debian`.
pub(super) fn is_origin(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
