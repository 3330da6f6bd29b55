//! Writes texts as YAML that the loader of cases reads back unchanged.

use std::fmt::Write;

/// Returns a text on one line: plain where that is safe, otherwise in quotes.
pub fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().all(|char| matches!(char, ' '..='~')) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        escaped(text)
    }
}

/// Returns a text of one or more lines, without newlines at its end, as the value of a key that is indented that deep.
pub fn block(text: &str, indent: usize) -> String {
    let text = text.trim_end_matches('\n');
    if !text.contains('\n') {
        return scalar(text);
    }
    let lines: Vec<String> = text.lines().map(|line| format!("{:indent$}{line}", "", indent = indent + 2)).collect();
    format!("|\n{}", lines.join("\n"))
}

/// Returns the lines of a comment, indented that deep.
pub fn comment(text: &str, indent: usize) -> String {
    let shown = |char: char| if char.is_control() { ' ' } else { char };
    let line = |line: &str| {
        let line: String = line.chars().map(shown).collect();
        format!("{:indent$}{}\n", "", format!("# {line}").trim_end())
    };
    text.lines().map(line).collect()
}

/// Returns whether a text can stand without quotes, inside a list or map in block style.
fn is_plain(text: &str) -> bool {
    let starts_well = match text.as_bytes() {
        [b'-', next, ..] => next.is_ascii_digit(),
        [first, ..] => first.is_ascii_alphanumeric() || *first == b'(' || *first == b'_',
        [] => false,
    };
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text);
    starts_well
        && !is_word
        && text.chars().all(|char| matches!(char, ' '..='~'))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        // Writing to a String can't fail.
        let _ = match char {
            '"' | '\\' => write!(out, "\\{char}"),
            '\n' => write!(out, "\\n"),
            ' '..='~' => write!(out, "{char}"),
            _ if u32::from(char) > 0xffff => write!(out, "\\U{:08X}", u32::from(char)),
            _ => write!(out, "\\u{:04X}", u32::from(char)),
        };
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("data = bytearray(b'ab')")]
    #[case("- 1")]
    #[case("-1")]
    #[case("a: b # c")]
    #[case("[1, 2]")]
    #[case("'quoted' \"twice\" \\x00")]
    #[case("")]
    #[case(" ")]
    #[case("null")]
    #[case("memoryview: \u{e9}\u{1f600}\u{7f}\u{2028}\u{85}")]
    #[case("two\nlines\t")]
    #[case("\u{1}\u{feff}")]
    #[case("...")]
    #[case("---")]
    #[case("a:")]
    fn the_loader_reads_what_is_written(#[case] text: &str) {
        let file = format!("title: {}\nleft_out: []\n", scalar(text));
        let (root, found) = crate::yaml::parse(&file);
        assert!(found.is_empty(), "{file}: {found:?}");
        assert_eq!(root.as_ref().and_then(|root| root.get("title")?.text()), Some(text), "{file}");
    }

    #[test]
    fn lines_become_a_block() {
        assert_eq!(block("with a:\n    b\n", 4), "|\n      with a:\n          b");
        assert_eq!(comment("one\ntwo\r", 2), "  # one\n  # two\n");
    }
}
