//! Durable writes: nothing half-made is seen, whatever happens.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use surtax::error::Explain as _;
use surtax::fs::{Appender, Scratch, symlink, write_atomic};

use crate::needs::SmallDisk;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_torn_line_is_cut_before_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samples.jsonl");
    let mut journal = Appender::open(&path).unwrap();
    journal.append("one").unwrap();
    drop(journal);
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"two, but the machi").unwrap();
    Appender::open(&path).unwrap().append("three").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\nthree\n");
}

#[test]
fn a_journal_of_a_torn_line_alone_becomes_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samples.jsonl");
    fs::OpenOptions::new().create(true).append(true).open(&path).unwrap().write_all(b"{\"sch").unwrap();
    drop(Appender::open(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[test]
fn a_file_is_replaced_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/plan.json");
    write_atomic(&path, b"old").unwrap();
    let old = fs::File::open(&path).unwrap();
    write_atomic(&path, b"new and longer").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new and longer");
    // Who opened the old file still reads the old bytes.
    assert_eq!(std::io::read_to_string(old).unwrap(), "old");
    assert_eq!(names(path.parent().unwrap()), ["plan.json"]);
}

#[test]
fn a_file_that_cannot_be_put_in_place_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken");
    fs::create_dir(&path).unwrap();
    let error = write_atomic(&path, b"bytes").unwrap_err();
    assert_eq!(error.to_string(), format!("cannot write {}", path.display()));
    assert_eq!(names(folder.path()), ["taken"]);
}

#[test]
fn scratch_vanishes_unless_it_is_put_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = Scratch::new(&folder.path().join("scratch")).unwrap();
    write_atomic(&scratch.path().join("deep/file"), b"x").unwrap();
    let path = scratch.path().to_owned();
    drop(scratch);
    assert!(!path.exists());

    let scratch = Scratch::new(&folder.path().join("scratch")).unwrap();
    write_atomic(&scratch.path().join("file"), b"x").unwrap();
    let place = folder.path().join("builds/key");
    write_atomic(&place.join("stale"), b"x").unwrap();
    scratch.commit(&place).unwrap();
    assert_eq!(names(&place), ["file"]);
    assert_eq!(names(&folder.path().join("scratch")), Vec::<String>::new());
}

#[test]
fn a_link_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("lib");
    symlink(Path::new("usr/lib"), &link).unwrap();
    symlink(Path::new("usr/lib"), &link).unwrap();
    symlink(Path::new("usr/lib64"), &link).unwrap();
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("usr/lib64"));
    assert_eq!(names(folder.path()), ["lib"]);
}

#[test]
fn a_full_disk_leaves_the_journal_whole() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_disk) = SmallDisk::on(folder.path()) else { return };
    let path = folder.path().join("samples.jsonl");
    let mut journal = Appender::open(&path).unwrap();
    let line = "x".repeat(999);
    let mut kept = 0;
    let error = loop {
        match journal.append(&line) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1000, "the disk never became full");
    };
    assert_eq!(error.source.kind(), std::io::ErrorKind::StorageFull);
    assert!(error.hint().unwrap().contains("full"), "{:?}", error.hint());
    assert!(kept > 10);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{line}\n").repeat(kept));
    assert!(write_atomic(&folder.path().join("summary.json"), &[b'x'; 100_000]).is_err());
    assert_eq!(names(folder.path()), ["samples.jsonl"]);

    // Once there is room, it goes on.
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1000).unwrap();
    journal.append("next").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{line}\nnext\n"));
}
