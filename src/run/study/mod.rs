//! What a study can take apart: its builds, the pairs of them that differ in one factor, and the order in which one becomes another. From the
//! plan alone, so that nothing that is compared was chosen by its times.

mod factor;
mod ledger;
mod published;

pub use factor::{Contrast, Factor};
pub use ledger::Step;
pub use published::PublishedPair;

use super::plan::{Factors, GroupPlan, Plan, SubjectPlan};
use crate::variant::{Flavour, Lto, Shape, VariantName};

/// The subjects of one group that carry factors.
#[derive(Debug, Clone)]
pub struct Study<'a> {
    pub group: Option<&'a str>,
    pub subjects: Vec<StudySubject<'a>>,
}

/// A subject and its place among the factors.
#[derive(Debug, Clone, Copy)]
pub struct StudySubject<'a> {
    pub name: &'a str,
    /// Its levels, as the name of the variant without its replicate.
    pub build: VariantName,
    /// The how-many-th independent build of the same.
    pub replicate: u32,
}

/// A factor's effect at two levels of another: the four builds of a square.
#[derive(Debug, Clone)]
pub struct Interplay {
    pub effect: Contrast,
    pub by: Contrast,
    /// Without either, with the effect's, with the other's, with both.
    pub squares: Vec<[VariantName; 4]>,
}

impl<'a> Study<'a> {
    /// One for each group of which at least two builds carry factors; of a run without groups, at most one.
    pub fn all_of(plan: &'a Plan) -> Vec<Self> {
        let groups: Vec<Option<&GroupPlan>> = if plan.groups.is_empty() { vec![None] } else { plan.groups.iter().map(Some).collect() };
        let name = |group: Option<&'a GroupPlan>| group.map(|group| group.name.as_str());
        let studies = groups.into_iter().map(|group| Self { group: name(group), subjects: subjects(plan, name(group)) });
        studies.filter(|study| study.builds().len() > 1).collect()
    }

    /// Each once, in the plan's order.
    pub fn builds(&self) -> Vec<VariantName> {
        let mut builds: Vec<VariantName> = Vec::new();
        for subject in &self.subjects {
            if !builds.contains(&subject.build) {
                builds.push(subject.build);
            }
        }
        builds
    }

    /// In rising order, each once.
    pub fn replicates(&self) -> Vec<u32> {
        let mut replicates: Vec<u32> = self.subjects.iter().map(|subject| subject.replicate).collect();
        replicates.sort_unstable();
        replicates.dedup();
        replicates
    }

    pub fn subject(&self, build: VariantName, replicate: u32) -> Option<&'a str> {
        let mut subjects = self.subjects.iter();
        subjects.find(|subject| subject.build == build && subject.replicate == replicate).map(|subject| subject.name)
    }

    /// The contrasts that have matched pairs, each with its pairs: two builds equal in every other factor.
    pub fn effects(&self) -> Vec<(Contrast, Vec<(VariantName, VariantName)>)> {
        let builds = self.builds();
        let pairs = |contrast: Contrast| -> Vec<(VariantName, VariantName)> {
            let partner = |from: &VariantName| Some((*from, contrast.apply(*from).filter(|to| builds.contains(to))?));
            builds.iter().filter_map(partner).collect()
        };
        let mut effects: Vec<_> = Contrast::ALL.into_iter().map(|contrast| (contrast, pairs(contrast))).collect();
        effects.retain(|(_, pairs)| !pairs.is_empty());
        // Sharing is held against the executable of fixed address where there is one; against both it would be asked twice.
        if effects.iter().any(|(contrast, _)| *contrast == Contrast::SHARING) {
            effects.retain(|(contrast, _)| *contrast != Contrast::SHARING_FROM_PIE);
        }
        effects
    }

    /// Two factors, of which all four combinations exist at least once.
    pub fn interplays(&self) -> Vec<Interplay> {
        let effects = self.effects();
        let mut found = Vec::new();
        for (index, (effect, pairs)) in effects.iter().enumerate() {
            for (by, _) in effects[index + 1..].iter().filter(|(by, _)| by.factor != effect.factor) {
                let square = |(from, to): &(VariantName, VariantName)| {
                    let (far, both) = (by.apply(*from)?, by.apply(*to)?);
                    pairs.contains(&(far, both)).then_some([*from, *to, far, both])
                };
                let squares: Vec<_> = pairs.iter().filter_map(square).collect();
                if !squares.is_empty() {
                    found.push(Interplay { effect: *effect, by: *by, squares });
                }
            }
        }
        found
    }

    /// How many p-values the study adds to the run's: effects and interactions in every benchmark; the ledger and the published pair, each
    /// with its parts and its whole, in the headline ones.
    pub fn comparisons(&self, benchmarks: usize, headlines: usize) -> usize {
        let everywhere = self.effects().len() + self.interplays().len();
        let ledger = self.ledger(|_| true).map_or(0, |steps| steps.len() + 1);
        let published = self.published_pairs().first().map_or(0, PublishedPair::comparisons);
        everywhere * benchmarks + (ledger + published) * headlines
    }
}

fn subjects<'a>(plan: &'a Plan, group: Option<&str>) -> Vec<StudySubject<'a>> {
    let of_group = plan.subjects.iter().filter(|subject| group.is_none() || subject.group.as_deref() == group);
    let mut found: Vec<StudySubject<'a>> = Vec::new();
    for subject in of_group.filter_map(study_subject) {
        // Of two that claim one place, the first has it.
        if !found.iter().any(|other| (other.build, other.replicate) == (subject.build, subject.replicate)) {
            found.push(subject);
        }
    }
    found
}

/// Nothing for levels that this surtax does not know.
fn study_subject(subject: &SubjectPlan) -> Option<StudySubject<'_>> {
    let Factors { code_model, linkage, pgo, lto, interposition, replicate } = subject.factors.as_ref()?;
    let is_shape = |shape: &Shape| shape.code_model().as_str() == code_model && shape.linkage().as_str() == linkage;
    let flavour = Flavour {
        pgo: *pgo,
        lto: [Lto::None, Lto::Thin, Lto::Full].into_iter().find(|level| level.as_str() == lto)?,
        interposition: *interposition,
        replicate: 1,
    };
    let build = VariantName { shape: Shape::ALL.into_iter().find(is_shape)?, flavour: Some(flavour) };
    Some(StudySubject { name: &subject.name, build, replicate: *replicate })
}
