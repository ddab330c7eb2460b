//! A pack as small as can be: a pyperf that times, and a pyperformance whose benchmarks do as they are told.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use surtax::digest::{Checksum, Sha256};
use surtax::pack::{Access, Pack, PackError, Pin, Pip, obtain};
use surtax::store::Store;
use surtax::ui::Silent;
use zip::write::SimpleFileOptions;

use crate::world::{shell_script, write};

/// What a worker of the real one does and prints, without what surtax does not read.
const PYPERF: &str = r#"
import argparse, json, os, sys, time

class Runner:
    def __init__(self, **_):
        self.argparser = argparse.ArgumentParser()
        add = self.argparser.add_argument
        for option in ("--worker", "--calibrate-loops"):
            add(option, action="store_true")
        for option in ("--pipe", "--worker-task", "--warmups", "--values"):
            add(option, type=int, default=0)
        add("--loops", type=int, default=1)
        add("--min-time", type=float, default=0.1)
        self.args, self.task = None, 0

    def parse_args(self):
        self.args = self.args or self.argparser.parse_args()
        return self.args

    def bench_func(self, name, function):
        args = self.parse_args()
        self.task += 1
        if self.task - 1 != args.worker_task:
            return
        loops = args.loops
        while True:
            begin = time.perf_counter()
            for _ in range(loops):
                function()
            took = time.perf_counter() - begin
            if not args.calibrate_loops or took >= args.min_time:
                break
            loops *= 2
        run = {} if args.calibrate_loops else {"values": [took / loops]}
        with os.fdopen(args.pipe, "w") as pipe:
            json.dump({"benchmarks": [{"runs": [run]}], "metadata": {"name": name, "loops": loops, "unit": "second"}, "version": "1.0"}, pipe)
"#;

const MANIFEST: &str = "[benchmarks]\n\nname\tmetafile\nquick\t<local>\nquick_variant\t<local:quick>\n# later\tno\nbroken\t<local>\nseveral\t<local>\n\
    future\t<local>\nneedy\t<local>\nsilent\t<local>\nmoody\t<local>\n\n[group default]\nquick\n";

/// Prints too, which must not disturb the line.
const QUICK: &str = "import pyperf\nprint('hello')\nrunner = pyperf.Runner()\nrunner.argparser.add_argument('--variant', action='store_true')\n\
    runner.bench_func('quick', lambda: sum(range(1000)))\nprint('bye')\n";
const SEVERAL: &str = "import pyperf\nrunner = pyperf.Runner()\nfor name in ('first', 'second'):\n    runner.bench_func('several_' + name, lambda: sum(range(1000)))\n";
/// Of one Python's packages it works, of another's it tells.
const NEEDY: &str = "import pyperf, something, sys\nif something.PYTHON != '3.11':\n    sys.exit('packages for ' + something.PYTHON)\n\
    pyperf.Runner().bench_func('needy', lambda: sum(range(1000)))\n";
const MOODY: &str = "import pyperf, sys\nrunner = pyperf.Runner()\nif not runner.parse_args().calibrate_loops:\n    sys.exit('not while it counts')\n\
    runner.bench_func('moody', lambda: sum(range(1000)))\n";

/// As pip is called, of an index of a folder for each Python, and one for any. Every call is a line of `asked`.
const PIP: &str = r#"
index=$(dirname "$0")/index python=any
[ "$1" = --version ] && exit 0
echo "$@" >> "$(dirname "$0")/asked"
while [ $# -gt 0 ]; do
    case $1 in
        --python-version) python=$2 ;;
        --dest) destination=$2 ;;
        --requirement) requirements=$2 ;;
    esac
    shift
done
if ! grep -q something "$requirements" || ! [ -e "$index/$python" ]; then
    echo "ERROR: No matching distribution found for something==1.0" >&2
    exit 1
fi
cp "$index/$python"/*.whl "$destination"
"#;

pub(super) struct PackWorld {
    folder: tempfile::TempDir,
    pub(super) store: Store,
    pins: Vec<Pin>,
}

impl PackWorld {
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    /// With these files in the wheel of pyperf beside its own.
    pub(super) fn with(more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store")).expect("a store");
        let pyperf: Vec<(String, String)> = [("pyperf/__init__.py", PYPERF)]
            .iter()
            .chain(more)
            .map(|(path, text)| (if path.starts_with("..") { format!("pyperf/{path}") } else { (*path).to_owned() }, (*text).to_owned()))
            .collect();
        let pins = vec![keep(&store, "pyperf==0.1", &pyperf), keep(&store, "pyperformance==0.2", &pyperformance())];
        shell_script(&folder.path().join("pip"), PIP);
        Self { folder, store, pins }
    }

    pub(super) fn obtain(&self) -> Result<Pack, PackError> {
        obtain(&Access { offline: true, ..self.access() }, &self.pins, &Silent)
    }

    /// By a pip of the test's own.
    pub(super) fn access(&self) -> Access<'_> {
        Access { store: &self.store, pip: Pip::at(&self.folder.path().join("pip")), offline: false, refresh: false }
    }

    /// The index has what the needy benchmark needs, for this Python.
    pub(super) fn publish(&self, python: &str, content: &str) -> String {
        let file = format!("something-1.0-cp{0}-cp{0}-linux_x86_64.whl", python.replace('.', ""));
        write(&self.folder.path().join("index").join(python).join(&file), &wheel(&[("something.py".to_owned(), content.to_owned())]));
        file
    }

    /// What pip was asked for since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        let log = self.folder.path().join("asked");
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let _ = std::fs::remove_file(log);
        said.lines().map(str::to_owned).collect()
    }

    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another machine's, at the same path.
    pub(super) fn empty(&self) {
        std::fs::remove_dir_all(self.store.root()).expect("removed");
        std::fs::create_dir_all(self.store.root().join("locks")).expect("made");
    }

    /// Changes a wheel in the store.
    pub(super) fn damage(&self) {
        write(&self.store.blob(&Checksum::Sha256(self.pins[0].sha256)), b"another file");
    }
}

fn pyperformance() -> Vec<(String, String)> {
    let data = |path: &str| format!("pyperformance/data-files/benchmarks/{path}");
    let mut files = vec![("pyperformance/cli.py".to_owned(), String::new()), (data("MANIFEST"), MANIFEST.to_owned())];
    let scripts = [
        ("quick", QUICK),
        ("broken", "import sys\nprint('no such thing here', file=sys.stderr)\nsys.exit(3)\n"),
        ("several", SEVERAL),
        ("future", QUICK),
        ("needy", NEEDY),
        ("silent", "import pyperf\n"),
        ("moody", MOODY),
    ];
    for (name, script) in scripts {
        let python = if name == "future" { "3.99" } else { "3.8" };
        files.push((data(&format!("bm_{name}/run_benchmark.py")), script.to_owned()));
        let toml = format!("[project]\nname = \"x\"\nrequires-python = \">={python}\"\n\n[tool.pyperformance]\nname = \"{name}\"\n");
        files.push((data(&format!("bm_{name}/pyproject.toml")), toml));
    }
    files.push((data("bm_quick/bm_quick_variant.toml"), "[tool.pyperformance]\nextra_opts = [\"--variant\"]\n".to_owned()));
    files.push((data("bm_needy/requirements.txt"), "something==1.0\n".to_owned()));
    files
}

fn keep(store: &Store, requirement: &str, files: &[(String, String)]) -> Pin {
    let bytes = wheel(files);
    let sha256 = Sha256::of(&bytes);
    write(&store.blob(&Checksum::Sha256(sha256)), &bytes);
    Pin { requirement: requirement.to_owned(), sha256 }
}

fn wheel(files: &[(String, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in files {
        writer.start_file(path.as_str(), SimpleFileOptions::default()).expect("a file");
        writer.write_all(text.as_bytes()).expect("its content");
    }
    writer.finish().expect("a wheel").into_inner()
}
