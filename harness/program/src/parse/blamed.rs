//! Where in the text of a step the word stands that the policy blames: operations have no places.

use std::ops::Range;

/// The place of a word, or all of the text.
pub(super) fn place(word: &str, text: &str) -> Range<usize> {
    // Under the name that an import has given, a function does not stand there by its own.
    let last = word.rsplit('.').next().unwrap_or(word);
    let found = [word, last].into_iter().find_map(|word| Some((find(word, text)?, word.len())));
    found.map_or(0..text.len(), |(start, length)| start..start + length)
}

/// A word as a whole comes first, and an attribute of something else than `self`, which may have any.
fn find(word: &str, text: &str) -> Option<usize> {
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    let places = || text.match_indices(word).map(|(start, _)| (start, &text[..start], &text[start + word.len()..]));
    let is_inner = |before: &str, after: &str| before.ends_with(is_name) || after.starts_with(is_name);
    let whole = || places().filter(|(_, before, after)| !word.chars().all(is_name) || !is_inner(before, after));
    let of_others = whole().find(|(_, before, _)| before.ends_with('.') && !before.ends_with("self."));
    of_others.or_else(|| whole().next()).or_else(|| places().next()).map(|(start, ..)| start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("view", "memoryview(view)", 11)]
    #[case("next", "self.next = 1\na.next = b", 16)]
    #[case("next", "self.next = 1", 5)]
    #[case("io.open", "open(1)", 0)]
    #[case("] =", "x[0] = 1", 3)]
    #[case("ok", "look", 2)]
    fn the_word_at_fault_is_found(#[case] word: &str, #[case] text: &str, #[case] start: usize) {
        assert_eq!(place(word, text).start, start);
    }

    #[test]
    fn a_word_that_is_not_there_is_all_of_the_text() {
        assert_eq!(place("x", "abc"), 0..3);
    }
}
