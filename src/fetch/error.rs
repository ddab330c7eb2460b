//! Why a download failed, and what a person can do about it.

use crate::digest::Checksum;
use crate::error::{Exit, Explain};
use crate::fs::FsError;
use crate::interrupt::Interrupted;

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("cannot fetch {url}: {why}")]
    Failed { url: String, why: Why },
    #[error("{url} is not what its index promises: its {} is {found}, not {wanted}", wanted.algorithm())]
    WrongHash { url: String, wanted: Box<Checksum>, found: Box<Checksum> },
    #[error("`{url}` is not an http, https or file URL")]
    NotAUrl { url: String },
    #[error("cannot set up HTTP: {0}")]
    Client(String),
    #[error(transparent)]
    Fs(#[from] FsError),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// One attempt's end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The host's name is unknown, nothing listens there, or there is no network.
    #[error("no connection ({0})")]
    Connect(String),
    #[error("no answer in time")]
    TimedOut,
    #[error("the server says {0}")]
    Status(u16),
    #[error("the connection ended after {got} of {wanted} bytes")]
    Truncated { got: u64, wanted: u64 },
    #[error("it is larger than the {wanted} bytes that its index promises")]
    TooLarge { wanted: u64 },
    #[error("it is larger than {limit} bytes, which is more than surtax takes")]
    Endless { limit: u64 },
    #[error("there is no such file")]
    NoFile,
    #[error("{0}")]
    Broken(String),
}

impl Why {
    /// Whether the same request may well succeed a moment later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Connect(_) | Self::TimedOut | Self::Truncated { .. } | Self::Broken(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500 | 502..=504),
            Self::TooLarge { .. } | Self::Endless { .. } | Self::NoFile => false,
        }
    }

    /// Whether the server, or the folder, is there and does not have it.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Status(404 | 410) | Self::NoFile)
    }
}

impl FetchError {
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Failed { why, .. } if why.is_absent())
    }

    /// Whether another mirror could do better.
    pub fn is_the_mirrors_fault(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::WrongHash { .. })
    }
}

const CHANGED: &str = "nothing of it was kept. A proxy or the mirror changes files, or the mirror is just changing; run again, or give another one with --mirror URL";

impl Explain for FetchError {
    fn exit(&self) -> Exit {
        match self {
            Self::Fs(error) => error.exit(),
            Self::Interrupted(error) => error.exit(),
            Self::NotAUrl { .. } => Exit::Usage,
            _ => Exit::Fetch,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Failed { why: Why::Connect(_) | Why::TimedOut, .. } => Some(
                "is there a network? A proxy is taken from http_proxy, https_proxy and no_proxy; another mirror is given with --mirror URL; what was fetched before needs no network: --offline"
                    .into(),
            ),
            Self::Failed { why, .. } if why.is_absent() => {
                Some("the mirror may be incomplete or just changing; run again with --refresh, or give another one with --mirror URL".into())
            }
            Self::Failed { why: Why::Status(401 | 403 | 407), .. } => {
                Some("the server, or a proxy before it, wants a login or forbids it; another mirror is given with --mirror URL".into())
            }
            Self::Failed { why: Why::TooLarge { .. }, .. } => Some(CHANGED.into()),
            Self::Failed { why: Why::Endless { .. }, .. } => Some("nothing of it was kept. Does the URL lead to the file that is meant?".into()),
            Self::Failed { .. } => {
                Some("run the same command again: what has arrived is kept and the rest is asked for; another mirror is given with --mirror URL".into())
            }
            Self::WrongHash { .. } => Some(CHANGED.into()),
            Self::NotAUrl { .. } => Some("for example --mirror http://127.0.0.1:8080/debian, or --mirror file:///srv/mirror".into()),
            Self::Client(_) => Some("install the ca-certificates package; are http_proxy and https_proxy, where set, URLs?".into()),
            Self::Fs(error) => error.hint(),
            Self::Interrupted(error) => error.hint(),
        }
    }
}
