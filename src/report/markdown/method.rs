//! Where it was measured, how to read it, and how to do it again.

use super::table::{Table, code, text};
use crate::report::format;
use crate::report::reproduce::{self, LOCK, Word};
use crate::report::summary::Summary;
use crate::run::{CpythonPlan, Environment, Run};
use crate::stats::{FLOOR_LIMIT, MINIMUM_ROUNDS};

pub(super) fn environment(run: &Run) -> String {
    let tables = if run.machines.is_empty() {
        machine("environment", &run.environment, run.plan.cpu)
    } else {
        let tables: Vec<String> = run.machines.iter().map(|one| machine(&code(&one.name), &one.environment, one.cpu)).collect();
        tables.join("\n")
    };
    format!("## Environment\n\n{tables}\n{}{}", subjects(run), compiled(run))
}

fn machine(heading: &str, machine: &Environment, cpu: Option<usize>) -> String {
    let known = |value: Option<String>| value.unwrap_or_else(|| "not shown by the kernel".to_owned());
    let switch = |on: Option<bool>| known(on.map(|on| if on { "on" } else { "off" }.to_owned()));
    let load: Vec<String> = machine.load_average.iter().map(|load| format!("{load:.2}")).collect();
    let mut table = Table::new(&[heading, ""]);
    let mut row = |name: &str, value: &str| table.row(&[text(name), text(value)]);
    row("CPU", &format!("{}, {} cores usable", machine.cpu_model, machine.cpus));
    row("pinned to core", &cpu.map_or("none".to_owned(), |cpu| cpu.to_string()));
    row("memory", &format::memory(machine.memory_bytes));
    row("host", &machine.host);
    row("kernel", &machine.kernel);
    row("virtualisation", &machine.virtualisation);
    row("frequency governor", &known(machine.governor.clone()));
    row("turbo", &switch(machine.turbo));
    row("SMT", &switch(machine.smt));
    row("address space randomisation", &known(machine.aslr.map(|level| level.to_string())));
    row("load average (1, 5, 15 min)", &load.join(", "));
    row("surtax", &machine.surtax);
    for (tool, version) in &machine.toolchain {
        row(tool, version);
    }
    table.finish()
}

/// How libpythons were compiled, a table for each group whose were; nothing where all were found.
fn compiled(run: &Run) -> String {
    let groups = run.plan.groups.iter().filter_map(|group| Some((group, group.cpython.as_ref()?)));
    groups.map(|(group, cpython)| format!("\n{}", how_compiled(&group.name, cpython))).collect()
}

fn how_compiled(group: &str, cpython: &CpythonPlan) -> String {
    let heading = format!("{}, compiled here", text(group));
    let mut table = Table::new(&[&heading, ""]);
    let mut row = |name: &str, cell: String| table.row(&[name.to_owned(), cell]);
    let list = |items: &[String]| {
        if items.is_empty() { "none".to_owned() } else { items.iter().map(|item| code(item)).collect::<Vec<_>>().join(" ") }
    };
    row("source", text(&cpython.source));
    if let Some(sha256) = &cpython.source_sha256 {
        row("SHA-256 of the source", format!("`{sha256}`"));
    }
    row("patches", list(&cpython.patches));
    row("compiler", text(&cpython.compiler));
    row("further configure arguments", list(&cpython.configure));
    row("further compiler flags", list(&cpython.cflags));
    row("static modules", list(&cpython.static_modules));
    row("profile task", list(&cpython.profile_tasks));
    row("build of the baseline", code(&cpython.stock));
    table.finish()
}

fn subjects(run: &Run) -> String {
    let mut table = Table::new(&["subject", "what it is", ">executable", "SHA-256"]);
    for subject in &run.plan.subjects {
        let digest = subject.sha256.to_string();
        table.row(&[code(&subject.name), text(&subject.description), format::memory(subject.size_bytes), format!("`{}…`", &digest[..16])]);
    }
    table.finish()
}

pub(super) fn reading(summary: &Summary) -> String {
    format!(
        "## How to read it\n\n\
         - *95 % interval*: bootstrap interval of the median ratio.\n\
         - *noise floor*: how far from 1 the interval of the baseline measured against itself (A/A{}) reaches, at least {}.{}\n\
         - *faster*, *slower*: the signed-rank test's p, corrected by Holm's method for all {} comparisons of this run, is below 0.05, \
         and the whole interval lies beyond the noise floor. Anything less is *no difference seen*, which is no proof of equality.\n\
         - *undecided*: too few rounds for any result to count ({} would do), or no noise floor (the A/A subject needs {} rounds).\n\n\
         METHODOLOGY.md gives the reasons and sources.\n",
        controls(summary),
        format::percent(FLOOR_LIMIT),
        if summary.reference.is_some() { " The widest of the groups' counts for all." } else { "" },
        summary.comparisons,
        crate::stats::rounds_needed(summary.comparisons),
        MINIMUM_ROUNDS
    )
}

fn controls(summary: &Summary) -> String {
    let of_groups = summary.groups.iter().filter_map(|group| group.control.as_ref());
    let controls: Vec<String> = if summary.reference.is_some() {
        of_groups.map(|name| code(name)).collect()
    } else {
        summary.control.iter().map(|name| code(name)).collect()
    };
    if controls.is_empty() { "; this run has none".to_owned() } else { format!(", {}", controls.join(", ")) }
}

pub(super) fn reproduce(run: &Run) -> String {
    let plan = &run.plan;
    let mut section = format!(
        "## How to reproduce\n\nMeasured by surtax {}; the plan was made at {}. With the same surtax, in this folder:\n\n\
         ```sh\nsurtax matrix run{} --out ../again-{} --rounds {} --warmup {} --seed {}{}\n```\n\n\
         `surtax report DIR` makes this page and its plots again from `samples.jsonl`.\n\n",
        text(&plan.surtax),
        text(&plan.created),
        line(&reproduce::sources(plan), " "),
        plan.seed,
        plan.rounds,
        plan.warmup,
        plan.seed,
        line(&reproduce::selection(plan), " \\\n    ")
    );
    section += &format!("- seed: {}\n- benchmarks: {}\n", plan.seed, code(&plan.benchmarks_digest));
    let locks = plan.groups.iter().filter_map(|group| Some((group.lock.clone()?, group.lock_sha256?)));
    let locks: Vec<_> = if plan.groups.is_empty() {
        plan.lock_sha256.map(|sha256| (LOCK.to_owned(), sha256)).into_iter().collect()
    } else {
        locks.collect()
    };
    for (lock, sha256) in locks {
        section += &format!("- {}: `{sha256}`\n", code(&lock));
    }
    section
}

/// Each word behind a separator, tame enough for a page.
fn line(words: &[Word], before: &str) -> String {
    words.iter().map(|word| format!("{before}{}", word.shown(format::plain))).collect()
}
