//! `verify --testsuite`: for each source a home with the tests, its executables in it, and what the tests said.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::pipeline::{Built, Group};
use crate::digest::Key;
use crate::libpython::TestHome;
use crate::process::Job;
use crate::run::{Role, SubjectPlan, SubjectTests, TestDifference, TestOutcome, TestsuiteVerification};
use crate::store::Store;
use crate::ui::{Reporter, Terminal, harmless};
use crate::verify::testsuite::{Chosen, TestChoice, Tested, TestsuiteError, testsuite};
use crate::{debian, fs, prefix};

/// Of every group's own python3 and runners; guests have a standard library of their own, which nobody promised to be the same.
pub(super) fn run(built: &Built, subjects: &[SubjectPlan], choice: &TestChoice, reporter: &dyn Reporter) -> Result<TestsuiteVerification> {
    let tests = built.groups.iter().map(|group| Tests::find(&built.store, group, reporter)).collect::<Result<Vec<_>>>()?;
    // Before anything is copied or run: which tests are meant, and whether there are any.
    let chosen = choice.of(&tests.iter().map(Tests::stdlib).collect::<Vec<_>>())?;
    let guests = subjects.iter().filter(|subject| subject.role == Role::Guest);
    let guests = guests.map(|guest| format!("{}: it has a standard library of its own", guest.name));
    let mut found = TestsuiteVerification { subjects: Vec::new(), left_out: guests.collect() };
    let mut mute = None;
    for ((group, tests), Chosen { files, lacks }) in built.groups.iter().zip(tests).zip(chosen) {
        found.left_out.extend(lacks.map(|lacks| format!("{}: {lacks}", group.prepared.name)));
        if files.is_empty() {
            continue;
        }
        let of_group = |subject: &&SubjectPlan| subject.group.as_ref() == Some(&group.prepared.name);
        let asked = |subject: &&SubjectPlan| matches!(subject.role, Role::Baseline | Role::Runner);
        let asked: Vec<&SubjectPlan> = subjects.iter().filter(of_group).filter(asked).collect();
        let home = tests.home(&built.store, group, reporter)?;
        match of(&built.store, &home, &asked, &files, reporter) {
            Ok(subjects) => found.subjects.extend(subjects),
            // What other sources' tests said in the meantime is not lost with it.
            Err(error) if built.groups.len() > 1 && matches!(error.downcast_ref(), Some(TestsuiteError::Mute { .. })) => {
                found.left_out.push(format!("{}: {error}", group.prepared.name));
                mute.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    if let (true, Some(error)) = (found.subjects.is_empty(), mute) {
        return Err(error);
    }
    Ok(found)
}

/// Where a group's tests lie.
enum Tests<'a> {
    /// A release's, beside its standard library already.
    Packaged(TestHome),
    /// In an installation, or in the source that it was made of.
    Installed { stdlib: PathBuf, source: Option<&'a Path> },
}

impl<'a> Tests<'a> {
    fn find(store: &Store, group: &'a Group, reporter: &dyn Reporter) -> Result<Self> {
        let prepared = &group.prepared;
        if let Some(packages) = &prepared.packages {
            return Ok(Self::Packaged(debian::test_home(store, &packages.request, &packages.provisioned, reporter)?));
        }
        // What surtax compiles it installs without its tests.
        let source = prepared.source.as_deref();
        Ok(Self::Installed { stdlib: source.map_or_else(|| prepared.home.stdlib(), |source| source.join("Lib")), source })
    }

    /// The folder that holds `test/`.
    fn stdlib(&self) -> &Path {
        match self {
            Self::Packaged(home) => &home.stdlib,
            Self::Installed { stdlib, .. } => stdlib,
        }
    }

    fn home(self, store: &Store, group: &Group, reporter: &dyn Reporter) -> Result<TestHome> {
        match self {
            Self::Packaged(home) => Ok(home),
            Self::Installed { source, .. } => Ok(prefix::test_home(store, &group.prepared.home, source, reporter)?),
        }
    }
}

fn of(store: &Store, home: &TestHome, subjects: &[&SubjectPlan], files: &[String], reporter: &dyn Reporter) -> Result<Vec<SubjectTests>> {
    let tested = subjects.iter().map(|subject| placed(store, home, subject)).collect::<Result<Vec<_>>>()?;
    if let (true, Some(baseline)) = (home.fresh, tested.first()) {
        compile(&baseline.executable, &home.stdlib)?;
    }
    Ok(testsuite(&tested, files, reporter)?)
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
    let say = |line: &str| terminal.data(&harmless(line));
    for subject in &found.subjects {
        let SubjectTests { files, skipped_files, passed, failed, skipped, .. } = subject;
        let compared = match (&subject.baseline, subject.differences.len()) {
            (None, _) => String::new(),
            (Some(baseline), 0) => format!("; all as {baseline}"),
            (Some(baseline), count) => format!("; {count} NOT as {baseline}"),
        };
        let without = if *skipped_files > 0 { format!(" ({skipped_files} skipped)") } else { String::new() };
        say(&format!("tested {}: {files} files{without}, {passed} passed, {failed} failed, {skipped} skipped{compared}", subject.subject));
        // Of the others, what is not as the baseline's is said below.
        if subject.baseline.is_none() && !subject.failures.is_empty() {
            say(&format!("  fails: {}", subject.failures.join(", ")));
        }
        for untold in &subject.untold {
            say(&format!("  tells of no test: {} ({})", untold.file, untold.detail));
        }
        subject.differences.iter().for_each(|difference| say(&difference_line(difference)));
        if !subject.flaky.is_empty() {
            say(&format!("  differed once, and not when both were run again: {}", subject.flaky.join(", ")));
        }
    }
    found.left_out.iter().for_each(|left| say(&format!("not tested: {left}")));
}

fn difference_line(difference: &TestDifference) -> String {
    let TestDifference { file, case, outcome, baseline, detail } = difference;
    let detail = detail.as_ref().map_or_else(String::new, |detail| format!(" ({detail})"));
    // Of a whole file both may be: one side died of it, the other told which cases failed.
    let there = if outcome == baseline { "otherwise" } else { word(*baseline) };
    format!("  {}: {}, there {there}{detail}", if case.is_empty() { file } else { case }, word(*outcome))
}

fn word(outcome: Option<TestOutcome>) -> &'static str {
    match outcome {
        Some(TestOutcome::Passed) => "passed",
        Some(TestOutcome::Failed) => "failed",
        Some(TestOutcome::Skipped) => "skipped",
        None => "not run",
    }
}
