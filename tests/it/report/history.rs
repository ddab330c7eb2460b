//! One benchmark over many runs.

use surtax::report::history::{History, Wanted, history, text};
use surtax::run::Run;

use super::synthetic::{SUBJECTS, Synthetic, troubled};

fn dated(created: &str, mut run: Run) -> Run {
    run.plan.created = created.into();
    run
}

fn runs() -> Vec<(String, Run)> {
    let quicker = |sample: &mut surtax::run::Sample| sample.value_ns = sample.value_ns.map(|ns| ns / 10 * 9);
    let faster = Synthetic::new().change(|sample| sample.subject == "shared", quicker).run;
    let mut other = Synthetic::groups().run;
    other.plan.benchmarks_digest = "fedcba9876543210".into();
    vec![
        ("later".into(), dated("2026-11-25T08:00:00Z", faster)),
        ("first".into(), dated("2026-11-21T08:00:00Z", Synthetic::new().run)),
        ("two".into(), dated("2026-12-01T08:00:00Z", other)),
        ("troubled".into(), dated("2026-11-22T08:00:00Z", troubled())),
    ]
}

fn asked(benchmarks: &[&str], subjects: &[&str]) -> History {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    history(&runs(), &Wanted { benchmarks: owned(benchmarks), subjects: owned(subjects) })
}

#[test]
fn a_subject_is_followed_by_date_through_groups_and_holes() {
    let history = asked(&["dynamic"], &["shared"]);
    let runs: Vec<(&str, Option<f64>)> =
        history.lines.iter().map(|line| (line.run.as_str(), line.ratio.map(|ratio| (ratio * 100.0).round()))).collect();
    assert_eq!(runs, [("first", Some(134.0)), ("troubled", None), ("later", Some(120.0)), ("two", Some(134.0)), ("two", Some(134.0))]);
    let text = text(&history, Some(130));
    assert!(text.contains("troubled: failed verification"), "a hole is a line");
    insta::assert_snapshot!("history-of-shared", text);
}

/// A run's name says what it is of at its start, and which it is at its end.
#[test]
fn a_long_name_keeps_both_ends_on_a_terminal_and_all_of_it_elsewhere() {
    let name = "20261121-a-run-of-many-builds-with-a-long-name-on-the-machine-below-the-stairs-number-17";
    let named: Vec<(String, Run)> = runs().into_iter().take(1).map(|(_, run)| (name.to_owned(), run)).collect();
    let history = history(&named, &Wanted::default());
    assert!(text(&history, None).contains(name));
    let narrow = text(&history, Some(100));
    assert!(narrow.lines().all(|line| line.chars().count() <= 100), "{narrow}");
    assert!(narrow.contains(" 20261121-a") && narrow.contains("number-17\n") && narrow.contains('…'), "{narrow}");
}

#[test]
fn without_a_word_it_is_the_headline_benchmarks_of_all_runners() {
    let history = asked(&[], &[]);
    let benchmarks: std::collections::BTreeSet<&str> = history.lines.iter().map(|line| line.benchmark.as_str()).collect();
    assert_eq!(benchmarks.into_iter().collect::<Vec<_>>(), ["dynamic", "pure_int_loop"]);
    assert!(SUBJECTS[2..].iter().all(|name| history.lines.iter().any(|line| line.subject == *name)));
    assert!(history.lines.iter().all(|line| !line.subject.starts_with("python3")));
    assert_eq!(asked(&["amortised/1000"], &["debian-12/shared"]).lines.len(), 1, "one size, one group's");
    assert!(asked(&["nothing"], &[]).lines.is_empty());
}
