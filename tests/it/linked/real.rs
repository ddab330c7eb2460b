//! The interpreters at hand: their own opcode tables say which handlers there are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use surtax::audit::{audit_file, handlers};
use surtax::process::Job;
use surtax::run::Dispatch;

use crate::needs;

/// `/usr/bin/python3`, and those of prefixes that are at hand, with their minor versions.
fn pythons() -> Vec<PathBuf> {
    let system = needs::python3().map(Path::to_owned);
    let others = needs::prefixes()
        .into_iter()
        .filter(|prefix| prefix != Path::new("/usr"))
        .filter_map(|prefix| (11..20).map(|minor| prefix.join(format!("bin/python3.{minor}"))).find(|python| python.is_file()));
    system.into_iter().chain(others).collect()
}

/// The file that interprets, and the numbers of the opcodes that have code of their own.
fn told_by(python: &Path) -> (Vec<PathBuf>, BTreeSet<u8>) {
    let program = "import opcode, os, sys, sysconfig\n\
        print(os.path.realpath(sys.executable))\n\
        print(os.path.join(sysconfig.get_config_var('LIBDIR') or '', sysconfig.get_config_var('INSTSONAME') or ''))\n\
        specialised = getattr(opcode, '_specialized_opmap', {})\n\
        print(*sorted(n for n in {*opcode.opmap.values(), *specialised.values()} if n < 256))\n";
    let said = Job::new(python).args(["-I", "-c", program]).run_for_text().expect("it runs");
    let lines: Vec<&str> = said.lines().collect();
    let numbers = lines[2].split(' ').map(|number| number.parse().expect("an opcode")).collect();
    (lines[..2].iter().map(PathBuf::from).collect(), numbers)
}

#[test]
fn every_opcode_of_every_python_at_hand_has_a_handler() {
    for python in pythons() {
        let (files, opcodes) = told_by(&python);
        let answers = files.iter().filter(|file| file.is_file()).map(|file| (file, handlers(file).expect("an ELF file")));
        let (file, (found, how)) = answers.into_iter().find(|(_, (found, _))| !found.is_empty()).expect("one of them interprets");
        let without: Vec<&u8> = opcodes.iter().filter(|opcode| !found.contains_key(opcode)).collect();
        // Numbers that the compiler uses for itself, and those that the interpreter never sees, have the place of unknown ones.
        assert!(without.len() <= 4, "{}: {without:?} of {} have none: {how}", python.display(), opcodes.len());
        let most = found.values().map(|handler| handler.instructions).max();
        assert!(found.values().all(|handler| handler.instructions > 0) && most < Some(2_000), "{}: {found:?}", python.display());

        let audit = audit_file("subject", file).expect("an ELF file");
        assert!(matches!(audit.dispatch, Some(Dispatch::ComputedGotos | Dispatch::TailCalls)), "{:?}", audit.dispatch_evidence);
        let accesses = audit.accesses.expect("counted");
        let looped = accesses.interpreter_loop.expect("found");
        assert!(looped.bytes > 20_000 && accesses.functions > 3_000, "{}: {looped:?}", file.display());
        assert!(audit.start.is_some_and(|start| start.jump_slots > 100), "{}: {:?}", file.display(), audit.start);
    }
}
