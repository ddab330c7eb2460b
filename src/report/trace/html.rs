//! A trace as one HTML page: no script, no other file, for light and dark, and its meaning in words as well as in colour.

use std::fmt::Write as _;

use super::words;
use crate::opcode::trace::{Function, Instruction, Trace};
use crate::report::format::{count, percent, xml};
use crate::report::html::{BASE, opening};

/// Beside what all pages share.
const STYLE: &str = "
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
td.form { font-family: var(--mono); }
tr.source th { background: var(--source); font-family: var(--mono); font-weight: 600; white-space: pre-wrap; }
tr.specialised td { background: var(--special); }
tr.deoptimised td { background: var(--deopt); }
tr.idle td { color: var(--faint); }
summary { cursor: pointer; }
ul { margin: 0.2rem 0; padding-left: 1.2rem; }
";

/// The page.
pub fn html(trace: &Trace) -> String {
    let name = trace.file.rsplit('/').next().unwrap_or_default();
    let mut page = opening(&format!("Bytecode of {name}"), &format!("\n{BASE}{STYLE}"), None);
    let _ = writeln!(page, "<h1>Bytecode of <code>{}</code> in Python {}</h1>", xml(name), xml(&trace.python));
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
        "<section>\n<h2><code>{}</code>, line {}</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Instructions of {}\">\n<table>\n\
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
