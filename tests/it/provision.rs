//! Provisioning in a small world: what is made, what is reused, and what each bad input does.

use std::path::Path;

use surtax::debian::{NoFinish, ProvisionError, Request, SurtaxLock, provision_with};
use surtax::error::{Exit, Explain as _, exit_code, render};
use surtax::recipe::PythonVersion;

use crate::needs::SmallDisk;
use crate::world::{Compression, Content, Deb, Fault, Signed, Suite, World, python, write};

fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The error as a person sees it, with exit code and hint checked to be there; the port of the server is not the same twice.
fn shown(world: &World, outcome: Result<surtax::debian::Provisioned, ProvisionError>, exit: Exit) -> String {
    let error = outcome.expect_err("a failure");
    assert!(error.hint().is_some(), "no hint: {error}");
    let error = anyhow::Error::new(error);
    assert_eq!(exit_code(&error), exit, "{error:#}");
    let text = render(&error).replace(&world.server.url(), "http://MIRROR");
    text.replace(world.path("").to_str().expect("text"), "WORLD/")
}

#[test]
fn a_sysroot_holds_the_closure_and_nothing_else() {
    let world = World::new();
    let made = world.provision().expect("provisioned");
    assert_eq!((made.release.as_str(), made.python, made.reused), ("tester", PythonVersion::new(4, 2), false));
    assert_eq!(made.lock.release, "Testian 7");
    let names: Vec<_> = made.lock.packages.iter().map(|package| package.name.as_str()).collect();
    let expected = [
        "binutils-x86-64-linux-gnu",
        "libbinutils",
        "libc6",
        "libc6-dev",
        "libpython4.2-dev",
        "libpython4.2-stdlib",
        "libpython4.2t64",
        "python4.2",
        "zlib1g",
        "zlib1g-dev",
    ];
    assert_eq!(names, expected);

    let root = &made.sysroot;
    for file in [
        "usr/lib/x86_64-linux-gnu/libpython4.2.a",
        "usr/lib/x86_64-linux-gnu/libpython4.2.so.1.0",
        "usr/lib/python4.2/os.py",
        "usr/include/stdio.h",
        "lib/x86_64-linux-gnu/libz.so.1",
        "usr/bin/x86_64-linux-gnu-ld.bfd",
    ] {
        assert!(root.join(file).is_file(), "{file}");
    }
    for folder in ["usr/share/doc", "usr/lib/x86_64-linux-gnu/ldscripts"] {
        assert!(!root.join(folder).exists(), "{folder}");
    }
    for link in ["bin", "sbin", "lib", "lib64"] {
        assert_eq!(std::fs::read_link(root.join(link)).expect("a link"), Path::new("usr").join(link));
    }
    // Links that were absolute mean the sysroot's own files, wherever it lies.
    for (link, content) in [("usr/lib/x86_64-linux-gnu/libz.so", "zlib"), ("lib64/ld-linux-x86-64.so.2", "libc")] {
        assert!(std::fs::read_link(root.join(link)).expect("a link").is_relative());
        assert_eq!(text_of(&root.join(link)), content);
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(root.join("usr/bin/python4.2")).expect("there").permissions());
    assert_eq!(mode & 0o7777, 0o755, "set-user-ID must not be carried over");
}

#[test]
fn a_second_provision_asks_nobody() {
    let world = World::new();
    let first = world.provision().expect("provisioned");
    let asked = world.server.requests().len();
    let second = world.provision().expect("provisioned again");
    assert_eq!(world.server.requests().len(), asked);
    assert!(second.reused && second.downloaded_bytes == 0);
    assert_eq!((second.key, second.lock_text), (first.key, first.lock_text));
}

#[test]
fn refresh_asks_again_and_takes_what_is_new() {
    let world = World::new();
    let old = world.provision().expect("provisioned");
    world.publish(&[Suite::new("tester", python("4.2", "4.2.1-2"))]);
    assert_eq!(world.provision().expect("the same").key, old.key);
    let new = world.ask(&Request { refresh: true, ..world.request() }).expect("newer");
    assert_ne!(new.key, old.key);
    assert!(new.lock_text.contains("4.2.1-2"));
    assert_eq!(world.provision().expect("still the newer").key, new.key);
}

#[test]
fn offline_works_from_the_store_alone() {
    let world = World::new();
    let offline = || world.ask(&Request { offline: true, ..world.request() });
    let text = shown(&world, offline(), Exit::Fetch);
    assert!(text.contains("--offline"), "{text}");
    let made = world.provision().expect("provisioned");
    // The sysroot goes, the downloads stay.
    std::fs::remove_dir_all(&made.sysroot).expect("removed");
    let asked = world.server.requests().len();
    assert_eq!(offline().expect("from blobs").key, made.key);
    // The answer goes too: the indexes stay.
    std::fs::remove_dir_all(world.path("store/resolved")).expect("removed");
    std::fs::remove_dir_all(world.path("store/sysroots")).expect("removed");
    assert_eq!(offline().expect("from indexes").key, made.key);
    assert_eq!(world.server.requests().len(), asked);
}

#[test]
fn the_newest_version_of_all_suites_wins_but_python_stays_of_one_source() {
    // The update has reached all of zlib, but of Python only one package.
    let mut updates: Vec<_> = python("4.2", "4.2.1-2").into_iter().filter(|deb| deb.name == "libpython4.2-stdlib").collect();
    updates.push(Deb::new("zlib1g", "1:1.2-1+deb1").depends("libc6").file("./lib/x86_64-linux-gnu/libz.so.1", "patched"));
    updates.push(Deb::new("zlib1g-dev", "1:1.2-1+deb1").depends("zlib1g (= 1:1.2-1+deb1)"));
    let base = || Suite::new("tester", python("4.2", "4.2.1-1"));
    let world = World::with(&[base(), Suite::new("tester-security", updates)]);
    let lock = world.provision().expect("provisioned").lock;
    let version = |name: &str| {
        let package = lock.packages.iter().find(|package| package.name == name).expect("there");
        (package.version.to_string(), package.suite.clone())
    };
    assert_eq!(version("zlib1g"), ("1:1.2-1+deb1".to_owned(), "tester-security".to_owned()));
    assert_eq!(version("libpython4.2-stdlib"), ("4.2.1-1".to_owned(), "tester".to_owned()));
    // Once all of it is there, all of it is taken.
    world.publish(&[base(), Suite::new("tester-security", python("4.2", "4.2.1-2"))]);
    let lock = world.ask(&Request { refresh: true, ..world.request() }).expect("provisioned").lock;
    let of_python: Vec<_> = lock.packages.iter().filter(|package| package.source == "python4.2").collect();
    assert_eq!(of_python.len(), 4);
    assert!(of_python.iter().all(|package| package.source_version.as_str() == "4.2.1-2"));
}

#[test]
fn sources_of_other_software_do_not_get_in() {
    let mut intruder = Suite::new("tester-extras", vec![Deb::new("zlib1g", "9:9").file("./lib/x86_64-linux-gnu/libz.so.1", "evil")]);
    intruder.origin = "Vendor";
    let world = World::with(&[Suite::new("tester", python("4.2", "4.2.1-1")), intruder]);
    let made = world.provision().expect("provisioned");
    assert!(!made.lock_text.contains("9:9"));
    assert!(world.said.text().contains("tester-extras is left out"), "{}", world.said.text());
}

#[test]
fn a_mirror_given_by_hand_replaces_the_hosts_sources() {
    let world = World::new();
    std::fs::remove_file(world.host.apt.join("sources.list")).expect("removed");
    let text = shown(&world, world.provision(), Exit::Usage);
    assert!(
        text.contains("no mirror is known") && ["--mirror https://", "SURTAX_MIRROR", "config.toml"].iter().all(|way| text.contains(way)),
        "{text}"
    );
    let silent = "http://127.0.0.1:9/mirror".to_owned();
    let text = shown(&world, world.ask(&Request { mirrors: vec![silent, world.server.url()], ..world.request() }), Exit::Fetch);
    assert!(text.contains("127.0.0.1:9"), "it might have had the security suite: {text}");
    let other = format!("{}/elsewhere", world.server.url());
    let made = world.ask(&Request { mirrors: vec![other, world.server.url()], ..world.request() }).expect("from the second mirror");
    assert!(made.sysroot.join("usr/bin/python4.2").is_file());
    assert!(world.said.text().contains("tester-security is left out"), "{}", world.said.text());
    let text = shown(&world, world.ask(&Request { mirrors: vec!["ftp://x".into()], ..world.request() }), Exit::Usage);
    assert!(text.contains("`ftp://x`"), "{text}");
}

#[test]
fn a_mirror_can_be_a_folder() {
    let world = World::new();
    let mut files = std::collections::HashMap::new();
    Suite::new("tester", python("4.2", "4.2.1-1")).files(&mut files);
    files.iter().for_each(|(path, bytes)| write(&world.path("disk").join(path), bytes));
    let mirror = format!("file://{}", world.path("disk").display());
    world.ask(&Request { mirrors: vec![mirror], ..world.request() }).expect("from files");
    assert!(world.server.requests().is_empty());
}

#[test]
fn a_lock_is_reproduced_or_what_is_lacking_is_named() {
    let world = World::new();
    let old = world.provision().expect("provisioned");
    let path = world.path("surtax.lock");
    write(&path, old.lock_text.as_bytes());
    let locked = || world.ask(&Request { locked: Some(path.clone()), ..world.request() });
    assert!(locked().expect("in the store").reused);
    // The archive moves on; the lock still means the old one.
    world.publish(&[Suite::new("tester", python("4.2", "4.2.1-2"))]);
    std::fs::remove_dir_all(&old.sysroot).expect("removed");
    assert_eq!(locked().expect("from blobs").key, old.key);
    std::fs::remove_dir_all(world.path("store")).expect("removed");
    let text = shown(&world, locked(), Exit::Fetch);
    assert!(text.contains("4 of 10 packages") && text.contains("python4.2 4.2.1-1: ") && text.contains("404"), "{text}");

    write(&path, b"schema = 1\nrelease = 3\n");
    let text = shown(&world, locked(), Exit::Usage);
    assert!(text.contains("surtax.lock is no lock") && text.contains("line 2"), "{text}");
    assert_eq!(SurtaxLock::parse(&path, &old.lock_text).expect("parsed").text(), old.lock_text);
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let world = World::new();
    world.server.fault("pool/main/libpython4.2-dev", Fault::TruncateOnce(100));
    world.provision().expect("provisioned");
    assert!(world.server.requests().iter().any(|request| request.ends_with("_amd64.deb@100")), "{:?}", world.server.requests());
}

#[test]
fn a_damaged_download_in_the_store_is_fetched_anew() {
    let world = World::new();
    let made = world.provision().expect("provisioned");
    let blob = world.store().blob(&made.lock.packages[0].sha256);
    write(&blob, b"rotten");
    std::fs::remove_dir_all(&made.sysroot).expect("removed");
    assert_eq!(world.provision().expect("made again").key, made.key);
    // Half a download that has gone bad is no reason to fail either.
    std::fs::remove_dir_all(&made.sysroot).expect("removed");
    std::fs::remove_file(&blob).expect("removed");
    write(&world.store().partial_blob(&made.lock.packages[0].sha256), b"rotten");
    assert_eq!(world.provision().expect("made again").key, made.key);
}

#[test]
fn bad_downloads_are_errors_and_leave_no_trace() {
    for (part, fault, says) in [
        ("pool/main/libpython4.2-dev", Fault::Truncate(10), "the connection ended after"),
        ("pool/main/libpython4.2-dev", Fault::WrongBytes, "not what its index promises"),
        ("pool/main/libpython4.2-dev", Fault::Longer, "larger than the"),
        ("pool/main/libpython4.2-dev", Fault::Status(404), "could not be had"),
        ("pool/main/libpython4.2-dev", Fault::Status(503), "the server says 503"),
        ("InRelease", Fault::Drop, "cannot fetch http://MIRROR/dists/tester/InRelease"),
        ("InRelease", Fault::Status(404), "no mirror has the release testian tester"),
        ("InRelease", Fault::WrongBytes, "is not signed"),
        ("binary-amd64", Fault::WrongBytes, "not what its index promises"),
        ("binary-amd64", Fault::Status(404), "no mirror has the release testian tester"),
    ] {
        let world = World::new();
        world.server.fault(part, fault);
        let text = shown(
            &world,
            world.provision(),
            if part == "InRelease" && says.starts_with("no mirror") || part == "binary-amd64" && says.starts_with("no mirror") {
                Exit::Usage
            } else {
                Exit::Fetch
            },
        );
        assert!(text.contains(says), "{text}");
        let partial = std::fs::read_dir(world.path("store/blobs/partial")).map_or(0, Iterator::count);
        assert!(partial == 0 || text.contains("ended after"), "a partial file is left after: {text}");
        world.assert_store_is_good();
    }
}

#[test]
fn no_network_is_an_error_that_says_so() {
    let world = World::new();
    write(&world.host.apt.join("sources.list"), b"deb http://127.0.0.1:9/mirror tester main\n");
    let text = shown(&world, world.provision(), Exit::Fetch);
    assert!(text.contains("no connection") && text.contains("http_proxy"), "{text}");
}

#[test]
fn an_index_that_cannot_be_trusted_is_refused() {
    let suite = |change: &dyn Fn(&mut Suite)| {
        let mut suite = Suite::new("tester", python("4.2", "4.2.1-1"));
        change(&mut suite);
        suite
    };
    let line = |line: &'static str| suite(&move |suite| suite.lines.push(line.into()));
    for (bad, says) in [
        (suite(&|suite| suite.signed = Signed::No), "is not signed"),
        (suite(&|suite| suite.signed = Signed::ByStranger), "is signed by none of the trusted keys"),
        (suite(&|suite| suite.signed = Signed::Altered), "does not fit the text"),
        (line("Valid-Until: Sat, 03 Jan 2015 10:00:00 UTC"), "expired on Sat, 03 Jan 2015"),
        (line("Date: Sat, 04 Jan 2200 10:00:00 UTC"), "in the future"),
        (suite(&|suite| suite.codename = "elsewhere"), "its codename is elsewhere"),
    ] {
        let world = World::with(&[bad]);
        let text = shown(&world, world.provision(), Exit::Fetch);
        assert!(text.contains(says) && text.contains("http://MIRROR/dists/tester/InRelease"), "{text}");
        world.publish(&[Suite::new("tester", python("4.2", "4.2.1-1"))]);
        world.assert_store_is_good();
    }
    // As Ubuntu's indexes write the hours before ten.
    World::with(&[line("Date: Sat, 03 Jan 2015  3:00:00 UTC")]).provision().expect("a date");
    let world = World::with(&[line("Valid-Until: Sat, 03 Jan 2015 10:00:00 UTC")]);
    world.ask(&Request { allow_expired: true, ..world.request() }).expect("the person has allowed it");
}

#[test]
fn another_suites_index_is_no_answer() {
    // A replay: the base suite's properly signed index in the place of the security suite's.
    let world = World::with(&[Suite::new("tester", python("4.2", "4.2.1-1"))]);
    let mut files = std::collections::HashMap::new();
    Suite::new("tester", python("4.2", "4.2.1-1")).files(&mut files);
    let replayed = files["dists/tester/InRelease"].clone();
    files.insert("dists/tester-security/InRelease".into(), replayed);
    world.server.set_files(files);
    let source = format!("deb {0} tester main\ndeb {0} tester-security main\n", world.server.url());
    write(&world.host.apt.join("sources.list"), source.as_bytes());
    let text = shown(&world, world.provision(), Exit::Fetch);
    assert!(text.contains("it is the suite tester"), "{text}");
}

#[test]
fn without_a_keyring_nothing_is_trusted() {
    let world = World::new();
    let keyring = world.path("keyrings/testian-archive.gpg");
    let key = std::fs::read(&keyring).expect("the keyring");
    std::fs::remove_file(&keyring).expect("removed");
    // A keyring of other software lies beside it.
    write(&world.path("keyrings/vendor.gpg"), &key);
    let text = shown(&world, world.provision(), Exit::Fetch);
    assert!(text.contains("no keyring") && text.contains("--keyring FILE"), "{text}");
    let asking = |keyring| world.ask(&Request { keyring: Some(keyring), ..world.request() });
    let text = shown(&world, asking(world.path("keyrings/none.gpg")), Exit::Fetch);
    assert!(text.contains("none.gpg cannot be read"), "{text}");
    write(&world.path("rubbish.gpg"), b"rubbish");
    let text = shown(&world, asking(world.path("rubbish.gpg")), Exit::Fetch);
    assert!(text.contains("holds no OpenPGP public key"), "{text}");
    asking(world.path("keyrings/vendor.gpg")).expect("the person trusts it");
}

#[test]
fn a_python_that_the_release_lacks_is_named_with_those_that_it_has() {
    let world = World::new();
    let text = shown(&world, world.ask(&Request { python: Some(PythonVersion::new(3, 9)), ..world.request() }), Exit::Usage);
    assert!(text.contains("testian tester has no Python 3.9") && text.contains("it offers 4.2"), "{text}");
    world.assert_store_is_good();
    let world = World::with(&[Suite::new("tester", vec![Deb::new("hello", "1")])]);
    let text = shown(&world, world.provision(), Exit::Usage);
    assert!(text.contains("names no default Python"), "{text}");
}

#[test]
fn an_unmet_dependency_says_who_needs_what() {
    let mut packages = python("4.2", "4.2.1-1");
    packages.retain(|deb| deb.name != "zlib1g");
    let world = World::with(&[Suite::new("tester", packages)]);
    let text = shown(&world, world.provision(), Exit::Fetch);
    assert!(text.contains("zlib1g-dev needs zlib1g (= 1:1.2-1)"), "{text}");
}

#[test]
fn a_package_that_leads_outside_is_refused() {
    let outside = |path: &str, content: Content| vec![(path.to_owned(), content)];
    let file = || Content::File(b"x".to_vec(), 0o644);
    for entries in [
        outside("/etc/evil", file()),
        outside("./../../evil", file()),
        outside("./usr/evil", Content::Symlink("../../etc/passwd".into())),
        outside("./usr/evil", Content::HardLink("../../etc/passwd".into())),
    ] {
        let mut packages = python("4.2", "4.2.1-1");
        let path = entries[0].0.clone();
        packages[1].entries.extend(entries);
        let world = World::with(&[Suite::new("tester", packages)]);
        let text = shown(&world, world.provision(), Exit::Fetch);
        assert!(text.contains("libpython4.2-dev 4.2.1-1 holds a path that leads outside") && text.contains(&path), "{text}");
        world.publish(&[Suite::new("tester", python("4.2", "4.2.1-2"))]);
        let fixed = world.ask(&Request { refresh: true, ..world.request() }).expect("a good one after the bad one");
        assert!(fixed.sysroot.join("usr/bin/python4.2").is_file());
    }
}

#[test]
fn a_store_that_cannot_be_written_is_named() {
    let world = World::new();
    write(&world.path("file"), b"");
    let error = surtax::store::Store::open(&world.path("file/store")).expect_err("no store");
    assert_eq!(error.exit(), Exit::Internal);
    let text = render(&anyhow::Error::new(error));
    assert!(text.contains("the store cannot be used") && text.contains("file/store"), "{text}");
}

#[test]
fn two_at_once_wait_for_each_other_and_say_so() {
    let world = World::new();
    let turn = world.store().lock("provision", &surtax::ui::Silent).expect("the lock");
    std::thread::scope(|scope| {
        let other = scope.spawn(|| world.provision());
        while !world.said.text().contains("waiting for another surtax") {
            assert!(!other.is_finished(), "it did not wait");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert!(world.server.requests().is_empty());
        drop(turn);
        other.join().expect("no panic").expect("provisioned");
    });
}

#[test]
fn another_machine_is_refused() {
    let world = World::new();
    let mut host = world.host.clone();
    host.machine = "aarch64".into();
    let ask = |host: &surtax::debian::Host| provision_with(&world.store(), &world.request(), host, &NoFinish, &world.said);
    assert!(shown(&world, ask(&host), Exit::Usage).contains("aarch64"));
    host.machine = "x86_64".into();
    host.loaders = vec![world.path("no-loader")];
    assert!(shown(&world, ask(&host), Exit::Usage).contains("without glibc"));
    host = world.host.clone();
    host.os_release = vec![world.path("none")];
    assert!(shown(&world, ask(&host), Exit::Usage).contains("cannot tell which release"));
}

#[test]
fn a_full_disk_loses_nothing_and_says_what_to_do() {
    let world = World::new();
    let store = world.path("store");
    std::fs::create_dir_all(&store).expect("made");
    let Some(disk) = SmallDisk::on(&store) else { return };
    let mut packages = python("4.2", "4.2.1-1");
    packages[1] = packages[1].clone().compression(Compression::Gzip).file("./usr/lib/big", &"x".repeat(1 << 20));
    world.publish(&[Suite::new("tester", packages)]);
    let outcome = world.provision();
    let left = std::fs::read_dir(world.path("store/scratch")).map_or(0, Iterator::count);
    drop(disk);
    let text = shown(&world, outcome, Exit::Internal);
    assert!(text.contains("is full") && text.contains("SURTAX_HOME"), "{text}");
    assert_eq!(left, 0);
    world.assert_store_is_good();
}

/// The digests follow from how the test's packages are compressed, which is not what is promised.
fn without_digests(text: &str) -> String {
    let is_digest = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric())
        .map(|word| {
            let end = word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric()).len();
            if is_digest(&word[..end]) { format!("DIGEST{}", &word[end..]) } else { word.to_owned() }
        })
        .collect()
}

#[test]
fn errors_are_written_for_the_person_who_reads_them() {
    let mut all = String::new();
    let mut show = |what: &str, world: &World, request: Request, exit: Exit| {
        let text = without_digests(&shown(world, world.ask(&request), exit));
        all.push_str(&format!("# {what}\n{text}\n"));
    };
    for (what, part, fault, exit) in [
        ("mirror gone", "InRelease", Fault::Drop, Exit::Fetch),
        ("release not there", "InRelease", Fault::Status(404), Exit::Usage),
        ("package not there", "pool/main/python4.2", Fault::Status(404), Exit::Fetch),
        ("server out of order", "pool/main/python4.2", Fault::Status(503), Exit::Fetch),
        ("truncated", "pool/main/python4.2", Fault::Truncate(10), Exit::Fetch),
        ("wrong hash", "pool/main/python4.2", Fault::WrongBytes, Exit::Fetch),
        ("too long", "pool/main/python4.2", Fault::Longer, Exit::Fetch),
        ("not an index", "InRelease", Fault::WrongBytes, Exit::Fetch),
    ] {
        let world = World::new();
        world.server.fault(part, fault);
        show(what, &world, world.request(), exit);
    }
    let world = World::new();
    show("no such python", &world, Request { python: Some(PythonVersion::new(3, 9)), ..world.request() }, Exit::Usage);
    show("offline", &world, Request { offline: true, ..world.request() }, Exit::Fetch);
    show("no lock", &world, Request { locked: Some(world.path("none.lock")), ..world.request() }, Exit::Usage);
    show("no keyring", &world, Request { keyring: Some(world.path("none.gpg")), ..world.request() }, Exit::Fetch);
    show("not a mirror", &world, Request { mirrors: vec!["mirror".into()], ..world.request() }, Exit::Usage);
    let mut expired = Suite::new("tester", python("4.2", "4.2.1-1"));
    expired.lines.push("Valid-Until: Sat, 03 Jan 2015 10:00:00 UTC".into());
    let world = World::with(&[expired]);
    show("expired", &world, world.request(), Exit::Fetch);
    insta::assert_snapshot!(all);
}

#[test]
fn suites_with_equal_indexes_do_not_write_over_each_other() {
    for _ in 0..8 {
        let same = || vec![Deb::new("hello", "1")];
        let suites = [
            Suite::new("tester", python("4.2", "4.2.1-1")),
            Suite::new("tester-a", same()),
            Suite::new("tester-b", same()),
            Suite::new("tester-c", same()),
        ];
        World::with(&suites).provision().expect("provisioned");
    }
}

#[test]
fn an_expired_answer_is_not_reused_by_one_who_does_not_allow_it() {
    let mut suite = Suite::new("tester", python("4.2", "4.2.1-1"));
    suite.lines.push("Valid-Until: Sat, 03 Jan 2015 10:00:00 UTC".into());
    let world = World::with(&[suite]);
    world.ask(&Request { allow_expired: true, ..world.request() }).expect("allowed");
    let text = shown(&world, world.provision(), Exit::Fetch);
    assert!(text.contains("expired"), "{text}");
}

#[test]
fn a_disk_that_fills_up_while_the_standard_library_is_compiled_is_named() {
    let error = ProvisionError::Finish { reason: "it exited with code 1\nOSError: [Errno 28] No space left on device".into() };
    assert!(error.hint().expect("a hint").contains("the disk is full"));
}
