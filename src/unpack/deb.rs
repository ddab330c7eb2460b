//! A Debian package: an `ar` archive whose `data.tar.*` member holds the files (deb(5)).

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::archive::{self, Compression, decompress};
use super::{Tree, UnpackError};
use crate::fs::FsError;

pub(super) fn unpack(package: &Path, name: &str, into: &Tree, wanted: &dyn Fn(&str) -> bool) -> Result<(), UnpackError> {
    let damaged = |reason: String| UnpackError::Damaged { archive: name.to_owned(), reason };
    let file = File::open(package).map_err(FsError::at("read", package))?;
    let mut members = ar::Archive::new(BufReader::new(file));
    while let Some(member) = members.next_entry() {
        let member = member.map_err(|error| damaged(error.to_string()))?;
        let identifier = String::from_utf8_lossy(member.header().identifier()).into_owned();
        let identifier = identifier.trim_end_matches('/');
        if !identifier.starts_with("data.tar") {
            continue;
        }
        let compression =
            Compression::of_name(identifier).ok_or_else(|| damaged(format!("`{identifier}` is compressed in an unknown way")))?;
        let reader = decompress(compression, BufReader::with_capacity(1 << 16, member)).map_err(|error| damaged(error.to_string()))?;
        return archive::unpack(reader, name, into, 0, wanted);
    }
    Err(damaged("it has no data.tar".into()))
}
