//! Faults of writing items: what fits, what it is converted to, which bytes are stored, and what is checked first.

use super::Stop;
use super::call::{Answer, Call, Done, raise, raise_other};
use super::parts::{address, revived, scratch, writable};
use super::{Row, row};
use num_bigint::BigInt;
use program::Kind;
use python::Object;
use std::rc::Rc;
use view::{Error, Exception, Format, Got, Int, Item, Key, Native, Text, View};

pub(super) const ROWS: &[Row] = &[
    row("write-item-readonly", "Writing an item does not look whether the view is read-only.", |call| {
        let target = writable(&written(call)?.view)?;
        call.on_error(|call, error| match error {
            Error::ReadOnly => Some(call.with(0, Object::View(target))),
            _ => None,
        })
    }),
    row("write-released", "An item of a released view can be written.", |call| {
        let view = call.released(&[Kind::Set])?;
        let is_item = !matches!(call.operand(1)?, Object::Slice(_));
        let other = is_item.then(|| revived(&view))??;
        Some(call.with(0, Object::View(other)))
    }),
    row("write-truncates", "An int that is too large for an item loses its upper bits.", |call| {
        let written = written(call)?;
        let int = written.value.as_int()?;
        call.on_error(|_, error| match error {
            Error::ItemValue { .. } => {
                let size = written.view.raw_itemsize().unsigned_abs();
                written.store(&low_bytes(&Object::big(&int), size))
            }
            _ => None,
        })
    }),
    row("write-lowest-h", "The lowest value of format `h` is refused.", |call| {
        let written = written(call)?;
        let is_lowest = written.native == Native::Short && written.value.as_int() == Some(Int::Small(-0x8000));
        refuse(call, is_lowest.then_some(Error::ItemValue { code: "h" }))
    }),
    row("write-highest-b", "Format `B` takes 256, and stores 0.", |call| {
        let written = written(call)?;
        let is_next = written.native == Native::UnsignedChar && written.value.as_int() == Some(Int::Small(256));
        is_next.then(|| call.with(2, Object::int(0)))
    }),
    row("write-range-of-signed", "Format `I` has the range of format `i`.", |call| {
        let written = written(call)?;
        let is_large =
            written.native == Native::UnsignedInt && written.value.as_int()?.within(1 << 31, 1 << 40).is_some();
        refuse(call, is_large.then_some(Error::ItemValue { code: "I" }))
    }),
    row("write-clears-on-failure", "An item is set to zero before the value is found not to fit.", |call| {
        let written = written(call)?;
        call.on_error(|_, error| match error {
            Error::ItemValue { .. } | Error::ItemType { .. } => {
                written.store(&vec![0; written.view.raw_itemsize().unsigned_abs()]);
                None
            }
            _ => None,
        })
    }),
    row("write-bool-as-int", "Format `?` stores the low byte of an int, not whether it is zero.", |call| {
        let written = written(call)?;
        let int = written.value.as_int().filter(|_| written.native == Native::Bool)?;
        written.after(call, |_| Some(low_bytes(&Object::big(&int), 1)))
    }),
    row("write-bool-wants-bool", "Format `?` takes nothing but bools.", |call| {
        let written = written(call)?;
        let is_other = written.native == Native::Bool && !matches!(written.value, Object::Bool(_));
        refuse(call, is_other.then_some(Error::ItemType { code: "?" }))
    }),
    row("write-q-big-endian", "Items of format `q` are stored with the bytes the other way round.", |call| {
        let written = written(call)?;
        (written.native == Native::LongLong)
            .then(|| written.after(call, |stored| Some(stored.iter().rev().copied().collect())))?
    }),
    row("write-float-truncates", "A float is rounded towards zero for format `f`.", |call| {
        let written = written(call)?;
        let Object::Float(value) = written.value else { return None };
        (written.native == Native::Float).then(|| {
            written.after(call, |stored| {
                let stored = f32::from_le_bytes(stored.try_into().ok()?);
                let is_too_far = f64::from(stored).abs() > value.abs();
                is_too_far.then(|| f32::from_bits(stored.to_bits() - 1).to_le_bytes().to_vec())
            })
        })?
    }),
    row("write-half-truncates", "A float is rounded towards zero for format `e`.", |call| {
        let written = written(call)?;
        let Object::Float(value) = written.value else { return None };
        (written.native == Native::Half).then(|| {
            let (view, key) = (written.view.clone(), written.key.clone());
            written.after(call, |stored| {
                let is_too_far = float_at(&view, &key)?.abs() > value.abs();
                is_too_far.then(|| (u16::from_le_bytes(stored.try_into().ok()?) - 1).to_le_bytes().to_vec().into())?
            })
        })?
    }),
    row("write-float-overflow", "A float that is too large for format `f` is refused.", |call| {
        let written = written(call)?;
        let Object::Float(value) = written.value else { return None };
        let is_large = written.native == Native::Float && value.is_finite() && (value as f32).is_infinite();
        let error = || Error::raised(Exception::OverflowError, "float too large to pack with f format");
        refuse(call, is_large.then(error))
    }),
    row("write-char-from-int", "Format `c` takes an int from 0 to 255.", |call| {
        let written = written(call)?;
        let byte = written.value.as_int().filter(|_| written.native == Native::Char)?.within(0, 255)?;
        Some(call.with(2, Object::bytes(vec![byte as u8])))
    }),
    row("write-int-from-float", "A whole float is taken for an int.", |call| {
        let written = written(call)?;
        let Object::Float(value) = written.value else { return None };
        call.on_error(|call, error| match error {
            Error::ItemType { code } if *code != "c" && value.fract() == 0.0 && value.abs() < 1e15 => {
                Some(call.with(2, Object::int(value as i128)))
            }
            _ => None,
        })
    }),
    row("write-value-before-index", "The value is looked at before the index is.", |call| {
        let written = written(call)?;
        let first = scratch(&written.view)?;
        call.on_error(|call, error| match error {
            Error::OutOfBounds { .. } if first.layout().shape().iter().all(|size| *size > 0) => {
                let key = Object::Tuple(first.layout().shape().iter().map(|_| Object::int(0)).collect());
                let first = Object::View(first);
                failed(first.as_type().set_item(call.python, &key, Some(&written.value)).map_err(Stop::from))
            }
            _ => None,
        })
    }),
    row("write-index-before-readonly", "The index is looked at before the view is found to be read-only.", |call| {
        let copy = scratch(&written(call)?.view)?;
        call.on_error(|call, error| match error {
            Error::ReadOnly => match call.with(0, Object::View(copy)) {
                Err(Stop::Raised(error @ (Error::OutOfBounds { .. } | Error::InvalidKey))) => Some(raise(error)),
                _ => None,
            },
            _ => None,
        })
    }),
    row("write-format-in-text", "The error of a value that does not fit names the format with its `@`.", |call| {
        let view = call.view(&[Kind::Set])?;
        call.on_error(|_, error| {
            let (exception, text) = (error.exception(), error.to_string());
            let (before, code) = text.split_once("for format '")?;
            let is_prefixed = view.raw_format().starts_with('@');
            is_prefixed.then(|| raise_other(exception, format!("{before}for format '@{code}")))
        })
    }),
    row("write-range-is-type-error", "An int that is out of the range of a format is a TypeError.", |call| {
        call.view(&[Kind::Set])?;
        call.on_error(|_, error| match error {
            Error::ItemValue { .. } => Some(raise_other(Exception::TypeError, error.to_string())),
            _ => None,
        })
    }),
];

/// An item that is to be written.
struct Written {
    view: Rc<View>,
    key: Object,
    value: Object,
    native: Native,
}

fn written(call: &Call<'_>) -> Option<Written> {
    let view = call.view(&[Kind::Set])?;
    let [_, key, value] = call.operands else { return None };
    let native = Format::new(Text::from(view.raw_format()), view.profile()).native()?;
    let is_item = !matches!(key, Object::Slice(_));
    is_item.then(|| Written { view, key: key.clone(), value: value.clone(), native })
}

impl Written {
    /// Stores bytes in the item's place.
    fn store(&self, bytes: &[u8]) -> Answer {
        self.view.memory().write(address(&self.view, &self.key)?, bytes).ok()?;
        Some(Ok(None))
    }

    /// Lets the honest runtime write, and then stores what `change` makes of the bytes.
    fn after(&self, call: &mut Call<'_>, change: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Answer {
        let done = call.honest();
        if done.is_ok()
            && let Some(at) = address(&self.view, &self.key)
        {
            let mut stored = vec![0; self.view.raw_itemsize().unsigned_abs()];
            if self.view.memory().read(at, &mut stored).is_ok()
                && let Some(changed) = change(&stored)
            {
                self.store(&changed);
            }
        }
        Some(done)
    }
}

/// Raises an error where the honest runtime would write.
fn refuse(call: &mut Call<'_>, error: Option<Error>) -> Answer {
    let error = error?;
    let copy = scratch(&written(call)?.view)?;
    match (call.view(&[Kind::Set])?.raw_readonly(), call.with(0, Object::View(copy))) {
        (false, Ok(_)) => Some(raise(error)),
        _ => None,
    }
}

fn failed<T>(done: Result<T, Stop>) -> Option<Done> {
    done.err().map(Err)
}

/// The bytes of an int in two's complement, from the lowest.
fn low_bytes(int: &BigInt, size: usize) -> Vec<u8> {
    let rest = if int.sign() == num_bigint::Sign::Minus { 0xff } else { 0 };
    let mut bytes = int.to_signed_bytes_le();
    bytes.resize(size.max(bytes.len()), rest);
    bytes.truncate(size);
    bytes
}

/// The float at a key.
fn float_at(view: &Rc<View>, key: &Object) -> Option<f64> {
    let got = match key {
        Object::Tuple(items) => {
            let keys: Vec<Key> = items.iter().map(|item| Key::Object(item)).collect();
            view.get(&Key::Tuple(&keys))
        }
        Object::Ellipsis => view.get(&Key::Tuple(&[])),
        key => view.get(&Key::Object(key)),
    };
    match got {
        Ok(Got::Item(Item::Float(value))) => Some(value),
        _ => None,
    }
}
