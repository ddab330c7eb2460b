//! Opcodes in a report: taxes that were put in come out, predictions meet what was measured, and what is not the same code is marked.

mod golden;
mod made_up;

use surtax::report::{self, KernelResult, Prediction, Summary, summarise};
use surtax::run::{BenchmarkPlan, Folder, Kernel, Outcome, Phase, Run, SubjectOpcodes};
use surtax::stats::Verdict;

use super::synthetic::Synthetic;
use made_up::{FORMS, KERNELS, true_ratio};

fn kernel<'a>(summary: &'a Summary, kernel: &str, subject: &str) -> &'a KernelResult {
    let rows = &summary.opcodes.as_ref().unwrap().kernels;
    rows.iter().find(|row| row.kernel == kernel && row.subject == subject).unwrap()
}

fn prediction<'a>(summary: &'a Summary, benchmark: &str, subject: &str) -> &'a Prediction {
    let rows = &summary.opcodes.as_ref().unwrap().predictions;
    rows.iter().find(|row| row.benchmark == benchmark && row.subject == subject).unwrap()
}

fn change(run: &mut Run, subject: &str, change: impl Fn(&mut SubjectOpcodes)) {
    run.opcodes.as_mut().unwrap().subjects.iter_mut().filter(|opcodes| opcodes.subject == subject).for_each(change);
}

/// The sections that tell of bytecode.
fn sections(markdown: &str) -> String {
    let from = markdown.find("## What each bytecode pays").or_else(|| markdown.find("## What the benchmarks execute")).unwrap();
    let end = markdown[from..].find("## Verification").unwrap_or(markdown.len() - from);
    markdown[from..from + end].to_owned()
}

#[test]
fn the_sections_of_the_default_run() {
    let run = made_up::run();
    insta::assert_snapshot!("opcodes_markdown", sections(&report::markdown(&run, &summarise(&run))));
}

#[test]
fn the_heat_map_of_the_default_run() {
    let run = made_up::run();
    let plots = report::plots(&run, &summarise(&run));
    let (_, svg) = plots.iter().find(|(name, _)| name == "opcodes.svg").unwrap();
    assert!(!plots.iter().any(|(name, _)| name.starts_with("rounds-opcodes")));
    insta::assert_snapshot!("opcodes_svg", svg);
    super::keep_for_looking("opcodes", &plots);
}

#[test]
fn the_terminal_tells_of_kernels_in_sentences() {
    let run = made_up::run();
    let table = report::terminal_table(&run, &summarise(&run), 80);
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    insta::assert_snapshot!("opcodes_terminal", table);
}

#[test]
fn taxes_that_were_put_in_come_out() {
    let summary = summarise(&made_up::run());
    for (name, _, form, _) in KERNELS.iter().filter(|kernel| kernel.0 != "contains-set") {
        let row = kernel(&summary, name, "static-nonpic");
        assert!((row.tax.unwrap() - 0.97).abs() < 0.008, "{row:?}");
        assert_eq!((row.form.as_deref(), row.rounds, row.same_code), (Some(*form), 15, Some(true)));
        assert_eq!(kernel(&summary, name, "python3-again").verdict, Some(Verdict::NoDifferenceSeen));
    }
    let shared = kernel(&summary, "build-list", "shared");
    assert_eq!(shared.verdict, Some(Verdict::Slower));
    // 17 × 1.3 + 2 × 0.5 × 1.05 + 0.4 × 1.02, by 17 + 1 + 0.4.
    assert!((shared.tax.unwrap() - 23.558 / 18.4).abs() < 0.005 && (shared.cost_ns.unwrap() - 23.558).abs() < 0.2, "{shared:?}");
    assert_eq!((shared.got_loads, shared.plt_calls, shared.tls), (Some(0), Some(1), Some(1)));
    assert_eq!((shared.instructions, shared.instructions_ratio), (Some(94.0), Some(94.0 / 74.0)));
    let baseline = kernel(&summary, "build-list", "python3");
    assert_eq!((baseline.tax, baseline.verdict, baseline.p_value), (Some(1.0), None, None));
}

#[test]
fn kernels_are_a_family_of_comparisons_of_their_own() {
    let summary = summarise(&made_up::run());
    assert_eq!(summary.comparisons, 55, "ten benchmarks and the sum over the kernels, five subjects each");
    assert_eq!(summary.opcodes.unwrap().comparisons, 16 * 5);
    let few = summarise(&made_up::with(Synthetic::with(&super::SUBJECTS, 10)));
    let row = kernel(&few, "raise", "shared");
    assert_eq!(row.verdict, Some(Verdict::Undecided));
    assert_eq!(row.note.as_deref(), Some("10 rounds cannot decide among 80 comparisons; 12 can"));
}

#[test]
fn predictions_meet_what_was_measured_and_show_what_they_miss() {
    let summary = summarise(&made_up::run());
    let mut hits = 0;
    for (benchmark, covered) in [("pure_int_loop", 1.0), ("dynamic", 0.96)] {
        for subject in ["python3-again", "static-nonpic", "static-pic", "static-pic-pie", "shared"] {
            let row = prediction(&summary, benchmark, subject);
            let truth = true_ratio(benchmark, subject);
            assert!((row.predicted.unwrap() / truth - 1.0).abs() < 0.006, "{row:?}, true {truth}");
            hits += u32::from(row.predicted_low.unwrap() <= truth && truth <= row.predicted_high.unwrap());
            let hidden = if (benchmark, subject) == ("dynamic", "shared") { 1.1 } else { 1.0 };
            assert!((row.unexplained.unwrap() / hidden - 1.0).abs() < 0.01, "{row:?}");
            assert!((row.covered.unwrap() - covered).abs() < 1e-9 && row.rounds == 15, "{row:?}");
        }
    }
    assert!(hits >= 9, "of ten intervals of 95 %, {hits} hold the truth");
    let amortised: Vec<&Prediction> = summary
        .opcodes
        .as_ref()
        .unwrap()
        .predictions
        .iter()
        .filter(|row| row.benchmark == "amortised" && row.subject == "shared")
        .collect();
    assert!(matches!(amortised.as_slice(), [Prediction { size: Some(1_000_000), note: Some(note), .. }] if note.contains("starting")));
    assert!(!summary.opcodes.unwrap().predictions.iter().any(|row| row.benchmark == "startup"), "nothing could count it");
}

#[test]
fn other_bytecode_is_marked_beside_every_number() {
    let mut run = made_up::run();
    change(&mut run, "shared", |opcodes| {
        for executed in opcodes.benchmarks.iter_mut().filter(|executed| executed.benchmark == "dynamic") {
            executed.digest = Some("0000".into());
            let count = executed.histogram.remove("BINARY_OP_ADD_INT").unwrap();
            executed.histogram.insert("BINARY_OP".into(), count);
        }
        for kernel in opcodes.kernels.iter_mut().filter(|kernel| kernel.name == "add-int") {
            kernel.form = Some("BINARY_OP".into());
        }
    });
    let summary = summarise(&run);
    assert_eq!(super::row(&summary, "dynamic", Some(1_000_000), "shared").same_code, Some(false));
    assert_eq!(super::row(&summary, "dynamic", Some(1_000_000), "static-pic").same_code, Some(true));
    assert_eq!(super::row(&summary, "startup", None, "shared").same_code, None, "nothing is known of it");
    let row = kernel(&summary, "add-int", "shared");
    assert_eq!((row.same_code, row.note.as_deref()), (Some(false), Some("runs BINARY_OP, `python3` BINARY_OP_ADD_INT")));
    assert!(row.tax.is_some());

    let markdown = report::markdown(&run, &summary);
    let line = |start: &str| markdown.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}: {markdown}"));
    assert!(markdown.lines().any(|line| line.starts_with("| `shared` |") && line.contains(" ≠ |")));
    assert!(line("≠ The two execute other bytecode").contains("not the cost of a build alone"));
    assert!(line("| `add-int` |").contains('≠'));
    assert!(line("- `add-int` in `shared`:").contains("runs BINARY_OP"));
    assert!(line("| `dynamic` | `shared` |").contains("BINARY_OP 10.0 % instead of 0.0 %"));
    let warm = "**Not all subjects reach the same code as `python3` once warm** (20,000 steps, one hash seed) in `dynamic`.";
    assert!(line("**All subjects").contains(warm));
    assert!(line("- Not the same bytecode as `python3`: `shared` in `dynamic`.").contains("build alone"));
    assert!(line("| dynamic, M = 1,000,000 | `shared` |").contains("the two execute other bytecode, each its own here"));
    let table = report::terminal_table(&run, &summary, 80);
    assert!(table.lines().any(|line| line.contains("shared") && line.contains('≠')) && table.contains("Not the same bytecode"), "{table}");
    let plots = report::plots(&run, &summary);
    assert!(plots.iter().find(|(name, _)| name == "opcodes.svg").unwrap().1.contains("▲≠</text>"));
}

#[test]
fn a_kernel_that_never_ran_its_form_is_a_hole_with_a_reason() {
    let mut run = made_up::run();
    for sample in run.samples.iter_mut().filter(|sample| sample.subject == "shared") {
        sample.kernels.iter_mut().for_each(|kernels| {
            kernels.remove("raise");
            // A slope that noise made negative is no cost.
            kernels.insert("load-fast".into(), if sample.round < 4 { -0.1 } else { 0.94 });
        });
    }
    change(&mut run, "shared", |opcodes| {
        let raise = opcodes.kernels.iter_mut().find(|kernel| kernel.name == "raise").unwrap();
        *raise = Kernel { form: None, reason: Some("expected RAISE_VARARGS, saw RERAISE".into()), ..raise.clone() };
    });
    let summary = summarise(&run);
    let row = kernel(&summary, "raise", "shared");
    assert_eq!((row.tax, row.cost_ns, row.rounds, row.got_loads), (None, None, 0, None));
    assert_eq!(row.note.as_deref(), Some("expected RAISE_VARARGS, saw RERAISE"));
    assert_eq!(kernel(&summary, "load-fast", "shared").rounds, 11);
    assert!(prediction(&summary, "dynamic", "shared").predicted.is_some());
    let markdown = report::markdown(&run, &summary);
    assert!(markdown.contains("- `raise` in `shared`: expected RAISE_VARARGS, saw RERAISE\n"));
    assert!(markdown.contains("- `contains-set` in every subject: expected CONTAINS_OP_SET, saw CONTAINS_OP\n"));
    assert!(kernel(&summary, "contains-set", "shared").tax.is_none());
}

#[test]
fn a_subject_that_fails_verification_has_no_cost_anywhere() {
    let run = made_up::with(Synthetic::new().fail_verification("shared", "program_07", "differs"));
    let summary = summarise(&run);
    let row = kernel(&summary, "raise", "shared");
    assert_eq!((row.tax, row.cost_ns, row.instructions, row.verdict), (None, None, None, None));
    assert!(row.note.as_deref().unwrap().contains("failed verification"));
    assert_eq!(row.form.as_deref(), Some("RAISE_VARARGS"), "what it executes is no timing");
    let row = prediction(&summary, "dynamic", "shared");
    assert_eq!((row.predicted, row.measured, row.unexplained), (None, None, None));
    let baseline = summarise(&made_up::with(Synthetic::new().fail_verification("python3", "program_07", "differs")));
    let rows = baseline.opcodes.unwrap();
    assert!(rows.kernels.iter().all(|row| row.tax.is_none()) && rows.predictions.iter().all(|row| row.predicted.is_none()));
}

#[test]
fn failed_visits_drop_out_and_the_last_record_counts() {
    let mut run = made_up::run();
    let of_shared = |sample: &surtax::run::Sample| {
        sample.subject == "shared" && sample.benchmark == BenchmarkPlan::OPCODES && sample.phase == Phase::Measured
    };
    let whole = run.clone();
    for sample in run.samples.iter_mut().filter(|sample| of_shared(sample) && sample.round < 3) {
        sample.outcome = Outcome::Failed;
        sample.value_ns = None;
    }
    assert_eq!(kernel(&summarise(&run), "raise", "shared").rounds, 12);
    run.samples.extend(whole.samples.iter().filter(|sample| of_shared(sample) && sample.round < 3).cloned());
    assert_eq!(summarise(&run).opcodes, summarise(&whole).opcodes);
}

#[test]
fn an_interrupted_run_has_a_report_at_every_moment() {
    let whole = made_up::run();
    let before = whole.samples.iter().position(|sample| sample.benchmark == BenchmarkPlan::OPCODES).unwrap();
    for count in [0, 1, before, before + 1, before + 17, before + 18, before + 19, before + 24, before + 60] {
        let mut run = whole.clone();
        run.samples.truncate(count);
        let summary = summarise(&run);
        let json = serde_json::to_string(&summary).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary, "{count} samples");
        assert!(!report::markdown(&run, &summary).contains("NaN") && !report::terminal_table(&run, &summary, 80).contains("NaN"));
        assert!(report::plots(&run, &summary).iter().all(|(_, svg)| !svg.contains("NaN") && !svg.contains("inf")), "{count} samples");
    }
}

#[test]
fn a_prediction_of_few_rounds_has_no_interval() {
    let mut run = made_up::run();
    run.samples.retain(|sample| sample.phase != Phase::Measured || sample.round < 5);
    let summary = summarise(&run);
    let row = prediction(&summary, "dynamic", "shared");
    assert_eq!((row.rounds, row.predicted_low, row.unexplained_high), (5, None, None));
    assert!(row.predicted.is_some() && row.unexplained.is_some());
}

#[test]
fn a_run_of_kernels_alone_advises_nothing_and_tells_of_them() {
    let mut run = made_up::run();
    run.plan.benchmarks.retain(|benchmark| benchmark.name == BenchmarkPlan::OPCODES);
    run.samples.retain(|sample| sample.benchmark == BenchmarkPlan::OPCODES);
    let summary = summarise(&run);
    assert!(report::answer(&summary).contains("advises nothing"));
    let table = report::terminal_table(&run, &summary, 80);
    assert!(table.contains("Over 16 opcode kernels") && !table.contains("opcodes (") && !table.contains("median ms"), "{table}");
    assert!(summary.opcodes.unwrap().predictions.is_empty(), "nothing was measured that could be held against it");
}

#[test]
fn why_a_subject_says_nothing_of_its_kernels_stands_beside_their_costs() {
    let mut run = made_up::run();
    change(&mut run, "shared", |opcodes| {
        opcodes.kernels.clear();
        opcodes.kernels_reason = Some("kernels.py was still running after 120 s and was ended".into());
    });
    let summary = summarise(&run);
    let row = kernel(&summary, "raise", "shared");
    assert!(row.tax.is_some() && row.form.is_none() && row.same_code.is_none());
    let note = "what a copy executes is not known: kernels.py was still running after 120 s and was ended";
    assert_eq!(row.note.as_deref(), Some(note));
    let row = prediction(&summary, "dynamic", "shared");
    let unknown = "what the kernels execute in `shared` is not known: kernels.py was still running after 120 s and was ended";
    assert_eq!((row.predicted, row.note.as_deref()), (None, Some(unknown)));
    let markdown = report::markdown(&run, &summary);
    // `contains-set` has no cost, and the same reason.
    assert!(markdown.contains(&format!(" in `shared`: {note}\n")), "{markdown}");
    assert_eq!(kernel(&summary, "contains-set", "shared").note.as_deref(), Some("kernels.py was still running after 120 s and was ended"));
}

/// As older surtaxes wrote it.
#[test]
fn opcodes_without_that_reason_are_read() {
    let mut run = made_up::run();
    let opcodes = run.opcodes.take().unwrap();
    let mut json = serde_json::to_value(&opcodes).unwrap();
    for subject in json["subjects"].as_array_mut().unwrap() {
        assert_eq!(subject.as_object_mut().unwrap().remove("kernels_reason"), Some(serde_json::Value::Null));
    }
    assert_eq!(serde_json::from_value::<surtax::run::Opcodes>(json).unwrap(), opcodes);
}

#[test]
fn without_kernels_the_report_tells_what_is_executed_and_no_more() {
    let mut run = made_up::run();
    run.plan.benchmarks.retain(|benchmark| benchmark.name != BenchmarkPlan::OPCODES);
    run.samples.retain(|sample| sample.benchmark != BenchmarkPlan::OPCODES);
    let summary = summarise(&run);
    let opcodes = summary.opcodes.as_ref().unwrap();
    assert!(opcodes.kernels.is_empty() && opcodes.predictions.is_empty() && !opcodes.executed.is_empty());
    let markdown = report::markdown(&run, &summary);
    let warm = "**All subjects reach the same code as `python3` once warm** (20,000 steps, one hash seed) in `pure_int_loop`, `dynamic`, `amortised`.";
    assert!(markdown.contains(warm));
    assert!(!markdown.contains("What each bytecode pays") && !markdown.contains("Predicted and measured"));
    assert!(!report::plots(&run, &summary).iter().any(|(name, _)| name == "opcodes.svg"));
}

#[test]
fn a_run_that_looked_at_no_bytecode_has_no_word_of_it() {
    let run = Synthetic::new().run;
    let summary = summarise(&run);
    let json = serde_json::to_string(&summary).unwrap();
    assert!(!json.contains("opcodes") && !json.contains("same_code"));
    assert!(!report::markdown(&run, &summary).contains("bytecode"));
}

#[test]
fn several_groups_are_held_against_their_own_python3() {
    let mut run = made_up::with(Synthetic::groups());
    // Another Python has other bytecode.
    for opcodes in run.opcodes.as_mut().unwrap().subjects.iter_mut().filter(|opcodes| opcodes.subject.starts_with("debian-12")) {
        opcodes.benchmarks.iter_mut().for_each(|executed| executed.digest = executed.digest.as_ref().map(|_| "1111".to_owned()));
    }
    let summary = summarise(&run);
    let row = kernel(&summary, "raise", "debian-12/shared");
    assert_eq!((row.baseline.as_str(), row.verdict), ("debian-12/python3", Some(Verdict::Slower)));
    let dynamic = summary.benchmarks.iter().find(|benchmark| benchmark.name == "dynamic").unwrap();
    assert_eq!(dynamic.of("debian-12/shared").unwrap().same_code, Some(true));
    assert_eq!(dynamic.across_of("debian-12/shared").unwrap().same_code, Some(false), "across releases it is other bytecode");
    assert_eq!(dynamic.across_of("debian-13/shared").unwrap().same_code, Some(true));
    let markdown = report::markdown(&run, &summary);
    let sections = sections(&markdown);
    for part in ["\n### debian-13\n", "\n### debian-12\n"] {
        assert_eq!(sections.matches(part).count(), 3, "{part}");
    }
    let plots = report::plots(&run, &summary);
    super::keep_for_looking("opcodes-groups", &plots);
    assert!(report::terminal_table(&run, &summary, 80).lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn hostile_names_break_nothing() {
    let hostile = "evil|`<script>alert(1)</script>\n| x |\u{1b}[31m\u{202e}&\"'";
    let mut run = made_up::run();
    for opcodes in &mut run.opcodes.as_mut().unwrap().subjects {
        opcodes.handlers_evidence = hostile.to_owned();
        opcodes.kernels[3].name = hostile.to_owned();
        opcodes.kernels[4].group = hostile.to_owned();
        opcodes.kernels[5].form = Some(hostile.to_owned());
        opcodes.kernels[16].reason = Some(hostile.to_owned());
        opcodes.benchmarks[3].reason = Some(hostile.to_owned());
        opcodes.benchmarks[0].digest = Some(hostile.to_owned());
        opcodes.benchmarks[0].histogram.insert(hostile.to_owned(), 4.0);
    }
    let summary = summarise(&run);
    let markdown = report::markdown(&run, &summary);
    assert!(!markdown.contains("<script>") && !markdown.contains('\u{1b}') && !markdown.contains("\n| x |"), "{markdown}");
    let table = report::terminal_table(&run, &summary, 72);
    assert!(!table.contains('\u{1b}') && table.lines().all(|line| line.chars().count() <= 72));
    for (name, svg) in report::plots(&run, &summary) {
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains("| x |\n"), "{name}");
    }
}

#[test]
fn an_empty_or_absurd_histogram_has_no_prediction() {
    let mut run = made_up::run();
    change(&mut run, "shared", |opcodes| {
        opcodes.benchmarks[0].histogram.values_mut().for_each(|count| *count = 0.0);
        opcodes.benchmarks[1].histogram.values_mut().for_each(|count| *count = -1.0);
        opcodes.kernels.iter_mut().for_each(|kernel| kernel.copy.values_mut().for_each(|count| *count = u32::MAX));
    });
    let summary = summarise(&run);
    assert!(!summary.opcodes.as_ref().unwrap().predictions.iter().any(|row| row.subject == "shared" && row.benchmark != "amortised"));
    assert!(!report::markdown(&run, &summary).contains("NaN"));
}

#[test]
fn every_form_has_a_kernel() {
    assert!(
        FORMS.iter().all(|(form, ..)| KERNELS.iter().any(|(_, _, own, rest)| own == form || rest.iter().any(|(other, _)| other == form)))
    );
}

/// What is written can be read, and made again.
#[test]
fn the_folder_of_a_run_with_opcodes_is_read_back() {
    let run = made_up::run();
    let scratch = tempfile::tempdir().unwrap();
    let folder = Folder::create(&scratch.path().join("run")).unwrap();
    folder.write_opcodes(run.opcodes.as_ref().unwrap()).unwrap();
    folder.write_environment(&run.environment).unwrap();
    folder.write_audit(&run.audit).unwrap();
    folder.write_verification(&run.verification).unwrap();
    folder.write_plan(&run.plan).unwrap();
    let lines: String = run.samples.iter().map(|sample| serde_json::to_string(sample).unwrap() + "\n").collect();
    folder.write_text("samples.jsonl", &lines).unwrap();
    let summary = report::write(&folder, &folder.read().unwrap()).unwrap();
    assert_eq!(summary, summarise(&run));
    assert!(folder.file("plots/opcodes.svg").is_file());
}
