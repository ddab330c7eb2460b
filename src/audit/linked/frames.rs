//! Where functions begin and end by their unwind information, which `strip` leaves: exceptions and debuggers need it at run time.

use std::ops::Range;

use super::image::Image;

/// Pointers relative to their own place, four bytes: what compilers for x86-64 write (Linux Standard Base, "DWARF Exception Header Encoding").
const PC_RELATIVE_4: u8 = 0x1b;
/// `.eh_frame_hdr` has a table of pairs relative to the header, four bytes each.
const TABLE: [u8; 4] = [1, PC_RELATIVE_4, 0x03, 0x3b];

/// Code that has unwind information of its own, in order: functions, and the parts of them that lie elsewhere. Empty where the file has none in the
/// usual form.
pub(super) fn ranges(image: &Image<'_>) -> Vec<Range<u64>> {
    let Some(header) = image.sections.iter().find(|section| section.name == ".eh_frame_hdr") else { return Vec::new() };
    let Some((form, rest)) = header.bytes.split_first_chunk::<4>() else { return Vec::new() };
    if *form != TABLE {
        return Vec::new();
    }
    // The first word points to .eh_frame, the second counts.
    let pairs = rest.get(8..).unwrap_or_default().as_chunks::<8>().0;
    let found = pairs.iter().filter_map(|pair| {
        let (start, description) = (signed(&pair[..4])?, signed(&pair[4..])?);
        range(image, header.range.start.wrapping_add_signed(start), header.range.start.wrapping_add_signed(description))
    });
    found.collect()
}

/// A frame description entry: its length, where its common part is, where its code starts, and how long that is.
fn range(image: &Image<'_>, start: u64, description: u64) -> Option<Range<u64>> {
    let entry = image.bytes_from(description)?;
    let told = description.wrapping_add(8).wrapping_add_signed(signed(entry.get(8..12)?)?);
    let length = u32::from_le_bytes(entry.get(12..16)?.try_into().ok()?);
    let end = start.checked_add(u64::from(length))?;
    // Another encoding would not lead to where the table says; no function leaves its section.
    let inside = image.section_at(start).is_some_and(|section| end <= section.range.end);
    (told == start && length > 0 && inside).then_some(start..end)
}

fn signed(bytes: &[u8]) -> Option<i64> {
    Some(i64::from(i32::from_le_bytes(bytes.try_into().ok()?)))
}
