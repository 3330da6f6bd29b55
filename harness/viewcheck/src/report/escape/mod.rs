//! Text from outside, made harmless for each format that shows it.
//!
//! Names, programs, documents, messages of engines and file names can hold anything. Each function here takes such a
//! text for one place of one format, and the result stays in that place: it starts no markup, ends no table cell or
//! attribute, and sends nothing to a terminal but letters. Formats escape nowhere else. (HTML is written by templates,
//! which escape by themselves.)
//!
//! Characters that can't be seen, or that change the order of others, are shown as Python writes them, as in `\x1b`
//! and `\u202e`.

mod shown;

pub use shown::Shown;

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text in which every character that can't be seen is visible, except line feeds and tabs.
pub fn visible(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for char in plain.chars() {
        match char {
            '\n' | '\t' => out.push(char),
            '\r' => out.push_str("\\r"),
            _ if !is_hidden(char) => out.push(char),
            // Writing to a String can't fail.
            _ if char as u32 <= 0xff => _ = write!(out, "\\x{:02x}", char as u32),
            _ if char as u32 <= 0xffff => _ = write!(out, "\\u{:04x}", char as u32),
            _ => _ = write!(out, "\\U{:08x}", char as u32),
        }
    }
    out
}

/// Whether a character is a control character, has no width, or changes the direction of others. XML can't hold some of
/// them.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// A text on one line of a terminal.
pub fn terminal(plain: &str) -> String {
    terminal_line(plain).replace('\n', "\\n").replace('\t', "\\t")
}

/// A line for a terminal, or for the log of a CI system, in which a line can be a command: `::error::` for GitHub, `##[…]`
/// and `##vso[…]` for others.
fn terminal_line(plain: &str) -> String {
    let line = visible(plain).replace("##[", "\\x23#[").replace("##vso[", "\\x23#vso[");
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!("{}\\x3a:{rest}", &line[..line.len() - rest.len() - 2]),
        None => line,
    }
}

/// JSON that serde has written, with everything that can't be seen as an escape. Such characters are in its strings only.
pub fn json(written: &str) -> Cow<'_, str> {
    if !written.chars().any(is_escaped_in_json) {
        return Cow::Borrowed(written);
    }
    let mut out = String::with_capacity(written.len());
    for char in written.chars() {
        match is_escaped_in_json(char) {
            true => char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(out, "\\u{unit:04x}")),
            false => out.push(char),
        }
    }
    Cow::Owned(out)
}

fn is_escaped_in_json(char: char) -> bool {
    char != '\n' && is_hidden(char)
}

/// Text of several lines for a terminal, line by line.
pub fn terminal_lines(plain: &str) -> impl Iterator<Item = String> {
    plain.lines().map(terminal)
}

/// Text in XML or SVG, between tags or in an attribute with either kind of quotes.
pub fn xml(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for char in visible(plain).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            char => out.push(char),
        }
    }
    out
}

/// Text of a SARIF message. There `[words](target)` would be a link, which no escape prevents but a space does, and
/// braces would be placeholders.
pub fn sarif(plain: &str) -> String {
    visible(plain).replace("](", "] (").replace('{', "{{").replace('}', "}}")
}

/// A file name as the reference of a URI. An absolute one has a scheme.
pub fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    // Without a slash before it, a colon would end a scheme.
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte.into()),
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

/// A word for a POSIX shell, on one line. A name that holds what can't be seen does not survive it.
pub fn shell(plain: &str) -> String {
    let plain = terminal(plain);
    let is_plain = |char: char| char.is_alphanumeric() || "/._-+=:@%,".contains(char);
    match !plain.is_empty() && !plain.starts_with('-') && plain.chars().all(is_plain) {
        true => plain,
        false => format!("'{}'", plain.replace('\'', r"'\''")),
    }
}

/// Plain text on one line of Markdown, in a table or not: what would be markup is escaped.
pub fn markdown_text(plain: &str) -> String {
    let line = visible(&plain.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut out = String::with_capacity(line.len());
    // What starts a list, a heading or a quotation does so only at the start of a line.
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match line[digits..].chars().next() {
        Some('#' | '>' | '-' | '+' | '=') if digits == 0 => Some(0),
        Some('.' | ')') if digits > 0 => Some(digits),
        _ => None,
    };
    let mut before = ' ';
    for (at, char) in line.char_indices() {
        let after = line[at + char.len_utf8()..].chars().next().unwrap_or(' ');
        let is_markup = match char {
            '_' => !before.is_alphanumeric() || !after.is_alphanumeric(),
            _ => "\\`*[]<|&$~".contains(char),
        };
        if is_markup || marker == Some(at) {
            out.push('\\');
        }
        out.push(char);
        before = char;
    }
    out
}

/// Text as code on one line of Markdown, in a table or not.
pub fn markdown_code(plain: &str) -> String {
    let plain = one_line(plain);
    // Nothing between backticks keeps this from ending a cell: the backslash of `\|` would be taken for escaped.
    if plain.contains("\\|") {
        return format!("<code>{}</code>", markdown_text(&plain));
    }
    span(&plain.replace('|', "\\|"))
}

/// Text as code in a line of Markdown that is in no table.
pub fn markdown_span(plain: &str) -> String {
    span(&one_line(plain))
}

fn one_line(plain: &str) -> String {
    visible(&plain.replace(['\n', '\r'], " "))
}

fn span(plain: &str) -> String {
    let fence = "`".repeat(longest_run(plain) + 1);
    let pad = if plain.starts_with('`') || plain.ends_with('`') || plain.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{plain}{pad}{fence}")
}

/// A program as a block of Markdown, with its last line feed.
pub fn markdown_block(program: &str) -> String {
    let program = visible(program);
    let fence = "`".repeat(longest_run(&program).max(2) + 1);
    format!("{fence}python\n{}\n{fence}\n", program.trim_end_matches('\n'))
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a | b", r"a \| b")]
    #[case("<b>*x*</b> [a](b) &amp;", r"\<b>\*x\*\</b> \[a\](b) \&amp;")]
    #[case("- two\n  lines", r"\- two lines")]
    #[case("1. one", r"1\. one")]
    #[case("1.5 > 1", r"1\.5 > 1")]
    #[case("# no heading", r"\# no heading")]
    #[case("a_b __init__", r"a_b \_\_init\_\_")]
    #[case("bell \x07", r"bell \\x07")]
    fn text_stays_text(#[case] plain: &str, #[case] markdown: &str) {
        assert_eq!(markdown_text(plain), markdown);
    }

    #[rstest]
    #[case("a", "`a`")]
    #[case("a`b", "``a`b``")]
    #[case("`", "`` ` ``")]
    #[case("a|b", r"`a\|b`")]
    #[case(r"a\|b`*", r"<code>a\\\|b\`\*</code>")]
    #[case("a\nb", "`a b`")]
    #[case("\u{202e}a", r"`\u202ea`")]
    fn code_stays_code(#[case] plain: &str, #[case] markdown: &str) {
        assert_eq!(markdown_code(plain), markdown);
    }

    #[rstest]
    #[case("x = 1\n", "```python\nx = 1\n```\n")]
    #[case("s = '''\n```\n'''", "````python\ns = '''\n```\n'''\n````\n")]
    fn a_block_ends_where_its_program_does(#[case] program: &str, #[case] block: &str) {
        assert_eq!(markdown_block(program), block);
    }

    #[rstest]
    #[case("plain é 漢", "plain é 漢")]
    #[case("\x1b[31mred\x07\0", r"\x1b[31mred\x07\x00")]
    #[case("a\r\nb\tc", r"a\r\nb\tc")]
    #[case("\u{9b}31m\u{7f}", r"\x9b31m\x7f")]
    #[case("\u{202e}\u{2066}\u{feff}\u{e0041}", r"\u202e\u2066\ufeff\U000e0041")]
    fn a_terminal_gets_letters_only(#[case] plain: &str, #[case] shown: &str) {
        assert_eq!(terminal(plain), shown);
    }

    #[rstest]
    #[case("::error::x", r"\x3a:error::x")]
    #[case("  ::x", r"  \x3a:x")]
    #[case("a ::x", "a ::x")]
    #[case("a ##[error] ##vso[x]", r"a \x23#[error] \x23#vso[x]")]
    fn a_log_gets_no_commands(#[case] plain: &str, #[case] shown: &str) {
        assert_eq!(terminal(plain), shown);
    }

    /// The script of the HTML report has the same characters in a class of a regular expression.
    #[test]
    fn the_page_hides_the_same() {
        let script = include_str!("../html/assets/data.js");
        let class = script.split_once("const HIDDEN = /[").and_then(|(_, rest)| rest.split_once("]/gu")).unwrap().0;
        let bounds = class.split('\\').skip(1).map(|escape| {
            let (escape, is_range) = escape.strip_suffix('-').map_or((escape, false), |escape| (escape, true));
            let digits = escape.trim_start_matches(['x', 'u', '{']).trim_end_matches('}');
            (u32::from_str_radix(digits, 16).unwrap(), is_range)
        });
        let (mut ranges, mut from) = (vec![], None);
        for (bound, is_range) in bounds {
            match is_range {
                true => from = Some(bound),
                false => ranges.push(from.take().unwrap_or(bound)..=bound),
            }
        }
        for char in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let is_there = ranges.iter().any(|range| range.contains(&(char as u32)));
            assert_eq!(is_there, is_hidden(char) && !"\n\t".contains(char), "{:x}", char as u32);
        }
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{9b}\u{e0041}\x7f", "é\n\"", 1] });
        let written = serde_json::to_string_pretty(&value).unwrap();
        let escaped = json(&written);
        assert_eq!(escaped.chars().filter(|char| is_hidden(*char)).collect::<String>().trim(), "");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
        assert_eq!(json("{\n}"), "{\n}");
    }

    #[rstest]
    #[case("<a b='c' d=\"e\">&\n", "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;&#10;")]
    #[case("\0\u{ffff}]]>", r"\x00\uffff]]&gt;")]
    fn xml_stays_text(#[case] plain: &str, #[case] escaped: &str) {
        assert_eq!(xml(plain), escaped);
    }

    #[rstest]
    #[case("[1](http://x) {0}", "[1] (http://x) {{0}}")]
    #[case(r"m[1:2] \[x\](2)", r"m[1:2] \[x\] (2)")]
    fn a_message_has_no_links(#[case] plain: &str, #[case] escaped: &str) {
        assert_eq!(sarif(plain), escaped);
    }

    #[rstest]
    #[case("spec/a.yaml", "spec/a.yaml")]
    #[case("/tmp/a b#c?.yaml", "file:///tmp/a%20b%23c%3F.yaml")]
    #[case("javascript:alert(1)", "javascript%3Aalert%281%29")]
    fn a_file_has_a_uri(#[case] path: &str, #[case] reference: &str) {
        assert_eq!(uri(path), reference);
    }

    #[rstest]
    #[case("spec/a.yaml", "spec/a.yaml")]
    #[case("it's; rm -rf $HOME", r"'it'\''s; rm -rf $HOME'")]
    #[case("-x", "'-x'")]
    #[case("", "''")]
    fn a_word_stays_a_word(#[case] plain: &str, #[case] quoted: &str) {
        assert_eq!(shell(plain), quoted);
    }
}
