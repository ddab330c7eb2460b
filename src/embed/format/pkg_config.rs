//! `.pc` files under the names that CPython gives its own for embedding, so that a build which asks for `python3-embed` finds this one.

use super::{EmbedError, Kit, Rendered, comment};

/// pkgconf reads quoted words, and writes most of them back without their quotes (1.8.1): such a path would fall apart.
const FALLS_APART: [char; 8] = [' ', '"', '\'', '\\', '#', '$', '(', ')'];

pub(super) fn render(kit: &Kit) -> Result<Vec<Rendered>, EmbedError> {
    let libs = [kit.ldflags.as_slice(), &kit.libs].concat();
    if let Some(word) = kit.cflags.iter().chain(&libs).find(|word| word.contains(FALLS_APART)) {
        return Err(EmbedError::NotForPkgConfig(word.clone()));
    }
    let text = format!(
        "{}# PKG_CONFIG_PATH names this folder. `pkg-config --variable=pythonhome` is what PyConfig.home has to be, `--variable=compiler` what links.\n\
         pythonhome={}\n\
         compiler={}\n\
         \n\
         Name: Python\n\
         Description: {} to embed, as surtax has it\n\
         Version: {}\n\
         Cflags: {}\n\
         Libs: {}\n",
        comment(kit),
        kit.pythonhome.display(),
        kit.compiler.display(),
        kit.variant,
        kit.python,
        kit.cflags.join(" "),
        libs.join(" "),
    );
    let named = |name: String| Rendered { name, text: text.clone() };
    Ok(vec![named(format!("python-{}-embed.pc", kit.python)), named("python3-embed.pc".to_owned())])
}
