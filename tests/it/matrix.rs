//! Planning: what is measured, with which commands, in which order.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::Path;

use proptest::prelude::*;
use surtax::digest::Sha256;
use surtax::error::{Exit, Explain as _};
use surtax::matrix::{Benchmark, MatrixError, Selection, Setting, check_names, commands, missing, plan, schedule};
use surtax::process::subject_environment;
use surtax::run::{Clock, GroupPlan, Outcome, Phase, Plan, Role, SCHEMA, Sample, SubjectPlan};

pub(crate) fn subject(name: &str, role: Role) -> SubjectPlan {
    SubjectPlan {
        name: name.to_owned(),
        group: None,
        role,
        executable: Path::new("/subjects").join(name),
        sha256: Sha256::of(name.as_bytes()),
        size_bytes: 1,
        description: String::new(),
        factors: None,
    }
}

pub(crate) fn setting() -> Setting {
    Setting {
        groups: Vec::new(),
        reference: None,
        created: "2026-11-21T12:00:00Z".to_owned(),
        release: "bookworm".to_owned(),
        python: "3.11".to_owned(),
        lock_sha256: None,
        benchmarks_digest: "0".to_owned(),
        cpu: None,
        counters: None,
        subjects: vec![
            subject("python3", Role::Baseline),
            subject("python3-again", Role::Control),
            subject("static-nonpic", Role::Runner),
            subject("shared", Role::Runner),
        ],
    }
}

/// Two releases of two runners each, and the host's own python3.
pub(crate) fn groups() -> Setting {
    let mut setting = Setting { subjects: Vec::new(), ..setting() };
    for (name, release, python) in [("debian-13", "trixie", "3.13.5"), ("debian-12", "bookworm", "3.11.2")] {
        setting.groups.push(GroupPlan {
            name: name.into(),
            release: release.into(),
            python: python.into(),
            lock: None,
            lock_sha256: None,
            recipe: None,
            hacl: None,
            cpython: None,
        });
        let members =
            [("python3", Role::Baseline), ("python3-again", Role::Control), ("static-nonpic", Role::Runner), ("shared", Role::Runner)];
        setting.subjects.extend(members.map(|(short, role)| in_group(&format!("{name}/{short}"), role, Some(name))));
    }
    setting.subjects.push(in_group(SubjectPlan::HOST_PYTHON, Role::Guest, None));
    setting
}

fn in_group(name: &str, role: Role, group: Option<&str>) -> SubjectPlan {
    SubjectPlan { group: group.map(str::to_owned), ..subject(name, role) }
}

pub(crate) fn select(only: &[&str]) -> Selection {
    Selection { only: only.iter().map(|&item| item.to_owned()).collect(), ..Selection::all(7) }
}

/// The line of the journal that a visit leaves if all goes well.
pub(crate) fn sample(plan: &Plan, benchmark: usize, phase: Phase, round: u32, position: u32, subject: usize) -> Sample {
    Sample {
        schema: SCHEMA,
        benchmark: plan.benchmarks[benchmark].name.clone(),
        size: plan.benchmarks[benchmark].size,
        phase,
        round,
        position,
        subject: plan.subjects[subject].name.clone(),
        outcome: Outcome::Ok,
        value_ns: Some(1),
        wall_ns: 1,
        user_ns: 1,
        system_ns: 0,
        peak_memory_bytes: 1,
        answer: None,
        reason: None,
        counters: None,
        kernels: None,
        machine: None,
    }
}

fn labels(selection: &Selection) -> Vec<String> {
    selection.benchmarks().unwrap().iter().map(surtax::run::BenchmarkPlan::label).collect()
}

#[test]
fn the_default_matrix_is_the_experiments() {
    let plan = plan(&Selection::all(1), setting()).unwrap();
    assert_eq!((plan.warmup, plan.rounds), (3, 15));
    let labels: Vec<String> = plan.benchmarks.iter().map(surtax::run::BenchmarkPlan::label).collect();
    assert_eq!(
        labels,
        [
            "pure_int_loop/3000000",
            "dynamic/1000000",
            "amortised/100",
            "amortised/1000",
            "amortised/10000",
            "amortised/100000",
            "amortised/1000000",
            "startup",
            "startup_isolated",
            "cells/20"
        ]
    );
    let in_process: Vec<&str> =
        plan.benchmarks.iter().filter(|benchmark| benchmark.clock == Clock::InProcess).map(|benchmark| benchmark.name.as_str()).collect();
    assert_eq!(in_process, ["pure_int_loop", "dynamic"]);
}

#[test]
fn quick_is_smaller_in_every_way_but_the_benchmarks() {
    let selection = Selection { quick: true, ..Selection::all(1) };
    let plan = plan(&selection, setting()).unwrap();
    assert_eq!((plan.warmup, plan.rounds), (1, 12));
    assert_eq!(
        labels(&selection),
        [
            "pure_int_loop/300000",
            "dynamic/100000",
            "amortised/100",
            "amortised/1000",
            "amortised/10000",
            "startup",
            "startup_isolated",
            "cells/5"
        ]
    );
}

#[test]
fn opcode_kernels_are_measured_when_they_are_asked_for() {
    assert!(!labels(&Selection::all(1)).contains(&"opcodes".to_owned()));
    let beside = labels(&Selection { opcodes: true, ..Selection::all(1) });
    assert_eq!(beside.last().map(String::as_str), Some("opcodes"));
    assert_eq!(beside.len(), labels(&Selection::all(1)).len() + 1);
    assert_eq!(labels(&Selection { opcodes: true, ..select(&["startup"]) }), ["startup", "opcodes"]);
    assert_eq!(labels(&Selection { opcodes: true, ..select(&["opcodes"]) }), ["opcodes"]);
    assert!(matches!(select(&["opcodes/3"]).benchmarks(), Err(MatrixError::NoSizes(_))));
}

/// Kernels are corrected among themselves, so that they need rounds of their own and take none from the benchmarks.
#[test]
fn opcode_kernels_have_rounds_enough_to_decide() {
    let counts = |selection: Selection| {
        let plan = plan(&selection, setting()).unwrap();
        (plan.rounds, plan.comparisons(), plan.kernel_comparisons(Benchmark::KERNELS))
    };
    let kernels = 3 * Benchmark::KERNELS;
    assert_eq!(counts(select(&["opcodes"])), (30, 3, kernels));
    let enough = u32::try_from(surtax::stats::rounds_needed(kernels)).unwrap();
    assert!(enough > 12);
    assert_eq!(counts(Selection { quick: true, ..select(&["opcodes", "startup"]) }), (enough, 6, kernels));
    assert_eq!(counts(Selection { quick: true, rounds: Some(2), ..select(&["opcodes"]) }), (2, 3, kernels), "what is asked for is done");
    assert_eq!(counts(select(&["startup"])), (15, 3, 0));
    // Their sum speaks of no program.
    let plan = plan(&select(&["opcodes", "startup"]), setting()).unwrap();
    assert_eq!(plan.headlines(), [0]);
    assert_eq!(plan.benchmarks[0].name, "startup");
}

#[test]
fn only_takes_names_and_sizes_each_once_in_the_reports_order() {
    assert_eq!(
        labels(&select(&["startup", "dynamic/500", "dynamic", "dynamic/500", "amortised/1000"])),
        ["dynamic/500", "dynamic/1000000", "amortised/1000", "startup"]
    );
}

#[test]
fn an_unknown_benchmark_is_answered_with_those_that_exist() {
    let error = select(&["dynamics"]).benchmarks().unwrap_err();
    assert_eq!(error.exit(), Exit::Usage);
    insta::assert_snapshot!(
        error,
        @"no benchmark is named `dynamics`; there are `pure_int_loop`, `dynamic`, `amortised`, `startup`, `startup_isolated`, `cells`, `opcodes`"
    );
    assert_eq!(error.hint().as_deref(), Some("did you mean `dynamic`?"));
    assert_eq!(select(&["xyz"]).benchmarks().unwrap_err().hint(), None);
}

#[test]
fn sizes_are_whole_numbers_where_there_are_any() {
    for item in ["dynamic/0", "dynamic/-1", "dynamic/1e6", "dynamic/", "dynamic/1/2", "dynamic/99999999999999999999"] {
        let error = select(&[item]).benchmarks().unwrap_err();
        assert!(matches!(error, MatrixError::BadSize { .. }), "{item}: {error}");
    }
    let error = select(&["startup/3"]).benchmarks().unwrap_err();
    assert_eq!(error.to_string(), "the benchmark `startup` has no sizes");
    assert_eq!(error.hint().as_deref(), Some("ask for it without one: --only startup"));
}

#[test]
fn counts_that_measure_nothing_are_refused() {
    let refused = |selection: Selection| plan(&selection, setting()).unwrap_err();
    assert_eq!(refused(Selection { rounds: Some(0), ..Selection::all(1) }), MatrixError::NoRounds);
    for seconds in [0.0, -1.0, f64::INFINITY] {
        assert_eq!(refused(Selection { timeout_seconds: Some(seconds), ..Selection::all(1) }), MatrixError::BadTimeout(seconds));
    }
    let headless = Setting { subjects: setting().subjects.split_off(1), ..setting() };
    assert_eq!(plan(&Selection::all(1), headless).unwrap_err(), MatrixError::NoBaseline);
    let mut twice = setting();
    twice.subjects.push(subject("shared", Role::Runner));
    assert_eq!(plan(&Selection::all(1), twice).unwrap_err(), MatrixError::TwiceTheSubject("shared".into()));
}

#[test]
fn several_groups_are_relative_to_the_first_ones_python3_unless_another_is_named() {
    let reference = |wanted: Option<&str>| {
        let setting = Setting { reference: wanted.map(str::to_owned), ..groups() };
        plan(&Selection::all(1), setting).map(|plan| plan.reference)
    };
    assert_eq!(reference(None).unwrap().as_deref(), Some("debian-13/python3"));
    assert_eq!(reference(Some("debian-12")).unwrap().as_deref(), Some("debian-12/python3"));
    assert_eq!(reference(Some("debian-12/python3")).unwrap().as_deref(), Some("debian-12/python3"));
    // Nothing can be relative to what is not a stock python3.
    for name in ["debian-12/shared", "debian-31", ""] {
        let known = vec!["debian-13".to_owned(), "debian-12".to_owned()];
        assert_eq!(reference(Some(name)).unwrap_err(), MatrixError::BadReference { name: name.into(), known });
    }
    let single = Setting { reference: Some("python3".into()), ..setting() };
    assert_eq!(plan(&Selection::all(1), single).unwrap().reference, None, "one group has nothing across");
}

#[test]
fn several_groups_have_the_rounds_that_their_comparisons_need() {
    let of = |quick, rounds| plan(&Selection { quick, rounds, ..Selection::all(1) }, groups()).unwrap();
    // 8 benchmarks; 3 subjects of each group and the guest within, 3 across.
    assert_eq!(of(true, None).comparisons(), 8 * (3 + 3 + 1 + 3));
    assert_eq!(of(true, None).rounds, 12);
    let mut many = groups();
    for index in 0..4 {
        many.subjects.push(in_group(&format!("debian-12/more-{index}"), Role::Runner, Some("debian-12")));
    }
    let plan = plan(&Selection { quick: true, ..Selection::all(1) }, many).unwrap();
    assert_eq!((plan.comparisons(), plan.rounds), (8 * 18, 13), "with 12, no result of 144 comparisons could count");
    assert_eq!(of(true, Some(5)).rounds, 5, "what the person says holds");
}

#[test]
fn names_are_checked_before_anything_is_fetched() {
    let check = |groups: &[&str], reference| {
        let groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
        check_names(&groups, reference, "python3")
    };
    let two = ["debian-13", "debian-12"];
    for reference in [None, Some("debian-12"), Some("debian-13/python3")] {
        check(&two, reference).unwrap();
    }
    assert_eq!(check(&["debian-13", "debian-12", "debian-13"], None), Err(MatrixError::TwiceTheGroup("debian-13".into())));
    for reference in ["debian-12/shared", "debian-1", "python3"] {
        let error = check(&two, Some(reference)).unwrap_err();
        assert!(matches!(&error, MatrixError::BadReference { name, .. } if name == reference), "{error}");
    }
    assert_eq!(check(&two, Some("debain-12")).unwrap_err().hint().as_deref(), Some("did you mean `debian-12`?"));
}

#[test]
fn every_group_begins_with_its_own_python3() {
    let refused = |change: &dyn Fn(&mut Setting)| {
        let mut setting = groups();
        change(&mut setting);
        plan(&Selection::all(1), setting).unwrap_err()
    };
    let headless = MatrixError::BaselineOfGroup { group: "debian-12".into() };
    assert_eq!(refused(&|setting| drop(setting.subjects.remove(4))), headless);
    assert_eq!(refused(&|setting| setting.subjects.swap(4, 6)), headless);
    assert_eq!(refused(&|setting| setting.subjects[6].role = Role::Baseline), headless);
    assert_eq!(
        refused(&|setting| setting.subjects[7].group = Some("debian-11".into())),
        MatrixError::UnknownGroup { subject: "debian-12/shared".into(), group: "debian-11".into() }
    );
    assert_eq!(
        refused(&|setting| setting.subjects[7].group = None),
        MatrixError::UnknownGroup { subject: "debian-12/shared".into(), group: String::new() }
    );
    assert_eq!(refused(&|setting| setting.groups[1].name = "debian-13".into()), MatrixError::TwiceTheGroup("debian-13".into()));
    let twice = refused(&|setting| setting.subjects.push(in_group("host-python3", Role::Guest, None)));
    assert_eq!(twice, MatrixError::TwiceTheSubject("host-python3".into()));
}

#[test]
fn each_subject_is_held_against_its_own_groups_python3() {
    let plan = plan(&Selection::all(1), groups()).unwrap();
    let baseline = |name: &str| plan.baseline_of(plan.subject(name).unwrap()).map(|subject| subject.name.as_str());
    assert_eq!(baseline("debian-12/shared"), Some("debian-12/python3"));
    assert_eq!(baseline("debian-13/python3-again"), Some("debian-13/python3"));
    assert_eq!(baseline("host-python3"), Some("debian-13/python3"), "what is of no group is held against the reference");
    let orders = schedule(&plan);
    assert!(orders.iter().all(|round| round.order.len() == 9), "a round visits the subjects of all groups");
}

#[test]
fn each_visit_runs_what_it_compares() {
    let mut shown = String::new();
    for benchmark in Benchmark::ALL {
        for subject in [
            subject("python3", Role::Baseline),
            subject("python3-again", Role::Control),
            subject("shared", Role::Runner),
            subject("mine", Role::Guest),
        ] {
            let size = benchmark.has_sizes().then_some(2);
            for line in commands(benchmark, size, &subject, Path::new("/b"), 77) {
                let arguments: Vec<_> = line.arguments.iter().map(|argument| argument.to_string_lossy()).collect();
                shown += &format!("{}: {} {}\n", benchmark.name(), subject.name, arguments.join(" "));
                assert_eq!(line.program, subject.executable);
            }
        }
    }
    insta::assert_snapshot!(shown, @"
    pure_int_loop: python3 /b/driver.py pure_int_loop 2
    pure_int_loop: python3-again /b/driver.py pure_int_loop 2
    pure_int_loop: shared /b/driver.py pure_int_loop 2
    pure_int_loop: mine /b/driver.py pure_int_loop 2
    dynamic: python3 /b/driver.py dynamic 2
    dynamic: python3-again /b/driver.py dynamic 2
    dynamic: shared /b/driver.py dynamic 2
    dynamic: mine /b/driver.py dynamic 2
    amortised: python3 /b/driver.py dynamic 2
    amortised: python3-again /b/driver.py dynamic 2
    amortised: shared --surtax-embed /b/driver.py dynamic 2
    amortised: mine /b/driver.py dynamic 2
    startup: python3 /b/empty.py
    startup: python3-again /b/empty.py
    startup: shared /b/empty.py
    startup: mine /b/empty.py
    startup_isolated: python3 -I -S -X utf8 /b/empty.py
    startup_isolated: python3-again -I -S -X utf8 /b/empty.py
    startup_isolated: shared --surtax-embed /b/empty.py
    startup_isolated: mine -I -S -X utf8 /b/empty.py
    cells: python3 /b/cells.py 0 1
    cells: python3 /b/cells.py 1 1
    cells: python3-again /b/cells.py 0 1
    cells: python3-again /b/cells.py 1 1
    cells: shared --surtax-embed /b/cells.py 0 2
    cells: mine /b/cells.py 0 1
    cells: mine /b/cells.py 1 1
    opcodes: python3 /b/opcodes/kernels.py 77
    opcodes: python3-again /b/opcodes/kernels.py 77
    opcodes: shared /b/opcodes/kernels.py 77
    opcodes: mine /b/opcodes/kernels.py 77
    ");
}

#[test]
fn every_environment_is_equally_long() {
    let length = |seed| subject_environment(seed).iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    assert_eq!(length(1), length(u32::MAX));
    let (_, hash_seed) = subject_environment(42).pop().unwrap();
    assert_eq!(hash_seed, "0000000042");
    assert!(subject_environment(1).iter().all(|(name, _)| !OsStr::new(name).is_empty()));
}

fn plan_of(subjects: usize, warmup: u32, rounds: u32, seed: u64) -> Plan {
    let names: Vec<String> = (0..subjects).map(|index| format!("subject-{index}")).collect();
    let role = |index| if index == 0 { Role::Baseline } else { Role::Runner };
    let subjects = names.iter().enumerate().map(|(index, name)| subject(name, role(index))).collect();
    let selection = Selection { warmup: Some(warmup), rounds: Some(rounds), quick: true, ..Selection::all(seed) };
    plan(&selection, Setting { subjects, ..setting() }).unwrap()
}

#[test]
fn the_order_of_one_seed_is_known() {
    let plan = plan_of(4, 0, 3, 7);
    let orders: Vec<String> =
        schedule(&plan).iter().filter(|round| round.benchmark == 0).map(|round| format!("{:?} {}", round.order, round.hash_seed)).collect();
    // A change here would change what `--seed` and `--resume` mean.
    assert_eq!(orders, ["[3, 1, 2, 0] 2336708411", "[3, 0, 1, 2] 758135766", "[3, 1, 2, 0] 2276815156"]);
}

#[test]
fn what_else_is_measured_changes_no_round() {
    let only = |items: &[&str]| plan(&select(items), setting()).unwrap();
    let orders = |plan: &Plan| -> Vec<_> {
        let of = plan.benchmarks.iter().position(|benchmark| benchmark.name == "startup").unwrap();
        schedule(plan).into_iter().filter(|round| round.benchmark == of).map(|round| (round.number, round.order, round.hash_seed)).collect()
    };
    assert_eq!(orders(&only(&["startup"])), orders(&only(&[])));
}

#[test]
fn every_place_in_a_round_is_taken_by_every_subject() {
    let plan = plan_of(4, 0, 200, 3);
    let mut seen = [[0_u32; 4]; 4];
    for round in schedule(&plan) {
        round.order.iter().enumerate().for_each(|(position, &subject)| seen[position][subject] += 1);
    }
    // 8 benchmarks × 200 rounds, so 400 expected in each place; five standard deviations are 87.
    assert!(seen.iter().flatten().all(|&count| (313..=487).contains(&count)), "{seen:?}");
}

proptest! {
    #[test]
    fn each_round_holds_each_subject_once(subjects in 1_usize..7, warmup in 0_u32..4, rounds in 1_u32..6, seed: u64) {
        let plan = plan_of(subjects, warmup, rounds, seed);
        let all = schedule(&plan);
        prop_assert_eq!(all.len(), plan.benchmarks.len() * (warmup + rounds) as usize);
        let mut keys = HashSet::new();
        for round in &all {
            let mut order = round.order.clone();
            order.sort_unstable();
            prop_assert_eq!(order, (0..subjects).collect::<Vec<_>>());
            prop_assert!(keys.insert((round.benchmark, round.phase, round.number)));
            prop_assert!(round.hash_seed > 0);
        }
        let measured = all.iter().position(|round| round.phase == Phase::Measured).unwrap();
        prop_assert!(all[measured..].iter().all(|round| round.phase == Phase::Measured));
        let numbers: Vec<u32> = all[measured..].iter().map(|round| round.number).collect();
        prop_assert!(numbers.is_sorted());
    }

    #[test]
    fn the_same_seed_gives_the_same_schedule(seed: u64) {
        prop_assert_eq!(schedule(&plan_of(4, 1, 3, seed)), schedule(&plan_of(4, 1, 3, seed)));
        prop_assert_ne!(schedule(&plan_of(4, 1, 3, seed)), schedule(&plan_of(4, 1, 3, seed.wrapping_add(1))));
    }

    #[test]
    fn a_resumed_run_does_exactly_what_is_missing(stop in 0_usize..200, seed: u64) {
        let plan = plan_of(4, 1, 4, seed);
        let all = schedule(&plan);
        let visits: Vec<Sample> = all
            .iter()
            .flat_map(|round| round.order.iter().enumerate().map(move |(position, &subject)| (round, position, subject)))
            .map(|(round, position, subject)| sample(&plan, round.benchmark, round.phase, round.number, position as u32, subject))
            .collect();
        let done = stop.min(visits.len());
        // A round that was broken off is measured again as a whole.
        prop_assert_eq!(missing(&plan, &visits[..done]), all[done / 4..].to_vec());
    }
}
