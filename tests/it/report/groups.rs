//! Runs of several groups: each subject against its own python3, and all against one.

use surtax::report::{self, Finding, Summary, summarise};
use surtax::run::{Folder, Run};
use surtax::stats::Verdict;

use super::synthetic::{Synthetic, row};
use super::{assert_tables_are_whole, keep_for_looking};

const DYNAMIC: (&str, Option<u64>) = ("dynamic", Some(1_000_000));

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
    insta::assert_snapshot!(table);
}

#[test]
fn plots_of_two_releases() {
    let run = Synthetic::groups().run;
    let plots = report::plots(&run, &summarise(&run));
    let names: Vec<&str> = plots.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..3], ["ratios.svg", "across.svg", "amortised.svg"]);
    assert_eq!(names.len(), 13);
    for (name, svg) in plots.iter().filter(|(name, _)| ["across.svg", "amortised.svg"].contains(&name.as_str())) {
        insta::assert_snapshot!(format!("groups_{}", name.replace('.', "_")), svg);
    }
    keep_for_looking("groups", &plots);
}
