//! The stand-ins as one object file, for programs that surtax does not build itself.

use std::path::PathBuf;

use super::compile::{Compiler, model_flags};
use super::{HaclError, HaclMode};
use crate::assets;
use crate::digest::Key;
use crate::fs;
use crate::libpython::{CodeModel, Home};
use crate::process::{Job, how_it_ended, last_lines};
use crate::store::{Stamp, Store};
use crate::ui::Silent;

/// `hacl_stubs.c`, compiled once per home and code model. An object, not an archive: its symbols are weak, and nothing pulls a weak definition
/// out of an archive.
pub fn stand_ins_object(store: &Store, home: &Home, model: CodeModel, compiler: &Compiler<'_>) -> Result<PathBuf, HaclError> {
    let parts = [("home", home.key.as_str()), ("source", assets::HACL_STUBS), ("model", model.as_str()), ("gcc", compiler.version)];
    let place = store.hacl(&Key::of("hacl-stand-ins", parts));
    let object = place.join("hacl_stubs.o");
    if Stamp::is_of(&place, &object) {
        return Ok(object);
    }
    // Another surtax may be compiling the same, or linking with it already.
    let _lock = store.lock("hacl", &Silent)?;
    if Stamp::is_of(&place, &object) {
        return Ok(object);
    }
    let scratch = store.scratch()?;
    let made = scratch.path().join("hacl_stubs.o");
    let job = Job::new(compiler.gcc).arg("-O2").args(model_flags(model)).args(home.header_arguments());
    let finished = job.args(["-x", "c", "-c", "-", "-o"]).arg(&made).inherit_environment().stdin(assets::HACL_STUBS).run()?;
    if !finished.status.success() {
        let reason = format!("gcc {}\n{}", how_it_ended(&finished.status), last_lines(&finished.stderr_text(), 12));
        return Err(HaclError::Compile { file: format!("hacl_stubs.c ({})", HaclMode::Stubs), reason });
    }
    Stamp::write_of(scratch.path(), &made)?;
    fs::set_mode(&made, 0o644)?;
    scratch.commit(&place)?;
    Ok(object)
}
