//! A build that cannot be: which step failed, with what last words, where the log is, and what to do next.

use surtax::cpython::{CpythonError, Demand, compile};
use surtax::error::{Exit, Explain as _};
use surtax::recipe::{CompilerFamily, Cpython};
use surtax::store::Store;

use super::world::{CHILD, ONE, World, compiled, in_child};
use crate::world::shell_script;

/// The failed step with its hint; its message must show the log's last words and its path.
fn failed(world: &World, recipe: &Cpython, last_words: &str) -> (String, String) {
    let error = world.compile(recipe).expect_err("it fails");
    let (message, hint) = (error.to_string(), error.hint().expect("a hint"));
    let CpythonError::Step { step, log, .. } = error else { panic!("{message}") };
    let written = std::fs::read_to_string(&log).expect("a log");
    assert!(written.contains(last_words), "{written}");
    assert!(message.contains(last_words) && message.contains(log.to_str().expect("a path")), "{message}");
    assert!(
        message.starts_with(&format!("{step} failed: it exited with code 2\n")) || !message.contains("exited with code 2"),
        "{message}"
    );
    (step, hint)
}

#[test]
fn a_missing_header_is_named_with_its_package() {
    let world = World::new();
    world.edit("Objects/dict.c", "#include \"Python.h\"", "#include <elsewhere/nothing.h>");
    let (step, hint) = failed(&world, &world.recipe(ONE), "fatal error: elsewhere/nothing.h: No such file or directory");
    assert_eq!(step, "instrumented");
    assert!(hint.contains("elsewhere/nothing.h is missing"), "{hint}");
}

#[test]
fn a_full_disk_is_named() {
    let world = World::new();
    world.compiler("case $* in *-fprofile-use*Python/ceval.o*) echo 'ld: final link failed: No space left on device' >&2; exit 1 ;; esac");
    let (step, hint) = failed(&world, &world.recipe(ONE), "No space left on device");
    assert_eq!(step, "stock nonpic-pgo");
    assert!(hint.contains("the disk is full") && hint.contains("SURTAX_HOME"), "{hint}");
}

#[test]
fn a_compiler_that_the_kernel_ended_ran_out_of_memory() {
    let world = World::new();
    world.compiler("case $* in *dict.o*) echo 'gcc: fatal error: Killed signal terminated program cc1' >&2; exit 1 ;; esac");
    let (_, hint) = failed(&world, &world.recipe("static-nonpic-nopgo"), "Killed signal");
    assert!(hint.contains("memory") && hint.contains("fewer jobs"), "{hint}");
}

#[test]
fn a_store_whose_path_makefiles_cannot_take_is_refused_at_once() {
    for name in ["a store", "store#1", "it's", "a&b"] {
        let world = World::new();
        let store = Store::open(&world.path(name)).expect("a store");
        let (recipe, source) = (world.recipe("static-nonpic-nopgo"), world.source());
        let demand = Demand { name: "toy", recipe: &recipe, source: &source, variants: recipe.variants.clone() };
        let error = compile(&store, &demand, &world.said).expect_err("it is refused");
        assert!(matches!(error, CpythonError::UnbuildablePath { .. }), "{name}: {error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("SURTAX_HOME")));
        assert!(world.calls().is_empty());
    }
}

#[test]
fn configure_fails_by_its_own_words() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    recipe.configure = vec!["--with-lto-of-the-moon".into()];
    let error = world.compile(&recipe).expect_err("it fails");
    assert!(error.to_string().starts_with("configure failed: it exited with code 1\nconfigure: called with "), "{error}");
    assert!(error.to_string().contains("\nconfigure: error: no such moon\nthe whole log: "), "{error}");
    assert_eq!(error.exit(), Exit::Build);

    world.compiler("case $1 in -v) exit 1 ;; esac");
    let (step, hint) = failed(&world, &world.recipe(ONE), "C compiler cannot create executables");
    assert_eq!(step, "configure");
    assert!(hint.contains("the compiler does not work"), "{hint}");

    // It is run again, in a tree without what the failed one left.
    world.compiler("");
    world.compile(&world.recipe(ONE)).expect("built");
}

#[test]
fn a_profile_task_that_crashes_ends_the_build() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    recipe.profile.tasks = vec![world.task(), vec!["crash".into()]];
    let error = world.compile(&recipe).expect_err("it fails");
    let message = error.to_string();
    let expected = "profile task 2 of 2 failed: it was killed by signal 6 (SIGABRT)\ntest_array\nthe whole log: ";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn a_profile_task_may_fail_in_a_few_of_pythons_tests() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    recipe.profile.tasks = vec![vec!["fail".into(), "2".into()]];
    world.compile(&recipe).expect("built");
    let said = world.said.text();
    assert!(said.contains("warning: 2 of 20 test files of the profile task failed (test_0, test_1); what they ran was counted"), "{said}");

    recipe.profile.tasks = vec![vec!["fail".into(), "3".into()]];
    let (step, hint) = failed(&world, &recipe, "Result: FAILURE");
    assert_eq!(step, "profile task 1 of 1");
    assert!(hint.contains("profile: tasks:"), "{hint}");
}

/// One failed test is tolerated; that some never ran, or that something else was wrong, is not.
#[test]
fn a_profile_task_that_did_not_run_to_its_end_ends_the_build() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    for task in ["fail 0 130 5/43", "fail 1 130 20/43", "fail 1 4", "fail 1 3", "fail 0 2"] {
        recipe.profile.tasks = vec![task.split(' ').map(str::to_owned).collect()];
        let error = world.compile(&recipe).expect_err("it fails");
        let code = task.split(' ').nth(2).expect("a code");
        assert!(error.to_string().starts_with(&format!("profile task 1 of 1 failed: it exited with code {code}\n")), "{task}: {error}");
    }
    recipe.profile.tasks = vec![["fail", "1", "2", "43/43"].map(Into::into).to_vec()];
    world.compile(&recipe).expect("built");
}

#[test]
fn a_task_that_fails_without_cpythons_own_tests_ends_the_build() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    recipe.profile.tasks = vec![vec!["run".into(), "/nowhere/to/be/found".into()]];
    let error = world.compile(&recipe).expect_err("it fails");
    assert!(error.to_string().starts_with("profile task 1 of 1 failed: it was killed by signal 11 (SIGSEGV)\n"), "{error}");
}

#[test]
fn tasks_that_count_nothing_end_the_build() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    recipe.profile.tasks.clear();
    let error = world.compile(&recipe).expect_err("nothing ran");
    assert!(matches!(error, CpythonError::NothingCounted), "{error}");

    // A compiler that takes the option and does not count.
    world.compiler_without("-fprofile-generate");
    recipe.profile.tasks = vec![world.task()];
    recipe.cflags = vec!["-DANOTHER_TREE".into()];
    let error = world.compile(&recipe).expect_err("nothing counted");
    assert!(matches!(error, CpythonError::NothingCounted), "{error}");
}

#[test]
fn packages_of_the_profile_need_the_sources_own_installer() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    recipe.profile.packages = vec!["pyperformance==1.13.0".into()];
    let error = world.compile(&recipe).expect_err("it has none");
    assert!(matches!(error, CpythonError::NoPip { .. }), "{error}");
}

#[test]
fn a_module_that_this_machine_cannot_compile_is_named() {
    let world = World::new();
    for module in ["_shaa2", "_ssl"] {
        let mut recipe = world.recipe(ONE);
        recipe.static_modules.push(module.into());
        let error = world.compile(&recipe).expect_err("it is not there");
        assert!(matches!(&error, CpythonError::NoSuchModule { module: named, .. } if named == module), "{error}");
        assert_eq!(error.exit(), Exit::Usage);
    }
}

#[test]
fn a_link_that_fails_is_a_step_too() {
    let world = World::new();
    world.compiler("case $* in '-shared -fPIC '*) echo 'undefined reference to `Hacl_One'\"'\" >&2; exit 1 ;; esac");
    let recipe = world.recipe("static-nonpic-nopgo shared-nopgo");
    let error = world.compile(&recipe).expect_err("it fails");
    assert!(
        error.to_string().starts_with("link shared pic-nopgo failed: it exited with code 1\nundefined reference to `Hacl_One'\n"),
        "{error}"
    );
    assert_eq!(world.is_built(&recipe), [true, false], "what was finished is kept");
    assert!(std::fs::read_dir(world.path("store/scratch")).map_or(0, Iterator::count) == 0, "scratch is left");
    world.calls();

    world.compiler("");
    world.compile(&recipe).expect("built");
    assert!(!compiled(&world.calls()).contains(&"Objects/dict.o"), "compiled already");
}

#[test]
fn the_compiler_must_be_there_of_its_family_and_new_enough() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    let found = |world: &World, recipe: &Cpython| world.compile(recipe).expect_err("no compiler");

    recipe.compiler.program = Some("gcc-of-tomorrow".into());
    let error = found(&world, &recipe);
    assert!(matches!(&error, CpythonError::NoCompiler { program } if program == "gcc-of-tomorrow"), "{error}");

    recipe.compiler.program = Some(world.path("bin/gcc").to_string_lossy().into_owned());
    recipe.compiler.family = CompilerFamily::Clang;
    let error = found(&world, &recipe);
    assert!(error.to_string().contains("bin/gcc is not clang: it says `gcc"), "{error}");

    recipe.compiler.family = CompilerFamily::Gcc;
    world.compiler("case $1 in --version) echo 'Debian clang version 19.1.7'; exit ;; esac");
    let error = found(&world, &recipe);
    assert!(error.to_string().contains("bin/gcc is not gcc: it says `Debian clang version 19.1.7`"), "{error}");

    world.compiler("case $1 in -dumpversion) echo 8; exit ;; esac");
    let error = found(&world, &recipe);
    assert!(error.to_string().ends_with("is of version 8, and the recipe needs 9 or later"), "{error}");
    world.compiler("case $1 in -dumpversion) echo 12.2.0; exit ;; esac");
    recipe.compiler.at_least = Some(13);
    let error = found(&world, &recipe);
    assert!(error.to_string().ends_with("is of version 12.2.0, and the recipe needs 13 or later"), "{error}");

    // Not even asked which libraries are built.
    shell_script(&world.path("bin/gcc"), "exit 3");
    let error = found(&world, &recipe);
    assert!(matches!(error, CpythonError::Process(_)), "{error}");
    assert!(world.trees().is_empty());
}

#[test]
fn the_tools_of_a_compiler_with_target_and_version_are_its_own() {
    let world = World::new();
    let mut recipe = world.recipe("static-nonpic-nopgo");
    let script = std::fs::read_to_string(world.path("bin/gcc")).expect("a compiler");
    shell_script(&world.path("bin/x86_64-toy-linux-gnu-gcc-12"), script.trim_start_matches("#!/bin/sh\n"));
    let used = world.path("used");
    shell_script(&world.path("bin/gcc-ar-12"), &format!("touch '{}'\nexec /usr/bin/gcc-ar \"$@\"", used.display()));
    recipe.compiler.program = Some(world.path("bin/x86_64-toy-linux-gnu-gcc-12").to_string_lossy().into_owned());
    world.compile(&recipe).expect("built");
    assert!(used.exists(), "another gcc's gcc-ar was taken");
}

/// The machine has an lld, or a PATH without one: in a process of its own.
#[test]
fn clangs_lto_needs_lld_before_anything_is_compiled() {
    if std::env::var_os(CHILD).is_none() {
        let folder = World::new();
        shell_script(&folder.path("path/make"), "exit 1");
        let child = in_child("cpython::failures::clangs_lto_needs_lld_before_anything_is_compiled", "1");
        // `install`, `cp` and `sh` of the fixture are called by their paths.
        let finished = child.env("PATH", folder.path("path")).run().expect("it runs");
        let said = finished.stdout_text() + &finished.stderr_text();
        assert!(finished.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let world = World::new();
    let mut recipe = world.recipe("static-nonpic-nopgo static-nonpic-nopgo-lto");
    shell_script(
        &world.path("bin/clang"),
        "case $1 in --version) echo 'Debian clang version 19.1.7' ;; -dumpversion) echo 19.1.7 ;; *) exit 1 ;; esac",
    );
    for tool in ["llvm-ar", "llvm-profdata"] {
        shell_script(&world.path("bin").join(tool), "exit 1");
    }
    recipe.compiler.family = CompilerFamily::Clang;
    recipe.compiler.program = Some(world.path("bin/clang").to_string_lossy().into_owned());
    let error = world.compile(&recipe).expect_err("no lld");
    assert!(matches!(&error, CpythonError::NoCompiler { program } if program == "ld.lld"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("lld")));
    assert!(world.trees().is_empty());

    // Beside the compiler it is found; and without LTO it is not needed.
    let error = world.compile(&Cpython { variants: vec![recipe.variants[0]], ..recipe.clone() }).expect_err("configure fails");
    assert!(matches!(error, CpythonError::Step { .. }), "{error}");
    shell_script(&world.path("bin/ld.lld"), "exit 1");
    let error = world.compile(&recipe).expect_err("configure fails");
    assert!(matches!(error, CpythonError::Step { .. }), "{error}");
}

#[test]
fn another_version_of_the_compiler_is_another_tree() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo");
    world.compile(&recipe).expect("built");
    world.compiler("case $1 in --version) echo 'gcc (Testian 99.1-1) 99.1.0'; exit ;; -dumpversion) echo 99; exit ;; esac");
    assert_eq!(world.is_built(&recipe), [false]);
}
