//! What code an archive holds: its sections, symbols and relocations counted, and the code model that they show.

use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationFlags, RelocationTarget, elf};

use super::AuditError;
use super::functions::is_cold;
use super::intermediate::{Intermediate, is_bitcode};
use super::members::{Content, is_thin, map_objects};
use crate::fs;
use crate::run::Answer;
use crate::variant::CodeModel;

/// At least this share of code sections must be placed by profile before an archive counts as compiled with one.
/// `ceval.c` marks its loop hot by hand, so single sections prove nothing: in Debian 12, 3 of 179 objects of `-pic.a` have such a section and 134 of `.a`;
/// of CPython 3.13.5 by GCC 12, 3 of 179 without profile, 101 or 102 with one.
const PROFILED_SHARE: f64 = 0.10;

/// Of one object's code, the share in `.text.unlikely` up to which it counts as compiled without a profile, and from which as compiled with one.
/// Of the objects of Debian 12's and 13's `.a` and `-pic.a`, and of CPython 3.13.5's by GCC 12 with a profile and without, 914 are decided so, one of
/// them wrongly: the frozen modules of 3.11, all data and little code. 252 lie between or are too small.
const UNLIKELY_SHARE: std::ops::Range<f64> = 0.005..0.05;

/// Of less code than this, the absence of unlikely code shows nothing.
const ENOUGH_CODE: u64 = 1_000;

/// At most this share of the objects that show a code model may show another than all were asked for. CPython 3.13.5 by GCC 12: none of 155 and of 163
/// non-PIC ones, none of 140 and of 148 PIC ones, 1 of 147 PIE ones.
const STRAGGLING_SHARE: f64 = 0.10;

/// At least so many calls of own functions by the procedure linkage table, per exported function, before position-independent code counts as open to
/// interposition. CPython 3.13.5 by GCC 12, of 1,468: none with `-fno-semantic-interposition`, 1,668 (PGO) and 1,793 without; Debian's `-pic.a` of
/// 3.11 and 3.13: 2,065 of 1,474 and 1,824 of 1,497.
const INTERPOSABLE_SHARE: f64 = 0.10;

/// What one pass over an archive's objects counts.
#[derive(Default)]
pub(crate) struct Counts {
    objects: u64,
    /// Objects with a section `.text.hot*` of their own making or `.text.unlikely` beyond start-up code.
    hot_objects: u64,
    pub(crate) hot_sections: u64,
    pub(crate) cold_symbols: u64,
    pub(crate) absolute_relocations: u64,
    pub(crate) got_loads: u64,
    /// PC-relative references to what another object defines: allowed in an executable alone.
    direct_references: u64,
    /// By what each object shows of its own: absolute addresses, the more direct references, or loads from the global offset table.
    non_pic_objects: u64,
    pie_objects: u64,
    pic_objects: u64,
    pub(crate) intermediate: Intermediate,
    /// Calls, by the procedure linkage table, of functions that the same object defines and exports.
    own_calls: u64,
    exported_functions: u64,
    /// `f.localalias`: by which code that is closed to interposition calls what it exports itself.
    local_aliases: u64,
    /// Of an object that is not for x86-64: `aarch64`, …
    pub(crate) foreign_machine: Option<String>,
    code_bytes: u64,
    /// Of these, what a profile or the source says is hardly ever run.
    unlikely_bytes: u64,
}

impl Counts {
    pub(crate) fn of(object: &object::File<'_>) -> Self {
        let mut counts = Self::default();
        counts.add(object);
        counts
    }

    fn add(&mut self, object: &object::File<'_>) {
        self.objects += 1;
        let native = object.architecture() == object::Architecture::X86_64;
        if !native {
            self.foreign_machine = Some(format!("{:?}", object.architecture()).to_lowercase());
        }
        let (mut hot, mut code_bytes) = (0, 0_u64);
        let before = (self.absolute_relocations, self.got_loads, self.direct_references);
        for section in object.sections() {
            let name = section.name().unwrap_or_default();
            // With -ffunction-sections, `.text.hotel` is a function's own.
            let placed = |place: &str| name == place || name.strip_prefix(place).is_some_and(|rest| rest.starts_with('.'));
            if placed(".text.hot") {
                hot += 1;
            }
            if placed(".text.unlikely") {
                self.unlikely_bytes = self.unlikely_bytes.saturating_add(section.size());
            }
            if name.starts_with(".text") {
                code_bytes = section.size().saturating_add(code_bytes);
                // Another machine's relocations have other numbers.
                if native {
                    self.add_relocations(object, &section);
                }
            }
        }
        self.code_bytes = self.code_bytes.saturating_add(code_bytes);
        let shown = (self.absolute_relocations - before.0, self.got_loads - before.1, self.direct_references - before.2);
        match code_model_of(shown) {
            Some(CodeModel::NonPic) => self.non_pic_objects += 1,
            Some(CodeModel::Pie) => self.pie_objects += 1,
            Some(CodeModel::Pic) => self.pic_objects += 1,
            None => {}
        }
        self.hot_sections += hot;
        self.hot_objects += u64::from(hot > 0);
        self.cold_symbols += count_cold(object);
        self.local_aliases += count_symbols(object, |name| name.contains(".localalias"));
        self.exported_functions += object.symbols().filter(is_exported_function).count() as u64;
        self.intermediate.add(object, code_bytes > 0);
    }

    fn add_relocations(&mut self, object: &object::File<'_>, section: &object::Section<'_, '_>) {
        for (_, relocation) in section.relocations() {
            let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
            match r_type {
                elf::R_X86_64_32 | elf::R_X86_64_32S => self.absolute_relocations += 1,
                loads if is_got_load(loads) => self.got_loads += 1,
                elf::R_X86_64_PLT32 if is_own_export(object, relocation.target()) => self.own_calls += 1,
                // Calls are R_X86_64_PLT32 in every code model.
                elf::R_X86_64_PC32 if is_foreign(object, relocation.target()) => self.direct_references += 1,
                _ => {}
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.objects += other.objects;
        self.hot_objects += other.hot_objects;
        self.hot_sections += other.hot_sections;
        self.cold_symbols += other.cold_symbols;
        self.absolute_relocations += other.absolute_relocations;
        self.got_loads += other.got_loads;
        self.direct_references += other.direct_references;
        self.non_pic_objects += other.non_pic_objects;
        self.pie_objects += other.pie_objects;
        self.pic_objects += other.pic_objects;
        self.own_calls += other.own_calls;
        self.exported_functions += other.exported_functions;
        self.local_aliases += other.local_aliases;
        self.code_bytes = self.code_bytes.saturating_add(other.code_bytes);
        self.unlikely_bytes = self.unlikely_bytes.saturating_add(other.unlikely_bytes);
        self.foreign_machine = self.foreign_machine.take().or(other.foreign_machine);
        self.intermediate.merge(&other.intermediate);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objects + self.intermediate.bitcode == 0
    }

    pub(crate) fn pgo(&self) -> (Answer, String) {
        if self.is_code_to_come() {
            return self.intermediate.pgo();
        }
        let evidence = format!(
            "{} of {} objects have .text.hot sections ({} in all), {} .cold symbols; from {:.0} % of the objects on, a profile placed them",
            self.hot_objects,
            self.objects,
            self.hot_sections,
            self.cold_symbols,
            100.0 * PROFILED_SHARE
        );
        let answer = match self.objects {
            0 => Answer::Unknown,
            objects if self.hot_objects as f64 >= PROFILED_SHARE * objects as f64 => Answer::Yes,
            _ => Answer::No,
        };
        (answer, evidence)
    }

    /// Of an object on its own, which may have hot sections by hand.
    pub(crate) fn pgo_of_one(&self) -> (Answer, String) {
        if self.is_code_to_come() {
            return self.intermediate.pgo();
        }
        let (unlikely, code) = (self.unlikely_bytes, self.code_bytes);
        let evidence = format!(
            "{unlikely} of {code} bytes of code are in .text.unlikely, {} .cold symbols; from {:.0} % on, of at least {ENOUGH_CODE} bytes, by a profile",
            self.cold_symbols,
            100.0 * UNLIKELY_SHARE.end
        );
        let answer = match unlikely as f64 / code.max(1) as f64 {
            _ if code < ENOUGH_CODE => Answer::Unknown,
            share if UNLIKELY_SHARE.contains(&share) => Answer::Unknown,
            share => Answer::from(share >= UNLIKELY_SHARE.end),
        };
        (answer, evidence)
    }

    /// Non-PIC code has absolute addresses; of the other two, PIC loads every foreign address from the global offset table, and PIE refers to it
    /// directly but for the odd weak symbol.
    pub(crate) fn code_model(&self) -> (Option<CodeModel>, String) {
        if self.is_code_to_come() {
            return self.intermediate.code_model();
        }
        let mut evidence = format!(
            "{} absolute 32-bit relocations in code, {} loads from the global offset table",
            self.absolute_relocations, self.got_loads
        );
        let model = code_model_of((self.absolute_relocations, self.got_loads, self.direct_references));
        if model == Some(CodeModel::Pie) {
            evidence += &format!(", {} direct references to other objects", self.direct_references);
        }
        (model, evidence)
    }

    /// Whether more objects than stragglers are of another code model, and how many of which there are: one object with absolute addresses makes all
    /// that it is linked with non-PIC, whatever the others are.
    pub(crate) fn is_mixed(&self, asked: CodeModel) -> Option<String> {
        let (non_pic, pie, pic) = (self.non_pic_objects, self.pie_objects, self.pic_objects);
        let all = non_pic + pie + pic;
        let is_many = |others: u64| others as f64 > STRAGGLING_SHARE * all as f64;
        let mixed = match asked {
            // A small object of non-PIC may need no absolute address, and then looks like PIE; most do not.
            CodeModel::NonPic => is_many(pic) || pie > non_pic,
            CodeModel::Pie => is_many(non_pic + pic),
            CodeModel::Pic => is_many(non_pic + pie),
        };
        mixed.then(|| format!("by their own code, {non_pic} objects are non-pic, {pie} pie, {pic} pic"))
    }

    /// Whether another library's function would be called in place of one's own. Code of an executable is bound to itself.
    pub(crate) fn interposition(&self) -> (Answer, String) {
        if self.is_code_to_come() {
            return self.intermediate.interposition();
        }
        let evidence = format!(
            "{} calls of own functions go by the procedure linkage table, {} exported functions have a local alias, of {}",
            self.own_calls, self.local_aliases, self.exported_functions
        );
        let answer = match self.code_model().0 {
            None => Answer::Unknown,
            Some(CodeModel::NonPic | CodeModel::Pie) => return (Answer::No, "code for executables, which is bound to itself".to_owned()),
            Some(CodeModel::Pic) => interposition(self.own_calls, self.local_aliases, self.exported_functions),
        };
        (answer, evidence)
    }

    /// Whether a link may optimise across these objects; whether it has, only what it made can show.
    pub(crate) fn lto(&self) -> (Answer, String) {
        match self.intermediate.objects {
            0 => (Answer::No, "its objects carry no intermediate code, so the link cannot optimise across them".to_owned()),
            _ if self.is_code_to_come() => (Answer::Yes, self.intermediate.shown()),
            _ => {
                let objects = self.objects + self.intermediate.bitcode;
                (Answer::Unknown, format!("{}, of {objects}: a link may optimise across objects", self.intermediate.shown()))
            }
        }
    }

    /// Intermediate code alone, which the link has yet to compile; but for assembler's: 178 of CPython 3.13's 179 objects.
    pub(crate) fn is_code_to_come(&self) -> bool {
        self.intermediate.is_most_of(self.objects + self.intermediate.bitcode)
    }
}

/// By absolute relocations, loads from the global offset table, and direct references to other objects.
fn code_model_of(shown: (u64, u64, u64)) -> Option<CodeModel> {
    match shown {
        (0, 0, 0) => None,
        (0, loads, direct) if direct > loads => Some(CodeModel::Pie),
        (0, ..) => Some(CodeModel::Pic),
        _ => Some(CodeModel::NonPic),
    }
}

/// Of position-independent code, by its calls of functions that it exports itself.
fn interposition(own_calls: u64, local_aliases: u64, exported_functions: u64) -> Answer {
    match own_calls as f64 >= INTERPOSABLE_SHARE * exported_functions as f64 {
        true if own_calls > 0 => Answer::Yes,
        _ if own_calls + local_aliases > 0 => Answer::No,
        // Nothing exported is called from where it is defined.
        _ => Answer::Unknown,
    }
}

/// Loads of an address from the global offset table, of thread-local variables aside. The last three are APX's (AMD64 supplement, 2024).
pub(crate) fn is_got_load(relocation: elf::RelocationType) -> bool {
    matches!(
        relocation,
        elf::R_X86_64_GOTPCREL
            | elf::R_X86_64_GOTPCRELX
            | elf::R_X86_64_REX_GOTPCRELX
            | elf::R_X86_64_CODE_4_GOTPCRELX
            | elf::R_X86_64_CODE_5_GOTPCRELX
            | elf::R_X86_64_CODE_6_GOTPCRELX
    )
}

/// Not defined in this object, and not promised to be hidden, which PIC may refer to directly too.
fn is_foreign(object: &object::File<'_>, target: RelocationTarget) -> bool {
    let RelocationTarget::Symbol(index) = target else { return false };
    let Ok(symbol) = object.symbol_by_index(index) else { return false };
    let object::SymbolFlags::Elf { st_other, .. } = symbol.flags() else { return false };
    symbol.is_undefined() && st_other.visibility() == elf::STV_DEFAULT
}

/// Defined here for all to see: another library may define it too, and be asked first.
fn is_own_export(object: &object::File<'_>, target: RelocationTarget) -> bool {
    let RelocationTarget::Symbol(index) = target else { return false };
    object.symbol_by_index(index).is_ok_and(|symbol| is_exported_function(&symbol))
}

pub(crate) fn is_exported_function<'a>(symbol: &impl object::ObjectSymbol<'a>) -> bool {
    let object::SymbolFlags::Elf { st_other, .. } = symbol.flags() else { return false };
    let function = symbol.is_definition() && symbol.kind() == object::SymbolKind::Text;
    function && symbol.is_global() && st_other.visibility() == elf::STV_DEFAULT
}

pub(crate) fn count_cold(object: &object::File<'_>) -> u64 {
    count_symbols(object, is_cold)
}

pub(crate) fn count_symbols(object: &object::File<'_>, named: impl Fn(&str) -> bool) -> u64 {
    object.symbols().filter(|symbol| symbol.name().is_ok_and(&named)).count() as u64
}

/// Counts what an archive holds.
pub(crate) fn count(archive: &Path, bytes: &[u8]) -> Result<Counts, AuditError> {
    let mut counts = Counts::default();
    for content in map_objects(archive, bytes, Counts::of)? {
        match content {
            Content::Object(object) => counts.merge(object),
            Content::Bitcode => counts.intermediate.add_bitcode(1),
            Content::Other => {}
        }
    }
    Ok(counts)
}

/// Counts what loose objects hold, as if they were in one archive.
pub(crate) fn count_objects(files: &[PathBuf]) -> Result<Counts, AuditError> {
    let mut counts = Counts::default();
    for file in files {
        let bytes = fs::read(file)?;
        match object::File::parse(&*bytes) {
            Ok(object) => counts.add(&object),
            Err(_) if is_bitcode(&bytes) => counts.intermediate.add_bitcode(1),
            Err(error) => return Err(AuditError::unreadable(file, &error)),
        }
    }
    Ok(counts)
}

/// The code model of an archive that a runner can link, or why none can.
///
/// # Errors
/// If the file cannot be read, or is no archive.
pub fn archive_code(archive: &Path) -> Result<Result<CodeModel, String>, AuditError> {
    let bytes = fs::read(archive)?;
    if is_thin(&bytes) {
        return Ok(Err("a thin archive, which only names objects of the folder that it was compiled in".into()));
    }
    let counts = count(archive, &bytes)?;
    let bitcode = counts.intermediate.bitcode;
    Ok(match (counts.code_model().0, &counts.foreign_machine) {
        _ if bitcode > 0 => Err(format!("LLVM bitcode ({bitcode} objects), which only the clang that wrote it can link")),
        (_, Some(machine)) => Err(format!("compiled for another architecture ({machine})")),
        _ if counts.objects == 0 => Err("without any object file".into()),
        _ if counts.is_code_to_come() => {
            Err("GCC's intermediate code alone (slim LTO objects), which only the gcc that wrote it can link".into())
        }
        (Some(model), None) => Ok(model),
        (None, None) => Err("without a relocation that shows its code model".into()),
    })
}
