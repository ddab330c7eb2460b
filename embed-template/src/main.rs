//! Embeds Python: runs script.py, or the script that is named first, with the libpython that .cargo/config.toml links.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::process::ExitCode;

use pyo3::ffi;
use pyo3::prelude::*;

/// Where this Python finds its standard library: .cargo/config.toml says so.
const HOME: &str = env!("SURTAX_PYTHONHOME");

const SCRIPT: &str = include_str!("../script.py");

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // sys.argv[0] is the script where one is named, as it is for python.
    let named = arguments.len() > 1;
    let source = if named { std::fs::read(&arguments[1]) } else { Ok(SCRIPT.as_bytes().to_vec()) };
    let source = match source {
        Ok(source) => source,
        Err(error) => {
            eprintln!("cannot read {}: {error}", arguments[1].display());
            return ExitCode::FAILURE;
        }
    };
    let Ok(source) = CString::new(source) else {
        eprintln!("the script holds a null byte");
        return ExitCode::FAILURE;
    };
    start(&arguments[usize::from(named)..]);
    let outcome = Python::attach(|py| {
        let namespace = py.import("__main__")?.dict();
        py.run(&source, Some(&namespace), None)?;
        // What the script printed may still be in Python's buffers.
        py.import("sys")?.getattr("stdout")?.call_method0("flush").map(drop)
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Python::attach(|py| error.print(py));
            ExitCode::FAILURE
        }
    }
}

/// Starts Python isolated: no environment variable, no user's site-packages, its home given instead of searched for.
fn start(arguments: &[OsString]) {
    let text = |bytes: Vec<u8>| CString::new(bytes).expect("arguments of a process hold no null byte");
    let arguments: Vec<CString> = arguments.iter().map(|argument| text(argument.as_bytes().to_vec())).collect();
    let pointers: Vec<*const std::ffi::c_char> = arguments.iter().map(|argument| argument.as_ptr()).collect();
    let home = text(HOME.into());
    let program = text(std::env::current_exe().map(|path| path.into_os_string().into_vec()).unwrap_or_default());
    unsafe {
        let mut early = std::mem::zeroed::<ffi::PyPreConfig>();
        ffi::PyPreConfig_InitIsolatedConfig(&mut early);
        early.utf8_mode = 1;
        must(ffi::Py_PreInitialize(&early));
        let mut config = std::mem::zeroed::<ffi::PyConfig>();
        ffi::PyConfig_InitIsolatedConfig(&mut config);
        must(ffi::PyConfig_SetBytesArgv(&mut config, pointers.len() as ffi::Py_ssize_t, pointers.as_ptr().cast_mut().cast()));
        let pointer: *mut ffi::PyConfig = &mut config;
        must(ffi::PyConfig_SetBytesString(pointer, &raw mut config.home, home.as_ptr()));
        must(ffi::PyConfig_SetBytesString(pointer, &raw mut config.program_name, program.as_ptr()));
        must(ffi::Py_InitializeFromConfig(pointer));
        ffi::PyConfig_Clear(pointer);
        // `Python::attach` takes the interpreter lock itself.
        ffi::PyEval_SaveThread();
    }
}

/// Ends the process with CPython's own message if a step of the start failed.
unsafe fn must(status: ffi::PyStatus) {
    unsafe {
        if ffi::PyStatus_Exception(status) != 0 {
            ffi::Py_ExitStatusException(status);
        }
    }
}
