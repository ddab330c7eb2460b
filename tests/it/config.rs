//! The configuration file: which mirrors it gives, when it is read, and what a mistake in it says.

use std::path::Path;

use assert_cmd::Command;
use proptest::prelude::*;
use surtax::config::{Config, ConfigError};
use surtax::debian::{ProvisionError, Request};
use surtax::error::{Exit, Explain as _};

use crate::world::{World, write};

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("some/config.toml"), text)
}

#[test]
fn it_lists_mirrors_by_distribution() {
    let config = parse("[mirrors]\ndebian = [\"http://a.example/debian/\", \"file:///srv/security\"]\nUbuntu = []\n").expect("valid");
    // Without regard to case, as an index writes `Debian` and an os-release `debian`.
    assert_eq!(config.mirrors("Debian"), ["http://a.example/debian", "file:///srv/security"]);
    assert!(config.mirrors("Ubuntu").is_empty() && config.mirrors("other").is_empty());
    assert_eq!(parse("").expect("an empty file is none"), Config::default());
}

#[test]
fn a_mistake_is_reported_with_file_and_line() {
    for (text, line, says) in [
        ("[mirror]\ndebian = []\n", 1, "unknown field `mirror`"),
        ("# mine\ncolour = true\n", 2, "unknown field `colour`"),
        ("[mirrors]\n\ndebian = \"http://a.example\"\n", 3, "expected a sequence"),
        ("[mirrors]\ndebian = [\"http://a.example\",\n \"a.example\"]\n", 3, "`a.example` is not a mirror's URL"),
        ("[mirrors]\ndebian = [\n", 2, "unclosed"),
    ] {
        let error = parse(text).expect_err(text);
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("some/config.toml:{line}: ")) && shown.contains(says), "{shown}");
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.hint().is_some_and(|hint| hint.contains("[mirrors]\ndebian = [\"https://")));
    }
}

/// A world whose mirror is named by its configuration file alone.
fn configured() -> World {
    let mut world = World::new();
    std::fs::remove_dir_all(&world.host.apt).expect("removed");
    write(&world.path("config.toml"), format!("[mirrors]\ntestian = [\"{}\"]\n", world.server.url()).as_bytes());
    world.host.config = Some(world.path("config.toml"));
    world
}

#[test]
fn its_mirrors_serve_a_host_without_apt() {
    configured().provision().expect("provisioned");
}

#[test]
fn an_option_comes_first_then_the_environment_then_the_file_then_apt() {
    const NOBODY: &str = "http://127.0.0.1:9/nobody";
    let mut world = configured();
    let asks_nobody = |world: &World, request: &Request| world.ask(request).is_err_and(|error| error.to_string().contains(NOBODY));
    world.host.mirrors = vec![NOBODY.into()];
    assert!(asks_nobody(&world, &world.request()), "the environment comes before the file");
    world.ask(&Request { mirrors: vec![world.server.url()], ..world.request() }).expect("an option comes before both");
    let mut world = configured();
    write(&world.host.apt.join("sources.list"), format!("deb {NOBODY} tester main\n").as_bytes());
    world.provision().expect("the file comes before apt's sources");
    write(&world.path("config.toml"), b"[mirrors]\nother = [\"http://127.0.0.1:9/other\"]\n");
    assert!(asks_nobody(&world, &world.request()), "apt's sources are left where the file names no mirror of the distribution");
    // Where another mirror is given, a broken file is in nobody's way.
    write(&world.path("config.toml"), b"[");
    world.host.mirrors = vec![world.server.url()];
    world.provision().expect("by the environment");
    world.host.mirrors.clear();
    let error = world.provision().expect_err("broken");
    assert!(matches!(error, ProvisionError::Config(ConfigError::Malformed { .. })), "{error}");
}

#[test]
fn it_lies_where_the_environment_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let broken = |name: &str| write(&path(name), b"[");
    broken("home/.config/surtax/config.toml");
    broken("xdg/surtax/config.toml");
    broken("mine.toml");
    let says = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
        command.env("SURTAX_HOME", path("store")).env_remove("SURTAX_MIRROR").env_remove("SURTAX_CONFIG").env_remove("XDG_CONFIG_HOME");
        variables.iter().for_each(|(name, value)| _ = command.env(name, path(value)));
        let output = command.args(["provision", "debian-13"]).output().expect("surtax starts");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("text").replace(folder.path().to_str().expect("text"), "")
    };
    assert!(says(&[("HOME", "home")]).starts_with("error: /home/.config/surtax/config.toml:1: "));
    assert!(says(&[("HOME", "home"), ("XDG_CONFIG_HOME", "xdg")]).starts_with("error: /xdg/surtax/config.toml:1: "));
    assert!(says(&[("HOME", "home"), ("SURTAX_CONFIG", "mine.toml")]).starts_with("error: /mine.toml:1: "));
    // One that is named must be there.
    assert!(says(&[("HOME", "home"), ("SURTAX_CONFIG", "none.toml")]).starts_with("error: cannot read /none.toml"));
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }
}
