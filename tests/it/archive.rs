//! Against the host's own archive, opted into with SURTAX_TEST_NETWORK=1: a real Python is provisioned and runs from its sysroot.

use surtax::debian::{Request, provision};
use surtax::process::Job;
use surtax::recipe::Recipe;
use surtax::store::Store;
use surtax::ui::{Silent, Terminal};

#[test]
fn the_hosts_release_is_provisioned_and_its_python_runs() {
    if std::env::var_os("SURTAX_TEST_NETWORK").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let request = Request::new(Recipe::named("host").expect("the default recipe"));
    let made = provision(&store, &request, &Terminal::new(false)).expect("provisioned");
    assert!(!made.reused);
    assert!(made.downloaded_bytes > made.lock.total_bytes());

    let started = std::time::Instant::now();
    let again = provision(&store, &request, &Silent).expect("provisioned again");
    let warm = started.elapsed();
    assert!(again.reused && again.key == made.key && again.downloaded_bytes == 0);
    assert!(warm.as_millis() < 50, "a warm provision took {warm:?}");

    let root = &made.sysroot;
    let library = root.join("usr/lib/x86_64-linux-gnu");
    let program = "import ssl, ctypes, sqlite3, hashlib, os, sys\nprint(os.makedirs.__code__.co_filename)\nprint(os.__cached__)";
    let text = Job::new(root.join("lib64/ld-linux-x86-64.so.2"))
        .args(["--library-path", library.to_str().expect("text")])
        .arg(root.join(format!("usr/bin/python{}", made.python)))
        .args(["-s", "-c", program])
        .env("PYTHONHOME", root.join("usr"))
        .run_for_text()
        .expect("python runs");
    let shown = store.home(&made.key).join(format!("lib/python{}/textwrap.py", made.python));
    assert!(text.contains(&store.home(&made.key).display().to_string()), "{text} {}", shown.display());
}
