//! Keyrings as files: where a host keeps them, and the OpenPGP keys that they hold.

use std::path::{Path, PathBuf};

use pgp::composed::{Deserializable as _, SignedPublicKey};
use pgp::errors::Error;
use pgp::packet::{Packet, PacketParser};

use super::{Host, ProvisionError};

pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<SignedPublicKey>, ProvisionError> {
    let bad = |reason: String| ProvisionError::BadKeyring { path: path.to_owned(), reason };
    let mut keys = Vec::new();
    let blocks = armored_blocks(bytes);
    if blocks.is_empty() {
        let packets = PacketParser::new(bytes).filter(belongs_to_a_key).peekable();
        let parsed = SignedPublicKey::from_packets(packets);
        // One key of a kind that is not understood does not spoil the others.
        keys.extend(parsed.filter_map(Result::ok));
    }
    for block in blocks {
        let (parsed, _) = SignedPublicKey::from_string_many(block).map_err(|error| bad(error.to_string()))?;
        keys.extend(parsed.filter_map(Result::ok));
    }
    if keys.is_empty() { Err(bad("it holds no OpenPGP public key".into())) } else { Ok(keys) }
}

/// A trust packet is a note of the program that wrote the file (RFC 9580, 5.10); Ubuntu's keyring has one after every other packet, and a
/// parser of keys takes it for the key's end. What is of an unknown kind is passed over too.
fn belongs_to_a_key(packet: &pgp::errors::Result<Packet>) -> bool {
    match packet {
        Ok(packet) => !matches!(packet, Packet::Trust(_) | Packet::Marker(_) | Packet::Padding(_)),
        Err(error) => !matches!(error, Error::Unsupported { .. } | Error::InvalidPacketContent { .. } | Error::PacketIncomplete { .. }),
    }
}

fn armored_blocks(bytes: &[u8]) -> Vec<&str> {
    const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    let Ok(text) = str::from_utf8(bytes) else { return Vec::new() };
    let starts: Vec<_> = text.match_indices(BEGIN).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

const EXTENSIONS: [&str; 3] = ["gpg", "asc", "pgp"];

pub(super) fn named(names: &[String], host: &Host) -> Vec<PathBuf> {
    let trusted = host.apt.join("trusted.gpg.d");
    let folders: Vec<_> = host.keyrings.iter().chain([&trusted]).collect();
    let all =
        names.iter().flat_map(|name| folders.iter().flat_map(move |folder| EXTENSIONS.map(|end| folder.join(format!("{name}.{end}")))));
    all.filter(|path| path.is_file()).collect()
}

/// Keyrings of other software lie in the same folders: of those only what carries the distribution's name is taken.
pub(super) fn host_keyrings(origin: &str, host: &Host) -> Vec<PathBuf> {
    let listed = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| EXTENSIONS.iter().any(|known| end == *known)))
            .collect();
        files.sort_unstable();
        files
    };
    let file_name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let distribution = host.keyrings.iter().flat_map(|folder| listed(folder)).filter(|path| {
        let name = file_name(path);
        name.starts_with(&format!("{origin}-")) && !name.contains("removed")
    });
    let apt = [host.apt.join("trusted.gpg")].into_iter().filter(|path| path.is_file());
    distribution.chain(apt).chain(listed(&host.apt.join("trusted.gpg.d"))).collect()
}
