//! What the code of one object reaches by tables, function by function: its relocations say so before any link.

use std::collections::BTreeMap;

use object::elf::{self, R_X86_64_PC32, R_X86_64_PLT32};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationFlags, RelocationTarget, SectionIndex, SymbolIndex};

use super::archive::is_exported_function;
use super::functions::base_name;
use crate::run::{AccessCounts, FunctionAccesses, TlsModel};

/// What one or several objects reach.
#[derive(Default)]
pub(crate) struct Reached {
    functions: Vec<Function>,
    elsewhere: Function,
    /// Accesses of thread-local variables, by model: of a dynamic model, the calls that it costs.
    pub(crate) tls: BTreeMap<TlsModel, u64>,
}

#[derive(Default)]
struct Function {
    name: String,
    bytes: u64,
    counts: AccessCounts,
    /// Calls of functions that the same object defines and exports. Where code is open to interposition they take the procedure linkage table;
    /// code for executables is bound to its own.
    own_calls: u64,
}

enum Access {
    GotLoad,
    Call,
    OwnCall,
    TlsCall(TlsModel),
    TlsDirect(Option<TlsModel>),
}

impl Reached {
    pub(crate) fn by(object: &object::File<'_>) -> Self {
        let mut reached = Self::default();
        let parts = Parts::of(object, &mut reached.functions);
        let resolver = object.symbols().find(|symbol| symbol.name() == Ok("__tls_get_addr")).map(|symbol| symbol.index());
        for section in object.sections().filter(|section| section.name().is_ok_and(|name| name.starts_with(".text"))) {
            let code = section.data().unwrap_or_default();
            for (offset, relocation) in section.relocations() {
                let Some(access) = access(object, resolver, code, offset, &relocation) else { continue };
                reached.count_tls(&access);
                match parts.at(section.index(), offset).and_then(|index| reached.functions.get_mut(index)) {
                    Some(function) => function.count(&access),
                    None => reached.elsewhere.count(&access),
                }
            }
        }
        reached
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.functions.extend(other.functions);
        self.elsewhere.counts += other.elsewhere.counts;
        self.elsewhere.own_calls += other.elsewhere.own_calls;
        for (model, count) in other.tls {
            *self.tls.entry(model).or_default() += count;
        }
    }

    /// By function, and what lies in none. `position_independent` code that may be interposed calls its own exports as it calls others'.
    pub(crate) fn into_counts(self, position_independent: bool) -> (Vec<FunctionAccesses>, AccessCounts) {
        let counts = |function: &Function| {
            let own = if position_independent { function.own_calls } else { 0 };
            AccessCounts { plt_calls: function.counts.plt_calls + own, ..function.counts }
        };
        let elsewhere = counts(&self.elsewhere);
        let named = |function: Function| FunctionAccesses { counts: counts(&function), name: function.name, bytes: function.bytes };
        (self.functions.into_iter().map(named).collect(), elsewhere)
    }

    fn count_tls(&mut self, access: &Access) {
        if let Access::TlsCall(model) | Access::TlsDirect(Some(model)) = access {
            *self.tls.entry(*model).or_default() += 1;
        }
    }
}

impl Function {
    fn count(&mut self, access: &Access) {
        let counter = match access {
            Access::GotLoad => &mut self.counts.got_loads,
            Access::Call => &mut self.counts.plt_calls,
            Access::OwnCall => &mut self.own_calls,
            Access::TlsCall(_) => &mut self.counts.tls_calls,
            Access::TlsDirect(_) => &mut self.counts.tls_direct,
        };
        *counter += 1;
    }
}

/// Where the parts of functions lie, sorted: section, first and last byte, and which function it is.
struct Parts(Vec<(usize, u64, u64, usize)>);

impl Parts {
    /// Lists the object's functions too, each once: its parts lie in `.text.hot` and `.text.unlikely`, its aliases where it does.
    fn of<'a>(object: &'a object::File<'_>, functions: &mut Vec<Function>) -> Self {
        let mut known: BTreeMap<&'a str, usize> = BTreeMap::new();
        let mut places: BTreeMap<(usize, u64), (u64, usize)> = BTreeMap::new();
        for symbol in object.symbols().filter(|symbol| symbol.is_definition() && symbol.kind() == object::SymbolKind::Text) {
            let (Some(section), Ok(name)) = (symbol.section_index(), symbol.name()) else { continue };
            let place = (section.0, symbol.address());
            if symbol.size() == 0 || places.contains_key(&place) {
                continue;
            }
            let name = base_name(name);
            let index = *known.entry(name).or_insert_with(|| {
                functions.push(Function { name: name.to_owned(), ..Function::default() });
                functions.len() - 1
            });
            if let Some(function) = functions.get_mut(index) {
                // A symbol's size is whatever the file says.
                function.bytes = function.bytes.saturating_add(symbol.size());
            }
            places.insert(place, (symbol.size(), index));
        }
        Self(places.into_iter().map(|((section, start), (size, index))| (section, start, start.saturating_add(size), index)).collect())
    }

    fn at(&self, section: SectionIndex, offset: u64) -> Option<usize> {
        let after = self.0.partition_point(|(other, start, ..)| (*other, *start) <= (section.0, offset));
        let (other, _, end, index) = self.0.get(after.checked_sub(1)?)?;
        (*other == section.0 && offset < *end).then_some(*index)
    }
}

/// What the instruction that a relocation completes does, of what is counted (System V ABI, AMD64 supplement, 4.4; ELF Handling For Thread-Local Storage).
fn access(
    object: &object::File<'_>,
    resolver: Option<SymbolIndex>,
    code: &[u8],
    offset: u64,
    relocation: &object::Relocation,
) -> Option<Access> {
    let RelocationFlags::Elf { r_type } = relocation.flags() else { return None };
    let RelocationTarget::Symbol(target) = relocation.target() else { return None };
    // Its call is a part of the sequence that another relocation opens.
    let resolves = Some(target) == resolver;
    match r_type {
        R_X86_64_PLT32 if !resolves => call_of(object, target),
        // Assemblers before binutils 2.31 wrote calls so where nobody asked for the table.
        R_X86_64_PC32 if !resolves && matches!(before(code, offset, 1), Some([0xE8 | 0xE9])) => call_of(object, target),
        elf::R_X86_64_TLSGD => Some(Access::TlsCall(TlsModel::GeneralDynamic)),
        elf::R_X86_64_TLSLD => Some(Access::TlsCall(TlsModel::LocalDynamic)),
        elf::R_X86_64_TLSDESC_CALL => Some(Access::TlsCall(TlsModel::Descriptors)),
        elf::R_X86_64_DTPOFF32 => Some(Access::TlsDirect(None)),
        elf::R_X86_64_GOTTPOFF | elf::R_X86_64_CODE_4_GOTTPOFF | elf::R_X86_64_CODE_5_GOTTPOFF | elf::R_X86_64_CODE_6_GOTTPOFF => {
            Some(Access::TlsDirect(Some(TlsModel::InitialExec)))
        }
        elf::R_X86_64_TPOFF32 => Some(Access::TlsDirect(Some(TlsModel::LocalExec))),
        _ if super::archive::is_got_load(r_type) && !resolves => Some(match before(code, offset, 2) {
            // `call *f@GOTPCREL(%rip)`, `jmp *…`: the table without its stub (-fno-plt).
            Some([0xFF, 0x15 | 0x25]) => Access::Call,
            _ => Access::GotLoad,
        }),
        _ => None,
    }
}

fn call_of(object: &object::File<'_>, target: SymbolIndex) -> Option<Access> {
    let symbol = object.symbol_by_index(target).ok()?;
    let object::SymbolFlags::Elf { st_other, .. } = symbol.flags() else { return None };
    if symbol.is_undefined() {
        // What is promised to be hidden is bound directly.
        return (st_other.visibility() == elf::STV_DEFAULT).then_some(Access::Call);
    }
    is_exported_function(&symbol).then_some(Access::OwnCall)
}

fn before(code: &[u8], offset: u64, bytes: usize) -> Option<&[u8]> {
    let end = usize::try_from(offset).ok()?;
    code.get(end.checked_sub(bytes)?..end)
}
