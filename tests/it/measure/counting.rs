//! Counting: which visits are made under callgrind and when, what is made of their counts, and what a real callgrind counts.

use std::path::{Path, PathBuf};

use surtax::error::{Exit, Explain as _};
use surtax::matrix::{COUNTED_HASH_SEED, Selection, Setting, counted_size, missing, schedule};
use surtax::measure::{CounterChoice, CounterError, CountersAtHand, Executor, MeasureError, Processes, measure};
use surtax::process::{Event, Finished, NoCounters, ProcessError};
use surtax::run::{BenchmarkPlan, Clock, CounterPlan, Counters, Counting, Outcome, Phase, Role, Sample};
use surtax::ui::Silent;

use super::scripted::{Act, Fixture, Scripted, always, instructions};
use crate::matrix::{select, setting, subject};
use crate::needs;

fn by_callgrind(only: &[&str]) -> Fixture {
    let counters = Some(CounterPlan { how: Counting::Callgrind, reason: None });
    Fixture::of(&Selection { rounds: Some(2), warmup: Some(0), ..select(only) }, Setting { counters, ..setting() })
}

fn counted(fixture: &Fixture) -> Vec<Sample> {
    fixture.samples().into_iter().filter(|sample| sample.phase == Phase::Counted).collect()
}

#[test]
fn counted_rounds_come_last_in_the_order_of_the_plan() {
    let fixture = by_callgrind(&["pure_int_loop", "dynamic", "startup"]);
    let rounds = schedule(&fixture.plan);
    let (timed, last) = rounds.split_at(6);
    assert!(timed.iter().all(|round| round.phase == Phase::Measured));
    for (benchmark, round) in last.iter().enumerate() {
        assert_eq!((round.phase, round.benchmark, round.number, round.hash_seed), (Phase::Counted, benchmark, 0, COUNTED_HASH_SEED));
        assert_eq!(round.order, [0, 1, 2, 3]);
    }
    assert_eq!(last.len(), 3);
    let mut plan = fixture.plan.clone();
    plan.counters = Some(CounterPlan { how: Counting::Perf, reason: None });
    assert_eq!(schedule(&plan), timed, "the processor counts in every visit");
}

#[test]
fn a_counted_visit_has_a_count_and_no_time() {
    let fixture = by_callgrind(&["dynamic", "startup", "cells/3"]);
    let mut executor = Scripted::new(&always);
    let measured = fixture.measure(&mut executor).unwrap();
    assert_eq!((measured.visits, measured.failed), (3 * 3 * 4, 0));
    let samples = counted(&fixture);
    assert_eq!(samples.len(), 12);
    assert!(samples.iter().all(|sample| sample.value_ns.is_none() && sample.outcome == Outcome::Ok && sample.wall_ns > 0), "{samples:?}");
    let of =
        |benchmark: &str, subject: &str| samples.iter().find(|sample| sample.benchmark == benchmark && sample.subject == subject).unwrap();
    let count = |instructions, counted_size| Some(Counters { instructions: Some(instructions), counted_size, ..Counters::default() });
    // The workload alone, at a size that takes no minutes; the plan's size stays the visit's name.
    assert_eq!(of("dynamic", "shared").counters, count(instructions("shared"), Some(10_000)));
    assert_eq!((of("dynamic", "shared").size, of("dynamic", "shared").answer.as_deref()), (Some(1_000_000), Some("right at 10000")));
    // Whole processes, as many as there are.
    assert_eq!(of("startup", "shared").counters, count(7_000_000, None));
    assert_eq!(of("cells", "python3").counters, count(21_000_000, None));
    assert_eq!(of("cells", "shared").counters, count(7_000_000, None));
    assert!(executor.counted[..4].iter().all(|words| words[1..] == ["dynamic", "10000", "mark"]), "{:?}", executor.counted);
    // Nothing of it reaches the visits that are timed.
    assert!(fixture.samples().iter().filter(|sample| sample.phase != Phase::Counted).all(|sample| sample.counters.is_none()));
}

#[test]
fn a_counted_visit_has_a_limit_of_its_own() {
    let limits = |timeout_seconds: f64| {
        let mut fixture = by_callgrind(&["startup"]);
        fixture.plan.timeout_seconds = timeout_seconds;
        let mut executor = Scripted::new(&always);
        fixture.measure(&mut executor).unwrap();
        let seconds = |under_callgrind: bool| {
            let of_these = executor.limits.iter().filter(move |(under, _)| *under == under_callgrind);
            of_these.map(|(_, limit)| limit.as_secs()).collect::<std::collections::BTreeSet<u64>>()
        };
        (Vec::from_iter(seconds(false)), Vec::from_iter(seconds(true)))
    };
    assert_eq!(limits(5.0), (vec![5], vec![600]));
    assert_eq!(limits(300.0), (vec![300], vec![3000]));
}

#[test]
fn what_the_processor_counts_is_summed_over_a_visits_processes() {
    let counters = Some(CounterPlan { how: Counting::Perf, reason: None });
    let selection = Selection { rounds: Some(1), warmup: Some(0), ..select(&["cells/3"]) };
    let fixture = Fixture::of(&selection, Setting { counters, ..setting() });
    let mut executor = Scripted::new(&always);
    executor.perf = true;
    fixture.measure(&mut executor).unwrap();
    let counters = |subject: &str| fixture.of_subject(subject)[0].counters.unwrap();
    // Three processes on one side, one on the other; a sum without one of its parts is no sum.
    assert_eq!((counters("python3").instructions, counters("python3").cycles), (Some(3 * instructions("python3")), None));
    assert_eq!((counters("shared").instructions, counters("shared").cycles), (Some(instructions("shared")), Some(5)));
    assert!(fixture.samples().iter().all(|sample| sample.value_ns.is_some() && sample.phase != Phase::Counted));
}

#[test]
fn what_would_take_minutes_is_cut_or_left_out() {
    let size = |name: &str, size: u64, clock| counted_size(&BenchmarkPlan { name: name.into(), size: Some(size), clock });
    assert_eq!(size("pure_int_loop", 3_000_000, Clock::InProcess), Ok(Some(20_000)));
    assert_eq!(size("pure_int_loop", 10, Clock::InProcess), Ok(Some(10)));
    assert_eq!(size("amortised", 10_000, Clock::WholeProcess), Ok(Some(10_000)));
    assert_eq!(
        size("amortised", 100_000, Clock::WholeProcess).unwrap_err(),
        "only sizes up to 10000 are counted: more take minutes under callgrind"
    );
    let fixture = by_callgrind(&["amortised/100", "amortised/1000000"]);
    assert_eq!(schedule(&fixture.plan).iter().filter(|round| round.phase == Phase::Counted).count(), 1);
}

#[test]
fn a_wrong_answer_is_no_count() {
    let fixture = by_callgrind(&["dynamic"]);
    let script = |name: &str, nth: usize| if name == "shared" && nth == 2 { Act::Wrong } else { Act::Answer };
    fixture.measure(&mut Scripted::new(&script)).unwrap();
    let wrong = counted(&fixture).into_iter().find(|sample| sample.subject == "shared").unwrap();
    assert_eq!((wrong.outcome, wrong.counters), (Outcome::WrongAnswer, None));
    assert_eq!(wrong.reason.as_deref(), Some("answered `wrong at 10000`; the baseline's answer is `right at 10000`"));
}

#[test]
fn a_resumed_run_goes_on_with_what_is_to_be_counted() {
    let fixture = by_callgrind(&["dynamic", "startup"]);
    let timed = 1 + 2 * 2 * 4;
    let calls = std::sync::Mutex::new(0);
    // In the midst of the first counted round.
    let script = |_: &str, _: usize| {
        let mut calls = calls.lock().unwrap();
        *calls += 1;
        if *calls == timed + 3 { Act::Interrupt } else { Act::Answer }
    };
    fixture.measure(&mut Scripted::new(&script)).unwrap_err();
    assert_eq!((fixture.samples().len(), missing(&fixture.plan, &fixture.samples()).len()), (timed + 2, 2));
    let wrong_now = |name: &str, nth: usize| if (name, nth) == ("shared", 0) { Act::Wrong } else { Act::Answer };
    let mut rest = Scripted::new(&wrong_now);
    fixture.measure(&mut rest).unwrap();
    assert_eq!((rest.calls.len(), rest.counted.len()), (8, 8));
    // The answer at the counted size is known from the journal, or is the baseline's again.
    assert_eq!(counted(&fixture).iter().filter(|sample| sample.outcome == Outcome::WrongAnswer).count(), 1);
    assert!(missing(&fixture.plan, &fixture.samples()).is_empty());
}

/// Stands in for a machine without valgrind.
struct Bare;

impl Executor for Bare {
    fn valgrind(&self) -> Option<PathBuf> {
        None
    }

    fn execute(
        &mut self,
        _: &surtax::matrix::CommandLine,
        _: &[(&'static str, String)],
        _: std::time::Duration,
    ) -> Result<Finished, ProcessError> {
        panic!("nothing is run in vain")
    }
}

#[test]
fn a_run_that_needs_valgrind_says_so_before_it_measures() {
    let fixture = by_callgrind(&["dynamic"]);
    let error = fixture.measure(&mut Bare).unwrap_err();
    assert!(matches!(error, MeasureError::Counting(CounterError::NoValgrind)));
    assert_eq!((error.exit(), error.hint().as_deref()), (Exit::Usage, Some("apt install valgrind")));
}

#[test]
fn the_way_of_counting_is_the_persons_or_what_the_kernel_allows() {
    let refused = NoCounters { reason: "the kernel offers no hardware counters (ENOENT)".into(), remedy: None };
    let with = CountersAtHand { perf: Ok(Event::HARDWARE.to_vec()), valgrind: Some("/usr/bin/valgrind".into()) };
    let without = CountersAtHand { perf: Err(refused.clone()), valgrind: None };
    let how =
        |at_hand: &CountersAtHand, choice| at_hand.choose(choice).map(|plan| (plan.how, plan.reason)).map_err(|error| error.to_string());
    assert_eq!(how(&with, CounterChoice::Auto), Ok((Counting::Perf, None)));
    assert_eq!(how(&with, CounterChoice::Callgrind), Ok((Counting::Callgrind, None)));
    assert_eq!(how(&with, CounterChoice::None), Ok((Counting::None, Some("nothing was to be counted (--counters none)".into()))));
    assert_eq!(how(&without, CounterChoice::Auto), Ok((Counting::None, Some(refused.reason))));
    assert!(how(&without, CounterChoice::Perf).unwrap_err().contains("the kernel offers no hardware counters (ENOENT)"));
    assert!(how(&without, CounterChoice::Callgrind).unwrap_err().contains("needs valgrind"));
}

/// The benchmark programs of this source tree.
fn benchmarks() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benchmarks"))
}

/// A real python3 twice under the real callgrind: its counts are those of the workload alone, and repeat.
#[test]
fn callgrind_counts_a_workload_and_counts_it_again_the_same() {
    let (Some(python), Some(_)) = (needs::python3(), needs::tool("valgrind")) else { return };
    let python = |name: &str, role| surtax::run::SubjectPlan { executable: python.to_owned(), ..subject(name, role) };
    let counters = Some(CounterPlan { how: Counting::Callgrind, reason: None });
    let subjects = vec![python("python3", Role::Baseline), python("python3-again", Role::Control)];
    let selection = Selection { rounds: Some(1), warmup: Some(0), ..select(&["pure_int_loop/1000"]) };
    let fixture = Fixture::of(&selection, Setting { subjects, counters, ..setting() });
    let mut processes = Processes::new(None, env!("CARGO_BIN_EXE_surtax"));
    measure(&fixture.plan, &fixture.folder, benchmarks(), &mut processes, &Silent).unwrap();
    let samples = counted(&fixture);
    let count = |at: usize| {
        let sample = &samples[at];
        assert_eq!(sample.outcome, Outcome::Ok, "{sample:?}");
        sample.counters.unwrap().instructions.unwrap() as f64
    };
    // A step is some dozen bytecodes; the start, which is not in it, is tens of millions of instructions.
    assert!((100_000.0..3_000_000.0).contains(&count(0)), "{samples:?}");
    assert!((count(0) / count(1) - 1.0).abs() < 0.001, "{} and {}", count(0), count(1));
}
