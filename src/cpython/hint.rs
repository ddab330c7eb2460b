//! The usual causes of a failed build, told by what compilers and CPython's own scripts say.

use crate::error::exhausted;

/// Headers whose absence ends a build, or leaves a module out, and the packages that bring them.
pub(super) const HEADERS: [(&str, &str, &str); 9] = [
    ("zlib", "zlib.h", "zlib1g-dev"),
    ("_ssl", "openssl/ssl.h", "libssl-dev"),
    ("_hashlib", "openssl/evp.h", "libssl-dev"),
    ("_ctypes", "ffi.h", "libffi-dev"),
    ("_bz2", "bzlib.h", "libbz2-dev"),
    ("_lzma", "lzma.h", "liblzma-dev"),
    ("_sqlite3", "sqlite3.h", "libsqlite3-dev"),
    ("readline", "readline/readline.h", "libreadline-dev"),
    ("_curses", "ncurses.h", "libncurses-dev"),
];

/// Of the whole log: the cause may lie before its last lines.
pub(super) fn hint_from(log: &str) -> String {
    let says = |words: &[&str]| words.iter().any(|word| log.contains(word));
    if let Some(hint) = exhausted(log) {
        return hint.into();
    }
    if let Some(header) = missing_header(log) {
        let package = HEADERS.iter().find(|(_, name, _)| *name == header).map(|(.., package)| *package);
        return match (package, header.as_str()) {
            (Some(package), _) => format!("{header} is missing; on Debian: apt-get install {package}"),
            (None, "stdio.h" | "stdlib.h" | "limits.h" | "assert.h") => {
                format!("{header} is missing: the C library's headers are not installed; on Debian: apt-get install libc6-dev")
            }
            _ => format!("{header} is missing; on Debian, apt-file search {header} names the package that has it"),
        };
    }
    if says(&["no acceptable C compiler", "C compiler cannot create executables", "cannot execute"]) {
        return "the compiler does not work; on Debian: apt-get install gcc libc6-dev".into();
    }
    if says(&["make: not found", "make: command not found"]) {
        return "make is missing; on Debian: apt-get install make".into();
    }
    if says(&["invalid linker name in argument '-fuse-ld=lld'", "unable to find linker: lld"]) {
        return "LTO by clang is linked by lld; on Debian: apt-get install lld".into();
    }
    if says(&["libclang_rt.profile"]) {
        return "clang's profiling runtime is missing; on Debian: apt-get install libclang-rt-dev (clang of version N: libclang-rt-N-dev)"
            .into();
    }
    // 3.11 says neither of the others.
    if says(&["Tests result: FAILURE", "Result: FAILURE", "Total test files:"]) {
        return "tests of the profile task failed; the log names them. `profile: tasks:` of a recipe of your own can leave them out".into();
    }
    "the log names the cause; what was finished is kept, and the same command goes on from there".into()
}

fn missing_header(log: &str) -> Option<String> {
    let line = log.lines().find(|line| line.contains("fatal error:") && line.contains("No such file or directory"))?;
    let (_, rest) = line.split_once("fatal error: ")?;
    Some(rest.split(": No such file").next()?.trim_matches(['\'', '‘', '’']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::hint_from;

    #[test]
    fn the_usual_causes_are_told_from_the_log() {
        for (log, expected) in [
            ("a.c:1:10: fatal error: openssl/ssl.h: No such file or directory\ncompilation terminated.", "libssl-dev"),
            ("a.c:1:10: fatal error: stdio.h: No such file or directory", "libc6-dev"),
            ("a.c:1:10: fatal error: elsewhere.h: No such file or directory", "apt-file search elsewhere.h"),
            ("/usr/bin/ld: final link failed: No space left on device", "disk is full"),
            ("gcc: fatal error: Killed signal terminated program cc1", "memory"),
            ("configure: error: no acceptable C compiler found in $PATH", "apt-get install gcc"),
            ("Total test files: run=43/43 failed=1\nResult: FAILURE", "profile task"),
            ("== Tests result: FAILURE ==\n\n5 tests failed:\n    test_x\nTests result: FAILURE", "profile task"),
            ("clang: error: invalid linker name in argument '-fuse-ld=lld'", "apt-get install lld"),
            (
                "/usr/bin/ld: cannot find /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.profile-x86_64.a: No such file",
                "libclang-rt-dev",
            ),
            ("something else", "the log names the cause"),
        ] {
            assert!(hint_from(log).contains(expected), "{log}: {}", hint_from(log));
        }
    }
}
