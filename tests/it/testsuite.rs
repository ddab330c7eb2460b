//! CPython's own tests: where they come from, what is read of them, and what counts as a difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use surtax::debian::{ProvisionError, test_home_with};
use surtax::digest::Key;
use surtax::error::{Exit, Explain as _};
use surtax::libpython::{HaclFlags, Home, Sysconfig, TestHome};
use surtax::prefix::test_home;
use surtax::run::{SubjectTests, TestOutcome};
use surtax::store::Store;
use surtax::ui::Silent;
use surtax::verify::testsuite::{Cases, Log, Seen, TestChoice, Tested, TestsuiteError, differences, read_junit, read_log, testsuite};

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
<testcase name="test.test_x.X.test_lucky" status="run" result="completed"><outcome>UNEXPECTED_SUCCESS</outcome></testcase>
<testcase/>
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
    test.test_x.X.test_lucky: Failed Some("succeeded, which is not expected of it")
    test.test_x.X.test_wrong: Failed Some("OSError: no <file>")
    "#);
    assert!(read_junit("<testsuites>").is_err());
    assert!(read_junit("<testsuites><testcase/></testsuites>").unwrap().is_empty(), "what was told no end is told by what is printed");
    let long = read_junit(&format!("<testcase name='a'><failure>{}</failure></testcase>", "é".repeat(1000))).unwrap();
    assert_eq!(long["a"].detail.as_ref().unwrap().chars().count(), 301, "cut");
}

fn cases(whole: TestOutcome, cases: &[(&str, TestOutcome)]) -> Cases {
    let seen = |outcome| Seen::new(outcome, (outcome != TestOutcome::Passed).then(|| "why".to_owned()));
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
    assert_eq!(differences("test_x", &cases(Skipped, &[]), &well).len(), 1, "nor two of what is skipped as a whole");
    // `base` fails too, but in a test case.
    let died = differences("test_x", &cases(Failed, &[]), &base);
    assert_eq!(
        died.iter().map(|one| (one.case.as_str(), one.outcome, one.baseline)).collect::<Vec<_>>(),
        [("", Some(Failed), Some(Failed))]
    );
}

/// As `python -m test -v` prints it: what its XML does not tell.
const PRINTED: &str = "\
== CPython 3.13.5
test_sub (test.test_x.X.test_sub)
What it is for. ...
  test_sub (test.test_x.X.test_sub) (i=1)
What it is for. ... FAIL
test.test_other skipped -- says someone else
test_x.test_part skipped -- No module named 'winreg'
test_last (test.test_x.X.test_last) ... \u{1b}[31mok

======================================================================
ERROR: setUpClass (test.test_x.Y)
----------------------------------------------------------------------
Traceback (most recent call last):
OSError: none

======================================================================
FAIL: test_sub (test.test_x.X.test_sub) (i=1)
What it is for.
----------------------------------------------------------------------
Traceback (most recent call last):
  File \"x.py\"
AssertionError: 1 != 2

Stdout:
FAIL: test_sub (test.test_x.X.test_not_me)

----------------------------------------------------------------------
Ran 2 tests in 0.000s

Result: FAILURE
";

#[test]
fn what_the_xml_does_not_tell_is_read_of_what_is_printed() {
    let log = read_log(PRINTED, "test_x");
    insta::assert_snapshot!(format!("{log:#?}"), @r#"
    Log {
        skipped: [
            (
                "test_x.test_part",
                "No module named 'winreg'",
            ),
        ],
        failed: {
            "setUpClass (test.test_x.Y)": "OSError: none",
            "test.test_x.X.test_sub": "AssertionError: 1 != 2",
        },
        begun: Some(
            "test.test_x.X.test_last",
        ),
        finished: true,
    }
    "#);
    assert_eq!(read_log("", "test_x"), Log::default());
}

/// Writes what `python -m test -v --randseed 0 --junit-xml FILE --tempdir DIR NAME` would; `bad` in the executable's folder decides what goes wrong.
const SUBJECT: &str = r#"
out=$7; name=${10}; here=${0%/*}; result=""; code=0
bad() { [ -e "$here/bad" ]; }
cases() { echo "<testsuites><testcase name='test.$name.X.test'>$result</testcase><testcase name='test.$name.X.other'/>$1</testsuites>" > "$out"; }
echo "test (test.$name.X.test) ... ok"
case "$name" in
  test_slow) bad && kill -SEGV $$ ;;
  test_wrong) bad && code=2 result="<failure>AssertionError: in $out</failure>" ;;
  test_moody) if bad && ! [ -e "$here/seen" ]; then : > "$here/seen"; code=2 result="<failure>once</failure>"; fi ;;
  test_leaves) bad && exit 0 ;;
  test_both) bad && kill -ABRT $$; code=2 result="<failure>everywhere</failure>" ;;
  test_part)
    bad && echo "$name skipped -- No module named 'nothing'" && echo "Result: SUCCESS" && exit 0 ;;
  test_sub)
    if bad; then
        cases "<testcase/>"
        line() { printf "%.0s$1" 1 2 3 4 5 6 7 8 9 10 11 12 13 14; echo; }
        line =====; echo "FAIL: sub (test.$name.X.sub) (i=1)"; line -----
        echo "Traceback"; echo "AssertionError: in a subtest"; line -----; echo "Result: FAILURE"
        exit 2
    fi
    cases "<testcase name='test.$name.X.sub'/>"; echo "Result: SUCCESS"; exit 0 ;;
esac
cases ""
echo "Result: of all"
exit $code
"#;

fn stdlib(folder: &Path, files: &[&str]) -> PathBuf {
    let stdlib = folder.join("lib");
    files.iter().for_each(|file| write(&stdlib.join("test").join(file), b""));
    stdlib
}

fn files(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A `python` of that name in a folder of its own, which may hold `bad`.
fn subject(folder: &Path, name: &str, script: &str) -> Tested {
    Tested { name: name.to_owned(), executable: shell_script(&folder.join(name).join("python"), script) }
}

#[test]
fn only_what_differs_twice_counts() {
    let folder = tempfile::tempdir().unwrap();
    let subjects = ["python3", "good", "bad"].map(|name| subject(folder.path(), name, SUBJECT));
    write(&folder.path().join("bad/bad"), b"");
    let files = files(&["test_both", "test_good", "test_leaves", "test_moody", "test_part", "test_slow", "test_sub", "test_wrong"]);
    let found = testsuite(&subjects, &files, &Silent).unwrap();
    let shown: Vec<String> = found.iter().map(shown).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    python3 None: 8 files (0 skipped), 16 passed, 1 failed, 0 skipped
      fails: test.test_both.X.test
    good Some("python3"): 8 files (0 skipped), 16 passed, 1 failed, 0 skipped
      fails: test.test_both.X.test
    bad Some("python3"): 8 files (1 skipped), 6 passed, 3 failed, 0 skipped
      test_both : Some(Failed) Some(Failed) Some("was killed by signal 6 (SIGABRT), in test.test_both.X.test")
      test_leaves : Some(Failed) Some(Passed) Some("ended before its results were told, in test.test_leaves.X.test")
      test_part : Some(Skipped) Some(Passed) Some("No module named 'nothing'")
      test_slow : Some(Failed) Some(Passed) Some("was killed by signal 11 (SIGSEGV), in test.test_slow.X.test")
      test_sub test.test_sub.X.sub: Some(Failed) Some(Passed) Some("AssertionError: in a subtest")
      test_wrong test.test_wrong.X.test: Some(Failed) Some(Passed) Some("AssertionError: in TMP/results.xml")
      fails: test.test_moody.X.test test.test_sub.X.sub test.test_wrong.X.test
      untold: test_both was killed by signal 6 (SIGABRT), in test.test_both.X.test
      untold: test_leaves ended before its results were told, in test.test_leaves.X.test
      untold: test_slow was killed by signal 11 (SIGSEGV), in test.test_slow.X.test
      flaky: test.test_moody.X.test
    "#);
}

fn shown(subject: &SubjectTests) -> String {
    let SubjectTests { subject: name, baseline, files, skipped_files, passed, failed, skipped, .. } = subject;
    let mut text =
        format!("{name} {baseline:?}: {files} files ({skipped_files} skipped), {passed} passed, {failed} failed, {skipped} skipped");
    for one in &subject.differences {
        text += &format!("\n  {} {}: {:?} {:?} {:?}", one.file, one.case, one.outcome, one.baseline, one.detail);
    }
    if !subject.failures.is_empty() {
        text += &format!("\n  fails: {}", subject.failures.join(" "));
    }
    for one in &subject.untold {
        text += &format!("\n  untold: {} {}", one.file, one.detail);
    }
    subject.flaky.iter().fold(text, |text, case| format!("{text}\n  flaky: {case}"))
}

/// What a test may do to whoever runs it: nothing of it stays, and none of its ways to ask a terminal.
const WILD: &str = r#"
out=$7; here=${0%/*}
setsid sleep 600 & echo $! > "$here/left"
cut -d' ' -f6 /proc/$$/stat > "$here/session"; echo $$ > "$here/pid"
dd if=/dev/zero of=large bs=1 count=1 seek=3G 2> "$here/said" && : > "$here/large"
mkfifo "$out"
echo "Result: SUCCESS"
"#;

#[test]
fn a_test_leaves_nothing_behind_and_may_write_what_it_likes() {
    let folder = tempfile::tempdir().unwrap();
    let subjects = [subject(folder.path(), "python3", SUBJECT), subject(folder.path(), "wild", WILD)];
    let found = testsuite(&subjects, &files(&["test_good"]), &Silent).unwrap();
    assert_eq!((found[0].passed, found[1].passed, found[1].differences.len()), (2, 0, 2), "a pipe is not waited for: {found:?}");
    let noted = |name: &str| std::fs::read_to_string(folder.path().join("wild").join(name)).unwrap().trim().to_owned();
    assert_eq!(noted("session"), noted("pid"), "no terminal is the session's");
    assert!(folder.path().join("wild/large").exists(), "{}", noted("said"));
    assert!(!Path::new("/proc").join(noted("left")).join("exe").exists(), "what started a session is ended too");
}

#[test]
fn a_baseline_that_tells_of_no_test_is_no_measure() {
    let folder = tempfile::tempdir().unwrap();
    let mute = "echo No module named test.__main__ >&2; exit 1";
    let subjects = ["python3", "same"].map(|name| subject(folder.path(), name, mute));
    let error = testsuite(&subjects, &files(&["test_good", "test_moody"]), &Silent).unwrap_err();
    assert_eq!(error.exit(), Exit::Incomplete);
    assert_eq!(error.to_string(), "python3 tells of no test: exited with code 1: No module named test.__main__");
}

#[test]
fn test_files_are_chosen_by_name_and_a_wrong_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let one = stdlib(&folder.path().join("one"), &["__init__.py", "test_dict.py", "test_json/__init__.py", "test_zzz.py", "test_a b.py"]);
    let other = stdlib(&folder.path().join("other"), &["test_dict.py", "test_list.py", "regrtest.py"]);
    let chosen = |choice: &str, stdlibs: &[&Path]| choice.parse::<TestChoice>().unwrap().of(stdlibs);
    let files = |choice: &str| chosen(choice, &[&one]).map(|chosen| chosen[0].files.len());
    assert_eq!((files("all").unwrap(), files("usual").unwrap(), files("test_dict,test_json").unwrap()), (3, 2, 2));
    let error = files("test_dikt").unwrap_err();
    assert_eq!((error.exit(), error.hint().as_deref()), (Exit::Usage, Some("did you mean `test_dict`?")));
    for bad in ["", "dict", "test_dict,-x", "test_dict;ls"] {
        assert!(bad.parse::<TestChoice>().is_err(), "{bad}");
    }
    let without = chosen("all", &[folder.path()]).unwrap_err();
    assert!(matches!(without, TestsuiteError::NoTests { .. }), "{without}");
    // Of several sources, each runs what it has.
    let several = chosen("test_dict,test_list", &[&one, &other, folder.path()]).unwrap();
    let said: Vec<String> = several.iter().map(|one| format!("{} {:?}", one.files.join(" "), one.lacks)).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    test_dict Some("it has no test_list")
    test_dict test_list None
     Some("its standard library has no tests")
    "#);
    assert!(chosen("test_nowhere", &[&one, &other]).is_err());
}

/// A home as one of an installation is: `lib` is a link to the installation's.
fn installed(folder: &Path, stdlib: &[(&str, &str)]) -> Home {
    let library = folder.join("installed/lib/python3.13");
    stdlib.iter().for_each(|(name, content)| write(&library.join(name), content.as_bytes()));
    write(&folder.join("installed/lib/libpython3.13.so.1.0"), b"a library");
    let prefix = folder.join("home");
    std::fs::create_dir_all(&prefix).unwrap();
    std::os::unix::fs::symlink(folder.join("installed/lib"), prefix.join("lib")).unwrap();
    Home {
        key: Key::of("home", [("of", "a test")]),
        python: "3.13".parse().unwrap(),
        sysroot: None,
        linker: None,
        stock: prefix.join("stock/python3.13"),
        prefix,
        loader: PathBuf::from("/lib64/ld-linux-x86-64.so.2"),
        library_folders: Vec::new(),
        offers: Vec::new(),
        sysconfig: Sysconfig {
            version: "3.13.5".into(),
            multiarch: "x86_64-linux-gnu".into(),
            link_libraries: Vec::new(),
            hacl_flags: HaclFlags::of(|_| None),
        },
    }
}

#[test]
fn an_installation_is_tested_in_a_copy_of_its_standard_library() {
    let folder = tempfile::tempdir().unwrap();
    let home = installed(
        folder.path(),
        &[
            ("os.py", "installed"),
            ("json/__init__.py", ""),
            ("__pycache__/os.cpython-313.pyc", ""),
            ("site-packages/theirs.pth", "import theirs"),
            ("config-3.13/libpython3.13.a", ""),
            ("config-3.13/Makefile", ""),
        ],
    );
    let library = folder.path().join("installed/lib/python3.13");
    std::os::unix::fs::symlink(&library, library.join("json/back")).unwrap();
    std::os::unix::fs::symlink("/nowhere", library.join("gone.py")).unwrap();
    let source = folder.path().join("source");
    [("os.py", "source"), ("test/test_dict.py", "x")]
        .iter()
        .for_each(|(name, text)| write(&source.join("Lib").join(name), text.as_bytes()));
    let store = Store::open(&folder.path().join("store")).unwrap();
    let made = test_home(&store, &home, Some(&source), &Silent).unwrap();
    assert!(made.fresh && made.stdlib == made.prefix.join("lib/python3.13"));
    let read = |name: &str| std::fs::read_to_string(made.prefix.join(name)).ok();
    assert_eq!(read("lib/python3.13/os.py").as_deref(), Some("installed"), "the source gives what was not installed");
    assert_eq!(read("lib/python3.13/test/test_dict.py").as_deref(), Some("x"));
    assert!(!made.stdlib.is_symlink() && read("lib/python3.13/config-3.13/Makefile").is_some());
    assert_eq!(read("lib/libpython3.13.so.1.0").as_deref(), Some("a library"), "found by the way from the executable");
    for name in ["site-packages/theirs.pth", "__pycache__", "config-3.13/libpython3.13.a", "gone.py", "json/back"] {
        assert!(!made.stdlib.join(name).exists(), "{name}");
    }
    let again = test_home(&store, &home, Some(&source), &Silent).unwrap();
    assert_eq!((again.fresh, &again.prefix), (false, &made.prefix));
    write(&library.join("os.py"), b"updated");
    let updated = test_home(&store, &home, Some(&source), &Silent).unwrap();
    assert!(updated.fresh && updated.prefix != made.prefix);
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
