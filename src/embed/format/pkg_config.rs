//! `.pc` files under the names that CPython gives its own for embedding, so that a build which asks for `python3-embed` finds this one.

use super::super::quote::pkg_config;
use super::{Kit, Rendered, comment};

pub(super) fn render(kit: &Kit) -> Vec<Rendered> {
    let words = |words: &[String]| words.iter().map(|word| pkg_config(word)).collect::<Vec<_>>().join(" ");
    let libs = [kit.ldflags.as_slice(), &kit.libs].concat();
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
        pkg_config(&kit.pythonhome.display().to_string()),
        pkg_config(&kit.compiler.display().to_string()),
        kit.variant,
        kit.python,
        words(&kit.cflags),
        words(&libs),
    );
    let named = |name: String| Rendered { name, text: text.clone() };
    vec![named(format!("python-{}-embed.pc", kit.python)), named("python3-embed.pc".to_owned())]
}
