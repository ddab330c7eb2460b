//! Reports: what a person sees of a run, whole, partial, failed or hostile.

mod audits;
mod committed;
mod compare;
mod confounds;
mod counters;
mod export;
mod groups;
mod history;
mod machine;
mod opcodes;
mod open;
mod packs;
mod pages;
mod studies;
mod synthetic;

use std::path::PathBuf;

use proptest::prelude::*;
use surtax::report::{self, Finding, PremiseVerdict, Property, Summary, summarise};
use surtax::run::{Answer, Folder, Outcome, Phase, Role, Sample};
use surtax::stats::Verdict;

use synthetic::{SUBJECTS, Synthetic, chance, row, troubled};

#[test]
fn markdown_of_the_default_run() {
    let run = Synthetic::new().run;
    insta::assert_snapshot!(report::markdown(&run, &summarise(&run)));
}

#[test]
fn markdown_of_a_troubled_run() {
    let run = troubled();
    insta::assert_snapshot!(report::markdown(&run, &summarise(&run)));
}

#[test]
fn summary_json_of_a_troubled_run() {
    let summary = summarise(&troubled());
    let json = serde_json::to_string_pretty(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary, "summary.json can be read back");
    insta::assert_snapshot!(json);
}

#[test]
fn terminal_table_of_the_default_run() {
    let run = Synthetic::new().run;
    insta::assert_snapshot!(report::terminal_table(&run, &summarise(&run), 80));
}

#[test]
fn terminal_table_of_a_troubled_run_is_narrow_and_tame() {
    let run = troubled();
    let table = report::terminal_table(&run, &summarise(&run), 72);
    assert!(table.lines().all(|line| line.chars().count() <= 72), "{table}");
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'));
    insta::assert_snapshot!(table);
}

#[test]
fn plots_of_the_default_run() {
    let run = Synthetic::new().run;
    let plots = report::plots(&run, &summarise(&run));
    let names: Vec<&str> = plots.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), 13);
    for (name, svg) in
        plots.iter().filter(|(name, _)| ["ratios.svg", "amortised.svg", "rounds-dynamic-1000000.svg"].contains(&name.as_str()))
    {
        insta::assert_snapshot!(name.replace('.', "_"), svg);
    }
    keep_for_looking("default", &plots);
}

#[test]
fn plots_of_a_troubled_run() {
    let run = troubled();
    let plots = report::plots(&run, &summarise(&run));
    for (name, svg) in &plots {
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains("| x |\n"), "{name}");
        assert!(svg.starts_with("<svg ") && svg.contains("<title id=") && svg.contains("<desc id="), "{name}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    }
    let (_, ratios) = plots.iter().find(|(name, _)| name == "ratios.svg").unwrap();
    insta::assert_snapshot!("troubled_ratios_svg", ratios);
    keep_for_looking("troubled", &plots);
}

/// `SURTAX_KEEP_PLOTS=DIR cargo test plots` leaves the pictures there, to be looked at.
fn keep_for_looking(name: &str, plots: &[(String, String)]) {
    let Some(folder) = std::env::var_os("SURTAX_KEEP_PLOTS") else { return };
    for (file, svg) in plots {
        surtax::fs::write_atomic(&PathBuf::from(&folder).join(name).join(file), svg.as_bytes()).unwrap();
    }
}

#[test]
fn verdicts_follow_the_made_up_tax() {
    let summary = summarise(&Synthetic::new().run);
    let verdict = |benchmark, size, subject| row(&summary, benchmark, size, subject).verdict.unwrap();
    assert_eq!(verdict("dynamic", Some(1_000_000), "shared"), Verdict::Slower);
    assert_eq!(verdict("dynamic", Some(1_000_000), "static-nonpic"), Verdict::Faster);
    assert_eq!(verdict("dynamic", Some(1_000_000), "python3-again"), Verdict::NoDifferenceSeen);
    assert_eq!(verdict("amortised", Some(100), "static-nonpic"), Verdict::Faster);
    assert_eq!(summary.comparisons, 50);
    let shared = row(&summary, "dynamic", Some(1_000_000), "shared");
    assert!((shared.ratio.unwrap() - 1.337).abs() < 0.01, "{shared:?}");
    let baseline = row(&summary, "dynamic", Some(1_000_000), "python3");
    assert_eq!((baseline.ratio, baseline.verdict, baseline.rounds), (Some(1.0), None, 15));
}

#[test]
fn break_even_lies_where_the_lines_cross() {
    let summary = summarise(&Synthetic::new().run);
    let at = |subject: &str| summary.break_even.iter().find(|point| point.subject == subject).unwrap().size;
    // 14 ms × (1 − 0.64) saved at the start, 707.1 ns × 0.251 lost per iteration: 28,400 iterations.
    let pic = at("static-pic").unwrap();
    assert!((20_000..40_000).contains(&pic), "{pic}");
    assert_eq!(at("static-nonpic"), None);
}

#[test]
fn a_subject_that_fails_verification_has_no_timing_anywhere() {
    let run = troubled();
    let summary = summarise(&run);
    for benchmark in &summary.benchmarks {
        let shared = benchmark.of("shared").unwrap();
        assert_eq!((shared.median_ns, shared.ratio, shared.verdict, shared.peak_memory_bytes), (None, None, None, None));
        assert!(shared.note.as_deref().unwrap().contains("failed verification"), "{shared:?}");
    }
    let verify = summary.verify.iter().find(|verify| verify.subject == "shared").unwrap();
    assert_eq!((verify.passed, verify.total, verify.checks_passed, verify.checks_total), (19, 20, 22, 23));
    assert!(verify.failed[0].contains("program_07"));
    for (name, svg) in report::plots(&run, &summary).iter().filter(|(name, _)| name.starts_with("rounds")) {
        assert!(!svg.contains("shared, round"), "{name} shows a value of an unverified subject");
    }
}

#[test]
fn a_runner_that_was_never_verified_has_no_timing() {
    let mut run = Synthetic::new().run;
    run.verification.subjects.retain(|verified| verified.subject != "shared");
    let summary = summarise(&run);
    assert_eq!(row(&summary, "startup", None, "shared").ratio, None);
    assert!(row(&summary, "startup", None, "static-pic").ratio.is_some());
}

#[test]
fn no_ratio_stands_on_a_baseline_that_failed_verification() {
    let summary = summarise(&Synthetic::new().fail_verification("python3", "program_01", "differs").run);
    assert!(summary.benchmarks.iter().flat_map(|benchmark| &benchmark.results).all(|row| row.ratio.is_none() && row.verdict.is_none()));
}

#[test]
fn rounds_in_which_either_failed_drop_out_and_are_counted() {
    let summary = summarise(&troubled());
    let pic = row(&summary, "dynamic", Some(1_000_000), "static-pic");
    assert_eq!((pic.rounds, pic.rounds_dropped), (11, 4));
    let nonpic = row(&summary, "startup", None, "static-nonpic");
    assert_eq!((nonpic.rounds, nonpic.rounds_dropped), (14, 1), "the baseline's failure costs everyone the round");
    assert_eq!(summary.failures.iter().filter(|failure| failure.subject == "static-pic").count(), 4 + 3, "warm-up rounds fail too");
}

#[test]
fn reference_visits_are_no_values_yet_their_failures_are_listed() {
    let whole = Synthetic::new().run;
    let mut run = whole.clone();
    run.samples.insert(0, Sample { phase: Phase::Reference, value_ns: Some(1), ..whole.samples[0].clone() });
    let mut failed = Sample { phase: Phase::Reference, outcome: Outcome::Failed, value_ns: None, ..whole.samples[0].clone() };
    failed.reason = Some("no answer to compare with".into());
    failed.benchmark = "startup".into();
    failed.size = None;
    run.samples.insert(1, failed);
    let summary = summarise(&run);
    assert_eq!(summary.benchmarks, summarise(&whole).benchmarks);
    assert_eq!(summary.failures.len(), 1);
    let markdown = report::markdown(&run, &summary);
    assert!(markdown.contains("| reference 0 | failed | no answer to compare with |"));
    assert!(!markdown.contains("planned visits were measured"), "a reference is not one of the planned rounds");
}

#[test]
fn the_last_record_of_a_visit_counts() {
    let mut run = Synthetic::new().fail(Outcome::Failed, "killed", |sample| sample.round == 14 && sample.phase == Phase::Measured).run;
    let whole = Synthetic::new().run;
    run.samples.extend(whole.samples.iter().filter(|sample| sample.round == 14 && sample.phase == Phase::Measured).cloned());
    let (resumed, expected) = (summarise(&run), summarise(&whole));
    assert!(resumed.failures.is_empty());
    assert_eq!(resumed.benchmarks, expected.benchmarks);
}

#[test]
fn an_interrupted_run_gives_a_report_at_every_moment() {
    let whole = Synthetic::new().run;
    for count in [0, 1, 5, 6, 23, 24, 108, 109, 500] {
        let mut run = whole.clone();
        run.samples.truncate(count);
        let summary = summarise(&run);
        let markdown = report::markdown(&run, &summary);
        assert!(markdown.contains("planned visits were measured"), "{count} samples");
        assert!(!report::terminal_table(&run, &summary, 80).is_empty());
        assert!(report::plots(&run, &summary).iter().all(|(_, svg)| !svg.contains("NaN") && !svg.contains("inf")), "{count} samples");
        assert!(summary.findings.iter().any(|finding| matches!(finding, Finding::Incomplete { measured, .. } if *measured == count)));
    }
}

#[test]
fn a_plan_without_anything_gives_a_report() {
    let mut run = Synthetic::new().run;
    run.samples.clear();
    run.audit.subjects.clear();
    run.verification.subjects.clear();
    run.plan.subjects.clear();
    run.plan.benchmarks.clear();
    let summary = summarise(&run);
    assert!(report::markdown(&run, &summary).contains("nothing to say"));
    assert!(!report::plots(&run, &summary).is_empty());
    report::terminal_table(&run, &summary, 1);
}

#[test]
fn few_rounds_are_undecided_and_say_how_many_would_do() {
    let summary = summarise(&Synthetic::with(&SUBJECTS, 5).run);
    let shared = row(&summary, "dynamic", Some(1_000_000), "shared");
    assert_eq!(shared.verdict, Some(Verdict::Undecided));
    assert_eq!(shared.note.as_deref(), Some("5 rounds cannot decide among 50 comparisons; 11 can"));
    let enough = summarise(&Synthetic::with(&SUBJECTS, 11).run);
    assert_eq!(row(&enough, "dynamic", Some(1_000_000), "shared").verdict, Some(Verdict::Slower));
}

#[test]
fn without_a_control_nothing_is_decided() {
    let summary = summarise(&Synthetic::with(&["python3", "static-nonpic", "shared"], 15).run);
    assert!(summary.benchmarks.iter().all(|benchmark| benchmark.noise_floor.is_none()));
    let rows: Vec<_> = summary.benchmarks.iter().flat_map(|benchmark| &benchmark.results).filter(|row| row.role == Role::Runner).collect();
    assert!(rows.iter().all(|row| row.verdict == Some(Verdict::Undecided) && row.note.as_deref().unwrap().contains("A/A")));
}

#[test]
fn the_premise_is_judged_by_evidence() {
    let unlike = Synthetic::new().run;
    assert_eq!(summarise(&unlike).premise.verdict, PremiseVerdict::DoesNotHold);
    let mut alike = unlike.clone();
    alike.audit.subjects.iter_mut().for_each(|audit| (audit.pgo, audit.lto) = (Answer::Yes, Answer::No));
    assert_eq!(summarise(&alike).premise.verdict, PremiseVerdict::Holds);
    assert!(!report::answer(&summarise(&alike)).contains("PGO"));
    let mut unknown = alike.clone();
    unknown.audit.subjects.iter_mut().filter(|audit| audit.subject == "shared").for_each(|audit| audit.lto = Answer::Unknown);
    assert_eq!(summarise(&unknown).premise.verdict, PremiseVerdict::NotShown);
    let mut missing = alike;
    missing.audit.subjects.retain(|audit| audit.subject != "shared");
    assert_eq!(summarise(&missing).premise.verdict, PremiseVerdict::NotShown);
}

#[test]
fn what_is_known_of_neither_is_a_possible_difference() {
    let run = Synthetic::new().run;
    let summary = summarise(&run);
    let found = summary.differences.iter().any(|difference| {
        (difference.subject.as_str(), difference.against.as_str(), difference.property) == ("shared", "python3", Property::Pgo)
    });
    assert!(found && report::markdown(&run, &summary).contains("PGO: known of neither"));
}

#[test]
fn published_figures_at_another_size_are_marked() {
    let mut synthetic = Synthetic::new();
    for benchmark in synthetic.run.plan.benchmarks.iter_mut().filter(|benchmark| benchmark.name == "dynamic") {
        benchmark.size = Some(100_000);
    }
    let run = synthetic.change(|sample| sample.benchmark == "dynamic", |sample| sample.size = Some(100_000)).run;
    let markdown = report::markdown(&run, &summarise(&run));
    assert!(markdown.contains("1.337 (at M = 1,000,000)") && !markdown.contains("1.148 (at M"));
    assert!(markdown.contains("--only pure_int_loop/"));
}

/// Outside code, a cell's border is the only bar in a row that no backslash guards.
fn columns(line: &str) -> usize {
    line.replace("\\\\", "").replace("\\|", "").matches('|').count()
}

fn assert_tables_are_whole(markdown: &str) {
    for block in markdown.split("\n\n").filter(|block| block.starts_with('|')) {
        let counts: Vec<usize> = block.lines().map(columns).collect();
        assert!(counts.iter().all(|count| *count == counts[0]), "{block}");
        assert!(block.lines().all(|line| line.starts_with("| ") && line.ends_with(" |")), "{block}");
    }
}

#[test]
fn hostile_names_break_no_table() {
    let run = troubled();
    let markdown = report::markdown(&run, &summarise(&run));
    assert_tables_are_whole(&markdown);
    assert!(!markdown.contains("\n| x"), "a line feed in a name must not begin a row");
    assert!(!markdown.contains('\u{1b}') && !markdown.contains('\u{202e}'));
    for (at, _) in markdown.match_indices("<script") {
        let line = &markdown[markdown[..at].rfind('\n').unwrap_or(0)..at];
        let in_code = !line.matches('`').count().is_multiple_of(2);
        assert!(in_code || line.ends_with('\\'), "a tag that a browser would obey: {line}<script");
    }
}

#[test]
fn writing_makes_the_derived_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let written = report::write(&Folder::create(&path).unwrap(), &Synthetic::new().run).unwrap();
    let json: Summary = serde_json::from_str(&std::fs::read_to_string(path.join("summary.json")).unwrap()).unwrap();
    assert_eq!(json, written);
    let markdown = std::fs::read_to_string(path.join("report.md")).unwrap();
    for link in markdown.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(path.join(link).is_file(), "report.md links to {link}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_name_and_any_reason_keeps_the_report_whole(name in "\\PC{1,40}|[|`\\\\<>&\n\r\t*_]{1,12}", reason in "(?s).{0,60}") {
        prop_assume!(!SUBJECTS.contains(&name.as_str()));
        let run = Synthetic::with(&["python3", "python3-again", "shared"], 3)
            .fail(Outcome::Failed, &reason, |sample| sample.subject == "shared" && sample.round == 1)
            .rename("shared", &name)
            .run;
        let summary = summarise(&run);
        assert_tables_are_whole(&report::markdown(&run, &summary));
        for (_, svg) in report::plots(&run, &summary) {
            let text = svg.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("&quot;", "").replace("&#39;", "");
            prop_assert!(!text.contains('&') && text.matches('<').count() == text.matches('>').count());
        }
    }
}

#[test]
fn scaling_a_subject_scales_its_ratio_alone() {
    let plain = Synthetic::with(&["python3", "python3-again", "static-nonpic", "shared"], 6);
    let before = summarise(&plain.run);
    let scaled = plain.change(|sample| sample.subject == "shared", |sample| sample.value_ns = sample.value_ns.map(|ns| ns * 4));
    let after = summarise(&scaled.run);
    for (before, after) in before.benchmarks.iter().zip(&after.benchmarks) {
        assert_eq!(after.of("shared").unwrap().ratio, before.of("shared").unwrap().ratio.map(|ratio| ratio * 4.0));
        assert_eq!(after.of("static-nonpic").unwrap().ratio, before.of("static-nonpic").unwrap().ratio);
    }
}

#[test]
fn noise_is_given_no_order_and_no_break_even() {
    let few = summarise(&Synthetic::with(&SUBJECTS, 2).run);
    assert!(
        report::answer(&few).starts_with("In `pure_int_loop` and `dynamic`, this run decides nothing")
            && !report::answer(&few).contains("costs most")
    );
    assert!(few.break_even.iter().all(|point| point.size.is_none()), "two rounds have no interval to show a crossing");
    let disturb = |sample: &mut Sample| {
        let drawn = chance(&[u64::from(sample.round), sample.subject.len() as u64, sample.size.unwrap_or(0)]);
        sample.value_ns = sample.value_ns.map(|ns| (ns as f64 * (4.0 * (drawn - 0.5)).exp()) as u64);
    };
    let noisy = summarise(&Synthetic::new().change(|_| true, disturb).run);
    assert!(report::answer(&noisy).contains("this run decides nothing"), "{}", report::answer(&noisy));
    assert!(report::answer(&noisy).contains("noise"));
    let clear = summarise(&Synthetic::new().run);
    assert!(clear.break_even.iter().any(|point| point.size.is_some()) && report::answer(&clear).starts_with("Embed"));
}
