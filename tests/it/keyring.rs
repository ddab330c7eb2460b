//! Which signatures count: only those of keys that are trusted, valid now, and meant for signing.

use std::collections::HashMap;

use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, EncryptionCaps, KeyType, SecretKeyParamsBuilder, SignedPublicKey, SignedSecretKey,
    SubkeyParamsBuilder,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{KeyFlags, SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::ser::Serialize as _;
use pgp::types::{Duration, KeyDetails as _, Password, SigningKey, Tag, Timestamp};
use rand::thread_rng;
use surtax::debian::{ProvisionError, Provisioned, Request};

use crate::world::{Signed, Suite, World, python, write};

/// A primary key that may sign, a subkey that may, and one that may not.
fn new_key() -> SignedSecretKey {
    let subkey = |signs: bool| {
        let mut subkey = SubkeyParamsBuilder::default();
        subkey.key_type(KeyType::Ed25519Legacy).can_sign(signs).can_encrypt(EncryptionCaps::None).can_authenticate(!signs);
        subkey.build().expect("parameters")
    };
    let mut parameters = SecretKeyParamsBuilder::default();
    parameters.key_type(KeyType::Ed25519Legacy).can_sign(true).can_certify(true).primary_user_id("Archive".into());
    parameters.created_at(Timestamp::from_secs(1_600_000_000)).subkeys(vec![subkey(true), subkey(false)]);
    parameters.build().expect("parameters").generate(thread_rng()).expect("a key")
}

fn sign(text: &str, key: &impl SigningKey) -> String {
    let message = CleartextSignedMessage::sign(thread_rng(), text, key, &Password::empty()).expect("signed");
    message.to_armored_string(ArmorOptions::default()).expect("armored")
}

/// Provisions from an archive whose signed index is what `sign` makes of the text.
fn provision(keyring: &[u8], sign: impl Fn(&str) -> String) -> Result<Provisioned, ProvisionError> {
    let world = World::new();
    let mut files = HashMap::new();
    let mut suite = Suite::new("tester", python("4.2", "4.2.1-1"));
    suite.signed = Signed::No;
    suite.files(&mut files);
    let index = files.get_mut("dists/tester/InRelease").expect("the index");
    *index = sign(str::from_utf8(index).expect("text")).into_bytes();
    world.server.set_files(files);
    let path = world.path("some.keyring");
    write(&path, keyring);
    world.ask(&Request { keyring: Some(path), ..world.request() })
}

fn public(key: &SignedPublicKey) -> Vec<u8> {
    key.to_bytes().expect("bytes")
}

fn assert_refused(outcome: Result<Provisioned, ProvisionError>, says: &str) {
    match outcome {
        Err(ProvisionError::WrongSignature { reason, .. }) => assert!(reason.contains(says), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_primary_key_and_a_signing_subkey_count() {
    let key = new_key();
    let keyring = SignedPublicKey::from(key.clone());
    provision(&public(&keyring), |text| sign(text, &key.primary_key)).expect("by the primary key");
    provision(&public(&keyring), |text| sign(text, &key.secret_subkeys[0].key)).expect("by the subkey");
    let armored = keyring.to_armored_bytes(ArmorOptions::default()).expect("armored");
    let two = [armored.clone(), SignedPublicKey::from(new_key()).to_armored_bytes(ArmorOptions::default()).expect("armored")].concat();
    provision(&armored, |text| sign(text, &key.primary_key)).expect("an armored keyring");
    provision(&two, |text| sign(text, &key.primary_key)).expect("two armored keys in one file");
}

#[test]
fn a_subkey_for_something_else_does_not_count() {
    let key = new_key();
    let keyring = public(&SignedPublicKey::from(key.clone()));
    assert_refused(provision(&keyring, |text| sign(text, &key.secret_subkeys[1].key)), "is not meant for signing");
}

#[test]
fn a_subkey_that_another_primary_key_claims_does_not_count() {
    let (key, stranger) = (new_key(), new_key());
    let mut keyring = SignedPublicKey::from(key);
    keyring.public_subkeys[0].key = SignedPublicKey::from(stranger.clone()).public_subkeys[0].key.clone();
    assert_refused(provision(&public(&keyring), |text| sign(text, &stranger.secret_subkeys[0].key)), "is not bound to its primary key");
}

#[test]
fn a_revoked_key_does_not_count() {
    let key = new_key();
    let mut keyring = SignedPublicKey::from(key.clone());
    let mut config = SignatureConfig::from_key(thread_rng(), &key.primary_key, SignatureType::KeyRevocation).expect("a configuration");
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::now())).expect("a subpacket"),
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint())).expect("a subpacket"),
    ];
    let revocation = config.sign_key(&key.primary_key, &Password::empty(), key.primary_key.public_key()).expect("revoked");
    keyring.details.revocation_signatures.push(revocation);
    assert_refused(provision(&public(&keyring), |text| sign(text, &key.primary_key)), "was revoked");
    assert_refused(provision(&public(&keyring), |text| sign(text, &key.secret_subkeys[0].key)), "was revoked");
}

#[test]
fn an_expired_key_does_not_count() {
    let key = new_key();
    let mut keyring = SignedPublicKey::from(key.clone());
    let mut flags = KeyFlags::default();
    flags.set_sign(true);
    flags.set_certify(true);
    let mut config = SignatureConfig::from_key(thread_rng(), &key.primary_key, SignatureType::CertPositive).expect("a configuration");
    config.hashed_subpackets = [
        SubpacketData::SignatureCreationTime(Timestamp::now()),
        SubpacketData::IssuerFingerprint(key.fingerprint()),
        SubpacketData::KeyExpirationTime(Duration::from_secs(3600)),
        SubpacketData::KeyFlags(flags),
    ]
    .into_iter()
    .map(|data| Subpacket::regular(data).expect("a subpacket"))
    .collect();
    let user = &mut keyring.details.users[0];
    let word = config.sign_certification(&key.primary_key, key.primary_key.public_key(), &Password::empty(), Tag::UserId, &user.id);
    user.signatures = vec![word.expect("certified")];
    assert_refused(provision(&public(&keyring), |text| sign(text, &key.primary_key)), "has expired");
}

#[test]
fn a_weak_hash_does_not_count() {
    // Keys on curves refuse to sign so; old RSA keys do not.
    let mut parameters = SecretKeyParamsBuilder::default();
    parameters.key_type(KeyType::Rsa(2048)).can_sign(true).can_certify(true).primary_user_id("Archive".into());
    let key = parameters.build().expect("parameters").generate(thread_rng()).expect("a key");
    let keyring = public(&SignedPublicKey::from(key.clone()));
    let weak = |text: &str| {
        let mut config = SignatureConfig::v4(SignatureType::Text, key.primary_key.algorithm(), HashAlgorithm::Sha224);
        config.hashed_subpackets = vec![
            Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::now())).expect("a subpacket"),
            Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint())).expect("a subpacket"),
        ];
        CleartextSignedMessage::new(text, config, &key.primary_key, &Password::empty())
            .and_then(|message| message.to_armored_string(ArmorOptions::default()))
            .expect("signed")
    };
    assert_refused(provision(&keyring, weak), "weaker than SHA-256");
}

#[test]
fn only_what_was_signed_is_used() {
    let key = new_key();
    let keyring = public(&SignedPublicKey::from(key.clone()));
    for change in [
        |signed: &str| format!("Origin: Evil\n\n{signed}"),
        |signed: &str| format!("{signed}\nOrigin: Evil\n"),
        |signed: &str| signed.replace("\nOrigin: ", "\nX: y\nOrigin: "),
    ] {
        let outcome = provision(&keyring, |text| change(&sign(text, &key.primary_key)));
        assert!(outcome.is_err());
    }
}
