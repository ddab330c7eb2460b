//! Bundles: what was exported comes back byte for byte, and nothing that is damaged, altered or made up is ever visible.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use surtax::bundle::{BundleError, Entry, Imported, Manifest, Part, export, import};
use surtax::digest::{Key, Sha256};
use surtax::error::{Exit, Explain as _};
use surtax::store::{Place, Stamp, Store};
use surtax::ui::Silent;

use crate::world::write;

/// A store with one of each kind of place, and where its bundle goes.
struct Small {
    folder: tempfile::TempDir,
    store: Store,
}

fn key(name: &str) -> Key {
    Key::of("test", [("name", name)])
}

impl Small {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store")).expect("a store");
        let small = Self { folder, store };
        small.fill();
        small
    }

    fn fill(&self) {
        let store = &self.store;
        let sysroot = store.sysroot(&key("sysroot"));
        write(&sysroot.join("usr/lib/os.py"), b"import sys\n");
        write(&sysroot.join("usr/lib/a-b"), b"");
        write(&sysroot.join("usr/lib/a/b"), &[7; 70_000]);
        std::fs::create_dir_all(sysroot.join("usr/share/empty")).expect("made");
        std::os::unix::fs::symlink("usr/lib", sysroot.join("lib")).expect("linked");
        std::os::unix::fs::symlink("nowhere", sysroot.join("dangling")).expect("linked");
        Stamp::write(&sysroot, "sysroot").expect("stamped");
        let home = store.home(&key("home"));
        std::fs::create_dir_all(&home).expect("made");
        std::os::unix::fs::symlink(sysroot.join("usr/lib"), home.join("lib")).expect("linked");
        let runner = store.runner(&key("home"), &key("runner"));
        write(&runner.join("python3.11"), b"\x7fELF");
        std::fs::set_permissions(runner.join("python3.11"), std::fs::Permissions::from_mode(0o755)).expect("set");
        Stamp::write(&runner, "runner").expect("stamped");
        let tree = store.cpython_tree(&key("tree"));
        write(&tree.join("prefix/bin/python3"), b"python");
        write(&tree.join("build/main.o"), b"an object");
        Stamp::write(&tree.join("steps/install"), "").expect("stamped");
        write(&store.resolved(&key("request")), b"a lock");
        write(&store.blob(&Sha256::of(b"a tarball").into()), b"a tarball");
    }

    fn places(&self) -> Vec<Place> {
        let (home, tree) = (self.store.home(&key("home")), self.store.cpython_tree(&key("tree")));
        let paths = [
            self.store.sysroot(&key("sysroot")),
            tree.join("prefix"),
            tree.join("steps/install"),
            home.join("lib"),
            self.store.runner(&key("home"), &key("runner")),
            self.store.blob(&Sha256::of(b"a tarball").into()),
            self.store.resolved(&key("request")),
        ];
        paths.iter().map(|path| self.store.place(path).expect("a place")).collect()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("small.tar.zst")
    }

    fn export(&self) -> Sha256 {
        export(&self.store, &self.places(), vec!["small: runner".into()], &self.file(), &Silent).expect("exported").sha256
    }

    fn import(&self) -> Result<Imported, BundleError> {
        import(&self.store, &self.file(), None, &Silent)
    }

    fn empty(&self) {
        std::fs::remove_dir_all(self.store.root()).expect("removed");
        std::fs::create_dir_all(self.store.root().join("locks")).expect("made");
    }

    /// Every path below the store but locks, with kind, mode and content.
    fn look(&self) -> Vec<String> {
        let mut seen = Vec::new();
        look(self.store.root(), self.store.root(), &mut seen);
        seen.retain(|line| !line.starts_with("locks") && !line.starts_with("scratch"));
        seen.sort();
        seen
    }

    fn manifest(&self) -> Manifest {
        let file = std::fs::File::open(self.file()).expect("opened");
        let mut archive = tar::Archive::new(zstd::Decoder::new(file).expect("zstd"));
        let first = archive.entries().expect("a tar archive").next().expect("a member").expect("readable");
        serde_json::from_reader(first).expect("a manifest")
    }

    /// Writes the bundle anew, of this manifest and these members.
    fn forge(&self, manifest: &Manifest, members: &[(String, Vec<u8>)]) {
        let text = serde_json::to_vec(manifest).expect("JSON");
        let whole = std::iter::once(("manifest.json".to_owned(), text)).chain(members.iter().cloned());
        self.forge_members(whole.map(|(name, bytes)| (name, tar::EntryType::Regular, bytes)));
    }

    fn forge_members(&self, members: impl IntoIterator<Item = (String, tar::EntryType, Vec<u8>)>) {
        let mut archive = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).expect("zstd"));
        for (name, kind, bytes) in members {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            // Not through `append_data`, which would refuse what a bundle must refuse.
            let field = &mut header.as_mut_bytes()[..name.len()];
            field.copy_from_slice(name.as_bytes());
            header.set_cksum();
            archive.append(&header, bytes.as_slice()).expect("appended");
        }
        let bytes = archive.into_inner().and_then(zstd::Encoder::finish).expect("finished");
        std::fs::write(self.file(), bytes).expect("written");
    }

    /// A bundle of one sysroot with these parts below it and a stamp, and these contents.
    fn sysroot_of(&self, mut parts: Vec<Part>, contents: &[(&str, &[u8])]) {
        let place = format!("sysroots/{}", key("forged"));
        let stamp = (Stamp::NAME, &b"stamp"[..]);
        let mut members: Vec<(String, Vec<u8>)> =
            contents.iter().chain([&stamp]).map(|(path, bytes)| (format!("store/{place}/{path}"), bytes.to_vec())).collect();
        members.sort();
        parts.push(file(Stamp::NAME, b"stamp"));
        parts.sort_by(|one, other| one.path().cmp(other.path()));
        parts.insert(0, Part::Folder { path: String::new() });
        self.forge(&Manifest { entries: vec![Entry { place, parts }], ..self.manifest() }, &members);
    }

    /// Refused, and the store is as it was.
    fn refused(&self, case: &str) -> String {
        let before = self.look();
        let error = self.import().expect_err(case);
        assert_eq!(self.look(), before, "{case}: {error}");
        assert!(error.hint().is_some(), "{case}: {error}");
        let left = std::fs::read_dir(self.store.root().join("scratch")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{case}: something is left in scratch");
        error.to_string()
    }
}

fn file(path: &str, bytes: &[u8]) -> Part {
    Part::File { path: path.into(), mode: 0o644, size: bytes.len() as u64, sha256: Sha256::of(bytes) }
}

fn look(root: &Path, folder: &Path, seen: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let (path, data) = (entry.path(), entry.metadata().expect("there"));
        let shown = path.strip_prefix(root).expect("below").display().to_string();
        if data.is_dir() {
            seen.push(shown);
            look(root, &path, seen);
        } else if data.is_symlink() {
            seen.push(format!("{shown} -> {}", std::fs::read_link(&path).expect("a link").display()));
        } else {
            let mode = data.permissions().mode() & 0o100;
            seen.push(format!("{shown} {mode:o} {}", Sha256::of_file(&path).expect("readable")));
        }
    }
}

#[test]
fn what_was_exported_comes_back_byte_for_byte() {
    let small = Small::new();
    small.export();
    // What was not asked for, objects above all, stays behind.
    std::fs::remove_dir_all(small.store.cpython_tree(&key("tree")).join("build")).expect("removed");
    let before = small.look();
    small.empty();
    let imported = small.import().expect("imported");
    assert_eq!(imported, Imported { subjects: vec!["small: runner".into()], added: 7, replaced: 0, kept: 0 });
    assert_eq!(small.look(), before);
    // A second one finds all there; one that was damaged is put right, and alone.
    assert_eq!(small.import().expect("imported").kept, 7);
    write(&small.store.sysroot(&key("sysroot")).join("usr/lib/os.py"), b"import syz\n");
    let again = small.import().expect("imported");
    assert_eq!((again.added, again.replaced, again.kept), (1, 1, 6));
    assert_eq!(small.look(), before);
    // Where an installation is put in place again, its stamp comes after it.
    write(&small.store.cpython_tree(&key("tree")).join("prefix/bin/python3"), b"another");
    let again = small.import().expect("imported");
    assert_eq!((again.added, again.kept), (2, 5));
    assert_eq!(small.look(), before);
}

#[test]
fn equal_stores_give_equal_bundles() {
    let small = Small::new();
    let first = small.export();
    let bytes = std::fs::read(small.file()).expect("read");
    assert_eq!(Sha256::of(&bytes), first);
    small.empty();
    std::thread::sleep(Duration::from_millis(20));
    small.fill();
    assert_eq!(small.export(), first, "neither time nor the order of creation is in it");
}

#[test]
fn a_bundle_is_for_one_place_and_one_surtax() {
    let small = Small::new();
    let digest = small.export();
    let other = Store::open(&small.folder.path().join("other")).expect("a store");
    let error = import(&other, &small.file(), None, &Silent).expect_err("another place");
    assert!(matches!(error, BundleError::OtherStore { .. }), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains(&format!("SURTAX_HOME={}", small.store.root().display()))));
    assert_eq!(error.exit(), Exit::Usage);
    assert!(import(&small.store, &small.file(), Some(digest), &Silent).is_ok());
    let wrong = import(&small.store, &small.file(), Some(Sha256::of(b"x")), &Silent).expect_err("another file");
    assert_eq!((matches!(wrong, BundleError::OtherContent { .. }), wrong.exit()), (true, Exit::Fetch));
    for (change, expected) in [
        (Manifest { schema: 2, ..small.manifest() }, "schema 2"),
        (Manifest { surtax: "0.0.9".into(), ..small.manifest() }, "of surtax 0.0.9"),
        (Manifest { target: "aarch64-unknown-linux-gnu".into(), ..small.manifest() }, "aarch64"),
    ] {
        small.export();
        small.forge(&change, &[]);
        let said = small.refused(expected);
        assert!(said.contains(expected), "{said}");
    }
}

/// What is wrong, the manifest's parts, and the archive's contents.
type Case<'a> = (&'a str, Vec<Part>, Vec<(&'a str, &'a [u8])>);

#[test]
fn no_part_leads_outside_or_is_there_twice() {
    let small = Small::new();
    let link = |path: &str, target: &str| Part::Link { path: path.into(), target: target.into() };
    let folder = |path: &str| Part::Folder { path: path.into() };
    let cases: Vec<Case<'_>> = vec![
        ("a path that climbs", vec![file("../../evil", b"x")], vec![("../../evil", b"x")]),
        ("a path that climbs in the middle", vec![folder("a"), file("a/../../b", b"x")], vec![("a/../../b", b"x")]),
        ("an absolute path", vec![file("/evil", b"x")], vec![("/evil", b"x")]),
        ("an empty part of a path", vec![folder("a"), file("a//b", b"x")], vec![("a//b", b"x")]),
        ("a path with a dot", vec![file("./a", b"x")], vec![("./a", b"x")]),
        ("a file twice", vec![file("a", b"x"), file("a", b"x")], vec![("a", b"x"), ("a", b"x")]),
        ("a file that is a folder", vec![folder("a"), file("a", b"x")], vec![("a", b"x")]),
        ("a file without its folder", vec![file("a/b", b"x")], vec![("a/b", b"x")]),
        ("a file behind a link", vec![link("a", "b"), folder("b"), file("a/c", b"x")], vec![("a/c", b"x")]),
        ("a link that is absolute", vec![link("a", "/etc")], vec![]),
        ("a link that climbs", vec![link("a", "../../../evil")], vec![]),
        ("links that climb together", vec![folder("d"), folder("d/e"), link("a", "d/e"), link("b", "a/../../../x")], vec![]),
        ("set-user-ID", vec![Part::File { path: "a".into(), mode: 0o4755, size: 1, sha256: Sha256::of(b"x") }], vec![("a", b"x")]),
    ];
    for (case, parts, contents) in cases {
        small.export();
        small.sysroot_of(parts, &contents);
        let said = small.refused(case);
        assert!(said.contains("nothing of it is used"), "{case}: {said}");
    }
    assert!(!small.folder.path().join("evil").exists());
}

#[test]
fn only_finished_places_of_a_store_can_be_in_a_bundle() {
    let small = Small::new();
    small.export();
    let (whole, forged) = (small.manifest(), key("forged"));
    let stamp = || vec![Part::Folder { path: String::new() }, file(Stamp::NAME, b"")];
    let at = |place: String, parts: Vec<Part>| vec![Entry { place, parts }];
    let alone = |target: &str| vec![Part::Link { path: String::new(), target: target.into() }];
    let outside = small.store.root().join("../evil").display().to_string();
    let cases: Vec<(&str, Vec<Entry>)> = vec![
        ("a lock", at("locks/runners".into(), vec![file("", b"")])),
        ("a place that climbs", at(format!("sysroots/../../{forged}"), stamp())),
        ("an absolute place", at("/etc".into(), stamp())),
        ("a place twice", [at(format!("sysroots/{forged}"), stamp()), at(format!("sysroots/{forged}"), stamp())].concat()),
        ("no stamp", at(format!("sysroots/{forged}"), vec![Part::Folder { path: String::new() }])),
        ("a sysroot that is a file", at(format!("sysroots/{forged}"), vec![file("", b"")])),
        ("a sysroot that is a link", at(format!("sysroots/{forged}"), alone("/"))),
        ("nothing", at(format!("sysroots/{forged}"), vec![])),
        ("a home's link outside", at(format!("homes/{forged}/lib"), alone("/usr/lib"))),
        ("a home's link that climbs out", at(format!("homes/{forged}/lib"), alone(&outside))),
        (
            "a home's link to what the bundle lacks",
            at(format!("homes/{forged}/lib"), alone(&small.store.sysroot(&forged).display().to_string())),
        ),
        ("a download under another's hash", at(format!("blobs/sha256/ab/{}", "ab".repeat(32)), vec![file("", b"x")])),
    ];
    for (case, entries) in cases {
        small.forge(&Manifest { entries, ..whole.clone() }, &[]);
        let said = small.refused(case);
        assert!(said.contains("nothing of it is used"), "{case}: {said}");
    }
}

#[test]
fn the_archive_must_be_what_the_manifest_promises() {
    let small = Small::new();
    let place = format!("store/sysroots/{}", key("forged"));
    let case = |case: &str, contents: &[(&str, &[u8])]| {
        small.export();
        small.sysroot_of(vec![file("a", b"content")], contents);
        small.refused(case)
    };
    let said = case("another content", &[("a", b"CONTENT")]);
    assert!(said.contains("not what the manifest promises"), "{said}");
    assert!(case("a shorter content", &[("a", b"conten")]).contains("another kind or size"));
    assert!(case("a longer content", &[("a", b"content and more")]).contains("another kind or size"));
    assert!(case("a missing file", &[]).contains("ends before it") || case("a missing file", &[]).contains("in its place"));
    assert!(case("another name", &[("b", b"content")]).contains("in its place"));
    assert!(case("one more", &[("a", b"content"), ("z", b"")]).contains("does not name it"));
    // Kinds that a manifest cannot name.
    for kind in [tar::EntryType::Char, tar::EntryType::Fifo, tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Directory] {
        small.export();
        let manifest = Manifest {
            entries: vec![Entry {
                place: place.trim_start_matches("store/").to_owned(),
                parts: vec![Part::Folder { path: String::new() }, file(Stamp::NAME, b"")],
            }],
            ..small.manifest()
        };
        let text = serde_json::to_vec(&manifest).expect("JSON");
        small.forge_members([
            ("manifest.json".to_owned(), tar::EntryType::Regular, text),
            (format!("{place}/{}", Stamp::NAME), kind, Vec::new()),
        ]);
        assert!(small.refused("a device").contains("another kind"), "{kind:?}");
    }
}

#[test]
fn what_is_no_bundle_or_too_large_is_refused_before_it_is_unpacked() {
    let small = Small::new();
    std::fs::write(small.file(), b"not a bundle").expect("written");
    assert!(small.refused("text").contains("no bundle of surtax"));
    std::fs::write(small.file(), b"").expect("written");
    small.refused("nothing");
    small.forge_members([("store/x".to_owned(), tar::EntryType::Regular, b"x".to_vec())]);
    assert!(small.refused("no manifest").contains("does not begin with manifest.json"));
    small.forge_members([("manifest.json".to_owned(), tar::EntryType::Regular, b"{\"schema\": 1, \"colour\": 2}".to_vec())]);
    assert!(small.refused("other fields").contains("cannot be understood"));
    // More than any disk has, and more than can be counted.
    for size in [1 << 60, u64::MAX] {
        small.export();
        let huge = Part::File { path: "a".into(), mode: 0o644, size, sha256: Sha256::of(b"") };
        small.sysroot_of(vec![huge.clone(), Part::File { path: "b".into(), mode: 0o644, size, sha256: Sha256::of(b"") }], &[("a", b"")]);
        assert!(matches!(small.import(), Err(BundleError::NoRoom { .. })), "{size}");
    }
    // A stream of zeros that goes on for ever as far as memory and disk go: read through, and not kept.
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("zstd");
    let mut header = tar::Header::new_gnu();
    header.set_path("manifest.json").expect("a name");
    header.set_size(1 << 40);
    header.set_cksum();
    encoder.write_all(header.as_bytes()).expect("written");
    for _ in 0..64 {
        encoder.write_all(&vec![0; 1 << 20]).expect("written");
    }
    std::fs::write(small.file(), encoder.finish().expect("finished")).expect("written");
    assert!(small.refused("a bomb").contains("larger than"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is cut off or changed, the store has either all of the bundle or nothing of it.
    #[test]
    fn a_damaged_bundle_is_refused(cut in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>(), bit in 0..8_u32, truncate in any::<bool>()) {
        let small = Small::new();
        small.export();
        small.empty();
        let mut bytes = std::fs::read(small.file()).expect("read");
        if truncate {
            bytes.truncate(cut.index(bytes.len()));
        } else {
            let at = flip.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        std::fs::write(small.file(), &bytes).expect("written");
        match small.import() {
            // A bit that says nothing, such as one that a decoder ignores.
            Ok(imported) => prop_assert_eq!(imported.added, 7),
            Err(_) => prop_assert!(small.look().is_empty(), "{:?}", small.look()),
        }
    }
}

/// With `kill -9` at any moment, what can be seen is whole, and the next call completes it.
#[test]
fn a_killed_import_leaves_whole_places_or_none() {
    let small = Small::new();
    for number in 0..12 {
        let sysroot = small.store.sysroot(&key(&format!("sysroot {number}")));
        for part in 0..8_u32 {
            let noise: Vec<u8> = (0..4000_u32).map(|at| (at.wrapping_mul(2_654_435_761).wrapping_add(part * number) >> 13) as u8).collect();
            write(&sysroot.join(format!("{part}")), &noise);
        }
        Stamp::write(&sysroot, "whole").expect("stamped");
    }
    let mut places = small.places();
    places.extend((0..12).filter_map(|number| small.store.place(&small.store.sysroot(&key(&format!("sysroot {number}"))))));
    export(&small.store, &places, Vec::new(), &small.file(), &Silent).expect("exported");
    std::fs::remove_dir_all(small.store.cpython_tree(&key("tree")).join("build")).expect("removed");
    let before = small.look();
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
        command.args(["bundle", "import"]).arg(small.file()).env("SURTAX_HOME", small.store.root());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("surtax starts")
    };
    small.empty();
    let began = Instant::now();
    assert!(start().wait().expect("it ends").success());
    let whole = began.elapsed();
    assert_eq!(small.look(), before);
    let mut partial = 0;
    for step in 1..=8_u32 {
        small.empty();
        let mut child = start();
        std::thread::sleep(whole * step / 8);
        child.kill().expect("killed");
        child.wait().expect("it ends");
        let visible = small.look();
        partial += usize::from(!visible.is_empty() && visible.len() < before.len());
        // Nothing but what belongs there, each place with all of its files.
        let whole_places = places.iter().filter(|place| std::fs::symlink_metadata(small.store.at(place)).is_ok());
        for place in whole_places {
            let of = |lines: &[String]| lines.iter().filter(|line| line.starts_with(place.as_str())).cloned().collect::<Vec<_>>();
            assert_eq!(of(&visible), of(&before), "{place}");
        }
        assert!(start().wait().expect("it ends").success());
        assert_eq!(small.look(), before);
    }
    surtax::ui::talk(&format!("{partial} of 8 kills came while places became visible"));
}

#[test]
fn an_export_that_fails_leaves_the_earlier_file() {
    let small = Small::new();
    let earlier = small.export();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        small.store.sysroot(&key("sysroot")).join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .expect("a pipe");
    let error = export(&small.store, &small.places(), Vec::new(), &small.file(), &Silent).expect_err("a pipe");
    assert!(error.to_string().contains("is neither file nor folder nor link"), "{error}");
    assert_eq!(Sha256::of_file(&small.file()).expect("there"), earlier);
    let beside: Vec<_> = std::fs::read_dir(small.folder.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(beside.len(), 2, "{beside:?}");
}

/// Found out where the bundle is written, not on the machines that it was written for.
#[test]
fn what_an_import_would_refuse_is_not_exported() {
    let small = Small::new();
    let earlier = small.export();
    let (sysroot, home) = (small.store.sysroot(&key("sysroot")), small.store.home(&key("home")));
    let refused = |path: &Path, places: &[Place]| {
        let error = export(&small.store, places, Vec::new(), &small.file(), &Silent).expect_err("not to be imported");
        let said = error.to_string();
        assert!(matches!(error, BundleError::Unimportable { .. }) && said.contains(&*path.to_string_lossy()), "{said}");
        assert!(error.hint().is_some_and(|hint| hint.contains("build it again")), "{said}");
        assert_eq!(Sha256::of_file(&small.file()).expect("there"), earlier, "{said}");
        said
    };
    let link = |target: &str, path: &Path| std::os::unix::fs::symlink(target, path).expect("linked");
    for (path, target, reason) in [
        ("out", "../../../x", "it leads outside"),
        ("usr/lib/out", "../../nowhere/../../x", "it leads outside"),
        ("usr/out", "/etc", "it is a link that leads outside"),
        // By its text it stays inside, and through the other it does not.
        ("usr/lib/a/out", "../top/../x", "it leads outside"),
    ] {
        link("../..", &sysroot.join("usr/lib/top"));
        link(target, &sysroot.join(path));
        let said = refused(&sysroot.join(path), &small.places());
        assert!(said.ends_with(reason), "{said}");
        ["usr/lib/top", path].iter().for_each(|path| std::fs::remove_file(sysroot.join(path)).expect("removed"));
    }
    let twice = [small.places(), small.places()].concat();
    assert!(refused(&sysroot, &twice).ends_with("it is there twice"));
    std::fs::remove_file(home.join("lib")).expect("removed");
    link("/usr/lib", &home.join("lib"));
    assert!(refused(&home.join("lib"), &small.places()).ends_with("it leads to nothing in the bundle"));
    std::fs::remove_file(home.join("lib")).expect("removed");
    link(&sysroot.join("usr/lib").to_string_lossy(), &home.join("lib"));
    std::fs::remove_file(sysroot.join(Stamp::NAME)).expect("removed");
    assert!(refused(&sysroot, &small.places()).ends_with("it is not finished"));
    Stamp::write(&sysroot, "sysroot").expect("stamped");
    assert_eq!(small.export(), earlier);
}

#[test]
fn places_of_several_trees_come_in_any_order() {
    let small = Small::new();
    let trees = [small.store.cpython_tree(&key("tree")), small.store.cpython_tree(&key("other"))];
    write(&trees[1].join("prefix/bin/python3"), b"python");
    Stamp::write(&trees[1].join("steps/install"), "").expect("stamped");
    let paths = ["prefix", "steps/install"].iter().flat_map(|part| trees.iter().map(move |tree| tree.join(part)));
    let places: Vec<Place> = paths.map(|path| small.store.place(&path).expect("a place")).collect();
    export(&small.store, &places, Vec::new(), &small.file(), &Silent).expect("exported");
    small.empty();
    // An import that waits for itself would wait for ever.
    let (store, file) = (small.store.clone(), small.file());
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || told.send(import(&store, &file, None, &Silent).is_ok()));
    assert_eq!(heard.recv_timeout(std::time::Duration::from_secs(60)), Ok(true));
    assert!(trees.iter().all(|tree| tree.join("prefix/bin/python3").is_file()));
}
