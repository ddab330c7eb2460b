//! Recipes: those that travel with surtax, and what a mistake in one's own says.

mod cpython;

use std::path::Path;

use proptest::prelude::*;
use surtax::error::{Exit, Explain as _};
use surtax::recipe::{PythonVersion, Recipe, RecipeError, Release};

#[test]
fn every_recipe_that_travels_with_surtax_is_valid() {
    let names = Recipe::names();
    let archives = ["debian-12", "debian-13", "debian-testing", "debian-unstable", "host", "ubuntu-22.04", "ubuntu-24.04", "ubuntu-26.04"];
    let sources = ["cpython-3.11", "cpython-3.12", "cpython-3.13", "cpython-3.14", "fastest", "study-pgo-lto"];
    let expected = archives.into_iter().chain(sources).collect::<Vec<_>>();
    assert!(expected.iter().all(|name| names.contains(&(*name).to_owned())), "{names:?}");
    for name in names {
        let recipe = Recipe::named(&name).expect("valid");
        assert_eq!(recipe.name, name);
    }
    let host = Recipe::named("host").and_then(Recipe::archive).expect("the default");
    assert_eq!((host.release, host.python), (Release::Host, None));
}

#[test]
fn an_unknown_recipe_is_answered_with_the_known_ones() {
    let error = Recipe::named("debian-99").expect_err("unknown");
    assert_eq!(error.exit(), Exit::Usage);
    assert!(error.to_string().contains("`debian-99`"));
    assert!(
        error
            .hint()
            .expect("a hint")
            .contains("debian-12, debian-13, debian-testing, debian-unstable, fastest, host, study-pgo-lto, ubuntu-22.04")
    );
}

#[test]
fn a_recipe_of_ones_own_is_named_by_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.yaml");
    crate::world::write(&path, b"kind: archive\nrelease: host\npython: '3.13'\n");
    let recipe = Recipe::named(path.to_str().expect("text")).expect("valid");
    assert_eq!(recipe.name, "mine");
    assert_eq!(recipe.archive().expect("an archive").python, Some(PythonVersion::new(3, 13)));
}

#[test]
fn a_mistake_is_reported_with_file_line_and_column() {
    for (text, line, says) in [
        ("kind: archive\nrelease: host\nmirror: http://x\n", 3, "mirror"),
        ("kind: archive\nrelease: guest\n", 2, "guest"),
        ("kind: tarball\n", 1, "tarball"),
        ("kind: archive\nrelease: host\npython: newest\n", 3, "newest"),
        ("kind: archive\nrelease: [\n", 2, ""),
        ("release: host\n", 1, "kind"),
        ("kind: archive\n", 1, "origin"),
        ("kind: archive\nrelease: host\ncodename: x\n", 1, "codename"),
        ("kind: archive\norigin: O\ncodename: ../x\nsuites: [x]\ncomponents: [main]\nkeyrings: []\n", 3, "../x"),
        ("kind: archive\norigin: O\ncodename: x\nsuites: []\ncomponents: [main]\nkeyrings: []\n", 1, "suites"),
    ] {
        let error = Recipe::parse(Path::new("some/mine.yaml"), text).expect_err(text);
        let RecipeError::Malformed { line: found, .. } = &error else { panic!("{error}") };
        assert_eq!(*found, line, "{text}: {error}");
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("some/mine.yaml:{line}:")) && shown.contains(says), "{shown}");
        assert!(!shown.contains('\n'), "{shown}");
        assert_eq!(error.exit(), Exit::Usage);
    }
}

#[test]
fn python_versions_order_by_number() {
    let version = |text: &str| text.parse::<PythonVersion>().expect("a version");
    assert!(version("3.9") < version("3.10") && version("3.14") < version("4.0"));
    for bad in ["3", "3.", ".3", "3.x", "3.1.2", "+3.1", "3.01", "", "3.99999999"] {
        assert!(bad.parse::<PythonVersion>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        let _ = Recipe::parse(Path::new("x.yaml"), &text);
    }

    #[test]
    fn python_versions_survive_their_text(major: u16, minor: u16) {
        let version = PythonVersion::new(major, minor);
        prop_assert_eq!(version.to_string().parse(), Ok(version));
    }
}
