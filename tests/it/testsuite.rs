//! CPython's own tests: where they come from, what is read of them, and what counts as a difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use surtax::debian::{ProvisionError, TestHome, test_home_with};
use surtax::error::{Exit, Explain as _};
use surtax::run::{SubjectTests, TestOutcome};
use surtax::ui::Silent;
use surtax::verify::testsuite::{Cases, Seen, TestChoice, Tested, TestsuiteError, differences, read_junit, testsuite};

use crate::world::{Content, Deb, Suite, World, python, shell_script, write};

/// As libregrtest of 3.11 and 3.13 write it.
const XML: &str = r#"<testsuites tests="6" errors="1" failures="1"><testsuite tests="6" start="2026">
<testcase name="test.test_x.X.test_good" status="run" result="completed" time="0.1"/>
<testcase name="test.test_x.X.test_bad" status="run" result="completed"><failure type="AssertionError" message="x">Traceback:
  line
AssertionError: 1 != 2
</failure></testcase>
<testcase name="test.test_x.X.test_wrong" status="run" result="completed"><error type="OSError">OSError: no &lt;file&gt;</error></testcase>
<testcase name="test.test_x.X.test_left_out" status="run" result="skipped"><skipped>needs root</skipped></testcase>
<testcase name="test.test_x.X.test_hopeless" status="run" result="completed"><expected-failure>AssertionError</expected-failure></testcase>
<testcase name="test.test_x.X.test_good" status="run" result="completed"/>
</testsuite></testsuites>"#;

#[test]
fn outcomes_are_read_by_test_case() {
    let cases = read_junit(XML).unwrap();
    let shown: Vec<String> = cases.iter().map(|(name, seen)| format!("{name}: {:?} {:?}", seen.outcome, seen.detail)).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    test.test_x.X.test_bad: Failed Some("AssertionError: 1 != 2")
    test.test_x.X.test_good: Passed None
    test.test_x.X.test_good #2: Passed None
    test.test_x.X.test_hopeless: Passed None
    test.test_x.X.test_left_out: Skipped Some("needs root")
    test.test_x.X.test_wrong: Failed Some("OSError: no <file>")
    "#);
    assert!(read_junit("<testsuites>").is_err());
    assert!(read_junit("<testsuites><testcase/></testsuites>").is_err());
}

fn cases(whole: TestOutcome, cases: &[(&str, TestOutcome)]) -> Cases {
    let seen = |outcome| Seen { outcome, detail: (outcome != TestOutcome::Passed).then(|| "why".to_owned()) };
    let cases: BTreeMap<String, Seen> = cases.iter().map(|(name, outcome)| ((*name).to_owned(), seen(*outcome))).collect();
    Cases { whole: seen(whole), cases }
}

#[test]
fn a_difference_is_a_test_case_with_another_outcome_and_a_file_where_none_tells_it() {
    use TestOutcome::{Failed, Passed, Skipped};
    let base = cases(Failed, &[("a", Passed), ("b", Failed), ("c", Skipped)]);
    let found = |own: &Cases| -> Vec<(String, Option<TestOutcome>, Option<TestOutcome>)> {
        differences("test_x", own, &base).into_iter().map(|one| (one.case, one.outcome, one.baseline)).collect()
    };
    assert_eq!(found(&base.clone()), [], "what fails under both is none");
    assert_eq!(found(&cases(Failed, &[("a", Failed), ("b", Failed), ("c", Skipped)])), [("a".into(), Some(Failed), Some(Passed))]);
    assert_eq!(found(&cases(Passed, &[("a", Passed), ("b", Passed), ("c", Skipped)])), [("b".into(), Some(Passed), Some(Failed))]);
    let other = cases(Failed, &[("a", Passed), ("b", Failed), ("d", Passed)]);
    assert_eq!(found(&other), [("c".into(), None, Some(Skipped)), ("d".into(), Some(Passed), None)]);
    let well = cases(Passed, &[("a", Passed), ("b", Passed)]);
    let crashed = differences("test_x", &cases(Failed, &[]), &well);
    assert_eq!(crashed.iter().map(|one| (one.case.as_str(), one.outcome)).collect::<Vec<_>>(), [("", Some(Failed))], "one thing, not two");
    assert_eq!(differences("test_x", &cases(Skipped, &[]), &cases(Passed, &[])).len(), 1);
}

/// Writes what `python -m test --junit-xml FILE --tempdir DIR NAME` would; `BAD` in the executable's folder decides what goes wrong.
const SUBJECT: &str = r#"
out=$4; name=$7; here=${0%/*}; result=""
case "$name" in
  test_slow) [ -e "$here/bad" ] && kill -SEGV $$ ;;
  test_wrong) [ -e "$here/bad" ] && result="<failure>AssertionError: in $out</failure>" ;;
  test_moody) if [ -e "$here/bad" ] && ! [ -e "$here/seen" ]; then : > "$here/seen"; result="<failure>once</failure>"; fi ;;
esac
echo "<testsuites><testcase name='test.$name.X.test'>$result</testcase><testcase name='test.$name.X.other'/></testsuites>" > "$out"
[ -z "$result" ] || exit 2
"#;

fn stdlib(folder: &Path, files: &[&str]) -> PathBuf {
    let stdlib = folder.join("lib");
    files.iter().for_each(|file| write(&stdlib.join("test").join(file), b""));
    stdlib
}

#[test]
fn only_what_differs_twice_counts() {
    let folder = tempfile::tempdir().unwrap();
    let stdlib =
        stdlib(folder.path(), &["__init__.py", "test_good.py", "test_moody.py", "test_slow/__init__.py", "test_wrong.py", "regrtest.py"]);
    let subject =
        |name: &str| Tested { name: name.to_owned(), executable: shell_script(&folder.path().join(name).join("python"), SUBJECT) };
    let subjects = ["python3", "good", "bad"].map(subject);
    write(&folder.path().join("bad/bad"), b"");
    let found = testsuite(&subjects, &stdlib, &TestChoice::All, &Silent).unwrap();
    let shown: Vec<String> = found.iter().map(shown).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    python3 None: 4 files, 8 passed, 0 failed, 0 skipped
    good Some("python3"): 4 files, 8 passed, 0 failed, 0 skipped
    bad Some("python3"): 4 files, 4 passed, 2 failed, 0 skipped
      test_slow : Some(Failed) Some(Passed) Some("was killed by signal 11 (SIGSEGV)")
      test_wrong test.test_wrong.X.test: Some(Failed) Some(Passed) Some("AssertionError: in TMP/results.xml")
      flaky: test.test_moody.X.test
    "#);
}

fn shown(subject: &SubjectTests) -> String {
    let SubjectTests { subject: name, baseline, files, passed, failed, skipped, .. } = subject;
    let mut text = format!("{name} {baseline:?}: {files} files, {passed} passed, {failed} failed, {skipped} skipped");
    for one in &subject.differences {
        text += &format!("\n  {} {}: {:?} {:?} {:?}", one.file, one.case, one.outcome, one.baseline, one.detail);
    }
    subject.flaky.iter().fold(text, |text, case| format!("{text}\n  flaky: {case}"))
}

#[test]
fn test_files_are_chosen_by_name_and_a_wrong_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let stdlib = stdlib(folder.path(), &["__init__.py", "test_dict.py", "test_json/__init__.py", "test_zzz.py"]);
    let subject = [Tested { name: "python3".into(), executable: shell_script(&folder.path().join("python"), SUBJECT) }];
    let files = |choice: &str| testsuite(&subject, &stdlib, &choice.parse().unwrap(), &Silent).map(|found| found[0].files);
    assert_eq!((files("all").unwrap(), files("usual").unwrap(), files("test_dict,test_json").unwrap()), (3, 2, 2));
    let error = files("test_dikt").unwrap_err();
    assert_eq!((error.exit(), error.hint().as_deref()), (Exit::Usage, Some("did you mean `test_dict`?")));
    for bad in ["", "dict", "test_dict,-x", "test_dict;ls"] {
        assert!(bad.parse::<TestChoice>().is_err(), "{bad}");
    }
    let without = testsuite(&subject, folder.path(), &TestChoice::All, &Silent).unwrap_err();
    assert!(matches!(without, TestsuiteError::NoTests { .. }), "{without}");
}

fn tests_of(version: &str) -> Deb {
    let library = "./usr/lib/python4.2";
    Deb::new("libpython4.2-testsuite", version)
        .source("python4.2")
        .file(&format!("{library}/test/test_x.py"), "x")
        .file(&format!("{library}/test/big.a"), "an archive")
        .file("./usr/share/doc/libpython4.2-testsuite/copyright", "long")
        .entry(&format!("{library}/test/link.py"), Content::Symlink("test_x.py".into()))
}

fn with_tests(version: &str) -> World {
    let mut packages = python("4.2", "4.2.1-1");
    packages.push(tests_of(version));
    World::with(&[Suite::new("tester", packages)])
}

fn home(world: &World, offline: bool) -> Result<TestHome, ProvisionError> {
    let provisioned = world.provision()?;
    let request = surtax::debian::Request { offline, ..world.request() };
    test_home_with(&world.store(), &request, &provisioned, &world.host, &world.said)
}

#[test]
fn a_releases_tests_lie_beside_a_standard_library_of_their_own() {
    let world = with_tests("4.2.1-1");
    let made = home(&world, false).unwrap();
    assert!(made.fresh);
    for file in ["lib/python4.2/os.py", "lib/python4.2/test/test_x.py", "lib/python4.2/test/link.py"] {
        assert!(made.prefix.join(file).is_file(), "{file}");
    }
    assert!(!made.prefix.join("lib/python4.2/test/big.a").exists() && !made.prefix.join("usr/share").exists());
    let sysroot = world.provision().unwrap().sysroot;
    assert!(!sysroot.join("usr/lib/python4.2/test").exists(), "what is measured stays as it was");
    assert!(world.said.text().contains("unpacked libpython4.2-testsuite 4.2.1-1 beside the standard library"), "{}", world.said.text());
    world.server.set_files(std::collections::HashMap::new());
    let again = home(&world, true).unwrap();
    assert_eq!((again.prefix, again.fresh), (made.prefix, false), "no mirror is asked twice");
}

#[test]
fn tests_of_another_version_are_not_taken() {
    let error = home(&with_tests("4.2.2-1"), false).unwrap_err();
    assert_eq!(error.exit(), Exit::Fetch);
    insta::assert_snapshot!(error, @"
    1 of 1 packages could not be had:
      libpython4.2-testsuite 4.2.1-1: the suites list only 4.2.2-1
    ");
    let error = home(&World::new(), false).unwrap_err();
    insta::assert_snapshot!(error, @"
    1 of 1 packages could not be had:
      libpython4.2-testsuite 4.2.1-1: no suite lists it
    ");
}
