//! Faults of errors: the wrong type, the wrong words, the wrong one of two.

use super::call::{Answer, Call, raise, raise_other};
use super::{Row, row};
use program::Kind;
use python::Object;
use view::{Error, Exception};

pub(super) const ROWS: &[Row] = &[
    row("error-index-text", "The error of an index says `range` for `bounds`.", |call| {
        instead(call, &[Kind::Get, Kind::Set], |error| match error {
            Error::OutOfBounds { dimension } => {
                Some((Exception::IndexError, format!("index out of range on dimension {dimension}")))
            }
            _ => None,
        })
    }),
    row("error-huge-index-type", "An index that does not fit 64 bits is an OverflowError.", |call| {
        instead(call, &[Kind::Get, Kind::Set], |error| match error {
            Error::IndexTooLarge { .. } => Some((Exception::OverflowError, error.to_string())),
            _ => None,
        })
    }),
    row("error-slice-bound-type", "A bound of a slice that is no integer is a ValueError.", |call| {
        instead(call, &[Kind::Get], |error| match error {
            Error::SliceBound => Some((Exception::ValueError, error.to_string())),
            _ => None,
        })
    }),
    row("error-rows-text", "The error of a row of several dimensions is the one of writing, not of reading.", |call| {
        instead(call, &[Kind::Get], |error| match error {
            Error::SubViewsOfDimensions => Some((Exception::NotImplementedError, Error::SubViews.to_string())),
            _ => None,
        })
    }),
    row("error-structure-type", "Assigning what does not fit a slice is a TypeError.", |call| {
        instead(call, &[Kind::Set], |error| match error {
            Error::Structure => Some((Exception::TypeError, error.to_string())),
            _ => None,
        })
    }),
    row("error-readonly-type", "Writing to a read-only view is a ValueError.", |call| {
        instead(call, &[Kind::Set], |error| match error {
            Error::ReadOnly => Some((Exception::ValueError, error.to_string())),
            _ => None,
        })
    }),
    row("error-no-buffer-text", "The error of assigning what has no buffer is that of the constructor.", |call| {
        instead(call, &[Kind::Set], |error| match error {
            Error::NoBuffer { .. } => Some((Exception::TypeError, format!("memoryview: {error}"))),
            _ => None,
        })
    }),
    row("error-delete-first", "That memory can't be deleted is said before that it is read-only.", |call| {
        instead(call, &[Kind::Delete], |error| match error {
            Error::ReadOnly => Some((Exception::TypeError, Error::Delete.to_string())),
            _ => None,
        })
    }),
    row("error-cast-length-text", "The error of a cast of a wrong length is the one of a shape.", |call| {
        instead(call, &[Kind::Cast], |error| match error {
            Error::CastLength => Some((Exception::TypeError, Error::CastProduct.to_string())),
            _ => None,
        })
    }),
    row("error-cast-shape-type", "A size in a shape that is too small is a TypeError.", |call| {
        instead(call, &[Kind::Cast], |error| match error {
            Error::CastElementSign => Some((Exception::TypeError, error.to_string())),
            _ => None,
        })
    }),
    row("error-cast-non-ascii", "A format that is not ASCII is refused as one that is not native.", |call| {
        call.view(&[Kind::Cast])?;
        call.on_error(|_, error| match error {
            Error::NonAscii { .. } => Some(raise(Error::CastFormat { what: view::error::Target::Character })),
            _ => None,
        })
    }),
    row("error-order-type", "An unknown order of bytes is a TypeError.", |call| {
        instead(call, &[Kind::ToBytes], |error| match error {
            Error::Order => Some((Exception::TypeError, error.to_string())),
            _ => None,
        })
    }),
    row("error-hex-group-type", "Groups of `hex` that are too large are a ValueError.", |call| {
        instead(call, &[Kind::Hex], |error| match error.exception() {
            Exception::OverflowError => Some((Exception::ValueError, error.to_string())),
            _ => None,
        })
    }),
    row("error-hash-writable-type", "Hashing a writable view is a TypeError.", |call| {
        instead(call, &[Kind::Hash], |error| match error {
            Error::HashWritable => Some((Exception::TypeError, error.to_string())),
            _ => None,
        })
    }),
    row("error-released-attribute", "The `format` of a released view is an AttributeError.", |call| {
        instead(call, &[Kind::Format], |error| match error {
            Error::Released => Some((Exception::AttributeError, error.to_string())),
            _ => None,
        })
    }),
    row("error-view-of-released", "A view of a released view is refused as of what has no buffer.", |call| {
        call.released(&[Kind::NewView]).map(|_| raise(Error::NotBytesLike { type_name: "memoryview".into() }))
    }),
    row(
        "error-array-resize-text",
        "An array that has views fails to be resized with the words of a bytearray.",
        |call| {
            let is_array = matches!(call.operand(0)?, Object::Array(_));
            call.on_error(|_, error| match error {
                Error::ArrayResize if is_array => Some(raise(Error::BytearrayResize)),
                _ => None,
            })
        },
    ),
];

/// Another error, in type and text, where one of these operations on a view raises one that `other` knows.
fn instead(call: &mut Call<'_>, kinds: &[Kind], other: impl FnOnce(&Error) -> Option<(Exception, String)>) -> Answer {
    call.any_view(kinds)?;
    call.on_error(|_, error| other(error).map(|(exception, text)| raise_other(exception, text)))
}
