//! Debian-format archives: signed indexes, dependency closure, sysroot.
