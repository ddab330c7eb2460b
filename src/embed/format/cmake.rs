//! A package for `find_package(SurtaxPython)`, which defines `SurtaxPython::Python`.

use super::super::quote::cmake;
use super::{Kit, Rendered, comment};

pub(super) fn render(kit: &Kit) -> Vec<Rendered> {
    let list = |words: &[String]| words.iter().map(|word| format!("\n    {}", cmake(word))).collect::<String>();
    // CMake drops repeated options; `SHELL:` keeps words together that only mean something as a pair.
    let options = paired(&kit.cflags);
    let config = format!(
        "{}# cmake -DSurtaxPython_DIR=<this folder> -DCMAKE_C_COMPILER={}\n\
         # find_package(SurtaxPython {} REQUIRED)\n\
         # target_link_libraries(program PRIVATE SurtaxPython::Python)\n\
         # The program sets PyConfig.home to SURTAX_PYTHONHOME, of surtax_python.h.\n\
         set(SurtaxPython_VERSION {})\n\
         set(SurtaxPython_PYTHONHOME {})\n\
         set(SurtaxPython_EXECUTABLE {})\n\
         set(SurtaxPython_COMPILER {})\n\
         if(NOT TARGET SurtaxPython::Python)\n  \
           add_library(SurtaxPython::Python INTERFACE IMPORTED)\n  \
           set_property(TARGET SurtaxPython::Python PROPERTY INTERFACE_COMPILE_OPTIONS{})\n  \
           set_property(TARGET SurtaxPython::Python PROPERTY INTERFACE_LINK_OPTIONS{})\n  \
           set_property(TARGET SurtaxPython::Python PROPERTY INTERFACE_LINK_LIBRARIES{})\n\
         endif()\n",
        comment(kit),
        kit.compiler.display(),
        kit.python,
        cmake(&kit.version),
        cmake(&kit.pythonhome.display().to_string()),
        cmake(&kit.python3.display().to_string()),
        cmake(&kit.compiler.display().to_string()),
        list(&options),
        list(&kit.ldflags),
        list(&kit.libs),
    );
    vec![Rendered { name: "SurtaxPythonConfig.cmake".into(), text: config }, version(kit)]
}

fn paired(words: &[String]) -> Vec<String> {
    let mut options: Vec<String> = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), words.as_slice().first()) {
            ("-idirafter", Some(folder)) => {
                options.push(format!("SHELL:-idirafter \"{folder}\""));
                words.next();
            }
            _ => options.push(word.clone()),
        }
    }
    options
}

/// `find_package(SurtaxPython 3.13)` is answered by 3.13 alone: another minor version is another ABI.
fn version(kit: &Kit) -> Rendered {
    let text = format!(
        "{}set(PACKAGE_VERSION {})\n\
         if(PACKAGE_FIND_VERSION STREQUAL \"\" OR PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION OR PACKAGE_FIND_VERSION STREQUAL {})\n  \
           set(PACKAGE_VERSION_COMPATIBLE TRUE)\n\
         endif()\n\
         if(PACKAGE_FIND_VERSION STREQUAL PACKAGE_VERSION)\n  \
           set(PACKAGE_VERSION_EXACT TRUE)\n\
         endif()\n",
        comment(kit),
        cmake(&kit.version),
        cmake(&kit.python),
    );
    Rendered { name: "SurtaxPythonConfigVersion.cmake".into(), text }
}
