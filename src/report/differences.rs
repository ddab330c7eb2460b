//! What differs between the subjects' libpythons beside the thing under study, from evidence alone.

use super::summarise::group_of;
use super::summary::{Difference, Premise, PremiseVerdict, Property};
use crate::run::{Answer, Audit, GroupPlan, Role, Run, SubjectAudit, SubjectPlan};

const PROPERTIES: [Property; 4] = [Property::Pgo, Property::Lto, Property::CodeModel, Property::Hacl];

/// Each runner held against the baseline of its group, and against the group's first runner: the archive that the
/// distribution's own interpreter is made of, in the default plan.
pub(super) fn differences(run: &Run) -> Vec<Difference> {
    let groups: Vec<Option<&GroupPlan>> = if run.plan.groups.is_empty() { vec![None] } else { run.plan.groups.iter().map(Some).collect() };
    let mut found = Vec::new();
    for group in groups {
        let baseline = run.plan.subjects.iter().find(|subject| subject.role == Role::Baseline && is_of(run, subject, group));
        for reference in baseline.into_iter().chain(runners(run, group).next()) {
            for subject in runners(run, group).filter(|subject| subject.name != reference.name) {
                found.extend(compare(&run.audit, &subject.name, &reference.name));
            }
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

fn compare(audit: &Audit, subject: &str, against: &str) -> Vec<Difference> {
    let (Some(own), Some(other)) = (audit.of(subject), audit.of(against)) else { return Vec::new() };
    let difference = |property| {
        let ((value, evidence), (against_value, against_evidence)) = (observed(own, property), observed(other, property));
        // Two unknowns may differ just as well.
        (value != against_value || value == Answer::Unknown.as_str()).then(|| Difference {
            subject: subject.to_owned(),
            against: against.to_owned(),
            property,
            value,
            against_value,
            evidence,
            against_evidence,
        })
    };
    PROPERTIES.into_iter().filter_map(difference).collect()
}

fn observed(audit: &SubjectAudit, property: Property) -> (String, String) {
    match property {
        Property::Pgo => (audit.pgo.as_str().to_owned(), audit.pgo_evidence.clone()),
        Property::Lto => (audit.lto.as_str().to_owned(), audit.lto_evidence.clone()),
        Property::CodeModel => (audit.code_model.clone(), audit.code_model_evidence.clone()),
        Property::Hacl => match audit.hacl_missing.as_slice() {
            [] => ("complete".to_owned(), "no undefined HACL functions".to_owned()),
            [first, ..] => (format!("{} missing", audit.hacl_missing.len()), format!("the first is {first}")),
        },
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
