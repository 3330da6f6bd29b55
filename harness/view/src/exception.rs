//! Python's exception types, as far as memoryview and its callers tell them apart.

use std::fmt;

macro_rules! exceptions {
    ($($variant:ident $name:literal,)+) => {
        /// The type of a Python exception.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Exception {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
            /// Any other type, by its name.
            Other(Box<str>),
        }

        impl Exception {
            /// The name as Python writes it; `struct.error` with its module.
            pub fn name(&self) -> &str {
                match self {
                    $(Exception::$variant => $name,)+
                    Exception::Other(name) => name,
                }
            }

            /// The exception with that name; [`Exception::Other`] when it is none of the known ones.
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($name => Exception::$variant,)+
                    _ => Exception::Other(name.into()),
                }
            }
        }
    };
}

exceptions! {
    TypeError "TypeError",
    ValueError "ValueError",
    IndexError "IndexError",
    BufferError "BufferError",
    NotImplementedError "NotImplementedError",
    OverflowError "OverflowError",
    MemoryError "MemoryError",
    AttributeError "AttributeError",
    StopIteration "StopIteration",
    UnicodeEncodeError "UnicodeEncodeError",
    SystemError "SystemError",
    KeyError "KeyError",
    NameError "NameError",
    ZeroDivisionError "ZeroDivisionError",
    RuntimeError "RuntimeError",
    StructError "struct.error",
    // No Python exception: what happens next is left open by C, so there is nothing to compare.
    Unspecified "(unspecified)",
}

impl Exception {
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
        for name in ["TypeError", "struct.error", "KeyboardInterrupt"] {
            assert_eq!(Exception::from_name(name).name(), name);
            assert_eq!(Exception::from_name(name).to_string(), name);
        }
    }
}
