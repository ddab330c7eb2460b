//! The ledger's way: from the build that is made to be fastest to the shared one without profile, one factor at a time.

use super::{Contrast, Factor, Study};
use crate::variant::{CodeModel, Linkage, Lto, VariantName};

/// One factor's change, and the build that is reached: a line of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub factor: Factor,
    pub from: &'static str,
    pub to: &'static str,
    pub before: VariantName,
    pub after: VariantName,
}

impl Step {
    /// From the level that the contrast begins at; nothing where the build is not at it.
    pub(super) fn forth(contrast: Contrast, before: VariantName) -> Option<Self> {
        let Contrast { factor, from, to, .. } = contrast;
        contrast.apply(before).map(|after| Self { factor, from, to, before, after })
    }

    /// From the level that it ends at.
    pub(super) fn back(contrast: Contrast, before: VariantName) -> Option<Self> {
        let Contrast { factor, from, to, .. } = contrast;
        contrast.undo(before).map(|after| Self { factor, from: to, to: from, before, after })
    }
}

/// Of several ways of one length, the one that changes these first.
const ORDER: [Factor; 5] = [Factor::Lto, Factor::CodeModel, Factor::Linkage, Factor::Interposition, Factor::Pgo];

impl Study<'_> {
    /// The shortest way through the builds that `is_there` lets pass; nothing where no chain of single changes leads from one end to the other.
    ///
    /// Its ends are chosen by what the builds are and not by their times: the fastest of a dozen noisy medians would look faster than it is,
    /// and the first step dearer.
    pub fn ledger(&self, is_there: impl Fn(VariantName) -> bool) -> Option<Vec<Step>> {
        let builds: Vec<VariantName> = self.builds().into_iter().filter(|build| is_there(*build)).collect();
        let promise = |build: &&VariantName| {
            let flavour = build.flavour?;
            let code = [CodeModel::Pic, CodeModel::Pie, CodeModel::NonPic].iter().position(|model| *model == build.shape.code_model());
            Some((flavour.pgo, flavour.lto, code, build.linkage() == Linkage::Static, !flavour.interposition))
        };
        let is_shared = |build: &&VariantName| build.linkage() == Linkage::Shared;
        let start = *builds.iter().filter(|build| !is_shared(build)).max_by_key(promise)?;
        let end = *builds.iter().filter(is_shared).min_by_key(promise)?;
        let unprofiled = end.flavour.is_some_and(|flavour| !flavour.pgo && flavour.lto == Lto::None);
        let most = builds.len().min(MOST_STEPS);
        if unprofiled { (1..=most).find_map(|length| way(&builds, start, end, length)) } else { None }
    }
}

/// Three changes of shape and one of each other factor.
const MOST_STEPS: usize = 6;

/// A way of exactly that many steps.
fn way(builds: &[VariantName], start: VariantName, end: VariantName, length: usize) -> Option<Vec<Step>> {
    if length == 0 {
        return (start == end).then(Vec::new);
    }
    steps(builds, start).into_iter().find_map(|step| {
        let rest = way(builds, step.after, end, length - 1)?;
        Some(std::iter::once(step).chain(rest).collect())
    })
}

fn steps(builds: &[VariantName], before: VariantName) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for contrast in Contrast::ALL {
        let ways = [Step::forth(contrast, before), Step::back(contrast, before)];
        steps.extend(ways.into_iter().flatten().filter(|step| builds.contains(&step.after)));
    }
    steps.sort_by_key(|step| ORDER.iter().position(|factor| *factor == step.factor));
    steps
}
