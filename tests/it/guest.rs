//! Guests: which executables are taken as they are, and what is said of the others.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use surtax::elf::ProgramError;
use surtax::guest::{Guest, GuestError, Named};
use tempfile::TempDir;

use crate::needs;
use crate::world::{compiled, shell_script};

struct Room(TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, main: &str) -> PathBuf {
        compiled(&self.path("program"), &format!("#include <stdio.h>\n#include <unistd.h>\nint main(void) {{ {main} }}"), &[])
    }
}

fn refused(path: &Path) -> GuestError {
    Guest::identify("mine", path).expect_err("refused")
}

#[test]
fn a_name_is_plain_and_not_one_of_surtaxs_own() {
    let named: Named = "mine-3.13_b=/opt/a=b/python3".parse().expect("good");
    assert_eq!((named.name.as_str(), named.path.as_path()), ("mine-3.13_b", Path::new("/opt/a=b/python3")));
    for text in ["mine", "mine=", ""] {
        assert!(matches!(text.parse::<Named>(), Err(GuestError::Form(_))), "{text}");
    }
    let long = "a".repeat(41);
    for name in
        ["", "a/b", "a b", "-a", ".a", "ä", "python3", "python3-again", "host-python3", "static-nonpic", "shared", "static-pie", &long]
    {
        let error = format!("{name}=/usr/bin/python3").parse::<Named>().expect_err(name);
        assert!(matches!(error, GuestError::Name { .. }), "{name}: {error}");
    }
}

#[test]
fn a_python_says_what_it_is_and_keeps_the_path_that_it_was_named_by() {
    let Some(python3) = needs::python3() else { return };
    let room = Room::new();
    let link = room.path("linked");
    symlink(python3, &link).expect("a link");
    let guest = Guest::identify("mine", &link).expect("a Python");
    assert_eq!((guest.name.as_str(), guest.executable.as_path(), guest.implementation.as_str()), ("mine", link.as_path(), "CPython"));
    assert!(guest.version.starts_with("3.") && guest.is_same_python(&guest.version) && !guest.is_same_python("3.99.0"));
    assert_eq!(guest.sha256, surtax::digest::Sha256::of_file(python3).expect("readable"));
    assert!(guest.description().contains(&guest.version));
    let host = Guest::host().expect("the host's");
    assert_eq!((host.name.as_str(), host.sha256), ("host-python3", guest.sha256));
}

/// Its settings lie beside the link, so a link that was followed would be another Python.
#[test]
fn the_python_of_a_virtual_environment_stays_in_it() {
    let Some(python3) = needs::python3() else { return };
    let room = Room::new();
    let made = surtax::process::Job::new(python3).args(["-m", "venv", "--without-pip"]).arg(room.path("venv")).run_for_text();
    if made.is_err() {
        return; // Debian's python3-venv is a package of its own.
    }
    let guest = Guest::identify("mine", &room.path("venv/bin/python3")).expect("a Python");
    let job = surtax::process::Job::new(&guest.executable).args(["-c", "import sys; print(sys.prefix != sys.base_prefix)"]);
    assert_eq!(job.run_for_text().expect("it starts"), "True\n");
}

#[test]
fn what_is_no_python_is_refused_with_what_it_said() {
    let room = Room::new();
    assert!(matches!(refused(&room.path("nothing")), GuestError::NoSuchFile(_)));
    assert!(matches!(refused(room.0.path()), GuestError::Folder(_)));
    std::fs::write(room.path("text"), "text").expect("written");
    assert!(matches!(refused(&room.path("text")), GuestError::NotExecutable(_)));
    std::fs::set_permissions(room.path("text"), std::fs::Permissions::from_mode(0o755)).expect("set");
    assert!(matches!(refused(&room.path("text")), GuestError::Program(ProgramError::NotAProgram(_))));
    let pipe = room.path("pipe");
    surtax::process::Job::new("/usr/bin/mkfifo").args(["-m", "755"]).arg(&pipe).run_for_text().expect("a pipe");
    assert!(matches!(refused(&pipe), GuestError::Program(ProgramError::NotAProgram(_))), "nobody will ever write into it");
    let script = shell_script(&room.path("script"), "exec /usr/bin/python3 \"$@\"");
    assert!(matches!(refused(&script), GuestError::Program(ProgramError::Script(_))));
    for main in [r#"puts("{}"); return 0;"#, r#"puts("hello"); return 0;"#, r#"fputs("unknown option -I\n", stderr); return 2;"#] {
        let error = refused(&room.program(main));
        assert!(matches!(error, GuestError::NotPython { .. }), "{main}: {error}");
    }
    let said = refused(&room.program(r#"fputs("unknown option -I\n", stderr); return 2;"#)).to_string();
    assert!(said.contains("exited with code 2") && said.contains("unknown option -I"), "{said}");
    // Success is what counts, not what is printed on the way down.
    let crash = r#"fputs("{\"version\": \"3.13.0\", \"implementation\": \"CPython\"}", stderr); return 1;"#;
    assert!(matches!(refused(&room.program(crash)), GuestError::NotPython { .. }));
}

#[test]
fn an_old_python_a_foreign_program_and_a_missing_loader_are_told_apart() {
    let room = Room::new();
    let old = room.program(r#"puts("{\"version\": \"3.10.13\", \"implementation\": \"CPython\"}"); return 0;"#);
    assert!(matches!(refused(&old), GuestError::TooOld { .. }));
    let other = room.program(r#"puts("{\"version\": \"3.11.13\", \"implementation\": \"PyPy\"}"); return 0;"#);
    let guest = Guest::identify("mine", &other).expect("another implementation is welcome");
    assert!(!guest.is_same_python("3.11.13"));
    let mut bytes = std::fs::read(&other).expect("readable");
    // e_machine, two bytes at 18: 183 is AArch64.
    bytes[18..20].copy_from_slice(&183_u16.to_le_bytes());
    std::fs::write(&other, bytes).expect("written");
    assert!(matches!(refused(&other), GuestError::Program(ProgramError::OtherArchitecture { found, .. }) if found == "aarch64"));
    let lost = compiled(&room.path("lost"), "int main(void) { return 0; }", &["-Wl,--dynamic-linker=/nonexistent/ld-musl-x86_64.so.1"]);
    assert!(matches!(refused(&lost), GuestError::Program(ProgramError::NoLoader { .. })));
}

#[test]
fn one_that_hangs_is_ended_at_the_limit() {
    let room = Room::new();
    let hangs = room.program("for (;;) pause();");
    let started = Instant::now();
    let error = Guest::identify_within("mine", &hangs, Duration::from_millis(300)).expect_err("it hangs");
    assert!(matches!(error, GuestError::Hangs { .. }), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
}
