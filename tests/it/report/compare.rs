//! Runs held against each other: what changed, what became of each tax, and the gate on it.

use std::collections::BTreeMap;

use surtax::error::Exit;
use surtax::report::compare::{Comparison, Packages, RunAtHand, SubjectChange, compare, text};
use surtax::run::{CounterPlan, Counters, Counting, Outcome, Phase, Run, Sample};
use surtax::stats::Verdict;

use super::synthetic::{SUBJECTS, Synthetic, troubled};

fn at_hand<'a>(path: &str, run: &'a Run) -> RunAtHand<'a> {
    let versions = |version: &str| -> Packages {
        [("libc6", "2.36-9"), ("libpython3.11", version)].map(|(name, version)| (name.into(), version.into())).into()
    };
    let packages = BTreeMap::from([(String::new(), versions(if path == "before" { "3.11.2-6+deb12u5" } else { "3.11.2-6+deb12u6" }))]);
    RunAtHand { path: path.into(), run, packages }
}

fn against(before: &Run, after: &Run, gate: Option<&str>) -> Comparison {
    let limit = gate.map(|limit| limit.parse().expect("a limit"));
    compare(&at_hand("before", before), &[at_hand("after", after)], &[], limit)
}

fn row<'a>(comparison: &'a Comparison, benchmark: &str, subject: &str) -> &'a SubjectChange {
    let benchmark = comparison.against[0].benchmarks.iter().find(|found| found.name == benchmark).expect("a benchmark");
    benchmark.subjects.iter().find(|row| row.subject == subject).expect("a subject")
}

/// The same plan on another day: other noise, a machine 30 % slower, and `shared` some per cent slower still.
fn later(tax: f64) -> Run {
    let shift = |sample: &Sample| 1.3 * if sample.subject == "shared" { tax } else { 1.0 };
    let mut run = Synthetic::new()
        .change(
            |sample| sample.value_ns.is_some(),
            |sample| {
                let noise = 1.0 + (super::synthetic::chance(&[7, u64::from(sample.round), u64::from(sample.position)]) - 0.5) * 0.01;
                sample.value_ns = sample.value_ns.map(|ns| (ns as f64 * shift(sample) * noise) as u64);
            },
        )
        .run;
    run.plan.created = "2027-02-03T10:00:00Z".into();
    run.plan.surtax = "0.2.0".into();
    run.environment.kernel = "6.1.0-41-amd64".into();
    run.environment.toolchain.insert("rustc".into(), "1.96.0".into());
    run
}

#[test]
fn a_run_has_not_changed_from_itself() {
    let run = Synthetic::new().run;
    let one = at_hand("before", &run);
    let comparison = compare(&one, &[at_hand("before", &run)], &[], Some("0%".parse().expect("a limit")));
    let compared = &comparison.against[0];
    assert!(compared.changes.is_empty() && compared.unmatched.is_empty() && compared.same_machine, "{compared:?}");
    for row in compared.benchmarks.iter().flat_map(|benchmark| &benchmark.subjects) {
        assert_eq!((row.change, row.p_value, row.verdict), (Some(1.0), Some(1.0), Some(Verdict::NoDifferenceSeen)), "{row:?}");
        assert!(row.change_low <= Some(1.0) && row.change_high >= Some(1.0), "{row:?}");
    }
    assert_eq!((comparison.comparisons, comparison.gate.as_ref().map(|gate| gate.exit())), (50, Some(Exit::Done)));
    insta::assert_snapshot!("compare-with-itself", text(&comparison, 80));
}

#[test]
fn a_slower_machine_cancels_and_a_slower_build_does_not() {
    let (before, after) = (Synthetic::new().run, later(1.06));
    let comparison = against(&before, &after, Some("2%"));
    let verdict = |subject| row(&comparison, "dynamic", subject).verdict;
    assert_eq!(verdict("shared"), Some(Verdict::Slower));
    assert_eq!((verdict("static-pic"), verdict("python3-again")), (Some(Verdict::NoDifferenceSeen), Some(Verdict::NoDifferenceSeen)));
    let shared = row(&comparison, "dynamic", "shared");
    assert!((shared.change.expect("a change") - 1.06).abs() < 0.01, "{shared:?}");
    let baseline = &comparison.against[0].benchmarks[1].baselines[0];
    assert!((baseline.ratio - 1.3).abs() < 0.02, "{baseline:?}");
    let gate = comparison.gate.as_ref().expect("a gate");
    assert_eq!(gate.exit(), Exit::Gate);
    assert!(gate.judged.iter().all(|judged| judged.tripped == (judged.subject == "shared")), "{gate:?}");
    let text = text(&comparison, 80);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!("compare-slower", text);
    insta::assert_snapshot!("compare-json", serde_json::to_string_pretty(&comparison.against[0].benchmarks[1]).expect("JSON"));
}

#[test]
fn a_faster_build_trips_nothing_and_a_small_change_is_let_through() {
    let before = Synthetic::new().run;
    let exit = |after: &Run, limit| against(&before, after, Some(limit)).gate.expect("a gate").exit();
    assert_eq!(exit(&later(0.9), "2%"), Exit::Done);
    assert_eq!(row(&against(&before, &later(0.9), None), "dynamic", "shared").verdict, Some(Verdict::Faster));
    assert_eq!(exit(&later(1.06), "20%"), Exit::Done, "slower, but by less than the limit");
    assert_eq!(exit(&later(1.005), "0%"), Exit::Done, "less than the floor can be told from");
}

#[test]
fn other_benchmark_programs_are_never_held_against_each_other() {
    let before = Synthetic::new().run;
    let mut after = later(1.0);
    after.plan.benchmarks_digest = "fedcba9876543210".into();
    let comparison = against(&before, &after, Some("2%"));
    let compared = &comparison.against[0];
    assert!(compared.benchmarks.is_empty() && compared.incomparable.is_some());
    assert_eq!((comparison.comparisons, comparison.gate.as_ref().map(|gate| gate.exit())), (0, Some(Exit::Incomplete)));
    insta::assert_snapshot!("compare-incomparable", text(&comparison, 80));
}

#[test]
fn holes_and_subjects_without_like_are_named_and_do_not_pass_a_gate() {
    let before = Synthetic::new().run;
    let after = troubled();
    let comparison = against(&before, &after, Some("50%"));
    assert_eq!(comparison.gate.as_ref().map(|gate| gate.exit()), Some(Exit::Incomplete));
    let shared = row(&comparison, "dynamic", "shared");
    assert_eq!((shared.change, shared.verdict), (None, None));
    assert!(shared.note.as_deref().is_some_and(|note| note.starts_with("in the other run: failed verification")), "{shared:?}");
    let text = text(&comparison, 80);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    insta::assert_snapshot!("compare-troubled", text);
}

#[test]
fn too_few_rounds_in_either_run_decide_nothing() {
    let (many, few) = (Synthetic::new().run, Synthetic::with(&SUBJECTS, 5).run);
    for (before, after) in [(&many, &few), (&few, &many)] {
        let comparison = against(before, after, Some("2%"));
        let shared = row(&comparison, "dynamic", "shared");
        assert_eq!(shared.verdict, Some(Verdict::Undecided));
        assert_eq!(shared.note.as_deref(), Some("5 rounds in one of the runs cannot decide; 6 in each can"));
        assert_eq!(comparison.gate.map(|gate| gate.exit()), Some(Exit::Incomplete));
    }
    let without_control = Synthetic::with(&["python3", "shared"], 15).run;
    let comparison = against(&without_control, &without_control, None);
    let shared = row(&comparison, "dynamic", "shared");
    assert_eq!(shared.verdict, Some(Verdict::Undecided));
    assert!(shared.note.as_deref().is_some_and(|note| note.contains("A/A")), "{shared:?}");
}

#[test]
fn subjects_meet_by_name_by_release_or_as_the_person_says() {
    let (one, two) = (Synthetic::new().run, Synthetic::groups().run);
    // `bookworm` of the run without groups is `debian-12` of the other.
    let comparison = against(&one, &two, None);
    assert_eq!(row(&comparison, "dynamic", "shared").after_subject, "debian-12/shared");
    let why = |name: &str| {
        comparison.against[0].unmatched.iter().find(|unmatched| unmatched.what == name).map(|unmatched| unmatched.why.as_str())
    };
    assert_eq!(why("debian-13/shared"), Some("the first run has no such subject"));
    assert_eq!(row(&comparison, "dynamic", "static-pic-pie").after_subject, "debian-13/static-pic-pie", "there is but one");
    let named = [("shared".to_owned(), "debian-13/shared".to_owned())];
    let comparison = compare(&at_hand("before", &one), &[at_hand("after", &two)], &named, None);
    assert_eq!(row(&comparison, "dynamic", "shared").after_subject, "debian-13/shared");
    assert_eq!(comparison.against[0].benchmarks[0].baselines.len(), 1);
    // And the other way round, where two would meet one.
    let comparison = against(&two, &one, None);
    assert_eq!(row(&comparison, "dynamic", "debian-12/shared").after_subject, "shared");
    assert!(
        comparison.against[0].unmatched.iter().any(|unmatched| unmatched.what == "debian-13/shared"),
        "{:?}",
        comparison.against[0].unmatched
    );
}

#[test]
fn several_runs_are_corrected_together() {
    let (before, same, slower) = (Synthetic::new().run, later(1.0), later(1.06));
    let others = [at_hand("same", &same), at_hand("slower", &slower)];
    let comparison = compare(&at_hand("before", &before), &others, &[], None);
    assert_eq!(comparison.comparisons, 100);
    let text = text(&comparison, 80);
    assert!(text.contains("Changed from A to C:") && text.contains("C  slower: bookworm"), "{text}");
}

#[test]
fn instructions_of_both_runs_stand_beside_the_times() {
    let counted = |tax: f64| {
        let mut run = Synthetic::new().run;
        run.plan.counters = Some(CounterPlan { how: Counting::Perf, reason: None });
        let instructions = |sample: &Sample| if sample.subject == "shared" { (1e6 * tax).round() as u64 } else { 1_000_000 };
        for sample in run.samples.iter_mut().filter(|sample| sample.phase == Phase::Measured && sample.outcome == Outcome::Ok) {
            sample.counters = Some(Counters { instructions: Some(instructions(sample)), ..Counters::default() });
        }
        run
    };
    let (before, after) = (counted(1.0), counted(1.011));
    let comparison = against(&before, &after, None);
    let counts = row(&comparison, "startup", "shared").instructions.expect("both counted");
    assert_eq!((counts.before, counts.after, counts.ratio), (1_000_000, 1_011_000, 1.011));
    assert!(text(&comparison, 90).contains("1.0110"));
    let mut otherwise = after.clone();
    otherwise.plan.counters = Some(CounterPlan { how: Counting::Callgrind, reason: None });
    assert_eq!(row(&against(&before, &otherwise, None), "startup", "shared").instructions, None, "counts of another kind say nothing");
}

#[test]
fn what_was_compiled_by_what_and_where_is_said() {
    let (before, mut after) = (Synthetic::groups().run, Synthetic::groups().run);
    after.plan.groups[0].python = "3.13.6".into();
    after.plan.groups[0].recipe = Some("mine.yaml".into());
    after.plan.groups.remove(1);
    after.environment.cpu_flags = vec!["avx512f".into()];
    after.environment.smt = None;
    after.plan.rounds = 20;
    let compared = &against(&before, &after, None).against[0];
    let said: Vec<String> = compared
        .changes
        .iter()
        .map(|change| format!("{} {:?}: {:?} {:?}", change.what, change.name, change.before, change.after))
        .collect();
    insta::assert_snapshot!("compare-changes", said.join("\n"));
}
