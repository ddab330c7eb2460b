//! In what two runs of one test file differ.

use std::collections::BTreeSet;

use super::one::{Cases, Seen};
use crate::run::{TestDifference, TestOutcome};

/// By test case; the file as a whole only where no case of it tells the difference.
pub fn differences(file: &str, own: &Cases, base: &Cases) -> Vec<TestDifference> {
    let names: BTreeSet<&String> = own.cases.keys().chain(base.cases.keys()).collect();
    let of_case = |name: &String| difference(file, name, own.cases.get(name), base.cases.get(name));
    let cases: Vec<TestDifference> = names.into_iter().filter_map(of_case).collect();
    // A process that dies takes the results of all its cases with it: that is one thing to say, not a hundred.
    let died = |one: &Cases| one.cases.is_empty() && one.whole.outcome == TestOutcome::Failed;
    if cases.is_empty() || died(own) != died(base) {
        return difference(file, "", Some(&own.whole), Some(&base.whole)).into_iter().collect();
    }
    cases
}

fn difference(file: &str, case: &str, own: Option<&Seen>, base: Option<&Seen>) -> Option<TestDifference> {
    let outcome = |seen: Option<&Seen>| seen.map(|seen| seen.outcome);
    if outcome(own) == outcome(base) {
        return None;
    }
    let says = |seen: Option<&Seen>| seen.and_then(|seen| seen.detail.clone());
    Some(TestDifference {
        file: file.to_owned(),
        case: case.to_owned(),
        outcome: outcome(own),
        baseline: outcome(base),
        detail: says(own).or_else(|| says(base)),
    })
}
