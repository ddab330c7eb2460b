//! A compiler that takes an option and does otherwise: the build is not what was asked for, and says so.

use surtax::cpython::CpythonError;

use super::world::World;

/// Builds with a compiler that drops the options for which `case` of a shell has the pattern.
fn not_as_asked(variants: &str, dropped: &str, found: &str) {
    let world = World::new();
    let recipe = world.recipe(variants);
    world.compiler_without(dropped);
    for call in ["the first", "the second, whose objects are there"] {
        let error = world.compile(&recipe).expect_err("it is not as asked");
        assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{call}: {error}");
        assert!(error.to_string().contains(found), "{call}: {error}");
        let last = world.is_built(&recipe).pop();
        assert_eq!(last, Some(false), "nothing is kept of it");
    }
}

#[test]
fn pgo_that_is_silently_off_is_found_out() {
    not_as_asked("static-nonpic-pgo", "-fprofile-use", "PGO");
    not_as_asked("static-nonpic-nopgo shared-pgo", "-fprofile-use", "PGO");
}

#[test]
fn a_compiler_that_was_put_right_compiles_everything_again() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-pgo static-pie-pgo");
    world.compiler_without("-fprofile-use");
    world.compile(&recipe).expect_err("it is not as asked");
    world.compiler("");
    world.calls();
    world.compile(&recipe).expect("built");
    let calls = world.calls();
    assert!(calls.iter().any(|call| call.contains("-o Objects/dict.o") && call.contains("-fno-pie")), "{calls:#?}");
    assert!(calls.iter().any(|call| call.contains("-o python ")), "the stock is not as asked either: {calls:#?}");
    assert!(calls.iter().all(|call| !call.contains("-fprofile-generate")), "what was right is kept: {calls:#?}");
}

#[test]
fn a_stock_that_is_no_variant_is_proven_too() {
    let world = World::new();
    let mut recipe = world.recipe("static-pie-nopgo");
    recipe.stock = "static-nonpic-pgo".parse().expect("a name");
    world.compiler_without("-fprofile-use");
    let error = world.compile(&recipe).expect_err("it is not as asked");
    assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{error}");
}

#[test]
fn a_stock_that_is_linked_otherwise_is_found_out() {
    let world = World::new();
    let recipe = world.recipe("static-pie-nopgo");
    world.compiler("case $* in -pie*) shift; set -- -no-pie \"$@\" ;; esac");
    let error = world.compile(&recipe).expect_err("it is of fixed address");
    assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{error}");
    assert!(error.to_string().contains("asked for an executable of any address"), "{error}");
}

#[test]
fn pgo_that_nobody_asked_for_is_found_out() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-pgo static-pie-nopgo");
    world.compiler("case $* in *-fPIE*) set -- \"$@\" -fprofile-use -Wno-missing-profile ;; esac");
    let error = world.compile(&recipe).expect_err("it is not as asked");
    assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{error}");
    assert_eq!(world.is_built(&recipe), [true, false]);
}

#[test]
fn another_code_model_is_found_out() {
    // GCC is PIE by default here or is not: either way one of the two is not what was asked for.
    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo");
    world.compiler("case $* in *-fno-pie*\\ -c\\ *|-c*-fno-pie*) set -- \"$@\" -fPIC ;; esac");
    let error = world.compile(&recipe).expect_err("it is PIC");
    assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{error}");

    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo static-pie-nopgo");
    world.compiler("case $* in -c*-fPIE*) set -- \"$@\" -fno-pie ;; esac");
    let error = world.compile(&recipe).expect_err("it is non-PIC");
    assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{error}");
    assert_eq!(world.is_built(&recipe), [true, false]);
}

#[test]
fn a_dropped_fpic_is_found_out() {
    not_as_asked("static-nonpic-nopgo static-pic-nopgo", "-fPIC", "pic");
}

#[test]
fn a_dropped_fno_pie_is_found_out() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo");
    // A compiler that is PIE by default, as Debian's, and one that is not but obeys its distribution.
    world.compiler("for word; do shift; case $word in -fno-pie) set -- \"$@\" -fPIE ;; *) set -- \"$@\" \"$word\" ;; esac; done");
    let error = world.compile(&recipe).expect_err("it is PIE");
    assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{error}");
}

#[test]
fn lto_that_is_silently_off_is_found_out() {
    not_as_asked("static-nonpic-nopgo static-pie-nopgo-lto", "-flto*|-fno-fat-lto-objects", "LTO");
}

#[test]
fn interposition_that_is_silently_on_or_off_is_found_out() {
    not_as_asked("static-nonpic-nopgo static-pic-nopgo", "-fno-semantic-interposition", "interposition");
    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo static-pic-nopgo-interposable");
    world.compiler("case $* in *-fsemantic-interposition*) set -- \"$@\" -fno-semantic-interposition ;; esac");
    let error = world.compile(&recipe).expect_err("it is not as asked");
    assert!(matches!(error, CpythonError::NotAsAsked { .. }), "{error}");
}
