//! In what two runs of one test file differ.

use std::collections::BTreeSet;

use super::one::{Cases, Seen};
use crate::run::{TestDifference, TestOutcome};

/// By test case; the file as a whole only where no case of it tells the difference.
pub fn differences(file: &str, own: &Cases, base: &Cases) -> Vec<TestDifference> {
    let names: BTreeSet<&String> = own.cases.keys().chain(base.cases.keys()).collect();
    let of_case = |name: &String| difference(file, name, own.cases.get(name), base.cases.get(name));
    let cases: Vec<TestDifference> = names.into_iter().filter_map(of_case).collect();
    // A process that dies takes the results of all its cases with it: that is one thing to say, not a hundred. So is a file that is skipped.
    let skipped = |one: &Cases| one.cases.is_empty() && one.whole.outcome == TestOutcome::Skipped;
    if own.told_none() != base.told_none() || skipped(own) != skipped(base) {
        return vec![told(file, "", Some(&own.whole), Some(&base.whole))];
    }
    if cases.is_empty() {
        return difference(file, "", Some(&own.whole), Some(&base.whole)).into_iter().collect();
    }
    cases
}

fn difference(file: &str, case: &str, own: Option<&Seen>, base: Option<&Seen>) -> Option<TestDifference> {
    let outcome = |seen: Option<&Seen>| seen.map(|seen| seen.outcome);
    (outcome(own) != outcome(base)).then(|| told(file, case, own, base))
}

fn told(file: &str, case: &str, own: Option<&Seen>, base: Option<&Seen>) -> TestDifference {
    let says = |seen: Option<&Seen>| seen.and_then(|seen| seen.detail.clone());
    TestDifference {
        file: file.to_owned(),
        case: case.to_owned(),
        outcome: own.map(|seen| seen.outcome),
        baseline: base.map(|seen| seen.outcome),
        detail: says(own).or_else(|| says(base)),
    }
}
