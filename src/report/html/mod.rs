//! `report.html`: the whole report as one page that needs no other file and no network: the answer, tables that sort and filter, plots with their
//! values, and the rest of report.md.

mod body;
mod explorer;
mod shell;

use std::collections::BTreeMap;

use super::answer::{answer, headline};
use super::format::{self, xml};
use super::markdown;
use super::plots::{self, in_page_colours, rounds_file};
use super::summary::Summary;
use crate::run::Run;
use body::{Body, anchor, figure, fragment, inline};

pub(in crate::report) use shell::{BASE, opening};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page. All data in it is escaped text; the script reads nothing but the page.
pub fn html(run: &Run, summary: &Summary) -> String {
    let plots = plots::plots(run, summary);
    let plots: BTreeMap<&str, &str> = plots.iter().map(|(name, svg)| (name.as_str(), svg.as_str())).collect();
    let Body { html: sections, contents } = body::sections(&markdown::sections(run, summary).collect::<Vec<_>>().join("\n"), &plots);
    let parts = [
        Part::new("glance", "Ratios at a glance", fragment(&markdown::pictures(summary), &plots)),
        Part::new("before", "Before you rely on it", fragment(&markdown::listed_findings(summary), &plots)),
        Part::new("results", "All results", explorer::explorer(summary)),
    ];
    let rounds = Part::new("rounds", "Every round", every_round(summary, &plots));
    let own = parts.iter().filter(|part| part.is_there());
    let entries = own.map(Part::entry).chain(contents).chain(rounds.is_there().then(|| rounds.entry()));
    let title = markdown::title(summary, format::plain);
    let style = format!("\n{BASE}{STYLE}{}", in_page_colours(".plot:not(.paper)"));
    [
        opening(&title, &style, Some(SCRIPT)),
        banner(&xml(&title)),
        "<main id=\"main\">\n".to_owned(),
        hero(run, summary),
        contents_of(entries),
        "<div class=\"content\">\n".to_owned(),
        parts.iter().map(Part::html).collect(),
        sections,
        rounds.html(),
        "</div>\n</main>\n".to_owned(),
        footer(run),
        format!("<div id=\"tip\" role=\"status\" aria-live=\"polite\"></div>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"),
    ]
    .concat()
}

/// A section that only this page has.
struct Part {
    id: &'static str,
    name: &'static str,
    html: String,
}

impl Part {
    fn new(id: &'static str, name: &'static str, html: String) -> Self {
        Self { id, name, html }
    }

    fn is_there(&self) -> bool {
        !self.html.is_empty()
    }

    fn entry(&self) -> (String, String) {
        (self.id.to_owned(), self.name.to_owned())
    }

    /// Nothing where there is nothing to show.
    fn html(&self) -> String {
        let Self { id, name, html } = self;
        if html.is_empty() {
            return String::new();
        }
        format!("<section class=\"{id}\" aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{name}</h2>\n{html}</section>\n")
    }
}

fn banner(title: &str) -> String {
    format!(
        "<a class=\"skip\" href=\"#main\">Skip to the answer</a>\n<header class=\"banner\">\n<p><b>surtax</b> <span>{title}</span></p>\n\
         <button type=\"button\" id=\"theme\" hidden>Dark</button>\n</header>\n"
    )
}

/// The answer, large; how it came about, small.
fn hero(run: &Run, summary: &Summary) -> String {
    let plan = &run.plan;
    let (short, whole) = (headline(summary), answer(summary));
    // What has no figures is told in one sentence already.
    let lede = if whole.trim() == short { String::new() } else { format!("<p class=\"lede\">{}</p>\n", inline(&whole)) };
    let facts = [
        ("subjects", plan.subjects.len().to_string()),
        ("benchmarks", plan.benchmarks.len().to_string()),
        ("rounds", plan.rounds.to_string()),
        ("visits", format::count(run.samples.len() as u64)),
        ("processor", run.environment.cpu_model.clone()),
        ("date", plan.created.split('T').next().unwrap_or_default().to_owned()),
    ];
    let facts: String = facts.iter().map(|(name, value)| format!("<div><dt>{name}</dt><dd>{}</dd></div>", xml(value))).collect();
    format!(
        "<div class=\"hero\">\n<h1>{}</h1>\n{lede}<dl class=\"facts\">{facts}</dl>\n<div class=\"how\">{}</div>\n</div>\n",
        inline(&short),
        fragment(&markdown::measured(run, summary), &BTreeMap::new())
    )
}

fn contents_of(entries: impl Iterator<Item = (String, String)>) -> String {
    let entries: String = entries.map(|(id, name)| format!("<li><a href=\"#{id}\">{name}</a></li>\n")).collect();
    format!(
        "<nav class=\"contents\" aria-label=\"Contents\">\n<details open>\n<summary>Contents</summary>\n<ul>\n{entries}</ul>\n</details>\n</nav>\n"
    )
}

/// Each benchmark's rounds, folded: the links beside the tables unfold theirs.
fn every_round(summary: &Summary, plots: &BTreeMap<&str, &str>) -> String {
    let one = |(at, benchmark): (usize, &super::BenchmarkSummary)| {
        let name = rounds_file(&benchmark.name, benchmark.size);
        let svg = plots.get(name.as_str())?;
        let label = xml(&benchmark.label());
        let open = if at == 0 { " open" } else { "" };
        let figure = figure(&name, svg, &format!("Every round of {label}, in milliseconds"));
        Some((anchor(&name), format!("<details{open}>\n<summary>{label}</summary>\n{figure}</details>\n")))
    };
    let mut rounds: Vec<(String, String)> = summary.benchmarks.iter().enumerate().filter_map(one).collect();
    rounds.dedup_by(|a, b| a.0 == b.0);
    rounds.into_iter().map(|(_, html)| html).collect()
}

fn footer(run: &Run) -> String {
    format!(
        "<footer>\n<p>Measured by surtax {}, {}. This page needs no network and no other file; <code>surtax report DIR</code> makes it again from \
         <code>samples.jsonl</code>.</p>\n</footer>\n",
        xml(&run.plan.surtax),
        xml(&run.plan.created)
    )
}
