//! `str`.

use crate::address;
use crate::changes::{Change, Profile};
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Slice, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::subscript::{index, inside, slice};
use crate::template;
use crate::types::codecs;
use crate::types::hash::{self, Hashed};
use crate::types::iterator::Sequence;
use crate::types::texts::Text;
use crate::work;
use program::{Kind, Trace, str_literal};
use std::any::Any;
use std::rc::Rc;
use view::Error;

/// What `join` says of what can't be iterated.
pub(super) const NO_PARTS: &str = "can only join an iterable";

/// `separator.join(parts)`
fn join(python: &Python, separator: &str, parts: &Object) -> Outcome {
    let mut texts: Vec<Rc<str>> = vec![];
    for (index, part) in python.fast(parts, NO_PARTS)?.iter().enumerate() {
        let Object::Str(text) = part else {
            let class = part.class();
            return Err(type_error(format!("sequence item {index}: expected str instance, {class} found")).into());
        };
        texts.push(text.clone());
    }
    Ok(Object::str(texts.join(separator)))
}

/// Returns the part of a text with an address that a subscript takes from, if it is before the first address or behind the
/// last one.
fn known_part(text: &str, key: &Object) -> Result<Object, Error> {
    let (start, end) = (address::start(text), address::end(text));
    let length = |part: &str| part.chars().count() as i128;
    let small = |object: &Object| object.as_int().and_then(|int| int.within(i64::MIN.into(), i64::MAX.into()));
    let is_before = |at: &Object, most: i128| small(at).is_some_and(|at| (0..=most).contains(&at));
    let is_behind = |at: &Object, most: i128| small(at).is_some_and(|at| (-most..0).contains(&at));
    let part = match key {
        Object::Slice(Slice(parts)) => {
            let [from, to, step] = &**parts;
            let is_none = |part: &Object| matches!(part, Object::None);
            if !is_none(step) && small(step).is_none_or(|step| step <= 0) {
                return Err(address::UNKNOWN);
            }
            match () {
                () if is_before(to, length(start)) && (is_none(from) || is_before(from, length(start))) => start,
                () if is_behind(from, length(end)) && (is_none(to) || is_behind(to, length(end))) => end,
                () => return Err(address::UNKNOWN),
            }
        }
        at if is_before(at, length(start) - 1) => start,
        at if is_behind(at, length(end)) => end,
        _ => return Err(address::UNKNOWN),
    };
    Ok(Object::str(part))
}

impl Type for Rc<str> {
    fn class(&self) -> &str {
        "str"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("str")
    }

    fn repr(&self) -> Result<String, Stop> {
        match self.is_ascii() {
            true => Ok(str_literal(self)),
            // Whether a character is printable depends on the Unicode database of the version.
            false => Err(Stop::unsupported("`repr` of a str that is not ASCII")),
        }
    }

    fn str(&self) -> Result<String, Stop> {
        Ok(self.to_string())
    }

    fn length(&self) -> Result<isize, Error> {
        address::check(self)?;
        Ok(self.chars().count() as isize)
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(!self.is_empty())
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        if address::is_in(self) {
            return known_part(self, key)?.as_type().item(python, key);
        }
        work::spend(self.len())?;
        let characters: Vec<char> = self.chars().collect();
        if let Object::Slice(parts) = key {
            let indices = slice(parts).bounds(python.view_profile())?.of(characters.len() as isize);
            return Ok(Object::str(indices.positions().filter_map(|at| characters.get(at)).collect::<String>()));
        }
        if !view::Object::has_index(key) {
            return Err(Stop::unsupported("subscripts of str with other keys than ints and slices"));
        }
        let at = inside(index(key, "string", true)?, characters.len(), "string index out of range")?;
        Ok(characters.get(at).map_or(Object::None, |character| Object::str(character.to_string())))
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        if address::is_in(self) || call.values().iter().any(address::is_in_str) {
            match (call.name, call.by_position()) {
                ("startswith" | "endswith", Some([Object::Str(part)])) => {
                    return Ok(Object::Bool(address::is_at(self, part, call.name == "startswith")?));
                }
                // They put whole texts together.
                ("join", _) => {}
                ("format", _) if !address::is_in(self) => {}
                _ => return Err(address::UNKNOWN.into()),
            }
        }
        match (call.kind, call.name, call.by_position()) {
            (Kind::AnyMethod, "encode", _) => {
                let [encoding, errors] = codecs::arguments(call)?;
                Ok(Object::bytes(codecs::encode(self, encoding, errors, call)?))
            }
            (Kind::AnyMethod, "join", Some([parts])) => join(python, self, parts),
            (Kind::AnyMethod, "format", _) => template::format(python, self, call),
            (Kind::AnyMethod, "find" | "index", Some([Object::Str(wanted)])) => match self.find(&**wanted) {
                Some(at) => Ok(Object::size(self[..at].chars().count() as isize)),
                None if call.name == "index" => Err(value_error("substring not found").into()),
                None => Ok(Object::int(-1)),
            },
            (Kind::AnyMethod, "count", Some([Object::Str(wanted)])) if !wanted.is_empty() => {
                Ok(Object::size(self.matches(&**wanted).count() as isize))
            }
            (Kind::AnyMethod, ..) => {
                let whole = |content: Vec<u8>| Object::str(String::from_utf8_lossy(&content));
                let text = Text { this, whole: &whole };
                text.method(python, call).unwrap_or_else(|| Err(self.missing(call.name)))
            }
            _ => Err(self.missing(call.name)),
        }
    }

    fn iterator(&self, python: &Python, this: &Object) -> Outcome {
        address::check(self)?;
        let is_narrow = self.is_ascii() && python.has(Change::StrAsciiIterator);
        Ok(Sequence::forward(this, if is_narrow { "str_ascii_iterator" } else { "str_iterator" }))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "reversed", false)
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        // It is gone through again and again.
        work::spend(self.len() / work::OBJECT)?;
        let at = usize::try_from(position).ok();
        let character = match self.is_ascii() {
            true => at.and_then(|at| self.as_bytes().get(at)).copied().map(char::from),
            false => at.and_then(|at| self.chars().nth(at)),
        };
        Ok(character.map(|character| Object::str(character.to_string())))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        match item {
            Object::Str(part) => Ok(Some(address::contains(self, part)?)),
            _ => {
                let class = item.class();
                Err(type_error(format!("'in <string>' requires string as left operand, not {class}")).into())
            }
        }
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        Ok(match other {
            Object::Str(other) => Some(address::equal(self, other)?),
            _ => None,
        })
    }

    fn hash(&self, _: Profile) -> Hashed {
        address::check(self)?;
        Ok(Some(hash::of_str(self)))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.str(self);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
