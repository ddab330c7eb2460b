//! A profile from elsewhere, and one that does not fit.

use surtax::audit::audit_file;
use surtax::cpython::CpythonError;
use surtax::error::{Exit, Explain as _};
use surtax::process::how_it_ended;
use surtax::recipe::Cpython;
use surtax::run::Answer;

use super::world::{CHILD, ONE, World, compiled, in_child, libraries};

#[test]
fn a_profile_from_elsewhere_saves_the_instrumented_build() {
    let world = World::new();
    let other = World::new();
    let folder = other.profile();
    assert!(!folder.join("Modules/_json.gcda").exists(), "an extension module that nothing imported has none, and needs none");
    let mut recipe = world.recipe("static-nonpic-pgo shared-pgo");
    recipe.profile.data = Some(folder.clone());
    let made = world.compile(&recipe).expect("built");
    assert!(world.calls().iter().all(|call| !call.contains("-fprofile-generate")));
    assert_eq!(world.runs(), "");
    assert_eq!(made.plan.profile_tasks, [format!("a profile from {}", folder.display())]);
    for (name, library) in libraries(&made).iter().filter(|(name, _)| name.starts_with("static")) {
        let audit = audit_file(name, library).expect("a library");
        assert_eq!(audit.pgo, Answer::Yes, "{}", audit.pgo_evidence);
    }
}

fn does_not_fit(world: &World, recipe: &Cpython, expected: &str) {
    for call in ["the first", "the second, whose objects are there"] {
        let error = world.compile(recipe).expect_err("it does not fit");
        assert!(matches!(&error, CpythonError::ProfileDoesNotFit { .. }), "{call}: {error}");
        assert!(error.to_string().contains(expected), "{call}: {error}");
        assert_eq!(error.exit(), Exit::Usage);
        assert!(world.is_built(recipe).iter().all(|built| !built));
    }
}

/// Other code under the same names: in four functions the control flow is another, and one more function.
fn change(world: &World) {
    for file in ["Objects/dict.c", "Python/ceval.c", "Python/import.c"] {
        world.edit(
            file,
            "    return ",
            "    if (n == 77 || object_count == 3) for (int i = 0; i < 9; i++) object_kinds[i]--;\n    return ",
        );
    }
    world.edit(
        "Python/ceval.c",
        "long eval(long rounds) {\n",
        "long eval(long rounds) {\n    long n = rounds;\n    if (rounds > 1000000) return 1;\n",
    );
    world.edit("Python/ceval.c", "for (long n = 0;", "for (n = 0;");
}

#[test]
fn a_profile_of_another_source_ends_the_build() {
    let world = World::new();
    let folder = world.profile();
    change(&world);
    // The stock is where it is seen first.
    let mut recipe = world.recipe("static-nonpic-pgo shared-pgo");
    recipe.profile.data = Some(folder.clone());
    does_not_fit(&world, &recipe, "of nonpic-pgo, ");

    let mut recipe = world.recipe("static-nonpic-nopgo static-pie-pgo");
    recipe.profile.data = Some(folder);
    let error = world.compile(&recipe).expect_err("it does not fit");
    assert!(error.to_string().contains("of pie-pgo, "), "{error}");
    assert_eq!(world.is_built(&recipe), [true, false]);
    let error = world.compile(&recipe).expect_err("it still does not fit");
    assert!(error.to_string().contains("of pie-pgo, "), "{error}");
}

#[test]
fn what_an_interrupted_call_was_told_of_the_profile_is_not_forgotten() {
    let world = World::new();
    let folder = world.profile();
    // In what is compiled before the kill alone.
    world.edit("Objects/dict.c", "    return ", "    if (object_count == 3) for (int i = 0; i < 9; i++) object_kinds[i]--;\n    return ");
    let mut recipe = world.recipe("static-nonpic-nopgo static-pie-pgo");
    recipe.profile.data = Some(folder);
    world.compiler("case $* in *-fprofile-use*Modules/_sha2.o*) until test -s Python/ceval.o; do sleep 0.01; done; kill -KILL 0 ;; esac");
    let error = world.compile(&recipe).expect_err("it is killed");
    assert!(error.to_string().contains("SIGKILL"), "{error}");
    assert!(world.built("Python/ceval.o").is_file(), "compiled, with a warning");
    world.compiler("");
    let error = world.compile(&recipe).expect_err("it does not fit");
    assert!(matches!(error, CpythonError::ProfileDoesNotFit { .. }), "{error}");
}

#[test]
fn nor_is_it_when_surtax_itself_was_killed() {
    let recipe = |world: &World| {
        let mut recipe = world.recipe("static-nonpic-nopgo static-pie-pgo");
        recipe.profile.data = Some(world.path("profile"));
        recipe
    };
    if let Some(folder) = std::env::var_os(CHILD) {
        let world = World::of(folder.as_ref());
        let kill = format!("until test -s Python/ceval.o; do sleep 0.01; done; kill -KILL {}; sleep 1; exit 1", std::process::id());
        world.compiler(&format!("case $* in *-fprofile-use*Modules/_sha2.o*) {kill} ;; esac"));
        world.compile(&recipe(&world)).expect("killed before it is built");
    }
    let world = World::new();
    world.profile();
    world.edit("Objects/dict.c", "    return ", "    if (object_count == 3) for (int i = 0; i < 9; i++) object_kinds[i]--;\n    return ");
    let child = in_child("cpython::profiles::nor_is_it_when_surtax_itself_was_killed", world.path("")).run().expect("it runs");
    assert_eq!(how_it_ended(&child.status), "was killed by signal 9 (SIGKILL)", "{}", child.stderr_text());
    world.compiler("");
    world.calls();
    let error = world.compile(&recipe(&world)).expect_err("it does not fit");
    assert!(matches!(error, CpythonError::ProfileDoesNotFit { .. }), "{error}");
    assert!(!compiled(&world.calls()).contains(&"Objects/dict.o"), "it went on where it stopped");
}

#[test]
fn a_profile_that_was_counted_here_and_does_not_fit_is_no_ones_data() {
    let world = World::new();
    for file in ["Objects/dict.c", "Python/ceval.c", "Python/import.c"] {
        let other = "\n#ifdef OTHER\n    if (object_count == 3) for (int i = 0; i < 9; i++) object_kinds[i]--;\n#endif\n    return ";
        world.edit(file, "    return ", other);
    }
    world.compiler("case $* in *-fprofile-use*) set -- \"$@\" -DOTHER ;; esac");
    let error = world.compile(&world.recipe(ONE)).expect_err("it does not fit");
    let CpythonError::ProfileDoesNotFit { log, from_elsewhere: false, .. } = &error else { panic!("{error}") };
    assert!(std::fs::read_to_string(log).expect("a log").contains("dict_lookup"));
    assert_eq!(error.exit(), Exit::Build);
    let hint = error.hint().expect("a hint");
    assert!(hint.contains(log.to_str().expect("a path")) && !hint.contains("data:"), "{hint}");
}

#[test]
fn a_profile_of_a_few_objects_ends_the_build() {
    let world = World::new();
    let folder = world.profile();
    std::fs::remove_file(folder.join("Objects/dict.gcda")).expect("removed");
    let mut recipe = world.recipe(ONE);
    recipe.profile.data = Some(folder);
    does_not_fit(&world, &recipe, "and 1 of 7 objects no profile at all");
}

#[test]
fn functions_of_extension_modules_are_not_the_cores() {
    let world = World::new();
    let many: String = (0..500).map(|at| format!("int json_{at}(void) {{ return {at}; }}\n")).collect();
    world.edit("Modules/_json.c", "int PyInit__json", &format!("{many}int PyInit__json"));
    let folder = world.profile();
    change(&world);
    let mut recipe = world.recipe(ONE);
    recipe.profile.data = Some(folder);
    let error = world.compile(&recipe).expect_err("it does not fit");
    let CpythonError::ProfileDoesNotFit { functions, .. } = error else { panic!("{error}") };
    assert!((10..50).contains(&functions), "{functions}");
}

#[test]
fn a_folder_without_a_profile_ends_the_build() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    std::fs::create_dir(world.path("empty")).expect("created");
    for folder in ["empty", "missing"] {
        recipe.profile.data = Some(world.path(folder));
        let error = world.compile(&recipe).expect_err("nothing is there");
        assert!(matches!(error, CpythonError::NoProfileIn { .. }), "{error}");
        assert_eq!(error.exit(), Exit::Usage);
    }
    assert!(world.trees().is_empty() && world.calls().is_empty(), "told before anything is built");
}

#[test]
fn another_task_is_another_tree() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    world.compile(&recipe).expect("built");
    recipe.profile.tasks.push(world.task());
    assert_eq!(world.is_built(&recipe), [false]);
    assert_eq!(world.is_built(&world.recipe(ONE)), [true]);
}
