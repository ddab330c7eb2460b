//! Drop-in behaviour of the real runners against the real stock python3. Opted into by SURTAX_TEST_REAL=1; uses the store of SURTAX_HOME.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::needs;

pub(crate) struct Subjects {
    pub(crate) python3: PathBuf,
    pub(crate) runners: Vec<(String, PathBuf)>,
}

/// `None`, with a word about it, where the person did not opt in.
pub(crate) fn subjects() -> Option<&'static Subjects> {
    static SUBJECTS: OnceLock<Subjects> = OnceLock::new();
    needs::asked_for("SURTAX_TEST_REAL").then(|| {
        SUBJECTS.get_or_init(|| {
            let provisioned = surtax_json(&["provision", "--json"]);
            let built = surtax_json(&["runner", "build", "--json"]);
            let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
            let runners = built
                .as_array()
                .expect("a list")
                .iter()
                .map(|runner| (text(&runner["variant"]), PathBuf::from(text(&runner["executable"]))));
            Subjects { python3: PathBuf::from(text(&provisioned[0]["python3"])), runners: runners.collect() }
        })
    })
}

fn surtax_json(arguments: &[&str]) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_surtax")).args(arguments).output().expect("surtax starts");
    assert!(output.status.success(), "surtax {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn run(executable: &Path, arguments: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(executable)
        .args(arguments)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/bin:/bin")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(std::env::temp_dir())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the subject starts");
    // A subject that does not read its input may have closed it.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("the subject ends")
}

/// The same arguments and input give the same exit status, stdout and stderr on every subject; paths of the executable count as equal.
fn same_everywhere(arguments: &[&str], input: &str) -> Option<Output> {
    let subjects = subjects()?;
    let shown = |executable: &Path, bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*executable.to_string_lossy(), "PYTHON");
    let expected = run(&subjects.python3, arguments, input);
    for (name, executable) in &subjects.runners {
        let found = run(executable, arguments, input);
        assert_eq!(found.status, expected.status, "{name} {arguments:?}");
        assert_eq!(shown(executable, &found.stdout), shown(&subjects.python3, &expected.stdout), "{name} {arguments:?}: stdout");
        assert_eq!(shown(executable, &found.stderr), shown(&subjects.python3, &expected.stderr), "{name} {arguments:?}: stderr");
    }
    Some(expected)
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn real_options_commands_modules_and_stdin_behave_as_pythons() {
    let Some(version) = same_everywhere(&["-VV"], "") else { return };
    assert!(stdout(&version).starts_with("Python 3."));
    same_everywhere(&["--help"], "");
    same_everywhere(&["-c", "import sys; print(sys.argv, sys.flags, sys.orig_argv[1:])", "a", "-b"], "");
    same_everywhere(&["-O", "-W", "error", "-X", "dev", "-c", "import sys; print(__debug__, sys.warnoptions, sys.flags)"], "");
    same_everywhere(&["-m", "base64", "-e"], "input on stdin");
    same_everywhere(&["-"], "print('a program from stdin')");
    same_everywhere(&["-I", "-S", "-c", "import sys; print(sys.path, 'site' in sys.modules)"], "");
    same_everywhere(&["--no-such-option"], "");
    same_everywhere(&["/nonexistent/script.py"], "");
}

#[test]
fn real_exit_codes_and_signals_are_pythons() {
    for (program, code) in [("", Some(0)), ("raise SystemExit(3)", Some(3)), ("raise SystemExit('text')", Some(1)), ("1/0", Some(1))] {
        let Some(output) = same_everywhere(&["-c", program], "") else { return };
        assert_eq!(output.status.code(), code, "{program}");
    }
    for signal in ["SIGINT", "SIGTERM", "SIGKILL", "SIGPIPE", "SIGUSR1"] {
        same_everywhere(&["-c", &format!("import os, signal; os.kill(os.getpid(), signal.{signal}); print('still here')")], "");
    }
    same_everywhere(&["-c", "import signal; print([signal.getsignal(s) for s in sorted(signal.valid_signals())])"], "");
}

#[test]
fn real_prefix_paths_and_build_description_are_equal() {
    let program = "import sys, sysconfig; print(sys.prefix, sys.exec_prefix, sys.base_prefix, sys.path, sysconfig.get_paths(), sys.version, sys.builtin_module_names)";
    let Some(output) = same_everywhere(&["-c", program], "") else { return };
    assert!(stdout(&output).contains("homes/"), "the prefix is the home in the store");
}

#[test]
fn real_runner_starts_itself_again() {
    let restart = r"
import multiprocessing, subprocess, sys
def square(x):
    return x * x
if __name__ == '__main__':
    print(subprocess.run([sys.executable, '-c', 'import sys; print(sys.prefix)'], capture_output=True, text=True, check=True).stdout)
    for method in ('spawn', 'fork', 'forkserver'):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(square, range(5)))
";
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("restart.py");
    std::fs::write(&script, restart).expect("written");
    let Some(output) = same_everywhere(&[&script.to_string_lossy()], "") else { return };
    assert!(stdout(&output).contains("forkserver [0, 1, 4, 9, 16]"), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn real_runner_makes_a_virtual_environment_that_works() {
    let Some(subjects) = subjects() else { return };
    for (name, executable) in &subjects.runners {
        let folder = tempfile::tempdir().expect("a folder");
        let made = run(executable, &["-m", "venv", "--without-pip", &folder.path().to_string_lossy()], "");
        assert!(made.status.success(), "{name}: {}", String::from_utf8_lossy(&made.stderr));
        let inside =
            run(&folder.path().join("bin/python"), &["-c", "import sys, json; print(json.dumps([sys.prefix, sys.base_prefix]))"], "");
        let prefixes: Vec<PathBuf> =
            serde_json::from_slice(&inside.stdout).unwrap_or_else(|_| panic!("{name}: {}", String::from_utf8_lossy(&inside.stderr)));
        assert_eq!(prefixes[0].canonicalize().expect("exists"), folder.path().canonicalize().expect("exists"), "{name}");
        assert!(prefixes[1].join("lib").exists(), "{name}");
    }
}

/// Runs a script in the embedding mode on every runner.
fn embedded(program: &str, arguments: &[&str], check: impl Fn(&str, &Output)) {
    let Some(subjects) = subjects() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script.py");
    std::fs::write(&script, program).expect("written");
    for (name, executable) in &subjects.runners {
        let script = script.to_string_lossy();
        let mut all = vec!["--surtax-embed", &*script];
        all.extend(arguments);
        check(name, &run(executable, &all, ""));
    }
}

#[test]
fn real_embedding_mode_is_isolated_and_has_its_paths_without_searching() {
    let program = "import sys; print(sys.flags.isolated, sys.flags.no_site, 'site' in sys.modules, len(sys.path), sys.argv[1:], __name__)";
    embedded(program, &["a", "b"], |name, output| {
        assert_eq!(stdout(output), "1 1 False 2 ['a', 'b'] __main__\n", "{name}: {}", String::from_utf8_lossy(&output.stderr));
    });
    embedded("import sys; sys.stdout.write('\\u00e9\\u4e16'); sys.exit(9)", &[], |name, output| {
        assert_eq!((stdout(output).as_str(), output.status.code()), ("é世", Some(9)), "{name}");
    });
    let imported =
        "import sys; print(type(__file__).__name__, sorted(m for m in sys.modules if m.split('.')[0] in ('pathlib', 'os', 'site', 're')))";
    embedded(imported, &[], |name, output| {
        assert_eq!(stdout(output), "str []\n", "{name}: an empty embedded start imports nothing that it can do without")
    });
    embedded("1/0", &[], |name, output| {
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("ZeroDivisionError"), "{name}");
    });
    embedded("import ssl, sqlite3, ctypes, hashlib; print(hashlib.sha256(b'abc').hexdigest()[:8])", &[], |name, output| {
        assert_eq!(stdout(output), "ba7816bf\n", "{name}: {}", String::from_utf8_lossy(&output.stderr));
    });
}

#[test]
fn real_embedding_start_takes_the_rounds_hash_seed() {
    let Some(subjects) = subjects() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("hash.py");
    std::fs::write(&script, "print(hash('a text'))").expect("written");
    let script = script.to_string_lossy();
    let said = |executable: &Path, arguments: &[&str]| {
        let output = Command::new(executable).args(arguments).env_clear().env("PYTHONHASHSEED", "0000000042").output().expect("starts");
        stdout(&output)
    };
    let expected = said(&subjects.python3, &[&script]);
    for (name, executable) in &subjects.runners {
        assert_eq!(said(executable, &["--surtax-embed", &script]), expected, "{name}");
    }
}

#[test]
fn real_embedding_start_asks_the_file_system_for_no_landmark() {
    let Some(subjects) = subjects() else { return };
    let Some(strace) = needs::tool("strace") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("empty.py");
    std::fs::write(&script, "").expect("written");
    // What getpath looks for: a virtual environment, a build tree, the standard library's landmark.
    let landmarks = ["pyvenv.cfg", "pybuilddir.txt", "._pth", "/os.py\"", "/os.pyc\"", "Modules/Setup.local"];
    for (name, executable) in &subjects.runners {
        let script = script.to_string_lossy();
        let traced = run(&strace, &["-f", "-e", "trace=file", &executable.to_string_lossy(), "--surtax-embed", &script], "");
        let calls = String::from_utf8_lossy(&traced.stderr).into_owned();
        assert!(traced.status.success() && calls.contains("empty.py"), "{name}: {calls}");
        for landmark in landmarks {
            assert!(!calls.contains(landmark), "{name} looked for {landmark}: {calls}");
        }
        let searched = run(&strace, &["-f", "-e", "trace=file", &executable.to_string_lossy(), &script], "");
        assert!(
            String::from_utf8_lossy(&searched.stderr).contains("pyvenv.cfg"),
            "{name}: the drop-in mode does search, so the check can fail"
        );
    }
}

/// In a store of its own, since the other tests use the runners meanwhile.
#[test]
fn real_runners_that_were_lost_or_damaged_are_built_again_each_as_itself() {
    if subjects().is_none() {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let (store, moved) = (home.path().join("store"), home.path().join("moved"));
    let build_in = |store: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
        command.env("SURTAX_HOME", store).args(["runner", "build", "--variant", "static-nonpic", "--variant", "static-pic", "--json"]);
        let output = command.output().expect("surtax starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let built: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let runners = built.as_array().expect("a list").iter();
        runners.map(|runner| PathBuf::from(runner["executable"].as_str().expect("a path"))).collect::<Vec<_>>()
    };
    let build = || build_in(&store);
    let runners = build();
    let digests = || runners.iter().map(|path| surtax::digest::Sha256::of_file(path).expect("an executable")).collect::<Vec<_>>();
    let before = digests();
    assert_ne!(before[0], before[1]);

    // Cargo's own folder stays: it must not give one variant's executable out as another's.
    for executable in &runners {
        std::fs::remove_dir_all(executable.parent().expect("a folder")).expect("removed");
    }
    build();
    assert_eq!(digests(), before);

    std::fs::write(&runners[1], "damaged").expect("written");
    build();
    assert_eq!(digests(), before);

    // Interpreter and DT_RPATH of every executable name the store's old place.
    std::fs::rename(&store, &moved).expect("moved");
    for executable in build_in(&moved) {
        assert!(run(&executable, &["-c", "import hashlib"], "").status.success());
    }
}
