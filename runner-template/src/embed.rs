//! Python as an embedding program starts it: isolated, without site, its paths given instead of searched for.

use std::ffi::{CStr, CString, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt as _;

use pyo3::exceptions::{PyOSError, PySystemExit};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The prefix that was compiled in: `<PREFIX>/lib/python3.X` is the standard library.
const PREFIX: &str = env!("SURTAX_PREFIX");
const STDLIB: &str = env!("SURTAX_STDLIB");
const DYNLOAD: &str = env!("SURTAX_DYNLOAD");

/// Runs `argv[2]` as `__main__` with `argv[2..]` as `sys.argv`; returns the exit code that python would.
///
/// # Safety
/// `argv` holds at least three valid C strings, and Python was not started yet.
pub unsafe fn run(argv: &[*mut c_char]) -> c_int {
    let script = unsafe { CStr::from_ptr(argv[2]) };
    unsafe { initialise(argv) };
    let code = Python::attach(|py| match execute(py, script) {
        Ok(()) => 0,
        Err(error) => report(py, error),
    });
    let finalised = unsafe {
        ffi::PyGILState_Ensure();
        ffi::Py_FinalizeEx()
    };
    // As python does when the last flush fails.
    if finalised < 0 && code == 0 { 120 } else { code }
}

/// # Safety
/// As [`run`].
unsafe fn initialise(argv: &[*mut c_char]) {
    unsafe {
        let mut early = std::mem::zeroed::<ffi::PyPreConfig>();
        ffi::PyPreConfig_InitIsolatedConfig(&mut early);
        // An isolated start leaves the C locale as it is, and with it ASCII file names; an embedding program decides for UTF-8.
        early.utf8_mode = 1;
        must(std::ptr::null_mut(), ffi::Py_PreInitialize(&early));
        let mut config = std::mem::zeroed::<ffi::PyConfig>();
        ffi::PyConfig_InitIsolatedConfig(&mut config);
        config.site_import = 0;
        if let Some(seed) = std::env::var("PYTHONHASHSEED").ok().and_then(|seed| seed.parse().ok()) {
            // An isolated start ignores the environment; this one variable makes its dicts repeat, as it does for python.
            config.use_hash_seed = 1;
            config.hash_seed = seed;
        }
        config.write_bytecode = 0;
        config.pathconfig_warnings = 0;
        // As `python -I -S` does, so that the two starts can be compared.
        config.install_signal_handlers = 1;
        let config_pointer: *mut ffi::PyConfig = &mut config;
        must(
            config_pointer,
            ffi::PyConfig_SetBytesArgv(config_pointer, (argv.len() - 2) as ffi::Py_ssize_t, argv[2..].as_ptr().cast_mut().cast()),
        );
        let executable = std::env::current_exe().unwrap_or_default();
        let executable = CString::new(executable.as_os_str().as_bytes()).unwrap_or_default();
        let prefix = CString::new(PREFIX).unwrap_or_default();
        let stdlib = CString::new(STDLIB).unwrap_or_default();
        // Whatever is left unset here, CPython's getpath looks for in the file system.
        for (field, value) in [
            (&raw mut config.program_name, &executable),
            (&raw mut config.executable, &executable),
            (&raw mut config.base_executable, &executable),
            (&raw mut config.home, &prefix),
            (&raw mut config.prefix, &prefix),
            (&raw mut config.base_prefix, &prefix),
            (&raw mut config.exec_prefix, &prefix),
            (&raw mut config.base_exec_prefix, &prefix),
            (&raw mut config.stdlib_dir, &stdlib),
        ] {
            must(config_pointer, ffi::PyConfig_SetBytesString(config_pointer, field, value.as_ptr()));
        }
        config.module_search_paths_set = 1;
        for path in [STDLIB, DYNLOAD] {
            let path = CString::new(path).unwrap_or_default();
            let wide = ffi::Py_DecodeLocale(path.as_ptr(), std::ptr::null_mut());
            must(config_pointer, ffi::PyWideStringList_Append(&raw mut config.module_search_paths, wide));
            ffi::PyMem_RawFree(wide.cast());
        }
        must(config_pointer, ffi::Py_InitializeFromConfig(config_pointer));
        ffi::PyConfig_Clear(config_pointer);
        // `Python::attach` takes the interpreter lock itself.
        ffi::PyEval_SaveThread();
    }
}

/// Ends the process with CPython's own message if a step of the start failed.
unsafe fn must(config: *mut ffi::PyConfig, status: ffi::PyStatus) {
    unsafe {
        if ffi::PyStatus_Exception(status) != 0 {
            if !config.is_null() {
                ffi::PyConfig_Clear(config);
            }
            ffi::Py_ExitStatusException(status);
        }
    }
}

fn execute(py: Python<'_>, script: &CStr) -> PyResult<()> {
    let path = OsStr::from_bytes(script.to_bytes());
    let source = std::fs::read(path).map_err(|error| PyOSError::new_err(format!("cannot read {}: {error}", path.display())))?;
    let source = CString::new(source)?;
    let namespace: Bound<'_, PyDict> = py.import("__main__")?.dict();
    // An OsStr becomes a str; a Path would become a pathlib.Path, and import pathlib with all that it needs.
    namespace.set_item("__file__", path)?;
    // The C function, since the built-in compile() first makes every type of the ast module: a fifth of a start.
    unsafe {
        let code = ffi::Py_CompileString(source.as_ptr(), script.as_ptr(), ffi::Py_file_input);
        let code = Bound::from_owned_ptr_or_err(py, code)?;
        Bound::from_owned_ptr_or_err(py, ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr()))?;
    }
    Ok(())
}

/// Prints a traceback, or takes the code out of SystemExit, as python does.
fn report(py: Python<'_>, error: PyErr) -> c_int {
    if !error.is_instance_of::<PySystemExit>(py) {
        error.print(py);
        return 1;
    }
    match error.value(py).getattr("code") {
        Ok(code) if code.is_none() => 0,
        Ok(code) => code.extract::<c_int>().unwrap_or_else(|_| {
            let message = code.str().map(|text| text.to_string()).unwrap_or_default();
            eprintln!("{message}");
            1
        }),
        Err(_) => 1,
    }
}
