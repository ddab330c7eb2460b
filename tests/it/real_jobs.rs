//! Bundles and plans of the real runners. Opted into by SURTAX_TEST_REAL=1; uses the store of SURTAX_HOME.

use surtax::run::{Folder, Plan};

use crate::machine::{Machine, passes, refuses, stderr, surtax};
use crate::needs;

/// As little as a shard can measure.
const LITTLE: [&str; 9] = ["--only", "startup", "--quick", "--rounds", "2", "--warmup", "0", "--counters", "none"];
const SHARD: [&str; 8] = ["matrix", "run", "--plan", "plan/plan.json", "--shard", "1", "--out", "shard"];

#[test]
fn real_runners_are_bundled_alike_and_found_again() {
    if !needs::asked_for("SURTAX_TEST_REAL") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let export = |name: &str| {
        let said = passes(surtax(folder.path(), &["bundle", "export", "--out", name])).stdout;
        String::from_utf8_lossy(&said).split_whitespace().next().expect("a digest").to_owned()
    };
    let (first, second) = (export("a.tar.zst"), export("b.tar.zst"));
    assert_eq!(first, second);
    let imported = passes(surtax(folder.path(), &["bundle", "import", "a.tar.zst", "--sha256", &first]));
    let said = stderr(&imported);
    assert!(said.contains("imported 0 places"), "{said}");
    assert!(String::from_utf8_lossy(&imported.stdout).contains("python3, static-nonpic"), "{imported:?}");
}

#[test]
fn real_shards_are_measured_where_nothing_can_be_built() {
    if !needs::asked_for("SURTAX_TEST_REAL") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let Some(machine) = Machine::bare(folder.path(), "store") else { return };
    passes(surtax(folder.path(), &[&["matrix", "plan", "--shards", "1", "--out", "plan"][..], &LITTLE].concat()));
    passes(surtax(folder.path(), &["bundle", "export", "--out", "store.tar.zst"]));
    let plan = || Folder::open(&folder.path().join("plan")).expect("a plan").plan().expect("valid");
    let runner = plan().subjects[2].clone();
    let lacking = |what: &str| format!("{}: {} {what}", runner.name, runner.executable.display());
    // Nothing is there yet, and nothing is tried.
    let said = refuses(machine.surtax(&SHARD), 4);
    assert!(said.contains(&lacking("is not here")) && said.contains("rustc: none here") && said.contains("gcc: none here"), "{said}");
    passes(machine.surtax(&["bundle", "import", "store.tar.zst"]));
    let said = stderr(&passes(machine.surtax(&SHARD)));
    assert!(said.contains("nothing is built"), "{said}");
    assert!(folder.path().join("shard/report.md").is_file() && folder.path().join("shard/surtax.lock").is_file());
    // The same command again finds nothing left to do.
    let journal = || std::fs::read_to_string(folder.path().join("shard/samples.jsonl")).expect("a journal");
    let before = journal();
    passes(machine.surtax(&SHARD));
    assert_eq!(journal(), before);
    // Another file in a runner's place is found out.
    let mut other: Plan = plan();
    other.subjects[2].sha256 = other.subjects[0].sha256;
    Folder::open(&folder.path().join("plan")).expect("a plan").write_plan(&other).expect("written");
    let said = refuses(machine.surtax(&[&SHARD[..7], &["again"]].concat()), 4);
    assert!(said.contains(&lacking("is another file")) && !said.contains(" is not here\n"), "{said}");
    assert!(!folder.path().join("again/plan.json").exists());
}

/// A cluster of machines that are alike needs no bundle: what each builds is the planner's, byte for byte, or refused.
#[test]
fn real_shards_are_built_alike_in_an_empty_store() {
    if !needs::asked_for("SURTAX_TEST_REAL") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let Some(machine) = Machine::alike(folder.path(), "store") else { return };
    passes(surtax(folder.path(), &[&["matrix", "plan", "--shards", "1", "--out", "plan"][..], &LITTLE].concat()));
    let said = stderr(&passes(machine.surtax(&SHARD)));
    assert!(!said.contains("nothing is built"), "{said}");
    let plan = |name: &str| Folder::open(&folder.path().join(name)).expect("a run").plan().expect("valid");
    let (planned, measured) = (plan("plan"), plan("shard"));
    for runner in &planned.subjects[2..] {
        assert!(said.contains(&format!("built {} of ", runner.name)), "{}: {said}", runner.name);
    }
    assert_eq!(measured.subjects, planned.subjects);
}
