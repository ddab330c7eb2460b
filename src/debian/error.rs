//! What can go wrong while provisioning, and what a person can do about it.

use std::path::PathBuf;

use crate::config::{self, ConfigError};
use crate::error::{Exit, Explain};
use crate::fetch::FetchError;
use crate::fs::FsError;
use crate::interrupt::Interrupted;
use crate::process::ProcessError;
use crate::recipe::PythonVersion;
use crate::store::StoreError;
use crate::unpack::UnpackError;

#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    #[error("this host is {found}; surtax provisions for x86_64 with glibc only")]
    Host { found: String },
    #[error("cannot tell which release this host is: {} {reason}", path.display())]
    UnknownHost { path: PathBuf, reason: String },
    #[error("no mirror is known for {release}")]
    NoMirror { release: String },
    #[error("`{mirror}` is not a mirror's URL")]
    BadMirror { mirror: String },
    #[error("no keyring to check the indexes of {release} with: {looked}")]
    NoKeyring { release: String, looked: String },
    #[error("the keyring {} cannot be used: {reason}", path.display())]
    BadKeyring { path: PathBuf, reason: String },
    #[error("{url} is not signed: {reason}")]
    Unsigned { url: String, reason: String },
    #[error("{url} is signed by none of the trusted keys: {reason}")]
    WrongSignature { url: String, reason: String },
    #[error("{url} expired on {until}")]
    Expired { url: String, until: String },
    #[error("{url} is dated {date}, which is in the future")]
    NotYetValid { url: String, date: String },
    #[error("{url} is not what was asked for: {reason}")]
    WrongRelease { url: String, reason: String },
    #[error("{url} cannot be understood: {reason}")]
    BadIndex { url: String, reason: String },
    #[error("no mirror has the release {release}: {tried}")]
    UnknownRelease { release: String, tried: String },
    #[error("{release} has no Python {python}")]
    NoSuchPython { release: String, python: PythonVersion, offered: Vec<PythonVersion> },
    #[error("{release} names no default Python: {reason}")]
    NoDefaultPython { release: String, reason: String, offered: Vec<PythonVersion> },
    #[error("the packages of Python {python} cannot be had together from {release}: {reason}")]
    Unsatisfiable { release: String, python: PythonVersion, reason: String },
    #[error("the source {source_package} of {release} cannot be had: {reason}")]
    NoSource { release: String, source_package: String, reason: String, offline: bool },
    #[error("the store has no answer for this request, and --offline forbids to ask a mirror")]
    NothingOffline,
    #[error("{} of {total} packages could not be had{}", missing.len(), listed(missing))]
    Missing { missing: Vec<String>, total: usize, offline: bool },
    #[error("{} is no lock that surtax can use: {reason}", path.display())]
    Lock { path: PathBuf, reason: String },
    #[error("the sysroot's own interpreter cannot compile its standard library: {reason}")]
    Finish { reason: String },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

fn listed(missing: &[String]) -> String {
    let shown = missing.iter().take(8).map(|reason| format!("\n  {reason}")).collect::<String>();
    if missing.len() > 8 { format!(":{shown}\n  and {} more", missing.len() - 8) } else { format!(":{shown}") }
}

impl Explain for ProvisionError {
    fn exit(&self) -> Exit {
        match self {
            Self::Host { .. } | Self::UnknownHost { .. } | Self::NoMirror { .. } | Self::BadMirror { .. } => Exit::Usage,
            Self::UnknownRelease { .. } | Self::NoSuchPython { .. } | Self::NoDefaultPython { .. } | Self::Lock { .. } => Exit::Usage,
            Self::Finish { .. } => Exit::Build,
            Self::Config(error) => error.exit(),
            Self::Fetch(error) => error.exit(),
            Self::Unpack(error) => error.exit(),
            Self::Process(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            Self::Interrupted(error) => error.exit(),
            _ => Exit::Fetch,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Config(error) => error.hint(),
            Self::Fetch(error) => error.hint(),
            Self::Unpack(error) => error.hint(),
            Self::Process(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Fs(error) => error.hint(),
            Self::Interrupted(error) => error.hint(),
            other => other.own_hint(),
        }
    }
}

impl ProvisionError {
    fn own_hint(&self) -> Option<String> {
        let offered = |versions: &[PythonVersion]| {
            let versions: Vec<_> = versions.iter().map(ToString::to_string).collect();
            format!("it offers {}; choose one with --python X.Y", versions.join(", "))
        };
        Some(match self {
            Self::Host { .. } => "run it on an x86_64 host with glibc, or in a container of one".into(),
            Self::UnknownHost { .. } => "name a release instead of the host's: surtax provision debian-13".into(),
            Self::NoMirror { release } => ways_to_give_a_mirror(release.split(' ').next().unwrap_or_default()),
            Self::BadMirror { .. } => ways_to_give_a_mirror("debian"),
            Self::NoKeyring { .. } => "install the distribution's archive keyring package, or name its file: --keyring FILE".into(),
            Self::BadKeyring { .. } => "a keyring is a file of OpenPGP public keys, binary (.gpg) or armored (.asc)".into(),
            Self::Unsigned { .. } => "is the URL that of a mirror? A login page of a network answers every URL with a page of its own".into(),
            Self::WrongSignature { .. } => {
                "nothing of it was used. If the release has new keys, install its newer archive keyring package, or name one: --keyring FILE".into()
            }
            Self::Expired { .. } => {
                "the mirror no longer updates, or this machine's clock is ahead; use another mirror, or take it as it is: --allow-expired".into()
            }
            Self::NotYetValid { .. } => "is this machine's clock right? See `date -u`".into(),
            Self::WrongRelease { .. } | Self::UnknownRelease { .. } => {
                "is this a mirror of that distribution, and does it still carry the release? Give another one with --mirror URL".into()
            }
            Self::BadIndex { .. } => "the mirror may be just changing; run again with --refresh, or give another one with --mirror URL".into(),
            Self::NoSuchPython { offered: versions, .. } | Self::NoDefaultPython { offered: versions, .. } if !versions.is_empty() => {
                offered(versions)
            }
            Self::NoSuchPython { .. } | Self::NoDefaultPython { .. } => {
                "no component in use has a libpython; are the recipe's or the apt sources' components complete?".into()
            }
            Self::Unsatisfiable { .. } => "the mirror may be just changing, or a suite is missing (security, updates); run again with --refresh".into(),
            Self::NoSource { offline: true, .. } => "run it once without --offline".into(),
            Self::NoSource { .. } => {
                "give a mirror that carries the release's sources with --mirror URL; a source that you have is named with --hacl-source PATH, and --hacl stubs does without".into()
            }
            Self::NothingOffline => "run it once without --offline".into(),
            Self::Missing { offline: true, .. } => "run it once without --offline".into(),
            Self::Missing { .. } => {
                "a mirror drops a version once a newer one is out; ask it anew with --refresh and without --locked, or give one that keeps old versions with --mirror URL".into()
            }
            Self::Lock { .. } => "every run has its surtax.lock, and so has every sysroot, in the folder that `surtax provision` prints".into(),
            // Said by the interpreter, whose error numbers do not come through.
            Self::Finish { reason } if reason.contains("No space left on device") => {
                "the disk is full; free some space, or set SURTAX_HOME to a folder on another disk. What was finished is kept".into()
            }
            Self::Finish { .. } => "is this machine older than the release, or are its packages damaged? Report it with the lines above".into(),
            _ => return None,
        })
    }
}

fn ways_to_give_a_mirror(distribution: &str) -> String {
    let distribution = distribution.to_lowercase();
    let by_option =
        format!("give the base URL of a mirror, the folder that holds dists/ and pool/: --mirror https://mirror.example/{distribution}");
    let more = "(repeat it for a second one, such as that of the security suite), or set SURTAX_MIRROR to such URLs, separated by spaces";
    let example = config::example(&distribution);
    format!("{by_option}\n{more},\nor write them into ~/.config/surtax/config.toml:\n{example}")
}
