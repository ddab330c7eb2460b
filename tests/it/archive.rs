//! Against the host's own archive, opted into with SURTAX_TEST_NETWORK=1: a real Python is provisioned and runs from its sysroot.

use std::time::Instant;

use surtax::debian::{Request, provision, source_package};
use surtax::process::Job;
use surtax::recipe::Recipe;
use surtax::store::Store;
use surtax::ui::{Bar, Reporter, Silent, Unit, talk};
use surtax::unpack::{Tree, tarball};

use crate::needs;

#[test]
fn the_hosts_release_is_provisioned_and_its_python_runs() {
    if !needs::asked_for("SURTAX_TEST_NETWORK") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let request = Request::new(Recipe::named("host").and_then(Recipe::archive).expect("the default recipe"));
    let started = Instant::now();
    let made = provision(&store, &request, &Timed(started)).expect("provisioned");
    talk(&format!("{:7.3} s ready", started.elapsed().as_secs_f64()));
    assert!(!made.reused);
    assert!(made.downloaded_bytes > made.lock.total_bytes());

    let again = provision(&store, &request, &Silent).expect("provisioned again");
    assert!(again.reused && again.key == made.key && again.downloaded_bytes == 0);

    let source = source_package(&store, &request, &made, &Silent).expect("its source");
    assert!(source.exact && source.tarball.is_file());
    std::fs::create_dir(folder.path().join("source")).expect("a folder");
    let tree = Tree::open(&folder.path().join("source")).expect("a folder");
    tarball(&source.tarball, &tree, 1, &|path| path.starts_with("Modules/_hacl") || path == "LICENSE").expect("unpacked");
    assert!(tree.path().join("LICENSE").is_file());

    let root = &made.sysroot;
    let library = root.join("usr/lib/x86_64-linux-gnu");
    let program = "import ssl, ctypes, sqlite3, hashlib, textwrap\nprint(textwrap.wrap.__code__.co_filename)";
    let text = Job::new(root.join("lib64/ld-linux-x86-64.so.2"))
        .args(["--library-path", library.to_str().expect("text")])
        .arg(root.join(format!("usr/bin/python{}", made.python)))
        .args(["-s", "-c", program])
        .env("PYTHONHOME", root.join("usr"))
        .run_for_text()
        .expect("python runs");
    assert_eq!(text.trim(), root.join(format!("usr/lib/python{}/textwrap.py", made.python)).display().to_string());
    // Compiled for the place that the standard library is seen at, and without a look at the source (PEP 552: flags 1).
    let folder = root.join(format!("usr/lib/python{}/__pycache__", made.python));
    let compiled =
        std::fs::read_dir(&folder).expect("compiled").flatten().find(|entry| entry.file_name().to_string_lossy().starts_with("textwrap."));
    let bytes = std::fs::read(compiled.expect("textwrap").path()).expect("readable");
    assert_eq!(bytes[4..8], [1, 0, 0, 0]);
    let shown = store.home(&made.key).join(format!("lib/python{}/textwrap.py", made.python)).display().to_string();
    assert!(bytes.windows(shown.len()).any(|window| window == shown.as_bytes()));
}

/// Says when each step was done.
struct Timed(Instant);

impl Reporter for Timed {
    fn bar(&self, label: &str, total: Option<u64>, unit: Unit) -> Box<dyn Bar> {
        talk(&format!("{:7.3} s {label}", self.0.elapsed().as_secs_f64()));
        Silent.bar(label, total, unit)
    }

    fn step(&self, text: &str) {
        talk(&format!("{:7.3} s {text}", self.0.elapsed().as_secs_f64()));
    }

    fn warn(&self, text: &str) {
        self.step(text);
    }
}
