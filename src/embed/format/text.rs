//! For people: what there is, where it lies, and what to say to whom.

use std::fmt::Write as _;
use std::path::Path;

use super::super::quote::{shell, shell_words};
use super::Kit;

pub(super) fn render(kit: &Kit) -> String {
    let mut text = format!("{} of {}: {}, Python {} (by {})\n", kit.variant, kit.source, kit.description, kit.version, kit.made_by);
    let path = |path: &Path| shell(&path.display().to_string());
    let mut section = |title: &str, lines: &[(&str, String)]| {
        let _ = writeln!(text, "\n{title}");
        for (name, value) in lines {
            let _ = writeln!(text, "  {name:<18} {value}");
        }
    };
    section(
        "C",
        &[
            ("CC", path(&kit.compiler)),
            ("CFLAGS", shell_words(&kit.cflags)),
            ("LDFLAGS", shell_words(&kit.ldflags)),
            ("LIBS", shell_words(&kit.libs)),
        ],
    );
    section(
        "Rust",
        &[
            ("target", kit.rust.target.clone()),
            ("linker", path(&kit.rust.linker)),
            ("PYO3_CONFIG_FILE", path(&kit.rust.pyo3_config_file)),
            ("rustflags", shell_words(&kit.rust.rustflags)),
        ],
    );
    section(
        "Start",
        &[
            ("PyConfig.home", path(&kit.pythonhome)),
            ("", "or PYTHONHOME; at compile time SURTAX_PYTHONHOME, in surtax_python.h and in cargo's environment".into()),
            ("python3", path(&kit.python3)),
        ],
    );
    section("Must stay where it is", &kit.needs.iter().map(|needed| ("", path(needed))).collect::<Vec<_>>());
    section("Remarks", &kit.remarks.iter().map(|remark| ("", remark.clone())).collect::<Vec<_>>());
    text.push_str(
        "\nAs files: --format shell, json, cargo, pkg-config or cmake, with --out. A crate that is ready: surtax embed new DIR --variant ",
    );
    let _ = writeln!(text, "{}", kit.variant);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
