//! Bundles and plans of the real runners. Opted into by SURTAX_TEST_REAL=1; uses the store of SURTAX_HOME.

use std::path::Path;
use std::process::{Command, Output};

use crate::needs;

fn surtax(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    command.args(arguments).current_dir(folder);
    command
}

fn passes(mut command: Command) -> Output {
    let output = command.output().expect("surtax starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

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
    let said = String::from_utf8_lossy(&imported.stderr).into_owned();
    assert!(said.contains("imported 0 places"), "{said}");
    assert!(String::from_utf8_lossy(&imported.stdout).contains("python3, static-nonpic"), "{imported:?}");
}

/// Another machine, as far as the kernel can make one: an empty store is mounted at the store's path, and no compiler is to be found.
#[test]
fn real_shards_are_measured_where_nothing_can_be_built() {
    if !needs::asked_for("SURTAX_TEST_REAL") {
        return;
    }
    if !Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|status| status.success()) {
        needs::skipped("needs `unshare`, and the right to mount");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (store, place) = (surtax::store::Store::open_default().expect("a store"), |name: &str| folder.path().join(name));
    let chosen = ["--only", "startup", "--quick", "--rounds", "2", "--warmup", "0", "--counters", "none"];
    passes(surtax(folder.path(), &[&["matrix", "plan", "--shards", "1", "--out", "plan"][..], &chosen].concat()));
    passes(surtax(folder.path(), &["bundle", "export", "--out", "store.tar.zst"]));
    ["empty", "other"].iter().for_each(|name| std::fs::create_dir(place(name)).expect("made"));
    let elsewhere = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", r#"mount --bind "$0" "$1" && PATH=$2 && shift 2 && exec "$@""#]);
        command.arg(place("other")).arg(store.root()).arg(place("empty")).arg(env!("CARGO_BIN_EXE_surtax")).args(arguments);
        command.current_dir(folder.path()).env("SURTAX_HOME", store.root());
        command
    };
    let shard = ["matrix", "run", "--plan", "plan/plan.json", "--shard", "1", "--out", "shard"];
    assert!(!elsewhere(&shard).status().expect("unshare starts").success(), "nothing is there yet");
    passes(elsewhere(&["bundle", "import", "store.tar.zst"]));
    let measure = || String::from_utf8_lossy(&passes(elsewhere(&shard)).stderr).into_owned();
    let said = measure();
    assert!(said.contains("nothing is built"), "{said}");
    assert!(folder.path().join("shard/report.md").is_file() && folder.path().join("shard/surtax.lock").is_file());
    // The same command again finds nothing left to do.
    let journal = || std::fs::read_to_string(folder.path().join("shard/samples.jsonl")).expect("a journal");
    let before = journal();
    measure();
    assert_eq!(journal(), before);
    // Another file in a runner's place is found out.
    let plan = folder.path().join("plan/plan.json");
    let text = std::fs::read_to_string(&plan).expect("read");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    value["subjects"][2]["sha256"] = "0".repeat(64).into();
    std::fs::write(&plan, value.to_string()).expect("written");
    let refused = elsewhere(&["matrix", "run", "--plan", "plan/plan.json", "--shard", "1", "--out", "again"]).output().expect("it starts");
    assert!(!refused.status.success(), "without a compiler, another file cannot be made the planner's");
}
