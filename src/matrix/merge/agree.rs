//! Whether two runs are of one plan: everything that decides what a number means, and nothing that only says where it came about.

use super::{MergeError, Part, whole};
use crate::run::{BenchmarkPlan, Counting, Plan, SubjectPlan};

pub(super) fn check(parts: &[Part]) -> Result<(), MergeError> {
    let Some((first, others)) = parts.split_first() else { return Err(MergeError::Nothing) };
    if let Some(merged) = parts.iter().find(|part| !part.run.machines.is_empty()) {
        return Err(MergeError::Merged(merged.folder.clone()));
    }
    for other in others {
        if let Some(Field { name, one, other: there }) = disagreement(first, other) {
            let (folder, against) = (other.folder.clone(), first.folder.clone());
            return Err(MergeError::Differs { folder, against, field: name, here: there, there: one });
        }
    }
    Ok(())
}

/// The first thing in which a run's plan and the one that it should have are not the same; nothing of one and the same shard.
pub fn differs(found: &Plan, expected: &Plan) -> Option<String> {
    let own = |plan: &Plan| plan.shard.as_ref().map_or("the whole".to_owned(), |shard| shard.number.to_string());
    let fields = [
        Field::of("shard", own(found), own(expected)),
        Field::of("moment of planning", found.created.clone(), expected.created.clone()),
        of_plans(found, expected),
    ];
    let field = fields.into_iter().flatten().next()?;
    Some(format!("{} is {}, not {}", field.name, field.one, field.other))
}

fn disagreement(one: &Part, other: &Part) -> Option<Field> {
    let surtax = |part: &Part| part.run.environment.surtax.clone();
    Field::of("surtax", surtax(one), surtax(other)).or_else(|| of_plans(&one.run.plan, &other.run.plan))
}

/// A property and its two values, in words.
struct Field {
    name: String,
    one: String,
    other: String,
}

impl Field {
    fn of(name: &str, one: String, other: String) -> Option<Self> {
        (one != other).then(|| Self { name: name.to_owned(), one, other })
    }
}

fn of_plans(one: &Plan, other: &Plan) -> Option<Field> {
    let words = |of: &dyn Fn(&Plan) -> String| (of(one), of(other));
    let field = |name: &str, of: &dyn Fn(&Plan) -> String| {
        let (one, other) = words(of);
        Field::of(name, one, other)
    };
    let fields = [
        field("surtax", &|plan| plan.surtax.clone()),
        field("seed", &|plan| plan.seed.to_string()),
        field("benchmarks_digest", &|plan| plan.benchmarks_digest.clone()),
        field("warmup", &|plan| plan.warmup.to_string()),
        field("rounds", &|plan| plan.rounds.to_string()),
        field("timeout_seconds", &|plan| plan.timeout_seconds.to_string()),
        field("counters", &|plan| counting(plan).to_owned()),
        field("groups", &|plan| list(plan.groups.iter().map(|group| format!("{} {}", group.name, group.python)))),
        field("reference", &|plan| plan.reference.clone().unwrap_or_else(|| "none".to_owned())),
        field("subjects", &|plan| list(plan.subjects.iter().map(|subject| subject.name.clone()))),
        field("benchmarks", &|plan| list(whole(plan).iter().map(BenchmarkPlan::label))),
        field("shards", &|plan| list(plan.shards.iter().map(|shard| shard.benchmarks.join("+")))),
    ];
    fields
        .into_iter()
        .flatten()
        .next()
        .or_else(|| one.subjects.iter().zip(&other.subjects).find_map(|(one, other)| of_subjects(one, other)))
}

/// Of equal name: the file itself, and what it is compared as.
fn of_subjects(one: &SubjectPlan, other: &SubjectPlan) -> Option<Field> {
    let name = |property: &str| format!("{property} of {}", one.name);
    let file = Field::of(&name("sha256"), one.sha256.to_string(), other.sha256.to_string());
    let role = || Field::of(&name("role"), format!("{:?}", one.role), format!("{:?}", other.role));
    let group = |subject: &SubjectPlan| subject.group.clone().unwrap_or_else(|| "none".to_owned());
    file.or_else(role).or_else(|| Field::of(&name("group"), group(one), group(other)))
}

fn counting(plan: &Plan) -> &'static str {
    match plan.counters.as_ref().map(|counters| counters.how) {
        Some(Counting::Perf) => "perf",
        Some(Counting::Callgrind) => "callgrind",
        Some(Counting::None) | None => "none",
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}
