//! `surtax opcodes` as a person meets it: its outputs, and files that fail, loop, print or lie.

use std::path::Path;
use std::process::{Command, Output};

use surtax::opcode::trace::Trace;

use super::Desk;
use crate::needs;
use crate::world::{compiled, shell_script};

impl Desk {
    fn surtax(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
        command.env("SURTAX_HOME", self.folder.path().join("store")).env_remove("NO_COLOR").current_dir(self.folder.path());
        command.arg("opcodes").args(arguments);
        command
    }

    fn run(&self, python: &Path, arguments: &[&str]) -> Output {
        self.surtax(arguments).arg("--interpreter").arg(python).output().expect("surtax starts")
    }

    fn refused(&self, python: &Path, arguments: &[&str]) -> String {
        let output = self.run(python, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty() && said.contains("\nhint: "), "{said}");
        said
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const DEMO: &str = "def add(x, y):\n    return x + y\nclass C:\n    def m(self):\n        return 1\ndef main():\n    return add(1, 2)\n";

#[test]
fn a_pipe_gets_plain_text_and_json_reads_back() {
    let Some(python) = needs::python3() else { return };
    let desk = Desk::with(DEMO);
    let output = desk.run(python, &["demo.py", "--call", "add(1, 2)"]);
    let said = text(&output.stdout);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    assert!(!said.contains('\u{1b}') && said.contains("BINARY_OP → BINARY_OP_ADD_INT"), "{said}");
    let output = desk.run(python, &["demo.py", "--call", "add(1, 2)", "--times", "20", "--json"]);
    let trace: Trace = serde_json::from_slice(&output.stdout).expect("the documented shape");
    assert_eq!((trace.schema, trace.functions.len(), trace.calls[0].times), (1, 1, 20));
}

#[test]
fn a_terminal_gets_colour_unless_the_person_minds() {
    let (Some(python), Some(script)) = (needs::python3(), needs::tool("script")) else { return };
    let desk = Desk::with(DEMO);
    let surtax = env!("CARGO_BIN_EXE_surtax");
    let on_terminal = |no_colour: &str| {
        let line = format!("{surtax} opcodes demo.py --call 'add(1, 2)' --interpreter {}", python.display());
        let mut command = Command::new(&script);
        command.args(["-qec", &line, "/dev/null"]).current_dir(desk.folder.path()).env("TERM", "xterm");
        command.env("SURTAX_HOME", desk.folder.path().join("store")).env("NO_COLOR", no_colour);
        text(&command.output().expect("script starts").stdout)
    };
    assert!(on_terminal("").contains("\u{1b}[32m"));
    let plain = on_terminal("1");
    assert!(plain.contains("BINARY_OP_ADD_INT") && !plain.contains('\u{1b}'), "{plain}");
}

#[test]
fn a_page_needs_no_other_file_and_stays_text_whatever_the_source_says() {
    let Some(python) = needs::python3() else { return };
    let desk = Desk::with("def f(x='<script>alert(1)</script>'):\n    return x + '</td>\\ud800\\x1b[2J'  # \u{1b}]0;title\u{7} <b>\n");
    let output = desk.run(python, &["demo.py", "--function", "f", "--html", "page.html"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "page.html\n"), "{}", text(&output.stderr));
    let page = std::fs::read_to_string(desk.folder.path().join("page.html")).expect("written");
    for foreign in ["<script", "<b>", "http:", "https:", "src=", "\u{1b}"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("color-scheme: light dark") && page.contains("&lt;script&gt;"));
    let said = text(&desk.run(python, &["demo.py", "--function", "f"]).stdout);
    assert!(said.contains("alert(1)") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn the_one_named_function_is_called_if_it_takes_nothing() {
    let Some(python) = needs::python3() else { return };
    let desk = Desk::with(DEMO);
    let output = desk.run(python, &["demo.py", "--function", "main"]);
    assert!(text(&output.stdout).contains("calls 1 to 1,000: main()"), "{}", text(&output.stderr));
    assert!(desk.refused(python, &["demo.py", "--function", "add"]).contains("`add` cannot be called without arguments"));
    assert!(desk.refused(python, &["demo.py"]).contains("--call 'add(x, y)'"));
    assert!(desk.refused(python, &["demo.py", "--function", "C.m"]).contains("`C.m`"));
}

#[test]
fn calls_and_names_that_mean_nothing_are_named() {
    let Some(python) = needs::python3() else { return };
    let desk = Desk::with(DEMO);
    assert!(desk.refused(python, &["demo.py", "--call", "add(1"]).contains("--call 'add(1' is no expression"));
    assert!(desk.refused(python, &["demo.py", "--call", "x = 1"]).contains("statements belong into FILE"));
    assert!(desk.refused(python, &["demo.py", "--call", "add(1, 2)", "--function", "m"]).contains("did you mean `C.m`?"));
    assert!(desk.refused(python, &["demo.py", "--call", "1"]).contains("ran no function that is defined in"));
    let said = desk.refused(python, &["demo.py", "--call", "add(1, 'a')"]);
    assert!(said.contains("raised at once: TypeError") && said.contains("demo.py:2 in add"), "{said}");
    assert!(desk.refused(python, &["missing.py", "--call", "1"]).contains("there is no file missing.py"));
    assert!(desk.refused(python, &["/dev/null", "--call", "1"]).contains("no regular file"));
    let output = desk.run(python, &["demo.py", "--call", "main()", "--function", "C.m"]);
    assert!(text(&output.stderr).contains("no counted call ran `C.m`"));
}

#[test]
fn files_that_misbehave_end_in_an_error_that_says_where() {
    let Some(python) = needs::python3() else { return };
    let cases: [(&str, &str, &[&str]); 8] = [
        ("def f(:\n", "1", &["demo.py:1 is no Python that can be compiled", "invalid syntax"]),
        ("x\0y", "1", &["null bytes"]),
        ("import no_such_module\n", "1", &["ModuleNotFoundError", "demo.py:1 in <module>", "--interpreter"]),
        ("raise SystemExit(3)\n", "1", &["could not be imported: SystemExit: 3", "__main__"]),
        ("import os\nos._exit(7)\n", "1", &["exited with code 7 while it was imported"]),
        ("import os, signal\ndef f():\n    os.kill(os.getpid(), 11)\n", "f()", &["SIGSEGV", "in --call 'f()'"]),
        ("def f():\n    while True: pass\n", "f()", &["still running after 2 s in --call 'f()'", "--timeout"]),
        ("left = [1, 2, 3]\ndef f():\n    return left.pop()\n", "f()", &["raised in call 4: IndexError", "--times 3 ends before"]),
    ];
    for (source, call, words) in cases {
        let desk = Desk::with(source);
        let said = desk.refused(python, &["demo.py", "--call", call, "--timeout", "2"]);
        assert_eq!(words.iter().find(|word| !said.contains(**word)), None, "{said}");
    }
}

#[test]
fn what_a_file_prints_starts_and_forks_does_not_reach_the_answer() {
    let Some(python) = needs::python3() else { return };
    let source = "
import os, sys, threading, time
print('{\"failed\": {}}')
os.write(1, b'{\"counted\": 1}\\n')
threading.Thread(target=time.sleep, args=(600,)).start()
def f():
    print(str(0) * 1000)
    sys.stderr.write(str(1) * 1000)
    if os.fork() == 0:
        return 0
    os.wait()
    return 1
";
    let desk = Desk::with(source);
    let output = desk.run(python, &["demo.py", "--call", "f()", "--times", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!text(&output.stdout).contains("000000") && output.stderr.is_empty());
}

#[test]
fn calls_that_take_long_are_made_as_often_as_fits_and_it_says_so() {
    let Some(python) = needs::python3() else { return };
    let desk = Desk::with("import time\ndef f():\n    time.sleep(0.05)\n    return 1\n");
    let output = desk.run(python, &["demo.py", "--call", "f()", "--timeout", "3"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("of 1,000 times, then its time was over; --timeout SECONDS gives more"), "{said}");
    assert!(said.contains("executions are those of the first"), "{said}");
}

/// What they say of themselves is all that is known of them.
#[test]
fn pythons_of_another_kind_are_refused() {
    let desk = Desk::with(DEMO);
    let pretender = |said: &str| {
        let main = format!("#include <stdio.h>\nint main(void) {{ puts({said:?}); }}");
        compiled(&desk.folder.path().join("python"), &main, &[])
    };
    let says = |version: &str, implementation: &str| {
        pretender(&format!("{{\"version\":\"{version}\",\"implementation\":\"{implementation}\",\"libpython\":null}}"))
    };
    assert!(
        desk.refused(&says("3.10.9", "CPython"), &["demo.py"])
            .contains("is Python 3.10.9; adaptive bytecode is known here of 3.11 to 3.15")
    );
    assert!(desk.refused(&says("3.16.0a1", "CPython"), &["demo.py"]).contains("is Python 3.16.0a1"));
    assert!(desk.refused(&says("3.11.13", "PyPy"), &["demo.py"]).contains("is PyPy"));
    let shim = shell_script(&desk.folder.path().join("shim"), "echo no python here");
    assert!(desk.refused(&shim, &["demo.py"]).contains("is a script, and what it starts did not say"));
    let output = desk.surtax(&["demo.py"]).env("PATH", "/nowhere").output().expect("surtax starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no `python3` on PATH"));
}
