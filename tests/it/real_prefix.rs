//! Installed Pythons as they are on this machine: every variant that they offer is built and let through the gate. Opted into by
//! SURTAX_TEST_REAL=1; uses the store of SURTAX_HOME.

use std::path::Path;

use surtax::assets;
use surtax::libpython::{Linkage, Variant, audit_home, provide};
use surtax::prefix::{Prefix, prepare};
use surtax::run::Role;
use surtax::runner::{self, Toolchain};
use surtax::store::Store;
use surtax::ui::Silent;
use surtax::verify::{Candidate, Expected, verify};

use crate::needs;

#[test]
fn real_installed_pythons_become_runners_that_pass_the_gate() {
    if !needs::asked_for("SURTAX_TEST_REAL") {
        return;
    }
    let store = Store::open_default().expect("a store");
    for folder in needs::prefixes() {
        let prefix = prepare(&store, &folder, None, &Silent).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        passes_the_gate(&store, &folder, &prefix);
        let again = prepare(&store, &folder, None, &Silent).expect("prepared again");
        assert_eq!(again.home.key, prefix.home.key, "{}: equal inputs are one home", folder.display());
    }
}

fn passes_the_gate(store: &Store, folder: &Path, prefix: &Prefix) {
    let toolchain = Toolchain::find().expect("compilers");
    let home = &prefix.home;
    let candidate = |name: &str, executable: &Path, role, expected| Candidate {
        name: format!("{}/{name}", prefix.name),
        executable: executable.to_owned(),
        role,
        same_python: true,
        expected,
    };
    let mut candidates = vec![candidate("python3", &home.stock, Role::Baseline, None)];
    let variants = Variant::all_of(home);
    assert!(!variants.is_empty(), "{}: {:?}", folder.display(), home.offers);
    let audit = audit_home(home, &["python3"], &variants).expect("readable");
    for variant in &variants {
        let hacl = provide(store, home, variant, None, &toolchain.compiler(), &Silent).expect("stand-ins");
        let runner = runner::build(store, home, variant, &hacl, &toolchain, &Silent)
            .unwrap_or_else(|error| panic!("{} {}: {error}", folder.display(), variant.name));
        let expected = Expected {
            pie: variant.linkage != Linkage::Static,
            static_libpython: variant.linkage != Linkage::Shared,
            interpreter: home.loader.clone(),
            search_path: false,
            shared_libpython: None,
            hacl: hacl.mode(),
        };
        candidates.push(candidate(&variant.name.to_string(), &runner.executable, Role::Runner, Some(expected)));
        let claimed = variant.build.claimed_code_model.as_str();
        let shown = audit.subjects.iter().find(|subject| subject.subject == variant.name.to_string()).expect("audited");
        assert_eq!(shown.code_model, claimed, "{} {}", folder.display(), variant.name);
    }
    let benchmarks = assets::benchmarks(store).expect("written");
    for verified in verify(&candidates, &benchmarks, &Silent).expect("verified").subjects {
        let failed: Vec<_> = verified.checks.iter().filter(|check| !check.passed).collect();
        assert!(failed.is_empty(), "{}: {failed:?}", verified.subject);
    }
    eprintln!("{}: {:?}", prefix.label, candidates.iter().map(|candidate| &candidate.name).collect::<Vec<_>>());
}
