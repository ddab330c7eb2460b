//! What `python -m test -v` prints, of which its XML says nothing: files that it skips, failures of what is no test case of its own, and that it came to its end.

use std::collections::BTreeMap;

use super::one::Seen;
use crate::run::TestOutcome;

/// What unittest draws before and after each failure.
const DOUBLE: &str = "======================================================================";
const UNEXPECTED: &str = "UNEXPECTED SUCCESS: ";
const SINGLE: &str = "----------------------------------------------------------------------";

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Modules that were skipped as a whole, with the reason: the file, or one of a package's.
    pub skipped: Vec<(String, String)>,
    /// By `test.test_x.X.test_y`, or where that is no test but prepares some, `setUpClass (test.test_x.X)`: the line that names the error.
    pub failed: BTreeMap<String, String>,
    /// The test case that began last.
    pub begun: Option<String>,
    /// Whether it told its result, as it does at its end.
    pub finished: bool,
}

/// `file` is the name that it was started with.
pub fn read(text: &str, file: &str) -> Log {
    let mut log = Log::default();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        log.finished |= line.starts_with("Result: ") || line.starts_with("Tests result: ");
        if let Some((module, reason)) = line.split_once(" skipped -- ").filter(|(module, _)| is_of(module, file)) {
            log.skipped.push((module.to_owned(), reason.to_owned()));
        }
        if let Some(case) = described(line) {
            log.begun = Some(case);
        }
        // Successes that nobody expected stand below one line, one below the other.
        let is_heading = |before: &str| before == DOUBLE || before.starts_with(UNEXPECTED) && line.starts_with(UNEXPECTED);
        if at > 0 && is_heading(lines[at - 1]) {
            let heading = ["FAIL: ", "ERROR: ", UNEXPECTED].into_iter().find_map(|word| line.strip_prefix(word));
            if let Some(heading) = heading {
                let name = described(heading).unwrap_or_else(|| heading.to_owned());
                log.failed.entry(name).or_insert_with(|| error(&lines[at + 1..]));
            }
        }
    }
    log
}

/// `test_x`, and `test.test_x.test_a` or `test_x.test_a` where that is a package.
fn is_of(module: &str, file: &str) -> bool {
    let module = module.strip_prefix("test.").unwrap_or(module);
    module.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// `test_y (test.test_x.X.test_y) ...` is the case `test.test_x.X.test_y`.
fn described(line: &str) -> Option<String> {
    let (name, rest) = line.split_once(" (")?;
    let (id, _) = rest.split_once(')')?;
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>'));
    let is_case = word(name) && word(id) && id.strip_suffix(name).is_some_and(|before| before.ends_with('.'));
    is_case.then(|| id.to_owned())
}

/// Of the lines below a failure's heading, the last one of its traceback; what the test printed comes after it.
fn error(lines: &[&str]) -> String {
    let traceback = lines.iter().skip_while(|line| **line != SINGLE).skip(1);
    let own = traceback.take_while(|line| **line != DOUBLE && **line != SINGLE && **line != "Stdout:" && **line != "Stderr:");
    own.filter(|line| !line.trim().is_empty()).last().map(|line| line.trim().to_owned()).unwrap_or_default()
}

impl Log {
    /// Puts what the XML does not tell beside what it tells. Of a test case whose subtest failed, unittest's result tells it no end.
    pub(super) fn complete(self, cases: &mut BTreeMap<String, Seen>) {
        for (name, detail) in self.failed {
            let known = cases.get(&name).is_some_and(|seen| seen.outcome == TestOutcome::Failed);
            if !known {
                cases.insert(name, Seen::new(TestOutcome::Failed, Some(detail)));
            }
        }
        // A file that was skipped alone is no test case, but its whole outcome.
        if !cases.is_empty() {
            let skipped = |reason| Seen::new(TestOutcome::Skipped, Some(reason));
            cases.extend(self.skipped.into_iter().map(|(module, reason)| (module, skipped(reason))));
        }
    }
}
