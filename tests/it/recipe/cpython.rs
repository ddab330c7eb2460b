//! Recipes of CPython from source: what they mean, and what a mistake in one says.

use std::path::Path;

use surtax::recipe::{CompilerFamily, Cpython, Origin, PythonVersion, Recipe, RecipeError, Release, Source};

fn parse(text: &str) -> Result<Cpython, RecipeError> {
    match Recipe::parse(Path::new("some/mine.yaml"), text)?.source {
        Source::Cpython(cpython) => Ok(*cpython),
        Source::Archive(_) => panic!("{text}"),
    }
}

/// A whole recipe; `more` begins on line 4, with the variants on line 3.
fn with(more: &str) -> String {
    format!(
        "kind: cpython\npython: '3.13'\nvariants: [{{linkage: static, code-model: non-pic, pgo: true}}]\n{more}{}",
        if more.contains("source:") { "" } else { "source: {path: x}\n" }
    )
}

fn with_variants(variants: &str) -> String {
    format!("kind: cpython\npython: '3.13'\nsource: {{path: x}}\nstock: {{linkage: static, code-model: non-pic, pgo: false}}\n{variants}")
}

fn names(variants: &[surtax::libpython::VariantName]) -> Vec<String> {
    variants.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_left_out_is_what_most_people_want() {
    let recipe = parse(&with("")).expect("valid");
    assert_eq!((recipe.python, recipe.version), (PythonVersion::new(3, 13), None));
    assert_eq!(recipe.origin, Origin::Path { path: "some/x".into(), sha256: None });
    assert_eq!((recipe.compiler.family, recipe.compiler.program, recipe.compiler.at_least), (CompilerFamily::Gcc, None, None));
    assert!(recipe.patches.is_empty() && recipe.configure.is_empty() && recipe.cflags.is_empty());
    assert_eq!(recipe.static_modules, ["_md5", "_sha1", "_sha2", "_sha3", "_blake2"]);
    assert_eq!(recipe.profile.tasks, [["-m", "test", "--pgo", "--timeout=1200"]]);
    assert_eq!(recipe.stock.to_string(), "static-nonpic-pgo");
    assert_eq!(recipe.full, recipe.variants);
    for (python, modules) in [
        ("3.11", "_md5 _sha1 _sha256 _sha512 _sha3 _blake2"),
        ("3.12", "_md5 _sha1 _sha2 _sha3 _blake2"),
        ("3.14", "_md5 _sha1 _sha2 _sha3 _blake2 _hmac"),
        ("3.15", "_md5 _sha1 _sha2 _sha3 _blake2 _hmac"),
    ] {
        assert_eq!(parse(&with("").replace("3.13", python)).expect("valid").static_modules.join(" "), modules, "{python}");
    }
}

#[test]
fn every_field_is_read() {
    let text = "
kind: cpython
python: 3.13
version: 3.13.5
source:
  url: https://mirror.example/Python-3.13.5.tar.xz
  sha256: 93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640
compiler: {family: clang, program: clang-19, at-least: 18}
configure: [--with-tail-call-interp, --without-doc-strings, CPPFLAGS=-I/opt/include]
cflags: [-march=native, -fno-plt]
static-modules: [_sha2, math]
profile:
  tasks: [[-m, test, --pgo, test_dict], [-c, 'print(1)']]
  packages: [pyperformance==1.13.0]
stock: {linkage: static-pie, code-model: pie, pgo: true}
variants:
  - linkage: shared
    code-model: pic
    pgo: [true, false]
    lto: [none, thin]
";
    let recipe = parse(text).expect("valid");
    assert_eq!(recipe.version.as_deref(), Some("3.13.5"));
    let Origin::Url { url, sha256 } = &recipe.origin else { panic!("{:?}", recipe.origin) };
    assert_eq!((url.as_str(), &sha256.to_string()[..8]), ("https://mirror.example/Python-3.13.5.tar.xz", "93e583f2"));
    let compiler = &recipe.compiler;
    assert_eq!((compiler.family, compiler.program.as_deref(), compiler.at_least), (CompilerFamily::Clang, Some("clang-19"), Some(18)));
    assert_eq!(recipe.configure, ["--with-tail-call-interp", "--without-doc-strings", "CPPFLAGS=-I/opt/include"]);
    assert_eq!((recipe.cflags.join(" "), recipe.static_modules.join(" ")), ("-march=native -fno-plt".into(), "_sha2 math".into()));
    assert_eq!((recipe.profile.tasks.len(), recipe.profile.packages.join(" ")), (2, "pyperformance==1.13.0".to_owned()));
    assert_eq!(recipe.stock.to_string(), "static-pie-pgo");
    assert_eq!(names(&recipe.variants), ["shared-pgo", "shared-pgo-thinlto", "shared-nopgo", "shared-nopgo-thinlto"]);
    let data = parse(&with("profile: {data: ../gcda}\n")).expect("valid").profile.data;
    assert_eq!(data.as_deref(), Some(Path::new("some/../gcda")));
}

#[test]
fn variants_are_the_union_of_products_each_once() {
    let recipe = parse(&with_variants(
        "variants:
  - {linkage: static, code-model: [non-pic, pic], pgo: [true, false]}
  - {linkage: [static-pie, shared], code-model: pic, pgo: true, interposition: [false, true]}
  - {linkage: static, code-model: pic, pgo: [false, true]}
full:
  - {linkage: static, code-model: non-pic, pgo: true, lto: [none, full]}
",
    ))
    .expect("valid");
    let expected = [
        "static-nonpic-pgo",
        "static-nonpic-nopgo",
        "static-pic-pgo",
        "static-pic-nopgo",
        "static-pic-pie-pgo",
        "static-pic-pie-pgo-interposable",
        "shared-pgo",
        "shared-pgo-interposable",
    ];
    assert_eq!(names(&recipe.variants), expected);
    assert_eq!(names(&recipe.full), expected.into_iter().chain(["static-nonpic-pgo-lto"]).collect::<Vec<_>>());
    assert!(recipe.full.iter().all(|variant| variant.flavour.is_some_and(|flavour| flavour.replicate == 1)));
}

#[test]
fn the_study_is_a_fraction_of_all_that_can_exist() {
    let Source::Cpython(study) = Recipe::named("study-pgo-lto").expect("valid").source else { panic!("an archive") };
    let expected = [
        "static-nonpic-pgo",
        "static-nonpic-nopgo",
        "static-pie-pgo",
        "static-pie-nopgo",
        "static-pic-pgo",
        "static-pic-pgo-interposable",
        "static-pic-nopgo",
        "static-pic-nopgo-interposable",
        "shared-pgo",
        "shared-pgo-interposable",
        "shared-nopgo",
        "shared-nopgo-interposable",
        "static-nonpic-pgo-lto",
        "static-nonpic-nopgo-lto",
        "static-pic-pgo-lto",
        "shared-pgo-lto",
    ];
    assert_eq!(names(&study.variants), expected);
    assert_eq!(study.stock.to_string(), "static-nonpic-pgo");
    // By gcc: of every shape with and without PGO, 5 have neither interposition nor LTO; 3 can be interposed; 4 have LTO, and 2 both at once.
    assert_eq!(study.full.len(), 2 * (5 + 3 + 4 + 2));
    let Source::Cpython(fastest) = Recipe::named("fastest").expect("valid").source else { panic!("an archive") };
    assert_eq!(names(&fastest.variants), ["static-nonpic-pgo-lto"]);
}

#[test]
fn a_package_is_the_hosts_or_another_recipes() {
    let origin = |package: &str| parse(&with(&format!("source: {{package: {package}}}\n"))).map(|recipe| recipe.origin);
    assert_eq!(origin("host").expect("valid"), Origin::Package(Release::Host));
    let Origin::Package(Release::Named(named)) = origin("debian-13").expect("valid") else { panic!("the host's") };
    assert_eq!(named.codename.as_deref(), Some("trixie"));
    let folder = tempfile::tempdir().expect("a folder");
    let (own, mine) = (folder.path().join("own.yaml"), folder.path().join("mine.yaml"));
    crate::world::write(&own, b"kind: archive\nrelease: host\n");
    for package in ["./own.yaml", "own.yaml"] {
        crate::world::write(&mine, with(&format!("source: {{package: {package}}}\n")).as_bytes());
        Recipe::named(mine.to_str().expect("text")).expect("a recipe beside it");
    }
    // One that names itself would never end.
    crate::world::write(&mine, with("source: {package: ./mine.yaml}\n").as_bytes());
    let error = Recipe::named(mine.to_str().expect("text")).expect_err("itself").to_string();
    assert!(error.contains("mine.yaml:4:19: `./mine.yaml` is no recipe of an archive"), "{error}");
}

#[test]
fn a_compiler_whose_folder_a_shell_would_take_apart_is_refused() {
    let named = |path: &str| Recipe::parse(Path::new(path), &with("compiler: {family: gcc, program: ./gcc}\n"));
    named("some/mine.yaml").expect("a path that make and a shell can take");
    for path in ["my recipes/mine.yaml", "it's/mine.yaml", "one#two/mine.yaml"] {
        let error = named(path).expect_err(path).to_string();
        assert!(error.contains(":4:11: `") && error.contains("is no program's name or path"), "{error}");
    }
}

#[test]
fn patches_travel_in_the_recipe_and_open_with_their_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let recipe = folder.path().join("mine.yaml");
    crate::world::write(&recipe, with("patches: [./one.patch]\n").as_bytes());
    let ask = |patch: &[u8]| {
        crate::world::write(&folder.path().join("one.patch"), patch);
        Recipe::named(recipe.to_str().expect("text")).map(|recipe| recipe.source)
    };
    for good in [
        "A reason.\n--- a/x\n+++ b/x\n",
        "From 0123 Mon Sep 17 00:00:00 2001\nSubject: A reason\n\n---\n x | 1 +\n\ndiff --git a/x b/x\n",
        "\n\n# A reason\n\nIndex: x\n",
    ] {
        let Ok(Source::Cpython(cpython)) = ask(good.as_bytes()) else { panic!("{good}") };
        assert_eq!((cpython.patches[0].name.as_str(), cpython.patches[0].text.as_str()), ("./one.patch", good));
    }
    for bad in ["--- a/x\n+++ b/x\n", "diff --git a/x b/x\nA reason too late\n", "", "\n \n---\n\ndiff -ru a/x b/x\n"] {
        let error = ask(bad.as_bytes()).expect_err(bad).to_string();
        assert!(error.contains("mine.yaml:4:11: the patch ./one.patch does not open with its reason"), "{error}");
    }
    let error = ask(b"\xff\xfe").expect_err("no text").to_string();
    assert!(error.contains("one.patch cannot be read: "), "{error}");
}

#[test]
fn a_mistake_is_reported_with_file_line_and_column() {
    let shown: String = mistakes()
        .iter()
        .map(|text| {
            let error = parse(text).expect_err(text);
            assert!(matches!(error, RecipeError::Malformed { .. }), "{error}");
            let error = error.to_string();
            assert!(error.starts_with("some/mine.yaml:") && !error.contains('\n'), "{error}");
            let line: usize = error.split(':').nth(1).and_then(|line| line.parse().ok()).expect("a line");
            format!("{}\n    {}\n", text.lines().nth(line - 1).unwrap_or_default(), error)
        })
        .collect();
    insta::assert_snapshot!(shown);
}

fn mistakes() -> Vec<String> {
    let mut mistakes: Vec<String> = [
        "kind: cpython\n",
        "kind: cpython\npython: newest\n",
        "kind: cpython\npython: '3.13'\nsource: {path: x}\n",
        "kind: cpython\npython: '3.13'\nsource: {path: x}\nvariants: []\n",
        "kind: cpython\npython: '3.13'\nsource: {path: x}\nvariants: static\n",
        "kind: cpython\npython: '3.13'\nsource: {path: x}\nvariants: [{linkage: shared, code-model: pic, pgo: true}]\n",
        "kind: cpython\npython: '3.10'\nsource: {path: x}\nvariants: [{linkage: static, code-model: non-pic, pgo: true}]\n",
    ]
    .map(str::to_owned)
    .to_vec();
    mistakes.extend(
        [
            "release: host\n",
            "colour: red\n",
            "version: 3.12.4\n",
            "version: '3.13'\n",
            "version: 3.13.x/y\n",
            "source: {}\n",
            "source: debian-13\n",
            "source: {package: debian-99}\n",
            "source: {package: study-pgo-lto}\n",
            "source: {package: ./gone.yaml}\n",
            "source: {package: host, path: x}\n",
            "source: {package: host, sha256: 93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640}\n",
            "source: {url: 'https://mirror.example/x'}\n",
            "source:\n  url: mirror.example/x\n  sha256: 93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640\n",
            "source:\n  url: https://mirror.example/x\n  sha256: 93e5\n",
            "patches: [no-such.patch]\n",
            "patches: [./no-such.patch]\n",
            "compiler: tcc\n",
            "compiler: {program: gcc-13}\n",
            "compiler: {family: gcc, program: gcc -m32}\n",
            "compiler: {family: gcc, at-least: many}\n",
            "compiler: [gcc]\n",
            "configure: --with-lto\n",
            "configure: [--with-doc-strings, --enable-shared]\n",
            "configure: [--enable-optimizations]\n",
            "configure: [--with-lto=thin]\n",
            "configure: [--enable-bolt]\n",
            "configure: [--prefix=/usr]\n",
            "configure: [--with-pydebug]\n",
            "configure: [--disable-gil]\n",
            "configure: [--enable-gil=no]\n",
            "configure: [CC=clang]\n",
            "configure: ['CFLAGS=-O3 -g']\n",
            "configure: [LDFLAGS=-no-pie]\n",
            "configure: [PROFILE_TASK=-m test]\n",
            "configure: [--help]\n",
            "configure: [\"--with-x=a\\nb\"]\n",
            "cflags: [-O3, -fPIC]\n",
            "cflags: [-flto=auto]\n",
            "cflags: [-fprofile-use]\n",
            "cflags: [-fno-semantic-interposition]\n",
            "cflags: [-no-pie]\n",
            "cflags: ['-O3 -g']\n",
            "cflags: [-DX=$(id)]\n",
            "cflags: [O3]\n",
            "cflags: ['-Wl,-z,now']\n",
            "static-modules: [_sha2, ../x]\n",
            "static-modules: ['']\n",
            "profile: {tasks: []}\n",
            "profile: {tasks: [-m test]}\n",
            "profile: {tasks: [[]]}\n",
            "profile: {packages: [pyperformance]}\n",
            "profile: {packages: [pyperformance>=1.0]}\n",
            "profile: {packages: ['--index-url=x==1']}\n",
            "profile: {data: x, packages: [x==1]}\n",
            "stock: {linkage: shared, code-model: pic, pgo: true}\n",
            "stock: {linkage: static, code-model: non-pic, pgo: [true, false]}\n",
            "stock: {linkage: static, code-model: pie, pgo: true}\n",
            "full: [{linkage: static-pie, code-model: non-pic, pgo: true}]\n",
        ]
        .map(with),
    );
    mistakes.extend(
        [
            "{linkage: static, code-model: non-pic}",
            "{linkage: dynamic, code-model: non-pic, pgo: true}",
            "{linkage: static, code-model: [non-pic, pig], pgo: true}",
            "{linkage: static, code-model: non-pic, pgo: maybe}",
            "{linkage: static, code-model: non-pic, pgo: [true, 3]}",
            "{linkage: static, code-model: non-pic, pgo: true, lto: fat}",
            "{linkage: static, code-model: [], pgo: true}",
            "{linkage: {a: b}, code-model: pic, pgo: true}",
            "{linkage: static, code-model: non-pic, pgo: true, bolt: true}",
            "{linkage: shared, code-model: non-pic, pgo: true}",
            "{linkage: [static, shared], code-model: [pic, pie], pgo: true}",
            "{linkage: static-pie, code-model: non-pic, pgo: true}",
            "{linkage: static, code-model: pie, pgo: true}",
            "{linkage: static, code-model: non-pic, pgo: true, interposition: true}",
            "{linkage: static-pie, code-model: pie, pgo: true, interposition: [false, true]}",
            "{linkage: shared, code-model: pic, pgo: true, lto: thin}",
            "{linkage: static-pie, code-model: pic, pgo: true, lto: [none, full]}",
        ]
        .map(|product| with_variants(&format!("variants:\n  - {product}\n"))),
    );
    mistakes
}

#[test]
fn clang_can_do_what_gcc_cannot() {
    for product in
        ["{linkage: shared, code-model: pic, pgo: true, lto: thin}", "{linkage: static-pie, code-model: pic, pgo: true, lto: full}"]
    {
        parse(&with_variants(&format!("compiler: clang\nvariants: [{product}]\n"))).expect(product);
    }
}
