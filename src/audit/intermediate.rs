//! Intermediate code in an archive, which a link has yet to compile: whose it is, and with which options it was written.

use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use crate::run::{Answer, LtoForm};
use crate::variant::CodeModel;

/// All objects of a libpython are compiled with the same options, but for the odd one of assembler: so many have to agree.
const AGREEING_SHARE: f64 = 0.90;

/// What the objects of one archive say.
#[derive(Default)]
pub(crate) struct Intermediate {
    /// Objects that carry any, LLVM's included.
    pub(crate) objects: u64,
    /// Of these, those with machine code beside it (`-ffat-lto-objects`).
    fat: u64,
    /// LLVM's, of which nothing more is read.
    pub(crate) bitcode: u64,
    /// By GCC, with options.
    told: u64,
    non_pic: u64,
    pie: u64,
    pic: u64,
    profile: u64,
    closed: u64,
    /// Objects without any, but with what GCC writes beside it alone.
    pub(crate) remains: u64,
}

impl Intermediate {
    pub(crate) fn add(&mut self, object: &object::File<'_>, has_code: bool) {
        let intermediate = |name: &str| name.starts_with(".gnu.lto_") || name.starts_with(".llvm.lto");
        if !object.sections().any(|section| section.name().is_ok_and(intermediate)) {
            self.remains += u64::from(has_remains(object));
            return;
        }
        self.objects += 1;
        self.fat += u64::from(has_code);
        let Some(options) = object.section_by_name(".gnu.lto_.opts").and_then(|section| section.data().ok()).map(Options::read) else {
            return;
        };
        self.told += 1;
        match options.code_model {
            CodeModel::NonPic => self.non_pic += 1,
            CodeModel::Pie => self.pie += 1,
            CodeModel::Pic => self.pic += 1,
        }
        self.profile += u64::from(options.profile);
        self.closed += u64::from(!options.interposition);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.objects += other.objects;
        self.fat += other.fat;
        self.bitcode += other.bitcode;
        self.told += other.told;
        self.non_pic += other.non_pic;
        self.pie += other.pie;
        self.pic += other.pic;
        self.profile += other.profile;
        self.closed += other.closed;
        self.remains += other.remains;
    }

    pub(crate) fn add_bitcode(&mut self, objects: u64) {
        self.objects += objects;
        self.bitcode += objects;
    }

    /// Whether this is what an archive of so many objects is made of, without machine code beside it.
    pub(crate) fn is_most_of(&self, objects: u64) -> bool {
        let slim = self.objects - self.fat;
        slim > 0 && slim as f64 >= AGREEING_SHARE * objects as f64
    }

    /// What there is of it, if there is any.
    pub(crate) fn form(&self) -> Option<LtoForm> {
        match self.objects {
            0 => None,
            _ if self.bitcode > 0 => Some(LtoForm::Bitcode),
            objects if 2 * self.fat >= objects => Some(LtoForm::Fat),
            _ => Some(LtoForm::Slim),
        }
    }

    pub(crate) fn shown(&self) -> String {
        let whose = if self.bitcode > 0 { "LLVM's bitcode" } else { "GCC's intermediate code" };
        let alone = if self.fat > 0 { "" } else { " alone" };
        format!("{} objects hold {whose}{alone}", self.objects)
    }

    /// Of LLVM's, nothing more is read.
    fn is_untold(&self) -> Option<String> {
        (self.told == 0 && self.bitcode > 0).then(|| format!("{} objects are LLVM's bitcode, of which nothing more is read", self.bitcode))
    }

    /// `-fprofile-use` without data is silent: what the link makes of it has to show the profile once more.
    pub(crate) fn pgo(&self) -> (Answer, String) {
        if let Some(evidence) = self.is_untold() {
            return (Answer::Unknown, evidence);
        }
        let evidence = format!("{} of {} objects of intermediate code were compiled with -fprofile-use", self.profile, self.objects);
        (self.agreed(self.profile), evidence)
    }

    pub(crate) fn code_model(&self) -> (Option<CodeModel>, String) {
        if let Some(evidence) = self.is_untold() {
            return (None, evidence);
        }
        let counted = [(CodeModel::NonPic, self.non_pic), (CodeModel::Pie, self.pie), (CodeModel::Pic, self.pic)];
        let evidence = format!(
            "of {} objects of intermediate code, {} were compiled with -fno-pie, {} with -fPIE, {} with -fPIC",
            self.objects, self.non_pic, self.pie, self.pic
        );
        let agreed = counted.into_iter().find(|(_, count)| self.agreed(*count) == Answer::Yes);
        (agreed.map(|(model, _)| model), evidence)
    }

    pub(crate) fn interposition(&self) -> (Answer, String) {
        if let Some(evidence) = self.is_untold() {
            return (Answer::Unknown, evidence);
        }
        let evidence =
            format!("{} of {} objects of intermediate code were compiled with -fno-semantic-interposition", self.closed, self.objects);
        let closed = if self.code_model().0 == Some(CodeModel::Pic) { self.agreed(self.closed) } else { Answer::Yes };
        let answer = match closed {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            Answer::Unknown => Answer::Unknown,
        };
        (answer, evidence)
    }

    /// Whether all but stragglers have it, or stragglers alone.
    fn agreed(&self, count: u64) -> Answer {
        let share = count as f64 / self.objects.max(1) as f64;
        match share {
            _ if self.told == 0 => Answer::Unknown,
            share if share >= AGREEING_SHARE => Answer::Yes,
            share if share <= 1.0 - AGREEING_SHARE => Answer::No,
            _ => Answer::Unknown,
        }
    }
}

/// The options of `.gnu.lto_.opts`, which GCC leaves uncompressed: `'-fno-pie' '-fprofile-use' …` (lto-opts.cc, `lto_write_options`).
#[derive(Debug, PartialEq, Eq)]
struct Options {
    code_model: CodeModel,
    profile: bool,
    interposition: bool,
}

impl Options {
    /// A later option overrides an earlier one. A compiler that makes PIE unless told otherwise writes `-fPIC` where it was told nothing.
    fn read(section: &[u8]) -> Self {
        let mut options = Self { code_model: CodeModel::NonPic, profile: false, interposition: true };
        let text = String::from_utf8_lossy(section);
        for word in text.split(['\'', ' ', '\0']) {
            match word {
                "-fPIC" | "-fpic" => options.code_model = CodeModel::Pic,
                "-fPIE" | "-fpie" => options.code_model = CodeModel::Pie,
                "-fno-pie" | "-fno-PIE" | "-fno-pic" | "-fno-PIC" => options.code_model = CodeModel::NonPic,
                "-fno-profile-use" => options.profile = false,
                "-fsemantic-interposition" => options.interposition = true,
                "-fno-semantic-interposition" => options.interposition = false,
                word if word == "-fprofile-use" || word.starts_with("-fprofile-use=") => options.profile = true,
                _ => {}
            }
        }
        options
    }
}

/// Early debug information for a link to come (`.gnu.debuglto_*`), and the symbols by which GCC tells its own linker plugin what it wrote.
fn has_remains(object: &object::File<'_>) -> bool {
    let named = |name: &str| name == "__gnu_lto_slim" || name == "__gnu_lto_v1";
    object.sections().any(|section| section.name().is_ok_and(|name| name.starts_with(".gnu.debuglto_")))
        || object.symbols().any(|symbol| symbol.name().is_ok_and(named))
}

/// By LLVM's magic number, bare or in its wrapper (the LLVM Bitcode File Format, "Magic Numbers").
pub(crate) fn is_bitcode(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BC\xC0\xDE") || bytes.starts_with(b"\xDE\xC0\x17\x0B")
}

#[cfg(test)]
mod tests {
    use super::{CodeModel, Options};

    #[test]
    fn the_last_option_of_a_kind_counts() {
        let read = |text: &str| Options::read(text.as_bytes());
        let silent = Options { code_model: CodeModel::Pic, profile: false, interposition: true };
        assert_eq!(read("'-fno-openmp' '-fPIC' '-fcf-protection=none' '-O2' '-flto'\0"), silent);
        let gcc = "'-fno-openmp' '-fPIC' '-O3' '-fno-pie' '-fno-semantic-interposition' '-fprofile-use=/x' '-fprofile-correction' '-flto'";
        assert_eq!(read(gcc), Options { code_model: CodeModel::NonPic, profile: true, interposition: false });
        assert_eq!(read("'-fPIE' '-fprofile-use' '-fno-profile-use'"), Options { code_model: CodeModel::Pie, ..silent });
    }
}
