//! Unpacking: every compression, every kind of entry, and no way out of the folder.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use proptest::prelude::*;
use surtax::unpack::{Tree, UnpackError, deb, tarball};

use crate::world::{Compression, Content, Deb, write};

fn unpacked(package: &Deb) -> (tempfile::TempDir, Result<(), UnpackError>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, root) = (folder.path().join("x.deb"), folder.path().join("root"));
    write(&file, &package.bytes());
    surtax::fs::create_dir_all(&root).expect("made");
    let tree = Tree::system_root(&root).expect("a tree");
    let outcome = deb(&file, "x 1", &tree, &|_| true);
    (folder, outcome)
}

fn file(content: &str) -> Content {
    Content::File(content.into(), 0o644)
}

#[test]
fn every_compression_and_every_kind_of_entry_is_unpacked() {
    for compression in [Compression::None, Compression::Gzip, Compression::Xz, Compression::Zstd] {
        let package = Deb::new("x", "1")
            .compression(compression)
            .entry("./", Content::Folder)
            .entry("./lib/", Content::Folder)
            .entry("./usr/share/empty/", Content::Folder)
            .entry("./lib/deep/er/file", Content::File(b"text".to_vec(), 0o7755))
            .entry("./usr/lib/link", Content::Symlink("deep/er/file".into()))
            .entry("./usr/lib/up", Content::Symlink("../share".into()))
            .entry("./usr/lib/same", Content::HardLink("./lib/deep/er/file".into()))
            .entry("./dev/null", Content::Device);
        let (folder, outcome) = unpacked(&package);
        outcome.expect("unpacked");
        let root = folder.path().join("root");
        for name in ["lib/deep/er/file", "usr/lib/link", "usr/lib/same"] {
            assert_eq!(std::fs::read_to_string(root.join(name)).expect(name), "text");
        }
        let data = std::fs::metadata(root.join("usr/lib/deep/er/file")).expect("there");
        assert_eq!(data.permissions().mode() & 0o7777, 0o755);
        assert!(root.join("usr/share/empty").is_dir() && root.join("lib").is_symlink());
        assert!(!root.join("dev/null").exists());
    }
}

#[test]
fn no_path_leads_outside() {
    let cases: [(&str, Vec<(&str, Content)>); 8] = [
        ("an absolute path", vec![("/evil", file("x"))]),
        ("a path that climbs", vec![("./usr/../../evil", file("x"))]),
        ("a link that climbs", vec![("./usr/a", Content::Symlink("../../evil".into()))]),
        ("a hard link that climbs", vec![("./usr/a", Content::HardLink("../../x.deb".into()))]),
        ("a hard link that is absolute", vec![("./usr/a", Content::HardLink("/etc/passwd".into()))]),
        ("a folder that climbs", vec![("../evil/", Content::Folder)]),
        ("a link to itself's parent and out", vec![("./a", Content::Symlink("..".into())), ("./a/evil", file("x"))]),
        (
            "two links that climb together",
            vec![("./a/b", Content::Symlink("..".into())), ("./c", Content::Symlink("a/b/../../evil".into()))],
        ),
    ];
    for (what, entries) in cases {
        let package = entries.into_iter().fold(Deb::new("x", "1"), |deb, (path, content)| deb.entry(path, content));
        let (folder, outcome) = unpacked(&package);
        let escaped = folder.path().join("evil").exists() || std::fs::read_dir(folder.path()).expect("listed").count() != 2;
        assert!(!escaped, "{what} escaped");
        match outcome {
            Err(UnpackError::LeadsOutside { archive, .. }) => assert_eq!(archive, "x 1"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_file_below_an_absolute_link_stays_inside() {
    let package = Deb::new("x", "1")
        .entry("./etc/", Content::Folder)
        .entry("./a", Content::Symlink("/etc".into()))
        .entry("./a/surtax-evil", file("x"));
    let (folder, outcome) = unpacked(&package);
    outcome.expect("the link means the root that is being made");
    assert!(folder.path().join("root/etc/surtax-evil").is_file());
    assert!(!Path::new("/etc/surtax-evil").exists());
}

#[test]
fn a_later_entry_replaces_a_link_and_never_writes_through_it() {
    let package = Deb::new("x", "1").entry("./b", file("kept")).entry("./a", Content::Symlink("b".into())).entry("./a", file("new"));
    let (folder, outcome) = unpacked(&package);
    outcome.expect("unpacked");
    assert_eq!(std::fs::read_to_string(folder.path().join("root/b")).expect("b"), "kept");
    assert_eq!(std::fs::read_to_string(folder.path().join("root/a")).expect("a"), "new");
}

#[test]
fn damage_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let tree = Tree::open(folder.path()).expect("a tree");
    let whole = Deb::new("x", "1").file("./a", &"content ".repeat(1000)).bytes();
    for bytes in [b"no package".to_vec(), whole[..whole.len() - 60].to_vec(), whole[..100].to_vec()] {
        let path = folder.path().join("x.deb");
        write(&path, &bytes);
        let outcome = deb(&path, "x 1", &tree, &|_| true);
        assert!(matches!(outcome, Err(UnpackError::Damaged { .. })), "{outcome:?}");
    }
}

#[test]
fn a_tarball_is_unpacked_without_its_first_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    header.set_mode(0o755);
    builder.append_data(&mut header, "Python-9/configure", &b"true"[..]).expect("added");
    let tar = builder.into_inner().expect("a tar");
    for (name, bytes) in [("x.tar", tar.clone()), ("x.tar.gz", crate::world::deb::gzip(&tar)), ("x.tar.xz", crate::world::deb::xz(&tar))] {
        let (file, root) = (folder.path().join(name), folder.path().join(format!("root-{name}")));
        write(&file, &bytes);
        surtax::fs::create_dir_all(&root).expect("made");
        tarball(&file, &Tree::open(&root).expect("a tree"), 1, &|_| true).expect("unpacked");
        assert_eq!(std::fs::read_to_string(root.join("configure")).expect("there"), "true");
    }
    let mut file = tempfile::NamedTempFile::new_in(folder.path()).expect("a file");
    file.write_all(b"rubbish").expect("written");
    assert!(tarball(file.path(), &Tree::open(folder.path()).expect("a tree"), 0, &|_| true).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_paths_nothing_is_written_outside(
        entries in proptest::collection::vec(("(\\.?/)?([ab.]{1,2}/){0,3}[abc]", 0..3u8, "/?(\\.\\./){0,3}[ab./]{0,4}"), 1..6)
    ) {
        let package = entries.into_iter().fold(Deb::new("x", "1"), |deb, (path, kind, target)| match kind {
            0 => deb.entry(&path, file("x")),
            1 => deb.entry(&path, Content::Symlink(target)),
            _ => deb.entry(&path, Content::HardLink(target)),
        });
        let (folder, _) = unpacked(&package);
        let names: std::collections::BTreeSet<_> = std::fs::read_dir(folder.path()).expect("listed").flatten().map(|entry| entry.file_name()).collect();
        prop_assert_eq!(names.len(), 2, "{:?}", names);
    }
}
