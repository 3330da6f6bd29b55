//! How bad a divergence is for those who use the implementation.

use crate::report;
use engine::Facet;

/// The severities, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Wrong bytes, without an error.
    Bytes,
    /// Another wrong value, without an error.
    Value,
    /// The process died.
    Crash,
    /// The program did not come to its end.
    Hang,
    /// An error is missing.
    MissingError,
    /// An error in place of a value.
    Error,
    /// Another type of error.
    ErrorType,
    /// Another text of an error.
    Wording,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Severity; 8] = [
        Severity::Bytes,
        Severity::Value,
        Severity::Crash,
        Severity::Hang,
        Severity::MissingError,
        Severity::Error,
        Severity::ErrorType,
        Severity::Wording,
    ];

    /// What stands behind a number: `2 wrong bytes`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Bytes => "wrong bytes",
            Severity::Value => "wrong value",
            Severity::Crash => "crash",
            Severity::Hang => "hang",
            Severity::MissingError => "missing error",
            Severity::Error => "unexpected error",
            Severity::ErrorType => "error type",
            Severity::Wording => "wording",
        }
    }

    /// A number of results: `2 crashes`.
    pub fn counted(self, count: usize) -> String {
        match self {
            Severity::Bytes => format!("{count} {}", self.word()),
            _ => report::count(count, self.word()),
        }
    }

    /// The title of a column of numbers.
    pub fn column(self) -> &'static str {
        match self {
            Severity::Bytes => "bytes",
            Severity::Value => "values",
            Severity::Crash => "crashes",
            Severity::Hang => "hangs",
            Severity::MissingError => "missing errors",
            Severity::Error => "errors",
            Severity::ErrorType => "error types",
            Severity::Wording => "wordings",
        }
    }

    /// What it means, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Severity::Bytes => "Without an error, other bytes are read or written, or a view covers other memory.",
            Severity::Value => "Without an error, there is another value, such as an attribute or a comparison.",
            Severity::Crash => "The process of the implementation dies.",
            Severity::Hang => "The program does not come to its end.",
            Severity::MissingError => {
                "Python raises an error and the implementation does not, or an object is not locked, released or freed."
            }
            Severity::Error => "Python gives a value, and the implementation raises an error.",
            Severity::ErrorType => "The error has another type than in Python.",
            Severity::Wording => "The error has the type that it has in Python, but another text.",
        }
    }

    /// The severity of a difference. Of a value, `is_memory` says whether it was read from memory.
    pub(super) fn of(facet: Facet, is_memory: bool) -> Severity {
        match facet {
            Facet::Value | Facet::Exporter if !is_memory => Severity::Value,
            Facet::Value | Facet::Exporter | Facet::Offset | Facet::Contents => Severity::Bytes,
            Facet::Shape | Facet::Strides | Facet::Suboffsets | Facet::Itemsize => Severity::Bytes,
            Facet::Type | Facet::Printed | Facet::Format | Facet::Readonly | Facet::Allocated => Severity::Value,
            Facet::NotRaised | Facet::Lock | Facet::Released | Facet::Alive | Facet::Leak => Severity::MissingError,
            Facet::Raised | Facet::Missing => Severity::Error,
            Facet::Exception => Severity::ErrorType,
            Facet::Message => Severity::Wording,
        }
    }
}
