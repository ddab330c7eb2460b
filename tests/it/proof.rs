//! What a variant's name asks for, proven from the files of small builds with known options.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use surtax::audit::audit_file;
use surtax::libpython::{ProofError, VariantName, prove, prove_linked, prove_objects};
use surtax::run::Answer;

use crate::libpython::Workshop;

fn name(name: &str) -> VariantName {
    name.parse().expect("a variant")
}

/// The contradictions; empty where there are none.
fn lies(outcome: Result<(), ProofError>) -> Vec<String> {
    match outcome {
        Ok(()) => Vec::new(),
        Err(ProofError::Contradicted { contradictions, .. }) => contradictions,
        Err(error) => panic!("{error}"),
    }
}

fn lies_of(variant: &str, archive: &Path) -> Vec<String> {
    lies(prove(name(variant), archive))
}

#[test]
fn an_archive_is_what_was_asked_for_or_says_what_it_is_instead() {
    let workshop = Workshop::new();
    let fixed = workshop.archive("fixed.a", &["-fno-pie"]);
    assert_eq!(lies_of("static-nonpic-nopgo", &fixed), [""; 0]);
    assert_eq!(lies_of("static-nonpic", &fixed), [""; 0]);
    let all_wrong = lies_of("shared-pgo-lto-interposable", &fixed);
    assert!(all_wrong[0].contains("asked for intermediate code for LTO, but its objects carry no"), "{all_wrong:?}");
    assert!(all_wrong[1].contains("asked for pic code, but it is non-pic: "), "{all_wrong:?}");
    assert!(all_wrong[2].contains("asked for PGO, but 0 of 1 objects have .text.hot"), "{all_wrong:?}");
    assert!(all_wrong[3].contains("asked for semantic interposition, but code for executables"), "{all_wrong:?}");
    assert_eq!(lies_of("static-pie-nopgo", &workshop.archive("pie.a", &["-fPIE"])), [""; 0]);
    // Its last object is still there.
    let objects = [workshop.path("program.o")];
    assert_eq!(lies(prove_objects(name("static-pie-nopgo"), &objects, &fixed)), [""; 0]);
    assert!(lies(prove_objects(name("shared-nopgo-interposable"), &objects, &fixed))[0].starts_with("asked for pic code, but it is pie"));
}

/// One archive of objects that `program.c` becomes with other flags each.
fn mixture(workshop: &Workshop, file: &str, objects: &[&[&str]]) -> PathBuf {
    let names: Vec<String> = (0..objects.len()).map(|number| format!("{number}.o")).collect();
    for (name, flags) in names.iter().zip(objects) {
        workshop.tool("gcc", &[&["-O2", "-c", "program.c", "-o", name.as_str()], *flags].concat());
    }
    let members = names.iter().map(String::as_str);
    workshop.tool("ar", &["rcs", file].into_iter().chain(members).collect::<Vec<_>>());
    workshop.path(file)
}

#[test]
fn one_object_of_fixed_address_makes_no_archive_non_pic() {
    let workshop = Workshop::new();
    let (fixed, pic, pie): (&[&str], &[&str], &[&str]) = (&["-fno-pie"], &["-fPIC"], &["-fPIE"]);
    let mixed = mixture(&workshop, "mixed.a", &[fixed, pic, pic]);
    assert_eq!(
        lies_of("static-nonpic-nopgo", &mixed),
        ["asked for non-pic code, but it is mixed: by their own code, 1 objects are non-pic, 0 pie, 2 pic"]
    );
    assert_eq!(lies_of("static-pic", &mixed).len(), 1);
    assert_eq!(lies_of("static-nonpic-nopgo", &mixture(&workshop, "pie.a", &[fixed, pie, pie])).len(), 1);
    assert_eq!(lies_of("static-nonpic-nopgo", &mixture(&workshop, "small.a", &[fixed, fixed, pie])), [""; 0]);
    let mixed = mixture(&workshop, "other.a", &[pie, pie, pie, pie, pie, pic]);
    assert_eq!(
        lies_of("static-pie-nopgo", &mixed),
        ["asked for pie code, but it is mixed: by their own code, 0 objects are non-pic, 5 pie, 1 pic"]
    );
    // The odd one is none's doing: 1 of 147 in CPython compiled with -fPIE.
    let stray = mixture(&workshop, "stray.a", &[&[pie; 19][..], &[pic]].concat());
    assert_eq!(lies_of("static-pie-nopgo", &stray), [""; 0]);
}

#[test]
fn one_object_of_intermediate_code_makes_no_archive_for_lto() {
    let workshop = Workshop::new();
    let (plain, lto): (&[&str], &[&str]) = (&["-fno-pie"], &["-fno-pie", "-flto", "-fno-fat-lto-objects"]);
    let mixed = mixture(&workshop, "mixed.a", &[lto, plain, plain]);
    let found = lies_of("static-nonpic-nopgo-lto", &mixed);
    assert!(
        found[0].starts_with("asked for intermediate code for LTO, but 1 objects hold GCC's intermediate code alone, of 3"),
        "{found:?}"
    );
    assert!(lies_of("static-nonpic-nopgo", &mixed)[0].starts_with("asked for no intermediate code for LTO, but 1 objects"));
    let all_but_assembler = mixture(&workshop, "stray.a", &[&[lto; 19][..], &[plain]].concat());
    assert_eq!(lies_of("static-nonpic-nopgo-lto", &all_but_assembler), [""; 0]);
}

#[test]
fn interposition_shows_in_the_calls_of_own_exported_functions() {
    let workshop = Workshop::new();
    let open = workshop.archive("open.a", &["-fPIC"]);
    let closed = workshop.archive("closed.a", &["-fPIC", "-fno-semantic-interposition"]);
    let hidden = workshop.archive("hidden.a", &["-fPIC", "-fvisibility=hidden"]);
    let answer = |archive: &PathBuf| audit_file("subject", archive).expect("readable").interposition;
    assert_eq!([&open, &closed, &hidden].map(answer), [Answer::Yes, Answer::No, Answer::Unknown].map(Some));
    assert_eq!(lies_of("shared-nopgo-interposable", &open), [""; 0]);
    assert_eq!(lies_of("shared-nopgo", &closed), [""; 0]);
    assert!(lies_of("shared-nopgo", &open)[0].contains("no semantic interposition, but 1 calls of own functions"));
    assert!(lies_of("static-pic-nopgo-interposable", &closed)[0].contains("1 exported functions have a local alias"));
}

/// A wrapper that adds or drops options behind the back of `configure` is the usual way to a build that is not what it is called.
#[test]
fn profile_use_that_found_no_profile_is_no_pgo() {
    let workshop = Workshop::new();
    let silent = workshop.archive("silent.a", &["-fPIC", "-fno-semantic-interposition", "-fprofile-use", "-Wno-missing-profile"]);
    let found = lies_of("static-pic-pgo", &silent);
    assert!(found.len() == 1 && found[0].starts_with("asked for PGO, but 0 of 1 objects"), "{found:?}");
}

#[test]
fn slim_objects_are_known_by_the_options_that_they_carry() {
    let workshop = Workshop::new();
    let lto = ["-flto", "-fno-fat-lto-objects"];
    let slim = |file: &str, flags: &[&str]| workshop.archive(file, &[&lto, flags].concat());
    let fixed = slim("fixed.a", &["-fno-pie"]);
    assert_eq!(lies_of("static-nonpic-nopgo-lto", &fixed), [""; 0]);
    assert!(lies_of("static-nonpic-pgo-lto", &fixed)[0].contains("0 of 1 objects of intermediate code were compiled with -fprofile-use"));
    assert!(lies_of("static-nonpic-nopgo", &fixed)[0].contains("no intermediate code for LTO, but 1 objects hold GCC's"));
    let pic = slim("pic.a", &["-fPIC"]);
    assert_eq!(lies_of("shared-nopgo-lto-interposable", &pic), [""; 0]);
    assert!(lies_of("shared-nopgo-lto", &pic)[0].contains("no semantic interposition"));
    let profiled = slim("profiled.a", &["-fPIC", "-fno-semantic-interposition", "-fprofile-use", "-Wno-missing-profile"]);
    assert_eq!(lies_of("shared-pgo-lto", &profiled), [""; 0]);
}

/// As many functions as a libpython has: of a smaller file, nothing is said of what it does not show. Linked as one program, the two files' static
/// functions need new names.
fn write_large_program(workshop: &Workshop) {
    for (file, first) in [("one", 0), ("two", 550)] {
        let mut text = "extern int total;\nstatic __attribute__((noinline)) int step(int n) { return n * total; }\n".to_owned();
        let mut all = format!("int all_{file}(void) {{ int sum = 0;\n");
        for number in first..first + 550 {
            let _ = writeln!(text, "__attribute__((noinline)) int shown{number}(int n) {{ total ^= n; return step(n + {number}); }}");
            let _ = writeln!(all, "sum += shown{number}(total);");
        }
        workshop.write(&format!("{file}.c"), &format!("{text}{all}return sum; }}\n"));
    }
    workshop.write("main.c", "int total; int all_one(void), all_two(void); int main(void) { return all_one() + all_two() == 7; }");
}

#[test]
fn a_linked_file_may_not_show_what_was_not_asked_for() {
    let workshop = Workshop::new();
    write_large_program(&workshop);
    workshop.tool("gcc", &["-O1", "-fPIC", "-fno-semantic-interposition", "-c", "one.c", "two.c"]);
    workshop.tool("gcc", &["-no-pie", "one.o", "two.o", "main.c", "-o", "plain"]);
    workshop.tool("gcc", &["-shared", "one.o", "two.o", "-o", "plain.so"]);
    let plain = |variant: &str| lies(prove_linked(name(variant), &workshop.path("plain")));
    assert_eq!(plain("static-pic-nopgo"), [""; 0]);
    assert_eq!(plain("shared-pgo-lto"), ["asked for an executable of any address (PIE), but it is an executable of fixed address"]);
    let contradicted = plain("static-nonpic-pgo-lto");
    assert!(contradicted.iter().any(|lie| lie.starts_with("asked for PGO, but 0 of ")), "{contradicted:?}");
    assert!(contradicted.contains(&"asked for LTO, but 0 .lto_priv symbols".to_owned()), "{contradicted:?}");
    assert!(contradicted.iter().any(|lie| lie.starts_with("asked for no PIC, but ")), "{contradicted:?}");
    let shared = workshop.path("plain.so");
    assert_eq!(lies_of("shared-nopgo", &shared), [""; 0]);
    assert!(lies_of("shared-nopgo-interposable", &shared)[0].contains("exported functions have a local alias"));
    assert!(lies_of("static-pic-nopgo", &shared)[0].contains("a shared object"));

    workshop.tool("gcc", &["-O1", "-fno-pie", "-flto", "-fno-fat-lto-objects", "-c", "one.c", "two.c"]);
    workshop.tool("gcc", &["-O1", "-no-pie", "-flto=2", "one.o", "two.o", "main.c", "-o", "lto"]);
    assert_eq!(lies(prove_linked(name("static-nonpic-nopgo-lto"), &workshop.path("lto"))), [""; 0]);
    assert!(lies(prove_linked(name("static-nonpic-nopgo"), &workshop.path("lto")))[0].contains("asked for no LTO, but "));
    workshop.tool("strip", &["lto"]);
    assert_eq!(lies(prove_linked(name("static-nonpic-pgo"), &workshop.path("lto"))), [""; 0], "a stripped file shows nothing");
}
