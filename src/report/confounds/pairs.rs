//! The guard of a study: pairs that differ in more than the factor that they are matched for.

use super::word;
use crate::report::study::Effect;
use crate::report::summary::{Bearing, Property, Summary};
use crate::run::{Run, Study};

/// The sign of effects and pairs of a study that differ in more than their factor.
pub(in crate::report) const PAIR: &str = "◊";

/// Of a study: what builds of a matched pair were seen to differ in beside their factor, each pair once.
pub(in crate::report) fn of_pairs<'a>(effects: impl Iterator<Item = &'a Effect>, name: fn(&str) -> String) -> String {
    let mut said: Vec<String> = Vec::new();
    for pair in effects.flat_map(|effect| &effect.matched).filter(|pair| !pair.confounds.is_empty()) {
        let words: Vec<&str> = pair.confounds.iter().map(|property| word(*property)).collect();
        let sentence = format!("{} and {} also differ in {}", name(&pair.from), name(&pair.to), words.join(", "));
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    if said.is_empty() {
        return String::new();
    }
    format!("\n{PAIR} {} (evidence under *What differs*): the ratio is not the cost of the factor alone.\n", said.join("; "))
}

/// Fills `confounds` of every matched pair.
pub(super) fn beside_pairs(run: &Run, summary: &mut Summary) {
    for study in Study::all_of(&run.plan) {
        for (contrast, pairs) in study.effects() {
            let is_it = |effect: &&mut Effect| {
                effect.group.as_deref() == study.group
                    && (effect.factor, &*effect.from, &*effect.to) == (contrast.factor, contrast.from, contrast.to)
            };
            for effect in summary.effects.iter_mut().filter(is_it) {
                for (matched, (from, to)) in effect.matched.iter_mut().zip(&pairs) {
                    let subject = |build, replicate| study.subject(build, replicate);
                    let both =
                        study.replicates().into_iter().filter_map(|replicate| Some((subject(*from, replicate)?, subject(*to, replicate)?)));
                    let both: Vec<(&str, &str)> = both.collect();
                    let of_pair = summary.differences.iter().filter(|found| {
                        found.bearing == Bearing::Confound && both.contains(&(found.against.as_str(), found.subject.as_str()))
                    });
                    let mut found: Vec<Property> = of_pair.map(|found| found.property).collect();
                    found.sort_unstable();
                    found.dedup();
                    matched.confounds = found;
                }
            }
        }
    }
}
