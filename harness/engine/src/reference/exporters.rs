//! Making exporters, and the methods of bytes, bytearrays and arrays.

use super::compare::{buffer_of, raw};
use super::object::{Class, Object};
use super::{Outcome, Python, Stop, no_attribute, type_error, value_error};
use crate::describe::{Argument, EXPORTER, HASH, describe};
use program::{Kind, Operation};
use std::any::Any;
use std::rc::Rc;
use view::{Array, Bytearray, Bytes, Described, Description, Error, Exporter, Hasher, Typecode, View};

/// The object that an exporter is.
pub(super) fn object_of(exporter: &Rc<dyn Exporter>) -> Object {
    let any = || -> Rc<dyn Any> { exporter.clone() };
    if let Ok(bytearray) = any().downcast::<Bytearray>() {
        return Object::Bytearray(bytearray);
    }
    if let Ok(bytes) = any().downcast::<Bytes>() {
        return Object::Bytes(bytes);
    }
    if let Ok(array) = any().downcast::<Array>() {
        return Object::Array(array);
    }
    if let Ok(view) = any().downcast::<View>() {
        return Object::View(view);
    }
    let name = Exporter::type_name(&**exporter);
    let class = [Class::Mmap, Class::Numpy].into_iter().find(|class| class.name() == name);
    Object::Exporter(exporter.clone(), class.unwrap_or(Class::Described))
}

/// An array's typecode.
pub(super) fn typecode(array: &Array) -> char {
    match array.typecode() {
        Typecode::Character(code) => code,
        Typecode::Number(native) => native.code().chars().next().unwrap_or('?'),
    }
}

impl Python {
    /// `bytes(…)` and `bytearray(…)`
    pub(super) fn new_bytes(&self, operation: &Operation, arguments: &[Object]) -> Outcome {
        let is_bytes = operation.kind == Kind::NewBytes;
        let [source, encoding] = self.bind(operation, arguments, 0)?;
        let content = match (source, encoding) {
            (None, None) => Vec::new(),
            (Some(Object::Str(_)), None) => return Err(type_error("string argument without an encoding").into()),
            (Some(Object::Str(text)), Some(Object::Str(encoding))) => self.encode(text, encoding, operation.kind)?,
            (_, Some(Object::Str(_))) => return Err(type_error("encoding without a string argument").into()),
            (_, Some(other)) => {
                let name = operation.kind.row().name;
                let class = other.argument_class();
                let argument = if self.profile.has(view::Change::ArgumentsFirst) { "'encoding'" } else { "2" };
                let text = format!("{name}() argument {argument} must be str, not {class}");
                return Err(type_error(text).into());
            }
            (Some(Object::Bytes(_)), None) if is_bytes => return Ok(source.cloned().unwrap_or(Object::None)),
            (Some(source), None) => self.content(source, is_bytes)?,
        };
        Ok(if is_bytes { Object::bytes(content) } else { Object::Bytearray(Bytearray::new(content)) })
    }

    /// A position in a bytearray, an array or a buffer, as functions take it.
    pub(super) fn whole(&self, object: &Object) -> Result<isize, Error> {
        if matches!(object, Object::Float(_)) && !self.profile.has(view::Change::IntegerText) {
            return Err(type_error("integer argument expected, got float"));
        }
        object.as_size().map_err(|error| match error {
            Error::IndexTooLarge { .. } => {
                Error::raised(view::Exception::OverflowError, "Python int too large to convert to C ssize_t")
            }
            error => error,
        })
    }

    fn encode(&self, text: &str, encoding: &str, kind: Kind) -> Result<Vec<u8>, Stop> {
        match encoding {
            "utf-8" | "utf8" => Ok(text.as_bytes().to_vec()),
            "ascii" if text.is_ascii() => Ok(text.as_bytes().to_vec()),
            _ => Err(self.unsupported(kind, "this encoding, or what it can't encode")),
        }
    }

    /// What `bytes(source)` copies: a number of zeros, a buffer's items in C order, or an iterable's ints.
    pub(super) fn content(&self, source: &Object, is_bytes: bool) -> Result<Vec<u8>, Stop> {
        if source.as_int().is_some() {
            let count =
                source.as_size().map_err(|error| Error::raised(view::Exception::OverflowError, error.to_string()))?;
            return match usize::try_from(count) {
                Err(_) => Err(value_error("negative count").into()),
                Ok(count) if count <= view::LIMIT => Ok(vec![0; count]),
                // A machine may have the memory, or not.
                Ok(_) => Err(self.unsupported(Kind::NewBytes, "so many bytes")),
            };
        }
        if let Object::View(view) = source {
            return Ok(view.tobytes(view::Order::C)?);
        }
        if let Some(exporter) = source.as_exporter() {
            return Ok(view::packed(&exporter, self.profile.abi())?);
        }
        let name = if is_bytes { "bytes" } else { "byte" };
        let byte = |item: &Object| match item.as_int() {
            Some(int) => int
                .within(0, 255)
                .map(|byte| byte as u8)
                .ok_or_else(|| value_error(format!("{name} must be in range(0, 256)"))),
            None => item.as_size().map(|_| 0),
        };
        match source {
            // A bytearray grows as it goes, and does not ask how large it will be.
            Object::Iter(iter) if is_bytes => drop(iter.length_hint()?),
            _ => self.check_iterable(source).map_err(|stop| match stop {
                Stop::Raised(_) => {
                    let name = if is_bytes { "bytes" } else { "bytearray" };
                    type_error(format!("cannot convert '{}' object to {name}", source.class())).into()
                }
                stop => stop,
            })?,
        }
        let mut content = Vec::new();
        self.for_each(source, |item| {
            content.push(byte(&item)?);
            Ok(())
        })?;
        Ok(content)
    }

    /// `array.array(typecode, items)`
    pub(super) fn new_array(&self, operation: &Operation, arguments: &[Object]) -> Outcome {
        if operation.keyword_count() > 0 {
            return Err(type_error("array.array() takes no keyword arguments").into());
        }
        let (code, items) = match arguments {
            [code] => (code, None),
            [code, items] => (code, Some(items)),
            [] => return Err(type_error("array() takes at least 1 argument (0 given)").into()),
            _ => {
                let given = arguments.len();
                return Err(type_error(format!("array() takes at most 2 arguments ({given} given)")).into());
            }
        };
        let Object::Str(code) = code else {
            let wanted = if self.profile.has(view::Change::ArrayWideCodes) { "str" } else { "a unicode character" };
            return Err(
                type_error(format!("array() argument 1 must be {wanted}, not {}", code.argument_class())).into()
            );
        };
        if code.chars().count() != 1 {
            return Err(self.unsupported(operation.kind, "this typecode"));
        }
        if &**code == "\0" && self.profile.has(view::Change::ArrayWideCodes) {
            return Err(value_error("embedded null character").into());
        }
        let profile = self.profile;
        if let (Ok(Typecode::Character(_)), Some(items)) = (Typecode::new(code, profile), items)
            && raw(items).is_none()
        {
            let content = characters(items).ok_or_else(|| self.unsupported(operation.kind, "what is no character"))?;
            return Ok(Object::Array(Array::new(code, content, profile)?));
        }
        let array = match items {
            None => Array::new(code, vec![], profile)?,
            Some(Object::Bytes(content)) => Array::new(code, content.to_vec(), profile)?,
            Some(Object::Bytearray(content)) => Array::new(code, content.to_vec(), profile)?,
            Some(Object::Str(_)) => {
                return Err(
                    type_error(format!("cannot use a str to initialize an array with typecode '{code}'")).into()
                );
            }
            Some(Object::Array(source)) if matches!(source.typecode(), Typecode::Character(_)) => {
                let text = format!("cannot use a unicode array to initialize an array with typecode '{code}'");
                return Err(type_error(text).into());
            }
            Some(items) => {
                let array = self.begin_array(code, items)?;
                self.extend_array(&array, items)?;
                array
            }
        };
        Ok(Object::Array(array))
    }

    /// `numpy.array(items)` of ints in nested lists, which become `int64`.
    pub(super) fn new_numpy(&self, operation: &Operation, arguments: &[Object]) -> Outcome {
        let [items] = arguments else { return Err(self.unsupported(operation.kind, "more than a list of ints")) };
        let (mut shape, mut content) = (Vec::new(), Vec::new());
        if numpy_items(items, 0, &mut shape, &mut content).is_none() || shape.is_empty() {
            return Err(self.unsupported(operation.kind, "more than a list of ints"));
        }
        let description =
            Description { format: Some("l".into()), itemsize: 8, shape: Some(shape), ..Description::default() };
        let array = Described::new(Class::Numpy.name(), content, &description, self.profile.abi())?;
        Ok(Object::Exporter(array, Class::Numpy))
    }

    /// `mmap.mmap(-1, length)`
    pub(super) fn new_mmap(&self, operation: &Operation, arguments: &[Object]) -> Outcome {
        match arguments {
            [fileno, length] if fileno.as_int() == Some(view::Int::Small(-1)) => {
                let length = length.as_int().and_then(|length| length.within(1, 1 << 20));
                let length = length.ok_or_else(|| self.unsupported(operation.kind, "this length"))?;
                let description = Description { format: Some("B".into()), itemsize: 1, ..Description::default() };
                let map =
                    Described::new(Class::Mmap.name(), vec![0; length as usize], &description, self.profile.abi())?;
                Ok(Object::Exporter(map, Class::Mmap))
            }
            _ => Err(self.unsupported(operation.kind, "anything but anonymous memory")),
        }
    }

    /// `exporter(data, …)`
    pub(super) fn new_exporter(&self, operation: &Operation, arguments: &[Object]) -> Outcome {
        let names = operation.keywords.as_deref().unwrap_or_default();
        let (positional, named) = arguments.split_at(arguments.len().saturating_sub(names.len()));
        let keywords = names.iter().zip(named.iter().map(argument));
        let abi = self.profile.abi();
        let (content, description) = describe(positional.iter().map(argument).collect(), keywords, abi)?;
        description.check(&content, abi)?;
        let hash = names.iter().zip(named).find(|(name, object)| &***name == HASH && !matches!(object, Object::None));
        let hasher = hash.map(|(_, object)| {
            let (profile, object) = (self.profile, object.clone());
            Hasher(Box::new(move || super::functions::hash(&object, profile).map(drop)))
        });
        let exporter = Described::hashed(EXPORTER, content, &description, hasher, abi)?;
        Ok(Object::Exporter(exporter, Class::Described))
    }

    /// A method of bytes, a bytearray or an array.
    pub(super) fn exporter_method(&self, object: &Object, operation: &Operation, arguments: &[Object]) -> Outcome {
        let kind = operation.kind;
        if matches!(kind, Kind::Cast | Kind::Release | Kind::ToReadonly | Kind::EnterMethod | Kind::ExitMethod) {
            return Err(no_attribute(object, kind.row().name).into());
        }
        let item = |index: usize| arguments.get(index).ok_or_else(|| self.unsupported(kind, "these arguments"));
        if let (Kind::Hex, Object::Bytes(_) | Object::Bytearray(_)) = (kind, object) {
            // The same function as a view's.
            return self.view_method(&self.view_of(object)?, operation, arguments);
        }
        if !self.offers(object, kind) {
            return Err(no_attribute(object, kind.row().name).into());
        }
        if let (Kind::ToBytes | Kind::ToList | Kind::Clear | Kind::Reverse, Object::Array(_)) = (kind, object) {
            self.no_arguments(operation, "array", arguments)?;
        }
        let parameters = kind.row().parameters.iter().skip(1);
        let required = parameters.clone().filter(|parameter| !parameter.optional).count();
        if operation.keyword_count() > 0 || !(required..=parameters.count()).contains(&arguments.len()) {
            return Err(self.unsupported(kind, "these arguments"));
        }
        match (object, kind) {
            (Object::Bytearray(bytearray), _) => match kind {
                Kind::Append => bytearray.append(item(0)?)?,
                Kind::Extend => self.extend_bytearray(bytearray, item(0)?)?,
                Kind::Insert => bytearray.insert(self.whole(item(0)?)?, item(1)?)?,
                Kind::Pop => return Ok(Object::int(bytearray.pop(self.pop_index(arguments)?)?)),
                Kind::Remove => bytearray.remove(item(0)?)?,
                Kind::Clear => bytearray.clear()?,
                Kind::Reverse => bytearray.reverse(),
                _ => return Err(no_attribute(object, kind.row().name).into()),
            },
            (Object::Array(array), _) => match kind {
                Kind::Append => array.append(item(0)?)?,
                Kind::Extend => match item(0)? {
                    Object::Array(other) => array.extend(other)?,
                    source => self.extend_array(array, source)?,
                },
                Kind::Insert => array.insert(self.whole(item(0)?)?, item(1)?)?,
                Kind::Pop => return Ok(Object::item(array.pop(self.pop_index(arguments)?)?)),
                Kind::Remove => array.remove(item(0)?)?,
                Kind::Clear => array.clear()?,
                Kind::Reverse => array.reverse(),
                Kind::FromBytes => self.frombytes(array, item(0)?)?,
                Kind::Byteswap => array.byteswap(),
                Kind::ToBytes if arguments.is_empty() => return Ok(Object::bytes(array.to_vec())),
                Kind::ToList if arguments.is_empty() => return Ok(Object::List(self.items(object)?.into())),
                _ => return Err(no_attribute(object, kind.row().name).into()),
            },
            (Object::Exporter(_, Class::Mmap), Kind::ToList) => return Err(no_attribute(object, "tolist").into()),
            (Object::Exporter(..), Kind::ToList) => return Ok(Object::nested(self.view_of(object)?.tolist()?)),
            (Object::Exporter(..), _) => return Err(self.unsupported(kind, format!("a method of {}", object.class()))),
            _ => return Err(no_attribute(object, kind.row().name).into()),
        }
        Ok(Object::None)
    }

    /// Whether bytes, a bytearray or an array has a method that has a row.
    fn offers(&self, object: &Object, kind: Kind) -> bool {
        use Kind::{Append, Byteswap, Clear, Extend, FromBytes, Insert, Pop, Remove, Reverse, ToBytes, ToList};
        match object {
            Object::Bytearray(_) => matches!(kind, Append | Extend | Insert | Pop | Remove | Clear | Reverse),
            Object::Array(_) if kind == Clear => self.profile.has(view::Change::ArrayW),
            Object::Array(_) => {
                matches!(kind, Append | Extend | Insert | Pop | Remove | Reverse)
                    || matches!(kind, FromBytes | Byteswap | ToBytes | ToList)
            }
            Object::Bytes(_) => false,
            _ => true,
        }
    }

    /// An empty array that the items of an iterable are to be appended to: their iterator is made before the typecode
    /// is looked at.
    fn begin_array(&self, code: &str, items: &Object) -> Result<Rc<Array>, Stop> {
        match self.check_iterable(items) {
            // The iterator over a released view was made in spite of the error, which another could replace.
            Err(Stop::Raised(Error::Released)) if !self.profile.has(view::Change::IterReleased) => {}
            checked => checked?,
        }
        Ok(Array::new(code, vec![], self.profile)?)
    }

    /// Appends each item of an iterable, which may well come from this array.
    fn extend_array(&self, array: &Array, source: &Object) -> Result<(), Stop> {
        self.for_each(source, |item| {
            array.append(&item)?;
            match array.len() > view::LIMIT >> 10 {
                true => Err(self.unsupported(Kind::Extend, "an iterator that does not seem to end")),
                false => Ok(()),
            }
        })
    }

    fn extend_bytearray(&self, bytearray: &Bytearray, source: &Object) -> Result<(), Stop> {
        let class = source.class();
        if let Object::Iter(iter) = source {
            iter.length_hint()?;
        }
        match source {
            Object::List(_) | Object::Tuple(_) | Object::Iter(_) => bytearray.extend(&self.content(source, false)?)?,
            Object::Str(text) if text.is_empty() => {}
            // The words for others than the empty str differ from version to version.
            Object::Str(_) => return Err(self.unsupported(Kind::Extend, "a str")),
            _ => match buffer_of(source) {
                Ok(added) => bytearray.extend(&added)?,
                Err(Error::NoBuffer { .. }) => {
                    return Err(type_error(format!("can't extend bytearray with {class}")).into());
                }
                Err(_) => return Err(type_error(format!("can't set bytearray slice from {class}")).into()),
            },
        }
        Ok(())
    }

    fn frombytes(&self, array: &Array, source: &Object) -> Result<(), Error> {
        let content = buffer_of(source)?;
        let itemsize = match source {
            Object::View(view) => view.itemsize()?,
            Object::Array(array) => array.itemsize() as isize,
            // A buffer without a format still says how large an item is.
            _ => match source.as_exporter() {
                Some(exporter) => exporter.export(view::Flags::SIMPLE)?.itemsize,
                None => 1,
            },
        };
        if itemsize != 1 {
            return Err(type_error("a bytes-like object is required"));
        }
        // The source's buffer is held while the array grows, so an array can't be added to itself.
        if let Object::Array(other) = source
            && std::ptr::eq(&raw const **other, array)
            && !content.is_empty()
        {
            return Err(Error::ArrayResize);
        }
        array.frombytes(&content)
    }

    fn pop_index(&self, arguments: &[Object]) -> Result<Option<isize>, Error> {
        arguments.first().map(|object| self.whole(object)).transpose()
    }
}

/// An argument of `exporter`.
fn argument(object: &Object) -> Argument {
    match object {
        Object::None => Argument::None,
        Object::Bool(value) => Argument::Bool(*value),
        Object::Int(value) => {
            let value = value.within(isize::MIN as i128, isize::MAX as i128);
            Argument::Int(value.map(|value| value as isize))
        }
        Object::Str(text) => Argument::Str(text.to_string()),
        Object::Bytes(content) => Argument::Bytes(content.to_vec()),
        Object::Tuple(items) | Object::List(items) => Argument::List(items.iter().map(argument).collect()),
        _ => Argument::Other,
    }
}

/// Characters as an array holds them: those of a str, or each a str in a list or a tuple.
fn characters(items: &Object) -> Option<Vec<u8>> {
    match items {
        Object::Str(text) => Some(text.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect()),
        Object::List(items) | Object::Tuple(items) => {
            let one = |item: &Object| match item {
                Object::Str(text) if text.chars().count() == 1 => characters(item),
                _ => None,
            };
            items.iter().map(one).collect::<Option<Vec<_>>>().map(|each| each.concat())
        }
        _ => None,
    }
}

/// Items in nested lists as numpy lays them out. `None` if they are not ints, or not as many in each list.
fn numpy_items(object: &Object, depth: usize, shape: &mut Vec<isize>, content: &mut Vec<u8>) -> Option<()> {
    match object {
        Object::List(items) => {
            let length = items.len() as isize;
            match shape.get(depth) {
                Some(known) if *known != length => return None,
                Some(_) => {}
                None => shape.push(length),
            }
            items.iter().try_for_each(|item| numpy_items(item, depth + 1, shape, content))
        }
        Object::Int(view::Int::Small(value)) if depth == shape.len() => {
            content.extend_from_slice(&value.to_le_bytes());
            Some(())
        }
        _ => None,
    }
}
