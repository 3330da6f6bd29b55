//! Addresses of cases: `#cases?engine=pypy3&area=cast`. The filters of the page read and write the same form.

use crate::report::model::{Claim, Results};
use std::collections::HashSet;
use std::fmt::Write;

/// The address of one case.
pub(super) fn case(id: &str) -> String {
    cases(&[("case", &[id])])
}

/// The ids of the cases that are listed.
pub(super) struct Ids<'a>(HashSet<&'a str>);

impl<'a> Ids<'a> {
    /// The ids of all cases.
    pub(super) fn of(results: &'a Results) -> Ids<'a> {
        Ids(results.cases.iter().map(|case| &case.id[..]).collect())
    }

    /// The address of the cases of a claim: of the one with its id, or else of its rows, which have its id in their texts.
    pub(super) fn address(&self, claim: &Claim) -> String {
        match self.0.contains(&claim.id[..]) {
            true => case(&claim.id),
            false => cases(&[("q", &[&claim.id])]),
        }
    }
}

/// The address of the cases of a claim on an engine.
pub(super) fn claim_on(engine: &str, id: &str) -> String {
    cases(&[("engine", &[engine]), ("q", &[id])])
}

/// The address of the cases that filters let through: for each filter the values of which one must apply. A filter
/// without a value is left out.
pub(super) fn cases(filters: &[(&str, &[&str])]) -> String {
    let mut out = String::from("#cases");
    for (index, (name, values)) in filters.iter().filter(|(_, values)| !values.is_empty()).enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            escape(&mut out, value);
        }
    }
    out
}

/// Percent-encodes all but what is safe everywhere in a fragment. The comma is not: it separates the values of a filter.
fn escape(out: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'~' => out.push(char::from(byte)),
            // Writing to a String can't fail.
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("cast-zeros/a", "#cases?case=cast-zeros/a")]
    #[case("a&b=c,d #e\"\u{e9}", "#cases?case=a%26b%3Dc%2Cd%20%23e%22%C3%A9")]
    fn an_address_keeps_any_id(#[case] id: &str, #[case] address: &str) {
        assert_eq!(case(id), address);
    }

    #[test]
    fn filters_are_joined() {
        let filters: [(&str, &[&str]); 3] = [("engine", &["a b"]), ("area", &[]), ("status", &["fail", "crash"])];
        assert_eq!(cases(&filters), "#cases?engine=a%20b&status=fail,crash");
        assert_eq!(cases(&[]), "#cases");
    }
}
