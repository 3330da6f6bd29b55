//! The struct module: bytes from values, and values from the memory of whatever exports it.

use super::compare::{buffer_of, export_of};
use super::iterators::Iter;
use super::object::Object;
use super::{Outcome, Python, Stop, type_error};
use program::{Kind, Operation};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use view::structs::{Struct, Value};
use view::{Change, Error, Exception, Export, Flags};

/// What `struct.iter_unpack` gives: it keeps the buffer that it reads until it came to its end.
pub(super) struct Unpack {
    format: Struct,
    /// The object is held as its buffer is.
    buffer: RefCell<Option<(Object, Export)>>,
    next: Cell<isize>,
    class: &'static str,
}

impl Unpack {
    /// The name of its type.
    pub(super) fn class(&self) -> &'static str {
        self.class
    }

    /// How many items are left.
    pub(super) fn length_hint(&self) -> isize {
        match &*self.buffer.borrow() {
            Some((_, export)) => (export.length - self.next.get()) / self.format.size() as isize,
            None => 0,
        }
    }

    /// The values of the next item; `None` at the end.
    pub(super) fn next(&self) -> Result<Option<Object>, Error> {
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
}

impl Python {
    /// A function of the struct module.
    pub(super) fn struct_call(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        let kind = operation.kind;
        let Some((Object::Str(text), arguments)) = operands.split_first().filter(|_| operation.keyword_count() == 0)
        else {
            return Err(self.unsupported(kind, "these arguments"));
        };
        // The number of arguments is looked at before the format is.
        let is_call = match kind {
            Kind::NewStruct => arguments.is_empty(),
            Kind::Unpack | Kind::IterUnpack => arguments.len() == 1,
            Kind::UnpackFrom => matches!(arguments.len(), 1 | 2),
            Kind::PackInto => arguments.len() >= 2,
            _ => true,
        };
        if !is_call {
            return Err(self.unsupported(kind, "these arguments"));
        }
        let format = Struct::parse(text, self.profile)?;
        if format.reads_too_much() && kind != Kind::NewStruct {
            return Err(self.unsupported(kind, "a format with `0p`"));
        }
        match (kind, arguments) {
            (Kind::NewStruct, []) => {
                let class = if self.profile.has(Change::StructModule) { "_struct.Struct" } else { "Struct" };
                Ok(Object::Struct(text.clone(), class))
            }
            (Kind::StructPack, values) => self.pack(kind, text, values),
            (Kind::PackInto, [target, offset, values @ ..]) => self.pack_into(text, target, offset, values),
            (Kind::Unpack, [source]) => {
                let content = buffer_of(source)?;
                if content.len() != format.size() {
                    return Err(struct_error(format!("unpack requires a buffer of {} bytes", format.size())));
                }
                Ok(unpacked(&format, &content))
            }
            (Kind::UnpackFrom, [source, offset @ ..]) if offset.len() <= 1 => {
                let content = buffer_of(source)?;
                let offset = offset.first().map_or(Ok(0), |offset| self.whole(offset))?;
                let start = place(offset, format.size(), content.len(), "unpack")?;
                Ok(unpacked(&format, &content[start..start + format.size()]))
            }
            (Kind::IterUnpack, [source]) => self.iter_unpack(format, source),
            _ => Err(self.unsupported(kind, "these arguments")),
        }
    }

    fn iter_unpack(&self, format: Struct, source: &Object) -> Outcome {
        let size = format.size() as isize;
        if size == 0 {
            return Err(struct_error("cannot iteratively unpack with a struct of length 0"));
        }
        let export = export_of(source, Flags::SIMPLE)?;
        if export.length % size != 0 {
            return Err(struct_error(format!("iterative unpacking requires a buffer of a multiple of {size} bytes")));
        }
        let class = if self.profile.has(Change::StructModule) { "_struct.unpack_iterator" } else { "unpack_iterator" };
        let unpack = Unpack { format, buffer: RefCell::new(Some((source.clone(), export))), next: Cell::new(0), class };
        Ok(Object::Iter(Iter::Unpack(unpack.into()).into()))
    }

    /// `struct.pack(format, value…)` and `Struct(format).pack(value…)`, for ints and bytes.
    pub(super) fn pack(&self, kind: Kind, format: &str, values: &[Object]) -> Outcome {
        self.packed(kind, format, values).map(Object::bytes)
    }

    fn pack_into(&self, format: &str, target: &Object, offset: &Object, values: &[Object]) -> Outcome {
        let packed = self.packed(Kind::PackInto, format, values)?;
        let is_converted = self.profile.has(Change::PackIntoArguments);
        let not_writable = || {
            let argument = if is_converted { "pack_into() argument 2" } else { "argument" };
            type_error(format!("{argument} must be read-write bytes-like object, not {}", target.argument_class()))
        };
        let export = export_of(target, Flags::WRITABLE).map_err(|_| not_writable())?;
        let offset = if is_converted { self.whole(offset)? } else { offset.as_size()? };
        let start = place(offset, packed.len(), export.length.unsigned_abs(), "pack")?;
        export.memory.write(export.offset + start as isize, &packed)?;
        Ok(Object::None)
    }

    fn packed(&self, kind: Kind, format: &str, values: &[Object]) -> Result<Vec<u8>, Stop> {
        let codes = packing(format).ok_or_else(|| self.unsupported(kind, format!("the format {format}")))?;
        if codes.len() != values.len() {
            return Err(self.unsupported(kind, "another number of values than the format has"));
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
                    let value = value.ok_or_else(|| self.unsupported(kind, "a value that does not fit"))?;
                    packed.extend_from_slice(&value.to_le_bytes()[..size]);
                }
            }
        }
        Ok(packed)
    }
}

/// The values of an item, of which all bytes are given.
fn unpacked(format: &Struct, raw: &[u8]) -> Object {
    let object = |value: Value<'_>| match value {
        Value::Item(item) => Object::item(item),
        Value::Bytes(content) => Object::bytes(content.to_vec()),
    };
    Object::Tuple(format.values(raw).map(object).collect::<Rc<[Object]>>())
}

/// Where in a buffer an item of that size is that an offset from either end says. `what` is done there.
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

/// The codes of a struct format that has only ints and bytes, and their sizes. Little-endian, or native without padding.
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
    // In native mode items are aligned; without padding there is nothing to know about that.
    let is_dense = |sizes: &[(char, usize)]| sizes.windows(2).all(|pair| pair[0].1 >= pair[1].1);
    (codes.is_empty() && (is_standard || sizes.len() == 1 || is_dense(&sizes))).then_some(sizes)
}
