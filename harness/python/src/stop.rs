//! The reasons for which an operation returns no object.

use std::cell::RefCell;
use view::{Error, Exception};

/// What an error says that stands for a stop, for which a place had no room.
pub(crate) const OVER: &str = "the run is over";

thread_local! {
    /// The stop for which such an error stands, in a program without bodies.
    static KEPT: RefCell<Option<Stop>> = const { RefCell::new(None) };
}

/// Keeps a stop until the error that stands for it is one again.
pub(crate) fn keep(stop: Stop) {
    KEPT.set(Some(stop));
}

/// The reason for which an operation returned no object.
#[derive(Debug)]
pub enum Stop {
    /// It raised.
    Raised(Error),
    /// This crate does not model the operation, or not with such operands. The text names it, as a noun phrase: "`iter`
    /// with two arguments".
    Unsupported(Box<str>),
    /// Neither Python nor C specifies what happens. The text is a sentence that says why.
    Unspecified(&'static str),
    /// The program is not well formed. The text is a sentence that says why.
    Malformed(&'static str),
}

impl Stop {
    /// Returns the error for `what`, which is not modelled: a noun phrase such as "subscripts of str".
    pub fn unsupported(what: impl Into<Box<str>>) -> Stop {
        Stop::Unsupported(what.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        match error {
            Error::Unspecified { what } if what == OVER => KEPT.take().unwrap_or(Stop::Unspecified(what)),
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
