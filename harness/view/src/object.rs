//! What memoryview wants to know about the objects it is given.
//!
//! An embedder implements [`Object`] for its operands. Every method that Python would answer by running program code
//! may do anything here too: release the view, resize the exporter, write. The view holds no borrow across such a call.

use std::borrow::Cow;
use std::rc::Rc;

use crate::error::Error;
use crate::exception::Exception;
use crate::exporter::Exporter;
use crate::int::Int;
use crate::item::Item;
use crate::view::View;

/// A Python object as memoryview sees it.
pub trait Object {
    /// The type's name as error texts have it (`tp_name`: with the module for most types written in C).
    fn type_name(&self) -> Cow<'_, str>;

    /// The type's name where an argument of a wrong type is refused: None is called by its own name there.
    fn argument_type_name(&self) -> Cow<'_, str> {
        if self.is_none() { "None".into() } else { self.type_name() }
    }

    /// Whether it is None.
    fn is_none(&self) -> bool {
        false
    }

    /// The elements of a list or a tuple: the value of each that is an int, as of [`int`](Object::int).
    fn elements(&self) -> Option<Vec<Option<Int>>> {
        None
    }

    /// An instance of int: its own value, even if a subclass overrides `__index__`. Runs no program code.
    fn int(&self) -> Option<Int> {
        None
    }

    /// Whether there is an `__index__`, without calling it. Override it together with [`Object::index`].
    fn has_index(&self) -> bool {
        self.int().is_some()
    }

    /// Calls `__index__`; `None` if there is none. A result that is no int is [`Error::IndexNotInt`], or since
    /// [`Change::IndexText`](crate::Change::IndexText) [`Error::IndexMustBeInt`].
    fn index(&self) -> Option<Result<Int, Error>> {
        self.int().map(Ok)
    }

    /// A float instance, or calls `__float__`. Ints say `None`: the view converts those, with its own overflow rule.
    fn float(&self) -> Option<Result<f64, Error>> {
        None
    }

    /// A complex instance, or calls `__complex__`: real and imaginary part.
    fn complex(&self) -> Option<Result<(f64, f64), Error>> {
        None
    }

    /// `bool(x)`
    fn truth(&self) -> Result<bool, Error>;

    /// The content of a bytes instance.
    fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        None
    }

    /// The content of a str instance.
    fn text(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// `len(x)`, asked of the separator of `hex()`; `None` if it has no length.
    fn length(&self) -> Option<Result<usize, Error>> {
        let of_text = || self.text().map(|text| text.chars().count());
        self.bytes().map(|bytes| bytes.len()).or_else(of_text).map(Ok)
    }

    /// Something that exports a buffer and is no memoryview.
    fn exporter(&self) -> Option<Rc<dyn Exporter>> {
        None
    }

    /// A memoryview.
    fn view(&self) -> Option<&Rc<View>> {
        None
    }

    /// Python's `item == x`, the comparison that `in`, `count` and `index` make.
    fn equals(&self, item: &Item) -> Result<bool, Error>;

    /// `item is x`, which those look at first; it can only matter for objects that do not equal themselves.
    fn is(&self, _item: &Item) -> bool {
        false
    }
}

impl Object for Int {
    fn type_name(&self) -> Cow<'_, str> {
        "int".into()
    }

    fn int(&self) -> Option<Int> {
        Some(self.clone())
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(*self != Int::Small(0))
    }

    fn equals(&self, item: &Item) -> Result<bool, Error> {
        Ok(match (self, item) {
            (Int::Small(value), item) => item.same_value(Item::Int(*value)),
            (value, Item::Uint(item)) => *value == Int::from(*item),
            (value, Item::Float(item) | Item::Complex(item, 0.0)) => value.equals_float(*item),
            _ => false,
        })
    }
}

impl Object for i64 {
    fn type_name(&self) -> Cow<'_, str> {
        "int".into()
    }

    fn int(&self) -> Option<Int> {
        Some(Int::Small(*self))
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(*self != 0)
    }

    fn equals(&self, item: &Item) -> Result<bool, Error> {
        Ok(item.same_value(Item::Int(*self)))
    }
}

/// An item that was read, used as an operand again.
impl Object for Item {
    fn type_name(&self) -> Cow<'_, str> {
        match self {
            Item::Int(_) | Item::Uint(_) => "int",
            Item::Bool(_) => "bool",
            Item::Float(_) => "float",
            Item::Byte(_) => "bytes",
            Item::Complex(..) => "complex",
        }
        .into()
    }

    fn int(&self) -> Option<Int> {
        match self {
            Item::Int(value) => Some(Int::Small(*value)),
            Item::Uint(value) => Some(Int::from(*value)),
            Item::Bool(value) => Some(Int::Small((*value).into())),
            _ => None,
        }
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        match self {
            Item::Float(value) => Some(Ok(*value)),
            _ => None,
        }
    }

    fn complex(&self) -> Option<Result<(f64, f64), Error>> {
        match self {
            Item::Complex(real, imaginary) => Some(Ok((*real, *imaginary))),
            _ => None,
        }
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(match *self {
            Item::Int(value) => value != 0,
            Item::Bool(value) => value,
            Item::Float(value) => value != 0.0,
            Item::Complex(real, imaginary) => real != 0.0 || imaginary != 0.0,
            Item::Uint(_) | Item::Byte(_) => true,
        })
    }

    fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Item::Byte(byte) => Some(std::slice::from_ref(byte).into()),
            _ => None,
        }
    }

    fn exporter(&self) -> Option<Rc<dyn Exporter>> {
        match self {
            Item::Byte(byte) => Some(crate::exporter::Bytes::new(vec![*byte])),
            _ => None,
        }
    }

    fn equals(&self, item: &Item) -> Result<bool, Error> {
        Ok(item.same_value(*self))
    }
}

/// Replaces a conversion's TypeError by `as_type`, its ValueError or OverflowError by `as_value`; others pass.
pub(crate) fn translate(error: Error, as_type: Error, as_value: Error) -> Error {
    match error.exception() {
        Exception::TypeError => as_type,
        exception if exception.is_value_or_overflow_error() => as_value,
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const BIG: u64 = 1 << 63;

    #[rstest]
    #[case(&0_i64, false)]
    #[case(&-1_i64, true)]
    #[case(&Int::Small(0), false)]
    #[case(&Int::from(BIG), true)]
    #[case(&Item::Int(0), false)]
    #[case(&Item::Int(2), true)]
    #[case(&Item::Uint(BIG), true)]
    #[case(&Item::Bool(false), false)]
    #[case(&Item::Bool(true), true)]
    #[case(&Item::Float(-0.0), false)]
    #[case(&Item::Float(f64::NAN), true)]
    #[case(&Item::Complex(0.0, 0.0), false)]
    #[case(&Item::Complex(1.0, 0.0), true)]
    #[case(&Item::Complex(0.0, 1.0), true)]
    #[case(&Item::Byte(0), true)] // one byte long
    fn truth(#[case] object: &dyn Object, #[case] expected: bool) {
        assert_eq!(object.truth(), Ok(expected));
    }

    #[rstest]
    #[case(&Int::Small(3), Item::Float(3.0), true)]
    #[case(&Int::Small(3), Item::Int(4), false)]
    #[case(&Int::from(BIG), Item::Uint(BIG), true)]
    #[case(&Int::from(BIG), Item::Uint(BIG + 1), false)]
    #[case(&Int::from(BIG), Item::Float(BIG as f64), true)]
    #[case(&Int::from(BIG), Item::Complex(BIG as f64, 0.0), true)]
    #[case(&Int::from(BIG), Item::Complex(BIG as f64, 1.0), false)]
    #[case(&Int::from(BIG), Item::Int(i64::MIN), false)]
    #[case(&Item::Bool(true), Item::Int(1), true)]
    #[case(&Item::Byte(1), Item::Int(1), false)]
    fn equality(#[case] object: &dyn Object, #[case] item: Item, #[case] expected: bool) {
        assert_eq!(object.equals(&item), Ok(expected));
    }

    #[test]
    fn only_ints_are_indices_of_themselves() {
        assert!(1_i64.has_index() && Item::Bool(true).has_index() && Int::from(BIG).has_index());
        assert!(!Item::Float(1.0).has_index() && !Item::Byte(1).has_index());
    }

    #[test]
    fn of_items_only_bytes_export_memory() {
        let memory = |item: Item| item.exporter().and_then(|exporter| exporter.buffer().map(|memory| memory.to_vec()));
        assert_eq!([memory(Item::Byte(7)), memory(Item::Int(7))], [Some(vec![7]), None]);
    }
}
