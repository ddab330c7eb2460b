//! What a build leaves: the libraries of every variant, one installation, and of each further variant the core alone compiled.

use std::collections::BTreeMap;
use std::path::Path;

use surtax::audit::audit_file;
use surtax::cpython::Compilation;
use surtax::libpython::CodeModel;
use surtax::process::Job;
use surtax::run::Answer;

use super::world::{CHILD, ONE, World, compiled, in_child, libraries, members};
use crate::world::compiled as program;

const CORE: [&str; 7] =
    ["Modules/_blake2.o", "Modules/_sha2.o", "Objects/dict.o", "Objects/object.o", "Python/ceval.o", "Python/frozen.o", "Python/import.o"];
const INNER: [&str; 2] = ["Modules/_hacl/Hacl_Hash_Blake2.o", "Modules/_hacl/Hacl_Hash_SHA2.o"];

fn core() -> Vec<&'static str> {
    let mut all: Vec<_> = CORE.into_iter().chain(INNER).collect();
    all.sort_unstable();
    all
}

/// What GCC can build, of every code model, with PGO and LTO and without.
const ALL: &str = "static-nonpic-pgo static-nonpic-nopgo static-nonpic-pgo-lto static-pie-pgo static-pie-nopgo-lto \
    static-pic-pgo static-pic-nopgo static-pic-pie-pgo shared-pgo shared-nopgo \
    static-pic-nopgo-interposable shared-pgo-interposable shared-nopgo-interposable shared-pgo-lto";

#[test]
fn every_variant_is_built_and_of_each_core_only_what_differs_is_compiled() {
    let world = World::new();
    let recipe = world.recipe(ALL);
    let made = world.compile(&recipe).expect("built");
    assert!(!made.reused);
    let names: Vec<_> = made.offers.iter().map(|offer| offer.name).collect();
    assert_eq!(names, recipe.variants, "as they were asked for");
    let calls = world.calls();

    for (name, library) in libraries(&made) {
        let audit = audit_file(&name, &library).expect("a library");
        let lto = name.ends_with("-lto");
        if name.starts_with("shared") {
            assert_eq!(library.file_name().and_then(|name| name.to_str()), Some("libpython3.13.so.1.0"));
            assert!(dynamic_section(&library).contains("[libpython3.13.so.1.0]"), "its name is what runners load");
            assert_eq!(symbols(&library, "-D").iter().filter(|name| *name == "eval").count(), 1);
            assert_eq!(symbols(&library, "-D").iter().filter(|name| *name == "python_hashlib_Hacl_Hash_SHA2_digest").count(), 1);
        } else {
            assert_eq!(library.file_name().and_then(|name| name.to_str()), Some("libpython3.13.a"));
            let mut found = members(&library);
            found.sort_unstable();
            let mut expected: Vec<_> = core().iter().filter_map(|object| object.rsplit('/').next()).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{name}: each object once");
            if !lto {
                assert_eq!(audit.pgo, if name.contains("-pgo") { Answer::Yes } else { Answer::No }, "{name}: {}", audit.pgo_evidence);
                let model = recipe.variants.iter().find(|variant| variant.to_string() == name).map(|variant| variant.shape.code_model());
                assert_eq!(Some(audit.code_model.as_str()), model.map(CodeModel::as_str), "{name}: {}", audit.code_model_evidence);
            }
        }
    }

    // Two archives of one core are one file.
    let paths: BTreeMap<_, _> = libraries(&made).into_iter().collect();
    assert_eq!(paths["static-pic-pgo"], paths["static-pic-pie-pgo"]);
    assert_ne!(paths["static-pic-nopgo"], paths["static-pic-nopgo-interposable"]);

    let times = |object: &str| compiled(&calls).iter().filter(|compiled| **compiled == object).count();
    // The instrumented build, and each core once.
    let cores = 10;
    assert_eq!(times("Objects/dict.o"), 1 + cores, "{calls:#?}");
    // The instrumented build, and the stock.
    assert_eq!((times("Modules/_json.o"), times("Programs/python.o")), (2, 2));
    assert_eq!(times("Programs/_freeze_module.o"), 1);
    assert_eq!(calls.iter().filter(|call| call.contains("-o _bootstrap_python")).count(), 1);
    assert_eq!(calls.iter().filter(|call| *call == "-v").count(), 1, "configure ran once");
    assert_eq!(world.runs(), "seed 1\n", "the profile task ran once");
    assert_eq!(world.trees().len(), 1);
    assert!(world.said.text().contains("compiled libpython of shared-nopgo-interposable for toy"), "{}", world.said.text());
}

#[test]
fn the_libraries_work_in_programs_and_with_each_other() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-pgo static-pie-nopgo static-pie-pgo-lto shared-pgo shared-pgo-lto");
    let made = world.compile(&recipe).expect("built");
    for offer in &made.offers {
        let build = offer.build.as_ref().expect("a build");
        let library = build.library.path().to_str().expect("a path");
        let pie = if offer.name.to_string().contains("static-nonpic") { "-no-pie" } else { "-pie" };
        let compiled = build.compiled.as_ref().expect("from source");
        let lto = compiled.link_time.as_ref().map(|link| link.arguments.clone()).unwrap_or_default();
        assert_eq!(
            lto.is_empty(),
            offer.name.to_string() != "static-pie-pgo-lto",
            "an archive of intermediate code alone is compiled by a link"
        );
        let mut flags = vec![pie, "-Wl,--whole-archive", library, "-Wl,--no-whole-archive", "-lm"];
        flags.extend(lto.iter().map(String::as_str));
        let path = world.path(&offer.name.to_string());
        let folder = world.path("linked");
        std::fs::create_dir_all(&folder).expect("created");
        let source = "int printf(const char *, ...); extern const char frozen[]; long eval(long); long PyInit__blake2(long); \
            int main(void) { printf(\"%s%d\", frozen, eval(100) + PyInit__blake2(9) != 0); }";
        // The loader looks for the library by its name.
        let rpath = format!("-Wl,-rpath,{}", Path::new(library).parent().expect("a folder").display());
        flags.insert(1, "-x");
        flags.insert(2, "none");
        flags.push(&rpath);
        program(&path, source, &flags);
        assert_eq!(Job::new(&path).run_for_text().expect("it runs"), "os site 1", "{}", offer.name);
    }
}

#[test]
fn a_second_call_builds_nothing_and_a_lost_library_alone_again() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-pgo shared-pgo");
    assert_eq!(world.is_built(&recipe), [false, false]);
    assert!(world.calls().is_empty(), "asking compiles nothing");
    let first = world.compile(&recipe).expect("built");
    assert_eq!(world.is_built(&recipe), [true, true]);
    world.calls();

    let second = world.compile(&recipe).expect("there");
    assert!(second.reused && !first.reused);
    assert_eq!(libraries(&second), libraries(&first));
    assert_eq!(second.prefix, first.prefix);
    assert!(world.calls().is_empty());

    let (_, shared) = &libraries(&first)[1];
    std::fs::write(shared, "damaged").expect("written");
    assert_eq!(world.is_built(&recipe), [true, false]);
    let third = world.compile(&recipe).expect("built");
    assert!(!third.reused);
    let calls = world.calls();
    assert!(!compiled(&calls).contains(&"Objects/dict.o"), "the tree still has its objects: {calls:#?}");
    assert_eq!(world.is_built(&recipe), [true, true]);

    // A further variant, later, finds the profile and the installation.
    let more = world.recipe("static-nonpic-pgo static-pie-pgo");
    world.compile(&more).expect("built");
    assert_eq!(compiled(&world.calls()), core());
    assert_eq!(world.runs(), "seed 1\n");
}

#[test]
fn whoever_deletes_the_tree_has_everything_of_it_built_again() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-nopgo shared-nopgo");
    let keys = |made: &Compilation| -> Vec<_> {
        let compiled = made.offers.iter().map(|offer| offer.build.as_ref().expect("a build").compiled.clone());
        compiled.map(|compiled| compiled.expect("from source").key.as_str().to_owned()).collect()
    };
    let first = world.compile(&recipe).expect("built");
    let tree = world.trees().remove(0);
    assert!(libraries(&first).iter().all(|(_, library)| library.starts_with(&tree)), "{:?}", libraries(&first));
    assert_eq!(keys(&world.compile(&recipe).expect("there")), keys(&first));
    world.calls();

    // As a header that is installed later, or a library's new version.
    world.edit("Objects/dict.c", "long dict_lookup(long n) {\n", "long dict_lookup(long n) {\n    if (n == -77) return 7;\n");
    std::fs::remove_dir_all(&tree).expect("deleted");
    assert_eq!(world.is_built(&recipe), [false, false]);
    let second = world.compile(&recipe).expect("built");
    assert!(!second.reused);
    let calls = world.calls();
    // Non-PIC for the first build, which the stock is made of too, and PIC.
    assert_eq!(compiled(&calls).iter().filter(|object| **object == "Objects/dict.o").count(), 2, "{calls:#?}");
    assert_eq!(libraries(&second), libraries(&first), "in the same place");
    for (first, second) in keys(&first).iter().zip(keys(&second)) {
        assert_ne!(*first, second, "runners of the old ones are no runners of these");
    }
}

#[test]
fn the_installation_is_that_of_the_stock() {
    let world = World::new();
    let mut recipe = world.recipe("shared-nopgo static-pie-pgo static-nonpic-nopgo");
    recipe.stock = "static-pie-pgo".parse().expect("a name");
    let made = world.compile(&recipe).expect("built");
    let python = made.prefix.join("bin/python3.13");
    let header = Job::new("/usr/bin/readelf").arg("-h").arg(&python).run_for_text().expect("a program");
    assert!(header.contains("DYN (Position-Independent Executable file)"), "{header}");
    assert!(Job::new(&python).run_for_text().expect("it runs").starts_with("os site "));
    assert!(made.prefix.join("lib/python3.13/lib-dynload/_json.so").is_file());
    assert!(!made.prefix.join("lib/python3.13/lib-dynload/_sha2.so").exists(), "it is part of libpython");
    assert_eq!(std::fs::read_to_string(made.prefix.join("lib/how-installed")).expect("a file"), "TEST_MODULES=no ENSUREPIP=no\n");
    let said = world.said.text();
    assert!(said.contains("built without zlib, _ssl"), "{said}");
    assert_eq!(made.plan.stock, "static-pie-pgo");
    assert_eq!(made.plan.profile_tasks, [format!("python run {}", world.path("runs").display())]);
    assert!(made.plan.compiler.contains("gcc"));
}

/// By its linkage, which the code model alone does not tell.
#[test]
fn the_stock_is_linked_as_its_variant_says() {
    for (variant, kind) in [
        ("static-pic-nopgo", "EXEC (Executable file)"),
        ("static-pic-pie-nopgo", "DYN (Position-Independent Executable file)"),
        ("static-pic-pie-pgo", "DYN (Position-Independent Executable file)"),
        ("static-pic-pie-nopgo-interposable", "DYN (Position-Independent Executable file)"),
    ] {
        let world = World::new();
        let made = world.compile(&world.recipe(variant)).expect("built");
        let header = Job::new("/usr/bin/readelf").arg("-h").arg(made.prefix.join("bin/python3.13")).run_for_text().expect("a program");
        assert!(header.contains(kind), "{variant}: {header}");
    }
}

#[test]
fn without_pgo_nothing_is_instrumented() {
    let world = World::new();
    world.compile(&world.recipe("static-nonpic-nopgo shared-nopgo-lto")).expect("built");
    assert!(world.calls().iter().all(|call| !call.contains("-fprofile")));
    assert_eq!(world.runs(), "");
}

#[test]
fn flags_of_the_recipe_reach_every_compilation_and_the_links_of_intermediate_code() {
    let world = World::new();
    let mut recipe = world.recipe("static-nonpic-pgo shared-pgo-lto static-pie-pgo-lto");
    recipe.cflags = vec!["-march=x86-64-v2".into(), "-DTOY=1".into()];
    let made = world.compile(&recipe).expect("built");
    let calls = world.calls();
    let compilations = calls.iter().filter(|call| call.contains(".c") && call.contains(" -o ") && call.contains("-O2"));
    assert!(compilations.clone().count() > 20);
    assert!(compilations.clone().all(|call| call.contains("-march=x86-64-v2 -DTOY=1")), "{calls:#?}");
    let link = calls.iter().find(|call| call.starts_with("-shared -fPIC")).expect("the shared library is linked");
    assert!(link.contains("-flto=auto") && link.contains("-march=x86-64-v2"), "{link}");
    let build = made.offers[2].build.as_ref().expect("a build");
    let link_time = build.compiled.as_ref().and_then(|compiled| compiled.link_time.as_ref()).expect("linked by the compiler");
    assert!(link_time.arguments.contains(&"-march=x86-64-v2".into()), "{link_time:?}");

    recipe.cflags.clear();
    assert_eq!(world.is_built(&recipe), [false, false, false], "other flags, another tree");
}

#[test]
fn inner_libraries_are_compiled_as_the_archive_is() {
    let world = World::new();
    world.compile(&world.recipe("static-nonpic-nopgo static-pie-nopgo shared-nopgo static-nonpic-pgo")).expect("built");
    let calls = world.calls();
    for object in INNER {
        let of_object = calls.iter().filter(|call| call.contains(&format!("-o {object}")) && !call.contains("-fprofile-generate"));
        let model = |call: &'_ String| call.split(' ').rfind(|word| ["-fno-pie", "-fPIE", "-fPIC"].contains(word)).map(str::to_owned);
        let mut models: Vec<_> = of_object.filter_map(model).collect();
        models.sort_unstable();
        models.dedup();
        assert_eq!(models, ["-fPIC", "-fPIE", "-fno-pie"], "{object}");
    }
    assert!(calls.iter().any(|call| call.contains("Hacl_Hash_SHA2.o") && call.contains("-fprofile-use")), "they have a profile too");
}

#[test]
fn what_setup_stdlib_names_becomes_part_of_libpython() {
    let world = World::new();
    let mut recipe = world.recipe("static-nonpic-nopgo");
    recipe.static_modules = vec!["_json".into()];
    let made = world.compile(&recipe).expect("built");
    let setup = std::fs::read_to_string(world.built("Modules/Setup.local")).expect("written");
    assert_eq!(setup, "*static*\n_json _json.c\n");
    let (_, archive) = &libraries(&made)[0];
    let found = members(archive);
    assert!(found.contains(&"_json.o".to_owned()) && !found.iter().any(|name| name.contains("Hacl") || name.contains("sha2")), "{found:?}");
    assert!(made.prefix.join("lib/python3.13/lib-dynload/_sha2.so").is_file());
}

#[test]
fn no_module_need_be_static() {
    let world = World::new();
    let mut recipe = world.recipe(ONE);
    recipe.static_modules.clear();
    let made = world.compile(&recipe).expect("built");
    assert_eq!(members(&libraries(&made)[0].1).len(), 5);
}

#[test]
fn a_replicate_has_its_own_tree_profile_and_order() {
    let world = World::new();
    let recipe = world.recipe("static-nonpic-pgo static-nonpic-pgo-r2 shared-pgo-r2");
    let made = world.compile(&recipe).expect("built");
    assert_eq!(world.trees().len(), 2);
    assert_eq!(world.runs(), "seed 1\nseed 2\n", "another hash seed, another profile");
    let libraries: BTreeMap<_, _> = libraries(&made).into_iter().collect();
    let [first, second] = ["static-nonpic-pgo", "static-nonpic-pgo-r2"].map(|name| members(&libraries[name]));
    assert_ne!(first, second, "another order");
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(first), sorted(second.clone()));
    let installed: Vec<_> = world.trees().into_iter().filter(|tree| tree.join("prefix").exists()).collect();
    assert_eq!(installed, [made.prefix.parent().expect("a tree")], "the installation is the first's");

    // The order is the same every time.
    std::fs::remove_file(&libraries["static-nonpic-pgo-r2"]).expect("removed");
    assert!(!world.compile(&recipe).expect("built").reused);
    assert_eq!(members(&libraries["static-nonpic-pgo-r2"]), second);
}

#[test]
fn a_replicate_alone_has_the_installation_of_the_first() {
    let world = World::new();
    let mut recipe = world.recipe("static-nonpic-nopgo-r2");
    recipe.stock = "static-nonpic-nopgo".parse().expect("a name");
    let made = world.compile(&recipe).expect("built");
    assert!(made.prefix.join("bin/python3.13").is_file());
    assert_eq!(made.offers.len(), 1);
    assert!(world.compile(&recipe).expect("there").reused);
}

#[test]
fn a_source_is_never_written_to() {
    let world = World::new();
    let listing = || Job::new("/usr/bin/find").arg(world.path("source")).args(["-printf", "%p %s %T@\n"]).run_for_text().expect("a list");
    let before = listing();
    world.compile(&world.recipe(ONE)).expect("built");
    assert_eq!(listing(), before);
}

/// In a process of its own, since a test may not change the environment of the others.
#[test]
fn the_persons_environment_does_not_reach_the_build() {
    if std::env::var_os(CHILD).is_none() {
        let child = in_child("cpython::builds::the_persons_environment_does_not_reach_the_build", "1");
        let poison = ["CFLAGS", "CPPFLAGS", "LDFLAGS", "LDFLAGS_NODIST", "CFLAGS_NODIST", "EXTRA_CFLAGS"].map(|name| (name, "-DPOISON"));
        let finished = child.envs(poison).env("MAKEFLAGS", "-n").env("CC", "/bin/false").run().expect("it runs");
        let said = finished.stdout_text() + &finished.stderr_text();
        assert!(finished.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let world = World::new();
    world.compile(&world.recipe(ONE)).expect("built");
    let calls = world.calls();
    assert!(compiled(&calls).len() > 10);
    assert!(calls.iter().all(|call| !call.contains("POISON")), "{calls:#?}");
}

fn dynamic_section(library: &Path) -> String {
    Job::new("/usr/bin/readelf").args(["-dW"]).arg(library).run_for_text().expect("a library")
}

fn symbols(library: &Path, which: &str) -> Vec<String> {
    let text = Job::new("/usr/bin/nm").args([which, "--defined-only", "--format=just-symbols"]).arg(library).run_for_text();
    text.expect("a library").lines().map(str::to_owned).collect()
}
