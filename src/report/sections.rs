//! The parts of a table: the whole run, or one part for each of several groups.

use super::summary::{BenchmarkSummary, Difference, GroupSummary, Premise, SubjectResult, Summary};
use crate::run::{Role, short_name};

/// Subjects that share a baseline.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    /// `None` where the whole run is one part.
    pub(super) group: Option<&'a GroupSummary>,
    summary: &'a Summary,
}

/// At least one; in the plan's order.
pub(super) fn sections(summary: &Summary) -> Vec<Section<'_>> {
    if summary.reference.is_none() {
        return vec![Section { group: None, summary }];
    }
    summary.groups.iter().map(|group| Section { group: Some(group), summary }).collect()
}

impl<'a> Section<'a> {
    pub(super) fn baseline(&self) -> &'a str {
        self.group.map_or(&self.summary.baseline, |group| &group.baseline)
    }

    pub(super) fn premise(&self) -> &'a Premise {
        self.group.map_or(&self.summary.premise, |group| &group.premise)
    }

    pub(super) fn holds(&self, subject: &str) -> bool {
        self.group.is_none_or(|group| group.subjects.iter().any(|other| other == subject))
    }

    pub(super) fn rows(self, benchmark: &'a BenchmarkSummary) -> impl Iterator<Item = &'a SubjectResult> {
        benchmark.results.iter().filter(move |row| self.holds(&row.subject))
    }

    pub(super) fn differences(self) -> impl Iterator<Item = &'a Difference> {
        self.summary.differences.iter().filter(move |difference| self.holds(&difference.subject))
    }

    pub(super) fn role_of(self, subject: &str) -> Option<Role> {
        self.summary.benchmarks.iter().find_map(|benchmark| benchmark.of(subject)).map(|row| row.role)
    }

    /// The subject's name without its group's: `static-nonpic` of `debian-13/static-nonpic`. Under its group's heading that says enough,
    /// and it is the name that like subjects of other groups have too.
    pub(super) fn short<'n>(&self, subject: &'n str) -> &'n str {
        self.group.map_or(subject, |group| short_name(&group.name, subject))
    }
}

/// The names of subjects without their groups', each once, in the plan's order: by them like meets like across groups.
pub(super) fn short_names(summary: &Summary) -> Vec<(&str, Role)> {
    let mut names: Vec<(&str, Role)> = Vec::new();
    for section in sections(summary) {
        for row in summary.benchmarks.iter().flat_map(|benchmark| section.rows(benchmark)) {
            let name = section.short(&row.subject);
            if !names.iter().any(|(other, _)| *other == name) {
                names.push((name, row.role));
            }
        }
    }
    names
}
