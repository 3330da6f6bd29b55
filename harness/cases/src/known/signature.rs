//! The parts of a signature: the tested engine's name, the core, and the circumstances in braces at the end.
//!
//! `a|b value/value ==: bool for bool {0-d, float}` is about the engine `a`, and has the core
//! `b value/value ==: bool for bool` and two circumstances. `viewcheck::findings` writes signatures; this module only takes
//! them apart.

use super::{Entry, Subject};

/// Splits a signature into its core and its circumstances. The name of the tested engine is left out: it can be anything on
/// the command line, and an entry says itself which implementation it is about.
pub fn parts(signature: &str) -> (&str, Vec<&str>) {
    let signature = signature.split_once('|').map_or(signature, |(_, rest)| rest);
    match signature.strip_suffix('}').and_then(|rest| rest.rsplit_once(" {")) {
        Some((core, circumstances)) => (core, circumstances.split(", ").collect()),
        None => (signature, vec![]),
    }
}

/// Whether two signatures have the same core, and the second has all circumstances of the first. An entry of a known
/// divergence applies to all signatures that its own includes.
pub fn includes(general: &str, special: &str) -> bool {
    let ((core, wanted), (other, present)) = (parts(general), parts(special));
    core == other && wanted.iter().all(|circumstance| present.contains(circumstance))
}

impl Entry {
    /// Returns whether the entry is for a signature and stands for this one.
    pub fn includes(&self, signature: &str) -> bool {
        matches!(&self.subject, Subject::Signature(own) if includes(own, signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("a|b value/value ==", "a|b value/value ==", true)]
    #[case::all_circumstances("a|b value/value ==", "a|b value/value == {0-d, float}", true)]
    #[case::some("a|b value/value == {float}", "a|b value/value == {0-d, float}", true)]
    #[case::any_order("a|b value/value == {float, 0-d}", "a|b value/value == {0-d, float}", true)]
    #[case::one_is_missing("a|b value/value == {float}", "a|b value/value == {0-d}", false)]
    #[case::all_are_missing("a|b value/value == {float}", "a|b value/value ==", false)]
    #[case::no_part_of_a_word("a|b value/value == {float}", "a|b value/value == {floats}", false)]
    #[case::another_name_of_the_engine("a|b value/value ==", "c|b value/value ==", true)]
    #[case::against_another_engine("a|b value/value ==", "a|c value/value ==", false)]
    #[case::another_core("a|b value/value", "a|b value/value ==", false)]
    fn a_signature_includes_those_with_more_circumstances(
        #[case] general: &str,
        #[case] special: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(includes(general, special), expected);
    }
}
