//! The kit to embed: every format of a made-up variant, what each reader makes of hostile paths, and what is refused.

use std::path::{Path, PathBuf};
use std::process::Command;

use surtax::digest::Key;
use surtax::embed::{EmbedError, Format, Kit, Rendered, Source, Surroundings, create, render, write};
use surtax::libpython::{Build, CodeModel, Compiled, Hacl, HaclFlags, Home, Library, LinkTime, Shape, Sysconfig, Variant, VariantName};
use surtax::runner::LinkPlan;

use crate::needs;

/// A release's home, as if the store lay in `store`.
fn home(store: &str) -> Home {
    let at = |path: &str| PathBuf::from(format!("{store}/{path}"));
    Home {
        key: Key::of("home", []),
        python: "3.99".parse().expect("a version"),
        sysroot: Some(at("sysroots/s")),
        linker: Some(at("homes/h/linker")),
        prefix: at("homes/h"),
        stock: at("homes/h/stock/python3.99"),
        loader: at("sysroots/s/lib64/ld-linux-x86-64.so.2"),
        library_folders: vec![at("sysroots/s/usr/lib/x86_64-linux-gnu")],
        offers: Vec::new(),
        sysconfig: Sysconfig {
            version: "3.99.1".into(),
            multiarch: "x86_64-linux-gnu".into(),
            link_libraries: vec!["-lz".into(), "-lm".into()],
            hacl_flags: HaclFlags { all: Vec::new(), simd128: Vec::new(), simd256: Vec::new() },
        },
    }
}

fn kit_of(store: &str, home: &Home, variant: &Variant, hacl: &Hacl) -> Kit {
    let around = Surroundings {
        gcc: "/usr/bin/gcc".into(),
        include: format!("{store}/kits/k/include").into(),
        pyo3_config_file: format!("{store}/kits/k/pyo3-config.txt").into(),
        pyo3_config: "implementation=CPython\nversion=3.99\n".into(),
        stand_ins: matches!(hacl, Hacl::Stubs(_)).then(|| format!("{store}/hacl/s/hacl_stubs.o").into()),
    };
    Kit::new(&Source { name: "testian-13", home, variant, hacl }, around)
}

fn static_variant(store: &str) -> Variant {
    let archive = Library::Archive(format!("{store}/sysroots/s/usr/lib/x86_64-linux-gnu/libpython3.99.a").into());
    Variant::new(VariantName::plain(Shape::StaticNonpic), Build::found(archive, CodeModel::NonPic))
}

fn shared_variant(store: &str) -> Variant {
    let object = Library::SharedObject(format!("{store}/sysroots/s/usr/lib/x86_64-linux-gnu/libpython3.99.so.1.0").into());
    Variant::new(VariantName::plain(Shape::Shared), Build::found(object, CodeModel::Pic))
}

fn static_kit(store: &str) -> Kit {
    kit_of(store, &home(store), &static_variant(store), &Hacl::Real(format!("{store}/hacl/r/libhacl.a").into()))
}

/// Every file of the format, one below the other.
fn shown(kit: &Kit, format: Format) -> String {
    let files = render(kit, format).expect("rendered");
    let text = files.iter().map(|Rendered { name, text }| format!("==== {name}\n{text}")).collect::<String>();
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn every_format_of_a_static_and_a_shared_variant() {
    let home = home("/store");
    let shared = kit_of("/store", &home, &shared_variant("/store"), &Hacl::Complete);
    for format in Format::ALL {
        insta::assert_snapshot!(format!("embed-static-{}", format.as_str()), shown(&static_kit("/store"), format));
    }
    insta::assert_snapshot!("embed-shared-text", shown(&shared, Format::Text));
    insta::assert_snapshot!("embed-shared-cargo", shown(&shared, Format::Cargo));
}

#[test]
fn what_rust_and_c_are_given_is_the_runners_link_plan() {
    let home = home("/store");
    for variant in [static_variant("/store"), shared_variant("/store")] {
        let hacl = Hacl::Complete;
        let (kit, plan) = (kit_of("/store", &home, &variant, &hacl), LinkPlan::new(&home, &variant, &hacl));
        let given: Vec<&str> = kit.rust.rustflags.iter().filter_map(|flag| flag.strip_prefix("-Clink-arg=")).collect();
        assert_eq!(given, plan.arguments());
        assert_eq!([&kit.ldflags[1..], &kit.libs].concat(), plan.arguments());
        let pie = plan.relocation_model == "pic";
        assert_eq!(kit.ldflags[0] == "-pie", pie);
        assert!(kit.cflags.contains(&if pie { "-fPIE" } else { "-fno-pie" }.to_owned()));
    }
}

#[test]
fn intermediate_code_is_linked_by_the_compiler_that_wrote_it() {
    let home = Home { sysroot: None, linker: None, ..home("/store") };
    let link_time = LinkTime { compiler: "/opt/gcc-16/bin/gcc".into(), arguments: vec!["-flto=auto".into(), "-O3".into()] };
    let archive = Library::Archive("/store/cpython/l/libpython3.99.a".into());
    let compiled = Compiled { key: Key::of("library", []), link_time: Some(link_time) };
    let build = Build { compiled: Some(compiled), ..Build::found(archive, CodeModel::NonPic) };
    let kit = kit_of("/store", &home, &Variant::new("static-nonpic-pgo-lto".parse().expect("a name"), build), &Hacl::Complete);
    assert_eq!((kit.compiler.as_path(), kit.rust.linker.as_path()), (Path::new("/opt/gcc-16/bin/gcc"), Path::new("/opt/gcc-16/bin/gcc")));
    assert!(kit.compiler_must_be_this && kit.ldflags[1..3] == ["-flto=auto", "-O3"], "{:?}", kit.ldflags);
    assert!(kit.remarks[0].contains("/opt/gcc-16/bin/gcc"), "{:?}", kit.remarks);
}

#[test]
fn stand_ins_are_linked_and_said() {
    let home = home("/store");
    let kit = kit_of("/store", &home, &static_variant("/store"), &Hacl::Stubs(vec!["_Py_LibHacl_Hacl_Any".into()]));
    assert_eq!(kit.libs[0], "/store/hacl/s/hacl_stubs.o");
    assert!(kit.rust.rustflags.contains(&"-Clink-arg=/store/hacl/s/hacl_stubs.o".to_owned()));
    assert!(
        kit.needs.contains(&PathBuf::from("/store/hacl/s/hacl_stubs.o")) && kit.remarks.iter().any(|remark| remark.contains("stand-ins"))
    );
}

/// Paths that a store may have.
const HOSTILE: &str = "/a store's \"own\" #1 (\\new) %s/é";

/// The arguments that a shell makes of `words` after running `before`, and what it printed last.
fn heard(before: &str, words: &str) -> Vec<String> {
    let script = format!("{before}\neval \"set -- {words}\"\nprintf '%s\\n' \"$@\"");
    let output = Command::new("/bin/sh").args(["-c", &script]).output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_takes_every_argument_whole_whatever_the_path() {
    let kit = static_kit(HOSTILE);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("embed.sh");
    write(&render(&kit, Format::Shell).expect("rendered"), &file).expect("written");
    let sourced = format!(". {}", file.display());
    assert_eq!(heard(&sourced, "$CFLAGS"), kit.cflags);
    assert_eq!(heard(&sourced, "$LDFLAGS $LIBS"), [kit.ldflags.as_slice(), &kit.libs].concat());
    assert_eq!(heard(&sourced, r#"\"\$SURTAX_PYTHONHOME\""#), [kit.pythonhome.display().to_string()]);
    let script = format!("{sourced}; printf %s \"$CARGO_ENCODED_RUSTFLAGS\"");
    let encoded = Command::new("/bin/sh").args(["-c", &script]).output().expect("a shell").stdout;
    assert_eq!(String::from_utf8(encoded).expect("UTF-8").split('\u{1f}').collect::<Vec<_>>(), kit.rust.rustflags);
}

#[test]
fn pkg_config_gives_every_argument_back() {
    let Some(pkg_config) = needs::tool("pkg-config") else { return };
    let kit = static_kit("/store");
    let folder = tempfile::tempdir().expect("a folder");
    write(&render(&kit, Format::PkgConfig).expect("rendered"), folder.path()).expect("written");
    for name in ["python3-embed", "python-3.99-embed"] {
        let ask = format!("PKG_CONFIG_PATH={} {} --cflags --libs {name}", folder.path().display(), pkg_config.display());
        let said = heard(&format!("said=$({ask}) || exit 1"), "$said");
        assert_eq!(said, [kit.cflags.as_slice(), &kit.ldflags, &kit.libs].concat(), "{name}");
    }
}

#[test]
fn a_path_that_pkg_config_would_take_apart_is_refused() {
    let error = render(&static_kit("/a store"), Format::PkgConfig).expect_err("refused");
    assert!(matches!(&error, EmbedError::NotForPkgConfig(word) if word.contains("/a store")), "{error}");
}

#[test]
fn cargos_configuration_is_toml_with_the_same_arguments() {
    let kit = static_kit(HOSTILE);
    let text = render(&kit, Format::Cargo).expect("rendered").remove(0).text;
    let read: toml::Table = text.parse().expect("TOML");
    let target = &read["target"][&kit.rust.target];
    let flags: Vec<&str> = target["rustflags"].as_array().expect("a list").iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(flags, kit.rust.rustflags);
    assert_eq!(read["env"]["SURTAX_PYTHONHOME"].as_str(), kit.pythonhome.to_str());
    assert_eq!(read["build"]["target"].as_str(), Some(kit.rust.target.as_str()), "else build scripts were linked so too");
}

#[test]
fn a_file_that_another_wrote_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let kit = static_kit("/store");
    let file = folder.path().join("config.toml");
    for format in Format::ALL.into_iter().filter(|format| !matches!(format, Format::PkgConfig | Format::Cmake)) {
        let rendered = render(&kit, format).expect("rendered");
        write(&rendered, &file).expect("written");
        write(&rendered, &file).unwrap_or_else(|error| panic!("{}: its own is written again: {error}", format.as_str()));
        std::fs::remove_file(&file).expect("removed");
    }
    std::fs::write(&file, "[build]\njobs = 1\n").expect("written");
    let refused = write(&render(&kit, Format::Cargo).expect("rendered"), &file).expect_err("refused");
    assert!(matches!(&refused, EmbedError::NotOurs(path) if *path == file), "{refused}");
    assert_eq!(std::fs::read_to_string(&file).expect("readable"), "[build]\njobs = 1\n");
    std::fs::write(folder.path().join("python3-embed.pc"), "Name: other\n").expect("written");
    write(&render(&kit, Format::PkgConfig).expect("rendered"), folder.path()).expect_err("refused");
    assert!(!folder.path().join("python-3.99-embed.pc").exists(), "all or nothing");
}

#[test]
fn a_crate_of_ones_own_says_what_it_depends_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("hello");
    assert_eq!(create(&static_kit("/store"), &place, "testian-13").expect("created"), "hello");
    let text = |name: &str| std::fs::read_to_string(place.join(name)).expect("readable");
    insta::assert_snapshot!("embed-new-readme", text("README.md"));
    insta::assert_snapshot!("embed-new-cargo", text("Cargo.toml"));
    assert_eq!(text(".cargo/config.toml"), render(&static_kit("/store"), Format::Cargo).expect("rendered")[0].text);
    let error = create(&static_kit("/store"), &place, "").expect_err("it is there");
    assert!(matches!(error, EmbedError::NotEmpty(_)), "{error}");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("written");
    assert!(matches!(create(&static_kit("/store"), &file, ""), Err(EmbedError::NotEmpty(_))));
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    create(&static_kit("/store"), &folder.path().join("empty"), "").expect("an empty folder will do");
}

#[test]
fn the_command_says_what_it_takes() {
    let run = |arguments: &[&str]| {
        let store = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
        command.env("SURTAX_HOME", store.path()).env("NO_COLOR", "1").args(arguments).output().expect("surtax starts")
    };
    for (name, arguments) in [("embed", ["embed", "--help"].as_slice()), ("embed-new", &["embed", "new", "--help"])] {
        insta::assert_snapshot!(format!("help-{name}"), String::from_utf8_lossy(&run(arguments).stdout));
    }
    for arguments in [["embed"].as_slice(), &["embed", "new", "x"], &["embed", "static"], &["embed", "shared", "--format", "meson"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
