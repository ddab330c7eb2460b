//! One argument as each kind of file has to write it.

/// For a POSIX shell.
pub(super) fn shell(word: &str) -> String {
    crate::shell::word(word)
}

/// Several words as one, which a shell takes apart again.
pub(super) fn shell_words(words: &[String]) -> String {
    words.iter().map(|word| shell(word)).collect::<Vec<_>>().join(" ")
}

/// A quoted argument of CMake, which is one element of a list.
pub(super) fn cmake(word: &str) -> String {
    let mut text = String::from("\"");
    for c in word.chars() {
        if matches!(c, '"' | '\\' | '$' | ';') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}

/// A string literal of C, of bytes that are printable but for those above ASCII, which pass as they are.
pub(super) fn c(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::{c, cmake, shell, shell_words};

    #[test]
    fn each_reader_gets_the_word_back() {
        assert_eq!(shell("-Wl,--whole-archive,/a/b.a"), "-Wl,--whole-archive,/a/b.a");
        assert_eq!(shell("it's $here"), r"'it'\''s $here'");
        assert_eq!(shell(""), "''");
        assert_eq!(shell_words(&["-I/a b".into(), "-lm".into()]), "'-I/a b' -lm");
        assert_eq!(cmake(r#"a;b "c" ${d}"#), r#""a\;b \"c\" \${d}""#);
        assert_eq!(c(r#"/a "b" \c"#), r#""/a \"b\" \\c""#);
    }
}
