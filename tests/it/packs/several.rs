//! What a benchmark needs beside the pack: asked of pip once, for each group's Python.

use std::path::Path;

use surtax::matrix::packed_commands;
use surtax::pack::{Access, PackError};
use surtax::run::{Role, SubjectPlan};

use super::world::PackWorld;
use super::{PROGRAMS, plan_of};
use crate::matrix::subject;
use crate::needs;
use crate::world::Said;

const GROUPS: [(&str, u16); 3] = [("old", 11), ("new", 13), ("old-again", 11)];

#[test]
fn each_groups_subjects_import_the_packages_of_their_own_python() {
    let Some(python) = needs::python3() else { return };
    let (world, said) = (PackWorld::new(), Said::default());
    let files = ["3.11", "3.13"].map(|python| world.publish(python, &format!("PYTHON = '{python}'\n")));
    let pack = world.obtain().unwrap();
    let (plan, benchmarks) = plan_of(&world.access(), &pack, "pyperformance=needy,quick", &GROUPS, python, &said).unwrap();
    assert_eq!(benchmarks.len(), 2, "{}", said.text());
    let needy = plan.benchmarks.iter().find(|benchmark| benchmark.listed_as == "needy").unwrap();
    let said_of = |group: &str| {
        let subject = SubjectPlan { group: Some(group.into()), executable: python.to_owned(), ..subject("python3", Role::Baseline) };
        let [line] = &packed_commands(&plan, needy, 1, &subject, Path::new(PROGRAMS))[..] else { panic!("one process") };
        let output = surtax::process::Job::new(&line.program).args(&line.arguments).env("PATH", "/usr/bin:/bin").run().unwrap();
        if output.status.success() { "fits".to_owned() } else { output.stderr_text() }
    };
    assert_eq!(GROUPS.map(|(group, _)| said_of(group)), ["fits", "packages for 3.13\n", "fits"]);
    let packages: Vec<(&str, Option<&str>)> = plan
        .packages
        .iter()
        .filter(|package| package.needed_by.is_some())
        .map(|package| (package.file.as_str(), package.python.as_deref()))
        .collect();
    assert_eq!(packages, [(files[0].as_str(), Some("3.11")), (files[1].as_str(), Some("3.13"))]);
}

#[test]
fn of_one_python_the_plan_names_none() {
    let Some(python) = needs::python3() else { return };
    let world = PackWorld::new();
    world.publish("3.11", "PYTHON = '3.11'\n");
    let pack = world.obtain().unwrap();
    let (plan, _) = plan_of(&world.access(), &pack, "pyperformance=needy", &[GROUPS[0], GROUPS[2]], python, &Said::default()).unwrap();
    assert!(plan.packages.iter().all(|package| package.python.is_none()));
    assert!(plan.benchmarks.iter().all(|benchmark| benchmark.packages.is_some() && benchmark.group_packages.is_empty()));
}

#[test]
fn what_pip_said_once_is_remembered_until_it_is_asked_anew() {
    let Some(python) = needs::python3() else { return };
    let world = PackWorld::new();
    world.publish("3.11", "PYTHON = '3.11'\n");
    let pack = world.obtain().unwrap();
    let plan = |access: &Access<'_>| plan_of(access, &pack, "pyperformance=needy", &GROUPS[..1], python, &Said::default());
    let first = plan(&world.access()).unwrap().0;
    let asked = world.asked();
    assert!(
        asked.len() == 1 && asked[0].contains("--only-binary=:all: --python-version 3.11 --implementation cp --platform manylinux"),
        "{asked:?}"
    );
    for access in [world.access(), Access { offline: true, ..world.access() }] {
        assert_eq!(plan(&access).unwrap().0.packages, first.packages);
    }
    assert_eq!(world.asked(), Vec::<String>::new());
    // The same name, another content.
    world.publish("3.11", "PYTHON = '3.11' # later\n");
    let later = plan(&Access { refresh: true, ..world.access() }).unwrap().0;
    assert!(world.asked().len() == 1 && later.packages[2].sha256 != first.packages[2].sha256, "{later:?}");
    // Of what was remembered, one file is damaged.
    surtax::fs::write_atomic(&world.store.blob(&later.packages[2].sha256.into()), b"damaged").unwrap();
    assert_eq!(plan(&world.access()).unwrap().0.packages, later.packages);
    assert_eq!(world.asked().len(), 1);
}

#[test]
fn what_one_groups_python_lacks_is_left_out_for_all() {
    let Some(python) = needs::python3() else { return };
    let (world, said) = (PackWorld::new(), Said::default());
    world.publish("3.11", "PYTHON = '3.11'\n");
    let pack = world.obtain().unwrap();
    let planned = plan_of(&world.access(), &pack, "pyperformance=needy,future", &GROUPS, python, &said);
    let Err(PackError::NothingToMeasure { reasons }) = planned else { panic!("{planned:?}") };
    insta::assert_snapshot!(reasons.join("\n"), @r"
    pyperformance/future: needs Python 3.99 or later, and 3.11 takes part
    pyperformance/needy: pip could not fetch what it needs for Python 3.13: No matching distribution found for something==1.0
    ");
    assert!(said.text().contains("warning: pyperformance/needy is left out"), "{}", said.text());
}
