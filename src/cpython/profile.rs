//! The profile: the instrumented interpreter runs the tasks once, and every build with PGO is compiled by what it counted.

use std::collections::BTreeSet;
use std::path::Path;

use super::CpythonError;
use super::library::functions_of;
use super::make::failed;
use super::tree::{Core, Tree, files};
use crate::fs;
use crate::process::{Finished, Job};
use crate::recipe::CompilerFamily;

/// At most this share of a build's functions may have another control flow than in the instrumented build. GCC inlines a few functions otherwise
/// where code is PIC (9 of 3.13.5's) and more of them where calls can be interposed (about 200); a profile of another source misses thousands.
const MOST_MISMATCHES: f64 = 0.05;

/// At most this share of objects may be without a profile.
const MOST_MISSING: f64 = 0.10;

/// Of a profile task of CPython's own tests: at most this share of test files may fail. What a failing test ran was counted all the same.
const MOST_FAILED_TESTS: f64 = 0.10;

/// How `python -m test` ends where tests failed, and nothing else was wrong (`EXITCODE_BAD_TEST` in `Lib/test/libregrtest`).
const BAD_TEST: i32 = 2;

/// The tree has a profile afterwards.
pub(super) fn obtain(tree: &Tree<'_>) -> Result<(), CpythonError> {
    if tree.done("profile").is_some() {
        return Ok(());
    }
    forget(tree)?;
    match &tree.recipe().profile.data {
        Some(folder) => take(tree, folder)?,
        None => run(tree)?,
    }
    tree.finish("profile", "")
}

/// What an interrupted run has counted would be counted twice.
fn forget(tree: &Tree<'_>) -> Result<(), CpythonError> {
    for path in files(tree.build()).iter().filter(|path| is_profile(path)) {
        fs::remove(path)?;
    }
    Ok(())
}

pub(super) fn is_profile(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "gcda" || extension == "profraw")
}

/// A profile from elsewhere: laid beside the objects as an instrumented build would.
fn take(tree: &Tree<'_>, folder: &Path) -> Result<(), CpythonError> {
    for path in files(folder).into_iter().filter(|path| is_profile(path)) {
        let below = path.strip_prefix(folder).unwrap_or(&path);
        fs::write_atomic(&tree.build().join(below), &fs::read(&path)?)?;
    }
    merge(tree)
}

fn run(tree: &Tree<'_>) -> Result<(), CpythonError> {
    let profile = &tree.recipe().profile;
    let packages = tree.root.join("packages");
    if !profile.packages.is_empty() {
        install_packages(tree, &packages)?;
    }
    for (at, task) in profile.tasks.iter().enumerate() {
        let label = format!("profile task {} of {}", at + 1, profile.tasks.len());
        let arguments = task.iter().map(|word| word.replace("{packages}", &packages.to_string_lossy()));
        let job = python(tree).args(arguments).env("PYTHONPATH", &packages);
        let log = (tree.builder.log)(&label);
        let finished = tree.builder.watch(&label, &job, None, &log)?;
        if !finished.status.success() {
            tolerate(tree, &label, &finished, &log)?;
        }
    }
    merge(tree)
}

/// The instrumented interpreter. Hash seeds decide how dictionaries collide, and so what is counted: each replicate has its own, the same every time.
fn python(tree: &Tree<'_>) -> Job {
    tree.builder
        .job(tree.build().join("python"))
        .env("PYTHONHASHSEED", tree.replicate.to_string())
        // The source's folder stays as it is.
        .env("PYTHONPYCACHEPREFIX", tree.root.join("pycache"))
        .env("LLVM_PROFILE_FILE", tree.build().join("code-%p.profraw"))
}

/// By the installer that CPython brings along; what it runs is not to be counted.
fn install_packages(tree: &Tree<'_>, folder: &Path) -> Result<(), CpythonError> {
    let bundled = files(&tree.demand.source.folder.join("Lib/ensurepip/_bundled"));
    let pip = bundled.iter().find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pip-")));
    let Some(pip) = pip else { return Err(CpythonError::NoPip { folder: tree.demand.source.folder.clone() }) };
    fs::remove(folder)?;
    let discarded = tree.root.join("discarded");
    let job = python(tree)
        .inherit_environment()
        .env("GCOV_PREFIX", &discarded)
        .env("LLVM_PROFILE_FILE", "/dev/null")
        .args(["-I".as_ref(), pip.join("pip").as_os_str(), "install".as_ref()])
        .args(["--disable-pip-version-check", "--no-compile", "--no-deps", "--only-binary=:all:", "--target"])
        .arg(folder)
        .args(&tree.recipe().profile.packages);
    tree.builder.run("profile packages", &job, None)?;
    Ok(fs::remove(&discarded)?)
}

/// CPython's tests end with an error if one of them failed, as a few do as root or without a network.
fn tolerate(tree: &Tree<'_>, label: &str, finished: &Finished, log: &Path) -> Result<(), CpythonError> {
    let said = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let tests = Tests::of(&said);
    match tests {
        Some(tests)
            if finished.status.code() == Some(BAD_TEST)
                && !tests.failed.is_empty()
                && tests.failed.len() as f64 <= MOST_FAILED_TESTS * tests.run as f64 =>
        {
            tree.builder.reporter.warn(&format!(
                "{} of {} test files of the profile task failed ({}); what they ran was counted all the same",
                tests.failed.len(),
                tests.run,
                tests.failed.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            ));
            Ok(())
        }
        _ => Err(failed(label, finished, log.to_owned())),
    }
}

/// What `python -m test` says at its end.
struct Tests {
    run: u64,
    failed: BTreeSet<String>,
}

impl Tests {
    /// Of a run that came to its end: 3.13 and later say how many files were run, those before count them as they go (`[43/43]`).
    fn of(said: &str) -> Option<Self> {
        let total = |line: &str| line.split_once("run=")?.1.split('/').next()?.parse::<u64>().ok();
        let stated = said.lines().find(|line| line.starts_with("Total test files:")).and_then(total);
        let counted = || {
            let ended = said.contains("Tests result: FAILURE") || said.contains("Result: FAILURE");
            let last = said
                .lines()
                .rev()
                .find_map(|line| line.split_once(" [")?.1.split_once('/')?.1.split(['/', ']']).next()?.parse::<u64>().ok());
            last.filter(|_| ended)
        };
        let name = |line: &str| {
            let rest = line.strip_prefix("test ")?;
            let (name, how) = rest.split_once(' ')?;
            (how.starts_with("failed") || how.starts_with("crashed")).then(|| name.to_owned())
        };
        Some(Self { run: stated.or_else(counted)?, failed: said.lines().filter_map(name).collect() })
    }
}

fn merge(tree: &Tree<'_>) -> Result<(), CpythonError> {
    let is = |path: &Path, ending: &str| path.extension().is_some_and(|extension| extension == ending);
    let found = files(tree.build());
    if tree.compiler.family == CompilerFamily::Gcc {
        return match found.iter().any(|path| is(path, "gcda")) {
            true => Ok(()),
            false => Err(CpythonError::NothingCounted),
        };
    }
    let raw: Vec<_> = found.into_iter().filter(|path| is(path, "profraw")).collect();
    if raw.is_empty() {
        return Err(CpythonError::NothingCounted);
    }
    let profdata = tree.compiler.profdata.clone().unwrap_or_else(|| "llvm-profdata".into());
    let job = tree.builder.job(profdata).args(["merge", "--output"]).arg(tree.profdata()).args(&raw);
    tree.builder.run("merge profiles", &job, None)
}

/// Functions that the core's objects define; those of extension modules, which lie beside them, would make any profile fit.
pub(super) fn count_functions(tree: &Tree<'_>) -> Result<usize, CpythonError> {
    let [objects] = tree.builder.variables(["LIBRARY_OBJS"])?;
    Ok(objects.split_whitespace().map(|object| functions_of(&tree.build().join(object))).sum())
}

/// A profile that does not fit is worse than none: its build would be slow where it was counted otherwise, and called PGO.
pub(super) fn check(tree: &Tree<'_>, core: Core, warnings: &str) -> Result<(), CpythonError> {
    if !core.flavour.pgo {
        return Ok(());
    }
    let [objects] = tree.builder.variables(["LIBRARY_OBJS"])?;
    let objects: Vec<&str> = objects.split_whitespace().collect();
    let functions = tree.done("base").and_then(|count| count.parse().ok()).unwrap_or(0_usize);
    let Fit { mismatched, missing } = Fit::of(warnings, &objects);
    if mismatched as f64 > MOST_MISMATCHES * functions as f64 || missing as f64 > MOST_MISSING * objects.len() as f64 {
        return Err(CpythonError::ProfileDoesNotFit {
            build: core.label(),
            mismatched,
            functions,
            missing,
            objects: objects.len(),
            most_percent: MOST_MISMATCHES * 100.0,
            from_elsewhere: tree.recipe().profile.data.is_some(),
            log: tree.root.join("warnings"),
        });
    }
    Ok(())
}

/// What the compiler said of the profile while it compiled by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Fit {
    /// Functions whose control flow is another than that which was counted, or that were not there to be counted.
    mismatched: usize,
    /// Of the core's objects, those that nothing was counted for. Extension modules that no task imports are without, and need none.
    missing: usize,
}

impl Fit {
    fn of(warnings: &str, objects: &[&str]) -> Self {
        let stems: Vec<String> = objects.iter().map(|object| format!("/{}.gcda", object.trim_end_matches(".o"))).collect();
        let mut mismatched = BTreeSet::new();
        let (mut missing, mut counted) = (BTreeSet::new(), 0);
        for line in warnings.lines() {
            let quoted = line.split(['‘', '’', '\'', '"']).nth(1).unwrap_or_default();
            let function = || line.split_once("function ").map_or(line, |(_, rest)| rest.split_whitespace().next().unwrap_or_default());
            // Another path or line of the same code: the counts are used (GCC's coverage.cc, get_coverage_counts).
            if line.contains("source locations for function ") {
                continue;
            }
            let is_other = line.contains("[-Wcoverage-mismatch]") || line.contains("[-Werror=coverage-mismatch]");
            if is_other || line.contains("[-Wmissing-profile]") && line.contains("profile for function ") {
                mismatched.insert(function());
            } else if line.contains("[-Wmissing-profile]") && stems.iter().any(|stem| quoted.ends_with(stem.as_str())) {
                missing.insert(quoted);
            } else if line.contains("[-Wprofile-instr-out-of-date]") {
                // clang: `profile data may be out of date: of 50 functions, 2 have mismatched data that will be ignored`
                counted += line.split_once(" functions, ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok()).unwrap_or(1);
            }
        }
        Self { mismatched: mismatched.len() + counted, missing: missing.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fit, Tests};

    #[test]
    fn mismatches_are_counted_by_function_and_missing_profiles_by_file() {
        let log = "../src/Objects/funcobject.c:26:1: warning: the control flow of function ‘notify’ does not match its profile data (counter ‘arcs’) [-Wcoverage-mismatch]\n\
            ../src/Objects/funcobject.c:26:1: warning: number of counters in profile data for function ‘notify’ does not match its profile data [-Wcoverage-mismatch]\n\
            a.c:9:1: warning: number of counters in profile data for function ‘other’ does not match [-Wcoverage-mismatch]\n\
            ../src/Python/b.c:9:1: warning: ‘/build/Python/b.gcda’ profile count data file not found [-Wmissing-profile]\n\
            ../src/Modules/_extension.c:9:1: warning: ‘/build/Modules/_extension.gcda’ profile count data file not found [-Wmissing-profile]\n\
            /elsewhere/Python/c.c:9:1: warning: source locations for function ‘moved’ have changed, the profile data may be out of date [-Wcoverage-mismatch]\n\
            ../src/Python/c.c:12:1: warning: profile for function ‘added’ not found in profile data [-Wmissing-profile]\n\
            warning: profile data may be out of date: of 50 functions, 3 have mismatched data that will be ignored [-Wprofile-instr-out-of-date]\n\
            gcc -c -Wmissing-profile -o a.o a.c\n";
        assert_eq!(Fit::of(log, &["Python/a.o", "Python/b.o", "Python/c.o"]), Fit { mismatched: 6, missing: 1 });
    }

    #[test]
    fn the_end_of_cpythons_tests_is_understood() {
        let new = "0:00:21 load avg: 1.90 [19/43] test_generators failed (1 failure)\ntest test_generators failed\nTotal test files: run=43/43 failed=1\nResult: FAILURE\n";
        let tests = Tests::of(new).expect("ended");
        assert_eq!((tests.run, tests.failed.into_iter().collect::<Vec<_>>()), (43, vec!["test_generators".to_owned()]));
        let old = "0:00:21 load avg: 1.90 [43/44/1] test_x\ntest test_x failed -- x\nTests result: FAILURE\n";
        assert_eq!(Tests::of(old).map(|tests| tests.failed.len()), None.or(Some(1)));
        assert!(Tests::of("0:00:21 [3/43] test_x\n").is_none(), "it never came to its end");
    }
}
