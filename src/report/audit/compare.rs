//! Two files held against each other: in what they differ, and what that means for the ratio of their times.

use serde::Serialize;

use super::observe::{Observed, compilers, observe};
use crate::report::summary::{Bearing, Property};
use crate::run::{Answer, SubjectAudit};

/// In the order in which they are told.
const PROPERTIES: [Property; 12] = [
    Property::Pgo,
    Property::Lto,
    Property::Interposition,
    Property::CodeModel,
    Property::Tls,
    Property::Dispatch,
    Property::Compiler,
    Property::Flags,
    Property::Cet,
    Property::StackProtector,
    Property::Python,
    Property::Hacl,
];

/// One of two that are compared.
#[derive(Clone, Copy)]
pub(in crate::report) struct Side<'a> {
    pub(in crate::report) audit: &'a SubjectAudit,
    /// Its version where the file was not asked.
    pub(in crate::report) python: Option<&'a str>,
    /// What its name says of it, proven when it was built.
    pub(in crate::report) declared: Option<Declared>,
}

/// The levels that a study chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) struct Declared {
    pub(in crate::report) pgo: bool,
    pub(in crate::report) lto: bool,
    pub(in crate::report) interposition: bool,
}

impl Declared {
    fn of(self, property: Property) -> Option<bool> {
        match property {
            Property::Pgo => Some(self.pgo),
            Property::Lto => Some(self.lto),
            Property::Interposition => Some(self.interposition),
            _ => None,
        }
    }
}

/// A property of both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    pub property: Property,
    pub bearing: Bearing,
    pub value: String,
    pub against_value: String,
    pub evidence: String,
    pub against_evidence: String,
}

/// What differs, or may differ, of what is a property of both files.
pub(in crate::report) fn compare(own: Side<'_>, against: Side<'_>) -> Vec<Item> {
    let held = PROPERTIES.into_iter().filter_map(|property| {
        let (seen, other) = (observe(own.audit, own.python, property)?, observe(against.audit, against.python, property)?);
        Some(hold(own, against, property, seen, other))
    });
    held.filter(|held| !held.alike).map(|held| held.item).collect()
}

/// Two observations held against each other.
struct Held {
    item: Item,
    /// Seen to be the same.
    alike: bool,
    unknown: bool,
}

fn hold(own: Side<'_>, against: Side<'_>, property: Property, seen: Observed, other: Observed) -> Held {
    let unknown = seen.is_unknown() || other.is_unknown();
    let alike = !unknown && is_alike(own.audit, against.audit, property, &seen, &other);
    let bearing = match property {
        Property::Hacl => Bearing::None,
        Property::CodeModel => Bearing::Named,
        // Seen or not, it is no cause beside what the names say.
        Property::Tls if follows_from_linkage(own.audit, against.audit) => Bearing::Named,
        _ if unknown => Bearing::Unknown,
        _ if is_declared(own, property, &seen) && is_declared(against, property, &other) => Bearing::Named,
        _ => Bearing::Confound,
    };
    let (value, against_value) = (seen.value, other.value);
    let item = Item { property, bearing, value, against_value, evidence: seen.evidence, against_evidence: other.evidence };
    Held { item, alike, unknown }
}

fn is_alike(own: &SubjectAudit, against: &SubjectAudit, property: Property, seen: &Observed, other: &Observed) -> bool {
    match property {
        // A linked file names the compilers of the C library's start files too, so that only what shares none was surely compiled by another.
        Property::Compiler => !compilers(own).is_disjoint(&compilers(against)),
        _ => seen.value == other.value,
    }
}

/// By which model thread-local variables are reached is a consequence of the code model and of what the linker relaxes; on its own it was chosen.
fn follows_from_linkage(own: &SubjectAudit, against: &SubjectAudit) -> bool {
    own.kind != against.kind || own.code_model != against.code_model
}

/// Whether its name says it, and its file shows it.
fn is_declared(side: Side<'_>, property: Property, seen: &Observed) -> bool {
    side.declared.and_then(|declared| declared.of(property)).is_some_and(|level| Answer::from(level).as_str() == seen.value)
}

/// `surtax audit --compare`, and its JSON. No heading names a factor here, so that whatever differs is a cause of its own.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The two, in the order in which they were named; `value` of an item is the first one's, `against_value` the second's.
    pub files: Vec<SubjectAudit>,
    /// What was seen to differ and costs or saves time.
    pub confounds: Vec<Item>,
    /// Of what one file or both do not say.
    pub unknown: Vec<Item>,
    /// What was seen to be the same.
    pub alike: Vec<Item>,
    /// What differs and has no bearing on speed.
    pub other: Vec<Item>,
    /// Of what a file of its kind says nothing, so that nothing was compared.
    pub not_compared: Vec<Silence>,
}

/// A property of which one file or both say nothing; what the other says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silence {
    pub property: Property,
    pub value: Option<String>,
    pub against_value: Option<String>,
}

impl Comparison {
    pub fn of(first: SubjectAudit, second: SubjectAudit) -> Self {
        let (mut confounds, mut unknown, mut alike, mut other) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut not_compared = Vec::new();
        let side = |audit| Side { audit, python: None, declared: None };
        for property in PROPERTIES {
            let (seen, against) = match (observe(&first, None, property), observe(&second, None, property)) {
                (Some(seen), Some(against)) => (seen, against),
                // Neither has an interpreter's loop, or is a CPython.
                (None, None) if matches!(property, Property::Dispatch | Property::Python) => continue,
                (seen, against) => {
                    let [value, against_value] = [seen, against].map(|side| side.map(|side| side.value));
                    not_compared.push(Silence { property, value, against_value });
                    continue;
                }
            };
            let Held { item, alike: same, unknown: unseen } = hold(side(&first), side(&second), property, seen, against);
            match item.bearing {
                _ if unseen => unknown.push(Item { bearing: Bearing::Unknown, ..item }),
                // The same of both is of no consequence.
                _ if same => alike.push(Item { bearing: Bearing::None, ..item }),
                Bearing::None => other.push(item),
                Bearing::Confound | Bearing::Named | Bearing::Unknown => confounds.push(Item { bearing: Bearing::Confound, ..item }),
            }
        }
        Self { files: vec![first, second], confounds, unknown, alike, other, not_compared }
    }
}
