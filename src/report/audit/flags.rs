//! Of the options that a file was compiled with, those that make its code faster or slower and that no other property shows.

/// Each changes the code of every function; the opposite, later on the command line, undoes it (GCC 12, "Optimize Options", "Code Gen Options",
/// "Instrumentation Options").
const SWITCHES: [&str; 10] = [
    "-fno-omit-frame-pointer",
    "-mno-omit-leaf-frame-pointer",
    "-fstack-clash-protection",
    "-fno-plt",
    "-fno-inline",
    "-fno-gcse",
    "-fno-jump-tables",
    "-fno-strict-aliasing",
    "-funroll-loops",
    "-ffast-math",
];

/// Instrumentation, which nothing undoes but its own end.
const INSTRUMENTED: [&str; 6] = ["-fsanitize=", "-fprofile-generate", "-fprofile-arcs", "--coverage", "-finstrument-functions", "-pg"];

/// What every x86-64 compiler takes where it is not told, so that telling it changes nothing.
const PROCESSOR: &str = "x86-64";

/// Instruction sets; where `-march` names a processor, it has named them too.
const INSTRUCTION_SETS: [&str; 6] = ["-mavx", "-msse4", "-mbmi", "-mfma", "-mpopcnt", "-mlzcnt"];

/// As one text, the same for the same code: `-O2 -march=x86-64 -mtune=generic -fno-omit-frame-pointer`.
pub(super) fn of_speed(flags: &[String]) -> String {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let mut found = vec![level(&flags)];
    let processor = last(&flags, "-march=").unwrap_or(PROCESSOR);
    // Code for a processor is scheduled for it; `x86-64-v3` and the like are none.
    let scheduled = if processor.starts_with(PROCESSOR) { "generic" } else { processor };
    found.extend([format!("-march={processor}"), format!("-mtune={}", last(&flags, "-mtune=").unwrap_or(scheduled))]);
    if processor == PROCESSOR {
        let mut sets: Vec<&str> = flags.iter().copied().filter(|flag| INSTRUCTION_SETS.iter().any(|set| flag.starts_with(set))).collect();
        sets.sort_unstable();
        sets.dedup();
        found.extend(sets.into_iter().map(str::to_owned));
    }
    let is_on = |switch: &&str| flags.iter().rfind(|flag| *flag == switch || **flag == opposite(switch)).is_some_and(|flag| flag == switch);
    found.extend(SWITCHES.iter().filter(|switch| is_on(switch)).map(|switch| (*switch).to_owned()));
    for start in INSTRUMENTED {
        // `-pg` is a whole word, and others may have a value.
        let is_it = |flag: &&&str| flag.starts_with(start) && (start != "-pg" || **flag == start);
        found.extend(flags.iter().find(is_it).map(|flag| (*flag).to_owned()));
    }
    found.join(" ")
}

/// `-O2`; without any, compilers optimise nothing.
fn level(flags: &[&str]) -> String {
    let level = flags.iter().rev().find_map(|flag| flag.strip_prefix("-O"));
    format!("-O{}", level.map_or("0", |level| if level.is_empty() { "1" } else { level }))
}

fn last<'a>(flags: &[&'a str], option: &str) -> Option<&'a str> {
    flags.iter().rev().find_map(|flag| flag.strip_prefix(option))
}

fn opposite(switch: &str) -> String {
    let (dash, name) = switch.split_at(2);
    name.strip_prefix("no-").map_or_else(|| format!("{dash}no-{name}"), |name| format!("{dash}{name}"))
}

#[cfg(test)]
mod tests {
    use super::of_speed;

    #[test]
    fn only_what_changes_speed_is_left_and_the_last_word_counts() {
        for (flags, expected) in [
            ("-g -O2 -Wall -fPIC -DNDEBUG -O3", "-O3 -march=x86-64 -mtune=generic"),
            ("-mtune=generic -march=x86-64 -O3 -flto -fprofile-use", "-O3 -march=x86-64 -mtune=generic"),
            ("-g", "-O0 -march=x86-64 -mtune=generic"),
            ("-O", "-O1 -march=x86-64 -mtune=generic"),
            ("-Os -fno-omit-frame-pointer -fno-plt -fplt", "-Os -march=x86-64 -mtune=generic -fno-omit-frame-pointer"),
            ("-O2 -fomit-frame-pointer -fno-unroll-loops -funroll-loops", "-O2 -march=x86-64 -mtune=generic -funroll-loops"),
            ("-O2 -mavx2 -mno-avx -pthread", "-O2 -march=x86-64 -mtune=generic -mavx2"),
            ("-O2 -march=znver3 -mavx2", "-O2 -march=znver3 -mtune=znver3"),
            ("-O1 -fsanitize=address -pg", "-O1 -march=x86-64 -mtune=generic -fsanitize=address -pg"),
        ] {
            let flags: Vec<String> = flags.split(' ').map(str::to_owned).collect();
            assert_eq!(of_speed(&flags), expected, "{flags:?}");
        }
    }
}
