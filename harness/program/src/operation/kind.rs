//! What follows from the rows: which operation a text stands for, and what kind of operation it is; and the types and modules
//! that programs may name.

use super::Gives::{Nothing, View};
use super::Kind;
use super::Syntax::{self, Attribute, Call, Infix, Method, Prefix};

impl Kind {
    /// Returns the operation that is written as a call of `path`.
    pub fn call(path: &str) -> Option<Kind> {
        match path {
            "slice" => Some(Kind::Slice),
            _ => Kind::find(|syntax| matches!(syntax, Call(known) if known == path)),
        }
    }

    /// Returns the operation that is written as a call of a method with this name.
    pub fn method(name: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Method(known) if known == name))
    }

    /// Returns the operation that is written as an attribute with this name.
    pub fn attribute(name: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Attribute(known) if known == name))
    }

    /// Returns the operation that is written with this operator between its operands.
    pub fn infix(operator: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Infix(known) if known == operator))
    }

    /// Returns the operation that is written with this operator before its operand.
    pub fn prefix(operator: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Prefix(known) if known == operator))
    }

    /// Returns the operation that is written with this operator before `=`.
    pub fn in_place(operator: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Syntax::InPlace(known) if known == operator))
    }

    fn find(matches: impl Fn(Syntax) -> bool) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| matches(kind.row().syntax))
    }

    /// Returns the capability that the operation needs beyond Python, as in a case's `needs`.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Kind::NewExporter => Some("exporter"),
            Kind::NewHook => Some("hook"),
            Kind::Request | Kind::GetContiguous => Some("capi"),
            _ => None,
        }
    }

    /// Returns whether it is a function that creates an exporter or a view from any object.
    pub fn makes(self) -> bool {
        let row = self.row();
        matches!(row.syntax, Call(_)) && (row.gives.is_exporter() || matches!(row.gives, View(_)))
    }

    /// Returns whether it compares two operands.
    pub fn is_comparison(self) -> bool {
        matches!(self.row().syntax, Infix("==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in" | "is" | "is not"))
    }

    /// Returns whether the operation ends a statement that has no value.
    pub fn is_statement(self) -> bool {
        match self.row().syntax {
            Syntax::Set
            | Syntax::Delete
            | Syntax::SetAttribute
            | Syntax::DeleteAttribute
            | Syntax::Unbind
            | Syntax::Enter
            | Syntax::Leave
            | Syntax::Import => true,
            Syntax::Control => self.row().gives == Nothing,
            _ => false,
        }
    }
}

/// The built-in constants that are read by their names. `None` and its like are part of Python's grammar.
pub const CONSTANTS: &[&str] = &["NotImplemented"];

/// The names that a program may use for types, all of them constants.
pub const TYPES: &[&str] = &[
    "memoryview",
    "bytes",
    "bytearray",
    "int",
    "bool",
    "float",
    "str",
    "list",
    "tuple",
    "slice",
    "type",
    "object",
    "dict",
    "range",
    "complex",
    "array.array",
    "numpy.ndarray",
    "mmap.mmap",
    "struct.Struct",
    "collections.abc.Sequence",
    "collections.abc.MutableSequence",
    "collections.abc.Mapping",
    "collections.abc.Hashable",
    "collections.abc.Buffer",
    "collections.abc.Iterable",
    "collections.abc.Sized",
    "collections.abc.Container",
    "collections.abc.Reversible",
    "collections.abc.Collection",
    "io.RawIOBase",
    "Exception",
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BufferError",
    "EOFError",
    "IndexError",
    "KeyError",
    "LookupError",
    "MemoryError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "RuntimeError",
    "StopIteration",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "ValueError",
    "ZeroDivisionError",
];

/// The modules that a program may import.
pub const MODULES: &[&str] =
    &["array", "collections.abc", "copy", "ctypes", "gc", "io", "mmap", "numpy", "pickle", "struct", "weakref"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_syntax() {
        for &kind in Kind::ALL {
            let found = match kind.row().syntax {
                Call(path) => Kind::call(path),
                Method(name) => Kind::method(name),
                Attribute(name) => Kind::attribute(name),
                Infix(operator) => Kind::infix(operator),
                Prefix(operator) => Kind::prefix(operator),
                Syntax::InPlace(operator) => Kind::in_place(operator),
                _ => continue,
            };
            assert_eq!(found, Some(kind), "two rows are written alike: {}", kind.row().name);
        }
    }

    #[test]
    fn optional_parameters_come_last() {
        for kind in Kind::ALL {
            let optional: Vec<bool> = kind.row().parameters.iter().map(|parameter| parameter.optional).collect();
            assert!(optional.is_sorted(), "{}", kind.row().name);
        }
    }
}
