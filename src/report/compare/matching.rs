//! Which subject of one run is which of the other.

use crate::report::gate::Unjudged;
use crate::run::{Plan, Role, SubjectPlan};

/// Pairs of like subjects, in the first run's order, and those that have none, with the reason.
pub(super) struct Matched<'a> {
    pub(super) pairs: Vec<(&'a SubjectPlan, &'a SubjectPlan)>,
    pub(super) unmatched: Vec<Unjudged>,
}

/// By what the person says; then by name; then by the name without its group's, where that is clear, or where the groups are of one release.
pub(super) fn matched<'a>(before: &'a Plan, after: &'a Plan, named: &[(String, String)]) -> Matched<'a> {
    let mut found = Matched { pairs: Vec::new(), unmatched: Vec::new() };
    for subject in &before.subjects {
        match like(before, after, subject, named) {
            Ok(other) => found.pairs.push((subject, other)),
            Err(why) => {
                let missing = matches!(subject.role, Role::Runner | Role::Guest);
                found.unmatched.push(Unjudged { what: subject.name.clone(), why, missing });
            }
        }
    }
    for subject in &after.subjects {
        if !found.pairs.iter().any(|(_, other)| other.name == subject.name) {
            let why = "the first run has no such subject".to_owned();
            found.unmatched.push(Unjudged { what: subject.name.clone(), why, missing: true });
        }
    }
    found
}

fn like<'a>(before: &Plan, after: &'a Plan, subject: &SubjectPlan, named: &[(String, String)]) -> Result<&'a SubjectPlan, String> {
    if let Some((_, other)) = named.iter().find(|(own, _)| *own == subject.name) {
        return after.subject(other).ok_or_else(|| format!("the other run has no `{other}`"));
    }
    let is_taken = |other: &SubjectPlan| named.iter().any(|(_, name)| *name == other.name);
    if let Some(other) = after.subject(&subject.name).filter(|other| !is_taken(other)) {
        return Ok(other);
    }
    let alike = |plan: &'a Plan| -> Vec<&'a SubjectPlan> {
        let alike = |other: &&SubjectPlan| other.short_name() == subject.short_name() && other.role == subject.role;
        plan.subjects.iter().filter(alike).filter(|other| !is_taken(other)).collect()
    };
    let there = alike(after);
    let rivals = before.subjects.iter().filter(|other| other.short_name() == subject.short_name() && other.role == subject.role);
    match there.as_slice() {
        [] => return Err("only the first run has this subject".to_owned()),
        [other] if rivals.count() == 1 => return Ok(other),
        _ => {}
    }
    let of_release = |other: &&&SubjectPlan| release(after, other) == release(before, subject);
    let mut of_release = there.iter().filter(of_release);
    match (of_release.next(), of_release.next()) {
        (Some(other), None) => Ok(other),
        _ => {
            let names: Vec<&str> = there.iter().map(|other| other.name.as_str()).collect();
            Err(format!("the other run has {}, of another release; --subject {}=NAME says which", names.join(", "), subject.name))
        }
    }
}

/// A group's where there are groups, else the run's.
fn release<'a>(plan: &'a Plan, subject: &SubjectPlan) -> &'a str {
    let group = plan.groups.iter().find(|group| subject.group.as_ref() == Some(&group.name));
    group.map_or(&plan.release, |group| &group.release)
}
