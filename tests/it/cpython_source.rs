//! The source of CPython: from a signed package, a URL, a tarball, a checkout; patched, and refused where it is not what the recipe says.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use surtax::cpython::{Access, Source, SourceError, obtain, obtain_with};
use surtax::debian::ProvisionError;
use surtax::digest::Sha256;
use surtax::error::{Exit, Explain as _};
use surtax::fetch::Fetcher;
use surtax::process::Job;
use surtax::recipe::{Cpython, Recipe, Source as RecipeSource};
use surtax::store::Store;
use surtax::unpack::UnpackError;

use crate::needs;
use crate::world::deb::xz;
use crate::world::{Fault, SourceFiles, Suite, World, python, tarball, write};

/// What Python's own source is, as far as surtax looks at it.
fn files(version: &str) -> Vec<(String, String)> {
    let define = format!("/* of */\n#define PY_VERSION              \"{version}\"\n#define PY_VERSION_HEX 0\n");
    [("configure", "#!/bin/sh\n"), ("Include/patchlevel.h", &define), ("Python/ceval.c", "one\ntwo\nthree\nfour\nfive\n")]
        .map(|(path, content)| (path.to_owned(), content.to_owned()))
        .to_vec()
}

fn release(version: &str) -> Vec<u8> {
    release_with(version, &[])
}

fn release_with(version: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let files: Vec<_> = files(version).into_iter().map(|(path, content)| (format!("Python-{version}/{path}"), content)).collect();
    let own = files.iter().map(|(path, content)| (path.as_str(), content.as_str()));
    xz(&tarball(&own.chain(more.iter().copied()).collect::<Vec<_>>()))
}

fn packaged(version: &str) -> SourceFiles {
    let upstream = version.rsplit_once('-').expect("a revision").0;
    SourceFiles::of("python4.2", version, release(&upstream.replace('~', "")))
}

fn suite(sources: &[SourceFiles]) -> Suite {
    Suite { sources: sources.to_vec(), ..Suite::new("tester", python("4.2", "4.2.1-1")) }
}

fn world(sources: &[SourceFiles]) -> World {
    World::with(&[suite(sources)])
}

/// A recipe beside the world's other files.
fn recipe(world: &World, fields: &str) -> Cpython {
    let variants = "variants: [{linkage: static, code-model: non-pic, pgo: true}]";
    let text = format!("kind: cpython\npython: '4.2'\n{fields}\n{variants}\n");
    match Recipe::parse(&world.path("mine.yaml"), &text).expect("a recipe").source {
        RecipeSource::Cpython(cpython) => *cpython,
        RecipeSource::Archive(_) => panic!("{text}"),
    }
}

fn ask(world: &World, fields: &str) -> Result<Source, SourceError> {
    ask_by(world, fields, &Access::default())
}

fn ask_by(world: &World, fields: &str, access: &Access) -> Result<Source, SourceError> {
    let outcome = obtain_with(&world.store(), &recipe(world, fields), access, &world.host, &world.said);
    let left = std::fs::read_dir(world.path("store/scratch")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "scratch folders are left");
    if outcome.is_err() {
        assert!(outcome.as_ref().err().and_then(|error| error.hint()).is_some_and(|hint| !hint.is_empty()));
    }
    outcome
}

const PACKAGE: &str = "source: {package: host}";

fn offline() -> Access {
    Access { offline: true, ..Access::default() }
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("readable")
}

#[test]
fn a_releases_source_package_is_found_verified_and_unpacked() {
    let world = world(&[packaged("4.2.0-3"), packaged("4.2.1-1"), packaged("4.2.1~rc1-1")]);
    let source = ask(&world, PACKAGE).expect("obtained");
    assert_eq!((source.version.as_str(), source.description.as_str()), ("4.2.1", "python4.2 4.2.1-1 of tester"));
    assert_eq!(source.sha256, Some(Sha256::of(&release("4.2.1"))));
    assert_eq!(source.folder, world.store().sources(&source.key));
    let mode = std::fs::metadata(source.folder.join("configure")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o755, "it can be run");
    // Neither a package nor a list of them was asked for.
    let requests = world.server.requests();
    assert!(!requests.iter().any(|path| path.contains("binary-amd64") || path.ends_with(".deb")), "{requests:?}");
    assert_eq!(requests.iter().filter(|path| path.contains("pool/")).count(), 1, "{requests:?}");
    // Equal times: no file is older than what it is made of.
    let time = |name: &str| std::fs::metadata(source.folder.join(name)).expect("there").modified().expect("a time");
    assert_eq!(time("configure"), time("Python/ceval.c"));
    // The second time nobody is asked, and offline neither.
    let again = ask(&world, PACKAGE).expect("in the store");
    assert_eq!((&again.key, &again.folder), (&source.key, &source.folder));
    ask_by(&world, PACKAGE, &offline()).expect("offline");
    assert_eq!(world.server.requests().len(), requests.len());
    assert!(!world.said.text().contains("warning"), "{}", world.said.text());
    // A folder without a stamp is made anew, from what was fetched.
    std::fs::remove_file(source.folder.join(surtax::store::Stamp::NAME)).expect("removed");
    std::fs::remove_file(source.folder.join("configure")).expect("removed");
    ask_by(&world, PACKAGE, &offline()).expect("made anew");
    assert!(source.folder.join("configure").is_file());
}

#[test]
fn a_newer_package_is_taken_when_it_is_asked_for() {
    let world = world(&[packaged("4.2.1-1")]);
    let first = ask(&world, PACKAGE).expect("obtained");
    world.publish(&[suite(&[packaged("4.2.1-1"), packaged("4.2.2-1")])]);
    assert_eq!(ask(&world, PACKAGE).expect("remembered").version, "4.2.1");
    let refresh = Access { refresh: true, ..Access::default() };
    let newer = ask_by(&world, PACKAGE, &refresh).expect("asked again");
    assert_eq!(newer.version, "4.2.2");
    assert_ne!(newer.key, first.key);
    // The very version that a recipe insists on is found among them.
    let insists = format!("{PACKAGE}\nversion: 4.2.1");
    assert_eq!(ask(&world, &insists).expect("there").key, first.key);
    let error = ask(&world, &format!("{PACKAGE}\nversion: 4.2.9")).expect_err("nowhere");
    let says = "the source python4.2 4.2.9 of Testian 7 cannot be had: the signed indexes list only 4.2.1-1, 4.2.2-1";
    assert_eq!(error.to_string(), says);
}

#[test]
fn an_older_package_stands_in_with_a_warning() {
    let world = world(&[SourceFiles::missing("python4.2", "4.2.1-2"), SourceFiles::missing("python4.2", "4.2.1-1"), packaged("4.2.0-1")]);
    assert_eq!(ask(&world, PACKAGE).expect("the older one").version, "4.2.0");
    let says = "warning: no mirror has the source of python4.2 4.2.1-2; 4.2.0-1 is taken, the nearest older one that is there";
    assert!(world.said.text().contains(says), "{}", world.said.text());
    ask_by(&world, PACKAGE, &offline()).expect("remembered");
    assert_eq!(world.said.text().matches(says).count(), 2, "it is still the older one");
}

#[test]
fn a_package_that_cannot_be_had_says_why() {
    for (sources, says) in [
        (vec![], "the signed indexes list no such source"),
        (
            vec![SourceFiles::missing("python4.2", "4.2.1-2"), SourceFiles::missing("python4.2", "4.2.1-1")],
            "python4.2 4.2.1-2: cannot fetch",
        ),
    ] {
        let world = world(&sources);
        let error = ask(&world, PACKAGE).expect_err(says);
        assert!(
            error.to_string().starts_with("the source python4.2 of Testian 7 cannot be had: ") && error.to_string().contains(says),
            "{error}"
        );
        assert!(!error.to_string().contains("4.2.1-1:"), "one tarball is missing once: {error}");
        assert_eq!(error.exit(), Exit::Fetch);
        assert!(error.hint().is_some_and(|hint| hint.contains("--mirror URL") && hint.contains("source: {path: FILE}")));
        world.publish(&[suite(&[packaged("4.2.1-1")])]);
        ask(&world, PACKAGE).expect("there by now");
    }
    let world = world(&[packaged("4.2.1-1")]);
    let error = ask_by(&world, PACKAGE, &offline()).expect_err("nothing in the store");
    assert_eq!(error.hint().as_deref(), Some("run it once without --offline"), "{error}");
    world.server.fault("orig.tar.xz", Fault::WrongBytes);
    let error = ask(&world, PACKAGE).expect_err("tampered with");
    assert!(error.to_string().contains("not what its index promises"), "{error}");
}

#[test]
fn an_index_signed_by_a_stranger_is_no_index() {
    let world = World::with(&[Suite { signed: crate::world::Signed::ByStranger, ..suite(&[packaged("4.2.1-1")]) }]);
    let error = ask(&world, PACKAGE).expect_err("a stranger's");
    assert!(matches!(error, SourceError::Provision(ProvisionError::WrongSignature { .. })), "{error}");
    assert!(!world.server.requests().iter().any(|path| path.contains("pool/")));
}

/// The world's server, with one more file on it.
fn with_file(world: &World, name: &str, bytes: &[u8]) -> String {
    world.server.set_files([(name.to_owned(), bytes.to_vec())].into());
    format!("{}/{name}", world.server.url())
}

fn by_url(url: &str, bytes: &[u8]) -> String {
    format!("source: {{url: '{url}', sha256: {}}}", Sha256::of(bytes))
}

#[test]
fn a_url_is_fetched_once_and_known_by_its_hash() {
    let (world, bytes) = (World::new(), release("4.2.5"));
    let url = with_file(&world, "Python-4.2.5.tar.xz", &bytes);
    let fields = by_url(&url, &bytes);
    let error = ask_by(&world, &fields, &offline()).expect_err("not fetched yet");
    assert!(matches!(error, SourceError::NotInStore { .. }), "{error}");
    let source = ask(&world, &fields).expect("fetched");
    assert_eq!((source.version.as_str(), source.description.as_str()), ("4.2.5", "Python-4.2.5.tar.xz"));
    ask_by(&world, &fields, &offline()).expect("in the store");
    assert_eq!(world.server.requests(), ["Python-4.2.5.tar.xz"]);
    // The same content from elsewhere is the same source.
    write(&world.path("elsewhere.tar.xz"), &bytes);
    assert_eq!(ask(&world, "source: {path: elsewhere.tar.xz}").expect("local").key, source.key);
    std::fs::remove_dir_all(world.path("store")).expect("removed");
    let by_file = by_url(&format!("file://{}", world.path("elsewhere.tar.xz").display()), &bytes);
    assert_eq!(ask(&world, &by_file).expect("a file is a URL too").key, source.key);
}

#[test]
fn what_a_url_leads_to_must_be_what_the_recipe_says() {
    let (world, bytes) = (World::new(), release("4.2.5"));
    let url = with_file(&world, "Python-4.2.5.tar.xz", b"another file");
    let error = ask(&world, &by_url(&url, &bytes)).expect_err("another file");
    let (wanted, found) = (Sha256::of(&bytes), Sha256::of(b"another file"));
    assert_eq!(error.to_string(), format!("{url} is not what the recipe says: its SHA-256 is {found}, not {wanted}"));
    assert_eq!(error.exit(), Exit::Fetch);
    assert!(!world.path(&format!("store/blobs/partial/{wanted}")).exists(), "nothing of it was kept");
    let error = ask(&world, &by_url(&format!("{url}.gone"), &bytes)).expect_err("a 404");
    assert!(error.to_string().ends_with("the server says 404") && error.hint().is_some_and(|hint| hint.contains("source: {path: FILE}")));
    assert_eq!(error.exit(), Exit::Fetch);
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let (world, bytes) = (World::new(), release("4.2.5"));
    let url = with_file(&world, "Python-4.2.5.tar.xz", &bytes);
    world.server.fault("Python", Fault::TruncateOnce(100));
    ask(&world, &by_url(&url, &bytes)).expect("in two parts");
    assert_eq!(world.server.requests(), ["Python-4.2.5.tar.xz", "Python-4.2.5.tar.xz@100"]);

    let (world, bytes) = (World::new(), release("4.2.6"));
    let url = with_file(&world, "Python-4.2.6.tar.xz", &bytes);
    world.server.fault("Python", Fault::Truncate(50));
    let error = ask(&world, &by_url(&url, &bytes)).expect_err("never whole");
    assert!(error.to_string().contains("the connection ended after"), "{error}");
    world.server.heal();
    ask(&world, &by_url(&url, &bytes)).expect("the rest");
    let last = world.server.requests().pop().expect("asked");
    assert!(last.starts_with("Python-4.2.6.tar.xz@"), "{last}");
}

#[test]
fn a_whole_download_that_was_not_put_in_place_is_not_asked_for_again() {
    let (world, bytes) = (World::new(), release("4.2.5"));
    let url = with_file(&world, "Python-4.2.5.tar.xz", &bytes);
    let partial = world.store().partial_blob(&Sha256::of(&bytes).into());
    write(&partial, &bytes);
    ask(&world, &by_url(&url, &bytes)).expect("there already");
    assert!(world.server.requests().is_empty());
    // What is left of another file begins anew.
    let bytes = release("4.2.6");
    let url = with_file(&world, "Python-4.2.6.tar.xz", &bytes);
    write(&world.store().partial_blob(&Sha256::of(&bytes).into()), &[7; 5000]);
    ask(&world, &by_url(&url, &bytes)).expect("anew");
}

#[test]
fn a_download_of_unknown_size_has_an_end() {
    let world = World::new();
    let url = with_file(&world, "endless", &[0; 100]);
    let fetcher = Fetcher::new(world.host.patience).expect("a client");
    let checksum = Sha256::of(&[0; 100]).into();
    let error = fetcher.content(&world.store(), &url, &checksum, 99, &|_| ()).expect_err("too long");
    assert!(error.to_string().ends_with("it is larger than 99 bytes, which is more than surtax takes"), "{error}");
    fetcher.content(&world.store(), &url, &checksum, 100, &|_| ()).expect("just right");
}

#[test]
fn a_tarball_of_ones_own_is_checked_where_its_hash_is_given() {
    let (world, bytes) = (World::new(), release("4.2.7"));
    write(&world.path("sources/Python-4.2.7.tar.xz"), &bytes);
    let source = ask(&world, "source: {path: sources/Python-4.2.7.tar.xz}").expect("relative to the recipe");
    assert_eq!((source.version.as_str(), source.description.as_str()), ("4.2.7", "Python-4.2.7.tar.xz"));
    let with = |hash: Sha256| format!("source: {{path: sources/Python-4.2.7.tar.xz, sha256: {hash}}}");
    assert_eq!(ask(&world, &with(Sha256::of(&bytes))).expect("the right one").key, source.key);
    let error = ask(&world, &with(Sha256::of(b"x"))).expect_err("another");
    assert!(matches!(error, SourceError::OtherContent { .. }), "{error}");
}

#[test]
fn what_is_no_source_says_so() {
    let world = World::new();
    let no_version = [("x/configure", ""), ("x/Include/patchlevel.h", "#define PY_MAJOR_VERSION 4\n")];
    write(&world.path("text.tar.xz"), b"no tarball at all");
    write(&world.path("other.tar.xz"), &xz(&tarball(&[("x/README", "x")])));
    write(&world.path("unversioned.tar.xz"), &xz(&tarball(&no_version)));
    write(&world.path("built.tar.xz"), &release_with("4.2.1", &[("Python-4.2.1/pyconfig.h", "")]));
    write(&world.path("cut.tar.xz"), &release("4.2.1")[..100]);
    for (place, says) in [
        ("gone.tar.xz", "gone.tar.xz is no source of CPython: it cannot be read (No such file or directory"),
        ("text.tar.xz", "text.tar.xz is no source of CPython: it cannot be read as a tarball"),
        ("cut.tar.xz", "cut.tar.xz is no source of CPython: it cannot be read as a tarball"),
        ("other.tar.xz", "other.tar.xz is no source of CPython: it holds no configure"),
        ("unversioned.tar.xz", "unversioned.tar.xz is no source of CPython: its Include/patchlevel.h names no version"),
        ("built.tar.xz", "built.tar.xz was built in place: it holds pyconfig.h"),
    ] {
        let error = ask(&world, &format!("source: {{path: {place}}}")).expect_err(says);
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.exit(), Exit::Usage, "{error}");
    }
}

#[test]
fn a_tarball_cannot_leave_its_folder() {
    for path in ["Python-4.2.1/../../evil", "../evil", "/evil/evil"] {
        let world = World::new();
        write(&world.path("evil.tar.xz"), &release_with("4.2.1", &[(path, "x")]));
        let error = ask(&world, "source: {path: evil.tar.xz}").expect_err(path);
        let SourceError::Unpack(UnpackError::LeadsOutside { archive, path: shown }) = &error else { panic!("{path}: {error}") };
        assert_eq!((archive.as_str(), shown.as_str()), ("evil.tar.xz", path));
        assert!(!world.path("store/sources").exists() && !world.path("store/scratch/evil").exists());
    }
}

#[test]
fn the_source_of_another_python_is_refused() {
    let world = World::new();
    write(&world.path("Python-4.3.0.tar.xz"), &release("4.3.0"));
    write(&world.path("Python-4.2.1.tar.xz"), &release("4.2.1"));
    let error = ask(&world, "source: {path: Python-4.3.0.tar.xz}").expect_err("another Python");
    assert_eq!(error.to_string(), "Python-4.3.0.tar.xz is the source of CPython 4.3.0; the recipe says 4.2");
    ask(&world, "source: {path: Python-4.2.1.tar.xz}").expect("the right one");
    // Also where the store has it already.
    let error = ask(&world, "source: {path: Python-4.2.1.tar.xz}\nversion: 4.2.2").expect_err("another version");
    assert_eq!(error.to_string(), "Python-4.2.1.tar.xz is the source of CPython 4.2.1; the recipe says 4.2.2");
    assert_eq!(error.exit(), Exit::Usage);
}

fn checkout(world: &World, version: &str) {
    for (path, content) in files(version) {
        write(&world.path("cpython").join(path), content.as_bytes());
    }
    std::fs::set_permissions(world.path("cpython/configure"), std::fs::Permissions::from_mode(0o755)).expect("set");
    write(&world.path("cpython/.git/HEAD"), b"ref: refs/heads/main\n");
}

#[test]
fn a_checkout_is_copied_and_known_by_its_content() {
    let (world, fields) = (World::new(), "source: {path: cpython}");
    checkout(&world, "4.2.0a3+");
    std::os::unix::fs::symlink("ceval.c", world.path("cpython/Python/link.c")).expect("linked");
    write(&world.path("cpython/Lib/__pycache__/os.pyc"), b"x");
    let source = ask(&world, fields).expect("copied");
    assert_eq!((source.version.as_str(), source.sha256), ("4.2.0a3+", None));
    assert!(!source.folder.join(".git").exists() && !source.folder.join("Lib/__pycache__").exists());
    assert_eq!(std::fs::read_link(source.folder.join("Python/link.c")).expect("a link"), Path::new("ceval.c"));
    assert_eq!(std::fs::metadata(source.folder.join("configure")).expect("there").permissions().mode() & 0o111, 0o111);
    write(&world.path("cpython/.git/HEAD"), b"ref: refs/heads/other\n");
    assert_eq!(ask(&world, fields).expect("the same").key, source.key);
    write(&world.path("cpython/Python/ceval.c"), b"changed\n");
    let changed = ask(&world, fields).expect("copied again");
    assert_ne!(changed.key, source.key);
    assert_eq!(text(&changed.folder.join("Python/ceval.c")), "changed\n");
    assert!(text(&source.folder.join("Python/ceval.c")).starts_with("one\n"), "the other copy is as it was");
}

#[test]
fn a_checkout_that_cannot_be_copied_as_it_is_says_so() {
    let (world, fields) = (World::new(), "source: {path: cpython}");
    checkout(&world, "4.2.1");
    write(&world.path("cpython/Makefile"), b"all:\n");
    let error = ask(&world, fields).expect_err("built in place");
    assert!(error.to_string().contains("was built in place: it holds Makefile"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("make -C") && hint.contains("distclean")));
    std::fs::remove_file(world.path("cpython/Makefile")).expect("cleaned");
    for target in ["../../elsewhere", "/etc/passwd"] {
        let link = world.path("cpython/Python/link.c");
        std::os::unix::fs::symlink(target, &link).expect("linked");
        let error = ask(&world, fields).expect_err(target);
        assert!(error.to_string().ends_with(&format!("has a link that leads outside: Python/link.c -> {target}")), "{error}");
        std::fs::remove_file(link).expect("removed");
    }
    let error = ask(&world, &format!("source: {{path: cpython, sha256: {}}}", Sha256::of(b""))).expect_err("a folder");
    assert!(error.to_string().contains("it is a folder"), "{error}");
    ask(&world, fields).expect("in order now");
}

const CHANGE: &str = "--- a/Python/ceval.c\n+++ b/Python/ceval.c\n@@ -2,3 +2,3 @@\n two\n-three\n+THREE\n four\n";

#[test]
fn patches_are_applied_in_order_to_a_copy_of_their_own() {
    if needs::tool("patch").is_none() {
        return;
    }
    let world = World::new();
    write(&world.path("Python-4.2.1.tar.xz"), &release("4.2.1"));
    write(&world.path("one.patch"), format!("Three is too quiet.\n\n{CHANGE}").as_bytes());
    let second = CHANGE.replace("-three", "-THREE").replace("+THREE", "+THREE!");
    write(&world.path("two.patch"), format!("Subject: still too quiet\n---\n 1 file changed\n\n{second}").as_bytes());
    let plain = ask(&world, "source: {path: Python-4.2.1.tar.xz}").expect("without");
    let both = ask(&world, "source: {path: Python-4.2.1.tar.xz}\npatches: [./one.patch, ./two.patch]").expect("with both");
    assert_ne!(plain.key, both.key);
    assert_eq!(text(&plain.folder.join("Python/ceval.c")), "one\ntwo\nthree\nfour\nfive\n");
    assert_eq!(text(&both.folder.join("Python/ceval.c")), "one\ntwo\nTHREE!\nfour\nfive\n");
    let files: Vec<_> = std::fs::read_dir(both.folder.join("Python")).expect("listed").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(files, ["ceval.c"], "nothing of patch's own is left");
    assert!(world.said.text().contains("unpacked Python-4.2.1.tar.xz, with 2 patches"), "{}", world.said.text());

    for (name, change) in [
        ("the wrong order", second.clone()),
        ("a near miss", CHANGE.replace(" two\n", " zwei\n")),
        ("a file that is not there", CHANGE.replace("ceval", "neval")),
        ("a way out", CHANGE.replace("b/Python", "b/../../Python").replace("a/Python", "a/../../Python")),
        ("no change", "nothing\n".to_owned()),
    ] {
        write(&world.path("bad.patch"), format!("A reason.\n\n{change}").as_bytes());
        let error = ask(&world, "source: {path: Python-4.2.1.tar.xz}\npatches: [./bad.patch]").expect_err(name);
        let SourceError::Patch { version, said, .. } = &error else { panic!("{name}: {error}") };
        assert!(version == "4.2.1" && !said.is_empty(), "{name}: {error}");
        assert!(error.to_string().starts_with("the patch ./bad.patch does not apply to CPython 4.2.1; `patch` said:\n"), "{error}");
        assert_eq!(error.exit(), Exit::Usage);
        assert_eq!(std::fs::read_dir(world.path("store/sources")).expect("listed").count(), 2, "{name}: nothing of it is kept");
    }
}

#[test]
fn a_machine_that_cannot_build_is_told_first() {
    let mut world = world(&[packaged("4.2.1-1")]);
    world.host.machine = "aarch64".into();
    let error = ask(&world, PACKAGE).expect_err("another machine");
    assert!(matches!(error, SourceError::Provision(ProvisionError::Host { .. })), "{error}");
    assert!(world.server.requests().is_empty());
}

/// The mirrors are those of the person; a release that none of them carries is told of, and one has to be there.
#[test]
fn real_source_packages_become_sources() {
    if !needs::asked_for("SURTAX_TEST_NETWORK") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let said = crate::world::Said::default();
    let mut obtained = 0;
    for name in ["cpython-3.11", "cpython-3.12", "cpython-3.13", "cpython-3.14"] {
        let RecipeSource::Cpython(recipe) = Recipe::named(name).expect("valid").source else { panic!("{name}") };
        let started = std::time::Instant::now();
        match obtain(&store, &recipe, &Access::default(), &said) {
            Ok(source) => {
                obtained += 1;
                let first = started.elapsed();
                let again = obtain(&store, &recipe, &offline(), &said).expect("offline");
                assert_eq!((&again.key, &again.description), (&source.key, &source.description));
                let help = Job::new(source.folder.join("configure")).arg("--help").env("PATH", "/usr/bin:/bin").run_for_text();
                assert!(help.expect("configure runs").contains("--with-lto"), "{name}");
                let took = (first.as_secs_f64(), (started.elapsed() - first).as_secs_f64());
                surtax::ui::talk(&format!("{name}: {} is {}, {took:.1?} s", source.description, source.version));
            }
            Err(error) => surtax::ui::talk(&surtax::error::render(&error.into())),
        }
    }
    surtax::ui::talk(&said.text());
    assert!(obtained > 0, "no mirror here carries any of them");
}
