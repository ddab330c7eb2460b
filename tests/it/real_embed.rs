//! The kit at work: a C and a Rust program, built with each format against real libpythons, say what python3 says. Opted into by
//! SURTAX_TEST_REAL=1; uses the store of SURTAX_HOME.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::needs;

const VARIANTS: [&str; 4] = ["static-nonpic", "static-pic", "static-pic-pie", "shared"];

/// What every program runs. With extension modules and their libraries, since these are what a wrong link breaks first.
const SCRIPT: &str = "import sys, ssl, hashlib, json, ctypes, sqlite3, decimal, zlib, lzma, bz2, socket, math, uuid, xml.etree.ElementTree\n\
    print(sys.version)\n\
    print(sys.prefix, sys.base_prefix, json.__file__)\n\
    print(hashlib.sha256(b'surtax').hexdigest(), hashlib.sha3_256(b'surtax').hexdigest(), ssl.OPENSSL_VERSION)\n\
    print(sqlite3.connect(':memory:').execute('select sqlite_version()').fetchone(), ctypes.CDLL(None).strlen(b'four'))\n\
    print(zlib.decompress(zlib.compress(b'a' * 99)) == b'a' * 99, decimal.Decimal(1) / 7, math.tau)\n";

const C_PROGRAM: &str = r#"
#include <Python.h>
#include <surtax_python.h>

static void must(PyStatus status) { if (PyStatus_Exception(status)) Py_ExitStatusException(status); }

int main(int argc, char **argv) {
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    must(PyConfig_SetBytesString(&config, &config.home, SURTAX_PYTHONHOME));
    must(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    int failed = argc < 2 || PyRun_SimpleString(argv[1]);
    return Py_FinalizeEx() < 0 || failed;
}
"#;

/// A Rust program that knows nothing of where its Python is: PYTHONHOME says so.
const RUST_PROGRAM: &str = r#"
use std::ffi::CString;
use pyo3::prelude::*;

fn main() {
    let script = CString::new(std::env::args().nth(1).expect("a script")).expect("text");
    Python::initialize();
    Python::attach(|py| -> PyResult<()> {
        py.run(&script, None, None)?;
        py.import("sys")?.getattr("stdout")?.call_method0("flush").map(drop)
    })
    .expect("the script runs");
}
"#;

/// `surtax` with these arguments; its answer.
fn surtax(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_surtax")).args(arguments).output().expect("surtax starts");
    assert!(output.status.success(), "surtax {arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn kit(arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&surtax(&[&["embed"], arguments, &["--format", "json"]].concat())).expect("JSON")
}

/// What the stock interpreter of the variant says.
fn expected(kit: &serde_json::Value) -> String {
    let python3 = kit["python3"].as_str().expect("a path");
    let output = Command::new(python3).args(["-I", "-c", SCRIPT]).env_clear().output().expect("python3 starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn says_what_python3_says(program: &mut Command, kit: &serde_json::Value, about: &str) {
    let output = program.arg(SCRIPT).output().unwrap_or_else(|error| panic!("{about}: {error}"));
    assert!(output.status.success(), "{about}: {}", text(&output.stderr));
    assert_eq!(text(&output.stdout), expected(kit), "{about}");
}

fn done(output: &Output, about: &str) {
    assert!(output.status.success(), "{about}: {}{}", text(&output.stdout), text(&output.stderr));
}

/// A folder with main.c.
fn workshop() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.c"), C_PROGRAM).expect("written");
    folder
}

fn wanted() -> bool {
    needs::asked_for("SURTAX_TEST_REAL")
}

/// Builds main.c as the shell's variables say.
fn by_shell(arguments: &[&str], folder: &Path) -> PathBuf {
    let variables = folder.join("embed.sh");
    surtax(&[&["embed"], arguments, &["--format", "shell", "--out", &variables.to_string_lossy()]].concat());
    let build = ". ./embed.sh && eval \"$CC -Wall -Werror $CFLAGS main.c $LDFLAGS $LIBS -o program\"";
    done(&Command::new("/bin/sh").args(["-c", build]).current_dir(folder).output().expect("a shell"), &format!("{arguments:?}"));
    folder.join("program")
}

#[test]
fn real_embed_c_by_shell() {
    for variant in VARIANTS.iter().filter(|_| wanted()) {
        let folder = workshop();
        let program = by_shell(&[variant], folder.path());
        says_what_python3_says(Command::new(program).env_clear(), &kit(&[variant]), variant);
    }
}

#[test]
fn real_embed_c_by_shell_of_installed_pythons() {
    for prefix in if wanted() { needs::prefixes() } else { Vec::new() } {
        let prefix = prefix.to_string_lossy();
        let variants: serde_json::Value = serde_json::from_str(&surtax(&["variants", "--prefix", &prefix, "--json"])).expect("JSON");
        for variant in variants.as_array().expect("a list").iter().filter(|one| one["reason"].is_null()) {
            let arguments = [variant["variant"].as_str().expect("a name"), "--prefix", &*prefix];
            let folder = workshop();
            let program = by_shell(&arguments, folder.path());
            says_what_python3_says(Command::new(program).env_clear(), &kit(&arguments), &format!("{arguments:?}"));
        }
    }
}

#[test]
fn real_embed_c_by_pkg_config() {
    let (true, Some(pkg_config)) = (wanted(), needs::tool("pkg-config")) else { return };
    for variant in VARIANTS {
        let folder = workshop();
        surtax(&["embed", variant, "--format", "pkg-config", "--out", &folder.path().join("pc").to_string_lossy()]);
        let build = format!("eval \"gcc main.c $({} --cflags --libs python3-embed) -o program\"", pkg_config.display());
        let shell = Command::new("/bin/sh").args(["-c", &build]).env("PKG_CONFIG_PATH", "pc").current_dir(folder.path()).output();
        done(&shell.expect("a shell"), variant);
        says_what_python3_says(Command::new(folder.path().join("program")).env_clear(), &kit(&[variant]), variant);
    }
}

#[test]
fn real_embed_c_by_cmake() {
    let (true, Some(cmake)) = (wanted(), needs::tool("cmake")) else { return };
    let lists = "cmake_minimum_required(VERSION 3.13)\nproject(program C)\nadd_executable(program main.c)\n\
        find_package(SurtaxPython VERSION REQUIRED)\ntarget_link_libraries(program PRIVATE SurtaxPython::Python)\n";
    for variant in VARIANTS {
        let (folder, kit) = (workshop(), kit(&[variant]));
        let path = folder.path();
        surtax(&["embed", variant, "--format", "cmake", "--out", &path.join("surtax").to_string_lossy()]);
        std::fs::write(path.join("CMakeLists.txt"), lists.replace("VERSION R", &format!("{} R", kit["python"].as_str().expect("text"))))
            .expect("written");
        let package = format!("-DSurtaxPython_DIR={}", path.join("surtax").display());
        let configured = Command::new(&cmake).args(["-S", ".", "-B", "build", &package]).current_dir(path).output();
        done(&configured.expect("cmake starts"), variant);
        done(&Command::new(&cmake).args(["--build", "build"]).current_dir(path).output().expect("cmake starts"), variant);
        says_what_python3_says(Command::new(path.join("build/program")).env_clear(), &kit, variant);
    }
}

#[test]
fn real_embed_c_by_json() {
    let (true, Some(python3)) = (wanted(), needs::python3()) else { return };
    let build = "import json, subprocess\nkit = json.load(open('embed.json'))\n\
        subprocess.run([kit['compiler'], *kit['cflags'], 'main.c', *kit['ldflags'], *kit['libs'], '-o', 'program'], check=True)";
    for variant in VARIANTS {
        let folder = workshop();
        surtax(&["embed", variant, "--format", "json", "--out", &folder.path().join("embed.json").to_string_lossy()]);
        done(&Command::new(python3).args(["-c", build]).current_dir(folder.path()).output().expect("python3 starts"), variant);
        says_what_python3_says(Command::new(folder.path().join("program")).env_clear(), &kit(&[variant]), variant);
    }
}

/// One for all tests of this process, since PyO3 takes its time: cargo tells the variants' flags apart.
fn target() -> &'static Path {
    static TARGET: OnceLock<TempDir> = OnceLock::new();
    TARGET.get_or_init(|| tempfile::tempdir().expect("a folder")).path()
}

/// Plain cargo: nothing of surtax in its environment.
fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target()).env_remove("SURTAX_HOME");
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_MANIFEST_DIR", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn real_embed_rust_by_cargo_and_by_shell() {
    if !wanted() {
        return;
    }
    for (variant, format) in VARIANTS.map(|variant| (variant, "cargo")).into_iter().chain([("static-nonpic", "shell"), ("shared", "shell")])
    {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("own");
        std::fs::create_dir_all(path.join("src")).expect("a folder");
        std::fs::write(path.join("src/main.rs"), RUST_PROGRAM).expect("written");
        let name = format!("own-{variant}-{format}");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
             pyo3 = {{ version = \"0.30\", default-features = false }}\n"
        );
        std::fs::write(path.join("Cargo.toml"), manifest).expect("written");
        let about = format!("{variant} by {format}");
        if format == "cargo" {
            surtax(&["embed", variant, "--format", "cargo", "--out", &path.join(".cargo/config.toml").to_string_lossy()]);
            done(&cargo(&path, &["build", "--quiet"]).output().expect("cargo starts"), &about);
        } else {
            surtax(&["embed", variant, "--format", "shell", "--out", &path.join("embed.sh").to_string_lossy()]);
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", ". ./embed.sh && cargo build --quiet"]).current_dir(&path).env("CARGO_TARGET_DIR", target());
            done(&shell.output().expect("a shell"), &about);
        }
        let kit = kit(&[variant]);
        let program = target().join(kit["rust"]["target"].as_str().expect("text")).join("debug").join(name);
        let home = kit["pythonhome"].as_str().expect("a path");
        says_what_python3_says(Command::new(program).env_clear().env("PYTHONHOME", home), &kit, &about);
    }
}

#[test]
fn real_embed_new_builds_and_runs_without_surtax() {
    for variant in VARIANTS.iter().filter(|_| wanted()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(format!("made-{variant}"));
        surtax(&["embed", "new", &path.to_string_lossy(), "--variant", variant]);
        let script = folder.path().join("script.py");
        std::fs::write(&script, SCRIPT).expect("written");
        let run = cargo(&path, &["run", "--quiet", "--locked", "--", &script.to_string_lossy()]).output().expect("cargo starts");
        done(&run, variant);
        assert_eq!(text(&run.stdout), expected(&kit(&[variant])), "{variant}");
        let own = cargo(&path, &["run", "--quiet", "--locked"]).output().expect("cargo starts");
        done(&own, variant);
        assert!(text(&own.stdout).contains("\"openssl\""), "{variant}: {}", text(&own.stdout));
        std::fs::write(&script, "1/0").expect("written");
        let failed = cargo(&path, &["run", "--quiet", "--locked", "--", &script.to_string_lossy()]).output().expect("cargo starts");
        assert!(!failed.status.success() && text(&failed.stderr).contains("ZeroDivisionError"), "{variant}");
    }
}
