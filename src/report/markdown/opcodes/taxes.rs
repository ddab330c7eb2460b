//! What each bytecode pays: kernel by subject, in time, in machine instructions, and what its handler reaches by tables.

use super::super::table::{Table, code, text};
use super::{heading, named, told};
use crate::report::format::{self, OTHER_CODE};
use crate::report::opcodes::{KernelResult, OpcodeSummary, subjects};
use crate::report::sections::{Section, sections};
use crate::report::summary::Summary;
use crate::run::{Opcodes, Role, Run, SubjectPlan};

/// Nothing where no kernel was measured.
pub(super) fn taxes(run: &Run, summary: &Summary, opcodes: &OpcodeSummary) -> String {
    if opcodes.kernels.is_empty() {
        return String::new();
    }
    let mut section = format!(
        "## What each bytecode pays\n\nA kernel is a statement that runs one instruction form, repeated; what one more copy costs is the slope of the \
         time over the number of copies, so that the loop around them cancels. A copy is a few instructions: those that fetch and drop its operands are \
         in it too (`opcodes.json` lists them). A tax is the median, over rounds, of a subject's cost by the baseline's in the same round, with its 95 % \
         interval; ▲ slower, ▼ faster, = no difference seen, ? undecided: after Holm's correction over these {} comparisons, a family of their own, and \
         beyond the kernel's own noise floor (A/A). {OTHER_CODE} stands where the two do not run the same form.\n\n{}\n\
         ![Tax of each kernel in each subject](plots/opcodes.svg)\n",
        opcodes.comparisons,
        told(run, summary)
    );
    for part in sections(summary) {
        let place = Part { run, opcodes, part, subjects: subjects(run, part) };
        if place.kernels().next().is_some() {
            section += &heading(part);
            section += &[place.table(), place.notes(), place.instructions(), place.handlers()].concat();
        }
    }
    section
}

struct Part<'a> {
    run: &'a Run,
    opcodes: &'a OpcodeSummary,
    part: Section<'a>,
    subjects: Vec<&'a SubjectPlan>,
}

impl<'a> Part<'a> {
    /// The baseline's rows, one for each kernel.
    fn kernels(&self) -> impl Iterator<Item = &'a KernelResult> {
        let baseline = self.part.baseline();
        self.opcodes.kernels.iter().filter(move |row| row.subject == baseline)
    }

    fn row(&self, kernel: &str, subject: &str) -> Option<&'a KernelResult> {
        self.opcodes.kernels.iter().find(|row| row.kernel == kernel && row.subject == subject)
    }

    /// A line per kernel, a line above each group; a cell for each subject, the baseline's first.
    fn by_kernel(&self, columns: &[&str], cells: impl Fn(&KernelResult) -> Vec<String>) -> String {
        let columns: Vec<&str> = ["kernel", "form"].into_iter().chain(columns.iter().copied()).collect();
        let mut table = Table::new(&columns);
        let mut group = None;
        for row in self.kernels() {
            if group != Some(&row.group) {
                group = Some(&row.group);
                table.row(
                    &[format!("**{}**", text(&row.group))]
                        .into_iter()
                        .chain(columns.iter().skip(1).map(|_| String::new()))
                        .collect::<Vec<_>>(),
                );
            }
            let form = row.form.as_deref().map_or_else(|| "–".to_owned(), code);
            table.row(&[code(&row.kernel), form].into_iter().chain(cells(row)).collect::<Vec<_>>());
        }
        format!("\n{}", table.finish())
    }

    fn table(&self) -> String {
        let baseline = format!(">{} ns", code(self.part.short(self.part.baseline())));
        let names = self.subjects.iter().map(|subject| code(self.part.short(&subject.name)));
        let columns: Vec<String> = [baseline].into_iter().chain(names).collect();
        self.by_kernel(&columns.iter().map(String::as_str).collect::<Vec<_>>(), |row| {
            let cost = row.cost_ns.map_or_else(|| "–".to_owned(), format::nanoseconds);
            let taxes = self.subjects.iter().map(|subject| self.row(&row.kernel, &subject.name).map_or_else(String::new, tax));
            [cost].into_iter().chain(taxes).collect()
        })
    }

    /// Why a cell has a dash, or what its mark means; kernels and subjects of which the same is said stand together.
    fn notes(&self) -> String {
        let shown = |row: &&KernelResult| row.note.is_some() && (row.rounds == 0 || row.form.is_none()) || row.same_code == Some(false);
        let all: Vec<&str> = [self.part.baseline()].into_iter().chain(self.subjects.iter().map(|subject| subject.name.as_str())).collect();
        let mut notes: Vec<(&str, &str, Vec<&str>)> = Vec::new();
        for row in self.kernels().flat_map(|kernel| all.iter().filter_map(|subject| self.row(&kernel.kernel, subject))).filter(shown) {
            let note = row.note.as_deref().unwrap_or_default();
            match notes.iter_mut().find(|(kernel, other, _)| *kernel == row.kernel && *other == note) {
                Some((.., subjects)) => subjects.push(&row.subject),
                None => notes.push((&row.kernel, note, vec![&row.subject])),
            }
        }
        let mut lines: Vec<(Vec<&str>, &str, Vec<&str>)> = Vec::new();
        for (kernel, note, subjects) in notes {
            match lines.iter_mut().find(|(_, other, others)| *other == note && *others == subjects) {
                Some((kernels, ..)) => kernels.push(kernel),
                None => lines.push((vec![kernel], note, subjects)),
            }
        }
        let kernels = self.kernels().count();
        let line = |(names, note, subjects): &(Vec<&str>, &str, Vec<&str>)| {
            let names = if names.len() == kernels { "every kernel".to_owned() } else { named(names, 0) };
            format!("- {names} in {}: {}\n", named(subjects, all.len()), text(note))
        };
        let lines: String = lines.iter().map(line).collect();
        if lines.is_empty() { lines } else { format!("\n{lines}") }
    }

    /// Machine instructions, where something counted them.
    fn instructions(&self) -> String {
        if !self.kernels().any(|row| row.instructions.is_some()) {
            return String::new();
        }
        let own = |subject: &SubjectPlan| code(self.part.short(&subject.name));
        let counted: Vec<&SubjectPlan> = self.subjects.iter().copied().filter(|subject| subject.role != Role::Control).collect();
        let baseline = format!(">{}", code(self.part.short(self.part.baseline())));
        let columns: Vec<String> = [baseline].into_iter().chain(counted.iter().map(|subject| format!(">{}", own(subject)))).collect();
        let table = self.by_kernel(&columns.iter().map(String::as_str).collect::<Vec<_>>(), |row| {
            let count = |row: Option<&KernelResult>| match row.and_then(|row| Some((row.instructions?, row.instructions_ratio))) {
                Some((count, Some(ratio))) => format!("{count:.1} ({})", format::ratio(ratio)),
                Some((count, None)) => format!("{count:.1}"),
                None => "–".to_owned(),
            };
            let baseline = row.instructions.map_or_else(|| "–".to_owned(), |count| format!("{count:.1}"));
            [baseline].into_iter().chain(counted.iter().map(|subject| count(self.row(&row.kernel, &subject.name)))).collect()
        });
        format!("\nMachine instructions that one more copy takes, and their ratio to the baseline's; counted, not timed:\n{table}")
    }

    /// What the interpreter's code for each form reaches by tables, where that code was found.
    fn handlers(&self) -> String {
        let baseline = self.run.plan.subject(self.part.baseline());
        let read: Vec<&SubjectPlan> = baseline
            .into_iter()
            .chain(self.subjects.iter().copied().filter(|subject| subject.role != Role::Control))
            .filter(|subject| self.opcodes.kernels.iter().any(|row| row.subject == subject.name && row.got_loads.is_some()))
            .collect();
        let evidence = self.evidence();
        if read.is_empty() {
            return evidence;
        }
        let columns: Vec<String> = read.iter().map(|subject| format!(">{}", code(self.part.short(&subject.name)))).collect();
        let table = self.by_kernel(&columns.iter().map(String::as_str).collect::<Vec<_>>(), |row| {
            read.iter().map(|subject| self.row(&row.kernel, &subject.name).and_then(accesses).unwrap_or_else(|| "–".to_owned())).collect()
        });
        format!(
            "\nAccesses by tables in the form's own code in the interpreter, GOT / PLT / TLS; what the functions that it calls do is not among them, \
             and a branch that is not taken is:\n{table}{evidence}"
        )
    }

    /// How the handlers were found, or why not.
    fn evidence(&self) -> String {
        let of = |subject: &SubjectPlan| self.run.opcodes.as_ref().and_then(|opcodes: &Opcodes| opcodes.of(&subject.name));
        let all = self.run.plan.subject(self.part.baseline()).into_iter().chain(self.subjects.iter().copied());
        let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
        for opcodes in all.filter_map(of).filter(|opcodes| !opcodes.handlers_evidence.is_empty()) {
            match lines.iter_mut().find(|(evidence, _)| *evidence == opcodes.handlers_evidence) {
                Some((_, subjects)) => subjects.push(&opcodes.subject),
                None => lines.push((&opcodes.handlers_evidence, vec![&opcodes.subject])),
            }
        }
        let lines: String = lines.iter().map(|(evidence, subjects)| format!("- {}: {}\n", named(subjects, 0), text(evidence))).collect();
        if lines.is_empty() { lines } else { format!("\nWhere the handlers' code is:\n\n{lines}") }
    }
}

/// `1.312 ▲ (1.280 to 1.350), 13.1 ns`
fn tax(row: &KernelResult) -> String {
    let (Some(tax), Some(low), Some(high)) = (row.tax, row.tax_low, row.tax_high) else { return "–".to_owned() };
    let mark = if row.same_code == Some(false) { format!(" {OTHER_CODE}") } else { String::new() };
    let cost = row.cost_ns.map_or_else(String::new, |cost| format!(", {} ns", format::nanoseconds(cost)));
    format!("{} {}{mark} ({} to {}){cost}", format::ratio(tax), format::sign(row.verdict), format::ratio(low), format::ratio(high))
}

/// `4 / 2 / 1`
fn accesses(row: &KernelResult) -> Option<String> {
    Some(format!("{} / {} / {}", row.got_loads?, row.plt_calls?, row.tls?))
}
