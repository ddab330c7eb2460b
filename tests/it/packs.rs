//! Packs of other people's benchmarks: from wheels in the store to a plan, to visits, to the report.

mod carried;
mod several;
mod world;

use std::path::Path;

use surtax::error::{Exit, Explain as _};
use surtax::matrix::{self, Benchmark, Selection, Setting};
use surtax::measure::{Processes, measure};
use surtax::pack::{self, Access, Calibration, Pack, PackChoice, PackError};
use surtax::recipe::PythonVersion;
use surtax::run::{BenchmarkPlan, Folder, Outcome, PackPlan, Role, SubjectPlan};
use surtax::ui::Silent;

use crate::matrix::{setting, subject};
use crate::needs;
use crate::world::Said;
use world::PackWorld;

const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benchmarks");

fn choice(text: &str) -> PackChoice {
    text.parse().expect("a pack")
}

fn plan(world: &PackWorld, pack: &Pack, what: &str, python: &Path, said: &Said) -> Result<(PackPlan, Vec<BenchmarkPlan>), PackError> {
    let access = Access { offline: true, ..world.access() };
    plan_of(&access, pack, what, &[("host", 11)], python, said)
}

/// `groups`: the name and the minor version of each one's Python.
fn plan_of(
    access: &Access<'_>,
    pack: &Pack,
    what: &str,
    groups: &[(&str, u16)],
    python: &Path,
    said: &Said,
) -> Result<(PackPlan, Vec<BenchmarkPlan>), PackError> {
    let groups: Vec<(String, PythonVersion)> =
        groups.iter().map(|(name, minor)| ((*name).to_owned(), PythonVersion::new(3, *minor))).collect();
    let calibration = Calibration { access, baseline: python, groups: &groups, programs: Path::new(PROGRAMS), quick: true };
    pack::plan(pack, &choice(what), &calibration, said)
}

#[test]
fn a_pack_is_pinned_by_hash_to_one_release() {
    let requirements: Vec<String> = pack::pins().into_iter().map(|pin| pin.requirement).collect();
    assert_eq!(requirements, ["pyperf==2.10.0", "pyperformance==1.14.0"]);
}

#[test]
fn what_is_asked_for_is_a_pack_of_that_name_with_or_without_benchmarks() {
    assert_eq!(choice("pyperformance").which, pack::Which::Usual);
    assert_eq!(choice("pyperformance=all").which, pack::Which::All);
    assert_eq!(choice("pyperformance=go, richards").which, pack::Which::Named(vec!["go".into(), "richards".into()]));
    for bad in ["pyperf", "pyperformance=", "pyperformance=go,,richards", ""] {
        assert!(bad.parse::<PackChoice>().is_err(), "{bad}");
    }
}

#[test]
fn each_benchmark_gets_the_loops_that_pyperf_comes_to_and_what_cannot_be_measured_is_named() {
    let Some(python) = needs::python3() else { return };
    let (world, said) = (PackWorld::new(), Said::default());
    let pack = world.obtain().expect("its wheels are in the store");
    let (plan, benchmarks) = plan(&world, &pack, "pyperformance=all", python, &said).expect("some can be measured");
    let names: Vec<&str> = benchmarks.iter().map(|benchmark| benchmark.name.as_str()).collect();
    let (first, second) = ("pyperformance/several_first", "pyperformance/several_second");
    assert_eq!(names, ["pyperformance/quick", "pyperformance/quick_variant", first, second, "pyperformance/moody"]);
    assert!(benchmarks.iter().all(|benchmark| benchmark.size.is_some_and(|loops| loops >= 1 && loops.is_power_of_two())), "{benchmarks:?}");
    assert_eq!((plan.benchmarks[3].task, plan.benchmarks[3].listed_as.as_str()), (1, "several"));
    assert_eq!(plan.benchmarks[1].arguments, ["--variant"]);
    let left: Vec<String> = plan.left_out.iter().map(|left| format!("{}: {}", left.name, left.reason)).collect();
    insta::assert_snapshot!(left.join("\n"), @"
    pyperformance/broken: exited with code 3: no such thing here
    pyperformance/future: needs Python 3.99 or later
    pyperformance/needy: needs other packages, which the store lacks, and nothing is fetched with --offline
    pyperformance/silent: it gave no value
    ");
    assert!(said.text().contains("warning: pyperformance/broken is left out"), "{}", said.text());
    assert_eq!(
        plan.packages.iter().map(|package| package.file.as_str()).collect::<Vec<_>>(),
        ["pyperf-0.1-py3-none-any.whl", "pyperformance-0.2-py3-none-any.whl"]
    );
    assert!(!plan.folder.join("pyperformance/cli.py").exists(), "what nobody needs is not unpacked");
}

#[test]
fn a_name_that_the_pack_lacks_and_a_pack_of_nothing_are_told() {
    let Some(python) = needs::python3() else { return };
    let world = PackWorld::new();
    let pack = world.obtain().unwrap();
    let error = pack::check(&pack, &choice("pyperformance=quik")).unwrap_err();
    assert_eq!((error.exit(), error.hint().as_deref()), (Exit::Usage, Some("did you mean `quick`?")));
    let error = plan(&world, &pack, "pyperformance=broken,future", python, &Said::default()).unwrap_err();
    assert_eq!(error.exit(), Exit::Incomplete);
    assert!(error.to_string().contains("pyperformance/broken: exited with code 3"), "{error}");
}

#[test]
fn a_damaged_wheel_is_never_unpacked() {
    let world = PackWorld::new();
    world.damage();
    let error = world.obtain().unwrap_err();
    assert_eq!(error.exit(), Exit::Fetch);
    assert_eq!(error.to_string(), "the pack is not in the store");
    assert!(!world.store.root().join("packs").exists());
}

#[test]
fn a_wheel_that_leads_outside_is_refused() {
    let world = PackWorld::with(&[("../../escape.py", "")]);
    let error = world.obtain().unwrap_err();
    assert!(error.to_string().contains("leads outside"), "{error}");
}

#[test]
fn visits_of_a_pack_are_journalled_resumed_and_fail_as_rows() {
    let Some(python) = needs::python3() else { return };
    let world = PackWorld::new();
    let pack = world.obtain().unwrap();
    let packed = plan(&world, &pack, "pyperformance=quick,moody,several", python, &Said::default()).unwrap();
    let of = |name: &str, role| SubjectPlan { executable: python.to_owned(), ..subject(name, role) };
    let subjects = vec![of("python3", Role::Baseline), of("python3-again", Role::Control)];
    let selection = Selection { rounds: Some(2), warmup: Some(0), pack: true, ..Selection::all(7) };
    let plan = matrix::plan(&selection, Setting { subjects, packs: vec![packed], ..setting() }).unwrap();
    assert!(plan.benchmarks.iter().all(|benchmark| Benchmark::named(&benchmark.name) == Some(Benchmark::Packed)), "surtax's own stay out");
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::create(&place.path().join("run")).unwrap();
    folder.write_plan(&plan).unwrap();
    assert_eq!(folder.plan().unwrap(), plan, "the plan is read as it was written");
    let mut processes = Processes::new(None, env!("CARGO_BIN_EXE_surtax"));
    let measured = measure(&plan, &folder, Path::new(PROGRAMS), &mut processes, &Silent).unwrap();
    assert_eq!((measured.visits, measured.failed), (16, 4), "4 benchmarks, 2 subjects, 2 rounds; the moody one never works when it counts");
    let samples = folder.samples().unwrap();
    for sample in &samples {
        let moody = sample.benchmark == "pyperformance/moody";
        assert_eq!(sample.outcome == Outcome::Failed, moody, "{sample:?}");
        // The whole process holds all loops.
        assert!(moody || sample.value_ns.is_some_and(|ns| ns > 0 && ns < sample.wall_ns), "{sample:?}");
        assert_eq!(sample.answer, None, "a pack checks no answers");
    }
    let reason = samples.iter().find_map(|sample| sample.reason.clone()).unwrap();
    assert!(reason.contains("not while it counts"), "{reason}");
    assert_eq!(measure(&plan, &folder, Path::new(PROGRAMS), &mut processes, &Silent).unwrap().visits, 0, "nothing is measured twice");
}

#[test]
fn a_plan_that_does_not_say_how_a_packs_benchmark_starts_is_refused() {
    let mut plan = matrix::plan(&Selection { rounds: Some(1), ..Selection::all(7) }, setting()).unwrap();
    plan.benchmarks = vec![BenchmarkPlan { name: "pyperformance/richards".into(), size: Some(4), clock: Benchmark::Packed.clock() }];
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::create(&place.path().join("run")).unwrap();
    folder.write_plan(&plan).unwrap();
    let mut processes = Processes::new(None, env!("CARGO_BIN_EXE_surtax"));
    let error = measure(&plan, &folder, Path::new(PROGRAMS), &mut processes, &Silent).unwrap_err();
    assert_eq!(error.to_string(), "the plan does not say how `pyperformance/richards` is started");
}
