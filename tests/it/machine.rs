//! Another machine, as far as the kernel can make one: a store of its own is mounted at the store's path.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use surtax::store::Store;

use crate::needs;

/// Shares a folder with the others, as machines of a cluster do.
pub(crate) struct Machine<'a> {
    folder: &'a Path,
    /// What it has at the store's path.
    own: PathBuf,
    path: OsString,
    unshare: &'static [&'static str],
    script: &'static str,
}

/// Of the store, what was downloaded is shared, and nothing else.
const WITH_DOWNLOADS: &str =
    r#"mkdir -p "$1/blobs" && mount --bind "$1/blobs" "$0/blobs" && mount --rbind "$0" "$1" && PATH=$2 && shift 2 && exec "$@""#;
const APART: &str = r#"mount --rbind "$0" "$1" && PATH=$2 && shift 2 && exec "$@""#;

impl<'a> Machine<'a> {
    /// With this machine's compilers. `None` where none can be made.
    pub(crate) fn alike(folder: &'a Path, name: &str) -> Option<Self> {
        Self::new(folder, name, &["--mount"], WITH_DOWNLOADS)
    }

    fn new(folder: &'a Path, name: &str, unshare: &'static [&'static str], script: &'static str) -> Option<Self> {
        if !Command::new("unshare").args(unshare).arg("true").status().is_ok_and(|status| status.success()) {
            needs::skipped("needs `unshare`, and the right to mount");
            return None;
        }
        let own = folder.join(name);
        std::fs::create_dir_all(own.join("blobs")).expect("made");
        Some(Self { folder, own, path: std::env::var_os("PATH").unwrap_or_default(), unshare, script })
    }

    /// With no program at all.
    pub(crate) fn bare(folder: &'a Path, name: &str) -> Option<Self> {
        Some(Self { path: folder.join("no programs").into(), ..Self::alike(folder, name)? })
    }

    /// With no program, no network, and nothing that was downloaded elsewhere.
    pub(crate) fn apart(folder: &'a Path, name: &str) -> Option<Self> {
        Some(Self { path: folder.join("no programs").into(), ..Self::new(folder, name, &["--mount", "--net"], APART)? })
    }

    /// What lies at the store's path there.
    pub(crate) fn own(&self) -> &Path {
        &self.own
    }

    pub(crate) fn surtax(&self, arguments: &[&str]) -> Command {
        let store = Store::open_default().expect("a store");
        let mut command = Command::new("unshare");
        command.args(self.unshare).args(["sh", "-c", self.script]).arg(&self.own).arg(store.root()).arg(&self.path);
        command.arg(env!("CARGO_BIN_EXE_surtax")).args(arguments);
        command.current_dir(self.folder).env("SURTAX_HOME", store.root()).env("NO_COLOR", "1");
        command
    }
}

/// The planner, which has the store itself.
pub(crate) fn surtax(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    command
}

pub(crate) fn passes(mut command: Command) -> Output {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {}", stderr(&output));
    output
}

/// What it says as it ends with that exit code.
pub(crate) fn refuses(mut command: Command, code: i32) -> String {
    let output = command.output().expect("it starts");
    assert_eq!(output.status.code(), Some(code), "{command:?}: {}", stderr(&output));
    stderr(&output)
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
