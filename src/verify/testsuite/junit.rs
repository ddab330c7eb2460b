//! What `python -m test --junit-xml` writes (`Lib/test/libregrtest/testresult.py`): a `testcase` for each test, with what went wrong inside it.

use std::collections::BTreeMap;

use super::one::Seen;
use crate::run::TestOutcome;

/// The cases by name; a second one of the same name is numbered. One without a name was never told an end, as happens where a subtest failed:
/// what is printed tells of that. The error is why the text cannot be understood.
pub fn read(text: &str) -> Result<BTreeMap<String, Seen>, String> {
    let document = roxmltree::Document::parse(text).map_err(|error| error.to_string())?;
    let mut cases = BTreeMap::new();
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let Some(name) = case.attribute("name") else { continue };
        let child = |tag: &str| case.children().find(|child| child.has_tag_name(tag));
        let (outcome, detail) = match (child("error").or_else(|| child("failure")), child("skipped")) {
            (Some(failure), _) => (TestOutcome::Failed, Some(last_line(failure))),
            (None, Some(skipped)) => (TestOutcome::Skipped, Some(last_line(skipped))),
            (None, None) if child("outcome").is_some_and(|outcome| outcome.text() == Some("UNEXPECTED_SUCCESS")) => {
                (TestOutcome::Failed, Some("succeeded, which is not expected of it".to_owned()))
            }
            // What failed as it should is no failure: `expected-failure`.
            (None, None) => (TestOutcome::Passed, None),
        };
        let mut unique = name.to_owned();
        let mut number = 1;
        while cases.contains_key(&unique) {
            number += 1;
            unique = format!("{name} #{number}");
        }
        cases.insert(unique, Seen::new(outcome, detail));
    }
    Ok(cases)
}

/// Of a traceback, the line that names the error.
fn last_line(node: roxmltree::Node<'_, '_>) -> String {
    let text: String = node.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect();
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}
