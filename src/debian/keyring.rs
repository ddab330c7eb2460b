//! Who may sign an index: OpenPGP keys of the host, and what a valid signature of one of them is.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pgp::composed::{CleartextSignedMessage, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{KeyFlags, Signature, SignatureType};
use pgp::types::{KeyDetails, KeyId};

use super::keyring_files::{host_keyrings, named, parse};
use super::sources::SignedBy;
use super::{Host, ProvisionError};
use crate::recipe;

const REVOKED: &str = "was revoked";

/// Clocks differ; a signature made a moment ago by a faster one is no forgery.
pub(super) const CLOCK_SLACK_SECONDS: i64 = 24 * 3600;

/// Whose keys are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trust {
    /// `--keyring`, or `Signed-By` with paths: all must be readable.
    Files(Vec<PathBuf>),
    /// Keyrings of the recipe, by name: those that the host has, and those that travel inside surtax.
    Named(Vec<String>),
    Inline(String),
    /// apt's own trusted keys and the distribution's keyrings.
    Host {
        origin: String,
    },
}

impl Trust {
    pub(super) fn of(signed_by: &SignedBy, origin: &str) -> Self {
        match signed_by {
            SignedBy::Host => Self::Host { origin: origin.to_lowercase() },
            SignedBy::Files(files) => Self::Files(files.clone()),
            SignedBy::Inline(key) => Self::Inline(key.clone()),
        }
    }
}

pub(super) struct Keyring(Vec<SignedPublicKey>);

impl Keyring {
    pub(super) fn load(trust: &Trust, host: &Host, release: &str) -> Result<Self, ProvisionError> {
        let none = |looked: String| ProvisionError::NoKeyring { release: release.to_owned(), looked };
        let (files, strict) = match trust {
            Trust::Inline(text) => return Ok(Self(parse(Path::new("Signed-By"), text.as_bytes())?)),
            Trust::Files(files) => (files.clone(), true),
            Trust::Named(names) => (named(names, host), false),
            Trust::Host { origin } => (host_keyrings(origin, host), false),
        };
        let mut keys = Vec::new();
        for file in &files {
            match std::fs::read(file) {
                Ok(bytes) => keys.extend(parse(file, &bytes)?),
                Err(_) if strict => return Err(none(format!("{} cannot be read", file.display()))),
                Err(_) => {}
            }
        }
        if let Trust::Named(names) = trust {
            for (path, bytes) in names.iter().filter_map(|name| recipe::keyring(name)) {
                // A host of the distribution mostly has the same file.
                let other: Vec<_> = parse(&path, bytes)?.into_iter().filter(|key| !keys.contains(key)).collect();
                keys.extend(other);
            }
        }
        if !keys.is_empty() {
            return Ok(Self(keys));
        }
        let folders = host.keyrings.iter().chain([&host.apt]).map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(" and ");
        Err(none(match trust {
            Trust::Named(names) => format!("{} is neither in {folders} nor in surtax itself", names.join(", ")),
            _ => format!("there is none in {folders}"),
        }))
    }

    /// The text that one of these keys signed; nothing else of `message` may be used.
    pub(super) fn signed_text(&self, url: &str, message: &str, now: Timestamp) -> Result<String, ProvisionError> {
        let unsigned = |reason: String| ProvisionError::Unsigned { url: url.to_owned(), reason };
        if !message.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
            return Err(unsigned("it does not begin with a signed message".into()));
        }
        let (message, _) = CleartextSignedMessage::from_string(message).map_err(|error| unsigned(error.to_string()))?;
        let text = message.signed_text();
        let mut reasons = Vec::new();
        for signature in message.signatures() {
            match self.check(signature, &text, now) {
                Ok(()) => return Ok(text.replace("\r\n", "\n")),
                Err(reason) => reasons.push(reason),
            }
        }
        if reasons.is_empty() {
            return Err(unsigned("it holds no signature".into()));
        }
        reasons.dedup();
        Err(ProvisionError::WrongSignature { url: url.to_owned(), reason: reasons.join("; ") })
    }

    fn check(&self, signature: &Signature, text: &str, now: Timestamp) -> Result<(), String> {
        let issuer = issuer(signature);
        if !signature.hash_alg().is_some_and(is_strong) {
            return Err(format!("the signature by {issuer} uses a hash weaker than SHA-256"));
        }
        if !matches!(signature.typ(), Some(SignatureType::Text | SignatureType::Binary)) {
            return Err(format!("the signature by {issuer} is of another kind"));
        }
        let Some(created) = signature.created().map(|created| i64::from(created.as_secs())) else {
            return Err(format!("the signature by {issuer} has no date"));
        };
        let expires = signature.signature_expiration_time().map_or(0, |after| i64::from(after.as_secs()));
        if created > now.as_second() + CLOCK_SLACK_SECONDS || (expires > 0 && created + expires < now.as_second()) {
            return Err(format!("the signature by {issuer} is not valid at this time"));
        }
        let (mut known, mut valid) = (None, false);
        for key in &self.0 {
            let primary = signature.verify(&key.primary_key, text.as_bytes()).is_ok().then(|| usable_primary(key, now, true));
            let by_subkey = || {
                let subkey = key.public_subkeys.iter().find(|subkey| signature.verify(&subkey.key, text.as_bytes()).is_ok())?;
                Some(usable_primary(key, now, false).and_then(|()| usable_subkey(subkey, key, now)))
            };
            match primary.or_else(by_subkey) {
                Some(Ok(())) => valid = true,
                // There may be older copies of the key, which do not know of it yet.
                Some(Err(REVOKED)) => return Err(format!("the key {issuer} {REVOKED}")),
                Some(Err(reason)) => known = Some(format!("the key {issuer} {reason}")),
                None if is_by(signature, key) => known = Some(format!("the signature by {issuer} does not fit the text")),
                None => {}
            }
        }
        if valid {
            return Ok(());
        }
        Err(known.unwrap_or_else(|| format!("the key {issuer} is not in the keyring")))
    }
}

fn is_strong(hash: HashAlgorithm) -> bool {
    use HashAlgorithm::{Sha3_256, Sha3_512, Sha256, Sha384, Sha512};
    matches!(hash, Sha256 | Sha384 | Sha512 | Sha3_256 | Sha3_512)
}

fn issuer(signature: &Signature) -> String {
    let fingerprint = signature.issuer_fingerprint().first().map(|print| format!("{print:X}"));
    fingerprint
        .or_else(|| signature.issuer_key_id().first().map(|id| id.to_string().to_uppercase()))
        .unwrap_or_else(|| "an unnamed key".into())
}

fn is_by(signature: &Signature, key: &SignedPublicKey) -> bool {
    let ids = signature.issuer_key_id();
    let named = |id: KeyId| ids.contains(&&id);
    named(key.primary_key.legacy_key_id()) || key.public_subkeys.iter().any(|subkey| named(subkey.key.legacy_key_id()))
}

/// Not revoked, not expired, and (where it signs itself) meant for signing, by the newest valid word of the key on itself.
fn usable_primary(key: &SignedPublicKey, now: Timestamp, signs: bool) -> Result<(), &'static str> {
    if key.details.revocation_signatures.iter().any(|revocation| revocation.verify_key(&key.primary_key).is_ok()) {
        return Err(REVOKED);
    }
    let direct = key.details.direct_signatures.iter().filter(|word| word.verify_key(&key.primary_key).is_ok());
    let by_user = key.details.users.iter().flat_map(|user| {
        let valid = user.signatures.iter().filter(|word| {
            word.is_certification() && word.verify_certification(&key.primary_key, pgp::types::Tag::UserId, &user.id).is_ok()
        });
        valid.collect::<Vec<_>>()
    });
    let words: Vec<_> = direct.chain(by_user).filter(|word| word.hash_alg().is_some_and(may_bind)).collect();
    let Some(newest) = words.iter().max_by_key(|word| word.created().map(pgp::types::Timestamp::as_secs)) else {
        return Err("has no valid signature of its own");
    };
    let flags = newest.key_flags();
    if signs && flags != KeyFlags::default() && !flags.sign() {
        return Err("is not meant for signing");
    }
    // A direct signature may lack what the user's says; the earliest end that any of the newest names holds.
    let expiration = newest.key_expiration_time().or_else(|| words.iter().find_map(|word| word.key_expiration_time()));
    not_expired(key.primary_key.created_at().as_secs(), expiration.map(|after| after.as_secs()), now)
}

fn usable_subkey(subkey: &SignedPublicSubKey, key: &SignedPublicKey, now: Timestamp) -> Result<(), &'static str> {
    let bound = |word: &&Signature| word.verify_subkey_binding(&key.primary_key, &subkey.key).is_ok();
    let of = |kind| subkey.signatures.iter().filter(move |word| word.typ() == Some(kind)).filter(bound);
    if of(SignatureType::SubkeyRevocation).next().is_some() {
        return Err(REVOKED);
    }
    let bindings = of(SignatureType::SubkeyBinding).filter(|word| word.hash_alg().is_some_and(may_bind));
    let Some(newest) = bindings.max_by_key(|word| word.created().map(pgp::types::Timestamp::as_secs)) else {
        return Err("is not bound to its primary key");
    };
    // Without its own word a key could be claimed by a stranger's primary key (RFC 9580, 5.2.1.9).
    let own_word = newest.embedded_signature().is_some_and(|back| back.verify_primary_key_binding(&subkey.key, &key.primary_key).is_ok());
    if !newest.key_flags().sign() || !own_word {
        return Err("is not meant for signing");
    }
    not_expired(subkey.key.created_at().as_secs(), newest.key_expiration_time().map(|after| after.as_secs()), now)
}

/// Old keys are bound with SHA-1 by nobody who may sign today's indexes.
fn may_bind(hash: HashAlgorithm) -> bool {
    is_strong(hash) || hash == HashAlgorithm::Sha224
}

fn not_expired(created: u32, after: Option<u32>, now: Timestamp) -> Result<(), &'static str> {
    match after {
        Some(after) if after > 0 && i64::from(created) + i64::from(after) < now.as_second() => Err("has expired"),
        _ => Ok(()),
    }
}
