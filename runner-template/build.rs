//! Turns link-plan.txt into linker arguments. PyO3 adds none of its own: its configuration suppresses them.

use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=link-plan.txt");
    println!("cargo::rerun-if-changed=hacl_stubs.c");
    let plan = fs::read_to_string("link-plan.txt").expect("surtax renders link-plan.txt into this crate");
    let mut pic = true;
    let mut sysroot = None;
    let mut stubs = false;
    for line in plan.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        match key {
            "link-arg" => println!("cargo::rustc-link-arg={value}"),
            "env" => println!("cargo::rustc-env={value}"),
            "sysroot" => sysroot = Some(value.to_owned()),
            "no-pic" => pic = false,
            "hacl-stubs" => stubs = true,
            _ => panic!("link-plan.txt: unknown line `{line}`"),
        }
    }
    if stubs {
        compile_stubs(pic, sysroot.as_deref());
    }
}

fn compile_stubs(pic: bool, sysroot: Option<&str>) {
    let mut build = cc::Build::new();
    build.file("hacl_stubs.c").pic(pic).cargo_metadata(false);
    if let Some(sysroot) = sysroot {
        build.flag(format!("--sysroot={sysroot}"));
        // Only a distribution's own gcc looks in the sysroot's multiarch folder by itself.
        build.flag("-idirafter").flag(format!("{sysroot}/usr/include/x86_64-linux-gnu"));
    }
    build.compile("hacl_stubs");
    // Whole: the stubs are weak, and nothing pulls a weak definition out of an archive.
    let archive = format!("{}/libhacl_stubs.a", env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo::rustc-link-arg=-Wl,--whole-archive,{archive},--no-whole-archive");
}
