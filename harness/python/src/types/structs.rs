//! The `struct` module: it packs values into bytes and unpacks them from any buffer.

mod pack;

use crate::buffers::{buffer_of, content_of, export_of};
use crate::changes::{Change, Profile};
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::types::iterator;
use program::Kind;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use view::arguments::Named;
use view::structs::{Struct, Value};
use view::{Error, Exception, Export, Flags, Signature};

/// The iterator that `struct.iter_unpack` returns. It holds the buffer until it is exhausted.
struct Unpack {
    format: Struct,
    /// The object is kept alive together with its export.
    buffer: RefCell<Option<(Object, Export)>>,
    next: Cell<isize>,
    class: &'static str,
}

/// A compiled format, `struct.Struct`.
struct Compiled {
    format: Rc<str>,
    profile: Profile,
    class: &'static str,
}

/// The arguments of a call after the format.
type Others<'a> = (&'a [Object], [Option<&'a Object>; 2]);

/// Parses a format: a str or bytes.
fn format_of(python: &Python, call: &Call<'_>, format: &Object) -> Result<(Rc<str>, Struct), Stop> {
    let text: Rc<str> = match format {
        Object::Str(text) => text.clone(),
        Object::Bytes(content) => match String::from_utf8(content.to_vec()) {
            Ok(text) if text.is_ascii() => text.into(),
            _ => return Err(call.unsupported("with a format that is not ASCII")),
        },
        Object::None | Object::Bool(_) | Object::Int(_) | Object::Float(_) => {
            let class = format.class();
            return Err(type_error(format!("Struct() argument 1 must be a str or bytes object, not {class}")).into());
        }
        _ => return Err(call.other_arguments()),
    };
    let format = Struct::parse(&text, python.view_profile())?;
    Ok((text, format))
}

/// Parses the format, which is the first argument of a function. Returns it with the other arguments, by position and by
/// name. A number of arguments that is not in `count` is refused, unless `count` is empty.
fn parsed<'a>(python: &Python, call: &Call<'a>, count: &[usize]) -> Result<(Struct, Others<'a>), Stop> {
    let (values, named) = match call.kind {
        Kind::UnpackFrom => call.split(["buffer", "offset"])?,
        _ => (call.by_position().ok_or_else(|| call.other_arguments())?, [None, None]),
    };
    let Some((format, others)) = values.split_first() else { return Err(call.other_arguments()) };
    // CPython checks the number of arguments before it parses the format.
    if !count.is_empty() && !count.contains(&(others.len() + named.iter().flatten().count())) {
        return Err(call.other_arguments());
    }
    let (_, format) = format_of(python, call, format)?;
    match format.reads_too_much() {
        true => Err(call.unsupported("with `0p` in a format")),
        false => Ok((format, (others, named))),
    }
}

/// `struct.Struct(format)`
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let (values, [by_name]) = call.split(["format"])?;
    let (([format], None) | ([], Some(format))) = (values, by_name) else { return Err(call.other_arguments()) };
    let (text, _) = format_of(python, call, format)?;
    let class = if python.has(Change::StructModule) { "_struct.Struct" } else { "Struct" };
    Ok(Object::instance(Compiled { format: text, profile: python.profile(), class }))
}

/// `struct.calcsize(format)`
pub(crate) fn size(python: &Python, call: &Call<'_>) -> Outcome {
    let Some([format]) = call.by_position() else { return Err(call.other_arguments()) };
    Ok(Object::size(format_of(python, call, format)?.1.size() as isize))
}

/// Calls a function of the struct module. Returns `None` if the operation is not one of them.
pub(crate) fn function(python: &Python, call: &Call<'_>) -> Option<Outcome> {
    Some(match call.kind {
        Kind::StructPack => pack(python, call),
        Kind::PackInto => pack_into(python, call),
        Kind::Unpack => unpack(python, call),
        Kind::UnpackFrom => unpack_from(python, call),
        Kind::IterUnpack => iter_unpack(python, call),
        _ => return None,
    })
}

fn pack(python: &Python, call: &Call<'_>) -> Outcome {
    let (format, (values, _)) = parsed(python, call, &[])?;
    packed(python, call, &format, values)
}

/// Packs values into new bytes.
fn packed(python: &Python, call: &Call<'_>, format: &Struct, values: &[Object]) -> Outcome {
    check_count(format, values, "pack")?;
    python.grows_to(call.kind, format.size())?;
    let mut content = vec![0; format.size()];
    pack::pack(format, values, python.profile(), |at, bytes| {
        content[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    })?;
    Ok(Object::bytes(content))
}

fn check_count(format: &Struct, values: &[Object], name: &str) -> Result<(), Stop> {
    match format.count() {
        count if count == values.len() => Ok(()),
        count => {
            let given = values.len();
            Err(struct_error(format!("{name} expected {count} items for packing (got {given})")))
        }
    }
}

fn pack_into(python: &Python, call: &Call<'_>) -> Outcome {
    // Since 3.15 the arguments are counted before the format is parsed.
    if python.has(Change::PackIntoArguments)
        && let Some(given @ [] | given @ [_] | given @ [_, _]) = call.by_position()
    {
        return Err(type_error(format!("pack_into expected at least 3 arguments, got {}", given.len())).into());
    }
    let (format, (others, _)) = parsed(python, call, &[])?;
    packed_into(python, &format, others, 2)
}

/// Packs values into a buffer, by the arguments after the format. `argument` is the number of the buffer among all.
fn packed_into(python: &Python, format: &Struct, others: &[Object], argument: usize) -> Outcome {
    let is_converted = python.has(Change::PackIntoArguments);
    let (target, offset, values) = match others {
        [target, offset, values @ ..] => (target, offset, values),
        others if is_converted => {
            let given = others.len();
            return Err(type_error(format!("pack_into expected at least 2 arguments, got {given}")).into());
        }
        [] => return Err(struct_error("pack_into expected buffer argument")),
        _ => return Err(struct_error("pack_into expected offset argument")),
    };
    // Since 3.15 the values are counted after the other arguments are converted.
    if !is_converted {
        check_count(format, values, "pack_into")?;
    }
    let not_writable = || {
        let argument = if is_converted { format!("pack_into() argument {argument}") } else { "argument".to_owned() };
        type_error(format!("{argument} must be read-write bytes-like object, not {}", target.argument_class()))
    };
    let export = export_of(target, Flags::WRITABLE).map_err(|_| not_writable())?;
    let offset = if is_converted { python.whole(offset)? } else { offset.as_size()? };
    if is_converted {
        check_count(format, values, "pack_into")?;
    }
    let start = place(offset, format.size(), export.length.unsigned_abs(), "pack")?;
    let write = |at: usize, bytes: &[u8]| Ok(export.memory.write(export.offset + (start + at) as isize, bytes)?);
    // What does not fit leaves zeros behind.
    write(0, &vec![0; format.size()])?;
    pack::pack(format, values, python.profile(), write)?;
    Ok(Object::None)
}

fn unpack(python: &Python, call: &Call<'_>) -> Outcome {
    let (format, (others, _)) = parsed(python, call, &[1])?;
    let [source] = others else { return Err(call.other_arguments()) };
    whole(&format, source)
}

/// Unpacks one item from a whole buffer.
fn whole(format: &Struct, source: &Object) -> Outcome {
    let content = buffer_of(source)?;
    match content.len() == format.size() {
        true => Ok(unpacked(format, &content)),
        false => Err(struct_error(format!("unpack requires a buffer of {} bytes", format.size()))),
    }
}

fn unpack_from(python: &Python, call: &Call<'_>) -> Outcome {
    let (format, (values, [source, offset])) = parsed(python, call, &[1, 2])?;
    let (source, offset) = match (values, source) {
        ([], Some(source)) => (source, offset),
        ([source], None) => (source, offset),
        ([source, by_position], None) => (source, Some(by_position)),
        _ => return Err(call.other_arguments()),
    };
    from(python, &format, source, offset)
}

/// Unpacks one item from a part of a buffer.
fn from(python: &Python, format: &Struct, source: &Object, offset: Option<&Object>) -> Outcome {
    let export = export_of(source, Flags::SIMPLE)?;
    let offset = offset.map_or(Ok(0), |offset| python.whole(offset))?;
    let start = place(offset, format.size(), export.length.unsigned_abs(), "unpack")?;
    let content = content_of(&export)?;
    Ok(unpacked(format, &content[start..start + format.size()]))
}

fn iter_unpack(python: &Python, call: &Call<'_>) -> Outcome {
    let (format, (others, _)) = parsed(python, call, &[1])?;
    let [source] = others else { return Err(call.other_arguments()) };
    items_of(python, format, source)
}

/// Creates the iterator over the items of a buffer (`Struct_iter_unpack`).
fn items_of(python: &Python, format: Struct, source: &Object) -> Outcome {
    let size = format.size() as isize;
    if size == 0 {
        return Err(struct_error("cannot iteratively unpack with a struct of length 0"));
    }
    let export = export_of(source, Flags::SIMPLE)?;
    if export.length % size != 0 {
        return Err(struct_error(format!("iterative unpacking requires a buffer of a multiple of {size} bytes")));
    }
    let class = if python.has(Change::StructModule) { "_struct.unpack_iterator" } else { "unpack_iterator" };
    let buffer = RefCell::new(Some((source.clone(), export)));
    Ok(Object::instance(Unpack { format, buffer, next: Cell::new(0), class }))
}

/// Unpacks one item from exactly its bytes (`s_unpack_internal`).
fn unpacked(format: &Struct, raw: &[u8]) -> Object {
    let object = |value: Value<'_>| match value {
        Value::Item(item) => Object::item(item),
        Value::Bytes(content) => Object::bytes(content.to_vec()),
    };
    Object::Tuple(format.values(raw).map(object).collect())
}

/// Converts an offset, which may be negative, to the position of an item of `size` bytes in a buffer of `length` bytes.
/// `what` is `pack` or `unpack` and selects the error texts.
fn place(offset: isize, size: usize, length: usize, what: &str) -> Result<usize, Stop> {
    let (size, length) = (size as isize, length as isize);
    let mut start = offset;
    if offset < 0 {
        if offset.saturating_add(size) > 0 {
            return Err(struct_error(match what {
                "pack" => format!("no space to pack {size} bytes at offset {offset}"),
                _ => format!("not enough data to unpack {size} bytes at offset {offset}"),
            }));
        }
        if offset.saturating_add(length) < 0 {
            return Err(struct_error(format!("offset {offset} out of range for {length}-byte buffer")));
        }
        start += length;
    }
    if length.saturating_sub(start) < size {
        let needed = size.unsigned_abs().wrapping_add(start.unsigned_abs());
        return Err(struct_error(format!(
            "{what}{} requires a buffer of at least {needed} bytes for {what}ing {size} bytes at offset {start} (actual \
             buffer size is {length})",
            if what == "pack" { "_into" } else { "_from" },
        )));
    }
    Ok(start.unsigned_abs())
}

fn struct_error(text: impl Into<String>) -> Stop {
    Error::raised(Exception::StructError, text).into()
}

impl Type for Unpack {
    fn class(&self) -> &str {
        self.class
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn is_sequence(&self) -> bool {
        self.class == "_struct.unpack_iterator"
    }

    fn method(&self, _: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        iterator::method(self, this, call)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    fn next(&self) -> Result<Option<Object>, Error> {
        let values = match &*self.buffer.borrow() {
            Some((_, export)) if self.next.get() < export.length => {
                let at = self.next.replace(self.next.get() + self.format.size() as isize);
                let values = |raw: &[u8]| unpacked(&self.format, raw);
                Some(export.memory.look(export.offset + at, self.format.size(), values)?)
            }
            _ => None,
        };
        if values.is_none() {
            self.buffer.replace(None);
        }
        Ok(values)
    }

    fn length_hint(&self) -> Result<Option<isize>, Error> {
        Ok(Some(match &*self.buffer.borrow() {
            Some((_, export)) => (export.length - self.next.get()) / self.format.size() as isize,
            None => 0,
        }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Compiled {
    fn parsed(&self, call: &Call<'_>) -> Result<Struct, Stop> {
        let format = Struct::parse(&self.format, self.profile.view())?;
        match format.reads_too_much() {
            true => Err(call.unsupported("with `0p` in a format")),
            false => Ok(format),
        }
    }
}

impl Type for Compiled {
    fn class(&self) -> &str {
        self.class
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("struct.Struct")
    }

    fn is_sequence(&self) -> bool {
        self.class == "_struct.Struct"
    }

    fn repr(&self) -> Result<String, Stop> {
        Err(Stop::unsupported("`repr` of struct.Struct"))
    }

    fn set_item(&self, _: &Python, _: &Object, _: Option<&Object>) -> Result<(), Stop> {
        Err(Stop::unsupported("setting or deleting items of struct.Struct"))
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match (call.kind, call.name, call.by_position()) {
            (Kind::AnyMethod, "pack", Some(values)) => packed(python, call, &self.parsed(call)?, values),
            (Kind::AnyMethod, "pack_into", Some(others)) => packed_into(python, &self.parsed(call)?, others, 1),
            (Kind::AnyMethod, "unpack", Some([source])) => whole(&self.parsed(call)?, source),
            (Kind::AnyMethod, "iter_unpack", Some([source])) => items_of(python, self.parsed(call)?, source),
            (Kind::AnyMethod, "unpack_from", _) => {
                const UNPACK_FROM: Signature = Signature {
                    name: "unpack_from",
                    parameters: &["buffer", "offset"],
                    required: 1,
                    named: Named::Always,
                };
                if call.values().is_empty() {
                    return Err(call.other_arguments());
                }
                let [source, offset] = UNPACK_FROM.bind(call.arguments, python.view_profile())?;
                from(python, &self.parsed(call)?, source.unwrap_or(&Object::None), offset)
            }
            _ => Err(self.missing(call.name)),
        }
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "size" => Ok(Object::size(Struct::parse(&self.format, self.profile.view())?.size() as isize)),
            "format" => Ok(Object::Str(self.format.clone())),
            _ => Err(self.missing(name)),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
