//! `verify --testsuite`: for each source a home with the tests, its executables in it, and what the tests said.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::pipeline::{Built, Group};
use crate::debian::{TestHome, test_home};
use crate::digest::Key;
use crate::fs;
use crate::process::Job;
use crate::run::{Role, SubjectPlan, SubjectTests, TestOutcome, TestsuiteVerification};
use crate::store::Store;
use crate::ui::{Reporter, Terminal, harmless};
use crate::verify::testsuite::{TestChoice, Tested, testsuite};

/// Of every group's own python3 and runners; guests have a standard library of their own, which nobody promised to be the same.
pub(super) fn run(built: &Built, subjects: &[SubjectPlan], choice: &TestChoice, reporter: &dyn Reporter) -> Result<TestsuiteVerification> {
    let mut found = TestsuiteVerification { subjects: Vec::new(), left_out: Vec::new() };
    for group in &built.groups {
        let of_group = |subject: &&SubjectPlan| subject.group.as_ref() == Some(&group.prepared.name);
        let asked = |subject: &&SubjectPlan| matches!(subject.role, Role::Baseline | Role::Runner);
        let asked: Vec<&SubjectPlan> = subjects.iter().filter(of_group).filter(asked).collect();
        found.subjects.extend(of(&built.store, group, &asked, choice, reporter)?);
    }
    let guests = subjects.iter().filter(|subject| subject.role == Role::Guest);
    found.left_out = guests.map(|guest| format!("{}: it has a standard library of its own", guest.name)).collect();
    Ok(found)
}

fn of(store: &Store, group: &Group, subjects: &[&SubjectPlan], choice: &TestChoice, reporter: &dyn Reporter) -> Result<Vec<SubjectTests>> {
    let home = &group.prepared.home;
    let in_place = |subject: &&SubjectPlan| Tested { name: subject.name.clone(), executable: subject.executable.clone() };
    let Some(packages) = &group.prepared.packages else {
        return Ok(testsuite(&subjects.iter().map(in_place).collect::<Vec<_>>(), &home.stdlib(), choice, reporter)?);
    };
    let tests = test_home(store, &packages.request, &packages.provisioned, reporter)?;
    let tested = subjects.iter().map(|subject| placed(store, &tests, subject)).collect::<Result<Vec<_>>>()?;
    if let (true, Some(baseline)) = (tests.fresh, tested.first()) {
        compile(&baseline.executable, &tests.stdlib)?;
    }
    Ok(testsuite(&tested, &tests.stdlib, choice, reporter)?)
}

/// The very executable, in a home where it finds the tests by its own climb for `lib/python3.X/os.py`. Its libraries it finds by absolute paths.
fn placed(store: &Store, tests: &TestHome, subject: &SubjectPlan) -> Result<Tested> {
    let sha256 = subject.sha256.to_string();
    let folder = store.runner(&tests.key, &Key::of("tested", [("sha256", sha256.as_str())]));
    let executable = folder.join(subject.executable.file_name().unwrap_or_default());
    if !fs::sha256(&executable).is_ok_and(|found| found == subject.sha256) {
        fs::write_executable(&executable, &fs::read(&subject.executable)?)?;
    }
    Ok(Tested { name: subject.name.clone(), executable })
}

/// Once, so that no process of the first files compiles what the others need. Some tests are files that cannot be compiled.
fn compile(python: &Path, stdlib: &Path) -> Result<()> {
    let job = Job::new(python).args(["-I", "-m", "compileall", "-q", "-j", "0"]).arg(stdlib).env("PATH", "/usr/bin:/bin").current_dir("/");
    job.limit(Duration::from_secs(600)).run()?;
    Ok(())
}

/// For people: a line per subject, and each difference below it.
pub(super) fn show(found: &TestsuiteVerification, terminal: &Terminal) {
    for subject in &found.subjects {
        let SubjectTests { files, passed, failed, skipped, .. } = subject;
        let compared = match (&subject.baseline, subject.differences.len()) {
            (None, _) => String::new(),
            (Some(baseline), 0) => format!("; all as {baseline}"),
            (Some(baseline), count) => format!("; {count} NOT as {baseline}"),
        };
        let line = format!("tested {}: {files} files, {passed} passed, {failed} failed, {skipped} skipped{compared}", subject.subject);
        terminal.data(&harmless(&line));
        for difference in &subject.differences {
            let case = if difference.case.is_empty() { &difference.file } else { &difference.case };
            let detail = difference.detail.as_ref().map_or_else(String::new, |detail| format!(" ({detail})"));
            let line = format!("  {case}: {}, there {}{detail}", word(difference.outcome), word(difference.baseline));
            terminal.data(&harmless(&line));
        }
        if !subject.flaky.is_empty() {
            let line = format!("  differed once, and not when both were run again: {}", subject.flaky.join(", "));
            terminal.data(&harmless(&line));
        }
    }
    for left in &found.left_out {
        terminal.data(&harmless(&format!("not tested: {left}")));
    }
}

fn word(outcome: Option<TestOutcome>) -> &'static str {
    match outcome {
        Some(TestOutcome::Passed) => "passed",
        Some(TestOutcome::Failed) => "failed",
        Some(TestOutcome::Skipped) => "skipped",
        None => "not run",
    }
}
