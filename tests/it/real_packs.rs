//! A pack of benchmarks carried to machines that have no index: planned, bundled, measured in shards and merged. Opted into by SURTAX_TEST_REAL=1;
//! uses the store of SURTAX_HOME, and the network for what pip has not fetched yet.

use std::collections::BTreeMap;
use std::path::Path;

use surtax::run::Folder;

use crate::machine::{Machine, passes, stderr, surtax};
use crate::needs;

/// One of the pack's own packages alone, and one that needs others.
const PACK: &str = "--pack=pyperformance=richards,html5lib";

#[test]
fn real_packs_are_measured_where_there_is_no_index() {
    if !needs::asked_for("SURTAX_TEST_REAL") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let Some(apart) = Machine::apart(folder.path(), "apart") else { return };
    let chosen = ["--variant", "static-nonpic", "--quick", "--rounds", "2", "--warmup", "0", "--counters", "none", PACK];
    passes(surtax(folder.path(), &[&["matrix", "plan", "--shards", "2", "--out", "plan"][..], &chosen].concat()));
    passes(surtax(folder.path(), &["bundle", "export", "--variant", "static-nonpic", PACK, "--out", "store.tar.zst"]));
    let imported = passes(apart.surtax(&["bundle", "import", "store.tar.zst"]));
    assert!(String::from_utf8_lossy(&imported.stdout).contains("pyperformance: html5lib, richards"), "{imported:?}");
    for shard in ["1", "2"] {
        passes(apart.surtax(&["matrix", "run", "--plan", "plan/plan.json", "--shard", shard, "--out", &format!("shard-{shard}")]));
    }
    let again = stderr(&passes(apart.surtax(&["bundle", "import", "store.tar.zst"])));
    assert!(again.contains("imported 0 places"), "what was compiled meanwhile is no other content: {again}");
    passes(surtax(folder.path(), &["matrix", "merge", "shard-1", "shard-2", "--out", "merged"]));
    let expected = ["pyperformance/html5lib", "pyperformance/richards"].map(|name| (name.to_owned(), 6));
    assert_eq!(measured(&folder.path().join("merged")), BTreeMap::from(expected));
}

/// How often each benchmark gave a value.
fn measured(run: &Path) -> BTreeMap<String, usize> {
    let samples = Folder::open(run).and_then(|folder| folder.read()).expect("a run").samples;
    let mut counts = BTreeMap::new();
    for sample in samples.into_iter().filter(|sample| sample.value_ns.is_some()) {
        *counts.entry(sample.benchmark).or_default() += 1;
    }
    counts
}
