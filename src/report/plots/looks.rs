//! Which colour and shape a subject has: the same in every picture, and like-named subjects of several groups look alike.

use crate::report::sections::{Section, short_names};
use crate::report::summary::Summary;
use crate::run::Role;

pub(super) struct Looks<'a>(Vec<&'a str>);

impl<'a> Looks<'a> {
    pub(super) fn of(summary: &'a Summary) -> Self {
        Self(short_names(summary).into_iter().filter(|(_, role)| *role != Role::Baseline).map(|(name, _)| name).collect())
    }

    /// Its place among all that is not a baseline; none for a baseline.
    pub(super) fn index(&self, section: Section<'_>, subject: &str) -> Option<usize> {
        self.0.iter().position(|name| *name == section.short(subject))
    }
}
