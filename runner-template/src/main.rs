//! A runner: one binary that is a drop-in `python`, and with `--surtax-embed SCRIPT [ARGUMENT]...` an embedding program.

// Rust's own start would change SIGPIPE and install an alternate signal stack; `python` does neither before main.
#![no_main]

mod embed;

use std::ffi::{CStr, c_char, c_int};

use pyo3::ffi;

const EMBED: &CStr = c"--surtax-embed";

/// # Safety
/// Called once, by the C library, with its argument vector.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(argc: c_int, argv: *mut *mut c_char) -> c_int {
    let embed = argc > 2 && unsafe { CStr::from_ptr(*argv.add(1)) } == EMBED;
    if embed {
        unsafe { embed::run(std::slice::from_raw_parts(argv, argc as usize)) }
    } else {
        // The whole of CPython's own Programs/python.c.
        unsafe { ffi::Py_BytesMain(argc, argv) }
    }
}
