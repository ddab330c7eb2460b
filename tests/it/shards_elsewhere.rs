//! A shard on a machine that cannot have the plan's executables: what is not alike is told before anything is fetched or built.

use std::path::{Path, PathBuf};
use std::process::Output;

use surtax::digest::{Key, Sha256};
use surtax::run::{Environment, Factors, Plan};
use surtax::store::Store;

use crate::cli::{Bench, stderr, surtax};
use crate::shards_cli::compiled;

/// What the shard's job says on another machine, which is this one with another plan or environment in the plan's folder.
fn job(change: impl FnOnce(&mut Plan, &mut Environment)) -> (Bench, Output) {
    let bench = Bench::new(6);
    let (mut plan, mut environment) = (bench.run().plan().expect("valid"), bench.run().environment().expect("valid"));
    plan.shards = surtax::matrix::shards(&plan, 2).expect("two benchmarks");
    change(&mut plan, &mut environment);
    bench.write_plan(&plan);
    bench.run().write_environment(&environment).expect("written");
    let out = bench.run().file("shard");
    let mut command = surtax(bench.store());
    command.args(["matrix", "run", "--shard", "1", "--plan"]).arg(bench.run().file("plan.json")).arg("--out").arg(&out);
    let output = command.output().expect("surtax starts");
    assert!(!out.join("plan.json").exists(), "no run has begun");
    let made = |name: &str| bench.store().join(name).exists();
    assert!(!made("sysroots") && !made("blobs") && !made("logs"), "nothing was fetched or built");
    (bench, output)
}

/// Where a runner lies in a store.
fn runner(store: &Path) -> PathBuf {
    let key = |name: &str| Key::of("test", [("name", name)]).to_string();
    store.join("homes").join(key("home")).join(key("runner")).join("python3.11")
}

#[test]
fn a_store_at_another_path_than_the_plans_is_told_before_anything_is_built() {
    let (bench, output) = job(|plan, _| plan.subjects[2].executable = runner("/srv/the store".as_ref()));
    let (said, here) = (stderr(&output), bench.store().canonicalize().expect("there"));
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&format!("is of executables in a store at /srv/the store, and this store is {}", here.display())), "{said}");
    assert!(
        said.contains("hint: executables hold the store's path") && said.contains("SURTAX_HOME='/srv/the store' surtax matrix run --plan"),
        "{said}"
    );
}

#[test]
fn a_store_is_known_by_where_its_runners_lie() {
    let found = |path: &str| Store::root_of(path.as_ref()).map(Path::to_owned);
    let there = runner("/srv/store".as_ref());
    assert_eq!(Store::root_of(&there), Some("/srv/store".as_ref()));
    assert_eq!(Store::root_of(&there.join("bin")), None);
    assert_eq!(Store::root_of(there.parent().expect("a folder")), None);
    for path in ["/usr/bin/python3", "/python3", "python3", "", "/srv/homes/mine/python/python3.11", "/srv/store/sysroots/0/usr/bin"] {
        assert_eq!(found(path), None, "{path}");
    }
}

#[test]
fn what_other_compilers_cannot_make_again_is_told_before_anything_is_built() {
    let (bench, output) = job(|plan, environment| {
        environment.toolchain.insert("rustc".into(), "rustc 1.0.0".into());
        plan.subjects[2].executable = "/nowhere/python3.11".into();
        plan.subjects[0].sha256 = Sha256::of(b"another");
    });
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    let baseline = bench.run().plan().expect("valid").subjects[0].executable.clone();
    assert!(said.contains(&format!("python3: {} is another file", baseline.display())), "{said}");
    assert!(said.contains("static-nonpic: /nowhere/python3.11 is not here") && !said.contains("python3-again"), "{said}");
    assert!(said.contains("rustc 1.0.0 where it was planned") && !said.contains("gcc:"), "{said}");
    assert!(said.contains("surtax bundle export where the plan was made"), "{said}");
}

#[test]
fn what_a_second_build_repeats_need_not_come_along() {
    for (stock, pgo, lto, repeated) in [
        ("static-nonpic-nopgo", false, "none", true),
        ("static-nonpic-nopgo", true, "none", false),
        ("static-nonpic-nopgo", false, "full", false),
        ("static-nonpic-pgo", false, "none", false),
        ("static-nonpic-nopgo-lto", false, "none", false),
    ] {
        let (_, output) = job(|plan, _| {
            plan.groups = vec![compiled("mine")];
            plan.groups[0].cpython.as_mut().expect("from source").stock = stock.into();
            plan.subjects.iter_mut().for_each(|subject| subject.group = Some("mine".into()));
            let (code_model, linkage) = ("non-pic".into(), "static".into());
            plan.subjects[2].factors = Some(Factors { code_model, linkage, pgo, lto: lto.into(), interposition: false, replicate: 1 });
            plan.subjects[2].executable = "/nowhere/python3.13".into();
        });
        let said = stderr(&output);
        // Built it would be, were there such a recipe.
        let (code, expected) = if repeated { (2, "there is no recipe `mine`") } else { (4, "/nowhere/python3.13 is not here") };
        assert!(output.status.code() == Some(code) && said.contains(expected), "{stock} {pgo} {lto}: {said}");
    }
}
