//! Which of the builds that a source recipe names are meant.

use crate::cli::{BuildArgs, VariantArgs};
use crate::recipe::Cpython;
use crate::variant::{Flavour, VariantName};

/// As the person said it.
#[derive(Debug, Clone, Copy)]
pub(in crate::cmd) struct Wanted<'a> {
    /// All that the recipe lists, if there are none.
    variants: &'a [VariantName],
    full: bool,
    replicates: u32,
}

impl<'a> Wanted<'a> {
    pub(in crate::cmd) fn all(builds: &BuildArgs) -> Self {
        Self { variants: &[], full: builds.full, replicates: builds.replicates }
    }

    /// None of them: the stock python3 alone.
    pub(in crate::cmd) fn stock() -> Self {
        Self { variants: &[], full: false, replicates: 0 }
    }

    pub(in crate::cmd) fn of(selection: &'a VariantArgs) -> Self {
        Self { variants: &selection.variants, ..Self::all(&selection.builds) }
    }

    /// All that the recipe lists, if these are none.
    pub(in crate::cmd) fn these(variants: &'a [VariantName]) -> Self {
        Self { variants, full: false, replicates: 1 }
    }

    /// The option that only recipes which build from source take.
    pub(super) fn option(self) -> Option<&'static str> {
        match self {
            Self { full: true, .. } => Some("--full"),
            Self { replicates: 2.., .. } => Some("--replicates"),
            _ => None,
        }
    }

    /// The recipe's builds that are meant, in its order, replicates beside each other. A name reaches all that the recipe knows.
    pub(in crate::cmd) fn among(self, recipe: &Cpython) -> Vec<VariantName> {
        let named = !self.variants.is_empty();
        let known = if self.full || named { &recipe.full } else { &recipe.variants };
        let replicated = known.iter().flat_map(|variant| (1..=BuildArgs::MOST_REPLICATES).filter_map(|number| replicate(*variant, number)));
        replicated.filter(|variant| self.means(*variant)).collect()
    }

    /// The first name that means a build of none of the recipes. What else was named (`others`) may offer a name without flavour.
    pub(super) fn unknown_to(self, recipes: &[&Cpython], others: bool) -> Option<VariantName> {
        let alone = |name: &'a VariantName| Self { variants: std::slice::from_ref(name), ..self };
        let known = |name: &'a VariantName| recipes.iter().any(|recipe| !alone(name).among(recipe).is_empty());
        self.variants.iter().find(|name| !known(name) && (name.flavour.is_some() || !others)).copied()
    }

    /// A replicate is meant up to the number that was asked for, or by its own name.
    fn means(self, variant: VariantName) -> bool {
        let number = variant.flavour.map_or(1, |flavour| flavour.replicate);
        let within = number <= self.replicates;
        let named = |asked: &VariantName| variant.is_meant_by(*asked) && (within || *asked == variant);
        if self.variants.is_empty() { within } else { self.variants.iter().any(named) }
    }
}

fn replicate(variant: VariantName, replicate: u32) -> Option<VariantName> {
    Some(VariantName { flavour: Some(Flavour { replicate, ..variant.flavour? }), ..variant })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{CompilerChoice, CompilerFamily, Origin, Profile, PythonVersion, Release};

    fn names(text: &str) -> Vec<VariantName> {
        text.split_whitespace().map(|name| name.parse().expect("a variant")).collect()
    }

    fn recipe() -> Cpython {
        Cpython {
            python: PythonVersion::new(3, 13),
            version: None,
            origin: Origin::Package(Release::Host),
            patches: Vec::new(),
            compiler: CompilerChoice { family: CompilerFamily::Gcc, program: None, at_least: None },
            configure: Vec::new(),
            cflags: Vec::new(),
            static_modules: Vec::new(),
            profile: Profile { tasks: Vec::new(), packages: Vec::new(), data: None },
            stock: names("static-nonpic-pgo")[0],
            variants: names("static-nonpic-pgo shared-pgo"),
            full: names("static-nonpic-pgo shared-pgo shared-nopgo shared-nopgo-interposable"),
        }
    }

    fn chosen(variants: &str, full: bool, replicates: u32) -> String {
        let variants = names(variants);
        let wanted = Wanted { variants: &variants, full, replicates };
        wanted.among(&recipe()).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn unless_named_the_recipes_own_choice_is_meant() {
        assert_eq!(chosen("", false, 1), "static-nonpic-pgo shared-pgo");
        assert_eq!(chosen("", true, 1), "static-nonpic-pgo shared-pgo shared-nopgo shared-nopgo-interposable");
        assert_eq!(chosen("", false, 2), "static-nonpic-pgo static-nonpic-pgo-r2 shared-pgo shared-pgo-r2");
    }

    #[test]
    fn a_name_reaches_all_that_the_recipe_knows() {
        assert_eq!(chosen("shared-nopgo", false, 1), "shared-nopgo");
        assert_eq!(chosen("shared", false, 1), "shared-pgo shared-nopgo shared-nopgo-interposable");
        assert_eq!(chosen("shared-nopgo", false, 2), "shared-nopgo shared-nopgo-r2");
        assert_eq!(chosen("shared-nopgo-r3", false, 1), "shared-nopgo-r3");
        assert_eq!(chosen("shared-nopgo-r4000000000", false, 1), "");
    }

    #[test]
    fn a_name_that_means_nothing_is_known() {
        let variants = names("shared-pgo static-pie-pgo");
        let wanted = Wanted { variants: &variants, full: false, replicates: 1 };
        assert_eq!(wanted.unknown_to(&[&recipe()], false), Some(variants[1]));
        assert_eq!(wanted.unknown_to(&[&recipe()], true), Some(variants[1]));
        let wanted = Wanted { variants: &names("static-pie"), ..wanted };
        assert_eq!(wanted.unknown_to(&[&recipe()], false), Some(names("static-pie")[0]));
        assert_eq!(wanted.unknown_to(&[&recipe()], true), None);
        assert_eq!(wanted.option(), None);
        assert_eq!(Wanted { full: true, ..wanted }.option(), Some("--full"));
        assert_eq!(Wanted { replicates: 2, ..wanted }.option(), Some("--replicates"));
    }
}
