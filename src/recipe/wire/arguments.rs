//! What a recipe may give to `./configure` and to the compiler: everything but what surtax decides itself, by an axis or for all variants alike.

/// Decided by an axis, or by surtax: the argument without its value, and what to write instead.
const DECIDED: [(&str, &str); 25] = [
    ("--enable-shared", SHARED),
    ("--disable-shared", SHARED),
    ("--enable-optimizations", PGO),
    ("--disable-optimizations", PGO),
    ("--with-lto", "`lto` of a variant decides it: none, thin or full"),
    ("--without-lto", "`lto` of a variant decides it: none, thin or full"),
    ("--enable-bolt", BOLT),
    ("--disable-bolt", BOLT),
    ("--with-pydebug", ABI),
    ("--with-trace-refs", ABI),
    ("--disable-gil", ABI),
    ("--enable-gil", ABI),
    ("--enable-profiling", "it measures itself with every call; surtax measures from outside"),
    ("--with-static-libpython", "surtax needs the archive, and makes it"),
    ("--without-static-libpython", "surtax needs the archive, and makes it"),
    ("--with-suffix", PLACE),
    ("--with-platlibdir", PLACE),
    ("--with-build-python", "surtax builds for the machine it runs on, by what it builds"),
    ("--enable-framework", "it is for macOS"),
    ("--enable-universalsdk", "it is for macOS"),
    ("--prefix", PLACE),
    ("--exec-prefix", PLACE),
    ("--host", MACHINE),
    ("--build", MACHINE),
    ("--target", MACHINE),
];

/// The same for variables.
const VARIABLES: [(&str, &str); 19] = [
    ("CC", COMPILER),
    ("CXX", COMPILER),
    ("CPP", COMPILER),
    ("AR", COMPILER),
    ("RANLIB", COMPILER),
    ("LD", COMPILER),
    ("LDSHARED", COMPILER),
    ("BLDSHARED", COMPILER),
    ("CFLAGS", CFLAGS),
    ("BASECFLAGS", CFLAGS),
    ("EXTRA_CFLAGS", CFLAGS),
    ("CFLAGS_NODIST", CFLAGS),
    ("OPT", CFLAGS),
    ("CCSHARED", "`code-model` of a variant decides it"),
    ("LDFLAGS", LINK),
    ("LDFLAGS_NODIST", LINK),
    ("LINKFORSHARED", LINK),
    ("PROFILE_TASK", "`profile: {tasks: …}` names what the instrumented interpreter runs"),
    ("PATH", "programs are found as everywhere; a compiler of yours is named with `compiler: {program: …}`"),
];

const SHARED: &str = "`linkage` of a variant decides it: static, static-pie or shared";
const PGO: &str = "`pgo` of a variant decides it";
const BOLT: &str = "it rewrites what is linked, and a runner is linked by surtax";
const ABI: &str = "debug and free-threaded builds have another ABI, which surtax does not embed";
const PLACE: &str = "surtax decides where it installs, and by which names";
const MACHINE: &str = "surtax builds for the machine it runs on";
const COMPILER: &str = "`compiler: {family: …, program: …}` names the compiler, and its tools go with it";
const CFLAGS: &str = "`cflags: […]` gives flags to every compilation";
const LINK: &str = "surtax links, in the way that each variant needs";

/// Why `./configure` is not given it.
pub(super) fn refuse_configure(argument: &str) -> Option<String> {
    let shown = shown(argument);
    if argument.chars().any(char::is_control) {
        return Some(format!("`{shown}` has a control character"));
    }
    let (name, is_set) = argument.split_once('=').map_or((argument, false), |(name, _)| (name, true));
    let decided = if name.starts_with('-') { DECIDED.iter() } else { VARIABLES.iter() };
    if let Some((_, instead)) = decided.clone().find(|(decided, _)| *decided == name) {
        return Some(format!("`{shown}` is not the recipe's to say: {instead}"));
    }
    let feature = ["--enable-", "--disable-", "--with-", "--without-"].iter().any(|start| name.starts_with(start));
    let variable =
        is_set && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if feature || variable {
        return None;
    }
    Some(format!("`{shown}` is none of --enable-…, --disable-…, --with-…, --without-… and NAME=VALUE"))
}

/// Why a compiler is not given it.
pub(super) fn refuse_flag(flag: &str) -> Option<String> {
    let starts = |words: &[&str]| words.iter().any(|word| flag.starts_with(word));
    let is = |words: &[&str]| words.contains(&flag);
    let shown = shown(flag);
    let instead = match () {
        () if !flag.starts_with('-') || flag.len() < 2 => return Some(format!("`{shown}` is no flag: each begins with `-`")),
        // They travel through make and a shell, which would take them apart.
        () if flag.contains(|c: char| c.is_whitespace() || c.is_control() || "'\"\\$`;&|<>()#*?!".contains(c)) => {
            return Some(format!(
                "`{shown}` has a character that make or a shell would take for its own; one flag is one item of the list"
            ));
        }
        () if is(&["-fPIC", "-fpic", "-fPIE", "-fpie", "-fno-PIC", "-fno-pic", "-fno-PIE", "-fno-pie"]) => {
            "`code-model` of a variant decides it"
        }
        () if is(&["-pie", "-no-pie", "-static-pie", "-static", "-shared"]) => "`linkage` of a variant decides it",
        () if starts(&["-flto", "-fno-lto", "-ffat-lto-objects", "-fno-fat-lto-objects", "-fwhopr"]) => "`lto` of a variant decides it",
        () if starts(&["-fprofile", "-fno-profile", "-fbranch-probabilities", "-fauto-profile", "--coverage", "-fcs-profile"]) => {
            "`pgo` of a variant decides it"
        }
        () if is(&["-fsemantic-interposition", "-fno-semantic-interposition"]) => "`interposition` of a variant decides it",
        () if is(&["-c", "-S", "-E", "-o"]) || starts(&["-Wl,", "-l", "-L", "-fuse-ld"]) => "it is no matter of compiling; surtax links",
        () => return None,
    };
    Some(format!("`{shown}` is not the recipe's to say: {instead}"))
}

fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}
