//! A trace as one HTML page: no script, no other file, for light and dark, and its meaning in words as well as in colour.

use std::fmt::Write as _;

use super::words;
use crate::opcode::trace::{Function, Instruction, Trace};
use crate::report::format::{count, percent, xml};

const STYLE: &str = "
:root { color-scheme: light dark; --text: #1b1b1b; --page: #ffffff; --line: #d0d0d0; --faint: #5c5c5c;
  --special: #e2f2e4; --deopt: #fbeccb; --source: #f1f3f6; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e8e8; --page: #161718; --line: #44474a; --faint: #a5a9ad;
  --special: #1d3a24; --deopt: #4a3810; --source: #25282c; } }
body { color: var(--text); background: var(--page); font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
code, td.form, td.number { font-family: ui-monospace, monospace; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { text-align: left; padding: 0.3rem 0; color: var(--faint); }
th, td { border-bottom: 1px solid var(--line); padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; }
tr.source th { background: var(--source); font-family: ui-monospace, monospace; font-weight: 600; white-space: pre-wrap; }
tr.specialised td { background: var(--special); }
tr.deoptimised td { background: var(--deopt); }
tr.idle td { color: var(--faint); }
summary { cursor: pointer; }
ul { margin: 0.2rem 0; padding-left: 1.2rem; }
";

/// The page.
pub fn html(trace: &Trace) -> String {
    let name = trace.file.rsplit('/').next().unwrap_or_default();
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Bytecode of {name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Bytecode of <code>{name}</code> in Python {python}</h1>\n",
        name = xml(name),
        python = xml(&trace.python),
    );
    let _ = writeln!(
        page,
        "<p>What the interpreter <code>{}</code> made of it. Executions were counted by {}, in a process of its own.</p>\n<ul>",
        xml(&trace.interpreter),
        xml(&trace.counted_by)
    );
    for line in words::calls(trace).iter().chain(&words::remarks(trace)) {
        let _ = writeln!(page, "<li>{}</li>", xml(line));
    }
    page += "</ul>\n<main>\n";
    for function in &trace.functions {
        section(&mut page, function);
    }
    page + "</main>\n</body>\n</html>\n"
}

fn section(page: &mut String, function: &Function) {
    let _ = write!(
        page,
        "<section>\n<h2><code>{}</code>, line {}</h2>\n<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Instructions of {}\">\n<table>\n\
         <caption>{}</caption>\n<thead><tr><th scope=\"col\" class=\"number\">offset</th><th scope=\"col\" class=\"number\">executed</th>\
         <th scope=\"col\" class=\"number\">share</th><th scope=\"col\">instruction</th><th scope=\"col\">argument</th>\
         <th scope=\"col\">what became of it</th></tr></thead>\n<tbody>\n",
        xml(&function.name),
        function.line,
        xml(&function.name),
        xml(&words::function(function))
    );
    let mut shown = None;
    for instruction in &function.instructions {
        if let Some(line) = instruction.line.filter(|line| shown.replace(*line) != Some(*line)) {
            let text = function.source.get(&line).map_or("", String::as_str);
            let _ = writeln!(page, "<tr class=\"source\"><th colspan=\"6\" scope=\"rowgroup\">{line}: {}</th></tr>", xml(text));
        }
        row(page, instruction);
    }
    *page += "</tbody>\n</table>\n</div>\n</section>\n";
}

fn row(page: &mut String, instruction: &Instruction) {
    let class = match instruction {
        Instruction { deoptimised: Some(_), .. } => " class=\"deoptimised\"",
        Instruction { specialised: true, executions: 1.., .. } => " class=\"specialised\"",
        Instruction { executions: 0, .. } => " class=\"idle\"",
        _ => "",
    };
    let argument = match (instruction.argument_text.as_str(), instruction.argument) {
        ("", Some(number)) => number.to_string(),
        (text, _) => text.to_owned(),
    };
    let _ = writeln!(
        page,
        "<tr{class}><td class=\"number\">{}{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"form\">{}</td>\
         <td><code>{}</code></td><td>{}</td></tr>",
        if instruction.jump_target { "<span title=\"a jump leads here\">▸</span> " } else { "" },
        instruction.offset,
        count(instruction.executions),
        instruction.share.filter(|_| instruction.executions > 0).map_or(String::new(), percent),
        xml(&words::form(instruction)),
        xml(&argument),
        became(instruction)
    );
}

/// In a word, and on demand its history and inline caches.
fn became(instruction: &Instruction) -> String {
    let state = xml(&words::state(instruction));
    let mut lines = words::history(instruction);
    if instruction.executions > 0 {
        lines.extend(instruction.caches.iter().map(|cache| format!("cache: {}", words::cache(instruction, cache))));
    }
    if lines.is_empty() {
        return state;
    }
    let items: String = lines.iter().map(|line| format!("<li>{}</li>", xml(line))).collect();
    let summary = if state.is_empty() { "details".to_owned() } else { state };
    format!("<details><summary>{summary}</summary><ul>{items}</ul></details>")
}
