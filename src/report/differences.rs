//! What differs between the subjects' libpythons beside the thing under study, from evidence alone.

use super::across;
use super::audit::{self, Declared, Item, Side};
use super::summarise::group_of;
use super::summary::{Bearing, Difference, Premise, PremiseVerdict, Property};
use crate::run::{Answer, GroupPlan, Role, Run, Study, SubjectAudit, SubjectPlan};
use crate::variant::{Lto, VariantName};

/// Each runner and guest held against the baseline of its group; each runner against the group's first, the archive that the distribution's own
/// interpreter is made of, in the default plan; and what is of another group than the reference, against that.
pub(super) fn differences(run: &Run) -> Vec<Difference> {
    let groups: Vec<Option<&GroupPlan>> = if run.plan.groups.is_empty() { vec![None] } else { run.plan.groups.iter().map(Some).collect() };
    let mut found = Vec::new();
    for group in groups {
        let baseline = run.plan.subjects.iter().find(|subject| subject.role == Role::Baseline && is_of(run, subject, group));
        for reference in baseline.into_iter().chain(runners(run, group).next()) {
            for subject in runners(run, group).filter(|subject| subject.name != reference.name) {
                found.extend(compare(run, subject, reference));
            }
        }
        let guests = run.plan.subjects.iter().filter(|subject| subject.role == Role::Guest && is_of(run, subject, group));
        found.extend(guests.zip(baseline.into_iter().cycle()).flat_map(|(guest, baseline)| shown(run, guest, baseline)));
    }
    found.extend(pairs(run));
    if let Some(reference) = across::reference(&run.plan) {
        let others = run.plan.subjects.iter().filter(|subject| subject.role != Role::Control);
        for subject in others.filter(|subject| run.plan.baseline_of(subject) != Some(reference) && subject.name != reference.name) {
            // Another release is another Python by another compiler: that is what the heading says.
            let named = |difference: &Difference| matches!(difference.property, Property::Python | Property::Compiler);
            found.extend(shown(run, subject, reference).into_iter().filter(|difference| !named(difference)));
        }
    }
    found
}

/// Of a run without groups, all.
fn runners<'a>(run: &'a Run, group: Option<&'a GroupPlan>) -> impl Iterator<Item = &'a SubjectPlan> {
    run.plan.subjects.iter().filter(move |subject| subject.role == Role::Runner && is_of(run, subject, group))
}

fn is_of(run: &Run, subject: &SubjectPlan, group: Option<&GroupPlan>) -> bool {
    group.is_none() || group_of(&run.plan, subject) == group
}

/// Of a study, what the two of a matched pair differ in beside its factor.
fn pairs(run: &Run) -> Vec<Difference> {
    let mut found: Vec<Difference> = Vec::new();
    for study in Study::all_of(&run.plan) {
        let pairs = study.effects().into_iter().flat_map(|(_, pairs)| pairs);
        let replicated = pairs.flat_map(|(from, to)| study.replicates().into_iter().map(move |replicate| (from, to, replicate)));
        for (from, to, replicate) in replicated {
            let subject = |build| run.plan.subject(study.subject(build, replicate)?);
            let (Some(from), Some(to)) = (subject(from), subject(to)) else { continue };
            found.extend(shown(run, to, from));
        }
    }
    found
}

/// What was seen to differ; not what may.
fn shown(run: &Run, subject: &SubjectPlan, against: &SubjectPlan) -> Vec<Difference> {
    let mut found = compare(run, subject, against);
    found.retain(|difference| difference.bearing == Bearing::Confound);
    found
}

fn compare(run: &Run, subject: &SubjectPlan, against: &SubjectPlan) -> Vec<Difference> {
    let (Some(own), Some(other)) = (side(run, subject), side(run, against)) else { return Vec::new() };
    let difference = |item: Item| Difference {
        subject: subject.name.clone(),
        against: against.name.clone(),
        property: item.property,
        bearing: item.bearing,
        value: item.value,
        against_value: item.against_value,
        evidence: item.evidence,
        against_evidence: item.against_evidence,
    };
    // One recipe compiles all its variants with the same flags but for their factors; what says so is the prefix, not each file.
    let one_recipe = own.declared.is_some() && other.declared.is_some() && subject.group == against.group;
    let is_settled = |item: &Item| one_recipe && item.property == Property::Flags && item.bearing == Bearing::Unknown;
    audit::compare(own, other).into_iter().filter(|item| !is_settled(item)).map(difference).collect()
}

fn side<'a>(run: &'a Run, subject: &SubjectPlan) -> Option<Side<'a>> {
    let group = run.plan.groups.iter().find(|group| subject.group.as_ref() == Some(&group.name));
    // A guest belongs to a group and is no Python of it.
    let python = group.filter(|_| subject.role != Role::Guest).map(|group| group.python.as_str());
    Some(Side { audit: run.audit.of(&subject.name)?, python, declared: declared(subject, group) })
}

/// Of what was compiled for the run, what was asked for and then proven.
fn declared(subject: &SubjectPlan, group: Option<&GroupPlan>) -> Option<Declared> {
    match (&subject.factors, subject.role) {
        (Some(factors), _) => {
            Some(Declared { pgo: factors.pgo, lto: factors.lto != Lto::None.as_str(), interposition: factors.interposition })
        }
        (None, Role::Baseline | Role::Control) => {
            let flavour = group?.cpython.as_ref()?.stock.parse::<VariantName>().ok()?.flavour?;
            Some(Declared { pgo: flavour.pgo, lto: flavour.lto != Lto::None, interposition: flavour.interposition })
        }
        _ => None,
    }
}

/// "Same PGO, same LTO, only -fPIC differs", asked of a group's runners, as the published experiment claims it of its three.
pub(super) fn premise(run: &Run, group: Option<&GroupPlan>) -> Premise {
    let audits: Vec<&SubjectAudit> = runners(run, group).filter_map(|subject| run.audit.of(&subject.name)).collect();
    let complete = audits.len() == runners(run, group).count() && audits.len() >= 2;
    let alike = |of: fn(&SubjectAudit) -> Answer| {
        let has = |wanted| audits.iter().any(|audit| of(audit) == wanted);
        match (has(Answer::Yes), has(Answer::No), complete && !has(Answer::Unknown)) {
            (true, true, _) => Answer::No,
            (_, _, true) => Answer::Yes,
            _ => Answer::Unknown,
        }
    };
    let (same_pgo, same_lto) = (alike(|audit| audit.pgo), alike(|audit| audit.lto));
    let verdict = match (same_pgo, same_lto) {
        (Answer::No, _) | (_, Answer::No) => PremiseVerdict::DoesNotHold,
        (Answer::Yes, Answer::Yes) => PremiseVerdict::Holds,
        _ => PremiseVerdict::NotShown,
    };
    Premise { verdict, same_pgo, same_lto }
}
