//! The interpreter's machine code for each opcode.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;

use iced_x86::{FlowControl, Instruction, Mnemonic};

use super::Reading;
use super::code::{Access, Reader};
use crate::audit::AuditError;
use crate::audit::functions::LOOP;
use crate::fs;
use crate::run::{AccessCounts, Handler};

/// Code that the handlers of more opcodes than this reach is shared: error exits, the start of a frame. In Debian's and pyenv's CPython 3.11 to 3.15,
/// families of one instruction's forms share among at most 9, exits among 13 and more; of 10 to 12 there are single instructions.
const SHARED: usize = 10;

/// Functions that do not return: what follows a call of them is other code.
const LAST: [&str; 5] = ["abort", "__stack_chk_fail", "__assert_fail", "_Py_FatalErrorFunc", "__longjmp_chk"];

/// The interpreter's code for each opcode, from where the interpreter enters it to where it goes on to the next: how many instructions it has and what
/// they reach through tables. With it, how it was found; an empty table says there why not.
///
/// # Errors
/// If the file cannot be read, or is no ELF file.
pub fn handlers(file: &Path) -> Result<(BTreeMap<u8, Handler>, String), AuditError> {
    let bytes = fs::read(file)?;
    object::File::parse(&*bytes).map_err(|error| AuditError::unreadable(file, &error))?;
    let none = |why: String| Ok((BTreeMap::new(), why));
    let Some(image) = super::image::Image::parse(&bytes).map_err(|reason| AuditError::unreadable(file, &reason))? else {
        return none("neither an executable nor a shared object for x86-64".to_owned());
    };
    let reading = Reading::of(&image);
    if !reading.has_code() {
        return none(super::NO_CODE.to_owned());
    }
    let Some(interpreter) = &reading.interpreter else {
        return none(format!("{LOOP} is not in this file; a launcher's interpreter is in the libpython that it loads"));
    };
    let Some(targets) = &interpreter.targets else {
        return none(format!("{}: {}", interpreter.dispatch.as_str(), interpreter.evidence));
    };
    let ranges = interpreter.stretches.iter().map(|index| reading.stretches[*index].range.clone()).collect();
    let unknown = most_shared(targets);
    let entries: BTreeSet<u64> = targets.iter().copied().collect();
    let walk = Walk { reader: &reading.reader, ranges, entries: &entries };
    let (code, shared) = walk.all(unknown);
    let handlers: BTreeMap<u8, Handler> =
        targets.iter().enumerate().filter_map(|(opcode, target)| Some((u8::try_from(opcode).ok()?, *code.get(target)?))).collect();
    let left_out = targets.len() - handlers.len();
    let evidence = format!(
        "{}: {}; {left_out} unknown opcodes, which share one place, left out; so are {shared} instructions that more than {SHARED} opcodes reach",
        interpreter.dispatch.as_str(),
        interpreter.evidence
    );
    Ok((handlers, evidence))
}

/// Where the numbers lead that are no opcodes: the one place of several.
fn most_shared(targets: &[u64]) -> Option<u64> {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for target in targets {
        *counts.entry(*target).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count > 1).max_by_key(|(_, count)| *count).map(|(target, _)| target)
}

struct Walk<'w, 'i, 'a> {
    reader: &'w Reader<'i, 'a>,
    ranges: Vec<Range<u64>>,
    entries: &'w BTreeSet<u64>,
}

/// One instruction, as far as the walk needs it.
#[derive(Clone, Copy)]
struct Step {
    /// None where the control flow does not fall through.
    next: Option<u64>,
    jump: Option<u64>,
    access: Option<Access>,
}

impl Walk<'_, '_, '_> {
    /// What each entry's code has of its own, and how many instructions are shared.
    fn all(&self, unknown: Option<u64>) -> (BTreeMap<u64, Handler>, usize) {
        let mut steps: HashMap<u64, Option<Step>> = HashMap::new();
        let entries = self.entries.iter().filter(|entry| Some(**entry) != unknown);
        let reached: BTreeMap<u64, BTreeSet<u64>> = entries.map(|entry| (*entry, self.reach(*entry, &mut steps))).collect();
        let mut users: HashMap<u64, usize> = HashMap::new();
        for address in reached.values().flatten() {
            *users.entry(*address).or_default() += 1;
        }
        let own = reached.into_iter().map(|(entry, code)| {
            let mut handler = Handler { instructions: 0, counts: AccessCounts::default() };
            for address in code.iter().filter(|address| users[address] <= SHARED) {
                handler.instructions += 1;
                handler.counts += counts(steps[address].and_then(|step| step.access));
            }
            (entry, handler)
        });
        (own.collect(), users.values().filter(|users| **users > SHARED).count())
    }

    /// The instructions from an entry to the next dispatch, both ways of every branch.
    fn reach(&self, entry: u64, steps: &mut HashMap<u64, Option<Step>>) -> BTreeSet<u64> {
        let mut reached = BTreeSet::new();
        let mut pending = vec![entry];
        while let Some(address) = pending.pop() {
            if address != entry && self.entries.contains(&address) || reached.contains(&address) {
                continue;
            }
            let Some(step) = *steps.entry(address).or_insert_with(|| self.step(address)) else { continue };
            reached.insert(address);
            pending.extend(step.next.into_iter().chain(step.jump));
        }
        reached
    }

    fn step(&self, address: u64) -> Option<Step> {
        let range = self.ranges.iter().find(|range| range.contains(&address))?;
        let mut instruction = Instruction::default();
        self.reader.decoder(address, range.end).decode_out(&mut instruction);
        if instruction.is_invalid() {
            return None;
        }
        let target = (instruction.near_branch_target() != 0).then(|| instruction.near_branch_target());
        let (falls, jump) = match instruction.flow_control() {
            FlowControl::ConditionalBranch => (true, target),
            FlowControl::UnconditionalBranch => (false, target),
            FlowControl::IndirectBranch | FlowControl::Return | FlowControl::Exception => (false, None),
            FlowControl::Call | FlowControl::IndirectCall => (!self.is_last(&instruction), None),
            FlowControl::Interrupt => (instruction.mnemonic() != Mnemonic::Int3, None),
            FlowControl::Next | FlowControl::XbeginXabortXend => (true, None),
        };
        Some(Step { next: falls.then(|| instruction.next_ip()), jump, access: self.reader.access(&instruction) })
    }

    fn is_last(&self, call: &Instruction) -> bool {
        self.reader.called(call).is_some_and(|wanted| LAST.contains(&wanted.name))
    }
}

fn counts(access: Option<Access>) -> AccessCounts {
    let mut counts = AccessCounts::default();
    match access {
        Some(Access::Got) => counts.got_loads = 1,
        Some(Access::Plt) => counts.plt_calls = 1,
        Some(Access::TlsCall) => counts.tls_calls = 1,
        Some(Access::TlsDirect) => counts.tls_direct = 1,
        None => {}
    }
    counts
}
