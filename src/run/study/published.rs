//! The published pair: what stands here for a distribution's two archives, and the orders in which the one becomes the other.

use super::{Contrast, Step, Study};
use crate::variant::{Flavour, Shape, VariantName};

/// A `.a` is non-PIC with PGO; a `-pic.a` is PIC without, and open to interposition. How much of their ratio is which factor's?
#[derive(Debug, Clone)]
pub struct PublishedPair {
    pub from: VariantName,
    pub to: VariantName,
    /// From one end to the other, one factor at a time: every admissible order of which all builds exist, in the order of preference.
    pub orders: Vec<Vec<Step>>,
    /// How many orders are admissible, whether their builds exist or not.
    pub orders_possible: usize,
}

type Change = fn(VariantName) -> Option<Step>;

/// What non-PIC code is compiled to cannot be interposed, so that PIC comes first of these two.
const WITH_INTERPOSITION: [&[Change]; 3] =
    [&[without_pgo, as_pic, interposable], &[as_pic, without_pgo, interposable], &[as_pic, interposable, without_pgo]];

const WITHOUT_INTERPOSITION: [&[Change]; 2] = [&[without_pgo, as_pic], &[as_pic, without_pgo]];

fn without_pgo(build: VariantName) -> Option<Step> {
    Step::back(Contrast::PGO, build)
}

fn as_pic(build: VariantName) -> Option<Step> {
    Step::forth(Contrast::PIC, build)
}

fn interposable(build: VariantName) -> Option<Step> {
    Step::forth(Contrast::INTERPOSITION, build)
}

impl Study<'_> {
    /// What the archives differ in, where there are builds for it; then what they differ in but for interposition, for where the former has no
    /// times. None that no admissible order leads through.
    pub fn published_pairs(&self) -> Vec<PublishedPair> {
        let builds = self.builds();
        let of = |orders: &[&[Change]]| PublishedPair::of(orders, &builds);
        [of(&WITH_INTERPOSITION), of(&WITHOUT_INTERPOSITION)].into_iter().flatten().collect()
    }
}

impl PublishedPair {
    fn of(changes: &[&[Change]], builds: &[VariantName]) -> Option<Self> {
        let flavour = Flavour { pgo: true, ..Flavour::PLAIN };
        let from = VariantName { shape: Shape::StaticNonpic, flavour: Some(flavour) };
        let there = |build| builds.contains(&build);
        let order = |changes: &&[Change]| -> Option<Vec<Step>> {
            let step = |before: &mut VariantName, change: &Change| {
                let step = change(*before).filter(|step| there(step.after));
                *before = step.map_or(*before, |step| step.after);
                Some(step)
            };
            changes.iter().scan(from, step).collect()
        };
        let orders: Vec<Vec<Step>> = changes.iter().filter_map(order).collect();
        let to = orders.first()?.last()?.after;
        there(from).then_some(Self { from, to, orders, orders_possible: changes.len() })
    }

    /// P-values: of the whole, and of each factor.
    pub fn comparisons(&self) -> usize {
        1 + self.orders.first().map_or(0, Vec::len)
    }
}
