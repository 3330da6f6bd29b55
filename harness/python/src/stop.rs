//! Why an operation gave no object.

use program::Kind;
use view::{Error, Exception};

/// Why an operation gave no object.
#[derive(Debug)]
pub enum Stop {
    /// It raised.
    Raised(Error),
    /// This Python does not model the operation, or not with such operands.
    Unsupported(Box<Unsupported>),
    /// Python or C leaves open what happens.
    Unspecified(&'static str),
    /// The program is not well formed.
    Malformed(&'static str),
}

/// What is not modelled.
#[derive(Debug)]
pub struct Unsupported {
    /// The operation's name.
    pub operation: &'static str,
    /// What is missing.
    pub reason: String,
}

impl Stop {
    /// This Python does not model an operation with such operands.
    pub fn unsupported(kind: Kind, reason: impl Into<String>) -> Stop {
        Stop::Unsupported(Box::new(Unsupported { operation: kind.row().name, reason: reason.into() }))
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        match error {
            Error::Unspecified { what } => Stop::Unspecified(what),
            error => Stop::Raised(error),
        }
    }
}

pub(crate) fn type_error(text: impl Into<String>) -> Error {
    Error::type_error(text)
}

pub(crate) fn value_error(text: impl Into<String>) -> Error {
    Error::raised(Exception::ValueError, text)
}

pub(crate) fn overflow_error(text: impl Into<String>) -> Error {
    Error::raised(Exception::OverflowError, text)
}
