//! `array.array`.

use crate::address;
use crate::buffers::{content_of, export_of, raw};
use crate::changes::{Change, Profile};
use crate::context::Python;
use crate::exporters::{Array, Typecode};
use crate::object::{Call, List, Object, Outcome, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::subscript::{index, inside, slice};
use crate::types::hash::Hashed;
use crate::types::instance::{as_instance, plain};
use crate::types::iterator::Sequence;
use program::{Kind, Trace};
use std::any::Any;
use std::rc::Rc;
use view::{Buffer, Error, Flags};

/// `array.array(typecode, items)`
pub(crate) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let (code, items) = match call.no_keywords("array.array")? {
        [code] => (code, None),
        [code, items] => (code, Some(items)),
        [] => return Err(type_error("array() takes at least 1 argument (0 given)").into()),
        others => {
            let given = others.len();
            return Err(type_error(format!("array() takes at most 2 arguments ({given} given)")).into());
        }
    };
    let Object::Str(code) = code else {
        let wanted = if python.has(Change::ArrayWideCodes) { "str" } else { "a unicode character" };
        return Err(type_error(format!("array() argument 1 must be {wanted}, not {}", code.argument_class())).into());
    };
    if code.chars().count() != 1 {
        return Err(call.unsupported(format!("with the type code `{code}`")));
    }
    if &**code == "\0" && python.has(Change::ArrayWideCodes) {
        return Err(value_error("embedded null character").into());
    }
    filled(python, call, code, items).map(Object::Array)
}

/// Creates an array with the type code `code` from the initializer `items`, which can be any iterable (`array_new`).
fn filled(python: &Python, call: &Call<'_>, code: &str, items: Option<&Object>) -> Result<Rc<Array>, Stop> {
    let profile = python.profile();
    let Some(items) = items else { return Ok(Array::new(code, vec![], profile)?) };
    if let Some(content) = raw(items) {
        return Ok(Array::new(code, content, profile)?);
    }
    if let Ok(Typecode::Character(_)) = Typecode::new(code, profile) {
        if address::is_in_str(items) {
            return Err(address::UNKNOWN.into());
        }
        let content = characters(items).ok_or_else(|| call.unsupported("with items that are not characters"))?;
        return Ok(Array::new(code, content, profile)?);
    }
    match items {
        Object::Str(_) => {
            Err(type_error(format!("cannot use a str to initialize an array with typecode '{code}'")).into())
        }
        Object::Array(source) if matches!(source.typecode(), Typecode::Character(_)) => {
            let text = format!("cannot use a unicode array to initialize an array with typecode '{code}'");
            Err(type_error(text).into())
        }
        items => {
            let (array, iterator) = begin(python, code, items)?;
            match items {
                Object::List(_) | Object::Tuple(_) => fill(python, &array, items)?,
                items => extend(python, &array, iterator.as_ref().unwrap_or(items))?,
            }
            Ok(array)
        }
    }
}

/// Creates the empty array to which the items of an iterable are appended. As in CPython, `iter(items)` is called
/// before the type code is checked.
fn begin(python: &Python, code: &str, items: &Object) -> Result<(Rc<Array>, Option<Object>), Stop> {
    // Nothing is asked of these two.
    let is_list = matches!(items, Object::List(_) | Object::Tuple(_));
    let iterator = match python.iter(items) {
        // In these versions `iter` accepts a released view. The error about the type code takes precedence.
        Err(Stop::Raised(Error::Released)) if !python.has(view::Change::IterReleased) => None,
        iterator => Some(iterator?),
    };
    match (Array::new(code, vec![], python.profile()), iterator) {
        (Err(_), Some(_)) if !is_list && !python.has(Change::ArrayCodeLeak) => Err(Stop::Unspecified(
            "CPython never lets go of the iterator over the items, nor of what that holds (gh-148484)",
        )),
        (array, iterator) => Ok((array?, iterator)),
    }
}

/// Refuses what some versions convert by `__int__`, with a warning.
fn check_item(python: &Python, value: &Object) -> Result<(), Stop> {
    let has = |name: &str| as_instance(value).is_some_and(|own| own.has(name));
    match !python.has(view::Change::IntegerText) && has("__int__") && !has("__index__") {
        true => Err(Stop::unsupported("`__int__` where an index is wanted, which is deprecated")),
        false => Ok(()),
    }
}

/// Stores the items of a list or a tuple in a new array, which has room for as many as there were at first. Nobody sees it
/// until then.
fn fill(python: &Python, array: &Array, source: &Object) -> Result<(), Stop> {
    for at in 0..source.as_type().length()? {
        let item = source.as_type().at(at)?.ok_or(Error::Index("list index out of range"))?;
        check_item(python, &item)?;
        array.fill(&item)?;
    }
    Ok(())
}

/// Appends each item of an iterable, which may read from this array while it grows (`array_iter_extend`).
fn extend(python: &Python, array: &Array, source: &Object) -> Result<(), Stop> {
    python.for_each(source, |item| {
        check_item(python, &item)?;
        array.append(&item)?;
        match array.len() > view::LIMIT >> 10 {
            true => Err(Stop::unsupported("`extend` of an array beyond 65,536 items")),
            false => Ok(()),
        }
    })
}

fn frombytes(array: &Array, source: &Object) -> Result<(), Error> {
    // The source's buffer is exported while the array grows, so an array can't be added to itself.
    let export = export_of(source, Flags::SIMPLE)?;
    match export.itemsize {
        1 => array.frombytes(&content_of(&export)?),
        _ => Err(type_error("a bytes-like object is required")),
    }
}

/// Returns the characters of a str, or of a list or tuple of one-character strs, in the representation of an array.
fn characters(items: &Object) -> Option<Vec<u8>> {
    match items {
        Object::Str(text) => Some(text.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect()),
        _ => {
            let one = |item: &Object| match item {
                Object::Str(text) if text.chars().count() == 1 => characters(item),
                _ => None,
            };
            items.as_items()?.iter().map(one).collect::<Option<Vec<_>>>().map(|each| each.concat())
        }
    }
}

/// Returns the value assigned to a slice, which must be an array with the same type code.
fn assigned(array: &Array, value: &Object) -> Result<Rc<Array>, Error> {
    match plain(value) {
        Object::Array(other) if other.typecode() == array.typecode() => Ok(other),
        Object::Array(_) => Err(type_error("bad argument type for built-in operation")),
        _ => Err(type_error(format!("can only assign array (not \"{}\") to array slice", value.class()))),
    }
}

impl Type for Rc<Array> {
    fn class(&self) -> &str {
        "array.array"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("array.array")
    }

    fn repr(&self) -> Result<String, Stop> {
        let typecode = self.code();
        if self.is_empty() {
            return Ok(format!("array('{typecode}')"));
        }
        if let Typecode::Character(_) = self.typecode() {
            return Err(Stop::unsupported("`repr` of an array of characters"));
        }
        let items = Object::List(self.items()?.into_iter().map(Object::item).collect());
        Ok(format!("array('{typecode}', {})", items.as_type().repr()?))
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.len() as isize)
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        if let Object::Slice(parts) = key {
            let indices = slice(parts).bounds(python.view_profile())?.of(self.len() as isize);
            let (content, size) = (self.to_vec(), self.itemsize());
            let items = indices.positions().filter_map(|at| content.get(at * size..(at + 1) * size));
            return Ok(Object::Array(self.like(items.flatten().copied().collect())?));
        }
        let at = inside(index(key, "array", false)?, self.len(), "array index out of range")?;
        Ok(Object::item(self.get(at as isize)?))
    }

    fn set_item(&self, python: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        let Object::Slice(parts) = key else {
            let at = index(key, "array", false)?;
            match value {
                Some(value) => {
                    check_item(python, value)?;
                    self.set(at, value)?;
                }
                None => self.delete(at)?,
            }
            return Ok(());
        };
        let indices = slice(parts).bounds(python.view_profile())?.of(self.len() as isize);
        match value {
            Some(value) => {
                let items = assigned(self, value)?;
                python.grows_to(Kind::Set, (self.len() + items.len()).saturating_mul(self.itemsize()))?;
                self.set_slice(indices, &items)?;
            }
            None => self.delete_slice(indices)?,
        }
        Ok(())
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        let only = || call.only(python, "array");
        let nothing = || call.nothing(python, "array");
        match call.kind {
            Kind::Append => {
                check_item(python, only()?)?;
                self.append(only()?)?;
            }
            Kind::Extend => match call.by_position() {
                Some([Object::Array(other)]) => (**self).extend(other)?,
                Some([source]) => extend(python, self, source)?,
                // Some versions word this error differently here than for other functions.
                _ => return Err(call.other_arguments()),
            },
            Kind::Insert => match call.between(python, "array", 2, 2)? {
                [at, value] => {
                    check_item(python, value)?;
                    self.insert(python.whole(at)?, value)?;
                }
                _ => return Err(call.other_arguments()),
            },
            Kind::Pop => {
                let at = call.between(python, "array", 0, 1)?.first();
                return Ok(Object::item(self.pop(at.map(|at| python.whole(at)).transpose()?)?));
            }
            Kind::Remove => self.remove(only()?)?,
            Kind::Clear if python.has(Change::ArrayW) => {
                nothing()?;
                self.clear()?;
            }
            Kind::Clear => return Err(crate::object::no_attribute("array.array", "clear").into()),
            Kind::Reverse => {
                nothing()?;
                self.reverse();
            }
            Kind::FromBytes => frombytes(self, only()?)?,
            Kind::AnyMethod if call.name == "fromlist" => match only()? {
                Object::List(list) => (**self).fromlist(|at| list.get(at), || list.len())?,
                _ => return Err(type_error("arg must be list").into()),
            },
            Kind::Byteswap => {
                nothing()?;
                self.byteswap();
            }
            Kind::ToBytes => {
                nothing()?;
                return Ok(Object::bytes(self.to_vec()));
            }
            Kind::ToList => {
                nothing()?;
                python.grows_to(call.kind, self.len())?;
                return Ok(Object::List(self.items()?.into_iter().map(Object::item).collect()));
            }
            _ => return Err(self.missing(call.name)),
        }
        Ok(Object::None)
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "itemsize" => Ok(Object::size(self.itemsize() as isize)),
            "typecode" => Ok(Object::str(self.code().to_string())),
            _ => Err(self.missing(name)),
        }
    }

    fn iterator(&self, python: &Python, this: &Object) -> Outcome {
        let class = if python.has(Change::ArrayModule) { "array.arrayiterator" } else { "arrayiterator" };
        Ok(Sequence::forward(this, class))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "reversed", false)
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        match usize::try_from(position) {
            Ok(at) if at < self.len() => self.get(position).map(|item| Some(Object::item(item))),
            _ => Ok(None),
        }
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        let Object::Array(other) = other else { return Ok(None) };
        let list = |array: &Array| array.items().map(|items| items.into_iter().map(Object::item).collect::<Vec<_>>());
        crate::compare::same_items(&List::from(list(self)?), &List::from(list(other)?)).map(Some)
    }

    fn hash(&self, _: Profile) -> Hashed {
        Err(Error::Unhashable { type_name: "array.array".into() })
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        crate::record::whole(&**self, |content| trace.array(self.code(), content));
    }

    fn changing(&self) -> Option<&Rc<Buffer>> {
        view::Exporter::buffer(&**self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
