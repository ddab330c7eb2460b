//! A signed archive of a few packages: what a mirror serves.

use std::collections::HashMap;
use std::sync::OnceLock;

use pgp::composed::{CleartextSignedMessage, KeyType, SecretKeyParamsBuilder, SignedPublicKey, SignedSecretKey};
use pgp::types::Password;
use surtax::digest::{Sha256, Sha512};

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
    pub sources: Vec<SourceFiles>,
    /// Lines of the signed text beside the usual ones.
    pub lines: Vec<String>,
    pub by_hash: bool,
    pub hash: Hash,
    pub signed: Signed,
}

/// A source package, with an upstream tarball of one file.
#[derive(Clone)]
pub struct SourceFiles {
    pub name: String,
    pub version: String,
    /// Whether the mirror has what its index lists.
    pub there: bool,
    /// What upstream released; unless given, one file.
    pub tarball: Option<Vec<u8>>,
}

impl SourceFiles {
    pub fn new(name: &str, version: &str) -> Self {
        Self { name: name.into(), version: version.into(), there: true, tarball: None }
    }

    pub fn of(name: &str, version: &str, tarball: Vec<u8>) -> Self {
        Self { tarball: Some(tarball), ..Self::new(name, version) }
    }

    pub fn missing(name: &str, version: &str) -> Self {
        Self { there: false, ..Self::new(name, version) }
    }

    /// Names and content.
    fn files(&self) -> [(String, Vec<u8>); 4] {
        let (name, version) = (&self.name, &self.version);
        let upstream = version.rsplit_once('-').map_or(version.as_str(), |(upstream, _)| upstream);
        let plain = || xz(&tarball(&[(&format!("{name}-{upstream}/README"), upstream)]));
        let content = self.tarball.clone().unwrap_or_else(plain);
        [
            (format!("{name}_{version}.dsc"), b"description".to_vec()),
            (format!("{name}_{upstream}.orig-extra.tar.xz"), xz(b"a component")),
            (format!("{name}_{upstream}.orig.tar.xz"), content),
            (format!("{name}_{version}.debian.tar.xz"), xz(b"patches")),
        ]
    }

    fn paragraph(&self, hash: Hash) -> String {
        let files = self.files().map(|(name, bytes)| format!(" {} {} {name}\n", hash.of(&bytes), bytes.len())).concat();
        let field = hash.name().replace("SHA", "Checksums-Sha");
        let folder = self.folder();
        let (name, version) = (&self.name, &self.version);
        format!("Package: {name}\nBinary: lib{name}\nVersion: {version}\n{field}:\n{files}Directory: {folder}\n\n")
    }

    fn folder(&self) -> String {
        format!("pool/main/p/{}", self.name)
    }
}

/// Paths and content. The paths are written as they are, whatever they lead to.
pub fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(if path.ends_with("configure") { 0o755 } else { 0o644 });
        header.set_cksum();
        builder.append(&header, content.as_bytes()).expect("tar");
    }
    builder.into_inner().expect("tar")
}

/// The only one that the indexes give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    fn of(self, bytes: &[u8]) -> String {
        match self {
            Self::Sha256 => Sha256::of(bytes).to_string(),
            Self::Sha512 => Sha512::of(bytes).to_string(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
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
        Self {
            dist,
            codename: dist,
            origin: "Testian",
            packages,
            sources: Vec::new(),
            lines: Vec::new(),
            by_hash: true,
            hash: Hash::Sha256,
            signed: Signed::Yes,
        }
    }

    pub fn files(&self, files: &mut HashMap<String, Vec<u8>>) {
        let mut packages = String::new();
        for deb in &self.packages {
            let bytes = deb.bytes();
            packages.push_str(&deb.paragraph(&bytes, self.hash.name(), &self.hash.of(&bytes)));
            files.insert(deb.filename(), bytes);
        }
        let mut sources = String::new();
        for source in &self.sources {
            sources.push_str(&source.paragraph(self.hash));
            if source.there {
                files.extend(source.files().map(|(name, bytes)| (format!("{}/{name}", source.folder()), bytes)));
            }
        }
        let folder = format!("dists/{}", self.dist);
        let mut hashes = String::new();
        for (part, name, text) in [("main/binary-amd64", "Packages", packages), ("main/source", "Sources", sources)] {
            for (extension, bytes) in [("", text.clone().into_bytes()), (".gz", gzip(text.as_bytes())), (".xz", xz(text.as_bytes()))] {
                let path = format!("{part}/{name}{extension}");
                let hash = self.hash.of(&bytes);
                hashes.push_str(&format!(" {hash} {} {path}\n", bytes.len()));
                // Mirrors list the plain index and serve only the compressed ones.
                if !extension.is_empty() {
                    files.insert(format!("{folder}/{part}/by-hash/{}/{hash}", self.hash.name()), bytes.clone());
                    files.insert(format!("{folder}/{path}"), bytes);
                }
            }
        }
        let mut text = format!("Origin: {}\nSuite: {}\nCodename: {}\nVersion: 7\n", self.origin, self.dist, self.codename);
        self.lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        if self.by_hash {
            text.push_str("Acquire-By-Hash: yes\n");
        }
        text.push_str(&format!("Components: main\n{}:\n{hashes}", self.hash.name()));
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
