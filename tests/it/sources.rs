//! The host's apt sources in all their forms.

use pgp::composed::ArmorOptions;

use crate::world::{Suite, World, archive, python, write};

fn suites() -> [Suite; 2] {
    let update = python("4.2", "4.2.1-2");
    [Suite::new("tester", python("4.2", "4.2.1-1")), Suite::new("tester-security", update)]
}

/// Which `dists/` folders were asked for, with sources of that file name and text (`URL` stands for the mirror).
fn asked(file: &str, text: &str) -> (World, Vec<String>) {
    let world = World::with(&suites());
    std::fs::remove_file(world.host.apt.join("sources.list")).expect("removed");
    write(&world.host.apt.join("sources.list.d").join(file), text.replace("URL", &world.server.url()).as_bytes());
    let _ = world.provision();
    let requests = world.server.requests();
    let mut dists: Vec<_> =
        requests.iter().filter_map(|path| Some(path.strip_suffix("/InRelease")?.strip_prefix("dists/")?.to_owned())).collect();
    dists.sort_unstable();
    (world, dists)
}

#[test]
fn one_line_style_with_options_and_comments() {
    let text = "\
# deb URL commented main
deb-src URL source main
deb [arch=arm64] URL tester-arm main
deb [ arch=amd64,arm64 trusted=yes ] URL tester main contrib # the base
deb URL tester-security main
deb URL ./
deb cdrom:[A disc with spaces]/ tester main
deb ftp://127.0.0.1/mirror tester main
";
    assert_eq!(asked("a.list", text).1, ["tester", "tester-security"]);
}

#[test]
fn deb822_style_with_several_values_and_disabled_paragraphs() {
    let text = "\
# a comment
Types: deb deb-src
URIs: URL/
Suites: tester
  tester-security
Components: main
 contrib

Types: deb
URIs: URL
Suites: tester-off
Components: main
Enabled: no

Types: deb-src
URIs: URL
Suites: tester-src
Components: main

Types: deb
URIs: URL
Suites: tester-arm
Components: main
Architectures: arm64
";
    let (world, dists) = asked("a.sources", text);
    assert_eq!(dists, ["tester", "tester-security"]);
    assert!(world.provision().expect("in the store").lock_text.contains("4.2.1-2"));
}

#[test]
fn a_file_of_another_kind_is_no_source() {
    assert!(asked("a.list.disabled", "deb URL tester main\n").1.is_empty());
}

#[test]
fn signed_by_names_a_file_or_holds_the_key_itself() {
    let armored = archive::public_key(false).to_armored_string(ArmorOptions::default()).expect("armored");
    let inline: String = armored.lines().map(|line| if line.is_empty() { " .\n".to_owned() } else { format!(" {line}\n") }).collect();
    let text = format!("Types: deb\nURIs: URL\nSuites: tester\nComponents: main\nSigned-By:\n{inline}");
    let (world, _) = asked("a.sources", &text);
    // The key in the file is enough, and no other is asked for.
    std::fs::remove_dir_all(world.path("keyrings")).expect("removed");
    std::fs::remove_dir_all(world.path("store")).expect("removed");
    world.provision().expect("by the inline key");

    let stranger = archive::public_key(true).to_armored_string(ArmorOptions::default()).expect("armored");
    let world = World::with(&suites());
    write(&world.path("stranger.asc"), stranger.as_bytes());
    let line = format!("deb [signed-by={}] {} tester main\n", world.path("stranger.asc").display(), world.server.url());
    write(&world.host.apt.join("sources.list"), line.as_bytes());
    // The host trusts the right key; this source does not.
    let error = world.provision().expect_err("signed by another key");
    assert!(error.to_string().contains("signed by none of the trusted keys"), "{error}");
}

#[test]
fn a_list_of_mirrors_is_followed() {
    let world = World::with(&suites());
    write(&world.path("mirrors"), format!("# mine\nhttp://127.0.0.1:9/gone\n{}\tpriority:2\n", world.server.url()).as_bytes());
    let line = format!("deb mirror+file:{} tester main\n", world.path("mirrors").display());
    write(&world.host.apt.join("sources.list"), line.as_bytes());
    world.provision().expect("from the second mirror of the list");
}

#[test]
fn a_source_named_by_class_is_taken_if_its_index_says_the_hosts_codename() {
    let mut stable = Suite::new("stable", python("4.2", "4.2.1-1"));
    stable.codename = "tester";
    let world = World::with(&[stable]);
    world.provision().expect("stable is this release today");
    let mut stable = Suite::new("stable", python("4.2", "4.2.1-1"));
    stable.codename = "successor";
    let world = World::with(&[stable]);
    let error = world.provision().expect_err("stable is another release by now");
    assert!(error.to_string().contains("its codename is successor"), "{error}");
}

#[test]
fn backports_are_not_taken_though_they_are_newer() {
    let mut backports = Suite::new("tester-backports", python("4.2", "4.2.9-1"));
    backports.lines.push("NotAutomatic: yes".into());
    let world = World::with(&[Suite::new("tester", python("4.2", "4.2.1-1")), backports]);
    let made = world.provision().expect("provisioned");
    assert!(!made.lock_text.contains("4.2.9"));
    assert!(world.said.text().contains("NotAutomatic"), "{}", world.said.text());
}
