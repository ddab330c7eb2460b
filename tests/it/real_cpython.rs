//! Real builds of CPython, which take minutes: opted into by SURTAX_TEST_CPYTHON, a folder with its source.

use std::path::PathBuf;

use surtax::cpython::{Demand, Source, stage};
use surtax::digest::Key;
use surtax::recipe::{CompilerChoice, CompilerFamily, Cpython, Origin, Profile};
use surtax::store::Store;
use surtax::variant::VariantName;

fn names(text: &str) -> Vec<VariantName> {
    text.split(' ').map(|name| name.parse().expect("a name")).collect()
}

#[test]
fn real_cpython_is_built_in_every_variant() {
    let Some(folder) = std::env::var_os("SURTAX_TEST_CPYTHON") else { return };
    let folder = PathBuf::from(folder);
    let version = std::env::var("V").unwrap_or("3.13.5".into());
    let python: surtax::recipe::PythonVersion = version.rsplit_once('.').unwrap().0.parse().unwrap();
    let variants = names(&std::env::var("VARIANTS").unwrap());
    let recipe = Cpython {
        python,
        version: None,
        origin: Origin::Path { path: folder.clone(), sha256: None },
        patches: Vec::new(),
        compiler: CompilerChoice { family: CompilerFamily::Gcc, program: None, at_least: None },
        configure: Vec::new(),
        cflags: Vec::new(),
        static_modules: ["_md5", "_sha1", "_sha2", "_sha3", "_blake2"].map(Into::into).to_vec(),
        profile: Profile { tasks: vec![vec!["-m".into(), "test".into(), "--pgo".into()]], packages: Vec::new(), data: None },
        stock: variants[0],
        variants: variants.clone(),
        full: variants.clone(),
    };
    let source = Source { key: Key::of("trial", [("v", version.as_str())]), folder, version, description: "trial".into(), sha256: None };
    let store = Store::open_default().unwrap();
    struct Say;
    impl surtax::ui::Reporter for Say {
        fn bar(&self, label: &str, total: Option<u64>, _: surtax::ui::Unit) -> Box<dyn surtax::ui::Bar> {
            eprintln!(
                "{:?} {label} {total:?}",
                std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() % 10000
            );
            surtax::ui::Silent.bar("", None, surtax::ui::Unit::Items)
        }
        fn step(&self, text: &str) {
            eprintln!("step {text}");
        }
        fn warn(&self, text: &str) {
            eprintln!("warn {text}");
        }
    }
    let staged = stage(&store, &Demand { name: "trial", recipe: &recipe, source: &source, variants }, &Say)
        .unwrap_or_else(|error| panic!("{error}\n{:?}", surtax::error::Explain::hint(&error)));
    eprintln!("{staged:#?}");
}
