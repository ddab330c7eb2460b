//! The kit in each of its formats: text in memory, ready to be printed or written.

mod cargo;
mod cmake;
mod pkg_config;
mod shell;
mod text;

use super::{EmbedError, Kit};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// Variables for a POSIX shell or a Makefile's recipe.
    Shell,
    Json,
    /// A `.cargo/config.toml`.
    Cargo,
    /// `.pc` files, under the names of CPython's own.
    PkgConfig,
    /// A package for `find_package` that defines an imported target.
    Cmake,
}

impl Format {
    pub const ALL: [Self; 6] = [Self::Text, Self::Shell, Self::Json, Self::Cargo, Self::PkgConfig, Self::Cmake];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Shell => "shell",
            Self::Json => "json",
            Self::Cargo => "cargo",
            Self::PkgConfig => "pkg-config",
            Self::Cmake => "cmake",
        }
    }
}

/// One file of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its name where a folder is named for it.
    pub name: String,
    pub text: String,
}

/// The first is what is printed; the others only make it easier to find.
pub fn render(kit: &Kit, format: Format) -> Result<Vec<Rendered>, EmbedError> {
    let one = |name: &str, text: String| vec![Rendered { name: name.to_owned(), text }];
    Ok(match format {
        Format::Text => one("embed.txt", text::render(kit)),
        Format::Shell => one("embed.sh", shell::render(kit)),
        Format::Json => {
            let text = serde_json::to_string_pretty(kit).map_err(|error| unwritable(format, &error))?;
            one("embed.json", text + "\n")
        }
        Format::Cargo => one("config.toml", cargo::render(kit).map_err(|error| unwritable(format, &error))?),
        Format::PkgConfig => pkg_config::render(kit)?,
        Format::Cmake => cmake::render(kit),
    })
}

fn unwritable(format: Format, error: &dyn std::error::Error) -> EmbedError {
    EmbedError::Unwritable { format: format.as_str(), reason: error.to_string() }
}

/// The first lines of a file whose comments begin with `#`.
fn comment(kit: &Kit) -> String {
    let remarks: String = kit.remarks.iter().map(|remark| format!("# {remark}\n")).collect();
    format!("# Written by {}: Python {} of {}, {} ({}).\n{remarks}", kit.made_by, kit.version, kit.source, kit.variant, kit.description)
}
