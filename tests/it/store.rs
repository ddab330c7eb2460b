//! What the store says of itself, and what prune takes away.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use surtax::digest::{Checksum, Key, Sha256};
use surtax::store::{Kind, Stamp, Store, Which};
use surtax::ui::Silent;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

struct Kept {
    _folder: tempfile::TempDir,
    store: Store,
}

impl Kept {
    /// A store with a download, a sysroot, a home of one runner and a file of a killed download.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store")).expect("a store");
        let kept = Self { _folder: folder, store };
        kept.file(&kept.blob(), 10_000);
        kept.file(&kept.store.root().join("blobs/partial/half"), 5_000);
        kept.stamped(&kept.sysroot(), 20_000);
        kept.stamped(&kept.store.runner(&Key::of("home", []), &Key::of("runner", [])), 30_000);
        kept
    }

    fn blob(&self) -> PathBuf {
        self.store.blob(&Checksum::Sha256(Sha256::of(b"package")))
    }

    fn sysroot(&self) -> PathBuf {
        self.store.sysroot(&Key::of("sysroot", []))
    }

    fn file(&self, path: &Path, bytes: usize) {
        surtax::fs::write_atomic(path, &vec![7; bytes]).expect("written");
    }

    fn stamped(&self, folder: &Path, bytes: usize) {
        self.file(&folder.join("usr/bin/file"), bytes);
        Stamp::write(folder, "whole").expect("stamped");
    }

    fn unused_since(&self, path: &Path, days: u32) {
        surtax::fs::set_modified(path, SystemTime::now() - DAY * days).expect("set");
    }

    fn prune(&self, days: u32, kinds: &[Kind]) -> Vec<Kind> {
        let which = Which { unused_for: DAY * days, kinds: kinds.to_vec() };
        let would: Vec<Kind> = self.store.prunable(&which).expect("read").removed.entries.iter().map(|entry| entry.kind).collect();
        let went = self.store.prune(&which, &Silent).expect("pruned").removed.entries;
        assert_eq!(would, went.iter().map(|entry| entry.kind).collect::<Vec<_>>(), "what was said would go is what goes");
        assert!(went.iter().all(|entry| !entry.path.exists()));
        would
    }

    fn surtax(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
        command.env("SURTAX_HOME", self.store.root()).args(arguments).output().expect("surtax starts")
    }
}

#[test]
fn every_entry_is_listed_with_its_kind_its_size_on_disk_and_its_last_use() {
    let kept = Kept::new();
    let contents = kept.store.contents().expect("read");
    let kinds: Vec<Kind> = contents.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Downloads, Kind::Sysroots, Kind::Homes, Kind::Leftovers]);
    for (entry, least) in contents.entries.iter().zip([10_000, 20_000, 30_000, 5_000]) {
        assert!(entry.size_bytes >= least && entry.size_bytes < least + 40_000, "{entry:?}");
    }
    // Hard links to one file take its blocks once.
    std::fs::hard_link(kept.sysroot().join("usr/bin/file"), kept.sysroot().join("usr/bin/again")).expect("linked");
    let linked = kept.store.contents().expect("read");
    assert_eq!(linked.size_bytes(), contents.size_bytes());
    kept.file(&kept.store.root().join("of-a-later-surtax/file"), 1);
    assert_eq!(kept.store.contents().expect("read").of(Kind::Other).count(), 1);
}

#[test]
fn what_was_used_lately_stays_and_asking_for_a_stamp_is_use() {
    let kept = Kept::new();
    assert_eq!(kept.prune(30, &[]), [Kind::Leftovers], "what a killed download left is of use to none");
    let stamp = kept.sysroot().join(Stamp::NAME);
    kept.unused_since(&stamp, 40);
    kept.unused_since(&kept.blob(), 40);
    assert_eq!(kept.prune(30, &[Kind::Homes]), []);
    assert!(Stamp::read(&kept.sysroot()).is_some());
    assert_eq!(kept.prune(30, &[]), [Kind::Downloads]);
    kept.unused_since(&stamp, 31);
    assert_eq!(kept.prune(30, &[]), [Kind::Sysroots]);
    assert_eq!(kept.prune(0, &[]), [Kind::Homes]);
    assert_eq!(kept.store.contents().expect("read").entries, []);
}

#[test]
fn a_clock_that_was_wrong_makes_nothing_old() {
    let kept = Kept::new();
    surtax::fs::set_modified(&kept.blob(), SystemTime::now() + DAY * 1000).expect("set");
    assert_eq!(kept.prune(1, &[Kind::Downloads]), []);
    assert_eq!(kept.prune(0, &[Kind::Downloads]), [Kind::Downloads]);
}

#[test]
fn nothing_goes_while_another_surtax_has_the_store_open() {
    let kept = Kept::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_surtax"))
        .env("SURTAX_HOME", kept.store.root())
        .args(["store", "prune", "--unused", "0"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("surtax starts");
    let mut said = std::io::BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    std::io::BufRead::read_line(&mut said, &mut line).expect("it speaks");
    assert!(line.contains("waiting for another surtax, which uses"), "{line}");
    assert!(kept.blob().exists() && child.try_wait().expect("asked").is_none());
    let (blob, Kept { _folder, store }) = (kept.blob(), kept);
    drop(store);
    assert!(child.wait().expect("it ends").success());
    assert!(!blob.exists());
}

#[test]
fn compilers_that_outlived_their_surtax_keep_their_tree() {
    let kept = Kept::new();
    let key = Key::of("tree", []);
    kept.stamped(&kept.store.cpython_tree(&key), 10);
    let lock = kept.store.lock_with_children(&Store::tree_lock(key.as_str()), &Silent).expect("a lock");
    let which = Which { unused_for: Duration::ZERO, kinds: vec![Kind::Trees] };
    let pruned = kept.store.prune(&which, &Silent).expect("pruned");
    assert_eq!(pruned.busy, [kept.store.cpython_tree(&key)]);
    assert!(pruned.removed.entries.is_empty() && kept.store.cpython_tree(&key).exists());
    drop(lock);
    assert_eq!(kept.prune(0, &[Kind::Trees]), [Kind::Trees]);
}

#[test]
fn the_command_shows_lists_and_prunes() {
    let kept = Kept::new();
    let text = |arguments: &[&str]| {
        let output = kept.surtax(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).replace(&kept.store.root().display().to_string(), "STORE")
    };
    let shown = text(&["store"]);
    assert!(shown.contains("sysroots") && shown.contains("today") && shown.contains("unpacked releases"), "{shown}");
    assert!(shown.lines().last().is_some_and(|line| line.starts_with("STORE: 0.1 MB")), "{shown}");
    assert!(text(&["store", "--entries"]).contains(&format!("sysroots/{}", Key::of("sysroot", []))));
    let listed: serde_json::Value = serde_json::from_str(&text(&["store", "--json"])).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(4));
    assert!(listed[1]["kind"] == "sysroots" && listed[1]["used"].as_str().is_some_and(|used| used.ends_with('Z')));
    kept.unused_since(&kept.blob(), 31);
    let would: serde_json::Value = serde_json::from_str(&text(&["store", "prune", "--dry-run", "--json"])).expect("JSON");
    assert_eq!(would.as_array().map(Vec::len), Some(2));
    assert!(kept.blob().exists(), "nothing went yet");
}

#[test]
fn manual_pages_and_completions_know_every_command() {
    let kept = Kept::new();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("man");
    assert!(kept.surtax(&["man", "--out", &out.to_string_lossy()]).status.success());
    let page = std::fs::read_to_string(out.join("surtax-matrix-run.1")).expect("a page of a command below a command");
    assert!(page.contains(".TH surtax-matrix-run 1") && page.contains("\\-\\-rounds"), "{page}");
    let own = String::from_utf8(kept.surtax(&["man"]).stdout).expect("text");
    assert!(own.contains(".TH surtax 1") && own.contains("surtax\\-audit(1)"), "{own}");
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(kept.surtax(&["completions", shell]).stdout).expect("text");
        assert!(["provision", "prune", "gate-against"].iter().all(|word| script.contains(word)), "{shell}");
        // The shell itself must take it, where it is there.
        let file = folder.path().join(shell);
        std::fs::write(&file, script).expect("written");
        if let Ok(checked) = Command::new(shell).arg("-n").arg(&file).output() {
            assert!(checked.status.success(), "{shell}: {}", String::from_utf8_lossy(&checked.stderr));
        }
    }
}
