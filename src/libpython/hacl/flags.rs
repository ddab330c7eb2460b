//! The flags with which CPython's Makefile compiles HACL, without those that only its own build machine can follow.

use serde::{Deserialize, Serialize};

/// Words of the build's own Makefile, as they stand there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HaclFlags {
    /// `LIBHACL_CFLAGS`, which contains `PY_STDMODULE_CFLAGS`; before 3.12 there is only the latter.
    pub all: Vec<String>,
    /// `LIBHACL_BLAKE2_SIMD128_CFLAGS`; empty where CPython compiles no such file.
    pub simd128: Vec<String>,
    /// `LIBHACL_BLAKE2_SIMD256_CFLAGS`.
    pub simd256: Vec<String>,
}

impl HaclFlags {
    /// The Makefile's variables that [`HaclFlags::of`] asks for. 3.13 and 3.14 name the vector units differently.
    pub const VARIABLES: [&str; 6] = [
        "LIBHACL_CFLAGS",
        "PY_STDMODULE_CFLAGS",
        "LIBHACL_BLAKE2_SIMD128_CFLAGS",
        "LIBHACL_SIMD128_FLAGS",
        "LIBHACL_BLAKE2_SIMD256_CFLAGS",
        "LIBHACL_SIMD256_FLAGS",
    ];

    pub fn of<'a>(variable: impl Fn(&str) -> Option<&'a str>) -> Self {
        let [own, any, simd128, older_simd128, simd256, older_simd256] =
            Self::VARIABLES.map(|name| variable(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        Self {
            all: if own.is_empty() { any } else { own },
            simd128: [simd128, older_simd128].concat(),
            simd256: [simd256, older_simd256].concat(),
        }
    }
}

/// What decides how code is made: optimisation, `-f…`, `-m…`, macros, the language.
const KINDS: [&str; 6] = ["-O", "-f", "-m", "-D", "-U", "-std="];

/// But not the code model, which is the variant's; what needs files of the build machine (profiles, plug-ins) or its paths; and
/// link-time optimisation, whose sections a distribution takes out of its archives.
const LEFT_OUT: [&str; 16] = [
    "-fPIC",
    "-fpic",
    "-fPIE",
    "-fpie",
    "-fno-PIC",
    "-fno-pic",
    "-fno-PIE",
    "-fno-pie",
    "-flto",
    "-fno-lto",
    "-ffat-lto",
    "-fno-fat-lto",
    "-fuse-",
    "-fprofile",
    "-fauto-profile",
    "-fplugin",
];

/// The words that a compiler elsewhere can follow as well, in their order.
pub(super) fn portable(words: &[String]) -> Vec<String> {
    let kept = |word: &&String| {
        KINDS.iter().any(|kind| word.starts_with(kind))
            && !LEFT_OUT.iter().any(|left_out| word.starts_with(left_out))
            && !word.contains("-prefix-map=")
    };
    words.iter().filter(kept).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn what_decides_how_code_is_made_stays_and_the_build_machine_goes() {
        let words = "-I../Modules/_hacl -I. -D_BSD_SOURCE -fno-strict-overflow -Wsign-compare -DNDEBUG -g -O2 -Wall \
            -ffile-prefix-map=/build/python=. -flto -ffat-lto-objects -fstack-protector -fprofile-use=/build/x -fwrapv -O3 -std=c11 \
            -fvisibility=hidden -fPIC -msse4.2 -specs=/usr/share/dpkg/pie.specs -pipe";
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        assert_eq!(
            portable(&words),
            [
                "-D_BSD_SOURCE",
                "-fno-strict-overflow",
                "-DNDEBUG",
                "-O2",
                "-fstack-protector",
                "-fwrapv",
                "-O3",
                "-std=c11",
                "-fvisibility=hidden",
                "-msse4.2"
            ]
        );
    }
}
