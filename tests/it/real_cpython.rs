//! Real builds of CPython, which take minutes: opted into by SURTAX_TEST_CPYTHON, the name of a recipe.

use surtax::cpython::{Access, Demand, obtain, stage};
use surtax::recipe::{Recipe, Source};
use surtax::store::Store;
use surtax::ui::Terminal;

#[test]
fn real_cpython_is_built_in_every_variant() {
    let Ok(name) = std::env::var("SURTAX_TEST_CPYTHON") else { return };
    let Source::Cpython(recipe) = Recipe::named(&name).expect("a recipe").source else { panic!("{name} builds no CPython") };
    let store = Store::open_default().expect("a store");
    let terminal = Terminal::new(false);
    let source = obtain(&store, &recipe, &Access::default(), &terminal).expect("its source");
    let demand = Demand { name: &name, recipe: &recipe, source: &source, variants: recipe.variants.clone() };
    let staged = stage(&store, &demand, &terminal).unwrap_or_else(|error| panic!("{error}\n{:?}", surtax::error::Explain::hint(&error)));
    assert_eq!(staged.home.offers.len(), recipe.variants.len());
    assert!(stage(&store, &demand, &terminal).expect("again").reused);
}
