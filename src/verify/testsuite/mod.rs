//! CPython's own tests: the same ones pass, fail and are skipped as under the stock python3, test case by test case.
//!
//! What fails under both is no difference: as root, without a network, in a sysroot, some do. A difference counts only when both sides are run again,
//! alone, and differ again: several of CPython's tests hang on time, and all cores are at work in the first pass.

mod choice;
mod compare;
mod error;
mod junit;
mod log;
mod one;

use std::collections::BTreeSet;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::interrupt::Interrupted;
use crate::run::{SubjectTests, TestOutcome, UntoldFile};
use crate::ui::{Reporter, Unit};

pub use choice::{BadTests, Chosen, TestChoice};
pub use compare::differences;
pub use error::TestsuiteError;
pub use junit::read as read_junit;
pub use log::{Log, read as read_log};
pub use one::{Cases, Seen};

/// An executable in a home whose standard library has the tests.
#[derive(Debug, Clone)]
pub struct Tested {
    pub name: String,
    pub executable: PathBuf,
}

/// Runs the test files on all; the first is the baseline that the others are compared with.
///
/// # Errors
///
/// Where the baseline tells of no test at all: nothing that others do could differ from that.
pub fn testsuite(subjects: &[Tested], files: &[String], reporter: &dyn Reporter) -> Result<Vec<SubjectTests>, TestsuiteError> {
    let bar = reporter.bar("testing", Some((files.len() * subjects.len()) as u64), Unit::Items);
    // File by file, so that all subjects meet the same load.
    let visits: Vec<(&String, &Tested)> = files.iter().flat_map(|file| subjects.iter().map(move |subject| (file, subject))).collect();
    let run = |(file, subject): &(&String, &Tested)| {
        bar.message(&format!("{} · {file}", subject.name));
        let seen = one::run(&subject.executable, file);
        bar.advance(1);
        seen
    };
    // One by one: of several at once, the slow ones would be left to one core at the end.
    let seen: Vec<Cases> = visits.par_iter().with_max_len(1).map(run).collect::<Result<_, Interrupted>>()?;
    let of = |at: usize| (0..files.len()).map(move |file| file * subjects.len() + at).map(|place| &seen[place]).collect::<Vec<_>>();
    let baseline = of(0);
    if let (Some(first), true) = (baseline.first(), baseline.iter().all(|cases| cases.told_none())) {
        return Err(TestsuiteError::Mute { name: subjects[0].name.clone(), reason: first.whole.detail.clone().unwrap_or_default() });
    }
    let mut results = Vec::new();
    for (at, subject) in subjects.iter().enumerate() {
        let own = of(at);
        let mut result = counted(subject, files, &own);
        if at > 0 {
            result.baseline = subjects.first().map(|baseline| baseline.name.clone());
            for (file, (own, base)) in files.iter().zip(own.iter().zip(&baseline)) {
                again(&mut result, file, subject, &subjects[0], own, base)?;
            }
        }
        results.push(result);
    }
    bar.finish();
    Ok(results)
}

fn counted(subject: &Tested, files: &[String], seen: &[&Cases]) -> SubjectTests {
    let count = |outcome: TestOutcome| seen.iter().map(|cases| cases.count(outcome)).sum();
    let skipped = |cases: &&&Cases| cases.cases.is_empty() && cases.whole.outcome == TestOutcome::Skipped;
    let untold = files.iter().zip(seen).filter(|(_, cases)| cases.told_none());
    let untold = untold.map(|(file, cases)| UntoldFile { file: file.clone(), detail: cases.whole.detail.clone().unwrap_or_default() });
    SubjectTests {
        subject: subject.name.clone(),
        baseline: None,
        files: files.len(),
        skipped_files: seen.iter().filter(skipped).count(),
        passed: count(TestOutcome::Passed),
        failed: count(TestOutcome::Failed),
        skipped: count(TestOutcome::Skipped),
        failures: seen.iter().flat_map(|cases| cases.failures()).cloned().collect(),
        untold: untold.collect(),
        differences: Vec::new(),
        flaky: Vec::new(),
    }
}

/// Runs a file that differs once more on both sides, alone, and keeps what differs in the same way.
fn again(
    result: &mut SubjectTests,
    file: &str,
    subject: &Tested,
    baseline: &Tested,
    own: &Cases,
    base: &Cases,
) -> Result<(), TestsuiteError> {
    let first = differences(file, own, base);
    if first.is_empty() {
        return Ok(());
    }
    let (base, own) = (one::run(&baseline.executable, file)?, one::run(&subject.executable, file)?);
    let second = differences(file, &own, &base);
    let same: BTreeSet<_> = second.iter().map(|one| (&one.case, one.outcome, one.baseline)).collect();
    for difference in first {
        if same.contains(&(&difference.case, difference.outcome, difference.baseline)) {
            result.differences.push(difference);
        } else {
            result.flaky.push(if difference.case.is_empty() { file.to_owned() } else { difference.case });
        }
    }
    Ok(())
}
