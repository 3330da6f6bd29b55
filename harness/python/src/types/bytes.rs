//! `bytes`, and what it shares with `bytearray`.

use crate::buffers::{content_of, export_of, held, raw};
use crate::changes::Change;
use crate::changes::Profile;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::subscript::{index, inside, slice};
use crate::types::codecs;
use crate::types::hash::Hashed;
use crate::types::hook;
use crate::types::instance::{Instance, as_instance, plain};
use crate::types::iterator::Sequence;
use crate::types::memoryview;
use crate::types::str::NO_PARTS;
use crate::types::texts::Text;
use program::{Kind, Trace, bytes_literal};
use std::any::Any;
use std::rc::Rc;
use view::arguments::Named;
use view::{Bytes, Error, Flags, Signature};

/// `bytes(…)`
pub(crate) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    match source(python, call)? {
        Source::Object(object @ Object::Bytes(_)) => Ok(object.clone()),
        Source::Object(object) if let Some(answer) = as_instance(object).and_then(Instance::bytes) => answer,
        Source::Object(object) if python.has(Change::BytesDunder) && matches!(plain(object), Object::Bytes(_)) => {
            Ok(plain(object))
        }
        Source::Object(object) => Ok(Object::bytes(python.content(object, true)?)),
        Source::Content(content) => Ok(Object::bytes(content)),
    }
}

/// The source from which bytes or a bytearray is created.
pub(crate) enum Source<'a> {
    /// An object that was passed without an encoding.
    Object(&'a Object),
    /// The encoded text, or no bytes if there was no source.
    Content(Vec<u8>),
}

/// Binds the arguments of `bytes(…)` or `bytearray(…)`.
pub(crate) fn source<'a>(python: &Python, call: &Call<'a>) -> Result<Source<'a>, Stop> {
    let name = call.kind.row().name;
    let signature =
        Signature { name, parameters: &["source", "encoding", "errors"], required: 0, named: Named::Always };
    let [source, encoding, errors] = signature.bind(call.arguments, python.view_profile())?;
    if errors.is_some() && !matches!((source, encoding, errors), (Some(Object::Str(_)), Some(_), Some(Object::Str(_))))
    {
        return Err(call.unsupported("with the argument `errors`, and not with a str and an encoding"));
    }
    Ok(match (source, encoding) {
        (None, None) => Source::Content(Vec::new()),
        (Some(Object::Str(_)), None) => return Err(type_error("string argument without an encoding").into()),
        (Some(Object::Str(text)), Some(Object::Str(_))) => {
            Source::Content(codecs::encode(text, encoding, errors, call)?)
        }
        (_, Some(Object::Str(_))) => return Err(type_error("encoding without a string argument").into()),
        (_, Some(other)) => {
            let class = other.argument_class();
            let argument = if python.has(Change::EncodingText) { "'encoding'" } else { "2" };
            return Err(type_error(format!("{name}() argument {argument} must be str, not {class}")).into());
        }
        (Some(source), None) => Source::Object(source),
    })
}

/// Calls a method that bytes and bytearrays share. `whole` creates a result of the receiver's type.
pub(crate) fn method(python: &Python, this: &Object, call: &Call<'_>, whole: impl Fn(Vec<u8>) -> Object) -> Outcome {
    let content = || raw(this).unwrap_or_default();
    match (call.kind, call.name, call.by_position()) {
        // `bytes.hex` is implemented by the same function as `memoryview.hex` (`_Py_strhex_bytes_with_sep`).
        // The separator of a bytearray may change its length, which is noticed since [`view::Change::HexGuard`].
        (Kind::Hex, ..)
            if matches!(this, Object::Bytearray(_))
                && call.values().iter().skip(usize::from(python.has(view::Change::HexGuard))).any(hook::has_hook) =>
        {
            Err(call.unsupported("of a bytearray with arguments that run code"))
        }
        (Kind::Hex, ..) => memoryview::call(&python.view_of(this)?, call),
        (Kind::AnyMethod, "decode", _) => {
            let [encoding, errors] = codecs::arguments(call)?;
            codecs::decode(&content(), encoding, errors, call)
        }
        (Kind::AnyMethod, "join", Some([parts])) => Ok(whole(join(python, this, parts)?)),
        (Kind::AnyMethod, ..) => {
            let text = Text { this, whole: &whole };
            text.method(python, call).unwrap_or_else(|| Err(this.as_type().missing(call.name)))
        }
        _ => Err(this.as_type().missing(call.name)),
    }
}

/// `separator.join(parts)`. The parts are gathered into a list first, unless they are a list or a tuple
/// (`PySequence_Fast`), and where the iterator runs code it may try to change the length of a bytearray.
///
/// `bytearray_join` in C; case: a-bytearray-is-locked-while-it-joins
fn join(python: &Python, this: &Object, parts: &Object) -> Result<Vec<u8>, Stop> {
    let separator = raw(this).unwrap_or_default();
    let _locked = python.has(Change::BytearrayJoinGuard).then(|| export_of(this, Flags::SIMPLE)).transpose()?;
    let parts = python.fast(parts, NO_PARTS)?;
    let export = |(index, part): (usize, &Object)| {
        export_of(part, Flags::SIMPLE).map_err(|error| match error {
            Error::Unspecified { .. } => error,
            _ => {
                let class = part.class();
                type_error(format!("sequence item {index}: expected a bytes-like object, {class} found"))
            }
        })
    };
    // All of them are locked before the first one is copied.
    let exports = parts.iter().enumerate().map(export).collect::<Result<Vec<_>, _>>()?;
    if exports.len() > 1 && raw(this).is_some_and(|now| now.len() != separator.len()) {
        return Err(Stop::Unspecified(
            "a bytearray whose length changes while `join` asks for the parts was read where it no longer was (gh-112625)",
        ));
    }
    let separator = raw(this).unwrap_or_default();
    let contents = exports.iter().map(content_of).collect::<Result<Vec<_>, _>>()?;
    Ok(contents.join(&separator[..]))
}

/// `item in content`. The content is looked at when the item was asked for an index, and whatever that raises, then for its
/// buffer (`_Py_bytes_contains`).
pub(crate) fn contains(item: &Object, content: impl Fn() -> Result<Vec<u8>, Error>) -> Result<Option<bool>, Stop> {
    match view::Object::index(item) {
        Some(Err(error)) if error.is_unspecified() => return Err(error.into()),
        Some(Ok(byte)) => {
            let byte = byte.within(0, 255).ok_or_else(|| value_error("byte must be in range(0, 256)"))?;
            return Ok(Some(content()?.contains(&(byte as u8))));
        }
        Some(Err(_)) | None => {}
    }
    let (wanted, locked) = held(item)?;
    let content = content()?;
    drop(locked);
    Ok(Some(wanted.is_empty() || content.windows(wanted.len()).any(|window| window == wanted)))
}

impl Type for Rc<Bytes> {
    fn class(&self) -> &str {
        "bytes"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("bytes")
    }

    fn repr(&self) -> Result<String, Stop> {
        Ok(bytes_literal(&self.to_vec()))
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.len() as isize)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        let content = self.to_vec();
        if let Object::Slice(parts) = key {
            let indices = slice(parts).bounds(python.view_profile())?.of(content.len() as isize);
            let all = indices.step == 1 && indices.count as usize == content.len();
            return Ok(match all {
                true => Object::Bytes(self.clone()),
                false => Object::bytes(indices.positions().filter_map(|at| content.get(at)).copied().collect()),
            });
        }
        let at = inside(index(key, "byte", true)?, content.len(), "index out of range")?;
        Ok(content.get(at).map_or(Object::None, |byte| Object::int(*byte)))
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        method(python, this, call, Object::bytes)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(Sequence::forward(this, "bytes_iterator"))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "reversed", false)
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        Ok(usize::try_from(position).ok().and_then(|at| self.get(at)).map(Object::int))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        contains(item, || Ok(self.to_vec()))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        Ok(match other {
            Object::Bytes(other) => Some(self.to_vec() == other.to_vec()),
            _ => None,
        })
    }

    fn hash(&self, _: Profile) -> Hashed {
        Ok(Some(view::hash_bytes(&self.to_vec())))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        crate::record::whole(&**self, |content| trace.bytes(content));
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
