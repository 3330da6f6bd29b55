//! Python's exception types, as far as memoryview and its callers tell them apart.

use std::fmt;

/// The type of a Python exception.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are Python's")]
pub enum Exception {
    TypeError,
    ValueError,
    IndexError,
    BufferError,
    NotImplementedError,
    OverflowError,
    MemoryError,
    AttributeError,
    StopIteration,
    UnicodeEncodeError,
    SystemError,
    KeyError,
    NameError,
    ZeroDivisionError,
    RuntimeError,
    /// `struct.error`
    StructError,
    /// No Python exception: what happens next is left open by C. Comparisons should stop here.
    Unspecified,
    /// Any other type, by its name.
    Other(Box<str>),
}

const NAMED: [(Exception, &str); 17] = [
    (Exception::TypeError, "TypeError"),
    (Exception::ValueError, "ValueError"),
    (Exception::IndexError, "IndexError"),
    (Exception::BufferError, "BufferError"),
    (Exception::NotImplementedError, "NotImplementedError"),
    (Exception::OverflowError, "OverflowError"),
    (Exception::MemoryError, "MemoryError"),
    (Exception::AttributeError, "AttributeError"),
    (Exception::StopIteration, "StopIteration"),
    (Exception::UnicodeEncodeError, "UnicodeEncodeError"),
    (Exception::SystemError, "SystemError"),
    (Exception::KeyError, "KeyError"),
    (Exception::NameError, "NameError"),
    (Exception::ZeroDivisionError, "ZeroDivisionError"),
    (Exception::RuntimeError, "RuntimeError"),
    (Exception::StructError, "struct.error"),
    (Exception::Unspecified, "(unspecified)"),
];

impl Exception {
    /// The name as Python writes it; `struct.error` with its module.
    pub fn name(&self) -> &str {
        match self {
            Exception::Other(name) => name,
            _ => NAMED.iter().find(|(exception, _)| exception == self).map_or("", |(_, name)| name),
        }
    }

    /// The exception with that name; [`Exception::Other`] when it is none of the known ones.
    pub fn from_name(name: &str) -> Self {
        match NAMED.iter().find(|(_, known)| *known == name) {
            Some((exception, _)) => exception.clone(),
            None => Exception::Other(name.into()),
        }
    }

    /// `except TypeError` would catch it.
    pub fn is_type_error(&self) -> bool {
        *self == Exception::TypeError
    }

    /// `except (ValueError, OverflowError)` would catch it; subclasses of ValueError count.
    pub fn is_value_or_overflow_error(&self) -> bool {
        match self {
            Exception::ValueError | Exception::OverflowError | Exception::UnicodeEncodeError => true,
            Exception::Other(name) => {
                matches!(&**name, "UnicodeError" | "UnicodeDecodeError" | "UnicodeTranslateError" | "JSONDecodeError")
            }
            _ => false,
        }
    }

    /// `except (IndexError, StopIteration)` would catch it: what ends the sequence iterators.
    pub fn ends_iteration(&self) -> bool {
        matches!(self, Exception::IndexError | Exception::StopIteration)
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for name in NAMED.iter().map(|(_, name)| *name).chain(["KeyboardInterrupt", "MyError"]) {
            assert_eq!(Exception::from_name(name).name(), name);
        }
    }
}
