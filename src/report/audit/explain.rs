//! Item by item: the answer, how it is known, and of what is unknown what would settle it.

use std::cmp::Ordering;

use super::table::lto;
use crate::report::format;
use crate::run::{AccessCounts, Accesses, Answer, FunctionAccesses, Hardening, StartRelocations, SubjectAudit, TlsModel};

/// Of the items' names.
const NAME: usize = 16;

/// Of a page, in KiB.
const PAGE: u64 = 4;

/// One file, at most `width` columns wide; plain.
pub fn explain(audit: &SubjectAudit, width: u16) -> String {
    let mut page = Page { text: String::new(), width: usize::from(width.max(60)) };
    page.line(&format::plain(&audit.subject));
    let kind = audit.kind.map_or("file", |kind| kind.as_str());
    page.indented(&format!("{}: {kind}, {:.1} MB{}", audit.file.display(), audit.size_bytes as f64 / 1e6, python(audit)));
    page.line("");
    items(&mut page, audit);
    if let Some(accesses) = &audit.accesses {
        self::accesses(&mut page, audit, accesses);
    }
    if let Some(start) = audit.start.as_ref() {
        start_of(&mut page, "at start", start);
    }
    if let Some(start) = audit.after_link.as_ref().and_then(|link| link.start.as_ref()) {
        start_of(&mut page, "at start, linked", start);
    }
    unsettled(&mut page, audit);
    page.text
}

fn python(audit: &SubjectAudit) -> String {
    audit.python.as_ref().map_or_else(String::new, |version| format!(", CPython {version}"))
}

struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text += line.trim_end();
        self.text.push('\n');
    }

    fn indented(&mut self, text: &str) {
        for line in format::wrap_whole(&format::plain(text), self.width - 2).lines() {
            self.line(&format!("  {line}"));
        }
    }

    /// An item's answer beside its name, and the evidence below it.
    fn item(&mut self, name: &str, answer: &str, evidence: &str) {
        let answer = format::wrap_whole(&format::plain(answer), self.width - NAME - 4);
        let mut lines = answer.lines();
        self.line(&format!("  {name:<NAME$}  {}", lines.next().unwrap_or_default()));
        for line in lines {
            self.line(&format!("  {:NAME$}  {line}", ""));
        }
        if !evidence.is_empty() {
            self.below(evidence);
        }
    }

    fn below(&mut self, text: &str) {
        for line in format::wrap_whole(&format::plain(text), self.width - NAME - 4).lines() {
            self.line(&format!("  {:NAME$}  {line}", ""));
        }
    }
}

fn items(page: &mut Page, audit: &SubjectAudit) {
    let evidence = |evidence: &Option<String>| evidence.clone().unwrap_or_default();
    page.item("PGO", audit.pgo.as_str(), &audit.pgo_evidence);
    page.item("LTO", &lto(audit), &audit.lto_evidence);
    page.item("code model", &audit.code_model, &audit.code_model_evidence);
    if let Some(model) = audit.tls {
        page.item("TLS", model.as_str(), &evidence(&audit.tls_evidence));
    }
    if let Some(answer) = audit.interposition {
        page.item("interposable", answer.as_str(), &evidence(&audit.interposition_evidence));
    }
    if let Some(dispatch) = audit.dispatch {
        page.item("dispatch", dispatch.as_str(), &evidence(&audit.dispatch_evidence));
    }
    if let Some(pie) = audit.pie {
        page.item("PIE", pie.as_str(), "");
    }
    if let Some(hardening) = &audit.hardening {
        page.item("hardening", &hardened(hardening), &hardening.evidence);
    }
    if let Some(hardening) = audit.after_link.as_ref().and_then(|link| link.hardening.as_ref()) {
        page.item("hardening linked", &hardened(hardening), &hardening.evidence);
    }
    let (lacking, names) = match audit.hacl_lacking() {
        None => ("unknown".to_owned(), String::new()),
        Some([]) => ("none".to_owned(), String::new()),
        Some(missing) => (missing.len().to_string(), missing.join(", ")),
    };
    page.item("HACL missing", &lacking, &names);
    let (first, others) = audit.compilers.split_first().map_or(("not named", &[][..]), |(first, others)| (first.as_str(), others));
    let evidence: Vec<&str> = others.iter().map(String::as_str).chain(audit.compilers_evidence.as_deref()).collect();
    page.item("compiler", first, &evidence.join("; "));
    match &audit.flags {
        Some(flags) => page.item("flags", &format!("from {}", flags.source), &flags.flags.join(" ")),
        None => page.item("flags", "not recorded", ""),
    }
}

fn hardened(hardening: &Hardening) -> String {
    let symbolic = hardening.symbolic.map_or_else(String::new, |answer| format!(", -Bsymbolic {}", answer.as_str()));
    format!("RELRO {}, stack protector {}, CET {}{symbolic}", hardening.relro, hardening.stack_protector.as_str(), hardening.cet.as_str())
}

/// Before the link and after it, and what lies between.
fn accesses(page: &mut Page, audit: &SubjectAudit, own: &Accesses) {
    page.line("");
    page.line(&format!("  {:<34}{:>11}{:>11}{:>11}{:>12}", "goes through a table", "GOT loads", "PLT calls", "TLS calls", "TLS direct"));
    let cells = |page: &mut Page, name: &str, [got, plt, calls, direct]: [String; 4]| {
        let name = format::short(&format::plain(name), 34);
        page.line(&format!("  {name:<34}{got:>11}{plt:>11}{calls:>11}{direct:>12}"));
    };
    let row = |page: &mut Page, name: &str, counts: AccessCounts| cells(page, name, columns(counts).map(format::count));
    let linked = audit.after_link.as_ref().map(|link| &link.accesses);
    let stage = if linked.is_some() { ", as compiled" } else { "" };
    row(page, &format!("all {} functions{stage}", format::count(own.functions)), own.total);
    if let Some(linked) = linked {
        row(page, &format!("all {} functions, linked", format::count(linked.functions)), linked.total);
    }
    let interpreter = |accesses: &Accesses| accesses.interpreter_loop.as_ref().map(|found| found.counts);
    if let Some(counts) = interpreter(own) {
        row(page, &format!("interpreter loop{stage}"), counts);
        if let Some(after) = linked.and_then(interpreter) {
            row(page, "interpreter loop, linked", after);
            // Of all functions it would count in what the program brings beside libpython.
            cells(page, "  changed by the link", changed(counts, after));
        }
    }
    // Of what was compiled: linked, those of the program around it come first.
    let some: Vec<&FunctionAccesses> = own.most.iter().filter(|function| function.counts.sum() > 0).collect();
    if !some.is_empty() {
        page.line(&format!("  those that have most{stage}:"));
    }
    for function in some {
        row(page, &format!("  {}", function.name), function.counts);
    }
    match &audit.after_link {
        Some(link) => page.below_link(&link.file.display().to_string(), audit.tls),
        None if own.total.sum() > 0 && is_unlinked(audit) => {
            page.indented("What the link leaves of it, a runner shows once it is built: surtax runner build.");
        }
        None => {}
    }
}

impl Page {
    fn below_link(&mut self, file: &str, model: Option<TlsModel>) {
        self.indented(&format!("Linked: {file}; what the program brings beside libpython is counted with it."));
        if model == Some(TlsModel::InitialExec) {
            self.indented(
                "By the initial exec model, one access is one TLS direct as compiled; linked, a GOT load besides where it stays so.",
            );
        }
    }
}

fn is_unlinked(audit: &SubjectAudit) -> bool {
    matches!(audit.kind, Some(crate::run::FileKind::Archive | crate::run::FileKind::Object))
}

fn columns(counts: AccessCounts) -> [u64; 4] {
    [counts.got_loads, counts.plt_calls, counts.tls_calls, counts.tls_direct]
}

/// `-607`, `+3`, `0`: what the linker relaxed is gone, what it made of it is added.
fn changed(before: AccessCounts, after: AccessCounts) -> [String; 4] {
    let [before, after] = [before, after].map(columns);
    std::array::from_fn(|at| match before[at].cmp(&after[at]) {
        Ordering::Greater => format!("-{}", format::count(before[at] - after[at])),
        Ordering::Equal => "0".to_owned(),
        Ordering::Less => format!("+{}", format::count(after[at] - before[at])),
    })
}

fn start_of(page: &mut Page, name: &str, start: &StartRelocations) {
    let at_start = start.symbolic + if start.bound_now { start.jump_slots } else { 0 };
    let later = if start.bound_now { "at start too" } else { "each at its first call" };
    page.line("");
    page.item(
        name,
        &format!(
            "{} relative, {} symbolic, {} jump slots ({later})",
            format::count(start.relative),
            format::count(start.symbolic),
            format::count(start.jump_slots)
        ),
        &format!(
            "every process pays: {} symbols looked up by name, {} pages ({} KiB) written and so made private",
            format::count(at_start),
            format::count(start.pages_written),
            format::count(start.pages_written * PAGE)
        ),
    );
}

fn unsettled(page: &mut Page, audit: &SubjectAudit) {
    let mut lines: Vec<(String, String)> =
        audit.unsettled.iter().map(|unsettled| (unsettled.property.clone(), format!("would be settled by {}", unsettled.by))).collect();
    for (property, answer) in [("pgo", audit.pgo), ("lto", audit.lto)] {
        let told = lines.iter().any(|(other, _)| other == property);
        if answer == Answer::Unknown && !told {
            lines.push((
                property.to_owned(),
                "would be settled by the file with its symbols, or the archive that it was linked from".to_owned(),
            ));
        }
    }
    if lines.is_empty() {
        return;
    }
    page.line("");
    page.line("  unknown");
    for (property, by) in lines {
        page.item(&format::plain(&property), &by, "");
    }
}
