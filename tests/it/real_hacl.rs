//! HACL in real runners of a release whose archives lack it. Opted into by SURTAX_TEST_HACL=debian-13; uses the store of SURTAX_HOME.

use std::path::PathBuf;
use std::process::{Command, Output};

use surtax::audit::missing_symbols;
use surtax::digest::Key;
use surtax::libpython::{Hacl, Home, Library, Variant};
use surtax::runner::{RunnerError, Toolchain, build};
use surtax::store::Store;
use surtax::ui::Silent;

use crate::needs;

fn recipe() -> Option<String> {
    needs::asked_for("SURTAX_TEST_HACL").then(|| std::env::var("SURTAX_TEST_HACL").expect("a recipe's name"))
}

fn surtax_json(arguments: &[&str]) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_surtax")).args(arguments).output().expect("surtax starts");
    assert!(output.status.success(), "surtax {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Each with its variant's name.
fn runners(recipe: &str, hacl: &str) -> Vec<(String, PathBuf)> {
    let built = surtax_json(&["runner", "build", recipe, "--hacl", hacl, "--json"]);
    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let list = built.as_array().expect("a list").iter();
    list.map(|runner| (text(&runner["variant"]), PathBuf::from(text(&runner["executable"])))).collect()
}

fn run(executable: &PathBuf, program: &str) -> Output {
    Command::new(executable).args(["-c", program]).env_clear().env("LC_ALL", "C.UTF-8").output().expect("starts")
}

const BLOCKED: &str = "import sys; sys.modules['_hashlib'] = None; import hashlib, _sha2; \
    print(_sha2.sha256(b'abc').hexdigest(), hashlib.sha512(b'').hexdigest()[:16], hashlib.blake2b(b'abc').hexdigest()[:16])";

/// FIPS 180-4; RFC 7693, appendix A.
const DIGESTS: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad cf83e1357eefb8bd ba80a53f981c4d0d\n";

#[test]
fn real_hacl_gives_the_published_digests_without_openssl() {
    let Some(recipe) = recipe() else { return };
    for (name, executable) in runners(&recipe, "real") {
        let said = run(&executable, BLOCKED);
        assert_eq!(String::from_utf8_lossy(&said.stdout), DIGESTS, "{name}: {}", String::from_utf8_lossy(&said.stderr));
    }
}

#[test]
fn real_runners_with_stand_ins_end_and_name_the_function_and_the_way_out() {
    use std::os::unix::process::ExitStatusExt as _;
    let Some(recipe) = recipe() else { return };
    for (name, executable) in runners(&recipe, "stubs") {
        for program in [BLOCKED, "import random; random.seed('text'); print(random.random())"] {
            let said = run(&executable, program);
            if name == "shared" {
                assert!(said.status.success(), "{name} lacks nothing");
                continue;
            }
            let words = String::from_utf8_lossy(&said.stderr).into_owned();
            assert_eq!((said.status.signal(), said.stdout.len()), (Some(6), 0), "{name}: {words}");
            assert!(words.contains("Hacl_Hash_SHA2_malloc_") && words.contains("--hacl real"), "{words}");
        }
        let openssl = run(&executable, "import hashlib; print(hashlib.sha256(b'abc').hexdigest()[:8])");
        assert_eq!(String::from_utf8_lossy(&openssl.stdout), "ba7816bf\n", "{name}");
    }
}

#[test]
fn real_symbols_that_nothing_defines_are_listed_in_two_lines() {
    let Some(recipe) = recipe() else { return };
    let provisioned = surtax_json(&["provision", &recipe, "--json"])[0].clone();
    let sysroot = PathBuf::from(provisioned["sysroot"].as_str().expect("a path"));
    let key: Key = serde_json::from_value(sysroot.file_name().expect("a name").to_str().into()).expect("a key");
    let python = provisioned["python"].as_str().expect("a version").parse().expect("a version");
    let store = Store::open_default().expect("a store");
    let home = Home::prepare(&store, &key, python, &sysroot).expect("a home");
    let variant = Variant::all_of(&home).into_iter().find(|variant| matches!(variant.build.library, Library::Archive(_))).expect("one");
    let error = build(&store, &home, &variant, &Hacl::Complete, &Toolchain::find().expect("compilers"), &Silent).expect_err("incomplete");
    let RunnerError::Undefined { symbols, .. } = &error else { panic!("{error}") };
    let mut missing = missing_symbols(variant.build.library.path()).expect("readable");
    missing.sort();
    assert_eq!(symbols, &missing);
    assert_eq!(error.to_string().lines().count(), 2, "{error}");
}
