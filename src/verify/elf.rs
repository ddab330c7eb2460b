//! What the executable is: type, loader, libraries and exported symbols, read from its ELF headers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use object::Endianness;
use object::elf;
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _, Sym as _};

use super::{Expected, failed, passed};
use crate::run::{Check, CheckGroup};

const GROUP: CheckGroup = CheckGroup::Elf;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `ET_EXEC`: loaded at the address that it was linked for.
    Fixed,
    /// `ET_DYN` with `DF_1_PIE`: loaded anywhere.
    Pie,
    /// `ET_DYN` without that flag.
    SharedObject,
    Other,
}

impl Kind {
    fn shown(self) -> &'static str {
        match self {
            Self::Fixed => Check::FIXED,
            Self::Pie => Check::PIE,
            Self::SharedObject => "ET_DYN without the PIE flag",
            Self::Other => "neither ET_EXEC nor ET_DYN",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) x86_64: bool,
    pub(super) kind: Kind,
    pub(super) interpreter: Option<PathBuf>,
    /// `DT_NEEDED`, in order.
    pub(super) needed: Vec<String>,
    pub(super) rpath: Option<String>,
    pub(super) runpath: Option<String>,
    /// Names that extension modules can bind to: defined dynamic symbols that begin with `Py` or `_Py`.
    pub(super) exports: BTreeSet<String>,
    /// Functions of HACL that are linked in, real or stand-ins.
    pub(super) hacl: BTreeSet<String>,
    /// Whether `hacl_stubs.c` is among what was linked.
    pub(super) has_stand_ins: bool,
}

impl Facts {
    pub(super) fn read(executable: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(executable).map_err(|error| format!("{} cannot be read: {error}", executable.display()))?;
        Self::parse(&bytes).map_err(|error| format!("{} is not a 64-bit ELF file: {error}", executable.display()))
    }

    fn parse(bytes: &[u8]) -> object::read::Result<Self> {
        let file = ElfFile64::<Endianness>::parse(bytes)?;
        let (header, endian) = (file.elf_header(), file.endian());
        let mut facts = Self {
            x86_64: header.e_machine(endian) == elf::EM_X86_64,
            kind: Kind::Other,
            interpreter: None,
            needed: Vec::new(),
            rpath: None,
            runpath: None,
            exports: exports(&file),
            hacl: symbols_with(&file, "Hacl_Hash_"),
            has_stand_ins: !symbols_with(&file, "surtax_hacl_stand_in").is_empty(),
        };
        for segment in file.elf_program_headers() {
            if let Some(path) = segment.interpreter(endian, bytes)? {
                facts.interpreter = Some(PathBuf::from(text(path)));
            }
        }
        let dynamic = file.elf_dynamic_table()?;
        let mut pie = false;
        for entry in &dynamic {
            match entry.tag {
                elf::DT_NEEDED => facts.needed.push(text(dynamic.string(entry)?)),
                elf::DT_RPATH => facts.rpath = Some(text(dynamic.string(entry)?)),
                elf::DT_RUNPATH => facts.runpath = Some(text(dynamic.string(entry)?)),
                elf::DT_FLAGS_1 => pie = entry.val & elf::DF_1_PIE.0 != 0,
                _ => {}
            }
        }
        facts.kind = match header.e_type(endian) {
            elf::ET_EXEC => Kind::Fixed,
            elf::ET_DYN if pie => Kind::Pie,
            elf::ET_DYN => Kind::SharedObject,
            _ => Kind::Other,
        };
        Ok(facts)
    }

    fn libpythons(&self) -> Vec<&str> {
        self.needed.iter().map(String::as_str).filter(|name| name.starts_with("libpython")).collect()
    }
}

fn exports(file: &ElfFile64<'_, Endianness>) -> BTreeSet<String> {
    let table = file.elf_dynamic_symbol_table();
    let endian = file.endian();
    table
        .iter()
        .filter(|symbol| !symbol.is_undefined(endian) && symbol.st_bind() != elf::STB_LOCAL && symbol.st_visibility() == elf::STV_DEFAULT)
        .filter_map(|symbol| table.symbol_name(endian, symbol).ok().map(text))
        .filter(|name| name.starts_with("Py") || name.starts_with("_Py"))
        .collect()
}

/// Defined symbols whose name contains `part`: all of CPython's releases name HACL's functions `…Hacl_Hash_…`, with a prefix of their own.
fn symbols_with(file: &ElfFile64<'_, Endianness>, part: &str) -> BTreeSet<String> {
    let endian = file.endian();
    let tables = [file.elf_symbol_table(), file.elf_dynamic_symbol_table()];
    let defined = tables.into_iter().flat_map(|table| {
        let symbols = table.iter().filter(move |symbol| !symbol.is_undefined(endian));
        symbols.filter_map(move |symbol| table.symbol_name(endian, symbol).ok().map(text))
    });
    defined.filter(|name| name.contains(part)).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Of an executable that surtax did not link, only that the machine's own kind of program is there.
pub(super) fn check_baseline(executable: &Path) -> Vec<Check> {
    vec![match Facts::read(executable) {
        Ok(facts) => machine(&facts),
        Err(reason) => failed(GROUP, MACHINE, reason),
    }]
}

const MACHINE: &str = "machine";

pub(super) fn check(executable: &Path, expected: &Expected, baseline_exports: &BTreeSet<String>) -> Vec<Check> {
    let facts = match Facts::read(executable) {
        Ok(facts) => facts,
        Err(reason) => return vec![failed(GROUP, MACHINE, reason)],
    };
    let mut checks = vec![machine(&facts), kind(&facts, expected.pie), interpreter(&facts, &expected.interpreter)];
    checks.push(libpython(&facts, expected.static_libpython));
    if expected.search_path {
        checks.push(search_path(&facts));
    }
    checks.extend(expected.shared_libpython.as_ref().map(|library| loads(&facts, library)));
    if expected.static_libpython {
        checks.push(exported(&facts, baseline_exports));
    }
    checks
}

fn machine(facts: &Facts) -> Check {
    if facts.x86_64 { passed(GROUP, MACHINE, "x86-64".to_owned()) } else { failed(GROUP, MACHINE, "not x86-64") }
}

fn kind(facts: &Facts, pie: bool) -> Check {
    let expected = if pie { Kind::Pie } else { Kind::Fixed };
    let name = Check::EXECUTABLE_TYPE;
    if facts.kind == expected {
        return passed(GROUP, name, expected.shown().to_owned());
    }
    failed(GROUP, name, format!("is {}, expected {}", facts.kind.shown(), expected.shown()))
}

fn interpreter(facts: &Facts, expected: &Path) -> Check {
    let name = "dynamic loader";
    match &facts.interpreter {
        Some(seen) if seen == expected => passed(GROUP, name, seen.display().to_string()),
        Some(seen) => failed(GROUP, name, format!("is {}, expected {}", seen.display(), expected.display())),
        None => failed(GROUP, name, format!("has none, expected {}", expected.display())),
    }
}

fn libpython(facts: &Facts, linked_static: bool) -> Check {
    let name = "libpython";
    match (facts.libpythons().as_slice(), linked_static) {
        ([], true) => passed(GROUP, name, "none needed".to_owned()),
        ([one], false) => passed(GROUP, name, format!("needs {one}")),
        ([], false) => failed(GROUP, name, "needs none, expected one shared libpython"),
        (several, true) => failed(GROUP, name, format!("needs {}, expected none", several.join(", "))),
        (several, false) => failed(GROUP, name, format!("needs {}, expected one", several.join(", "))),
    }
}

/// `DT_RUNPATH` is not inherited by what is loaded with `dlopen`: `_ssl` would find the host's libcrypto instead of the release's.
fn search_path(facts: &Facts) -> Check {
    let name = "library search path";
    match (&facts.rpath, &facts.runpath) {
        (Some(path), None) => passed(GROUP, name, format!("DT_RPATH {path}")),
        (None, None) => failed(GROUP, name, "has no DT_RPATH: libraries would come from the host"),
        (_, Some(path)) => failed(GROUP, name, format!("has DT_RUNPATH {path}, expected DT_RPATH alone")),
    }
}

/// Every build of one Python has the same name, and the first folder on the path that holds one decides which is loaded.
fn loads(facts: &Facts, expected: &Path) -> Check {
    let name = "loaded libpython";
    let folders = facts.rpath.iter().flat_map(|path| path.split(':'));
    let names = facts.libpythons();
    let found = folders.flat_map(|folder| names.iter().map(move |name| Path::new(folder).join(name))).find(|path| path.is_file());
    match found {
        Some(found) if found.canonicalize().ok() == expected.canonicalize().ok() => passed(GROUP, name, found.display().to_string()),
        Some(found) => failed(GROUP, name, format!("is {}, expected {}", found.display(), expected.display())),
        None => failed(GROUP, name, format!("is on none of the folders of DT_RPATH, expected {}", expected.display())),
    }
}

fn exported(facts: &Facts, baseline: &BTreeSet<String>) -> Check {
    let name = "exported symbols";
    let missing: Vec<&str> = baseline.difference(&facts.exports).map(String::as_str).collect();
    if missing.is_empty() {
        return passed(GROUP, name, format!("all {} of the baseline's", baseline.len()));
    }
    let some = missing[..missing.len().min(5)].join(", ");
    failed(GROUP, name, format!("{} of the baseline's {} are missing, such as {some}", missing.len(), baseline.len()))
}
