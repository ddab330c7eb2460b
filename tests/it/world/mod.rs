//! The fixture world: a host, a store, an archive with tiny real packages, and the server that is its mirror.

#![allow(unreachable_pub, reason = "a library to the tests beside it, though no crate of its own")]

pub mod archive;
pub mod deb;
pub mod server;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use pgp::ser::Serialize as _;
use surtax::debian::{Host, NoFinish, ProvisionError, Provisioned, Request, provision_with};
use surtax::fetch::Patience;
use surtax::process::Job;
use surtax::recipe::Recipe;
use surtax::store::Store;
use surtax::ui::{Bar, Reporter, Silent, Unit};

pub use archive::{Hash, Signed, SourceFiles, Suite, tarball};
pub use deb::{Compression, Content, Deb};
pub use server::{Fault, Server};

pub struct World {
    folder: tempfile::TempDir,
    pub server: Server,
    pub host: Host,
    pub said: Said,
}

/// What the person was told.
#[derive(Default)]
pub struct Said(Mutex<Vec<String>>);

impl Said {
    pub fn text(&self) -> String {
        self.0.lock().expect("lines").join("\n")
    }
}

impl Reporter for Said {
    fn bar(&self, label: &str, total: Option<u64>, unit: Unit) -> Box<dyn Bar> {
        Silent.bar(label, total, unit)
    }

    fn step(&self, text: &str) {
        self.0.lock().expect("lines").push(text.into());
    }

    fn warn(&self, text: &str) {
        self.0.lock().expect("lines").push(format!("warning: {text}"));
    }
}

impl World {
    /// A host of the release `tester`, whose apt sources name the server, with the packages of [`python`].
    pub fn new() -> Self {
        Self::with(&[Suite::new("tester", python("4.2", "4.2.1-1"))])
    }

    pub fn with(suites: &[Suite]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let server = Server::start();
        let mut keyring = Vec::new();
        archive::public_key(false).to_writer(&mut keyring).expect("a keyring");
        write(&path("keyrings/testian-archive.gpg"), &keyring);
        write(&path("os-release"), b"ID=testian\nVERSION_CODENAME=\"tester\"\n");
        write(&path("loader"), b"");
        let host = Host {
            machine: "x86_64".into(),
            loaders: vec![path("loader")],
            os_release: vec![path("os-release")],
            apt: path("apt"),
            keyrings: vec![path("keyrings")],
            mirrors: Vec::new(),
            config: None,
            now: jiff::Timestamp::now(),
            patience: Patience { attempts: 3, first_pause: Duration::from_millis(1) },
        };
        let world = Self { folder, server, host, said: Said::default() };
        let dists: Vec<_> = suites.iter().map(|suite| suite.dist).collect();
        let source = dists.iter().map(|dist| format!("deb {} {dist} main\n", world.server.url())).collect::<String>();
        write(&world.host.apt.join("sources.list"), source.as_bytes());
        world.publish(suites);
        world
    }

    pub fn publish(&self, suites: &[Suite]) {
        let mut files = HashMap::new();
        suites.iter().for_each(|suite| suite.files(&mut files));
        self.server.set_files(files);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn store(&self) -> Store {
        Store::open(&self.path("store")).expect("a store")
    }

    pub fn request(&self) -> Request {
        Request::new(Recipe::named("host").and_then(Recipe::archive).expect("the default recipe"))
    }

    pub fn provision(&self) -> Result<Provisioned, ProvisionError> {
        self.ask(&self.request())
    }

    pub fn ask(&self, request: &Request) -> Result<Provisioned, ProvisionError> {
        provision_with(&self.store(), request, &self.host, &NoFinish, &self.said)
    }

    /// A failure must leave nothing that stands in the way.
    pub fn assert_store_is_good(&self) {
        let left = std::fs::read_dir(self.path("store/scratch")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "scratch folders are left");
        self.server.heal();
        let made = self.provision().expect("a good provision after a bad one");
        assert!(made.sysroot.join("usr/bin/python4.2").is_file());
    }
}

pub fn write(path: &Path, bytes: &[u8]) {
    surtax::fs::write_atomic(path, bytes).expect("written");
}

/// A subject or tool that is a shell script. `install` writes it: a file that this process had open for writing could still be so in a
/// child that another test has just forked, and could then not be started ("text file busy").
pub fn shell_script(path: &Path, body: &str) -> PathBuf {
    let install = Job::new("/usr/bin/install").args(["-D", "-m", "755", "/dev/stdin"]).arg(path);
    install.stdin(format!("#!/bin/sh\n{body}\n")).run_for_text().expect("installed");
    path.to_owned()
}

/// A C program or library, compiled and linked with `flags`.
pub fn compiled(path: &Path, source: &str, flags: &[&str]) -> PathBuf {
    let gcc = Job::new("/usr/bin/gcc").env("PATH", "/usr/bin:/bin").args(["-x", "c", "-", "-o"]).arg(path).args(flags);
    gcc.stdin(source).run_for_text().expect("compiled");
    path.to_owned()
}

/// A Python of that version, as a distribution packages it.
pub fn python(python: &str, version: &str) -> Vec<Deb> {
    let of = |name: String| Deb::new(&name, version).source(&format!("python{python}"));
    vec![
        Deb::new("python3", "4.2-1").source("python3-defaults (4.2)").depends(&format!("python{python} (>= 4.2~), python3-minimal")),
        of(format!("libpython{python}-dev"))
            .depends(&format!("libpython{python}-stdlib (= {version}), libpython{python}t64 (= {version}), zlib1g-dev"))
            .file(&format!("./usr/lib/x86_64-linux-gnu/libpython{python}.a"), "!<arch>\n"),
        of(format!("libpython{python}t64"))
            .depends("libc6 (>= 2.30)")
            .compression(Compression::Zstd)
            .file(&format!("./usr/lib/x86_64-linux-gnu/libpython{python}.so.1.0"), "elf"),
        of(format!("libpython{python}-stdlib"))
            .compression(Compression::Gzip)
            .file(&format!("./usr/lib/python{python}/os.py"), "import sys\n")
            .file(&format!("./usr/share/doc/libpython{python}-stdlib/copyright"), "long"),
        of(format!("python{python}"))
            .depends(&format!("libpython{python}-stdlib (= {version}), media-types | mime-support"))
            .entry(&format!("./usr/bin/python{python}"), Content::File(b"#!/bin/true\n".to_vec(), 0o4755)),
        Deb::new("zlib1g-dev", "1:1.2-1")
            .depends("zlib1g (= 1:1.2-1)")
            .entry("./usr/lib/x86_64-linux-gnu/libz.so", Content::Symlink("/lib/x86_64-linux-gnu/libz.so.1".into())),
        Deb::new("zlib1g", "1:1.2-1")
            .depends("libc6:any (>= 2.3), debconf (>= 0.5) | debconf-2.0")
            .file("./lib/x86_64-linux-gnu/libz.so.1", "zlib"),
        Deb::new("libc6", "2.40-1")
            .compression(Compression::None)
            .file("./lib/x86_64-linux-gnu/libc.so.6", "libc")
            .entry("./lib64/ld-linux-x86-64.so.2", Content::Symlink("/lib/x86_64-linux-gnu/libc.so.6".into())),
        Deb::new("binutils-x86-64-linux-gnu", "2.47-1")
            .depends("binutils-common (= 2.47-1), libbinutils (= 2.47-1), libstdc++6 (>= 5), libc6")
            .file("./usr/bin/x86_64-linux-gnu-ld.bfd", "ld")
            .file("./usr/lib/x86_64-linux-gnu/ldscripts/elf_x86_64.x", "script"),
        Deb::new("libbinutils", "2.47-1").depends("libc6, binutils-common (= 2.47-1)"),
        Deb::new("musl-dev", "9").file("./usr/include/musl.h", ""),
        Deb::new("libc6-dev", "2.40-1").field("Provides", "libc-dev").depends("libc6 (= 2.40-1)").file("./usr/include/stdio.h", ""),
    ]
}
