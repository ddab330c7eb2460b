//! Releases other than the host's: those that move their codename, other distributions, and mirrors that are of something else.

use surtax::debian::{Download, ProvisionError, Provisioned, Request, SurtaxLock, listing_with, source_package_with};
use surtax::error::{Exit, Explain as _};
use surtax::recipe::{Archive, PythonVersion, Recipe};

use crate::world::{Deb, Fault, Hash, Signed, SourceFiles, Suite, World, python, write};

fn archive(text: &str) -> Archive {
    let text = format!("kind: archive\ncomponents: [main]\nkeyrings: [testian-archive]\n{text}");
    Recipe::parse("mine.yaml".as_ref(), &text).and_then(Recipe::archive).expect("valid")
}

/// From the server, by a recipe of that text.
fn ask(world: &World, text: &str) -> Result<Provisioned, ProvisionError> {
    world.ask(&Request { archive: archive(text), mirrors: vec![world.server.url()], ..world.request() })
}

/// The suite `dist` of the release `codename`.
fn suite(dist: &'static str, codename: &'static str) -> Suite {
    Suite { codename, ..Suite::new(dist, python("4.2", "4.2.1-1")) }
}

const TESTING: &str = "origin: Testian\nsuites: [testing, testing-updates, testing-security]\n";

#[test]
fn a_release_known_by_its_suite_has_the_codename_that_its_index_says() {
    let world = World::with(&[suite("testing", "forthcoming"), suite("testing-security", "forthcoming-security")]);
    let made = ask(&world, TESTING).expect("provisioned");
    assert_eq!((made.release.as_str(), made.lock.codename.as_str()), ("forthcoming", "forthcoming"));
    assert!(world.said.text().contains("testing-updates is left out"), "{}", world.said.text());
    // It moves on.
    world.publish(&[suite("testing", "successor")]);
    let request = Request { archive: archive(TESTING), mirrors: vec![world.server.url()], refresh: true, ..world.request() };
    assert_eq!(world.ask(&request).expect("provisioned").release, "successor");
}

#[test]
fn suites_of_two_releases_are_not_mixed() {
    let world = World::with(&[suite("testing", "successor"), suite("testing-security", "forthcoming-security")]);
    let error = ask(&world, TESTING).expect_err("of two releases");
    assert!(error.to_string().contains("its codename is forthcoming-security, but that of Testian testing is successor"), "{error}");
    // A properly signed index of another suite is no answer either.
    let mut stable = suite("testing", "testing");
    stable.lines.push("Suite: stable".into());
    let world = World::with(&[Suite { codename: "forthcoming", ..Suite::new("stable", python("4.2", "4.2.1-1")) }]);
    let error = ask(&world, "origin: Testian\nsuites: [testing]\n").expect_err("there is no testing");
    assert!(matches!(error, ProvisionError::UnknownRelease { .. }), "{error}");
}

/// As Ubuntu's archive has it: another origin, suites for updates, and a libpython with a name of its own.
fn noble(dist: &'static str, revision: &str) -> Suite {
    let sources = vec![SourceFiles::new("python3.12", revision)];
    Suite { origin: "Ubuntu", codename: "noble", sources, ..Suite::new(dist, python("3.12", revision)) }
}

const NOBLE: &str = "origin: Ubuntu\ncodename: noble\nsuites: [noble, noble-updates, noble-security]\n";

#[test]
fn another_distributions_release_is_provisioned_on_a_host_without_apt() {
    let mut world = World::with(&[noble("noble", "3.12.3-1"), noble("noble-updates", "3.12.3-1ubuntu0.9")]);
    std::fs::remove_dir_all(&world.host.apt).expect("removed");
    world.host.os_release = vec![world.path("none")];
    let error = world.ask(&Request { archive: archive(NOBLE), ..world.request() }).expect_err("it knows no mirror");
    assert!(error.hint().is_some_and(|hint| hint.contains("ubuntu = [\"https://mirror.example/ubuntu\"]")), "{error}");
    let made = ask(&world, NOBLE).expect("provisioned");
    assert_eq!((made.release.as_str(), made.python), ("noble", PythonVersion::new(3, 12)));
    let of_python: Vec<_> = made.lock.packages.iter().filter(|package| package.source == "python3.12").collect();
    // By dependency, not by name.
    assert!(of_python.iter().any(|package| package.name == "libpython3.12t64"));
    assert!(of_python.iter().all(|package| package.version.as_str() == "3.12.3-1ubuntu0.9" && package.suite == "noble-updates"));
    assert!(made.sysroot.join("usr/lib/x86_64-linux-gnu/libpython3.12.so.1.0").is_file());
    assert!(world.said.text().contains("noble-security is left out"), "{}", world.said.text());
    let request = Request { archive: archive(NOBLE), mirrors: vec![world.server.url()], ..world.request() };
    let source = source_package_with(&world.store(), &request, &made, &world.host, &world.said).expect("found");
    assert_eq!(source.version.as_str(), "3.12.3-1ubuntu0.9");
}

#[test]
fn an_archive_that_gives_only_sha_512_is_verified_by_it() {
    let world = World::with(&[Suite { hash: Hash::Sha512, ..noble("noble", "3.12.3-1") }]);
    let request = Request { archive: archive(NOBLE), mirrors: vec![world.server.url()], ..world.request() };
    let made = world.ask(&request).expect("provisioned");
    assert!(made.lock.packages.iter().all(|package| package.checksum.algorithm() == "SHA-512"));
    assert_eq!(SurtaxLock::parse("surtax.lock".as_ref(), &made.lock_text).expect("parsed").text(), made.lock_text);
    assert!(made.lock_text.contains("\nsha512 = \"") && !made.lock_text.contains("sha256"));
    assert!(world.server.requests().iter().any(|path| path.contains("/by-hash/SHA512/")), "{:?}", world.server.requests());
    let source = source_package_with(&world.store(), &request, &made, &world.host, &world.said).expect("found");
    assert!(SurtaxLock::parse("surtax.lock".as_ref(), &source.lock_text).is_ok_and(|lock| lock.sources.len() == 1));
    // What comes from the store is checked again, by the same hash.
    write(&world.store().blob(&made.lock.packages[0].checksum), b"rotten");
    std::fs::remove_dir_all(&made.sysroot).expect("removed");
    assert_eq!(world.ask(&request).expect("made again").key, made.key);
    world.server.fault("pool/main/python3.12", Fault::WrongBytes);
    std::fs::remove_dir_all(world.path("store")).expect("removed");
    let error = world.ask(&request).expect_err("changed on its way");
    assert!(error.to_string().contains("its SHA-512 is "), "{error}");
}

#[test]
fn a_host_of_another_distribution_lends_no_mirror() {
    let world = World::with(&[noble("noble", "3.12.3-1")]);
    // Its apt sources name the server, but they are Testian's.
    let error = world.ask(&Request { archive: archive(NOBLE), ..world.request() }).expect_err("no mirror");
    assert!(matches!(error, ProvisionError::NoMirror { .. }), "{error}");
    assert_eq!(error.exit(), Exit::Usage);
    assert!(world.server.requests().is_empty());
}

#[test]
fn a_mirror_of_another_distribution_is_told_from_a_broken_one() {
    let world = World::with(&[suite("noble", "noble")]);
    let error = ask(&world, NOBLE).expect_err("it is Testian's");
    assert!(error.to_string().contains("is of the origin Testian"), "{error}");
    assert_eq!(error.exit(), Exit::Usage);
    assert!(error.hint().is_some_and(|hint| hint.contains("a mirror of that distribution")));
    let error = ask(&world, "origin: Ubuntu\ncodename: jammy\nsuites: [jammy]\n").expect_err("it has no such folder");
    assert!(matches!(error, ProvisionError::UnknownRelease { .. }), "{error}");
}

#[test]
fn a_keyring_that_does_not_match_is_told_from_one_that_is_missing() {
    let stranger = Suite { signed: Signed::ByStranger, ..noble("noble", "3.12.3-1") };
    let world = World::with(&[stranger]);
    let error = ask(&world, NOBLE).expect_err("signed by another key");
    assert!(matches!(&error, ProvisionError::WrongSignature { reason, .. } if reason.contains("is not in the keyring")), "{error}");
    assert_eq!(error.exit(), Exit::Fetch);
}

#[test]
fn a_python_that_is_too_old_is_answered_with_the_others() {
    let mut packages = python("3.10", "3.10.1-1");
    packages.extend(python("3.11", "3.11.1-1").into_iter().filter(|deb| deb.name.contains("3.11")));
    let world = World::with(&[Suite::new("tester", packages)]);
    let error = world.provision().expect_err("the default is too old");
    assert!(error.to_string().contains("Python 3.10 of Testian 7 is too old: surtax needs 3.11"), "{error}");
    assert_eq!(error.exit(), Exit::Usage);
    assert!(error.hint().is_some_and(|hint| hint.contains("it offers 3.11; choose one with --python X.Y")));
    world.ask(&Request { python: Some(PythonVersion::new(3, 11)), ..world.request() }).expect("the other one");
}

#[test]
fn a_python_that_another_release_lacks_is_answered_with_those_on_offer() {
    let world = World::with(&[noble("noble", "3.12.3-1")]);
    let python = Some(PythonVersion::new(3, 13));
    let request = Request { archive: archive(NOBLE), python, mirrors: vec![world.server.url()], ..world.request() };
    let error = world.ask(&request).expect_err("it lacks it");
    assert!(matches!(&error, ProvisionError::NoSuchPython { offered, .. } if *offered == [PythonVersion::new(3, 12)]), "{error}");
}

#[test]
fn what_a_release_offers_is_listed_without_fetching_it() {
    let mut packages = python("4.2", "4.2.1-1");
    packages.extend(python("4.10", "4.10.0~b1-1").into_iter().filter(|deb| deb.name.contains("4.10")));
    // One that lacks what it depends on, and one that cannot be linked with.
    packages.push(Deb::new("libpython4.9-dev", "4.9.0-1").source("python4.9").depends("libpython4.9-stdlib (= 4.9.0-1)"));
    packages.push(Deb::new("python4.9", "4.9.0-1"));
    packages.push(Deb::new("python4.1", "4.1.9-3"));
    packages.push(Deb::new("python4.1-venv", "4.1.9-3"));
    let world = World::with(&[Suite { sources: Vec::new(), ..Suite::new("tester", packages) }]);
    let ask = |offline| listing_with(&world.store(), &Request { offline, ..world.request() }, &world.host, &world.said);
    let listing = ask(false).expect("listed");
    assert_eq!((listing.release.as_str(), listing.codename.as_str()), ("Testian 7", "tester"));
    let rows: Vec<_> =
        listing.pythons.iter().map(|row| (row.python.to_string(), row.version.as_str(), row.default, row.linkable)).collect();
    assert_eq!(
        rows,
        [
            ("4.10".to_owned(), "4.10.0~b1-1", false, true),
            ("4.9".to_owned(), "4.9.0-1", false, true),
            ("4.2".to_owned(), "4.2.1-1", true, true),
            ("4.1".to_owned(), "4.1.9-3", false, false),
        ]
    );
    let downloads: Vec<_> = listing.pythons.iter().map(|row| row.download.as_ref()).collect();
    assert!(downloads[1].is_err_and(|reason| reason.contains("libpython4.9-stdlib (= 4.9.0-1)")), "{downloads:?}");
    assert!(downloads[3].is_err_and(|reason| reason.contains("no package libpython4.1-dev")), "{downloads:?}");
    assert!(!world.server.requests().iter().any(|path| path.contains("pool/")), "nothing was fetched but indexes");
    let asked = world.server.requests().len();
    assert_eq!(ask(true).expect("from the store").pythons.len(), 4);
    assert_eq!(world.server.requests().len(), asked);
    // The size is what provisioning fetches.
    let made = world.provision().expect("provisioned");
    let expected = Download { packages: made.lock.packages.len(), bytes: made.lock.total_bytes() };
    assert_eq!(listing.pythons[2].download, Ok(expected));
}
