//! The guard: where two subjects differ in more than what their names say, a sign at the ratio, and below the table what it means.

mod pairs;
mod words;

use super::format;
use super::sections::Section;
use super::summary::{Bearing, Difference, Property, Summary};
use crate::run::Run;
use words::factor;

pub(super) use pairs::{PAIR, of_pairs};
pub(super) use words::{verb, word};

/// Repeated when there are more: `††`.
const SIGNS: [&str; 4] = ["†", "‡", "§", "¶"];

/// What stands at one or several ratios.
pub(super) struct Footnote<'a> {
    pub(super) sign: String,
    /// In the plan's order; all differ in the same, by the same evidence.
    pub(super) subjects: Vec<&'a str>,
    claims: Vec<&'a Difference>,
}

/// How names and other text are written.
#[derive(Clone, Copy)]
pub(super) struct Writing {
    pub(super) name: fn(&str) -> String,
    pub(super) text: fn(&str) -> String,
}

impl Writing {
    /// For a terminal or a picture.
    pub(super) const PLAIN: Self = Self { name: format::code, text: format::plain };
}

/// Fills `confounds` of every row that has a ratio, and of every pair of a study.
pub(super) fn beside_ratios(run: &Run, summary: &mut Summary) {
    pairs::beside_pairs(run, summary);
    let differences = std::mem::take(&mut summary.differences);
    let reference = summary.reference.as_deref();
    for row in summary.benchmarks.iter_mut().flat_map(|benchmark| &mut benchmark.results).filter(|row| row.ratio.is_some()) {
        let across = |difference: &&&Difference| Some(difference.against.as_str()) == reference && row.baseline.as_deref() != reference;
        let found = of_subject(&differences, &row.subject, reference);
        let within = found.iter().filter(|difference| !across(difference)).map(|found| found.property);
        row.confounds = within.collect();
    }
    summary.differences = differences;
}

/// Each of them with a sign of its own in the whole report.
pub(super) fn footnotes(summary: &Summary) -> Vec<Footnote<'_>> {
    let mut notes: Vec<Footnote<'_>> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for subject in summary.differences.iter().map(|difference| difference.subject.as_str()) {
        if seen.contains(&subject) {
            continue;
        }
        seen.push(subject);
        let claims = of_subject(&summary.differences, subject, summary.reference.as_deref());
        if claims.is_empty() {
            continue;
        }
        match notes.iter_mut().find(|note| note.says(&claims)) {
            Some(note) => note.subjects.push(subject),
            None => notes.push(Footnote { sign: sign(notes.len()), subjects: vec![subject], claims }),
        }
    }
    notes
}

/// `" †"`, or nothing: what stands behind a subject's ratio.
pub(super) fn mark(notes: &[Footnote<'_>], subject: &str) -> String {
    notes.iter().find(|note| note.subjects.contains(&subject)).map_or_else(String::new, |note| format!(" {}", note.sign))
}

/// A subject's confounds, each property once: against its own baseline before another runner, and against what all groups are relative to last.
fn of_subject<'a>(differences: &'a [Difference], subject: &str, reference: Option<&str>) -> Vec<&'a Difference> {
    let mut found: Vec<&Difference> = Vec::new();
    let confounds = differences.iter().filter(|difference| difference.subject == subject && difference.bearing == Bearing::Confound);
    let (last, first): (Vec<_>, Vec<_>) = confounds.partition(|difference| Some(difference.against.as_str()) == reference);
    for difference in first.into_iter().chain(last) {
        if !found.iter().any(|other| other.property == difference.property) {
            found.push(difference);
        }
    }
    found
}

fn sign(at: usize) -> String {
    SIGNS[at % SIGNS.len()].repeat(at / SIGNS.len() + 1)
}

impl Footnote<'_> {
    fn says(&self, claims: &[&Difference]) -> bool {
        let same = |(a, b): (&&Difference, &&Difference)| {
            (a.property, &a.against, &a.value, &a.against_value, &a.evidence, &a.against_evidence)
                == (b.property, &b.against, &b.value, &b.against_value, &b.evidence, &b.against_evidence)
        };
        self.claims.len() == claims.len() && self.claims.iter().zip(claims).all(same)
    }

    pub(super) fn is_of(&self, section: Section<'_>) -> bool {
        self.subjects.iter().any(|subject| section.holds(subject))
    }

    /// ``† `static-pic` also lacks PGO: 3 of 179 objects …; in `static-nonpic`: 134 of 179 …; its ratio is not the cost of PIC.``
    pub(super) fn sentence(&self, writing: Writing) -> String {
        self.say(writing, &|claim, many| self.claim(claim, many, writing))
    }

    /// The same without the evidence, where it has been said before: ``† `static-pic` also lacks PGO, unlike `static-nonpic`; …``
    pub(super) fn in_short(&self, writing: Writing) -> String {
        self.say(writing, &|claim, many| format!("{}, unlike {}", verb(claim, many), (writing.name)(&claim.against)))
    }

    fn say(&self, writing: Writing, claim: &dyn Fn(&Difference, bool) -> String) -> String {
        let names: Vec<String> = self.subjects.iter().map(|subject| (writing.name)(subject)).collect();
        let many = names.len() > 1;
        let claims: Vec<String> = self.claims.iter().map(|found| claim(found, many)).collect();
        let ratio = if many { "their ratios are" } else { "its ratio is" };
        format!("{} {} also {}; {ratio} not the cost of {}.", self.sign, names.join(", "), claims.join("; also "), self.names_say())
    }

    /// With the evidence of both sides.
    fn claim(&self, claim: &Difference, many: bool, writing: Writing) -> String {
        // The observation itself; what it is held against, and why, stands under *What differs*. Of thread-local storage all of it is one.
        let observation = |evidence: &str| match claim.property {
            Property::Tls => evidence.to_owned(),
            _ => evidence.split("; ").next().unwrap_or_default().to_owned(),
        };
        let text = |evidence: &str| (writing.text)(&format::short(&observation(evidence), 300));
        let what = verb(claim, many);
        let against = (writing.name)(&claim.against);
        match (claim.evidence.is_empty(), claim.against_evidence.is_empty()) {
            (true, true) => format!("{what}, unlike {against}"),
            _ => format!("{what}: {}; in {against}: {}", text(&claim.evidence), text(&claim.against_evidence)),
        }
    }

    /// What a reader would take the ratio for.
    fn names_say(&self) -> String {
        let mut words: Vec<&str> = Vec::new();
        for subject in &self.subjects {
            let word = factor(subject);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(" or of ")
    }
}

/// What evidence does not cover, in one sentence. Nothing where all is known.
pub(super) fn unknown(section: Section<'_>, writing: Writing) -> Option<String> {
    let mut found: Vec<(Property, Vec<&str>)> = Vec::new();
    for difference in section.differences().filter(|difference| difference.bearing == Bearing::Unknown) {
        let sides = [(&difference.value, &difference.subject), (&difference.against_value, &difference.against)];
        for (_, name) in sides.into_iter().filter(|(value, _)| *value == "unknown") {
            match found.iter_mut().find(|(property, _)| *property == difference.property) {
                Some((_, names)) if names.contains(&name.as_str()) => {}
                Some((_, names)) => names.push(name),
                None => found.push((difference.property, vec![name])),
            }
        }
    }
    found.sort_by_key(|(property, _)| *property);
    let parts: Vec<String> = found
        .iter()
        .map(|(property, names)| {
            let names: Vec<String> = names.iter().map(|name| (writing.name)(name)).collect();
            format!("{} of {}", word(*property), names.join(", "))
        })
        .collect();
    (!parts.is_empty()).then(|| format!("What is not known may be part of a ratio: {}.", parts.join("; ")))
}
