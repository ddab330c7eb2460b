//! A study of builds from source on several machines: opted into by SURTAX_TEST_CPYTHON, the name of a recipe or its file by its whole path.
//! What the store of SURTAX_HOME lacks of it is compiled there, which takes minutes.

use surtax::run::{Folder, Plan};

use crate::machine::{Machine, passes, refuses, stderr, surtax};
use crate::needs;

const SHARD: [&str; 7] = ["matrix", "run", "--plan", "plan/plan.json", "--shard", "1", "--out"];

/// As little as a shard can measure, planned and bundled.
fn plan(folder: &std::path::Path, recipe: &str) -> Plan {
    let little = ["--only", "startup", "--quick", "--rounds", "2", "--warmup", "0", "--counters", "none"];
    passes(surtax(folder, &[&["matrix", "plan", recipe, "--shards", "1", "--out", "plan"][..], &little].concat()));
    Folder::open(&folder.join("plan")).expect("a plan").plan().expect("valid")
}

fn shard(out: &str) -> Vec<&str> {
    [&SHARD[..], &[out]].concat()
}

#[test]
fn real_builds_from_source_come_along_in_a_bundle() {
    let Some(recipe) = needs::named_by("SURTAX_TEST_CPYTHON", "a recipe that builds from source") else { return };
    let recipe = recipe.to_string_lossy();
    let folder = tempfile::tempdir().expect("a folder");
    let (Some(bare), Some(alike)) = (Machine::bare(folder.path(), "bare"), Machine::alike(folder.path(), "alike")) else { return };
    let planned = plan(folder.path(), &recipe);
    passes(surtax(folder.path(), &["bundle", "export", &recipe, "--out", "store.tar.zst"]));
    let measured = |out: &str| Folder::open(&folder.path().join(out)).expect("a run").read().expect("whole");
    // Without a compiler, nor anything to compile.
    let said = refuses(bare.surtax(&shard("bare-shard")), 4);
    assert!(said.contains(&format!("{}: ", planned.subjects[2].name)) && said.contains("is not here"), "{said}");
    passes(bare.surtax(&["bundle", "import", "store.tar.zst"]));
    let said = stderr(&passes(bare.surtax(&shard("bare-shard"))));
    assert!(said.contains("nothing is built"), "{said}");
    let run = measured("bare-shard");
    assert!(run.samples.iter().all(|sample| sample.outcome == surtax::run::Outcome::Ok) && run.samples.len() >= 2 * planned.subjects.len());
    assert_eq!(run.plan.subjects, planned.subjects);
    assert!(bare.surtax(&["bundle", "import", "store.tar.zst"]).output().expect("it starts").status.success(), "and nothing was harmed");
    // With the planner's compilers: verified here, compiled nowhere, asked of nobody.
    passes(alike.surtax(&["bundle", "import", "store.tar.zst"]));
    let said = stderr(&passes(alike.surtax(&[&shard("alike-shard")[..], &["--offline"]].concat())));
    assert!(said.contains("verified ") && !said.contains("compiled ") && !said.contains("built "), "{said}");
    assert_eq!(measured("alike-shard").plan.subjects, planned.subjects);
    // Not even the recipe is asked for, where it is another machine's.
    let mut plan = planned.clone();
    plan.groups[0].recipe = Some("/nowhere/mine.yaml".into());
    Folder::open(&folder.path().join("plan")).expect("a plan").write_plan(&plan).expect("written");
    let said = stderr(&passes(alike.surtax(&shard("again"))));
    assert!(said.contains("nothing is built"), "{said}");
    assert_eq!(measured("again").plan.subjects, planned.subjects);
}

/// A cluster of machines that are alike needs no bundle of what is built without a profile and without LTO; what is built with either, it does.
#[test]
fn real_builds_from_source_are_repeated_byte_for_byte_or_not_begun() {
    let Some(recipe) = needs::named_by("SURTAX_TEST_CPYTHON", "a recipe that builds from source") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let Some(alike) = Machine::alike(folder.path(), "alike") else { return };
    let planned = plan(folder.path(), &recipe.to_string_lossy());
    let stock = planned.groups[0].cpython.as_ref().map(|cpython| cpython.stock.clone()).expect("from source");
    let names = planned.subjects[2..].iter().map(|subject| subject.name.clone()).chain([stock]);
    if names.into_iter().any(|name| !name.contains("-nopgo") || name.contains("lto")) {
        let said = refuses(alike.surtax(&shard("shard")), 4);
        assert!(said.contains("what was compiled as") && !alike.own().join("cpython").exists(), "{said}");
        return;
    }
    let said = stderr(&passes(alike.surtax(&shard("shard"))));
    assert!(said.contains("compiled libpython") && !said.contains("nothing is built"), "{said}");
    let run = Folder::open(&folder.path().join("shard")).expect("a run").plan().expect("valid");
    assert_eq!(run.subjects, planned.subjects);
}
