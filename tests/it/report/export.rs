//! A run in other tools' formats, as far as that can be told without these tools; `tests/it/exports.rs` asks the tools themselves.

use serde_json::Value;
use surtax::report::export::{ExportFormat, export, pyperf};
use surtax::report::summarise;
use surtax::run::{Outcome, Run};

use super::synthetic::{SUBJECTS, Synthetic, troubled};

fn one(run: &Run, format: ExportFormat, subjects: &[&str]) -> String {
    let subjects: Vec<String> = subjects.iter().map(|name| (*name).to_owned()).collect();
    let files = export(run, &summarise(run), format, &subjects);
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().expect("a file").1
}

#[test]
fn pyperf_has_a_file_per_subject_and_a_run_per_visit() {
    let run = Synthetic::new().run;
    let files = pyperf(&run);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, SUBJECTS.map(|name| format!("{name}.json")));
    let suite: Value = serde_json::from_str(&files[5].1).expect("JSON");
    assert_eq!((&suite["version"], suite["benchmarks"].as_array().map(Vec::len)), (&Value::from("1.0"), Some(10)));
    let dynamic = &suite["benchmarks"][1];
    assert_eq!(dynamic["metadata"]["name"], "dynamic/1000000");
    let runs = dynamic["runs"].as_array().expect("runs");
    assert_eq!((runs.len(), runs[0]["warmups"].as_array().map(Vec::len), runs[0].get("values")), (18, Some(1), None));
    assert!(runs[3..].iter().all(|run| run["values"].as_array().map(Vec::len) == Some(1) && run.get("warmups").is_none()));
    let mean = runs[3..].iter().filter_map(|run| run["values"][0].as_f64()).sum::<f64>() / 15.0;
    assert!((mean - 0.945).abs() < 0.01, "707 ms, and a third more: {mean}");
    insta::assert_snapshot!("pyperf-metadata", serde_json::to_string_pretty(&suite["metadata"]).expect("JSON"));
    insta::assert_snapshot!("pyperf-run", format!("{}\n{}\n{}", dynamic["metadata"], runs[0], runs[3]));
}

#[test]
fn names_of_pyperfs_files_are_safe_and_their_own() {
    let hostile = ["../../etc/passwd", "a b", "a/b", "A_B", "", ".hidden", "nul\u{0}\n"];
    let mut run = Synthetic::with(&hostile, 2).run;
    for subject in &mut run.plan.subjects {
        subject.role = surtax::run::Role::Runner;
    }
    let names: Vec<String> = pyperf(&run).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), hostile.len(), "{names:?}");
    let mut folded: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    folded.sort();
    folded.dedup();
    assert_eq!(folded.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| !name.starts_with('.') && !name.contains(['/', '\0', '\n', ' '])), "{names:?}");
}

#[test]
fn what_is_withheld_is_in_no_format() {
    let run = troubled();
    let summary = summarise(&run);
    for format in ExportFormat::ALL {
        for (name, text) in export(&run, &summary, format, &[]) {
            assert!(!name.contains("shared"), "{name}");
            let rows = text.lines().filter(|line| line.contains("shared") && !line.contains("also lack"));
            assert_eq!(
                rows.filter(|row| row.starts_with("| ") || row.contains("1000000,") || row.contains("command")).count(),
                0,
                "{name}"
            );
            assert!(!text.contains('\u{1b}') || format == ExportFormat::Csv, "{name}");
        }
    }
    assert!(export(&run, &summary, ExportFormat::Pyperf, &["shared".to_owned()]).is_empty());
}

#[test]
fn failed_visits_give_no_value() {
    let run = Synthetic::new()
        .fail(Outcome::Failed, "killed", |sample| sample.subject == "shared" && sample.benchmark == "dynamic")
        .fail(Outcome::TimedOut, "too long", |sample| sample.subject == "shared" && sample.benchmark == "startup" && sample.round < 5)
        .run;
    let (_, text) = pyperf(&run).into_iter().find(|(name, _)| name == "shared.json").expect("others are there");
    let suite: Value = serde_json::from_str(&text).expect("JSON");
    let benchmarks = suite["benchmarks"].as_array().expect("a list");
    assert!(benchmarks.iter().all(|benchmark| benchmark["metadata"]["name"] != "dynamic/1000000"));
    let startup = benchmarks.iter().find(|benchmark| benchmark["metadata"]["name"] == "startup").expect("the other rounds");
    assert_eq!(startup["runs"].as_array().map(Vec::len), Some(10));
}

#[test]
fn hyperfines_results_are_those_of_the_visits() {
    let run = Synthetic::new().run;
    let results: Value = serde_json::from_str(&one(&run, ExportFormat::Hyperfine, &[])).expect("JSON");
    let results = results["results"].as_array().expect("a list");
    assert_eq!(results.len(), 60);
    let shared = results.iter().find(|result| result["command"] == "shared dynamic/1000000").expect("it is there");
    // As `hyperfine --export-json` of 1.18 to 1.20 writes them.
    let fields: Vec<&String> = shared.as_object().expect("an object").keys().collect();
    let expected =
        ["command", "exit_codes", "max", "mean", "median", "memory_usage_byte", "min", "parameters", "stddev", "system", "times", "user"];
    assert_eq!(fields, expected);
    let number = |field: &str| shared[field].as_f64().expect("a number");
    let times: Vec<f64> = shared["times"].as_array().expect("a list").iter().filter_map(Value::as_f64).collect();
    assert_eq!((times.len(), shared["exit_codes"].as_array().map(Vec::len)), (15, Some(15)));
    let mean = times.iter().sum::<f64>() / 15.0;
    assert!((number("mean") - mean).abs() < 1e-12 && number("min") <= number("median") && number("median") <= number("max"));
    let spread = (times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / 14.0).sqrt();
    assert!((number("stddev") - spread).abs() < 1e-12);
    let single: Value = serde_json::from_str(&one(&Synthetic::with(&SUBJECTS, 1).run, ExportFormat::Hyperfine, &["shared"])).expect("JSON");
    assert_eq!(single["results"][0]["stddev"], Value::Null);
}

#[test]
fn csv_has_every_visit_and_keeps_hostile_text_in_its_field() {
    let run = troubled();
    let text = one(&run, ExportFormat::Csv, &[]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    insta::assert_snapshot!("csv-header", header.iter().collect::<Vec<_>>().join(","));
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("every row has as many fields");
    let published = run.samples.iter().filter(|sample| sample.subject != "shared").count();
    assert_eq!(rows.len(), published);
    let field = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let hostile = run.plan.subjects[4].name.as_str();
    assert!(rows.iter().any(|row| &row[field("subject")] == hostile), "as it is, and in one field");
    let segfault = rows.iter().find(|row| row[field("outcome")] == *"failed").expect("a failure is a row");
    assert_eq!((&segfault[field("value_ns")], &segfault[field("reason")]), ("", "exit code 139 (SIGSEGV)\n| Segmentation fault |"));
    assert_eq!(text.matches("\r\n").count(), rows.len() + 1, "RFC 4180 ends lines so");
}

#[test]
fn markdown_for_a_pull_request() {
    insta::assert_snapshot!("markdown-for-a-comment", one(&Synthetic::new().run, ExportFormat::Markdown, &[]));
    insta::assert_snapshot!("markdown-of-two-releases", one(&Synthetic::groups().run, ExportFormat::Markdown, &[]));
    let troubled = one(&troubled(), ExportFormat::Markdown, &[]);
    assert!(!troubled.contains('\u{202e}') && !troubled.contains('\u{1b}'), "{troubled}");
    let table: Vec<&str> = troubled.lines().filter(|line| line.starts_with('|')).collect();
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(table.iter().all(|line| cells(line) == cells(table[0]) && !line.contains("<script>")), "{troubled}");
}
