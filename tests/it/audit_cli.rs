//! `surtax audit` as a person calls it, on real files of every kind, and on what is none.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::libpython::Workshop;
use crate::needs;
use crate::world::write;

fn surtax(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    command.env("SURTAX_HOME", folder.join("store")).env("SURTAX_MIRROR", format!("file://{}/mirror", folder.display()));
    command.env("NO_COLOR", "1").args(["audit"]).args(arguments).output().expect("surtax starts")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn said(workshop: &Workshop, arguments: &[&str]) -> String {
    let output = surtax(&workshop.path(""), arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn json(workshop: &Workshop, arguments: &[&str]) -> Value {
    serde_json::from_str(&said(workshop, &[arguments, &["--json"]].concat())).expect("JSON")
}

fn refused(workshop: &Workshop, arguments: &[&str]) -> String {
    let output = surtax(&workshop.path(""), arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty() && said.contains("error: ") && said.contains("hint: "), "{said}");
    said
}

/// `Py_Version` of 3.13.5, as CPython's getversion.o defines it.
const VERSION: &str = "const unsigned long Py_Version = 0x030d05f0; int Py_Main(void) { return 3; }";

fn libpython(workshop: &Workshop, name: &str, flags: &[&str]) -> String {
    workshop.write("getversion.c", VERSION);
    workshop.tool("gcc", &[&["-O2", "-c", "getversion.c", "-o", "getversion.o"], flags].concat());
    let path = workshop.archive(name, flags);
    workshop.tool("ar", &["rcs", name, "getversion.o"]);
    text(&path)
}

#[test]
fn every_kind_of_file_is_an_object_of_the_array_with_every_field() {
    let workshop = Workshop::new();
    let archive = text(&workshop.archive("pic.a", &["-fPIC"]));
    workshop.tool("gcc", &["-shared", "-fPIC", "program.c", "main.c", "-o", "lib.so"]);
    workshop.tool("gcc", &["program.c", "main.c", "-o", "program"]);
    let paths: Vec<String> = ["program.o", "lib.so", "program"].iter().map(|name| text(&workshop.path(name))).collect();
    let files = [&archive, &paths[0], &paths[1], &paths[2]].map(String::as_str);
    let audits = json(&workshop, &files);
    let audits = audits.as_array().expect("an array");
    assert_eq!(audits.iter().map(|audit| audit["file"].as_str().expect("a path")).collect::<Vec<_>>(), files);
    for audit in audits {
        let audit = audit.as_object().expect("an object");
        for field in ["subject", "pgo", "lto", "code_model", "tls", "interposition", "pie", "hacl_missing", "dispatch", "accesses", "start"]
        {
            assert!(audit.contains_key(field), "{field} of {audit:?}");
        }
        assert!(["yes", "no", "unknown"].contains(&audit["pgo"].as_str().expect("an answer")));
    }
    assert_eq!(audits[0]["code_model"], "pic");
    let table = said(&workshop, &files);
    assert_eq!(table.lines().count(), 1 + files.len(), "{table}");
    assert!(files.iter().all(|file| table.contains(file)) && table.contains("code model"), "{table}");
    let explained = said(&workshop, &["--explain", &archive]);
    assert!(explained.contains("loads from the global offset table") && explained.contains("HACL missing"), "{explained}");
    assert!(!workshop.path("store").exists(), "a file needs no store");
}

#[test]
fn two_files_are_held_against_each_other() {
    let workshop = Workshop::new();
    let fixed = libpython(&workshop, "libpython3.13.a", &["-fno-pic", "-fno-pie"]);
    let pic = libpython(&workshop, "libpython3.13-pic.a", &["-fPIC"]);
    let comparison = json(&workshop, &["--compare", &fixed, &pic]);
    let model =
        &comparison["confounds"].as_array().expect("a list").iter().find(|item| item["property"] == "code-model").expect("it differs");
    assert_eq!((model["value"].as_str(), model["against_value"].as_str()), (Some("non-pic"), Some("pic")));
    assert!(model["evidence"].as_str().is_some_and(|evidence| evidence.contains("absolute")), "{model}");
    assert_eq!(comparison["files"].as_array().map(Vec::len), Some(2));
    let alike = comparison["alike"].as_array().expect("a list");
    assert!(alike.iter().any(|item| item["property"] == "python" && item["value"] == "3.13.5"), "{alike:?}");
    let said = said(&workshop, &["--compare", &fixed, &pic]);
    assert!(said.contains("code model: non-pic instead of pic") && said.contains("a ratio of their times"), "{said}");
    let same = json(&workshop, &["--compare", &fixed, &fixed]);
    assert_eq!(same["confounds"].as_array().map(Vec::len), Some(0));
    assert!(refused(&workshop, &["--compare", &fixed]).contains("exactly two, and 1 is named"));
    assert!(refused(&workshop, &["--compare", &fixed, &pic, &fixed]).contains("exactly two, and 3 are named"));
    assert!(refused(&workshop, &["--compare", "--explain", &fixed, &pic]).contains("cannot be used with"));
}

#[test]
fn what_is_no_binary_is_told_by_name() {
    let workshop = Workshop::new();
    let path = |name: &str| text(&workshop.path(name));
    assert!(refused(&workshop, &[&path("nowhere.a")]).contains("nowhere.a` is no file that is there"));
    assert!(refused(&workshop, &["static-nonpik"]).contains("did you mean static-nonpic?"));
    assert!(refused(&workshop, &["debian-99/static-pic"]).contains("debian-99/static-pic"));
    assert!(refused(&workshop, &[&path("")]).contains("surtax audit --prefix"));
    assert!(refused(&workshop, &["/dev/null"]).contains("no regular file"));
    workshop.write("empty", "");
    for name in ["program.c", "empty"] {
        assert!(refused(&workshop, &[&path(name)]).contains("cannot be audited"), "{name}");
    }
    let whole = std::fs::read(workshop.archive("whole.a", &[])).expect("an archive");
    write(&workshop.path("torn.a"), &whole[..whole.len() - 200]);
    assert!(refused(&workshop, &[&path("torn.a")]).contains("torn.a cannot be audited"));
    write(&workshop.path("lib.so"), &whole[68..400.min(whole.len())]);
    refused(&workshop, &[&path("lib.so")]);
    assert!(!workshop.path("store").exists(), "nothing was looked for in a store");
}

#[test]
fn a_name_of_a_file_commands_no_terminal() {
    let workshop = Workshop::new();
    let name = "\u{1b}[31mred\u{202e}.a";
    let archive = text(&workshop.archive(name, &["-fPIC"]));
    for option in [&[][..], &["--explain"], &["--compare", &archive]] {
        let said = said(&workshop, &[option, &[&archive]].concat());
        assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}') && said.contains("red"), "{said}");
    }
}

#[test]
fn the_prefix_around_a_file_says_its_version_and_flags() {
    let workshop = Workshop::new();
    let prefix = workshop.path("prefix");
    let library = prefix.join("lib/python3.13");
    write(&library.join("os.py"), b"");
    let description = "build_time_vars = {'CC': 'gcc',\n 'PY_CORE_CFLAGS': '-O3 -I/x '\n                   '-fPIC',\n 'Z': 1}\n";
    write(&library.join("_sysconfigdata__linux_x86_64-linux-gnu.py"), description.as_bytes());
    write(&library.join("_sysconfigdata_d_linux_x86_64-linux-gnu.py"), b"build_time_vars = {'PY_CORE_CFLAGS': '-O0'}\n");
    let archive = libpython(&workshop, "libpython3.13.a", &["-fPIC"]);
    let moved = |from: &str, to: &str| -> PathBuf {
        let place = prefix.join(to);
        write(&place, &std::fs::read(from).expect("made"));
        place
    };
    workshop.tool("gcc", &["-shared", "-fPIC", "getversion.c", "-s", "-o", "libpython3.13.so.1.0"]);
    let files = [
        moved(&archive, "lib/libpython3.13.a"),
        moved(&archive, "lib/python3.13/config-3.13-x86_64-linux-gnu/libpython3.13.a"),
        moved(&text(&workshop.path("libpython3.13.so.1.0")), "lib/libpython3.13.so.1.0"),
    ];
    for file in &files {
        let audit = &json(&workshop, &[&text(file)])[0];
        assert_eq!(audit["python"], "3.13.5", "{file:?}");
        if audit["flags"]["source"].as_str().is_some_and(|source| source.contains("sysconfig")) {
            assert_eq!(audit["flags"]["flags"], serde_json::json!(["-O3", "-fPIC"]));
        }
    }
    // The very same file elsewhere is of no prefix.
    let alone = &json(&workshop, &[&archive])[0];
    assert!(!alone["flags"]["source"].as_str().is_some_and(|source| source.contains("sysconfig")), "{alone}");
    // Nor does another version's description speak of it.
    let other = moved(&archive, "lib/libpython3.12.a");
    std::fs::rename(&library, prefix.join("lib/python3.12")).expect("renamed");
    let audit = &json(&workshop, &[&text(&other)])[0];
    assert_eq!(
        (audit["python"].as_str(), audit["flags"]["source"].as_str().is_some_and(|source| source.contains("3.12"))),
        (Some("3.13.5"), false)
    );
}

#[test]
fn sizes_of_few_functions_are_no_evidence_of_one_compilation() {
    let workshop = Workshop::new();
    let pgo = |functions: usize| {
        let code: String = (0..functions).map(|n| format!("__attribute__((hot)) int f{n}(int *a) {{ return a[{n}] * {n}; }}\n")).collect();
        workshop.write("getversion.c", &format!("{VERSION}\n{code}"));
        workshop.tool("gcc", &["-O2", "-fPIC", "-c", "getversion.c", "-o", "getversion.o"]);
        workshop.tool("ar", &["rcs", "libpython3.13.a", "getversion.o"]);
        workshop.tool("gcc", &["-shared", "-s", "getversion.o", "-o", "libpython3.13.so.1.0"]);
        std::fs::remove_file(workshop.path("getversion.o")).expect("removed");
        let audits = json(&workshop, &[&text(&workshop.path("libpython3.13.so.1.0")), &text(&workshop.path("libpython3.13.a"))]);
        (audits[0]["pgo"].clone(), audits[0]["pgo_evidence"].as_str().expect("text").to_owned(), audits[1]["pgo"].clone())
    };
    let (few, evidence, archive) = pgo(100);
    assert_eq!((few, archive), ("unknown".into(), "yes".into()), "{evidence}");
    let (many, evidence, _) = pgo(600);
    assert!(many == "yes" && evidence.contains("601 of 601 exported functions have the size"), "{many}: {evidence}");
}

#[test]
fn a_recipe_that_has_built_nothing_is_not_built_for_an_audit() {
    let workshop = Workshop::new();
    let toy = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cpython/toy");
    let recipe = format!(
        "kind: cpython\npython: \"3.13\"\nsource: {{path: {}}}\ncompiler: gcc\nvariants:\n  - {{linkage: static, code-model: non-pic, pgo: true}}\n",
        toy.display()
    );
    workshop.write("mine.yaml", &recipe);
    for target in [text(&workshop.path("mine.yaml")), format!("{}/static-nonpic-pgo", text(&workshop.path("mine.yaml")))] {
        let said = refused(&workshop, &[&target]);
        assert!(said.contains("mine has built none of static-nonpic-pgo"), "{said}");
    }
    assert!(refused(&workshop, &["--recipe", &text(&workshop.path("mine.yaml")), "shared-pgo"]).contains("asks for no such build"));
    assert!(!workshop.path("store/cpython").exists(), "nothing was compiled");
}

#[test]
fn an_installed_python_is_audited_and_nothing_is_built() {
    let workshop = Workshop::new();
    for prefix in needs::prefixes() {
        let all = json(&workshop, &["--prefix", &text(&prefix)]);
        let all = all.as_array().expect("an array");
        assert!(
            !all.is_empty() && all.iter().all(|audit| audit["python"].as_str().is_some_and(|version| version.starts_with("3."))),
            "{all:?}"
        );
        let stock = json(&workshop, &["--prefix", &text(&prefix), "python3"]);
        assert_eq!(stock[0]["subject"], "python3");
        let said = refused(&workshop, &["--prefix", &text(&prefix), "static-pic-pgo"]);
        assert!(said.contains("`static-pic-pgo` cannot be had"), "{said}");
    }
    assert!(!workshop.path("store/cargo-target").exists());
}
