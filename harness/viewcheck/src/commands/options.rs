//! Options that several commands have.

use crate::compare::Level;
use crate::report::summary::Paint;
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::ops::RangeInclusive;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// If standard output is a terminal and NO_COLOR is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Whether what goes to a terminal, or not to one, is painted.
    pub(super) fn paint(self, terminal: bool) -> Paint {
        let color = match self {
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            Color::Always => true,
            Color::Never => false,
        };
        Paint { color }
    }
}

/// Parses a whole number in a range. What is none, or none that fits, is refused in the same words as one that is outside.
pub(super) fn number_in(range: RangeInclusive<u64>) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("it is a number from {} to {}", range.start(), range.end())),
    }
}

/// Parses any whole number from 0 on, such as a seed.
pub(super) fn number(text: &str) -> Result<u64, String> {
    number_in(0..=u64::MAX)(text)
}

/// The same of a range of sizes.
pub(super) fn size_in(range: RangeInclusive<usize>) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync {
    let number = number_in(*range.start() as u64..=*range.end() as u64);
    move |text| number(text).map(|number| number as usize)
}

/// Parses a level, and describes each in `--help`. [`Level`] belongs to `cases`, which does not depend on clap.
pub(super) fn level_parser() -> impl TypedValueParser<Value = Level> {
    let values = Level::ALL.map(|level| {
        PossibleValue::new(level.word()).help(match level {
            Level::Value => "Any error matches any other error",
            Level::Type => "Errors must have the same type",
            Level::Message => "Errors must have the same type and the same text",
        })
    });
    // The parser has refused every other word.
    let named = |word: String| Level::ALL.into_iter().find(|level| level.word() == word).unwrap_or_default();
    PossibleValuesParser::new(values).map(named)
}
