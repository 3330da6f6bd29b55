//! Text from outside in a sentence: shortened, as its length is up to whoever wrote it.

use std::borrow::Cow;

/// The most characters of a text that a sentence quotes.
pub const LONGEST: usize = 200;

/// A text that a sentence quotes. Of a long one it is the beginning, and how long the whole is.
pub fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}… ({} characters)", &text[..end], text.chars().count())),
        None => Cow::Borrowed(text),
    }
}

/// The most characters in a line of a message that quotes texts of others.
const LONGEST_LINE: usize = 1000;

/// A message with its long lines cut in the middle, so that what is wrong and what to do stay, which stand at the ends.
pub fn cut_lines(message: &str) -> Cow<'_, str> {
    if message.lines().all(|line| line.len() <= LONGEST_LINE) {
        return Cow::Borrowed(message);
    }
    let cut = |line: &str| {
        let all = line.chars().count();
        if all <= LONGEST_LINE {
            return line.to_owned();
        }
        let half = LONGEST_LINE / 2;
        let (start, end): (String, String) =
            (line.chars().take(half).collect(), line.chars().skip(all - half).collect());
        format!("{start}… ({} characters left out) …{end}", all - 2 * half)
    };
    Cow::Owned(message.split('\n').map(cut).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", "")]
    #[case("münchen", "münchen")]
    #[case(&"ü".repeat(LONGEST), &"ü".repeat(LONGEST))]
    #[case(&"ü".repeat(LONGEST + 1), &format!("{}… (201 characters)", "ü".repeat(LONGEST)))]
    fn a_long_text_is_quoted_in_part(#[case] text: &str, #[case] quoted: &str) {
        assert_eq!(short(text), quoted);
    }

    #[test]
    fn the_ends_of_a_long_line_stay() {
        let message = format!("one\nwrong: {}; do this\nthree\n", "ü".repeat(1 << 20));
        let cut = cut_lines(&message);
        assert!(cut.starts_with("one\nwrong: ü") && cut.ends_with("ü; do this\nthree\n"), "{cut}");
        assert!(cut.chars().count() < LONGEST_LINE + 100 && cut.contains("characters left out"), "{cut}");
        for whole in ["", "\n", "a\nb", &"ü".repeat(LONGEST_LINE)] {
            assert_eq!(cut_lines(whole), whole);
        }
    }
}
