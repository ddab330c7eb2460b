//! Which signatures count: only those of keys that are trusted, valid now, and meant for signing.

use std::collections::HashMap;

use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, EncryptionCaps, KeyType, SecretKeyParamsBuilder, SignedPublicKey, SignedSecretKey,
    SubkeyParamsBuilder,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{KeyFlags, Packet, PacketParser, SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::ser::Serialize as _;
use pgp::types::{Duration, KeyDetails as _, Password, SigningKey, Tag, Timestamp};
use rand::thread_rng;
use surtax::debian::{ProvisionError, Provisioned, Request};
use surtax::recipe::{Recipe, Release};

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
fn notes_of_the_program_that_wrote_a_keyring_are_passed_over() {
    let key = new_key();
    let mut keyring = Vec::new();
    for packet in PacketParser::new(public(&SignedPublicKey::from(key.clone())).as_slice()) {
        packet.expect("a packet").to_writer(&mut keyring).expect("written");
        // A trust packet of two bytes.
        keyring.extend([0xb0, 2, 0, 3]);
    }
    provision(&keyring, |text| sign(text, &key.primary_key)).expect("by the primary key");
    provision(&keyring, |text| sign(text, &key.secret_subkeys[0].key)).expect("by the subkey");
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

/// The key's own word that it must not be used any more.
fn revoked(key: &SignedSecretKey) -> SignedPublicKey {
    let mut keyring = SignedPublicKey::from(key.clone());
    let mut config = SignatureConfig::from_key(thread_rng(), &key.primary_key, SignatureType::KeyRevocation).expect("a configuration");
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::now())).expect("a subpacket"),
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint())).expect("a subpacket"),
    ];
    let revocation = config.sign_key(&key.primary_key, &Password::empty(), key.primary_key.public_key()).expect("revoked");
    keyring.details.revocation_signatures.push(revocation);
    keyring
}

#[test]
fn a_revoked_key_does_not_count() {
    let key = new_key();
    let keyring = public(&revoked(&key));
    assert_refused(provision(&keyring, |text| sign(text, &key.primary_key)), "was revoked");
    assert_refused(provision(&keyring, |text| sign(text, &key.secret_subkeys[0].key)), "was revoked");
}

#[test]
fn a_key_that_one_copy_knows_to_be_revoked_does_not_count() {
    let key = new_key();
    let (old, new) = (public(&SignedPublicKey::from(key.clone())), public(&revoked(&key)));
    for keyring in [[old.clone(), new.clone()].concat(), [new, old].concat()] {
        assert_refused(provision(&keyring, |text| sign(text, &key.primary_key)), "was revoked");
        assert_refused(provision(&keyring, |text| sign(text, &key.secret_subkeys[0].key)), "was revoked");
    }
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

#[test]
fn the_keyrings_that_travel_with_surtax_are_those_that_their_page_names() {
    let page = include_str!("../../recipes/keyrings/README.md");
    for part in page.split("\n## ").skip(1).filter(|part| part.contains("| fingerprint |")) {
        let name = part.split(".gpg").next().expect("a name");
        let (path, bytes) = surtax::recipe::keyring(name).expect("it travels with surtax");
        assert_eq!(path, std::path::Path::new("recipes/keyrings").join(format!("{name}.gpg")));
        assert!(part.contains(&surtax::digest::Sha256::of(bytes).to_string()), "{name}: another file than the page says");
        // One key packet, then the packet that names its owner.
        let mut rows = Vec::new();
        for packet in PacketParser::new(bytes) {
            match packet.expect("a packet") {
                Packet::PublicKey(key) => rows.push(format!("| `{:X}` | ", key.fingerprint())),
                Packet::UserId(id) => *rows.last_mut().expect("a key") += &format!("{} |", id.as_str().expect("text")),
                _ => {}
            }
        }
        let listed: Vec<_> = part.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(rows, listed, "{name}");
    }
    // Every keyring that a recipe names is there.
    for name in Recipe::names() {
        let Ok(archive) = Recipe::named(&name).expect("valid").archive() else { continue };
        let Release::Named(release) = archive.release else { continue };
        assert!(release.keyrings.iter().all(|keyring| surtax::recipe::keyring(keyring).is_some()), "{name}");
    }
}

#[test]
fn a_named_release_needs_no_keyring_of_the_host() {
    let mut suite = Suite::new("trixie", python("4.2", "4.2.1-1"));
    suite.origin = "Debian";
    let mut world = World::with(&[suite]);
    world.host.keyrings.clear();
    let request = Request {
        archive: Recipe::named("debian-13").and_then(Recipe::archive).expect("a recipe"),
        mirrors: vec![world.server.url()],
        ..world.request()
    };
    // The test archive's key is none of Debian's; what counts is that Debian's were there to compare it with.
    assert_refused(world.ask(&request), "is not in the keyring");
    let recipe = "kind: archive\norigin: Debian\nsuites: [trixie]\ncomponents: [main]\nkeyrings: [elsewhere]\n";
    let archive = Recipe::parse("mine.yaml".as_ref(), recipe).and_then(Recipe::archive).expect("valid");
    let error = world.ask(&Request { archive, ..request }).expect_err("an unknown keyring");
    assert!(error.to_string().contains("elsewhere is neither in"), "{error}");
}
