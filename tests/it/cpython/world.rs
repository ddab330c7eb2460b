//! A CPython that is built in a second: `toy/`, with the real one's file names, variables and targets, and a compiler that keeps a list of its calls.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use surtax::cpython::{Compilation, CpythonError, Demand, Source, compile, is_built};
use surtax::digest::Key;
use surtax::libpython::Offer;
use surtax::process::Job;
use surtax::recipe::{CompilerChoice, CompilerFamily, Cpython, Origin, Profile, PythonVersion};
use surtax::store::Store;
use surtax::variant::VariantName;

use crate::world::{Said, shell_script};

/// What the first and every other build needs nothing but, where a test is about something else.
pub(super) const ONE: &str = "static-nonpic-pgo";

pub(super) struct World {
    folder: PathBuf,
    pub said: Said,
    /// Removes the folder at the end.
    _temporary: Option<tempfile::TempDir>,
}

impl World {
    pub(super) fn new() -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        let world = Self { folder: temporary.path().to_owned(), said: Said::default(), _temporary: Some(temporary) };
        let toy = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cpython/toy");
        Job::new("/bin/cp").arg("-r").arg(toy).arg(world.path("source")).run_for_text().expect("copied");
        world.compiler("");
        world
    }

    /// The world of another process.
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), said: Said::default(), _temporary: None }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn store(&self) -> Store {
        Store::open(&self.path("store")).expect("a store")
    }

    /// The compiler of the recipes: gcc behind a shell script, which first writes its arguments down and then does what `body` says.
    pub(super) fn compiler(&self, body: &str) {
        let calls = self.path("calls");
        let script = format!("printf '%s\\n' \"$*\" >>'{}'\n{body}\nexec /usr/bin/gcc \"$@\"", calls.display());
        shell_script(&self.path("bin/gcc"), &script);
    }

    /// A compiler whose arguments have been through `sed`: it takes an option and does otherwise.
    pub(super) fn compiler_without(&self, option: &str) {
        self.compiler(&format!("for word; do shift; case $word in {option}) ;; *) set -- \"$@\" \"$word\" ;; esac; done"));
    }

    /// The compiler's calls since the last call of this, but for questions about its version.
    pub(super) fn calls(&self) -> Vec<String> {
        let path = self.path("calls");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let _ = std::fs::remove_file(&path);
        text.lines().filter(|call| !["--version", "-dumpversion"].contains(call)).map(str::to_owned).collect()
    }

    pub(super) fn recipe(&self, variants: &str) -> Cpython {
        let variants: Vec<VariantName> = variants.split_whitespace().map(|name| name.parse().expect("a name")).collect();
        Cpython {
            python: PythonVersion::new(3, 13),
            version: None,
            origin: Origin::Path { path: self.path("source"), sha256: None },
            patches: Vec::new(),
            compiler: CompilerChoice {
                family: CompilerFamily::Gcc,
                program: Some(self.path("bin/gcc").to_string_lossy().into_owned()),
                at_least: None,
            },
            configure: Vec::new(),
            cflags: Vec::new(),
            static_modules: ["_sha2", "_blake2"].map(Into::into).to_vec(),
            profile: Profile { tasks: vec![self.task()], packages: Vec::new(), data: None },
            stock: variants[0],
            variants: variants.clone(),
            full: variants,
        }
    }

    /// A profile task that leaves a line in `runs`.
    pub(super) fn task(&self) -> Vec<String> {
        vec!["run".into(), self.path("runs").to_string_lossy().into_owned()]
    }

    pub(super) fn runs(&self) -> String {
        std::fs::read_to_string(self.path("runs")).unwrap_or_default()
    }

    pub(super) fn source(&self) -> Source {
        Source {
            key: Key::of("toy", [("of", "the tests")]),
            folder: self.path("source"),
            version: "3.13.99".into(),
            description: "a small CPython".into(),
            sha256: None,
        }
    }

    pub(super) fn compile(&self, recipe: &Cpython) -> Result<Compilation, CpythonError> {
        let source = self.source();
        compile(&self.store(), &Demand { name: "toy", recipe, source: &source, variants: recipe.variants.clone() }, &self.said)
    }

    pub(super) fn is_built(&self, recipe: &Cpython) -> Vec<bool> {
        let source = self.source();
        is_built(&self.store(), &Demand { name: "toy", recipe, source: &source, variants: recipe.variants.clone() }).expect("an answer")
    }

    /// The trees of the store, in the order of their names.
    pub(super) fn trees(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path("store/cpython/trees")).into_iter().flatten().flatten();
        let mut trees: Vec<_> = entries.map(|entry| entry.path()).collect();
        trees.sort();
        trees
    }

    /// A file of the one tree's build folder.
    pub(super) fn built(&self, name: &str) -> PathBuf {
        let trees = self.trees();
        assert_eq!(trees.len(), 1, "{trees:?}");
        trees[0].join("build").join(name)
    }

    /// A folder with the profile that an instrumented build of the source as it is now leaves, made without surtax.
    pub(super) fn profile(&self) -> PathBuf {
        let folder = self.path("profile");
        std::fs::create_dir(&folder).expect("created");
        let script = "exec 2>&1
            ../source/configure CC=/usr/bin/gcc && grep -e '^_sha2' -e '^_blake2' Modules/Setup.stdlib >Modules/Setup.local &&
            make -W Modules/Setup.local Makefile &&
            make -j2 CFLAGS_NODIST='-fno-pie -fprofile-generate' LDFLAGS_NODIST=-fprofile-generate LINKCC='gcc -no-pie' python && ./python &&
            find . -type f ! -name '*.gcda' -delete && rm Programs/*";
        let sh = Job::new("/bin/sh").args(["-e", "-c", script]).env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir(&folder);
        let finished = sh.run().expect("it runs");
        assert!(finished.status.success(), "{}", finished.stdout_text());
        folder
    }

    /// Changes a file of the source.
    pub(super) fn edit(&self, name: &str, from: &str, to: &str) {
        let path = self.path("source").join(name);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{name} has no {from}");
        std::fs::write(path, text.replace(from, to)).expect("written");
    }
}

/// The library of each variant that was demanded.
pub(super) fn libraries(compilation: &Compilation) -> Vec<(String, PathBuf)> {
    let library = |offer: &Offer| offer.build.as_ref().expect("a build").library.path().clone();
    compilation.offers.iter().map(|offer| (offer.name.to_string(), library(offer))).collect()
}

/// What a call of the compiler compiles: `Objects/dict.o`.
pub(super) fn compiled(calls: &[String]) -> Vec<&str> {
    let object = |call: &'_ String| call.split(' ').any(|word| word == "-c").then(|| call.split(" -o ").nth(1)).flatten().is_some();
    let mut objects: Vec<&str> =
        calls.iter().filter(|call| object(call)).filter_map(|call| call.split(" -o ").nth(1)?.split(' ').next()).collect();
    objects.sort_unstable();
    objects
}

/// The members of an archive, in their order.
pub(super) fn members(archive: &Path) -> Vec<String> {
    let text = Job::new("/usr/bin/ar").arg("t").arg(archive).run_for_text().expect("an archive");
    text.lines().map(str::to_owned).collect()
}

/// Set in the process that [`in_child`] starts.
pub(super) const CHILD: &str = "SURTAX_TEST_IN_CHILD";

/// The same test in a process of its own, where it may be killed, or have another environment. `value` is what it finds in [`CHILD`].
pub(super) fn in_child(test: &str, value: impl AsRef<OsStr>) -> Job {
    Job::new(std::env::current_exe().expect("this test")).args(["--exact", test, "--nocapture"]).inherit_environment().env(CHILD, value)
}
