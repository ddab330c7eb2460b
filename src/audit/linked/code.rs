//! One pass over all code: what each stretch reaches through tables, and where it jumps into another.

use std::collections::HashMap;

use iced_x86::{Code, Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register};
use object::elf;
use object::{Object as _, ObjectSymbol as _};
use rayon::prelude::*;

use super::functions::{Kind, Stretch};
use super::image::{Image, Wanted};
use crate::run::AccessCounts;

/// The word after the thread pointer that glibc keeps the stack protector's canary in (GCC, `TARGET_THREAD_SSP_OFFSET`); no variable of a program.
const CANARY: u64 = 0x28;

/// A function or a part of one, read.
#[derive(Debug, Clone, Default)]
pub(super) struct Read {
    pub(super) instructions: u64,
    pub(super) counts: AccessCounts,
    /// Loads of the stack protector's canary.
    pub(super) canary: u64,
    /// `endbr64`
    pub(super) landing_pads: u64,
    /// Calls and jumps through a table that lead to what this file exports itself, unless another's stands in.
    pub(super) own_calls: u64,
    pub(super) tls: TlsSequences,
    /// Absolute addresses of this file in instructions, and addresses relative to the instruction.
    pub(super) absolute: u64,
    pub(super) relative: u64,
    /// Other stretches that this one jumps into.
    pub(super) jumps: Vec<Jump>,
    /// Starts of other stretches that this one calls.
    pub(super) calls: Vec<u64>,
}

/// By the sequences that the linker leaves where it cannot relax them (ELF Handling For Thread-Local Storage, Drepper, section 4).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TlsSequences {
    pub(super) general: u64,
    pub(super) local: u64,
    pub(super) descriptors: u64,
    /// Offsets loaded from the global offset table.
    pub(super) initial_exec: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Jump {
    pub(super) target: u64,
    /// By a branch that may not be taken: no compiler at hand makes a call of that.
    pub(super) conditional: bool,
}

/// How one instruction goes through a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Got,
    Plt,
    TlsCall,
    TlsDirect,
}

pub(super) struct Reader<'i, 'a> {
    pub(super) image: &'i Image<'a>,
    /// The slot that each entry of a linkage table jumps by.
    plt: HashMap<u64, u64>,
    /// `__tls_get_addr`, where the file has it itself (a static executable).
    tls_get_addr: Option<u64>,
}

impl<'i, 'a> Reader<'i, 'a> {
    pub(super) fn new(image: &'i Image<'a>) -> Self {
        let defined = image.elf.symbols().find(|symbol| symbol.is_definition() && symbol.name() == Ok(TLS_GET_ADDR));
        Self { image, plt: linkage_tables(image), tls_get_addr: defined.map(|symbol| symbol.address()) }
    }

    pub(super) fn decoder(&self, address: u64, end: u64) -> Decoder<'a> {
        let bytes = self.image.bytes_from(address).unwrap_or_default();
        let length = bytes.len().min(end.saturating_sub(address) as usize);
        Decoder::with_ip(64, &bytes[..length], address, DecoderOptions::NONE)
    }

    pub(super) fn read(&self, stretches: &[Stretch<'_>]) -> Vec<Read> {
        stretches.par_iter().with_min_len(64).map(|stretch| self.read_one(stretch)).collect()
    }

    fn read_one(&self, stretch: &Stretch<'_>) -> Read {
        let mut read = Read::default();
        let mut decoder = self.decoder(stretch.range.start, stretch.range.end);
        let mut instruction = Instruction::default();
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            // Between functions is padding and, rarely, data.
            if instruction.is_invalid() {
                continue;
            }
            read.instructions += 1;
            self.add(&instruction, &mut read);
            let target = instruction.near_branch_target();
            if target != 0 && !stretch.range.contains(&target) && stretch.kind != Kind::Between {
                match instruction.flow_control() {
                    FlowControl::ConditionalBranch => read.jumps.push(Jump { target, conditional: true }),
                    FlowControl::UnconditionalBranch => read.jumps.push(Jump { target, conditional: false }),
                    FlowControl::Call => read.calls.push(target),
                    _ => {}
                }
            }
        }
        read
    }

    fn add(&self, instruction: &Instruction, read: &mut Read) {
        match self.access(instruction) {
            Some(Access::Got) => read.counts.got_loads += 1,
            Some(Access::Plt) => {
                read.counts.plt_calls += 1;
                read.own_calls += u64::from(self.called(instruction).is_some_and(|wanted| wanted.own));
            }
            Some(Access::TlsCall) => read.counts.tls_calls += 1,
            Some(Access::TlsDirect) => read.counts.tls_direct += 1,
            None => {}
        }
        read.canary += u64::from(thread_offset(instruction) == Some(CANARY));
        read.landing_pads += u64::from(instruction.code() == Code::Endbr64);
        self.add_tls(instruction, &mut read.tls);
        self.add_addresses(instruction, read);
    }

    /// How an instruction goes through a table, if it does.
    pub(super) fn access(&self, instruction: &Instruction) -> Option<Access> {
        if let FlowControl::Call | FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch = instruction.flow_control() {
            let target = instruction.near_branch_target();
            return match self.plt.get(&target) {
                Some(slot) => Some(self.call_by(*slot)),
                None => (target != 0 && Some(target) == self.tls_get_addr).then_some(Access::TlsCall),
            };
        }
        match constant_address(instruction).filter(|address| self.image.is_got(*address)) {
            Some(slot) if instruction.mnemonic() == Mnemonic::Lea => {
                let descriptor = self.image.relocation_at(slot).is_some_and(|relocation| relocation.kind == elf::R_X86_64_TLSDESC);
                return descriptor.then_some(Access::TlsCall);
            }
            Some(slot) => {
                let jumps = matches!(instruction.flow_control(), FlowControl::IndirectCall | FlowControl::IndirectBranch);
                return Some(if jumps { self.call_by(slot) } else { Access::Got });
            }
            None => {}
        }
        // Above the thread pointer lies the C library's own, the canary among it; a program's variables lie below (Drepper, section 3.4.6).
        let offset = thread_offset(instruction)?;
        (offset == 0 || offset > i64::MAX as u64 || is_indexed(instruction)).then_some(Access::TlsDirect)
    }

    fn call_by(&self, slot: u64) -> Access {
        if self.image.relocation_at(slot).and_then(|relocation| relocation.symbol).is_some_and(|wanted| wanted.name == TLS_GET_ADDR) {
            Access::TlsCall
        } else {
            Access::Plt
        }
    }

    /// The symbol that a call or jump through a table reaches.
    pub(super) fn called(&self, instruction: &Instruction) -> Option<Wanted<'a>> {
        let slot = match instruction.flow_control() {
            FlowControl::IndirectCall | FlowControl::IndirectBranch => constant_address(instruction)?,
            _ => *self.plt.get(&instruction.near_branch_target())?,
        };
        self.image.relocation_at(slot)?.symbol
    }

    fn add_tls(&self, instruction: &Instruction, tls: &mut TlsSequences) {
        let Some(relocation) = constant_address(instruction).and_then(|address| self.image.relocation_at(address)) else { return };
        match (relocation.kind, instruction.mnemonic()) {
            // The general model's sequence is padded to sixteen bytes, so that it can be relaxed in place: its `lea` has a prefix more.
            (elf::R_X86_64_DTPMOD64, Mnemonic::Lea) if instruction.len() == 8 => tls.general += 1,
            (elf::R_X86_64_DTPMOD64, Mnemonic::Lea) => tls.local += 1,
            (elf::R_X86_64_TLSDESC, Mnemonic::Lea) => tls.descriptors += 1,
            (elf::R_X86_64_TPOFF64, _) => tls.initial_exec += 1,
            _ => {}
        }
    }

    fn add_addresses(&self, instruction: &Instruction, read: &mut Read) {
        let inside = |address: u64| address > 0xffff && self.image.section_at(address).is_some();
        if instruction.is_ip_rel_memory_operand() {
            read.relative += u64::from(instruction.mnemonic() == Mnemonic::Lea && inside(instruction.ip_rel_memory_address()));
        } else {
            read.absolute += u64::from(absolute_addresses(instruction).any(inside));
        }
    }
}

const TLS_GET_ADDR: &str = "__tls_get_addr";

/// Entries of the procedure linkage tables, with or without `endbr64`, by where calls of them lead.
fn linkage_tables(image: &Image<'_>) -> HashMap<u64, u64> {
    let mut entries = HashMap::new();
    for section in image.sections.iter().filter(|section| section.is_plt()) {
        let mut decoder = Decoder::with_ip(64, section.bytes, section.range.start, DecoderOptions::NONE);
        let (mut instruction, mut pad) = (Instruction::default(), None);
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            if instruction.flow_control() == FlowControl::IndirectBranch
                && let Some(slot) = constant_address(&instruction)
            {
                entries.insert(pad.unwrap_or(instruction.ip()), slot);
            }
            pad = (instruction.code() == Code::Endbr64).then_some(instruction.ip());
        }
    }
    entries
}

/// The address of a memory operand that is in the instruction itself, relative or absolute.
pub(super) fn constant_address(instruction: &Instruction) -> Option<u64> {
    if instruction.is_ip_rel_memory_operand() {
        return Some(instruction.ip_rel_memory_address());
    }
    let constant = has_memory(instruction)
        && instruction.memory_base() == Register::None
        && instruction.memory_index() == Register::None
        && instruction.segment_prefix() == Register::None;
    constant.then(|| instruction.memory_displacement64())
}

/// Numbers in the instruction that may be addresses: displacements without base, and operands of four bytes.
pub(super) fn absolute_addresses(instruction: &Instruction) -> impl Iterator<Item = u64> {
    let displacement = has_memory(instruction)
        && !instruction.is_ip_rel_memory_operand()
        && instruction.memory_base() == Register::None
        && instruction.segment_prefix() == Register::None;
    let operand = match instruction.code() {
        Code::Mov_r32_imm32 => Some(u64::from(instruction.immediate32())),
        Code::Mov_rm64_imm32 if has_memory(instruction) => Some(instruction.immediate32to64() as u64),
        Code::Cmp_rm64_imm32 | Code::Pushq_imm32 | Code::Cmp_RAX_imm32 => Some(instruction.immediate32to64() as u64),
        _ => None,
    };
    displacement.then(|| instruction.memory_displacement64()).into_iter().chain(operand)
}

fn has_memory(instruction: &Instruction) -> bool {
    (0..instruction.op_count()).any(|operand| instruction.op_kind(operand) == OpKind::Memory)
}

fn is_indexed(instruction: &Instruction) -> bool {
    instruction.memory_base() != Register::None || instruction.memory_index() != Register::None
}

/// The displacement of an access relative to the thread pointer.
fn thread_offset(instruction: &Instruction) -> Option<u64> {
    (has_memory(instruction) && instruction.segment_prefix() == Register::FS).then(|| instruction.memory_displacement64())
}
