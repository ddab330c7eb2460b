//! A pack on another machine: by a bundle, without an index; or by pip, as the plan pins it.

use std::path::Path;

use surtax::bundle::{export, import};
use surtax::error::{Exit, Explain as _};
use surtax::matrix::{self, Selection, Setting};
use surtax::pack::{self, Access, PackError, Parts, Pip};
use surtax::recipe::PythonVersion;
use surtax::run::{GroupPlan, Plan, Role, SubjectPlan};
use surtax::store::Place;
use surtax::ui::Silent;

use super::world::PackWorld;
use super::{choice, plan_of};
use crate::matrix::{groups, setting, subject};
use crate::needs;
use crate::world::Said;

const GROUPS: [(&str, u16); 2] = [("old", 11), ("new", 13)];

/// One benchmark that needs nothing more, and one that needs other packages for each of two Pythons.
fn planned(world: &PackWorld, python: &Path) -> Plan {
    for python in ["3.11", "3.13"] {
        world.publish(python, &format!("PYTHON = '{python}'\n"));
    }
    let pack = world.obtain().expect("its wheels are in the store");
    let packed = plan_of(&world.access(), &pack, "pyperformance=quick,needy", &GROUPS, python, &Said::default()).expect("a plan");
    let group =
        |(name, minor): &(&str, u16)| GroupPlan { name: (*name).to_owned(), python: format!("3.{minor}.1"), ..groups().groups.remove(0) };
    let of = |(name, _): &(&str, u16)| SubjectPlan {
        group: Some((*name).to_owned()),
        executable: python.to_owned(),
        ..subject(&format!("{name}/python3"), Role::Baseline)
    };
    let selection = Selection { rounds: Some(2), warmup: Some(0), pack: true, ..Selection::all(7) };
    let subjects = GROUPS.iter().map(of).collect();
    let setting = Setting { groups: GROUPS.iter().map(group).collect(), subjects, packs: vec![packed], ..setting() };
    matrix::plan(&selection, setting).expect("a plan")
}

/// As `bundle export --pack` does.
fn places(world: &PackWorld) -> (Vec<Place>, Vec<String>) {
    let groups = GROUPS.map(|(name, minor)| (name.to_owned(), PythonVersion::new(3, minor)));
    let pack = world.obtain().expect("in the store");
    let parts = pack::parts(&pack, &choice("pyperformance=quick,needy,broken,future"), &world.access(), &groups, &Silent).expect("parts");
    let Parts { benchmarks, paths } = &parts;
    assert_eq!(parts.contents(), "pyperformance: quick, broken, needy");
    (paths.iter().map(|path| world.store.place(path).expect("a place")).collect(), benchmarks.clone())
}

#[test]
fn a_bundle_brings_a_pack_where_there_is_neither_index_nor_pip() {
    let Some(python) = needs::python3() else { return };
    let world = PackWorld::new();
    let plan = planned(&world, python);
    world.asked();
    let bundle = world.beside("pack.tar.zst");
    let export_now = || {
        let (places, subjects) = places(&world);
        export(&world.store, &places, subjects, &bundle, &Silent).expect("exported").sha256
    };
    let sha256 = export_now();
    assert_eq!(world.asked(), Vec::<String>::new(), "what was planned is bundled, not what pip would say now");
    // Four wheels, the folders of three, and what pip said for each Python.
    assert_eq!(places(&world).0.len(), 4 + 3 + 2);
    pack::prepare(&plan).expect("compiled");
    let compiled = |folder: &Path| std::fs::read_dir(folder.join("pyperf/__pycache__")).map_or(0, Iterator::count);
    let own = plan.packs[0].folder.clone();
    assert!(compiled(&own) > 0);
    assert_eq!(export_now(), sha256, "what it was compiled to is no part of it");

    world.empty();
    let error = pack::prepare(&plan).unwrap_err();
    assert!(error.to_string().contains("which the run's plan names, is not in the store"), "{error}");
    import(&world.store, &bundle, Some(sha256), &Silent).expect("imported");
    let nobody = Access { pip: Pip::at(Path::new("/nonexistent/pip")), ..world.access() };
    pack::provide(&nobody, &plan).expect("all is there");
    pack::prepare(&plan).expect("and compiled here");
    assert!(compiled(&own) > 0);
    // Also another plan of the same benchmarks, and without a network.
    let offline = Access { offline: true, ..nobody };
    let pack = world.obtain().expect("the wheels came along");
    let (again, _) = plan_of(&offline, &pack, "pyperformance=quick,needy", &GROUPS, python, &Said::default()).expect("planned anew");
    assert_eq!(again.packages, plan.packs[0].packages);
    let imported = import(&world.store, &bundle, Some(sha256), &Silent).expect("imported again");
    assert_eq!((imported.added, imported.replaced), (0, 0), "a job that is requeued imports it once more");
}

#[test]
fn without_a_bundle_pip_fetches_the_very_wheels_of_the_plan() {
    let Some(python) = needs::python3() else { return };
    let world = PackWorld::new();
    let mut plan = planned(&world, python);
    world.asked();
    std::fs::remove_dir_all(world.store.root().join("packs")).unwrap();
    pack::provide(&Access { offline: true, ..world.access() }, &plan).expect("the wheels are in the store");
    for benchmark in &plan.packs[0].benchmarks {
        assert!(
            GROUPS.iter().all(|(group, _)| benchmark.packages_of(Some(group)).is_none_or(|folder| folder.join("something.py").is_file()))
        );
    }
    assert!(!plan.packs[0].folder.join("pyperformance/cli.py").exists(), "what nobody needs is not unpacked");
    // Those of the pack itself stay; what one benchmark needs is another machine's.
    let forget = || {
        std::fs::remove_dir_all(world.store.root().join("packs")).unwrap();
        for package in plan.packs[0].packages.iter().filter(|package| package.needed_by.is_some()) {
            std::fs::remove_file(world.store.blob(&package.sha256.into())).unwrap();
        }
    };
    forget();
    let error = pack::provide(&Access { offline: true, ..world.access() }, &plan).unwrap_err();
    assert_eq!((error.exit(), matches!(error, PackError::NotInStore { .. })), (Exit::Fetch, true), "{error}");
    pack::provide(&world.access(), &plan).expect("fetched");
    let asked = world.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for (asked, python) in asked.iter().zip(["3.11", "3.13"]) {
        assert!(asked.contains(&format!("--no-deps --require-hashes --python-version {python} ")), "{asked}");
    }
    pack::prepare(&plan).expect("all is there");
    // The index has another file of that name by now.
    forget();
    world.publish("3.13", "PYTHON = 'changed'\n");
    let error = pack::provide(&world.access(), &plan).unwrap_err();
    assert!(matches!(error, PackError::WrongHash { .. }), "{error}");
    // A plan that was tampered with tells pip nothing but names.
    plan.packs[0].packages[2].file = "--index-url=http://localhost-1-py3-none-any.whl".into();
    forget_folders(&world, &plan);
    let error = pack::provide(&world.access(), &plan).unwrap_err();
    assert!(matches!(error, PackError::NoWheel { .. }), "{error}");
}

fn forget_folders(world: &PackWorld, plan: &Plan) {
    let _ = std::fs::remove_dir_all(world.store.root().join("packs"));
    let _ = std::fs::remove_file(world.store.blob(&plan.packs[0].packages[2].sha256.into()));
}

#[test]
fn a_shard_asks_for_what_it_measures_alone() {
    let Some(python) = needs::python3() else { return };
    let world = PackWorld::new();
    let mut plan = planned(&world, python);
    plan.benchmarks.retain(|benchmark| benchmark.name == "pyperformance/quick");
    std::fs::remove_dir_all(world.store.root().join("packs")).unwrap();
    pack::provide(&Access { offline: true, ..world.access() }, &plan).expect("the pack itself");
    pack::prepare(&plan).expect("all that is measured is there");
    assert_eq!(std::fs::read_dir(world.store.root().join("packs")).unwrap().count(), 1);
    plan.benchmarks.clear();
    world.empty();
    pack::provide(&Access { offline: true, ..world.access() }, &plan).expect("nothing is measured of it");
    pack::prepare(&plan).expect("nor compiled");
}
