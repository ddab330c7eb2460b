//! Which of CPython's test files: a broad and quick choice, all, or by name.

use std::path::Path;
use std::str::FromStr;

use super::TestsuiteError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestChoice {
    /// [`TestChoice::USUAL`], those of them that the version has.
    Usual,
    All,
    Named(Vec<String>),
}

impl TestChoice {
    /// Test files that together run most of the interpreter, of the built-in types and of the extension modules, and that take a second or so each.
    pub const USUAL: &str = "test__interpreters test_abc test_abstract_numbers test_annotationlib test_array test_ast test_asyncgen \
        test_atexit test_augassign test_base64 test_baseexception test_binascii test_binop test_bisect test_bool test_buffer test_bufio \
        test_builtin test_bytes test_bz2 test_c_locale_coercion test_call test_capi test_charmapcodec test_class test_cmath \
        test_cmd_line test_code test_codeccallbacks test_codecs test_codeop test_collections test_compare test_compile test_complex \
        test_contains test_context test_contextlib test_copy test_copyreg test_coroutines test_csv test_ctypes test_dataclasses \
        test_datetime test_decimal test_decorators test_defaultdict test_deque test_descr test_descrtut test_dict test_dictcomps \
        test_dictviews test_dis test_dynamic test_dynamicclassattribute test_embed test_enum test_enumerate test_eof test_errno \
        test_except_star test_exception_group test_exception_hierarchy test_exceptions test_extcall test_fcntl test_file test_fileio \
        test_float test_flufl test_fnmatch test_format test_fractions test_frame test_frozen test_fstring test_funcattrs test_functools \
        test_future_stmt test_gc test_generator_stop test_generators test_genericalias test_genericpath test_genexps test_getopt \
        test_getpath test_global test_grammar test_hash test_hashlib test_heapq test_hmac test_htmlparser test_import test_inspect \
        test_int test_int_literal test_interpreters test_isinstance test_iter test_iterlen test_itertools test_json test_keyword \
        test_keywordonlyarg test_list test_listcomps test_locale test_long test_longexp test_lzma test_marshal test_math test_memoryio \
        test_memoryview test_metaclass test_minidom test_mmap test_module test_monitoring test_named_expressions test_numeric_tower \
        test_opcache test_opcodes test_operator test_ordered_dict test_os test_pathlib test_patma test_peepholer test_pep646_syntax \
        test_pickle test_picklebuffer test_pickletools test_pkgutil test_positional_only_arg test_posix test_posixpath test_pow \
        test_pprint test_property test_pulldom test_pwd test_pyexpat test_raise test_random test_range test_re test_repl test_reprlib \
        test_resource test_richcmp test_runpy test_scope test_select test_selectors test_set test_setcomps test_shelve test_shlex \
        test_site test_slice test_sort test_source_encoding test_sqlite3 test_ssl test_stat test_str test_string test_string_literals \
        test_strptime test_strtod test_struct test_structseq test_subclassinit test_sundry test_super test_symtable test_syntax test_sys \
        test_sys_setprofile test_sys_settrace test_sysconfig test_tempfile test_textwrap test_thread test_threading_local test_time \
        test_timeit test_tokenize test_traceback test_tstring test_tuple test_type_aliases test_type_annotations test_type_cache \
        test_type_comments test_type_params test_types test_typing test_ucn test_unary test_unicode test_unicode_file \
        test_unicode_identifiers test_unicodedata test_univnewlines test_unpack test_unpack_ex test_unparse test_userdict test_userlist \
        test_userstring test_utf8_mode test_uuid test_warnings test_weakref test_weakset test_with test_xml_etree test_xml_etree_c \
        test_yield_from test_zipimport test_zlib test_zoneinfo";

    /// For each of several standard libraries, in their order.
    ///
    /// # Errors
    ///
    /// Where none of them has any tests, and where none has one that is named.
    pub fn of(&self, stdlibs: &[&Path]) -> Result<Vec<Chosen>, TestsuiteError> {
        let there: Vec<Vec<String>> = stdlibs.iter().map(|stdlib| there(&stdlib.join("test"))).collect();
        // The package of tests is half in the standard library: its support is, its tests are not.
        let has_tests = |there: &Vec<String>| there.len() > 1;
        if !there.iter().any(has_tests) {
            return Err(TestsuiteError::NoTests { stdlib: stdlibs.first().copied().unwrap_or(Path::new("")).to_owned() });
        }
        if let Self::Named(names) = self
            && let Some(unknown) = names.iter().find(|name| !there.iter().any(|there| there.contains(name)))
        {
            return Err(TestsuiteError::Unknown { name: unknown.clone(), known: there.concat() });
        }
        let chosen = |there: Vec<String>| match has_tests(&there) {
            true => self.among(there),
            false => Chosen { files: Vec::new(), lacks: Some("its standard library has no tests".to_owned()) },
        };
        Ok(there.into_iter().map(chosen).collect())
    }

    /// In a fixed order.
    fn among(&self, there: Vec<String>) -> Chosen {
        match self {
            Self::All => Chosen { files: there, lacks: None },
            Self::Usual => {
                let usual: Vec<&str> = Self::USUAL.split_whitespace().collect();
                Chosen { files: there.into_iter().filter(|name| usual.contains(&name.as_str())).collect(), lacks: None }
            }
            Self::Named(names) => {
                let (files, lacking): (Vec<String>, Vec<String>) = names.iter().cloned().partition(|name| there.contains(name));
                Chosen { files, lacks: (!lacking.is_empty()).then(|| format!("it has no {}", lacking.join(", "))) }
            }
        }
    }
}

/// The test files of one standard library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub files: Vec<String>,
    /// Which of those that were asked for it has not, in words.
    pub lacks: Option<String>,
}

/// Sorted. A test may be a package of several files.
fn there(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let name = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let package = entry.path().join("__init__.py").is_file();
        let name = if package { name } else { name.strip_suffix(".py")?.to_owned() };
        is_name(&name).then_some(name)
    };
    let mut names: Vec<String> = entries.filter_map(name).collect();
    names.sort_unstable();
    names
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no test files; `all` means all of them, `test_dict,test_json` these two")]
pub struct BadTests(String);

impl FromStr for TestChoice {
    type Err = BadTests;

    fn from_str(text: &str) -> Result<Self, BadTests> {
        match text {
            "usual" => Ok(Self::Usual),
            "all" => Ok(Self::All),
            names => {
                let mut names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
                names.sort_unstable();
                names.dedup();
                if names.iter().all(|name| is_name(name)) { Ok(Self::Named(names)) } else { Err(BadTests(text.to_owned())) }
            }
        }
    }
}

/// Each becomes an argument of `python -m test`.
fn is_name(name: &str) -> bool {
    name.starts_with("test_") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
