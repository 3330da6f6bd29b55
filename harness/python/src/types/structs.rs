//! The `struct` module: it packs values into bytes and unpacks them from any buffer.

use crate::buffers::{buffer_of, export_of};
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

/// Parses the format, which is the first argument. Returns it with the other arguments. A number of arguments that is
/// not in `count` is refused, unless `count` is empty.
fn parsed<'a>(python: &Python, call: &Call<'a>, count: &[usize]) -> Result<(&'a Rc<str>, Struct, &'a [Object]), Stop> {
    let split = call.by_position().and_then(<[Object]>::split_first);
    let Some((Object::Str(text), others)) = split else { return Err(call.other_arguments()) };
    // CPython checks the number of arguments before it parses the format.
    if !count.is_empty() && !count.contains(&others.len()) {
        return Err(call.other_arguments());
    }
    let format = Struct::parse(text, python.view_profile())?;
    if format.reads_too_much() && call.kind != Kind::NewStruct {
        return Err(call.unsupported("with `0p` in a format"));
    }
    Ok((text, format, others))
}

/// `struct.Struct(format)`
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let (text, ..) = parsed(python, call, &[0])?;
    let class = if python.has(Change::StructModule) { "_struct.Struct" } else { "Struct" };
    Ok(Object::instance(Compiled { format: text.clone(), profile: python.profile(), class }))
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
    let (text, _, values) = parsed(python, call, &[])?;
    Ok(Object::bytes(packed(call, text, values)?))
}

fn pack_into(python: &Python, call: &Call<'_>) -> Outcome {
    // CPython checks the number of arguments before it parses the format.
    if call.values().len() < 3 {
        return Err(call.other_arguments());
    }
    let (text, _, others) = parsed(python, call, &[])?;
    packed_into(python, call, text, others, 2)
}

/// Packs values into a buffer, by the arguments after the format. `argument` is the number of the buffer among all.
fn packed_into(python: &Python, call: &Call<'_>, format: &str, others: &[Object], argument: usize) -> Outcome {
    let [target, offset, values @ ..] = others else { return Err(call.other_arguments()) };
    let packed = packed(call, format, values)?;
    let is_converted = python.has(Change::PackIntoArguments);
    let not_writable = || {
        let argument = if is_converted { format!("pack_into() argument {argument}") } else { "argument".to_owned() };
        type_error(format!("{argument} must be read-write bytes-like object, not {}", target.argument_class()))
    };
    let export = export_of(target, Flags::WRITABLE).map_err(|_| not_writable())?;
    let offset = if is_converted { python.whole(offset)? } else { offset.as_size()? };
    let start = place(offset, packed.len(), export.length.unsigned_abs(), "pack")?;
    export.memory.write(export.offset + start as isize, &packed)?;
    Ok(Object::None)
}

fn unpack(python: &Python, call: &Call<'_>) -> Outcome {
    let (_, format, others) = parsed(python, call, &[1])?;
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
    let (_, format, others) = parsed(python, call, &[1, 2])?;
    let [source, offset @ ..] = others else { return Err(call.other_arguments()) };
    from(python, &format, source, offset.first())
}

/// Unpacks one item from a part of a buffer.
fn from(python: &Python, format: &Struct, source: &Object, offset: Option<&Object>) -> Outcome {
    let content = buffer_of(source)?;
    let offset = offset.map_or(Ok(0), |offset| python.whole(offset))?;
    let start = place(offset, format.size(), content.len(), "unpack")?;
    Ok(unpacked(format, &content[start..start + format.size()]))
}

fn iter_unpack(python: &Python, call: &Call<'_>) -> Outcome {
    let (_, format, others) = parsed(python, call, &[1])?;
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

/// Packs ints and bytes by a format (`s_pack_internal`).
fn packed(call: &Call<'_>, format: &str, values: &[Object]) -> Result<Vec<u8>, Stop> {
    let codes = packing(format).ok_or_else(|| call.unsupported(format!("with the format `{format}`")))?;
    if codes.len() != values.len() {
        let (given, expected) = (values.len(), codes.len());
        return Err(call.unsupported(format!("with {given} values for a format of {expected}")));
    }
    let mut packed = Vec::new();
    for ((code, size), value) in codes.into_iter().zip(values) {
        match (code, value) {
            ('s', Object::Bytes(content)) => {
                let mut content = content.to_vec();
                content.resize(size, 0);
                packed.extend(content);
            }
            _ => {
                let (low, high) = match code.is_ascii_lowercase() {
                    true => (-(1i128 << (size * 8 - 1)), (1i128 << (size * 8 - 1)) - 1),
                    false => (0, (1i128 << (size * 8)) - 1),
                };
                let value = value.as_int().filter(|_| code != 's').and_then(|value| value.within(low, high));
                let value = value.ok_or_else(|| call.unsupported("with a value that does not fit its format"))?;
                packed.extend_from_slice(&value.to_le_bytes()[..size]);
            }
        }
    }
    Ok(packed)
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

/// Returns the codes of a struct format and their sizes in bytes. Returns `None` unless all items are ints or bytes,
/// and the format is little-endian or native without padding.
fn packing(format: &str) -> Option<Vec<(char, usize)>> {
    let (is_standard, mut codes) = match format.strip_prefix('<') {
        Some(codes) => (true, codes),
        None => (false, format),
    };
    let mut sizes = Vec::new();
    while let Some(at) = codes.find(|code: char| !code.is_ascii_digit()) {
        let code = codes[at..].chars().next()?;
        let size = match code.to_ascii_lowercase() {
            's' if code == 's' => codes[..at].parse().ok().or((at == 0).then_some(1))?,
            _ if at > 0 => return None,
            'b' => 1,
            'h' => 2,
            'i' => 4,
            'l' if is_standard => 4,
            'q' => 8,
            _ => return None,
        };
        sizes.push((code, size));
        codes = &codes[at + code.len_utf8()..];
    }
    // Native items are aligned. If sizes never increase, there is no padding.
    let is_dense = |sizes: &[(char, usize)]| sizes.windows(2).all(|pair| pair[0].1 >= pair[1].1);
    (codes.is_empty() && (is_standard || sizes.len() == 1 || is_dense(&sizes))).then_some(sizes)
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
            (Kind::AnyMethod, "pack", Some(values)) => Ok(Object::bytes(packed(call, &self.format, values)?)),
            (Kind::AnyMethod, "pack_into", Some(others)) => packed_into(python, call, &self.format, others, 1),
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
