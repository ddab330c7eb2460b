//! Runs of several groups: each subject against its own python3, and all against one.

use surtax::report::{self, AcrossResult, Finding, Summary, summarise};
use surtax::run::{GroupPlan, Phase, Role, Run, Sample, SubjectPlan};
use surtax::stats::Verdict;

use super::synthetic::{SUBJECTS, Synthetic, row};
use super::{assert_tables_are_whole, keep_for_looking};

const OLDER: &str = "debian-12/";

fn across<'a>(summary: &'a Summary, benchmark: &str, subject: &str) -> &'a AcrossResult {
    summary.benchmarks.iter().find(|other| other.name == benchmark).unwrap().across_of(subject).unwrap()
}

fn loop_row<'a>(summary: &'a Summary, subject: &str) -> &'a report::SubjectResult {
    row(summary, "dynamic", Some(1_000_000), subject)
}

#[test]
fn markdown_of_two_releases() {
    let run = Synthetic::groups().run;
    let markdown = report::markdown(&run, &summarise(&run));
    assert_tables_are_whole(&markdown);
    insta::assert_snapshot!(markdown);
}

#[test]
fn terminal_table_of_two_releases_fits_80_columns() {
    let run = Synthetic::groups().run;
    let table = report::terminal_table(&run, &summarise(&run), 80);
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.lines().any(|line| line.ends_with("no difference seen")) && !table.contains("…"), "{table}");
    insta::assert_snapshot!(table);
}

#[test]
fn plots_of_two_releases() {
    let run = Synthetic::groups().run;
    let plots = report::plots(&run, &summarise(&run));
    let names: Vec<&str> = plots.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..3], ["ratios.svg", "across.svg", "amortised.svg"]);
    assert_eq!(names.len(), 14);
    for (name, svg) in plots.iter().filter(|(name, _)| ["across.svg", "amortised.svg"].contains(&name.as_str())) {
        insta::assert_snapshot!(format!("groups_{}", name.replace('.', "_")), svg);
    }
    keep_for_looking("groups", &plots);
}

#[test]
fn a_ratio_is_to_the_python3_of_the_same_group_and_across_to_the_reference() {
    let before = summarise(&Synthetic::groups().run);
    let slower =
        Synthetic::groups().change(|sample| sample.subject.starts_with(OLDER), |sample| sample.value_ns = sample.value_ns.map(|ns| ns * 2));
    let after = summarise(&slower.run);
    for name in ["python3", "python3-again", "static-nonpic", "shared"] {
        let name = format!("{OLDER}{name}");
        assert_eq!(loop_row(&after, &name).ratio, loop_row(&before, &name).ratio, "{name}");
    }
    for name in ["python3", "static-nonpic", "shared"] {
        let name = format!("{OLDER}{name}");
        let doubled = across(&before, "dynamic", &name).ratio.map(|ratio| ratio * 2.0);
        assert_eq!(across(&after, "dynamic", &name).ratio, doubled, "{name}");
    }
    assert_eq!(loop_row(&after, "debian-13/shared"), loop_row(&before, "debian-13/shared"));
    let older = loop_row(&before, "debian-12/shared");
    assert_eq!((older.group.as_deref(), older.baseline.as_deref()), (Some("debian-12"), Some("debian-12/python3")));
    assert_eq!(across(&before, "dynamic", "debian-12/python3").verdict, Some(Verdict::Slower));
}

#[test]
fn every_comparison_is_corrected_for_once() {
    let summary = summarise(&Synthetic::groups().run);
    // By benchmark: a control, four runners and a guest; a control and three runners; across, the older python3 and its three runners.
    assert_eq!(summary.comparisons, 10 * (6 + 4 + 4));
    assert_eq!(summary.comparisons, Synthetic::groups().run.plan.comparisons(), "the plan knows");
    let own = loop_row(&summary, "debian-13/shared");
    let same = across(&summary, "dynamic", "debian-13/shared");
    assert_eq!(
        (same.ratio, same.p_value, same.p_adjusted, same.verdict, same.rounds),
        (own.ratio, own.p_value, own.p_adjusted, own.verdict, own.rounds)
    );
    let reference = across(&summary, "dynamic", "debian-13/python3");
    assert_eq!((reference.ratio, reference.verdict, reference.p_value), (Some(1.0), None, None));
    assert!(summary.benchmarks.iter().all(|benchmark| benchmark.across.iter().all(|row| !row.subject.ends_with("-again"))));
}

#[test]
fn the_widest_noise_floor_of_the_groups_counts_for_all() {
    let disturbed = |group: &'static str| {
        let control = format!("{group}/python3-again");
        Synthetic::groups().change(
            move |sample| sample.subject == control && sample.phase == Phase::Measured && sample.round % 2 == 0,
            |sample| sample.value_ns = sample.value_ns.map(|ns| ns * 5 / 4),
        )
    };
    for group in ["debian-13", "debian-12"] {
        let summary = summarise(&disturbed(group).run);
        assert!(summary.benchmarks.iter().all(|benchmark| benchmark.noise_floor.unwrap() > 0.2), "{group}");
        assert_eq!(loop_row(&summary, "debian-13/static-nonpic").verdict, Some(Verdict::NoDifferenceSeen));
        assert_eq!(across(&summary, "dynamic", "debian-12/python3").verdict, Some(Verdict::NoDifferenceSeen));
    }
}

#[test]
fn a_control_that_differs_from_its_baseline_is_named() {
    let run = Synthetic::groups()
        .change(|sample| sample.subject == "debian-12/python3-again", |sample| sample.value_ns = sample.value_ns.map(|ns| ns * 2))
        .run;
    let summary = summarise(&run);
    let named = |finding: &&Finding| matches!(finding, Finding::ControlDiffers { control: Some(control), .. } if control == "debian-12/python3-again");
    assert_eq!(summary.findings.iter().filter(named).count(), 10);
}

#[test]
fn a_python3_that_fails_verification_costs_its_own_group_the_ratios_and_no_other() {
    let older = summarise(&Synthetic::groups().fail_verification("debian-12/python3", "program_01", "differs").run);
    assert_eq!(loop_row(&older, "debian-12/shared").ratio, None);
    assert!(loop_row(&older, "debian-13/shared").ratio.is_some() && across(&older, "dynamic", "debian-12/shared").ratio.is_some());
    assert!(across(&older, "dynamic", "debian-12/python3").note.as_deref().unwrap().contains("failed verification"));

    let run = Synthetic::groups().fail_verification("debian-13/python3", "program_01", "differs").run;
    let newer = summarise(&run);
    assert!(loop_row(&newer, "debian-12/shared").ratio.is_some());
    let hole = across(&newer, "dynamic", "debian-12/shared");
    assert_eq!((hole.ratio, hole.verdict), (None, None));
    assert_eq!(hole.note.as_deref(), Some("no round in which `debian-13/python3` gave a time to compare with"));
    let markdown = report::markdown(&run, &newer);
    assert!(markdown.contains("Verification failed for `debian-13/python3`; the others passed."));
    assert!(report::answer(&newer).contains("`debian-12/python3` has no published ratio"));
}

#[test]
fn another_baseline_can_be_the_reference() {
    let mut run = Synthetic::groups().run;
    run.plan.reference = Some("debian-12/python3".into());
    let summary = summarise(&run);
    assert!(across(&summary, "dynamic", "debian-13/python3").ratio.unwrap() < 0.9);
    let markdown = report::markdown(&run, &summary);
    assert!(markdown.contains("#### Across releases: relative to `debian-12/python3`"));
    assert!(markdown.contains("`debian-13` has Python 3.13.5 of trixie, `debian-12` has Python 3.11.2 of bookworm."));
    assert!(report::answer(&summary).contains("relative to `debian-12/python3`: `debian-13/python3` takes"));
}

#[test]
fn a_guest_is_never_embedded_however_fast_it_is() {
    let fast = |sample: &mut Sample| sample.value_ns = sample.value_ns.map(|ns| ns / 3);
    let run = Synthetic::groups().change(|sample| sample.subject == SubjectPlan::HOST_PYTHON, fast).run;
    let summary = summarise(&run);
    assert!(report::answer(&summary).starts_with("Embed `debian-13/static-nonpic`"), "{}", report::answer(&summary));
    assert!(report::answer(&summary).contains("Beside the runners, `host-python3` takes 0.375 in `pure_int_loop` (faster)"));
    assert!(summary.break_even.iter().all(|point| point.subject != SubjectPlan::HOST_PYTHON));
    assert!(report::markdown(&run, &summary).contains("guest: faster"));
}

#[test]
fn a_guest_that_was_not_verified_has_no_timing() {
    let mut run = Synthetic::groups().run;
    run.verification.subjects.retain(|verified| verified.subject != SubjectPlan::HOST_PYTHON);
    let summary = summarise(&run);
    let guest = loop_row(&summary, SubjectPlan::HOST_PYTHON);
    assert_eq!((guest.median_ns, guest.note.as_deref()), (None, Some("not verified: no timing is published")));
    assert!(!summary.is_complete());
}

#[test]
fn a_guest_of_no_group_is_held_against_the_reference() {
    let grouped = Synthetic::groups().run;
    let mut run = grouped.clone();
    run.plan.subjects.iter_mut().filter(|subject| subject.role == Role::Guest).for_each(|guest| guest.group = None);
    assert_eq!(summarise(&run), summarise(&grouped));
}

#[test]
fn the_paragraph_says_what_was_built_differently() {
    let mut run = Synthetic::groups().run;
    for audit in run.audit.subjects.iter_mut().filter(|audit| audit.subject == "debian-12/static-pic") {
        audit.pgo = surtax::run::Answer::Yes;
        audit.code_model = "pie".into();
    }
    run.audit.subjects.retain(|audit| audit.subject != "debian-12/shared");
    let markdown = report::markdown(&run, &summarise(&run));
    let paragraph = markdown.split("## What differs between the releases\n\n").nth(1).unwrap().lines().next().unwrap();
    for said in [
        "Runners of one name were built differently: `static-pic`: PGO yes instead of no, pie instead of pic; `shared`: nothing is known of one of the two.",
        "those of `debian-12` none, those of `debian-13` 12 (compiled from CPython 3.13.5's source for its runners).",
        "`static-nonpic` 1.138 and 1.089 against 1.013? and 0.975",
    ] {
        assert!(paragraph.contains(said), "{said}\n{paragraph}");
    }
}

#[test]
fn a_run_of_one_named_group_looks_like_a_run_without_groups() {
    let plain = Synthetic::new().run;
    let mut run = plain.clone();
    run.plan.groups = vec![GroupPlan {
        name: "host".into(),
        release: run.plan.release.clone(),
        python: run.plan.python.clone(),
        lock: Some("surtax.lock".into()),
        lock_sha256: run.plan.lock_sha256,
        recipe: None,
        hacl: None,
        cpython: None,
    }];
    run.plan.subjects.iter_mut().for_each(|subject| subject.group = Some("host".into()));
    let (named, unnamed) = (summarise(&run), summarise(&plain));
    assert_eq!(report::markdown(&run, &named), report::markdown(&plain, &unnamed));
    assert_eq!(report::terminal_table(&run, &named, 80), report::terminal_table(&plain, &unnamed, 80));
    assert_eq!(report::plots(&run, &named), report::plots(&plain, &unnamed));
    assert_eq!(named.groups[0].subjects, SUBJECTS);
    assert_eq!((named.reference, named.comparisons), (None, unnamed.comparisons));
}

#[test]
fn the_summary_of_several_groups_can_be_read_back() {
    let summary = summarise(&Synthetic::groups().run);
    let json = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary);
}

fn assert_whole(run: &Run) {
    let summary = summarise(run);
    assert_tables_are_whole(&report::markdown(run, &summary));
    assert!(report::terminal_table(run, &summary, 80).lines().all(|line| line.chars().count() <= 80));
    for (name, svg) in report::plots(run, &summary) {
        assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("<script"), "{name}");
    }
}

#[test]
fn broken_plans_and_half_measured_runs_of_several_groups_give_a_report() {
    let whole = Synthetic::groups().run;
    for count in [0, 1, 11, 12, 13, 500] {
        let mut run = whole.clone();
        run.samples.truncate(count);
        assert_whole(&run);
    }
    let mut headless = whole.clone();
    headless.plan.subjects.retain(|subject| subject.name != "debian-12/python3");
    assert_whole(&headless);
    let mut unknown = whole.clone();
    unknown.plan.reference = Some("nobody".into());
    unknown.plan.subjects[3].group = Some("nowhere".into());
    assert_whole(&unknown);
    let mut hostile = whole.clone();
    let name = "evil|`<script>\n| x |\u{1b}[31m\u{202e}&\"'";
    hostile.plan.groups[1].name = name.into();
    hostile.plan.groups[1].python = name.into();
    hostile.plan.groups[1].release = name.into();
    hostile.plan.subjects.iter_mut().filter(|subject| subject.group.as_deref() == Some("debian-12")).for_each(|subject| {
        subject.group = Some(name.into());
    });
    assert_whole(&hostile);
    let mut empty = whole;
    empty.plan.subjects.clear();
    empty.samples.clear();
    assert_whole(&empty);
}
