//! Patches by name: those that travel inside surtax, and the person's own files. Each opens with the reason for it.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::fs;
use crate::recipe::{Patch, PythonVersion};

static PATCHES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/patches");

/// A name alone is one of surtax's own; one with a slash is a file, relative to `folder`.
pub(super) fn read(name: &str, python: PythonVersion, folder: &Path) -> Result<Patch, String> {
    let patch = if name.contains('/') {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).map_err(|error| format!("the patch {} cannot be read: {}", path.display(), error.source))?;
        Patch { name: name.to_owned(), text }
    } else {
        let name = format!("{python}/{name}");
        let text = PATCHES.get_file(&name).and_then(|file| file.contents_utf8());
        let text =
            text.ok_or_else(|| format!("surtax has no patch {name}; a file of your own is named with a slash: ./{}", shown(&name)))?;
        Patch { name, text: text.to_owned() }
    };
    if opens_with_a_reason(&patch.text) { Ok(patch) } else { Err(format!("the patch {} does not open with its reason", patch.name)) }
}

fn shown(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// Some line of text stands before the first file that it changes.
fn opens_with_a_reason(text: &str) -> bool {
    let of_a_file = |line: &&str| ["--- ", "+++ ", "*** ", "diff ", "Index: ", "index ", "@@ "].iter().any(|start| line.starts_with(start));
    text.lines().take_while(|line| !of_a_file(line)).any(|line| line.chars().any(char::is_alphabetic))
}
