//! What a linked file does against attackers, and what of that costs time.

use object::elf;
use object::read::elf::SectionHeader as _;

use super::NO_CODE;
use super::code::Read;
use super::image::{Image, loaded};
use crate::run::{Answer, Hardening};

pub(super) fn hardening(image: &Image<'_>, read: &[Read]) -> Hardening {
    let (relro, relro_evidence) = relro(image);
    let (stack_protector, canaries) = stack_protector(image, read);
    let (cet, cet_evidence) = cet(image, read);
    let mut evidence = vec![relro_evidence.to_owned(), canaries, cet_evidence];
    let symbolic = (!image.is_executable()).then(|| {
        let (answer, seen) = symbolic(image);
        evidence.push(seen);
        answer
    });
    Hardening { relro: relro.to_owned(), stack_protector, cet, symbolic, evidence: evidence.join("; ") }
}

/// Of a file whose code, and with it most that the loader reads, is elsewhere.
pub(super) fn without_code(image: &Image<'_>) -> Hardening {
    let (relro, evidence) = match (image.has_segment(elf::PT_GNU_RELRO), image.dynamic(elf::DT_STRTAB)) {
        (true, None) => ("unknown", "PT_GNU_RELRO; when functions are bound, the file does not hold"),
        _ => relro(image),
    };
    let symbolic = (!image.is_executable()).then_some(Answer::Unknown);
    let cet = features(image).map_or(Answer::Unknown, |_| cet(image, &[]).0);
    Hardening { relro: relro.to_owned(), stack_protector: Answer::Unknown, cet, symbolic, evidence: format!("{evidence}; {NO_CODE}") }
}

/// What is written at the start is read-only from then on; all of it only where functions are bound at the start too.
fn relro(image: &Image<'_>) -> (&'static str, &'static str) {
    match (image.has_segment(elf::PT_GNU_RELRO), image.bound_now()) {
        (false, _) => ("none", "no PT_GNU_RELRO"),
        (true, false) => ("partial", "PT_GNU_RELRO, and functions are bound at their first call"),
        (true, true) => ("full", "PT_GNU_RELRO, and all functions are bound at the start"),
    }
}

fn stack_protector(image: &Image<'_>, read: &[Read]) -> (Answer, String) {
    let wanted = image.relocations.iter().any(|relocation| relocation.symbol.is_some_and(|symbol| symbol.name == "__stack_chk_fail"));
    let checking = read.iter().filter(|read| read.canary > 0).count();
    let fails = if wanted { "calls __stack_chk_fail" } else { "imports no __stack_chk_fail" };
    (Answer::from(wanted || checking > 0), format!("{fails}, {checking} functions load a canary"))
}

/// The linker promises what every object promised; compiled in it may be nevertheless.
fn cet(image: &Image<'_>, read: &[Read]) -> (Answer, String) {
    let promised = features(image).unwrap_or(0);
    let (tracking, shadow) = (promised & elf::GNU_PROPERTY_X86_FEATURE_1_IBT != 0, promised & elf::GNU_PROPERTY_X86_FEATURE_1_SHSTK != 0);
    let landing_pads: u64 = read.iter().map(|read| read.landing_pads).sum();
    let promise = match (tracking, shadow) {
        (true, true) => "IBT and shadow stack",
        (true, false) => "IBT alone",
        (false, true) => "shadow stack alone",
        (false, false) => "no CET",
    };
    (Answer::from(tracking && shadow), format!(".note.gnu.property promises {promise}, {landing_pads} endbr64 in code"))
}

fn features(image: &Image<'_>) -> Option<u32> {
    let endian = image.elf.endian();
    let notes = loaded(&image.elf).filter_map(|header| header.notes(endian, image.elf.data()).ok().flatten());
    for mut notes in notes {
        while let Ok(Some(note)) = notes.next() {
            let Some(mut properties) = note.gnu_properties(endian) else { continue };
            while let Ok(Some(property)) = properties.next() {
                if property.pr_type().0 == elf::GNU_PROPERTY_X86_FEATURE_1_AND.0 {
                    return property.data_u32(endian).ok();
                }
            }
        }
    }
    None
}

/// `-Bsymbolic` leaves a flag; `-Bsymbolic-functions` nothing but that no function of the file's own is looked up by name any more.
pub(super) fn symbolic(image: &Image<'_>) -> (Answer, String) {
    let flagged =
        image.dynamic(elf::DT_SYMBOLIC).is_some() || image.dynamic(elf::DT_FLAGS).is_some_and(|flags| flags & elf::DF_SYMBOLIC.0 != 0);
    if flagged {
        return (Answer::Yes, "DF_SYMBOLIC".to_owned());
    }
    let own = |function: bool| {
        let wanted = image.relocations.iter().filter_map(|relocation| relocation.symbol);
        wanted.filter(|symbol| symbol.own && symbol.function == function).count()
    };
    let (functions, data) = (own(true), own(false));
    let answer = match (functions, data) {
        (0, 0) => Answer::Unknown,
        (0, _) => Answer::Yes,
        _ => Answer::No,
    };
    (answer, format!("no DF_SYMBOLIC, {functions} relocations by name of own functions, {data} of own data"))
}
