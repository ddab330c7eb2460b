//! What must be true of a plan's groups, so that every ratio has something to be relative to.

use crate::run::{GroupPlan, Role, SubjectPlan};

use super::MatrixError;

/// What the person named, before anything is provisioned: each group once, and the reference (a group or its baseline) among them.
/// `baseline` is the name that a group's own python3 has in it.
pub fn check_names(groups: &[String], reference: Option<&str>, baseline: &str) -> Result<(), MatrixError> {
    if let Some(twice) = twice(groups.iter().map(String::as_str)) {
        return Err(MatrixError::TwiceTheGroup(twice));
    }
    let Some(name) = reference else { return Ok(()) };
    if groups.iter().any(|group| group == name || name == format!("{group}/{baseline}")) {
        return Ok(());
    }
    Err(MatrixError::BadReference { name: name.to_owned(), known: groups.to_vec() })
}

/// Every group has one baseline, the first of its subjects; every name is there once.
pub(super) fn check(groups: &[GroupPlan], subjects: &[SubjectPlan]) -> Result<(), MatrixError> {
    if let Some(twice) = twice(groups.iter().map(|group| group.name.as_str())) {
        return Err(MatrixError::TwiceTheGroup(twice));
    }
    if let Some(twice) = twice(subjects.iter().map(|subject| subject.name.as_str())) {
        return Err(MatrixError::TwiceTheSubject(twice));
    }
    // What the person adds may belong to no group.
    let grouped = |subject: &&SubjectPlan| subject.group.is_some() || subject.role != Role::Guest;
    if groups.is_empty() {
        return if leads(subjects.iter()) { Ok(()) } else { Err(MatrixError::NoBaseline) };
    }
    for subject in subjects.iter().filter(grouped) {
        let group = subject.group.as_deref().unwrap_or_default();
        if !groups.iter().any(|other| other.name == group) {
            return Err(MatrixError::UnknownGroup { subject: subject.name.clone(), group: group.to_owned() });
        }
    }
    let headless = groups.iter().find(|group| !leads(subjects.iter().filter(|subject| subject.group.as_ref() == Some(&group.name))));
    headless.map_or(Ok(()), |group| Err(MatrixError::BaselineOfGroup { group: group.name.clone() }))
}

/// The baseline that the table across groups is relative to; none where there is one group.
pub(super) fn reference(groups: &[GroupPlan], subjects: &[SubjectPlan], wanted: Option<String>) -> Result<Option<String>, MatrixError> {
    let baselines: Vec<&SubjectPlan> = subjects.iter().filter(|subject| subject.role == Role::Baseline).collect();
    let chosen = match &wanted {
        None => baselines.first(),
        Some(name) => baselines.iter().find(|subject| subject.name == *name || subject.group.as_ref() == Some(name)),
    };
    let Some(chosen) = chosen else {
        let known = baselines.iter().map(|subject| subject.group.as_ref().unwrap_or(&subject.name).clone()).collect();
        return Err(MatrixError::BadReference { name: wanted.unwrap_or_default(), known });
    };
    Ok((groups.len() > 1).then(|| chosen.name.clone()))
}

/// Whether the first is the baseline and no other is.
fn leads<'a>(mut subjects: impl Iterator<Item = &'a SubjectPlan>) -> bool {
    let is_baseline = |subject: &SubjectPlan| subject.role == Role::Baseline;
    subjects.next().is_some_and(is_baseline) && !subjects.any(is_baseline)
}

fn twice<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let repeated = |(at, name): &(usize, &str)| names.clone().take(*at).any(|other| other == *name);
    names.clone().enumerate().find(repeated).map(|(_, name)| name.to_owned())
}
