//! `opcodes.svg`: a heat map, kernels by subjects, the tax by colour and number, and beside it what each form's handler reaches by tables.

use super::svg::{Anchor, BAND, FAINT, GRID, GROUND, INK, Sheet, fit};
use crate::report::format::{self, OTHER_CODE};
use crate::report::opcodes::{KernelResult, OpcodeSummary, sentences, subjects};
use crate::report::sections::{Section, sections};
use crate::report::summary::Summary;
use crate::run::{Role, Run};

const LEFT: f64 = 20.0;
const COST: f64 = 58.0;
const CELL: f64 = 70.0;
const ROW: f64 = 20.0;
const GAP: f64 = 26.0;
/// Above the names of columns.
const HEAD: f64 = 120.0;
/// For the longest line of the legend.
const NARROWEST: f64 = 880.0;

/// Okabe & Ito's vermilion and blue: they stay apart for colour-blind readers, and ink stays readable on their tints.
const SLOWER: [f64; 3] = [213.0, 94.0, 0.0];
const FASTER: [f64; 3] = [0.0, 114.0, 178.0];

/// At one and a half times the cost, or by as much less, the colour is full: what lies beyond is told by its number.
const FULL: f64 = 1.5;

/// How much of the hue a full colour has; with more, ink on it would not have the contrast of 4.5 to 1 that WCAG 2.2 asks for.
const DEEPEST: f64 = 0.7;

/// Nothing where no kernel was measured.
pub(super) fn opcodes(run: &Run, summary: &Summary) -> Option<String> {
    let opcodes = summary.opcodes.as_ref().filter(|opcodes| !opcodes.kernels.is_empty())?;
    let names = opcodes.kernels.iter().map(|row| row.kernel.as_str());
    let forms = opcodes.kernels.iter().filter_map(|row| row.form.as_deref());
    let (kernel, form) = (room(names, 11.5), room(forms, 9.0));
    let columns = columns(run, summary, opcodes, LEFT + kernel + form);
    let names = room(columns.iter().map(|place| place.name.as_str()), 11.0);
    let map = Map { opcodes, columns, lines: lines(opcodes), kernel, form, names };
    let width = (map.right() + map.lean()).max(NARROWEST);
    let mut sheet = Sheet::new(width, map.top() + map.lines.len() as f64 * ROW + 24.0);
    map.head(&mut sheet);
    map.draw(&mut sheet);
    let told = sentences(run, summary).join(" ").replace('`', "");
    let description = format!("{} kernels. {told} {}", map.lines.iter().filter(|line| matches!(line, Line::Kernel(_))).count(), LEGEND[0]);
    Some(sheet.finish("Tax of each opcode kernel in each subject", &description))
}

const LEGEND: [&str; 2] = [
    "A cell: what one more copy costs by what it costs in the baseline, median within a round. ▲ slower, ▼ faster, = no difference seen,",
    "? undecided; ≠ the two do not run the same form; – no figure.",
];

/// Where any handler was found.
const OF_HANDLERS: &str =
    "On the right, what the form's code in the interpreter reaches by tables: GOT · PLT · TLS (+ 2: in two more subjects alike).";

/// For the longest of these in letters of that size, within reason.
fn room<'a>(texts: impl Iterator<Item = &'a str>, size: f64) -> f64 {
    let longest = texts.map(|text| text.chars().count()).max().unwrap_or(0);
    (longest as f64 * 0.6 * size + 12.0).clamp(80.0, 236.0)
}

enum Column<'a> {
    Cost(&'a str),
    Tax(&'a str),
    Accesses(&'a str),
}

/// A column, where it begins, and what stands above it.
struct Place<'a> {
    x: f64,
    width: f64,
    name: String,
    /// Of the group, above its first column.
    group: Option<String>,
    column: Column<'a>,
}

/// A group's heading, or a kernel.
enum Line<'a> {
    Group(&'a str),
    Kernel(&'a str),
}

struct Map<'a> {
    opcodes: &'a OpcodeSummary,
    columns: Vec<Place<'a>>,
    lines: Vec<Line<'a>>,
    /// Room for kernels, forms and the names of columns.
    kernel: f64,
    form: f64,
    names: f64,
}

fn lines(opcodes: &OpcodeSummary) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for of_group in opcodes.kernels.chunk_by(|a, b| a.group == b.group) {
        lines.push(Line::Group(&of_group[0].group));
        lines.extend(of_group.chunk_by(|a, b| a.kernel == b.kernel).map(|rows| Line::Kernel(&rows[0].kernel)));
    }
    lines
}

/// Each part's baseline with its cost and its subjects with their taxes; then, of all parts, the handlers' accesses.
fn columns<'a>(run: &'a Run, summary: &'a Summary, opcodes: &'a OpcodeSummary, left: f64) -> Vec<Place<'a>> {
    let mut places: Vec<Place<'a>> = Vec::new();
    let mut x = left;
    let mut add = |x: &mut f64, width: f64, name: String, group: Option<String>, column: Column<'a>| {
        places.push(Place { x: *x, width, name, group, column });
        *x += width;
    };
    let group = |part: Section<'a>| part.group.map(|group| format::plain(&group.name));
    for (at, part) in sections(summary).into_iter().enumerate() {
        let short = |name: &str| format::plain(part.short(name));
        // A little room between groups.
        x += if at > 0 { GAP / 2.0 } else { 0.0 };
        add(&mut x, COST, format!("{} (ns)", short(part.baseline())), group(part), Column::Cost(part.baseline()));
        for subject in subjects(run, part) {
            let control = if subject.role == Role::Control { " (A/A)" } else { "" };
            add(&mut x, CELL, short(&subject.name) + control, None, Column::Tax(&subject.name));
        }
    }
    for part in sections(summary) {
        let mut heading = group(part);
        for (at, (names, subject)) in accesses_of(run, opcodes, part).into_iter().enumerate() {
            x += if at == 0 { GAP } else { 0.0 };
            add(&mut x, CELL, names, heading.take(), Column::Accesses(subject));
        }
    }
    places
}

/// Subjects whose handlers were found; those of which every handler counts the same share a column, under the first one's name.
fn accesses_of<'a>(run: &'a Run, opcodes: &'a OpcodeSummary, part: Section<'a>) -> Vec<(String, &'a str)> {
    let compared = subjects(run, part).into_iter().filter(|subject| subject.role != Role::Control).map(|subject| subject.name.as_str());
    let mut found: Vec<(Vec<Option<String>>, Vec<&str>)> = Vec::new();
    for subject in [part.baseline()].into_iter().chain(compared) {
        let counts: Vec<Option<String>> = opcodes.kernels.iter().filter(|row| row.subject == subject).map(accesses).collect();
        match found.iter_mut().find(|(other, _)| *other == counts) {
            _ if counts.iter().all(Option::is_none) => {}
            Some((_, subjects)) => subjects.push(subject),
            None => found.push((counts, vec![subject])),
        }
    }
    let named = |subjects: &[&str]| {
        let first = format::plain(part.short(subjects[0]));
        if subjects.len() == 1 { first } else { format!("{first} + {}", subjects.len() - 1) }
    };
    found.into_iter().map(|(_, subjects)| (named(&subjects), subjects[0])).collect()
}

impl Map<'_> {
    fn right(&self) -> f64 {
        self.columns.last().map_or(LEFT + self.kernel + self.form, |place| place.x + place.width)
    }

    /// How far a name that leans reaches up, and to the right.
    fn lean(&self) -> f64 {
        self.names * std::f64::consts::FRAC_1_SQRT_2
    }

    /// Where the rows begin.
    fn top(&self) -> f64 {
        HEAD + self.lean() + 16.0
    }

    fn head(&self, sheet: &mut Sheet) {
        sheet.bold((LEFT, 30.0), 16.0, "What each bytecode pays, relative to the baseline");
        let any_handler = self.columns.iter().any(|place| matches!(place.column, Column::Accesses(_)));
        for (line, y) in LEGEND.into_iter().chain(any_handler.then_some(OF_HANDLERS)).zip([50.0, 66.0, 82.0]) {
            sheet.text((LEFT, y), Anchor::Start, 11.0, FAINT, line);
        }
        for (at, tax) in [1.0 / FULL, 0.8, 0.9, 1.0, 1.1, 1.25, FULL].into_iter().enumerate() {
            let text = match tax {
                tax if tax <= 1.0 / FULL => format!("≤ {tax:.2}"),
                tax if tax >= FULL => format!("≥ {tax:.2}"),
                tax => format!("{tax:.2}"),
            };
            sheet.cell(
                (LEFT + at as f64 * 44.0, 92.0),
                (44.0, 16.0),
                (&colour(tax), INK),
                &text,
                &format!("the colour of a tax of {tax:.2}"),
            );
        }
        for place in &self.columns {
            sheet.slanted((place.x + place.width / 2.0 + 2.0, self.top() - 6.0), 11.0, INK, &fit(&place.name, self.names, 11.0));
            if let Some(group) = &place.group {
                sheet.bold((place.x, HEAD + 8.0), 11.5, &fit(group, 4.0 * CELL, 11.5));
            }
        }
    }

    fn draw(&self, sheet: &mut Sheet) {
        let mut y = self.top();
        for line in &self.lines {
            match line {
                Line::Group(group) => {
                    sheet.rectangle((LEFT, y), (self.right() - LEFT, ROW), BAND);
                    sheet.bold((LEFT + 4.0, y + 14.0), 11.5, &fit(group, self.kernel + self.form, 11.5));
                }
                Line::Kernel(kernel) => self.kernel(sheet, kernel, y),
            }
            y += ROW;
        }
        sheet.line((LEFT, y), (self.right(), y), GRID, 1.0);
    }

    fn kernel(&self, sheet: &mut Sheet, kernel: &str, y: f64) {
        sheet.line((LEFT, y), (self.right(), y), GRID, 1.0);
        sheet.text((LEFT + 4.0, y + 14.0), Anchor::Start, 11.5, INK, &fit(kernel, self.kernel - 8.0, 11.0));
        let form = self.columns.iter().find_map(|place| self.row(kernel, place)?.form.as_deref());
        sheet.text((LEFT + self.kernel, y + 14.0), Anchor::Start, 9.0, FAINT, &fit(form.unwrap_or("–"), self.form - 6.0, 9.0));
        for place in &self.columns {
            let Some(row) = self.row(kernel, place) else { continue };
            let size = (place.width - 2.0, ROW - 2.0);
            let (ground, text, tip) = match place.column {
                Column::Cost(_) => (GROUND.to_owned(), row.cost_ns.map(format::nanoseconds), sentence(row)),
                Column::Tax(_) => (row.tax.map_or_else(|| GROUND.to_owned(), colour), tax(row), sentence(row)),
                Column::Accesses(_) => (GROUND.to_owned(), accesses(row), reached(row)),
            };
            let nothing = matches!(place.column, Column::Accesses(_))
                && [row.got_loads, row.plt_calls, row.tls].iter().all(|count| *count == Some(0));
            let ink = if nothing { FAINT } else { INK };
            sheet.cell((place.x + 1.0, y + 1.0), size, (&ground, ink), text.as_deref().unwrap_or("–"), &tip);
        }
    }

    fn row(&self, kernel: &str, place: &Place<'_>) -> Option<&KernelResult> {
        let (Column::Cost(subject) | Column::Tax(subject) | Column::Accesses(subject)) = place.column;
        self.opcodes.kernels.iter().find(|row| row.kernel == kernel && row.subject == subject)
    }
}

/// White at 1, deeper the farther away; by the logarithm, so that twice and half are as deep as each other.
fn colour(tax: f64) -> String {
    let depth = (tax.ln().abs() / FULL.ln()).min(1.0) * DEEPEST;
    let hue = if tax > 1.0 { SLOWER } else { FASTER };
    let [red, green, blue] = hue.map(|part| (255.0 + (part - 255.0) * depth).round() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn tax(row: &KernelResult) -> Option<String> {
    let mark = if row.same_code == Some(false) { OTHER_CODE } else { "" };
    Some(format!("{} {}{mark}", format::ratio(row.tax?), format::sign(row.verdict)))
}

fn accesses(row: &KernelResult) -> Option<String> {
    Some(format!("{} · {} · {}", row.got_loads?, row.plt_calls?, row.tls?))
}

fn sentence(row: &KernelResult) -> String {
    let form = row.form.as_deref().unwrap_or("no form");
    let cost = row.cost_ns.map_or_else(String::new, |cost| format!(", {} ns", format::nanoseconds(cost)));
    let note = row.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
    let tax = match (row.tax, row.tax_low, row.tax_high) {
        (Some(tax), Some(low), Some(high)) if row.subject != row.baseline => {
            let verdict = row.verdict.map_or("", format::verdict);
            format!(", {} ({} to {}), {verdict}", format::ratio(tax), format::ratio(low), format::ratio(high))
        }
        _ => String::new(),
    };
    format!("{} in {}: {form}{cost}{tax}{note}", row.kernel, row.subject)
}

fn reached(row: &KernelResult) -> String {
    let count = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    format!(
        "{} in {}: {} loads from the global offset table, {} calls through the procedure linkage table, {} accesses of thread-local variables",
        row.form.as_deref().unwrap_or("no form"),
        row.subject,
        count(row.got_loads),
        count(row.plt_calls),
        count(row.tls)
    )
}
