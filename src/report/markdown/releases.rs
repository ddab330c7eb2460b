//! What differs between two groups, in one paragraph made from the data: versions, builds, HACL, verification, ratios.

use super::table::{code, text};
use crate::report::format;
use crate::report::sections::{Section, sections, short_names};
use crate::report::summary::{BenchmarkSummary, GroupSummary, Summary};
use crate::run::{Answer, Clock, HaclPlan, Role, Run, SubjectAudit};
use crate::stats::Verdict;

/// A paragraph for each group but the reference's. Nothing where there is one group.
pub(super) fn what_differs(run: &Run, summary: &Summary) -> String {
    let sections = sections(summary);
    let is_reference = |section: &&Section<'_>| Some(section.baseline()) == summary.reference.as_deref();
    let Some(against) = sections.iter().find(is_reference) else { return String::new() };
    let mut text = "## What differs between the releases\n".to_owned();
    for section in sections.iter().filter(|section| !is_reference(section)) {
        let pair = Pair { run, summary, own: *section, against: *against };
        let ratios = pair.ratios();
        let caution = ratios.is_some().then(|| pair.caution()).flatten();
        let sentences = [pair.versions(), pair.builds(), pair.hacl(), pair.verification(), ratios, caution];
        let paragraph: Vec<String> = sentences.into_iter().flatten().collect();
        text += &format!("\n{}\n", paragraph.join(" "));
    }
    text
}

/// A group and the reference's group.
struct Pair<'a> {
    run: &'a Run,
    summary: &'a Summary,
    own: Section<'a>,
    against: Section<'a>,
}

impl Pair<'_> {
    fn groups(&self) -> Option<(&GroupSummary, &GroupSummary)> {
        Some((self.own.group?, self.against.group?))
    }

    fn versions(&self) -> Option<String> {
        let (own, against) = self.groups()?;
        let of = |group: &GroupSummary| format!("Python {} of {}", text(&group.python), text(&group.release));
        Some(format!("{} has {}, {} has {}.", code(&own.name), of(own), code(&against.name), of(against)))
    }

    /// The subject of that name in a section.
    fn subject(&self, section: Section<'_>, name: &str) -> Option<&str> {
        let mut subjects = self.run.plan.subjects.iter().filter(|subject| section.holds(&subject.name));
        subjects.find(|subject| section.short(&subject.name) == name).map(|subject| subject.name.as_str())
    }

    fn is_runner(&self, subject: &str) -> bool {
        self.run.plan.subject(subject).is_some_and(|subject| subject.role == Role::Runner)
    }

    /// Runners by their short name: in both groups, and in one alone.
    fn runners(&self) -> (Vec<(&str, &str, &str)>, Vec<&str>) {
        let (mut both, mut alone) = (Vec::new(), Vec::new());
        for (name, _) in short_names(self.summary) {
            let runner = |section| self.subject(section, name).filter(|subject| self.is_runner(subject));
            match (runner(self.own), runner(self.against)) {
                (Some(own), Some(against)) => both.push((name, own, against)),
                (Some(one), None) | (None, Some(one)) => alone.push(one),
                (None, None) => {}
            }
        }
        (both, alone)
    }

    /// What was read out of the libpythons of like-named runners.
    fn builds(&self) -> Option<String> {
        let (both, alone) = self.runners();
        let (mut alike, mut unlike) = (Vec::new(), Vec::new());
        for (name, own, against) in both {
            match (self.run.audit.of(own), self.run.audit.of(against)) {
                (Some(own), Some(against)) => {
                    let differing = differing(own, against);
                    if differing.is_empty() {
                        alike.push(format!("{} ({})", code(name), build(own)));
                    } else {
                        unlike.push(format!("{}: {}", code(name), differing.join(", ")));
                    }
                }
                _ => unlike.push(format!("{}: nothing is known of one of the two", code(name))),
            }
        }
        let names: Vec<String> = alone.into_iter().map(code).collect();
        let sentences = [
            ("By the evidence in the binaries, like-named runners were built alike in PGO, LTO and code model", alike.join(", ")),
            ("Runners of one name were built differently", unlike.join("; ")),
            ("Without a counterpart", names.join(", ")),
        ];
        let said: Vec<String> =
            sentences.iter().filter(|(_, what)| !what.is_empty()).map(|(claim, what)| format!("{claim}: {what}.")).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Only of groups whose archives were looked at: a shared libpython lacks nothing.
    fn hacl(&self) -> Option<String> {
        let missing = |section: Section<'_>| {
            let runners = self.run.audit.subjects.iter().filter(|audit| section.holds(&audit.subject) && self.is_runner(&audit.subject));
            let archives = runners.filter(|audit| audit.file.extension().is_some_and(|extension| extension == "a"));
            archives.map(|audit| audit.hacl_missing.len()).max()
        };
        let of = |section: Section<'_>| {
            let group = section.group?;
            Some(match missing(section)? {
                0 => format!("those of {} none", code(&group.name)),
                count => format!("those of {} {count}{}", code(&group.name), self.completed(&group.name)),
            })
        };
        Some(format!("Of HACL functions, the static archives leave undefined: {}, {}.", of(self.own)?, of(self.against)?))
    }

    fn completed(&self, group: &str) -> String {
        let plan = self.run.plan.groups.iter().find(|plan| plan.name == group).and_then(|plan| plan.hacl.as_ref());
        match plan {
            None => String::new(),
            Some(HaclPlan { version: Some(version), .. }) => format!(" (compiled from CPython {}'s source for its runners)", text(version)),
            Some(HaclPlan { version: None, .. }) => " (its runners have stand-ins that abort)".to_owned(),
        }
    }

    fn verification(&self) -> Option<String> {
        let of_pair: Vec<_> = self
            .summary
            .verify
            .iter()
            .filter(|verified| self.own.holds(&verified.subject) || self.against.holds(&verified.subject))
            .collect();
        let failed: Vec<String> = of_pair
            .iter()
            .filter(|verified| verified.checks_total == 0 || verified.checks_passed < verified.checks_total)
            .map(|verified| code(&verified.subject))
            .collect();
        Some(match (of_pair.is_empty(), failed.is_empty()) {
            (true, _) => "Nothing of either was verified.".to_owned(),
            (_, true) => "Every subject of both passed verification.".to_owned(),
            _ => format!("Verification failed for {}; the others passed.", failed.join(", ")),
        })
    }

    /// Each like-named pair's ratios to the reference, in the loops.
    fn ratios(&self) -> Option<String> {
        let loops: Vec<&BenchmarkSummary> =
            self.summary.benchmarks.iter().filter(|benchmark| benchmark.clock == Clock::InProcess).collect();
        let reference = self.summary.reference.as_deref()?;
        let (own, against) = self.groups()?;
        let ratios = |subject: &str| {
            let ratio = |benchmark: &&BenchmarkSummary| {
                let row = benchmark.across_of(subject)?;
                // A figure that noise may have made is marked, and the mark explained.
                let shown = matches!(row.verdict, Some(Verdict::Faster | Verdict::Slower));
                Some(format!("{}{}", format::ratio(row.ratio?), if shown { "" } else { "?" }))
            };
            let figures: Option<Vec<String>> = loops.iter().map(ratio).collect();
            figures.filter(|figures| !figures.is_empty()).map(|figures| figures.join(" and "))
        };
        let pair = |name: &str| {
            let (own, against) = (self.subject(self.own, name)?, self.subject(self.against, name)?);
            Some(format!(
                "{} {} against {}",
                code(name),
                ratios(own)?,
                if against == reference { "1".to_owned() } else { ratios(against)? }
            ))
        };
        let pairs: Vec<String> =
            short_names(self.summary).into_iter().filter(|(_, role)| *role != Role::Control).filter_map(|(name, _)| pair(name)).collect();
        let names: Vec<String> = loops.iter().map(|benchmark| code(&benchmark.label())).collect();
        (!pairs.is_empty()).then(|| {
            format!(
                "Time relative to {} in {}, {} against {} (with a question mark where no difference from it was seen): {}.",
                code(reference),
                names.join(" and "),
                code(&own.name),
                code(&against.name),
                pairs.join("; ")
            )
        })
    }

    fn caution(&self) -> Option<String> {
        let (own, against) = self.groups()?;
        let first = if own.python == against.python {
            "the compiler, its flags, patches and libraries, as far as these differ"
        } else {
            "the Python version itself, the compiler, its flags, patches and libraries"
        };
        Some(format!("Such a ratio is the cost of everything in which the two differ together ({first}), and not of one cause."))
    }
}

/// `PGO yes, LTO no, non-pic`
fn build(audit: &SubjectAudit) -> String {
    format!("PGO {}, LTO {}, {}", audit.pgo.as_str(), audit.lto.as_str(), text(&audit.code_model))
}

/// `PGO no instead of yes`; what is unknown on one side is said to be.
fn differing(own: &SubjectAudit, against: &SubjectAudit) -> Vec<String> {
    let answers = [("PGO", own.pgo, against.pgo), ("LTO", own.lto, against.lto)];
    let unlike = |(word, own, against): (&str, Answer, Answer)| {
        (own != against).then(|| format!("{word} {} instead of {}", own.as_str(), against.as_str()))
    };
    let model =
        (own.code_model != against.code_model).then(|| format!("{} instead of {}", text(&own.code_model), text(&against.code_model)));
    answers.into_iter().filter_map(unlike).chain(model).collect()
}
