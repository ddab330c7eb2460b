//! Counts in the report, and the gate that judges them.

use surtax::error::Exit;
use surtax::report::{self, Finding, Gate, GateLimit, Summary, gate_against, gate_within, summarise};
use surtax::run::{BenchmarkPlan, Clock, CounterPlan, Counters, Counting, Outcome, Phase, Run, Sample, SubjectPlan};

use super::synthetic::{SUBJECTS, Synthetic, row};

const NO_COUNTERS: &str = "the kernel offers no hardware counters (ENOENT)";

/// Instructions of a subject, by what it costs: the baseline's are a million.
fn taxed(subject: &str) -> u64 {
    match subject {
        "static-nonpic" => 1_004_000,
        "static-pic" => 1_020_000,
        "static-pic-pie" => 1_021_000,
        "shared" => 1_150_000,
        _ => 1_000_000,
    }
}

fn by(how: Counting) -> Run {
    let mut run = Synthetic::with(&SUBJECTS, 15).run;
    let reason = (how == Counting::None).then(|| NO_COUNTERS.to_owned());
    run.plan.counters = Some(CounterPlan { how, reason });
    run
}

/// A small run whose processor counted, each round another amount more.
fn by_perf() -> Run {
    let mut run = by(Counting::Perf);
    for sample in run.samples.iter_mut() {
        let drift = u64::from(sample.round) * 10_000;
        sample.counters = Some(Counters {
            instructions: Some((taxed(&sample.subject) as f64 * (1.0 + drift as f64 / 1e6)) as u64),
            cycles: Some(2_000_000 + drift),
            branch_misses: None,
            instruction_cache_misses: Some(sample.subject.len() as u64),
            counted_size: None,
        });
    }
    run
}

/// Counted visits after all others, of all that callgrind counts.
fn by_callgrind() -> Run {
    Synthetic::with(&SUBJECTS, 15).counted_by(Counting::Callgrind, |_, subject| taxed(subject)).run
}

fn without(mut run: Run, which: impl Fn(&Sample) -> bool) -> Run {
    run.samples.retain(|sample| !which(sample));
    run
}

fn limit(text: &str) -> GateLimit {
    text.parse().unwrap()
}

fn section(markdown: &str) -> &str {
    let (_, rest) = markdown.split_once("## Instructions").unwrap();
    rest.split("\n## ").next().unwrap()
}

#[test]
fn counts_of_callgrind_stand_beside_the_times() {
    let run = by_callgrind();
    let summary = summarise(&run);
    assert!(summary.failures.is_empty() && summary.is_complete(), "{:?}", summary.findings);
    let shared = row(&summary, "dynamic", Some(1_000_000), "shared");
    assert_eq!((shared.instructions, shared.instructions_ratio), (Some(1_150_000), Some(1.15)));
    assert_eq!((shared.cycles, shared.branch_misses), (None, None));
    let dynamic = summary.benchmarks.iter().find(|benchmark| benchmark.name == "dynamic").unwrap();
    assert_eq!(dynamic.counted.as_ref().unwrap().size, Some(10_000));
    let json = serde_json::to_string_pretty(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary);
    let markdown = report::markdown(&run, &summary);
    assert!(markdown.contains("| instructions | ratio of instructions |") && markdown.contains("| 1,150,000 | 1.1500 |"), "{markdown}");
    assert!(markdown.contains("--locked surtax.lock --counters callgrind --out"), "it is reproduced as it was counted");
    insta::assert_snapshot!("counted-by-callgrind", section(&markdown));
    insta::assert_snapshot!("terminal-counted", report::terminal_table(&run, &summary, 80));
}

#[test]
fn counts_of_the_processor_are_medians_over_rounds() {
    let run = by_perf();
    let summary = summarise(&run);
    let shared = row(&summary, "startup", None, "shared");
    // Round 7 of 0 to 14.
    assert_eq!((shared.instructions, shared.cycles), (Some(1_230_500), Some(2_070_000)));
    assert!((shared.instructions_ratio.unwrap() - 1.15).abs() < 1e-5);
    assert_eq!(row(&summary, "startup", None, "python3").instructions_ratio, Some(1.0));
    let markdown = report::markdown(&run, &summary);
    assert!(section(&markdown).contains("| startup | `shared` | 1,230,500 | 2,070,000 | n/a | 6 |"), "{}", section(&markdown));
}

#[test]
fn a_run_that_counts_nothing_says_why() {
    let run = by(Counting::None);
    let summary = summarise(&run);
    let markdown = report::markdown(&run, &summary);
    assert_eq!(
        section(&markdown).trim(),
        "n/a: the kernel offers no hardware counters (ENOENT). `--counters callgrind` counts instructions without the processor's help."
    );
    assert!(!markdown.contains("ratio of instructions"));
    assert!(report::terminal_table(&run, &summary, 80).contains("\ninstructions: n/a, the kernel offers no hardware counters (ENOENT)\n"));
    // Of a run of an older surtax nothing at all is said.
    let old = Synthetic::new().run;
    let summary = summarise(&old);
    assert!(!report::markdown(&old, &summary).contains("Instructions") && !serde_json::to_string(&summary).unwrap().contains("count"));
}

#[test]
fn kernels_have_counts_only_where_somebody_made_them() {
    let why = |how: Counting, change: &dyn Fn(&mut Sample)| {
        let mut run = if how == Counting::Perf { by_perf() } else { by(how) };
        run.plan.benchmarks = vec![BenchmarkPlan { name: BenchmarkPlan::OPCODES.into(), size: None, clock: Clock::InProcess }];
        run.samples.retain(|sample| sample.benchmark == "startup");
        run.samples.iter_mut().for_each(|sample| sample.benchmark = BenchmarkPlan::OPCODES.into());
        run.samples.iter_mut().for_each(change);
        let summary = summarise(&run);
        assert!(summary.benchmarks[0].results.iter().all(|row| row.instructions.is_none()), "the process is not its kernels");
        summary.benchmarks[0].counted.as_ref().and_then(|counted| counted.reason.clone())
    };
    assert_eq!(why(Counting::Perf, &|_| {}).as_deref(), Some("only callgrind counts kernels one by one"));
    let counted = |sample: &mut Sample| {
        sample.phase = Phase::Counted;
        sample.kernels = Some([("add-int".to_owned(), 20.0)].into());
    };
    let said = "its kernels are counted one by one, and stand with what they cost";
    assert_eq!(why(Counting::Callgrind, &counted).as_deref(), Some(said));
    assert_eq!(why(Counting::Callgrind, &|_| {}).as_deref(), Some("no visit was counted"));
    assert_eq!(why(Counting::None, &|_| {}), None);
}

#[test]
fn a_counted_visit_that_is_missing_or_failed_leaves_the_run_incomplete() {
    let is_counted = |sample: &Sample| sample.phase == Phase::Counted && sample.subject == "shared" && sample.benchmark == "startup";
    let summary = summarise(&without(by_callgrind(), is_counted));
    let incomplete = |finding: &Finding| matches!(finding, Finding::Incomplete { measured, planned } if measured + 1 == *planned);
    assert!(summary.findings.iter().any(incomplete), "{:?}", summary.findings);
    let failed = Synthetic { run: by_callgrind() }
        .fail(Outcome::Failed, "valgrind: no", is_counted)
        .change(is_counted, |sample| sample.counters = None);
    let summary = summarise(&failed.run);
    assert_eq!((summary.failures.len(), summary.is_complete()), (1, false));
    assert_eq!(row(&summary, "startup", None, "shared").instructions, None);
    assert!(report::markdown(&failed.run, &summary).contains("counted 0"));
}

fn tripped(gate: &Gate) -> Vec<(&str, &str)> {
    gate.judged.iter().filter(|gated| gated.tripped).map(|gated| (gated.subject.as_str(), gated.benchmark.as_str())).collect()
}

#[test]
fn the_gate_holds_runners_against_their_baseline() {
    let run = by_callgrind();
    let whole = gate_within(&run, &summarise(&run), limit("instructions=15%"));
    assert_eq!(whole.exit(), Exit::Done, "what is not counted by design is no hole: {whole:?}");
    let run = without(run, |sample| sample.phase == Phase::Counted && sample.benchmark == "cells");
    let summary = summarise(&run);
    let gate = gate_within(&run, &summary, limit("instructions=2%"));
    // 2 % itself is let through.
    assert!(tripped(&gate).iter().all(|(subject, _)| ["static-pic-pie", "shared"].contains(subject)), "{gate:?}");
    assert_eq!((gate.exit(), tripped(&gate).len()), (Exit::Gate, 2 * 7));
    let unjudged = |what: &str| gate.unjudged.iter().find(|unjudged| unjudged.what.starts_with(what)).unwrap();
    assert!(!unjudged("amortised, M = 1,000,000").missing, "{:?}", gate.unjudged);
    assert!(unjudged("cells").missing && unjudged("cells").why == "no visit was counted");
    assert!(gate.judged.iter().all(|gated| gated.subject != "python3-again"), "the control is nobody's build");
    insta::assert_snapshot!("gate-tripped", gate.text());
}

#[test]
fn a_gate_with_holes_does_not_pass() {
    let gate = |run: &Run| gate_within(run, &summarise(run), limit("instructions=16%"));
    let startup = |subject: &'static str| {
        move |sample: &Sample| sample.phase == Phase::Counted && sample.benchmark == "startup" && sample.subject == subject
    };
    for (subject, holes) in [("shared", 1), ("python3", 4), ("python3-again", 0)] {
        let gate = gate(&without(by_callgrind(), startup(subject)));
        let missing = gate.unjudged.iter().filter(|unjudged| unjudged.missing).count();
        let passes = if holes == 0 { Exit::Done } else { Exit::Incomplete };
        assert_eq!((missing, gate.exit()), (holes, passes), "{subject}: {:?}", gate.unjudged);
    }
    // What shares a register counts for nobody, and the rest must not stand for it.
    let mut shared = by_perf();
    let of_shared = |sample: &&mut Sample| sample.subject == "shared" && sample.benchmark == "dynamic";
    shared.samples.iter_mut().filter(of_shared).for_each(|sample| sample.counters = None);
    let gate = gate(&shared);
    assert_eq!(gate.exit(), Exit::Incomplete);
    insta::assert_snapshot!("gate-with-a-hole", gate.text());
}

#[test]
fn a_gate_without_counts_does_not_pass() {
    for run in [by(Counting::None), Synthetic::new().run] {
        let gate = gate_within(&run, &summarise(&run), limit("instructions=0.5%"));
        assert_eq!((gate.exit(), gate.judged.len()), (Exit::Incomplete, 0));
        assert!(gate.text().ends_with("gate not passed: nothing could be judged\n"), "{}", gate.text());
    }
}

#[test]
fn the_gate_holds_a_run_against_an_earlier_one() {
    let earlier = by_callgrind();
    let against = |run: &Run, earlier: &Run| gate_against(run, &summarise(run), earlier, &summarise(earlier), limit("instructions=0.5%"));
    let same = against(&earlier, &earlier);
    assert_eq!((same.exit(), same.judged.len()), (Exit::Done, 7 * 5 + 5));
    // One benchmark of one build becomes 1 % slower: relative to its baseline it would have to become much more so.
    let slower = |sample: &Sample| sample.phase == Phase::Counted && sample.subject == "shared" && sample.benchmark == "startup";
    let worse = |sample: &mut Sample| sample.counters = Some(Counters { instructions: Some(1_161_500), ..Counters::default() });
    let run = Synthetic { run: by_callgrind() }.change(slower, worse).run;
    assert_eq!(tripped(&against(&run, &earlier)), [("shared", "startup")]);
    assert_eq!(against(&earlier, &run).exit(), Exit::Done, "fewer instructions trip nothing");
}

#[test]
fn what_has_no_like_in_the_earlier_run_is_named() {
    let against = |change: &dyn Fn(&mut Run)| {
        let (run, mut earlier) = (by_callgrind(), by_callgrind());
        change(&mut earlier);
        gate_against(&run, &summarise(&run), &earlier, &summarise(&earlier), limit("instructions=0.5%"))
    };
    let whys = |gate: &Gate| gate.unjudged.iter().map(|unjudged| format!("{}: {}", unjudged.what, unjudged.why)).collect::<Vec<_>>();
    let all = |change: &dyn Fn(&mut Run), why: &str| {
        let gate = against(change);
        assert_eq!((gate.exit(), gate.judged.len()), (Exit::Incomplete, 0));
        assert!(whys(&gate).iter().any(|said| said.contains(why)), "{:?}", whys(&gate));
    };
    all(&|earlier| earlier.plan.python = "3.12".into(), "it was Python 3.12, and is 3.11");
    all(&|earlier| earlier.plan.benchmarks_digest = "other".into(), "the two runs: the benchmark programs have changed in between");
    all(&|earlier| earlier.plan.counters = None, "the two runs: nothing counted in the earlier one");
    all(
        &|earlier| earlier.plan.counters = Some(CounterPlan { how: Counting::Perf, reason: None }),
        "the processor's counters counted in the earlier one, callgrind in this one",
    );
    let renamed = against(&|earlier| earlier.plan.subjects[5].name = "shared-old".into());
    assert_eq!(renamed.exit(), Exit::Incomplete, "its new name is judged by nothing");
    assert!(whys(&renamed).contains(&"shared in startup: the earlier run has no such subject".to_owned()), "{:?}", whys(&renamed));
    assert!(whys(&renamed).contains(&"shared-old in startup: only the earlier run has this subject".to_owned()), "{:?}", whys(&renamed));
    let gone = against(&|earlier| {
        let again = SubjectPlan { name: "retired".into(), ..earlier.plan.subjects[5].clone() };
        earlier.plan.subjects.push(again);
    });
    assert_eq!(gone.exit(), Exit::Done, "who is no longer planned has no count to miss: {:?}", whys(&gone));
    let fewer = against(&|earlier| earlier.plan.benchmarks.retain(|benchmark| benchmark.name != "startup"));
    assert_eq!(fewer.exit(), Exit::Incomplete);
    assert!(whys(&fewer).contains(&"shared in startup: the earlier run has no such benchmark".to_owned()), "{:?}", whys(&fewer));
}

#[test]
fn a_limit_is_a_percentage_of_instructions() {
    assert_eq!(limit("instructions=0.5%").share(), 0.005);
    assert_eq!(limit("instructions=0%").share(), 0.0);
    for (text, said) in [
        ("instructions", "`instructions` has no `=`"),
        ("time=1%", "nothing is known of a gate on `time`"),
        ("instructions=0.5", "`0.5` is no limit"),
        ("instructions=-1%", "`-1%` is no limit"),
        ("instructions=nan%", "`nan%` is no limit"),
    ] {
        let error = text.parse::<GateLimit>().unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}
