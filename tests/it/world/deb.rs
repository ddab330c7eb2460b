//! Tiny real Debian packages.

use std::io::Write as _;

#[derive(Clone, Copy)]
pub enum Compression {
    None,
    Gzip,
    Xz,
    Zstd,
}

#[derive(Clone)]
pub enum Content {
    File(Vec<u8>, u32),
    Symlink(String),
    HardLink(String),
    Folder,
    Device,
}

#[derive(Clone)]
pub struct Deb {
    pub name: String,
    pub version: String,
    pub architecture: String,
    pub source: Option<String>,
    pub fields: Vec<(String, String)>,
    pub compression: Compression,
    pub entries: Vec<(String, Content)>,
}

impl Deb {
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            architecture: "amd64".into(),
            source: None,
            fields: Vec::new(),
            compression: Compression::Xz,
            entries: Vec::new(),
        }
    }

    pub fn source(mut self, source: &str) -> Self {
        self.source = Some(source.into());
        self
    }

    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    pub fn depends(self, value: &str) -> Self {
        self.field("Depends", value)
    }

    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    pub fn file(self, path: &str, content: &str) -> Self {
        self.entry(path, Content::File(content.into(), 0o644))
    }

    pub fn entry(mut self, path: &str, content: Content) -> Self {
        self.entries.push((path.into(), content));
        self
    }

    pub fn filename(&self) -> String {
        format!("pool/main/{}_{}_{}.deb", self.name, self.version.replace(':', "%3a"), self.architecture)
    }

    /// deb(5).
    pub fn bytes(&self) -> Vec<u8> {
        let (suffix, data) = match self.compression {
            Compression::None => ("", self.tar()),
            Compression::Gzip => (".gz", gzip(&self.tar())),
            Compression::Xz => (".xz", xz(&self.tar())),
            Compression::Zstd => (".zst", zstd::encode_all(self.tar().as_slice(), 3).expect("zstd")),
        };
        let mut builder = ar::Builder::new(Vec::new());
        let members = [
            ("debian-binary".to_owned(), b"2.0\n".to_vec()),
            ("control.tar.gz".to_owned(), gzip(format!("Version: {}\n", self.version).as_bytes())),
        ];
        for (name, bytes) in members.into_iter().chain([(format!("data.tar{suffix}"), data)]) {
            let header = ar::Header::new(name.into_bytes(), bytes.len() as u64);
            builder.append(&header, bytes.as_slice()).expect("ar");
        }
        builder.into_inner().expect("ar")
    }

    fn tar(&self) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in &self.entries {
            let (kind, bytes, mode, target) = match content {
                Content::File(bytes, mode) => (tar::EntryType::Regular, bytes.as_slice(), *mode, ""),
                Content::Symlink(target) => (tar::EntryType::Symlink, &[][..], 0o777, target.as_str()),
                Content::HardLink(target) => (tar::EntryType::Link, &[][..], 0o644, target.as_str()),
                Content::Folder => (tar::EntryType::Directory, &[][..], 0o755, ""),
                Content::Device => (tar::EntryType::Char, &[][..], 0o666, ""),
            };
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(bytes.len() as u64);
            header.set_mode(mode);
            // The crate's own setters refuse the paths that these tests are about.
            let old = header.as_old_mut();
            old.name[..path.len()].copy_from_slice(path.as_bytes());
            old.linkname[..target.len()].copy_from_slice(target.as_bytes());
            header.set_cksum();
            builder.append(&header, bytes).expect("tar");
        }
        builder.into_inner().expect("tar")
    }

    /// Its paragraph in a `Packages` index.
    pub fn paragraph(&self, bytes: &[u8], algorithm: &str, hash: &str) -> String {
        let mut text = format!("Package: {}\n", self.name);
        if let Some(source) = &self.source {
            text.push_str(&format!("Source: {source}\n"));
        }
        text.push_str(&format!(
            "Version: {}\nArchitecture: {}\nDescription: a test\n with a second line\n",
            self.version, self.architecture
        ));
        for (name, value) in &self.fields {
            text.push_str(&format!("{name}: {value}\n"));
        }
        text.push_str(&format!("Filename: {}\nSize: {}\n{algorithm}: {hash}\n\n", self.filename(), bytes.len()));
        text
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("gzip");
    encoder.finish().expect("gzip")
}

pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 0);
    encoder.write_all(bytes).expect("xz");
    encoder.finish().expect("xz")
}
