//! Source packages: which version is taken, what the lock remembers, and what is said where none can be had.

use surtax::debian::{ProvisionError, Provisioned, Request, SourcePackage, SurtaxLock, source_package_with};
use surtax::digest::Sha256;
use surtax::error::{Exit, Explain as _};
use surtax::unpack::{Tree, tarball};

use crate::world::{Fault, SourceFiles, Suite, World, python, write};

const VERSION: &str = "4.2.1-1";

fn world(sources: &[SourceFiles]) -> World {
    World::with(&[suite(sources)])
}

fn suite(sources: &[SourceFiles]) -> Suite {
    Suite { sources: sources.to_vec(), ..Suite::new("tester", python("4.2", VERSION)) }
}

fn source(version: &str) -> SourceFiles {
    SourceFiles::new("python4.2", version)
}

fn missing(version: &str) -> SourceFiles {
    SourceFiles::missing("python4.2", version)
}

fn ask(world: &World, request: &Request, made: &Provisioned) -> Result<SourcePackage, ProvisionError> {
    source_package_with(&world.store(), request, made, &world.host, &world.said)
}

/// Provisions, then asks for the source.
fn found(world: &World) -> Result<SourcePackage, ProvisionError> {
    ask(world, &world.request(), &world.provision().expect("provisioned"))
}

#[test]
fn the_tarball_is_that_of_the_packages_own_version() {
    let world = world(&[source("4.2.2-1"), source(VERSION), SourceFiles::new("python4.1", VERSION), source("4.2.0-1")]);
    let found = found(&world).expect("found");
    assert_eq!((found.name.as_str(), found.version.as_str(), found.exact), ("python4.2", VERSION, true));
    let lock = SurtaxLock::parse("surtax.lock".as_ref(), &found.lock_text).expect("a lock");
    let [locked] = lock.sources.as_slice() else { panic!("{:?}", lock.sources) };
    // All files are listed, so that any of them can be asked for; only the tarball was.
    let names: Vec<_> = locked.files.iter().map(|file| file.filename.as_str()).collect();
    let folder = "pool/main/p/python4.2/python4.2_4.2.1";
    let expected = ["-1.dsc", ".orig-extra.tar.xz", ".orig.tar.xz", "-1.debian.tar.xz"].map(|end| format!("{folder}{end}"));
    assert_eq!(names, expected);
    let requests = world.server.requests();
    let asked: Vec<_> = requests.iter().filter(|path| path.contains("pool/main/p/")).collect();
    assert_eq!(asked, ["pool/main/p/python4.2/python4.2_4.2.1.orig.tar.xz"]);
    assert_eq!(Sha256::of_file(&found.tarball).expect("read"), locked.files[2].sha256);
    // A blob's name says nothing of its compression.
    let folder = tempfile::tempdir().expect("a folder");
    tarball(&found.tarball, &Tree::open(folder.path()).expect("a tree"), 1, &|_| true).expect("unpacked");
    assert_eq!(std::fs::read_to_string(folder.path().join("README")).expect("there"), "4.2.1");
}

#[test]
fn the_lock_and_the_store_answer_afterwards() {
    let world = world(&[source(VERSION)]);
    let first = found(&world).expect("found");
    let asked = world.server.requests().len();
    let made = world.provision().expect("in the store");
    assert_eq!(made.lock_text, first.lock_text, "the answer of the store holds the source");
    assert_eq!(made.lock.key(), SurtaxLock { sources: Vec::new(), ..made.lock.clone() }.key(), "the sysroot is the same with and without");
    let again = ask(&world, &world.request(), &made).expect("from the store");
    assert_eq!((&again.tarball, &again.lock_text), (&first.tarball, &first.lock_text));
    let offline = Request { offline: true, ..world.request() };
    ask(&world, &offline, &world.ask(&offline).expect("in the store")).expect("offline");
    // By a lock given by hand, on a host that knows no mirror.
    write(&world.path("surtax.lock"), first.lock_text.as_bytes());
    std::fs::remove_file(world.host.apt.join("sources.list")).expect("removed");
    let locked = Request { locked: Some(world.path("surtax.lock")), ..world.request() };
    ask(&world, &locked, &world.ask(&locked).expect("in the store")).expect("by the lock");
    assert_eq!(world.server.requests().len(), asked, "nobody was asked");
}

#[test]
fn a_lock_that_knows_no_source_is_completed() {
    let world = world(&[source(VERSION)]);
    let made = world.provision().expect("provisioned");
    write(&world.path("surtax.lock"), made.lock_text.as_bytes());
    let locked = Request { locked: Some(world.path("surtax.lock")), ..world.request() };
    let found = ask(&world, &locked, &world.ask(&locked).expect("in the store")).expect("by the index");
    assert!(found.lock_text.contains("[[source]]"));
    // What the person wrote is not touched.
    assert_eq!(std::fs::read_to_string(world.path("surtax.lock")).expect("there"), made.lock_text);
}

#[test]
fn another_revision_of_the_same_upstream_version_is_exact() {
    let world = world(&[source("4.2.0-9"), source("4.2.1-3"), source("4.2.2-1")]);
    let found = found(&world).expect("found");
    assert_eq!((found.version.as_str(), found.exact), ("4.2.1-3", true));
    assert!(!world.said.text().contains("warning"), "{}", world.said.text());
}

#[test]
fn the_nearest_older_one_stands_in_for_what_no_mirror_has() {
    let world = world(&[missing(VERSION), source("4.2.0~rc1-1"), missing("4.2.0.1-3"), source("4.2.0-2"), source("4.2.2-1")]);
    let found = found(&world).expect("an older one");
    assert_eq!((found.version.as_str(), found.exact), ("4.2.0-2", false));
    assert!(world.said.text().contains("no mirror has the source of python4.2 4.2.1-1; 4.2.0-2 is taken"), "{}", world.said.text());
    // Also when it comes from the store, since it is still not the right one.
    let again = ask(&world, &world.request(), &world.provision().expect("provisioned")).expect("in the store");
    assert!(!again.exact && world.said.text().matches("4.2.0-2 is taken").count() == 2);
}

#[test]
fn a_source_that_cannot_be_had_says_why() {
    for (sources, says) in [
        (vec![], "the signed indexes list no such source"),
        (vec![source("4.2.2-1"), source("4.3.0-1")], "the signed indexes list only 4.2.2-1, 4.3.0-1"),
        (vec![missing(VERSION)], "python4.2_4.2.1.orig.tar.xz: the server says 404"),
    ] {
        let world = world(&sources);
        let error = found(&world).expect_err(says);
        let text = error.to_string();
        assert!(text.starts_with("the source python4.2 4.2.1-1 of Testian 7 cannot be had: ") && text.contains(says), "{text}");
        assert_eq!(error.exit(), Exit::Fetch);
        assert!(error.hint().is_some_and(|hint| hint.contains("--mirror URL")));
        // The packages are none the worse for it, and it is not remembered.
        world.publish(&[suite(&[source(VERSION)])]);
        assert!(found(&world).expect("there by now").exact);
    }
}

#[test]
fn a_bad_source_is_refused_and_not_replaced_by_an_older_one() {
    for (part, fault, says) in [
        ("orig.tar.xz", Fault::WrongBytes, "not what its index promises"),
        ("orig.tar.xz", Fault::Status(503), "the server says 503"),
        ("main/source", Fault::WrongBytes, "not what its index promises"),
    ] {
        let world = world(&[source(VERSION), source("4.2.0-1")]);
        let made = world.provision().expect("provisioned");
        world.server.fault(part, fault);
        let error = ask(&world, &world.request(), &made).expect_err(says);
        assert!(error.to_string().contains(says), "{error}");
        world.server.heal();
        assert!(found(&world).expect("healed").exact);
    }
}

#[test]
fn a_tarball_that_the_mirror_has_dropped_since_is_looked_for_anew() {
    let world = world(&[source(VERSION)]);
    let first = found(&world).expect("found");
    std::fs::remove_file(&first.tarball).expect("removed");
    world.publish(&[suite(&[missing(VERSION), source("4.2.0-1")])]);
    assert_eq!(found(&world).expect("an older one").version.as_str(), "4.2.0-1");
}

#[test]
fn a_source_that_leads_elsewhere_is_no_source() {
    let lock = |filename: &str| {
        let world = world(&[source(VERSION)]);
        let text = found(&world).expect("found").lock_text;
        SurtaxLock::parse("surtax.lock".as_ref(), &text.replace("pool/main/p/python4.2/python4.2_4.2.1-1.dsc", filename))
    };
    lock("other.dsc").expect("a path below the mirror");
    let error = lock("../other.dsc").expect_err("outside");
    assert!(error.to_string().contains("no path below a mirror"), "{error}");
}
