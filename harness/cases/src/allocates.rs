//! `allocates`: how much memory a step may allocate, as one or two comparisons with a size: `< 1 KiB`, `>= 1 MiB, < 2 MiB`.
//!
//! Sizes are counted and never measured by a clock, so that whether something is copied can be told apart on every machine.

use crate::Step;
use program::Program;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// The bytes that a step may allocate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The fewest.
    least: u64,
    /// The most.
    most: u64,
    /// The text, as in the file.
    text: String,
}

/// What is wrong with a text of bounds, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadBounds {
    pub(crate) range: Range<usize>,
    pub(crate) what: String,
}

/// The units, with the bytes of each.
const UNITS: [(&str, u64); 4] = [("byte", 1), ("bytes", 1), ("KiB", 1 << 10), ("MiB", 1 << 20)];

impl Bounds {
    /// Returns whether a step may allocate so many bytes.
    pub fn admit(&self, bytes: u64) -> bool {
        (self.least..=self.most).contains(&bytes)
    }

    /// Parses comparisons with commas between them.
    pub(crate) fn parse(text: &str) -> Result<Bounds, BadBounds> {
        let (mut least, mut most) = (0, u64::MAX);
        let mut start = 0;
        for part in text.split(',') {
            let from = start + part.len() - part.trim_start().len();
            let compared = part.trim();
            start += part.len() + 1;
            let bad = |what| BadBounds { range: from..from + compared.len(), what };
            match comparison(compared).map_err(bad)? {
                ("<", 0) => return Err(bad("nothing is less than 0 bytes".to_owned())),
                ("<", size) => most = most.min(size - 1),
                ("<=", size) => most = most.min(size),
                (">", size) => least = least.max(size.saturating_add(1)),
                (_, size) => least = least.max(size),
            }
        }
        if least > most {
            return Err(BadBounds { range: 0..text.len(), what: format!("no size satisfies `{}`", text.trim()) });
        }
        Ok(Bounds { least, most, text: text.trim().to_owned() })
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Parses one comparison: its operator, and the size in bytes.
fn comparison(text: &str) -> Result<(&str, u64), String> {
    let operator = ["<=", ">=", "<", ">"].into_iter().find(|operator| text.starts_with(operator));
    let operator = operator.ok_or_else(|| format!("`{text}` does not begin with <, <=, > or >="))?;
    let size = text[operator.len()..].trim_start();
    let digits = size.find(|char: char| !char.is_ascii_digit()).unwrap_or(size.len());
    let (number, unit) = (&size[..digits], size[digits..].trim());
    let number: u64 = number.parse().map_err(|_| format!("`{size}` does not begin with a whole number of 64 bits"))?;
    let (_, unit_bytes) = UNITS
        .into_iter()
        .find(|(known, _)| *known == unit)
        .ok_or_else(|| format!("`{size}` ends in no unit: bytes, KiB or MiB"))?;
    let bytes = number.checked_mul(unit_bytes).ok_or_else(|| format!("`{size}` is more than 64 bits can count"))?;
    Ok((operator, bytes))
}

/// Notes in a program which of its steps have to be counted.
pub fn count(program: &mut Program, steps: &[Step]) {
    let bounded = |step: &Step| step.expectations.iter().any(|(_, expectation)| expectation.allocates.is_some());
    program.counted = (0..).zip(steps).filter(|(_, step)| bounded(step)).map(|(index, _)| index).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("< 1 KiB", &[0, 1023], &[1024])]
    #[case("<= 1 KiB", &[0, 1024], &[1025])]
    #[case(">1 MiB", &[1_048_577], &[1_048_576, 0])]
    #[case(" >= 2 MiB ", &[2_097_152, u64::MAX], &[2_097_151])]
    #[case(">= 1 byte, <= 3 bytes", &[1, 2, 3], &[0, 4])]
    #[case("<= 0 bytes", &[0], &[1])]
    fn bounds_admit_what_they_say(#[case] text: &str, #[case] admitted: &[u64], #[case] refused: &[u64]) {
        let bounds = Bounds::parse(text).unwrap();
        assert_eq!(bounds.to_string(), text.trim());
        assert!(admitted.iter().all(|bytes| bounds.admit(*bytes)), "{text}");
        assert!(refused.iter().all(|bytes| !bounds.admit(*bytes)), "{text}");
    }

    #[rstest]
    #[case("1 KiB", 0..5, "`1 KiB` does not begin with <, <=, > or >=")]
    #[case("", 0..0, "`` does not begin with <, <=, > or >=")]
    #[case("< KiB", 0..5, "`KiB` does not begin with a whole number of 64 bits")]
    #[case("< 1.5 KiB", 0..9, "`1.5 KiB` ends in no unit: bytes, KiB or MiB")]
    #[case("< 1 KiB, > 1 kB", 9..15, "`1 kB` ends in no unit: bytes, KiB or MiB")]
    #[case("< 5", 0..3, "`5` ends in no unit: bytes, KiB or MiB")]
    #[case("< 99999999999999999 MiB", 0..23, "`99999999999999999 MiB` is more than 64 bits can count")]
    #[case("< 0 bytes", 0..9, "nothing is less than 0 bytes")]
    #[case("< 1 KiB, > 1 MiB", 0..16, "no size satisfies `< 1 KiB, > 1 MiB`")]
    fn what_is_no_bound_is_refused_at_its_place(#[case] text: &str, #[case] range: Range<usize>, #[case] what: &str) {
        assert_eq!(Bounds::parse(text), Err(BadBounds { range, what: what.to_owned() }));
    }
}
