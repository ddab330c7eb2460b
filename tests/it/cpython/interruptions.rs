//! A build that is broken off goes on where it stopped, and what a kill has torn is not used.

use std::path::Path;

use surtax::cpython::CpythonError;
use surtax::process::how_it_ended;

use super::world::{CHILD, World, compiled, in_child, libraries, members};

/// At a call of the compiler for which `case` of a shell has the pattern, and when two objects are there, the whole process group of make is killed,
/// as by a person or the kernel.
fn broken_off(world: &World, when: &str, variants: &str) {
    let wait = "until test -s Objects/object.o -a -s Objects/dict.o; do sleep 0.01; done";
    world.compiler(&format!("case $* in {when}) {wait}; kill -KILL 0 ;; esac"));
    let error = world.compile(&world.recipe(variants)).expect_err("it is killed");
    assert!(matches!(error, CpythonError::Step { .. }), "{error}");
    assert!(error.to_string().contains("was killed by signal 9 (SIGKILL)"), "{error}");
    world.compiler("");
    world.calls();
}

fn torn(path: &Path) {
    let bytes = std::fs::read(path).expect("a file");
    std::fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
}

#[test]
fn the_first_build_goes_on_where_it_stopped() {
    let world = World::new();
    broken_off(&world, "*-fprofile-generate*Python/import.o*", "static-nonpic-pgo");
    assert!(world.built("Objects/object.o").is_file());
    torn(&world.built("Objects/dict.o"));
    std::fs::create_dir_all(world.built("Python/frozen_modules")).expect("created");
    std::fs::write(world.built("Python/frozen_modules/os.h"), "\"torn").expect("written");
    std::fs::write(world.built("_bootstrap_python"), "half a program").expect("written");
    std::fs::write(world.built("Modules/_hacl/libHacl_Hash_SHA2.a"), "!<arch>\nhalf").expect("written");

    let made = world.compile(&world.recipe("static-nonpic-pgo")).expect("built");
    let calls = world.calls();
    let instrumented: Vec<String> = calls.iter().filter(|call| call.contains("-fprofile-generate")).cloned().collect();
    assert!(!compiled(&instrumented).contains(&"Objects/object.o"), "it was compiled: {instrumented:#?}");
    for object in ["Objects/dict.o", "Python/import.o", "Python/frozen.o"] {
        assert!(compiled(&instrumented).contains(&object), "{object}: {instrumented:#?}");
    }
    assert!(!calls.contains(&"-v".to_owned()), "configured already");
    assert_eq!(members(&libraries(&made)[0].1).len(), 9);
}

#[test]
fn a_core_goes_on_where_it_stopped_without_what_was_torn() {
    let world = World::new();
    let variants = "static-nonpic-pgo static-pie-pgo";
    broken_off(&world, "*-fPIE*Python/import.o*", variants);
    assert_eq!(world.is_built(&world.recipe(variants)), [true, false]);
    assert!(world.built("Objects/object.o").is_file());
    torn(&world.built("Objects/dict.o"));
    std::fs::write(world.built("libpython3.13.a"), "!<arch>\nhalf").expect("written");

    let made = world.compile(&world.recipe(variants)).expect("built");
    let calls = world.calls();
    let again = compiled(&calls);
    assert!(!again.contains(&"Objects/object.o"), "{again:?}");
    assert!(again.contains(&"Objects/dict.o") && again.contains(&"Python/import.o"), "{again:?}");
    assert!(calls.iter().all(|call| !call.contains("-fprofile-generate")), "neither the first build nor the profile again");
    assert_eq!(world.runs(), "seed 1\n");
    assert_eq!(members(&libraries(&made)[1].1).len(), 9);
}

#[test]
fn objects_of_one_core_are_never_taken_for_anothers() {
    let world = World::new();
    broken_off(&world, "*-fPIE*Python/import.o*", "static-nonpic-nopgo static-pie-nopgo");
    assert!(world.built("Objects/object.o").is_file());
    let made = world.compile(&world.recipe("static-nonpic-nopgo shared-nopgo")).expect("built");
    let calls = world.calls();
    let pic: Vec<String> = calls.iter().filter(|call| call.contains("-fPIC")).cloned().collect();
    assert_eq!(compiled(&pic).len(), compiled(&calls).len(), "all of it PIC: {calls:#?}");
    assert!(compiled(&calls).contains(&"Objects/object.o"));
    assert_eq!(made.offers.len(), 2);
}

/// A kill in between would leave some of them under the name of all.
#[test]
fn objects_lose_their_name_before_the_first_is_removed() {
    let world = World::new();
    world.compile(&world.recipe("static-nonpic-nopgo static-pie-nopgo")).expect("built");
    // Where the name is written nothing can be: whatever comes before that has happened, and nothing after it.
    let name = world.built("../objects");
    std::fs::remove_file(&name).expect("removed");
    std::fs::create_dir(&name).expect("created");
    world.compile(&world.recipe("static-nonpic-nopgo shared-nopgo")).expect_err("it cannot be written");
    assert!(world.built("Objects/dict.o").is_file());
}

#[test]
fn a_profile_task_that_was_broken_off_counts_from_the_start() {
    let world = World::new();
    let mut recipe = world.recipe("static-nonpic-pgo");
    recipe.profile.tasks = vec![world.task(), vec!["run".into(), world.path("later/runs").to_string_lossy().into_owned()]];
    // The folder is missing: the second task crashes.
    world.compile(&recipe).expect_err("it crashes");
    let stale = world.built("Objects/dict.gcda");
    assert!(stale.is_file(), "the first task has counted");
    std::fs::write(world.built("Objects/stale.gcda"), "of a killed task").expect("written");
    std::fs::create_dir(world.path("later")).expect("created");
    world.calls();

    world.compile(&recipe).expect("built");
    assert_eq!(world.runs(), "seed 1\nseed 1\n", "both tasks again");
    assert!(!world.built("Objects/stale.gcda").exists());
    let calls = world.calls();
    assert!(calls.iter().all(|call| !call.contains("-fprofile-generate")), "the first build is there: {calls:#?}");
}

#[test]
fn an_installation_that_was_broken_off_is_made_again() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo");
    world.edit("Makefile.pre.in", "\techo \"TEST_MODULES", "\ttest ! -e $(prefix)/../../../../../broken\n\techo \"TEST_MODULES");
    std::fs::write(world.path("broken"), "").expect("written");
    let error = world.compile(&recipe).expect_err("it fails");
    assert!(error.to_string().starts_with("install failed: it exited with code 2\n"), "{error}");
    let left = world.trees()[0].join("prefix/left-behind");
    std::fs::write(&left, "").expect("written");
    std::fs::remove_file(world.path("broken")).expect("removed");
    world.calls();

    let made = world.compile(&recipe).expect("built");
    assert!(made.prefix.join("lib/how-installed").is_file() && !left.exists());
    assert!(!compiled(&world.calls()).contains(&"Objects/dict.o"), "compiled already");
}

#[test]
fn two_at_once_build_once() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo");
    let made: Vec<_> = std::thread::scope(|scope| {
        let calls = [scope.spawn(|| world.compile(&recipe)), scope.spawn(|| world.compile(&recipe))];
        calls.map(|call| call.join().expect("no panic").expect("built")).into_iter().collect()
    });
    assert_eq!(libraries(&made[0]), libraries(&made[1]));
    assert_eq!(made.iter().filter(|made| made.reused).count(), 1);
    assert_eq!(world.calls().iter().filter(|call| *call == "-v").count(), 1);
}

/// A compiler that goes on when make and surtax are gone would write an object of another core under the next call's feet.
#[test]
fn a_killed_surtaxs_compilers_are_waited_for() {
    let variants = "static-nonpic-nopgo static-pie-nopgo";
    if let Some(folder) = std::env::var_os(CHILD) {
        let world = World::of(folder.as_ref());
        let ended = world.path("ended");
        let kill = format!("kill -KILL {}; sleep 1; /usr/bin/gcc \"$@\"; touch '{}'; exit", std::process::id(), ended.display());
        world.compiler(&format!("case $* in *-fPIE*Objects/dict.o*) {kill} ;; esac"));
        world.compile(&world.recipe(variants)).expect("killed before it is built");
    }
    let world = World::new();
    let child = in_child("cpython::interruptions::a_killed_surtaxs_compilers_are_waited_for", world.path("")).run().expect("it runs");
    assert_eq!(how_it_ended(&child.status), "was killed by signal 9 (SIGKILL)", "{}", child.stderr_text());
    let (ended, early) = (world.path("ended"), world.path("early"));
    world.compiler(&format!("case $* in *-c*) test -e '{}' || touch '{}' ;; esac", ended.display(), early.display()));
    world.compile(&world.recipe("static-nonpic-nopgo shared-nopgo")).expect("built");
    assert!(ended.exists() && !early.exists(), "a compiler of the killed call was still running");
    assert!(world.said.text().contains("or what a killed one has left running"), "{}", world.said.text());
}
