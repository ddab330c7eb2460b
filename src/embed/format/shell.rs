//! Variables for a POSIX shell. What they hold is quoted once more inside, so that paths with spaces survive `eval` and a Makefile's recipe.

use super::super::quote::{shell, shell_words};
use super::{Kit, comment};

pub(super) fn render(kit: &Kit) -> String {
    let path = |path: &std::path::Path| shell(&path.display().to_string());
    let words = |words: &[String]| shell(&shell_words(words));
    let linker = format!("CARGO_TARGET_{}_LINKER", kit.rust.target.replace('-', "_").to_uppercase());
    let variables = [
        ("CC", path(&kit.compiler)),
        ("CFLAGS", words(&kit.cflags)),
        ("LDFLAGS", words(&kit.ldflags)),
        ("LIBS", words(&kit.libs)),
        ("SURTAX_PYTHONHOME", path(&kit.pythonhome)),
        ("PYO3_CONFIG_FILE", path(&kit.rust.pyo3_config_file)),
        ("CARGO_BUILD_TARGET", kit.rust.target.clone()),
        (linker.as_str(), path(&kit.rust.linker)),
        ("CARGO_ENCODED_RUSTFLAGS", encoded(&kit.rust.rustflags)),
    ];
    let assigned: String = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
    format!(
        "{}# C: eval \"$CC $CFLAGS main.c $LDFLAGS $LIBS -o program\"; Rust: cargo build.\n\
         # The program sets PyConfig.home to SURTAX_PYTHONHOME (for C in surtax_python.h), or is started with PYTHONHOME=\"$SURTAX_PYTHONHOME\".\n\
         {assigned}export {}\n",
        comment(kit),
        names.join(" ")
    )
}

/// cargo takes flags apart at the unit separator, which none of them holds, so that they may hold spaces.
fn encoded(flags: &[String]) -> String {
    let (first, rest) = flags.split_first().map_or(("", flags), |(first, rest)| (first.as_str(), rest));
    format!("\"$(printf '%s' {}; printf '\\037%s' {})\"", shell(first), shell_words(rest))
}
