//! In `verify --json`: what CPython's own tests said of each subject, and where that is not what they said of the stock python3.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestsuiteVerification {
    /// In the order of the subjects.
    pub subjects: Vec<SubjectTests>,
    /// Subjects that were not asked, with the reason.
    pub left_out: Vec<String>,
}

impl TestsuiteVerification {
    /// No test had another outcome than under the stock python3.
    pub fn passed(&self) -> bool {
        self.subjects.iter().all(|subject| subject.differences.is_empty())
    }
}

/// What one subject's processes did: one for each test file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectTests {
    pub subject: String,
    /// The stock python3 that it is compared with; absent of that itself.
    pub baseline: Option<String>,
    pub files: usize,
    /// Of these, skipped as a whole: what they test is not there.
    pub skipped_files: usize,
    /// Test cases by their outcome.
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    /// The names of those that failed.
    pub failures: Vec<String>,
    /// Files that told no test case's end, and are none that was skipped. Where the baseline's do so too, nothing of them was compared.
    pub untold: Vec<UntoldFile>,
    /// Test cases whose outcome is another than the baseline's, twice.
    pub differences: Vec<TestDifference>,
    /// Test cases that differed once, and not when both were run again.
    pub flaky: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UntoldFile {
    /// `test_dict`
    pub file: String,
    /// How its process ended.
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestDifference {
    /// `test_dict`
    pub file: String,
    /// `test.test_dict.DictTest.test_keys`; empty where the file as a whole ended otherwise.
    pub case: String,
    /// Absent where the test was not run.
    pub outcome: Option<TestOutcome>,
    pub baseline: Option<TestOutcome>,
    /// What the subject, or where it passed the baseline, said.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestOutcome {
    Passed,
    /// Errors are failures, as is a process that crashed or did not end.
    Failed,
    Skipped,
}
