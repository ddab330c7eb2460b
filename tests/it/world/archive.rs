//! A signed archive of a few packages: what a mirror serves.

use std::collections::HashMap;
use std::sync::OnceLock;

use pgp::composed::{CleartextSignedMessage, KeyType, SecretKeyParamsBuilder, SignedPublicKey, SignedSecretKey};
use pgp::types::Password;
use surtax::digest::Sha256;

use super::deb::{Deb, gzip, xz};

/// The key of the test distribution, or of a stranger.
pub fn key(stranger: bool) -> &'static SignedSecretKey {
    static KEYS: [OnceLock<SignedSecretKey>; 2] = [OnceLock::new(), OnceLock::new()];
    KEYS[usize::from(stranger)].get_or_init(|| {
        let mut parameters = SecretKeyParamsBuilder::default();
        parameters.key_type(KeyType::Ed25519Legacy).can_sign(true).can_certify(true).primary_user_id("Test Archive".into());
        let parameters = parameters.build().expect("parameters");
        parameters.generate(rand::thread_rng()).expect("a key")
    })
}

pub fn public_key(stranger: bool) -> SignedPublicKey {
    SignedPublicKey::from(key(stranger).clone())
}

/// One suite as its mirror serves it.
pub struct Suite {
    pub dist: &'static str,
    pub codename: &'static str,
    pub origin: &'static str,
    pub packages: Vec<Deb>,
    /// Lines of the signed text beside the usual ones.
    pub lines: Vec<String>,
    pub by_hash: bool,
    pub signed: Signed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    Yes,
    ByStranger,
    No,
    /// Changed after it was signed.
    Altered,
}

impl Suite {
    pub fn new(dist: &'static str, packages: Vec<Deb>) -> Self {
        Self { dist, codename: dist, origin: "Testian", packages, lines: Vec::new(), by_hash: true, signed: Signed::Yes }
    }

    pub fn files(&self, files: &mut HashMap<String, Vec<u8>>) {
        let mut packages = String::new();
        for deb in &self.packages {
            let bytes = deb.bytes();
            packages.push_str(&deb.paragraph(&bytes));
            files.insert(deb.filename(), bytes);
        }
        let folder = format!("dists/{}", self.dist);
        let mut hashes = String::new();
        for (extension, bytes) in
            [("", packages.clone().into_bytes()), (".gz", gzip(packages.as_bytes())), (".xz", xz(packages.as_bytes()))]
        {
            let path = format!("main/binary-amd64/Packages{extension}");
            let hash = Sha256::of(&bytes);
            hashes.push_str(&format!(" {hash} {} {path}\n", bytes.len()));
            // Mirrors list the plain index and serve only the compressed ones.
            if !extension.is_empty() {
                files.insert(format!("{folder}/main/binary-amd64/by-hash/SHA256/{hash}"), bytes.clone());
                files.insert(format!("{folder}/{path}"), bytes);
            }
        }
        let mut text = format!("Origin: {}\nSuite: {}\nCodename: {}\nVersion: 7\n", self.origin, self.dist, self.codename);
        self.lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        if self.by_hash {
            text.push_str("Acquire-By-Hash: yes\n");
        }
        text.push_str(&format!("Components: main\nSHA256:\n{hashes}"));
        files.insert(format!("{folder}/InRelease"), self.sign(&text).into_bytes());
    }

    fn sign(&self, text: &str) -> String {
        if self.signed == Signed::No {
            return text.to_owned();
        }
        let key = key(self.signed == Signed::ByStranger);
        let message = CleartextSignedMessage::sign(rand::thread_rng(), text, &key.primary_key, &Password::empty()).expect("signed");
        let message = message.to_armored_string(Default::default()).expect("armored");
        if self.signed == Signed::Altered { message.replace("Version: 7", "Version: 8") } else { message }
    }
}
