//! The gate: what passes, what does not, and that one subject's failure is nobody else's.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use surtax::digest::Sha256;
use surtax::libpython::HaclMode;
use surtax::process::Job;
use surtax::run::{Check, CheckGroup, Role, SubjectVerification};
use surtax::ui::{Reporter as _, Silent, Unit};
use surtax::verify::{Baseline, Candidate, Expected, Suite, VerifyError, check, key, record_baseline, verify};
use tempfile::TempDir;

use crate::needs;
use crate::world::shell_script;

/// A small `benchmarks/` of its own beside candidates that are scripts: quick to run, easy to break.
struct World(TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        world.file("benchmarks/empty.py", "");
        world.file("benchmarks/workloads/README.md", "none in this world");
        world.file("benchmarks/cells.py", "print('cells')\n");
        world.file("benchmarks/programs/01_words.py", "print('one')\nprint('two')\nprint('three')\n");
        world.file("benchmarks/programs/02_loud.py", "import sys\nprint('out')\nsys.stderr.write('err\\n')\n");
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("benchmarks/probes");
        for probe in ["hashlib_answers.py", "own_hashes.py", "extensions.py"] {
            world.file(&format!("benchmarks/probes/{probe}"), &std::fs::read_to_string(real.join(probe)).unwrap());
        }
        world
    }

    /// Where the baseline, and what the subjects become, can run.
    fn with_python() -> Option<Self> {
        needs::python3().map(|_| Self::new())
    }

    #[allow(clippy::disallowed_methods, reason = "a fixture")]
    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    fn benchmarks(&self) -> PathBuf {
        self.0.path().join("benchmarks")
    }

    fn suite(&self) -> Suite {
        Suite::open(&self.benchmarks()).unwrap()
    }

    /// A subject that runs `script` (shell) before it becomes python; `$1` is the program.
    fn subject(&self, name: &str, script: &str) -> Candidate {
        let executable = shell_script(&self.0.path().join(name), &format!("{script}\nexec /usr/bin/python3 \"$@\""));
        Candidate { name: name.to_owned(), executable, role: Role::Runner, same_python: true, expected: None }
    }

    /// A C program, compiled and linked with `flags`.
    fn compiled(&self, name: &str, flags: &[&str]) -> PathBuf {
        let source = self.file("main.c", "int Py_Example = 1; int _Py_Other = 2; int main(void) { return 0; }\n");
        let path = self.0.path().join(name);
        Job::new("/usr/bin/gcc").env("PATH", "/usr/bin:/bin").arg(source).arg("-o").arg(&path).args(flags).run_for_text().unwrap();
        path
    }
}

fn stock() -> Candidate {
    Candidate { name: "python3".to_owned(), executable: "/usr/bin/python3".into(), role: Role::Baseline, same_python: true, expected: None }
}

fn baseline(suite: &Suite) -> Baseline {
    record_baseline(&stock(), suite, Silent.bar("", None, Unit::Items).as_ref()).unwrap()
}

fn judged(candidate: &Candidate, suite: &Suite) -> SubjectVerification {
    check(candidate, &baseline(suite), suite, Silent.bar("", None, Unit::Items).as_ref()).unwrap()
}

fn of(verified: &SubjectVerification, group: CheckGroup) -> Vec<&Check> {
    verified.checks.iter().filter(|check| check.group == group).collect()
}

fn named<'a>(verified: &'a SubjectVerification, group: CheckGroup, name: &str) -> &'a Check {
    let found = of(verified, group).into_iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("no check {name} in {verified:#?}"))
}

fn failures(verified: &SubjectVerification) -> Vec<(CheckGroup, &str, &str)> {
    let failed = verified.checks.iter().filter(|check| !check.passed);
    failed.map(|check| (check.group, check.name.as_str(), check.detail.as_deref().unwrap_or(""))).collect()
}

#[test]
fn this_machines_python_passes_everything_with_the_real_programs() {
    if needs::python3().is_none() {
        return;
    }
    let benchmarks = Path::new(env!("CARGO_MANIFEST_DIR")).join("benchmarks");
    let again = Candidate { name: "python3-again".to_owned(), role: Role::Control, ..stock() };
    let verification = verify(&[stock(), again], &benchmarks, &Silent).unwrap();
    assert_eq!(verification.subjects.len(), 2);
    for subject in &verification.subjects {
        assert_eq!(failures(subject), [], "{}", subject.subject);
        assert!(subject.passed());
        assert_eq!(subject.count(CheckGroup::Programs), (20, 20));
        assert!(subject.count(CheckGroup::Hashlib).0 >= 14);
        assert!(subject.count(CheckGroup::OwnHashes).0 >= 20);
        assert!(subject.count(CheckGroup::Extensions).0 >= 50);
        assert_eq!(subject.count(CheckGroup::Elf), (1, 1));
    }
    assert_eq!(verification.subjects[1].subject, "python3-again");
}

#[test]
fn a_wrong_line_is_found_and_shown() {
    let Some(world) = World::with_python() else { return };
    let wrong = world.subject("wrong", r#"case "$1" in *01_words.py) printf 'one\n2\nthree\n'; exit 0;; esac"#);
    let verified = judged(&wrong, &world.suite());
    let check = named(&verified, CheckGroup::Programs, "01_words");
    assert!(!check.passed);
    assert_eq!(check.detail.as_deref(), Some("line 2 of stdout is `2`, the baseline's is `two`"));
    assert!(named(&verified, CheckGroup::Programs, "02_loud").passed);
    assert!(!verified.passed());
}

#[test]
fn stderr_and_exit_status_count_as_well() {
    let Some(world) = World::with_python() else { return };
    let suite = world.suite();
    let quiet = world.subject("quiet", r#"case "$1" in *02_loud.py) echo out; exit 0;; esac"#);
    let check = named(&judged(&quiet, &suite), CheckGroup::Programs, "02_loud").clone();
    assert_eq!(check.detail.as_deref(), Some("line 1 of stderr is missing, the baseline's is `err`"));
    let leaves = world.subject("leaves", r#"case "$1" in *02_loud.py) echo out; echo err >&2; exit 3;; esac"#);
    let check = named(&judged(&leaves, &suite), CheckGroup::Programs, "02_loud").clone();
    assert!(!check.passed);
    assert_eq!(check.detail.as_deref(), Some("exited with code 3: err; the baseline exited with code 0"));
}

#[test]
fn a_crash_a_hang_and_a_file_that_is_no_program_stop_nobody_else() {
    let Some(world) = World::with_python() else { return };
    let suite = world.suite().with_limit(Duration::from_secs(120));
    let crashes = world.subject("crashes", "kill -SEGV $$");
    let verified = judged(&crashes, &suite);
    let check = named(&verified, CheckGroup::Programs, "01_words");
    assert!(check.detail.as_deref().unwrap().starts_with("was killed by signal 11 (SIGSEGV)"), "{check:?}");
    assert_eq!(of(&verified, CheckGroup::Hashlib).len(), 1, "one line for a subject that does not start, not one per algorithm");
    assert!(verified.checks.iter().all(|check| !check.passed));

    let nonsense = Candidate { executable: world.file("nonsense", "neither script nor ELF"), ..crashes.clone() };
    let missing = Candidate { executable: "/no/such/python".into(), ..crashes.clone() };
    for candidate in [nonsense, missing] {
        let verified = judged(&candidate, &suite);
        assert!(verified.checks.iter().all(|check| !check.passed), "{verified:#?}");
        let check = named(&verified, CheckGroup::Programs, "01_words");
        assert!(check.detail.as_deref().unwrap().starts_with("cannot start "), "{check:?}");
    }

    let verification = verify(&[stock(), crashes, world.subject("good", "")], &world.benchmarks(), &Silent).unwrap();
    let good = verification.of("good").unwrap();
    assert_eq!(failures(good).iter().filter(|failure| failure.0 != CheckGroup::Elf).count(), 0, "{good:#?}");
    assert!(!verification.of("crashes").unwrap().passed());
}

#[test]
fn a_subject_that_hangs_is_ended() {
    let Some(world) = World::with_python() else { return };
    let suite = world.suite();
    let known = baseline(&suite);
    let hangs = world.subject("hangs", r#"case "$1" in *01_words.py) sleep 600;; esac"#);
    let started = Instant::now();
    let limited = suite.with_limit(Duration::from_secs(3));
    let verified = check(&hangs, &known, &limited, Silent.bar("", None, Unit::Items).as_ref()).unwrap();
    assert!(started.elapsed() < Duration::from_secs(120));
    let check = named(&verified, CheckGroup::Programs, "01_words");
    assert_eq!(check.detail.as_deref(), Some("was still running after 3 s and was ended"));
}

#[test]
fn what_prints_without_end_is_not_kept_in_memory() {
    let Some(world) = World::with_python() else { return };
    let loud = world.subject("loud", r#"case "$1" in *01_words.py) head -c 6000000 /dev/zero; exit 0;; esac"#);
    let check = named(&judged(&loud, &world.suite()), CheckGroup::Programs, "01_words").clone();
    assert_eq!((check.passed, check.detail.as_deref()), (false, Some("printed 5 MiB; no program here prints more than 4")));
}

#[test]
fn a_program_that_the_baseline_fails_is_the_baselines_failure() {
    let Some(world) = World::with_python() else { return };
    world.file("benchmarks/programs/03_broken.py", "print('so far')\nraise SystemExit(4)\n");
    let suite = world.suite();
    let verification = baseline(&suite).verification;
    let check = named(&verification, CheckGroup::Programs, "03_broken");
    assert!(!check.passed && !verification.passed());
    assert_eq!(check.detail.as_deref(), Some("exited with code 4"));
    assert!(named(&judged(&world.subject("same", ""), &suite), CheckGroup::Programs, "03_broken").passed, "it does what the baseline does");
}

#[test]
fn a_wrong_digest_fails_its_algorithm_alone() {
    let Some(world) = World::with_python() else { return };
    let suite = world.suite();
    let known = baseline(&suite);
    let bar = Silent.bar("", None, Unit::Items);
    // A hashlib whose sha256 and sm3 have one bit wrong: the first is caught by the published answers, the second by the baseline's.
    let patch = "import hashlib\nreal = hashlib.new\nclass Bent:\n    def __init__(self, inner): self.inner = inner\n    \
        def hexdigest(self, *a): return self.inner.hexdigest(*a)[:-1] + 'f'\n    def __getattr__(self, name): return getattr(self.inner, name)\n    \
        def copy(self): return Bent(self.inner.copy())\ndef new(name, *a, **k):\n    made = real(name, *a, **k)\n    \
        return Bent(made) if name in ('sha256', 'sm3') else made\nhashlib.new = new\n\
        import runpy, sys\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n";
    let patch = world.file("patch.py", patch);
    let bent = world.subject("bent", &format!("case \"$1\" in *hashlib_answers.py) set -- {} \"$@\";; esac", patch.display()));
    let verified = check(&bent, &known, &suite, bar.as_ref()).unwrap();
    let sha256 = named(&verified, CheckGroup::Hashlib, "sha256");
    assert!(!sha256.passed);
    assert!(sha256.detail.as_deref().unwrap().starts_with("not the published answer to: empty, abc, million a"), "{sha256:?}");
    let sm3 = named(&verified, CheckGroup::Hashlib, "sm3");
    assert!(!sm3.passed && sm3.detail.as_deref().unwrap().contains("the baseline's is "), "{sm3:?}");
    assert!(named(&verified, CheckGroup::Hashlib, "sha512").passed);
}

#[test]
fn an_algorithm_and_a_module_that_abort_are_found_by_name() {
    let Some(world) = World::with_python() else { return };
    let suite = world.suite();
    let guard = "import sys\nif not sys.argv[2:] or sys.argv[2] in ('md5', '_json'):\n    import os; os.abort()\n\
        import runpy\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n";
    let guard = world.file("guard.py", guard);
    let aborts = world.subject("aborts", &format!("case \"$1\" in *probes/*) set -- {} \"$@\";; esac", guard.display()));
    let verified = judged(&aborts, &suite);
    let groups = [CheckGroup::Programs, CheckGroup::Hashlib, CheckGroup::OwnHashes, CheckGroup::Extensions];
    let failed: Vec<_> = failures(&verified).into_iter().filter(|failure| groups.contains(&failure.0)).collect();
    let reason = "was killed by signal 6 (SIGABRT)";
    let expected =
        [(CheckGroup::Hashlib, "md5", reason), (CheckGroup::OwnHashes, "md5", reason), (CheckGroup::Extensions, "_json", reason)];
    assert_eq!(failed, expected);
    assert!(of(&verified, CheckGroup::Extensions).len() >= 50);
    // As the baseline it has nobody to take the names from, and asks for them.
    let own = record_baseline(&aborts, &suite, Silent.bar("", None, Unit::Items).as_ref()).unwrap().verification;
    assert_eq!(named(&own, CheckGroup::Hashlib, "md5").detail.as_deref(), Some(reason));
    assert!(named(&own, CheckGroup::Hashlib, "sha512").passed);
}

#[test]
fn a_module_that_only_the_baseline_imports_fails() {
    let Some(world) = World::with_python() else { return };
    let lacks =
        "import sys, runpy\nsys.modules['_json'] = None\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n";
    let lacks = world.file("lacks.py", lacks);
    let subject = world.subject("lacks", &format!("case \"$1\" in *extensions.py) set -- {} \"$@\";; esac", lacks.display()));
    let verified = judged(&subject, &world.suite());
    let check = named(&verified, CheckGroup::Extensions, "_json");
    assert!(!check.passed && check.detail.as_deref().unwrap().starts_with("ModuleNotFoundError"), "{check:?}");
    assert!(named(&verified, CheckGroup::Extensions, "math").passed);
}

fn elf(world: &World, executable: PathBuf, pie: bool, static_libpython: bool) -> SubjectVerification {
    let expected = Expected {
        pie,
        static_libpython,
        interpreter: "/lib64/ld-linux-x86-64.so.2".into(),
        search_path: true,
        shared_libpython: None,
        hacl: None,
    };
    let candidate = Candidate { name: "runner".to_owned(), executable, role: Role::Runner, same_python: true, expected: Some(expected) };
    judged(&candidate, &world.suite())
}

fn passes(verified: &SubjectVerification, name: &str) -> bool {
    named(verified, CheckGroup::Elf, name).passed
}

#[test]
fn the_executable_type_is_read_from_its_headers() {
    let Some(world) = World::with_python() else { return };
    let (fixed, pie) = (world.compiled("fixed", &["-no-pie"]), world.compiled("pie", &["-pie", "-fPIE"]));
    for (path, is_pie) in [(&fixed, false), (&pie, true)] {
        for expected in [false, true] {
            let verified = elf(&world, path.clone(), expected, true);
            assert_eq!(passes(&verified, "executable type"), is_pie == expected, "{verified:#?}");
            assert!(passes(&verified, "machine") && passes(&verified, "dynamic loader") && passes(&verified, "libpython"));
        }
    }
    let wrong = elf(&world, fixed, true, true);
    let detail = named(&wrong, CheckGroup::Elf, "executable type").detail.as_deref();
    assert_eq!(detail, Some("is ET_EXEC (not PIE), expected ET_DYN with the PIE flag"));
    let library = world.compiled("library.so", &["-shared", "-fPIC"]);
    assert!(!passes(&elf(&world, library, true, true), "executable type"), "a shared object is no PIE");
}

#[test]
fn the_search_path_must_reach_what_extension_modules_load() {
    let Some(world) = World::with_python() else { return };
    let old = world.compiled("old", &["-Wl,--disable-new-dtags,-rpath,/sysroot/lib"]);
    let new = world.compiled("new", &["-Wl,--enable-new-dtags,-rpath,/sysroot/lib"]);
    let none = world.compiled("none", &[]);
    assert!(passes(&elf(&world, old, true, true), "library search path"));
    let new = elf(&world, new, true, true);
    let detail = named(&new, CheckGroup::Elf, "library search path").detail.as_deref();
    assert_eq!(detail, Some("has DT_RUNPATH /sysroot/lib, expected DT_RPATH alone"));
    assert!(!passes(&elf(&world, none, true, true), "library search path"));
}

/// Builds of one Python from source differ in nothing but their folder.
#[test]
fn the_first_libpython_of_its_name_on_the_search_path_must_be_the_variants_own() {
    let Some(world) = World::with_python() else { return };
    for folder in ["own", "other"] {
        std::fs::create_dir(world.0.path().join(folder)).unwrap();
        world.compiled(&format!("{folder}/libpython3.99.so.1.0"), &["-shared", "-fPIC", "-Wl,-soname,libpython3.99.so.1.0"]);
    }
    let place = |folder: &str| world.0.path().join(folder);
    let own = place("own").join("libpython3.99.so.1.0");
    let seen = |name: &str, folders: &[&str]| {
        let path = folders.iter().map(|folder| place(folder).display().to_string()).collect::<Vec<_>>().join(":");
        let search = format!("-Wl,--disable-new-dtags,-rpath,{path}");
        let executable = world.compiled(name, &["-Wl,--no-as-needed", &own.to_string_lossy(), &search]);
        let expected = Expected {
            pie: true,
            static_libpython: false,
            interpreter: "/ld".into(),
            search_path: true,
            shared_libpython: Some(own.clone()),
            hacl: None,
        };
        let candidate = Candidate { name: name.to_owned(), executable, role: Role::Runner, same_python: true, expected: Some(expected) };
        let verified = judged(&candidate, &world.suite());
        let check = named(&verified, CheckGroup::Elf, "loaded libpython");
        (check.passed, check.detail.clone().unwrap_or_default())
    };
    assert!(seen("first", &["nowhere", "own", "other"]).0);
    let (passed, detail) = seen("second", &["other", "own"]);
    assert!(!passed && detail.contains("/other/libpython3.99.so.1.0, expected ") && detail.contains("/own/"), "{detail}");
    assert!(seen("lost", &["nowhere"]).1.contains("none of the folders"));
}

#[test]
fn a_static_runner_needs_no_libpython_and_a_shared_one_exactly_one() {
    let Some(world) = World::with_python() else { return };
    world.compiled("libpython3.99.so.1.0", &["-shared", "-fPIC", "-Wl,-soname,libpython3.99.so.1.0"]);
    let library = format!("{}/libpython3.99.so.1.0", world.0.path().display());
    let linked = world.compiled("linked", &["-Wl,--no-as-needed", &library]);
    let plain = world.compiled("plain", &[]);
    let verified = elf(&world, linked.clone(), true, false);
    let detail = named(&verified, CheckGroup::Elf, "libpython").detail.as_deref();
    assert_eq!(detail, Some("needs libpython3.99.so.1.0"));
    assert!(passes(&verified, "libpython"));
    assert!(!passes(&elf(&world, linked, true, true), "libpython"));
    assert!(!passes(&elf(&world, plain.clone(), true, false), "libpython"));
    assert!(passes(&elf(&world, plain, true, true), "libpython"));
}

#[test]
fn a_static_runner_exports_what_extension_modules_bind_to() {
    let Some(world) = World::with_python() else { return };
    let bare = world.compiled("bare", &[]);
    let verified = elf(&world, bare, true, true);
    let check = named(&verified, CheckGroup::Elf, "exported symbols");
    assert!(!check.passed);
    assert!(check.detail.as_deref().unwrap().contains("are missing, such as Py"), "{check:?}");
    let own = world.compiled("own", &["-rdynamic"]);
    let suite = world.suite();
    let small = Candidate { executable: own.clone(), ..stock() };
    let known = record_baseline(&small, &suite, Silent.bar("", None, Unit::Items).as_ref()).unwrap();
    let expected = Expected {
        pie: true,
        static_libpython: true,
        interpreter: "/elsewhere/ld.so".into(),
        search_path: true,
        shared_libpython: None,
        hacl: None,
    };
    let candidate = Candidate { name: "own".to_owned(), executable: own, role: Role::Runner, same_python: true, expected: Some(expected) };
    let verified = check_of(&candidate, &known, &suite);
    let check = named(&verified, CheckGroup::Elf, "exported symbols");
    assert_eq!((check.passed, check.detail.as_deref()), (true, Some("all 2 of the baseline's")));
    let detail = named(&verified, CheckGroup::Elf, "dynamic loader").detail.clone().unwrap();
    assert!(detail.ends_with("expected /elsewhere/ld.so"), "{detail}");
}

fn check_of(candidate: &Candidate, known: &Baseline, suite: &Suite) -> SubjectVerification {
    check(candidate, known, suite, Silent.bar("", None, Unit::Items).as_ref()).unwrap()
}

/// A program with HACL functions that becomes python; it ends like a stand-in where `asked` finds its reason in the command line.
fn hashing(world: &World, name: &str, stand_ins: bool, asked: &str, function: &str) -> PathBuf {
    let body = r#"#include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        void surtax_stand_in(const char *function) {
            fprintf(stderr, "surtax: %s is a stand-in: it is not there. Build the runner with --hacl real.\n", function);
            abort();
        }
        void _Py_LibHacl_Hacl_Hash_SHA2_malloc_256(void) { surtax_stand_in(FUNCTION); }
        static int has(int count, char **words, const char *word) {
            for (int i = 1; i < count; i++) if (strstr(words[i], word)) return 1;
            return 0;
        }
        int main(int count, char **words) {
            if (ASKED) _Py_LibHacl_Hacl_Hash_SHA2_malloc_256();
            if (count > 1 && !strcmp(words[1], "--surtax-embed")) { words++; count--; }
            words[0] = "/usr/bin/python3";
            return execv(words[0], words);
        }"#;
    let own = if stand_ins { "surtax_hacl_stand_in" } else { "surtax_other" };
    let source = world.file(&format!("{name}.c"), &body.replace("surtax_stand_in", own));
    let path = world.0.path().join(name);
    let job =
        Job::new("/usr/bin/gcc").env("PATH", "/usr/bin:/bin").arg(format!("-DASKED={asked}")).arg(format!("-DFUNCTION=\"{function}\""));
    job.arg(source).arg("-o").arg(&path).run_for_text().unwrap();
    path
}

fn with_hacl(world: &World, executable: PathBuf, hacl: HaclMode) -> SubjectVerification {
    let interpreter = "/lib64/ld-linux-x86-64.so.2".into();
    let expected =
        Expected { pie: true, static_libpython: true, interpreter, search_path: false, shared_libpython: None, hacl: Some(hacl) };
    let runner = Candidate { name: "runner".to_owned(), executable, role: Role::Runner, same_python: true, expected: Some(expected) };
    judged(&runner, &world.suite())
}

const SHA2: &str = "_Py_LibHacl_Hacl_Hash_SHA2_malloc_256";

/// As stand-ins do: the probe of all own modules ends, and so does that of one algorithm.
const OWN_SHA256: &str = "has(count, words, \"own_hashes\") && (count == 2 || !strcmp(words[2], \"sha256\"))";

#[test]
fn a_stand_in_must_end_its_program_and_say_what_to_do() {
    let Some(world) = World::with_python() else { return };
    let verified = with_hacl(&world, hashing(&world, "honest", true, OWN_SHA256, SHA2), HaclMode::Stubs);
    let check = named(&verified, CheckGroup::OwnHashes, "sha256");
    assert!(check.passed && check.detail.as_deref().unwrap().starts_with("gives no digest, as it must without HACL"), "{check:?}");
    assert!(named(&verified, CheckGroup::OwnHashes, "sha512").passed, "it is there");
    assert!(named(&verified, CheckGroup::OwnHashes, "stand-ins not reached").passed);
    assert!(named(&verified, CheckGroup::OwnHashes, "HACL").passed);

    let other = with_hacl(&world, hashing(&world, "other", true, OWN_SHA256, "_Py_LibHacl_Hacl_Hash_MD5_malloc"), HaclMode::Stubs);
    assert!(!named(&other, CheckGroup::OwnHashes, "sha256").passed, "it names a function of another algorithm");

    let real = with_hacl(&world, hashing(&world, "broken", false, OWN_SHA256, SHA2), HaclMode::Real);
    assert!(!named(&real, CheckGroup::OwnHashes, "sha256").passed, "real functions give digests");
    assert!(named(&real, CheckGroup::OwnHashes, "HACL").passed, "what it has is no stand-in, though it is broken");
}

#[test]
fn a_stand_in_that_a_program_an_algorithm_or_a_benchmark_reaches_is_named() {
    let Some(world) = World::with_python() else { return };
    let by_openssl = "has(count, words, \"hashlib_answers\") && (count == 2 || !strcmp(words[2], \"sha256\"))";
    for (number, (asked, named_one)) in [
        ("has(count, words, \"02_loud\")", "ended: 02_loud"),
        (by_openssl, "ended: sha256"),
        ("has(count, words, \"cells.py\") && has(count, words, \"--surtax-embed\")", "ended: --surtax-embed cells.py 0 20 (was killed by"),
    ]
    .into_iter()
    .enumerate()
    {
        let verified = with_hacl(&world, hashing(&world, &format!("runner-{number}"), true, asked, SHA2), HaclMode::Stubs);
        let check = named(&verified, CheckGroup::OwnHashes, "stand-ins not reached");
        assert!(!check.passed && check.detail.as_deref().unwrap().starts_with(named_one), "{check:?}");
    }
}

#[test]
fn real_functions_and_stand_ins_are_told_apart_in_the_executable() {
    let Some(world) = World::with_python() else { return };
    let check = |executable: PathBuf, hacl| named(&with_hacl(&world, executable, hacl), CheckGroup::OwnHashes, "HACL").clone();
    let stand_ins = check(hashing(&world, "stand-ins", true, "0", SHA2), HaclMode::Real);
    assert_eq!(stand_ins.detail.as_deref(), Some("stand-ins are linked in, expected real functions"));
    let real = check(hashing(&world, "real", false, "0", SHA2), HaclMode::Stubs);
    assert_eq!(real.detail.as_deref(), Some("no stand-ins are linked in"));
    let none = check(world.compiled("none", &[]), HaclMode::Real);
    assert_eq!(none.detail.as_deref(), Some("none of its functions is linked in"));
    assert!(!stand_ins.passed && !real.passed && !none.passed);
}

/// The subjects of these tests are scripts.
fn not_elf(verified: &SubjectVerification) -> Vec<(CheckGroup, &str, &str)> {
    failures(verified).into_iter().filter(|failure| failure.0 != CheckGroup::Elf).collect()
}

#[test]
fn a_guest_is_judged_by_what_it_is() {
    let Some(world) = World::with_python() else { return };
    let suite = world.suite();
    let other_words = r#"case "$1" in *01_words.py) echo uno; exit 0;; esac"#;
    let guest = |same_python, script: &str| Candidate { role: Role::Guest, same_python, ..world.subject("guest", script) };
    let verified = judged(&guest(false, other_words), &suite);
    assert_eq!(not_elf(&verified), [], "another Python may say other things");
    let check = named(&verified, CheckGroup::Programs, "01_words");
    assert_eq!(check.detail.as_deref(), Some("1 lines of output; another Python: not compared with the baseline"));
    assert!(verified.count(CheckGroup::Hashlib).0 >= 14 && verified.count(CheckGroup::Extensions).0 >= 50);
    let same = judged(&guest(true, other_words), &suite);
    assert!(!named(&same, CheckGroup::Programs, "01_words").passed, "the same Python says the same");
    let fails = judged(&guest(false, r#"case "$1" in *01_words.py) exit 3;; esac"#), &suite);
    assert!(!named(&fails, CheckGroup::Programs, "01_words").passed);

    let lacks =
        "import sys, runpy\nsys.modules['_json'] = None\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n";
    let lacks = world.file("lacks.py", lacks);
    let small = guest(true, &format!("case \"$1\" in *extensions.py) set -- {} \"$@\";; esac", lacks.display()));
    assert_eq!(not_elf(&judged(&small, &suite)), [], "nobody promised that it has the baseline's modules");

    let bent = "import hashlib\nhashlib.sha256 = hashlib.sha512\nreal = hashlib.new\n\
        hashlib.new = lambda name, *a, **k: real('sha512' if name == 'sha256' else name, *a, **k)\n\
        import runpy, sys\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n";
    let bent = world.file("bent.py", bent);
    let bent = guest(false, &format!("case \"$1\" in *hashlib_answers.py) set -- {} \"$@\";; esac", bent.display()));
    assert!(!named(&judged(&bent, &suite), CheckGroup::Hashlib, "sha256").passed, "a wrong digest is wrong in every Python");
}

#[test]
fn a_verification_is_kept_under_all_that_could_change_it() {
    let (one, two) = (Sha256::of(b"one"), Sha256::of(b"two"));
    let base = stock();
    let expected =
        Expected { pie: true, static_libpython: true, interpreter: "/ld".into(), search_path: true, shared_libpython: None, hacl: None };
    let runner = Candidate {
        name: "r".to_owned(),
        executable: "/r".into(),
        role: Role::Runner,
        same_python: true,
        expected: Some(expected.clone()),
    };
    let original = key((&base, &one), (&runner, &two), "b");
    assert_eq!(original, key((&base, &one), (&runner.clone(), &two), "b"));
    let moved = Candidate { executable: "/r2".into(), ..runner.clone() };
    let fixed = Candidate { expected: Some(Expected { pie: false, ..expected.clone() }), ..runner.clone() };
    let real = Candidate { expected: Some(Expected { hacl: Some(HaclMode::Real), ..expected }), ..runner.clone() };
    let others = [
        key((&base, &two), (&runner, &two), "b"),
        key((&base, &one), (&runner, &one), "b"),
        key((&base, &one), (&runner, &two), "c"),
        key((&base, &one), (&moved, &two), "b"),
        key((&base, &one), (&fixed, &two), "b"),
        key((&base, &one), (&Candidate { same_python: false, ..runner.clone() }, &two), "b"),
        key((&base, &one), (&Candidate { role: Role::Guest, ..runner.clone() }, &two), "b"),
        key((&base, &one), (&real, &two), "b"),
    ];
    for (place, other) in others.iter().enumerate() {
        assert_ne!(&original, other, "{place}");
        assert!(!others[..place].contains(other), "{place}");
    }
}

#[test]
fn no_candidate_and_no_programs_are_errors_of_their_own() {
    let world = World::new();
    assert!(matches!(verify(&[], &world.benchmarks(), &Silent), Err(VerifyError::NoCandidate)));
    std::fs::create_dir_all(world.0.path().join("empty/programs")).unwrap();
    let error = verify(&[stock()], &world.0.path().join("empty"), &Silent).unwrap_err();
    assert!(error.to_string().contains("holds no programs"), "{error}");
    let error = verify(&[stock()], Path::new("/no/such/folder"), &Silent).unwrap_err();
    assert_eq!(error.to_string(), "cannot read /no/such/folder/programs");
}
