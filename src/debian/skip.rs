//! What a sysroot does without: packages that serve an installed system, and files that nothing compiles, links or imports.

/// With the reason of each. A dependency on one of them counts as met.
const PACKAGES: [(&str, &str); 25] = [
    ("adduser", "makes accounts when a package is installed"),
    ("binutils-common", "documentation of the linker, and its messages in other languages"),
    ("debconf", "asks questions when a package is installed"),
    ("dpkg", "installs packages; surtax unpacks them itself"),
    ("gcc-*-base", "documentation alone"),
    ("init-system-helpers", "starts services"),
    ("install-info", "keeps the index of info pages"),
    ("libc-bin", "ldconfig and locale tools; the loader is given its folders by path"),
    ("libc-dev-bin", "tools for message catalogues; no header or library"),
    ("libgprofng0", "a profiler, packaged with the linker"),
    ("libnsl-dev", "headers of NIS; only the module nis, which is there compiled, uses them"),
    ("libstdc++6", "of the linker's package only the profiler and the other linker, gold, are C++"),
    ("libtirpc-common", "the system's list of network transports"),
    ("mailcap", "which program opens which type of file"),
    ("media-types", "which file has which type; mimetypes reads the host's or its own table"),
    ("mime-support", "the older name of media-types"),
    ("netbase", "names of protocols and services, read from /etc of the host"),
    ("perl", "runs package scripts"),
    ("perl-base", "runs package scripts"),
    ("readline-common", "key bindings and documentation"),
    ("rpcsvc-proto", "a compiler for remote procedure calls"),
    ("sensible-utils", "chooses an editor"),
    ("tzdata", "time zones; zoneinfo looks for them below the host's /usr/share"),
    ("ucf", "keeps configuration files when a package is installed"),
    ("x11-common", "starts a display"),
];

/// Folders below the root.
const TREES: [&str; 18] = [
    "etc/default",
    "etc/init.d",
    "usr/lib/valgrind",
    "usr/lib/x86_64-linux-gnu/bfd-plugins",
    "usr/lib/x86_64-linux-gnu/ldscripts",
    "usr/share/applications",
    "usr/share/apport",
    "usr/share/binfmts",
    "usr/share/bug",
    "usr/share/doc",
    "usr/share/doc-base",
    "usr/share/gcc",
    "usr/share/info",
    "usr/share/lintian",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/menu",
    "usr/share/pixmaps",
];

pub(super) fn package(name: &str) -> bool {
    PACKAGES.iter().any(|(pattern, _)| match pattern.split_once('*') {
        Some((head, tail)) => name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail),
        None => name == *pattern,
    })
}

/// Whether a file of a package belongs into the sysroot.
pub(super) fn wants(path: &str) -> bool {
    !TREES.iter().any(|tree| path.strip_prefix(tree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}
