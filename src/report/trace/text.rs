//! A trace on a terminal or in a pipe: a table per function, the source between its instructions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::words;
use crate::opcode::trace::{Function, Instruction, Trace};
use crate::report::format;
use crate::ui::harmless;

/// Meaning is in the words; these only help the eye.
#[derive(Clone, Copy)]
enum Colour {
    Bold,
    Dim,
    Green,
    Yellow,
}

/// The whole as text; `colours` for a terminal.
pub fn text(trace: &Trace, colours: bool) -> String {
    let paint = Paint(colours);
    let mut text = format!(
        "{} in Python {} ({}), executions counted by {}\n",
        one_line(&trace.file),
        trace.python,
        one_line(&trace.interpreter),
        trace.counted_by
    );
    for call in words::calls(trace) {
        let _ = writeln!(text, "  {}", one_line(&call));
    }
    for function in &trace.functions {
        block(&mut text, function, paint);
    }
    text
}

fn block(text: &mut String, function: &Function, paint: Paint) {
    let name = paint.with(Colour::Bold, &one_line(&function.name));
    let _ = writeln!(text, "\n{name}, line {}: {}", function.line, words::function(function));
    let columns = Columns::of(function);
    let _ = writeln!(text, "{}", paint.with(Colour::Dim, &columns.heading()));
    let mut shown = None;
    for instruction in &function.instructions {
        if let Some(line) = instruction.line.filter(|line| shown.replace(*line) != Some(*line)) {
            let _ = writeln!(text, "{}", paint.with(Colour::Bold, &source(&function.source, line)));
        }
        columns.write(text, instruction, paint);
    }
}

fn source(lines: &BTreeMap<u32, String>, line: u32) -> String {
    let text = lines.get(&line).map_or("", String::as_str);
    format!("{line:>5} | {}", one_line(text))
}

/// How wide each is, by what is in it.
struct Columns {
    executions: usize,
    form: usize,
    argument: usize,
}

impl Columns {
    /// A constant may be as long as it likes.
    const LONGEST_ARGUMENT: usize = 24;

    fn of(function: &Function) -> Self {
        let widest = |width: &dyn Fn(&Instruction) -> usize, least: usize| {
            function.instructions.iter().map(width).max().unwrap_or_default().max(least)
        };
        Self {
            executions: widest(&|one| format::count(one.executions).len(), "executed".len()),
            form: widest(&|one| words::form(one).chars().count(), "instruction".len()),
            argument: widest(&|one| argument(one).chars().count(), "argument".len()),
        }
    }

    fn heading(&self) -> String {
        let Self { executions, form, argument } = *self;
        format!(" offset  {:>executions$}   share  {:<form$}  {:<argument$}", "executed", "instruction", "argument").trim_end().to_owned()
    }

    fn write(&self, text: &mut String, instruction: &Instruction, paint: Paint) {
        let Self { executions, form, argument: wide } = *self;
        let target = if instruction.jump_target { ">" } else { " " };
        let share = instruction.share.filter(|_| instruction.executions > 0).map_or(String::new(), format::percent);
        let state = words::state(instruction);
        let line = format!(
            "{target}{:>6}  {:>executions$}  {share:>6}  {:<form$}  {:<wide$}  {state}",
            instruction.offset,
            format::count(instruction.executions),
            words::form(instruction),
            argument(instruction),
        );
        let _ = writeln!(text, "{}", paint.of(instruction, line.trim_end()));
        let details = words::history(instruction).into_iter().chain(caches(instruction));
        for detail in details {
            let _ = writeln!(text, "{}", paint.with(Colour::Dim, &format!("{:>width$}· {detail}", "", width = executions + 19)));
        }
    }
}

/// What was never executed has nothing in its caches that means anything.
fn caches(instruction: &Instruction) -> Option<String> {
    let shown: Vec<String> = instruction.caches.iter().map(|cache| words::cache(instruction, cache)).collect();
    (instruction.executions > 0 && !shown.is_empty()).then(|| format!("cache: {}", shown.join(", ")))
}

fn argument(instruction: &Instruction) -> String {
    let text = match (instruction.argument_text.as_str(), instruction.argument) {
        ("", Some(number)) => number.to_string(),
        (text, _) => one_line(text),
    };
    match text.char_indices().nth(Columns::LONGEST_ARGUMENT) {
        Some(_) => text.chars().take(Columns::LONGEST_ARGUMENT - 1).chain(['…']).collect(),
        None => text,
    }
}

/// What stems from the file cannot command the terminal.
fn one_line(text: &str) -> String {
    harmless(&text.replace(['\n', '\t'], " "))
}

#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn with(self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::Bold => 1,
            Colour::Dim => 2,
            Colour::Green => 32,
            Colour::Yellow => 33,
        };
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn of(self, instruction: &Instruction, text: &str) -> String {
        match instruction {
            Instruction { deoptimised: Some(_), .. } => self.with(Colour::Yellow, text),
            Instruction { specialised: true, executions: 1.., .. } => self.with(Colour::Green, text),
            Instruction { executions: 0, .. } => self.with(Colour::Dim, text),
            _ => text.to_owned(),
        }
    }
}
