//! The names of implementations, and how they are misspelled.

/// The implementations that are known by name, as `viewcheck engines` prints them. An entry can name others, but a name that
/// differs from one of these by a letter is a misspelling: its entry would never apply and never become stale.
pub const IMPLEMENTATIONS: [&str; 8] =
    ["brython", "cpython", "graalpy", "micropython", "pyodide", "pypy", "reference", "rustpython"];

/// Returns the implementation that a misspelled name is meant to be.
pub(super) fn misspelled(name: &str) -> Option<&'static str> {
    let is_near = |known: &&str| name.eq_ignore_ascii_case(known) || strsim::damerau_levenshtein(name, known) == 1;
    let is_short = name.len() <= 40;
    IMPLEMENTATIONS.into_iter().find(|known| is_short && name != *known && is_near(known))
}
