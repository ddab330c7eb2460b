//! Which CPython a file is or holds: `Py_Version`, which every one since 3.11 exports (its documentation, "API and ABI Versioning").

use std::path::Path;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use super::AuditError;
use crate::fs;

/// The object that defines it.
const HOME: &[u8] = b"getversion";

/// `3.13.5`, `3.15.0a2`; nothing where the file defines no `Py_Version`, as a launcher of a shared libpython, or holds it as intermediate code.
///
/// # Errors
/// If the file cannot be read.
pub fn python_version(file: &Path) -> Result<Option<String>, AuditError> {
    let bytes = fs::read(file)?;
    if let Ok(archive) = object::read::archive::ArchiveFile::parse(&*bytes) {
        let members = archive.members().flatten().filter(|member| member.name().starts_with(HOME));
        return Ok(members.filter_map(|member| defined(member.data(&*bytes).ok()?)).next());
    }
    Ok(defined(&bytes))
}

fn defined(bytes: &[u8]) -> Option<String> {
    let object = object::File::parse(bytes).ok()?;
    let symbol =
        object.symbols().chain(object.dynamic_symbols()).find(|symbol| symbol.is_definition() && symbol.name() == Ok("Py_Version"))?;
    let section = object.section_by_index(symbol.section_index()?).ok()?;
    // An object's symbols count from their section, a linked file's from nought; an object's sections begin there.
    let data = section.data_range(symbol.address(), 8).ok()??;
    read(u64::from_le_bytes(data.try_into().ok()?))
}

/// `PY_VERSION_HEX`: a byte each for major, minor and micro version, then the level and the serial number.
fn read(hex: u64) -> Option<String> {
    let hex = u32::try_from(hex).ok()?;
    let [major, minor, micro, level] = hex.to_be_bytes();
    let serial = level & 0xf;
    let rest = match level >> 4 {
        0xa => format!("a{serial}"),
        0xb => format!("b{serial}"),
        0xc => format!("rc{serial}"),
        0xf => String::new(),
        _ => return None,
    };
    (major == 3).then(|| format!("{major}.{minor}.{micro}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_version_is_read_from_its_hexadecimal_form() {
        assert_eq!(read(0x030d_05f0).as_deref(), Some("3.13.5"));
        assert_eq!(read(0x030f_00a2).as_deref(), Some("3.15.0a2"));
        assert_eq!(read(0x030e_00c1).as_deref(), Some("3.14.0rc1"));
        assert_eq!(read(0), None);
        assert_eq!(read(u64::MAX), None);
    }
}
