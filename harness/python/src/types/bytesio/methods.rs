//! The methods of `io.BytesIO`.

use super::{BYTES_IO, BytesIo, buffer, bytes_of};
use crate::buffers::export_of;
use crate::changes::Change;
use crate::context::Python;
use crate::convert::{Size, given_size, optional_size};
use crate::object::{Call, Object, Outcome, Type};
use crate::setattr;
use crate::stop::{Stop, overflow_error, type_error, value_error};
use view::{Bytes, Error, Flags, Int};

/// The name of the type in errors about arguments.
const SHORT: &str = "BytesIO";

/// Calls a method.
pub(super) fn call(stream: &BytesIo, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
    match call.name {
        "close" | "flush" | "getvalue" | "isatty" | "readable" | "writable" | "seekable" | "tell" => {
            call.nothing(python, SHORT)?;
            alone(stream, call)
        }
        "getbuffer" => {
            no_arguments_of_getbuffer(python, call)?;
            stream.check_open()?;
            buffer::view_of(stream, python, this)
        }
        "read" | "read1" => {
            let size = optional_size(call.between(python, SHORT, 0, 1)?.first())?;
            stream.check_open()?;
            Ok(stream.take(size))
        }
        "readline" => {
            let size = optional_size(call.between(python, SHORT, 0, 1)?.first())?;
            stream.check_open()?;
            Ok(stream.line(size))
        }
        "readlines" => readlines(stream, python, call),
        "readinto" => readinto(stream, call.only(python, SHORT)?),
        "write" => write(stream, python, call.only(python, SHORT)?),
        "writelines" => writelines(stream, python, call.only(python, SHORT)?),
        "seek" => seek(stream, python, call),
        "truncate" => truncate(stream, python, call),
        "__init__" => begin(stream, python, call),
        "__setattr__" | "__delattr__" => set_attribute(stream, python, call),
        "__enter__" if call.values().is_empty() => {
            stream.check_open()?;
            Ok(this.clone())
        }
        "__iter__" if call.values().is_empty() => stream.iterator(python, this),
        "__next__" if call.values().is_empty() => crate::types::iterator::next(stream),
        "__exit__" if call.by_position().is_some() => {
            stream.close()?;
            Ok(Object::None)
        }
        _ => Err(stream.missing(call.name)),
    }
}

/// `stream.__init__(initial_bytes)`
fn begin(stream: &BytesIo, python: &Python, call: &Call<'_>) -> Outcome {
    let [initial]: [Option<&Object>; 1] = BYTES_IO.bind(call.arguments, python.view_profile())?;
    if let Err(error) = stream.check_exports() {
        if !python.has(Change::BytesioFailedInit) {
            stream.position.set(0);
            stream.is_emptied.set(true);
        }
        return Err(error.into());
    }
    stream.position.set(0);
    stream.shared.take();
    stream.memory.resize(Error::BytearrayResize, Vec::clear)?;
    match initial {
        None | Some(Object::None) => {}
        Some(Object::Bytes(bytes)) => {
            stream.is_closed.set(false);
            stream.put(python, &bytes.to_vec())?;
            stream.shared.replace(Some(bytes.clone()));
        }
        Some(other) => drop(write(stream, python, other)?),
    }
    stream.position.set(0);
    Ok(Object::None)
}

/// Returns `stream.__dict__`.
fn set_attribute(stream: &BytesIo, python: &Python, call: &Call<'_>) -> Outcome {
    let name = setattr::name_of(python, call)?;
    let is_deletion = call.values().len() == 1;
    let is_there = stream.attributes.borrow().iter().any(|(attribute, _)| &**attribute == name);
    if name == "closed" || name.starts_with("__") {
        return Err(setattr::fixed(stream, &["closed"], python, call));
    }
    if is_deletion && !is_there {
        return Err(call.unsupported("with an attribute that is not set"));
    }
    let mut attributes = stream.attributes.borrow_mut();
    attributes.retain(|(attribute, _)| &**attribute != name);
    attributes.extend(call.values().get(1).map(|value| (name.into(), value.clone())));
    Ok(Object::None)
}

/// Calls a method that takes no arguments.
fn alone(stream: &BytesIo, call: &Call<'_>) -> Outcome {
    if call.name == "close" {
        stream.close()?;
        return Ok(Object::None);
    }
    stream.check_open()?;
    Ok(match call.name {
        "flush" => Object::None,
        "isatty" => Object::Bool(false),
        "tell" => Object::size(stream.position.get() as isize),
        "getvalue" => value(stream),
        _ => Object::Bool(true),
    })
}

/// `stream.getvalue()`. Returns the same object until the stream is written to or its buffer is exported.
fn value(stream: &BytesIo) -> Object {
    let content = || Bytes::new(stream.content());
    if stream.memory.exports() > 0 {
        return Object::Bytes(content());
    }
    Object::Bytes(stream.shared.borrow_mut().get_or_insert_with(content).clone())
}

fn no_arguments_of_getbuffer(python: &Python, call: &Call<'_>) -> Result<(), Stop> {
    match (python.has(Change::GetbufferText), call.by_position()) {
        (false, _) => Ok(call.nothing(python, SHORT)?),
        (true, Some([])) => Ok(()),
        _ if !call.arguments.positional().is_empty() => Err(type_error("getbuffer() takes no arguments").into()),
        // Some patch levels of 3.12 ignore the arguments.
        _ => Err(call.unsupported("with keyword arguments")),
    }
}

fn readlines(stream: &BytesIo, python: &Python, call: &Call<'_>) -> Outcome {
    let hint = call.between(python, SHORT, 0, 1)?.first().filter(|hint| !matches!(hint, Object::None));
    stream.check_open()?;
    let hint = match hint.map(|hint| (hint.as_int(), hint)) {
        None => 0,
        Some((Some(Int::Small(hint)), _)) => hint.max(0).unsigned_abs() as usize,
        Some((Some(Int::Big(_)), _)) => {
            return Err(overflow_error("Python int too large to convert to C ssize_t").into());
        }
        Some((None, other)) => {
            return Err(type_error(format!("integer argument expected, got '{}'", other.class())).into());
        }
    };
    let (mut lines, start) = (Vec::new(), stream.position.get());
    while !stream.rest().is_empty() && (hint == 0 || stream.position.get() - start < hint) {
        lines.push(stream.line(None));
    }
    Ok(Object::List(lines.into()))
}

fn readinto(stream: &BytesIo, target: &Object) -> Outcome {
    let export = export_of(target, Flags::WRITABLE).map_err(|_| {
        let class = target.argument_class();
        type_error(format!("readinto() argument must be read-write bytes-like object, not {class}"))
    })?;
    stream.check_open()?;
    let mut content = stream.rest();
    content.truncate(export.length.unsigned_abs());
    export.memory.write(export.offset, &content)?;
    stream.position.set(stream.position.get() + content.len());
    Ok(Object::size(content.len() as isize))
}

/// `stream.write(content)`
fn write(stream: &BytesIo, python: &Python, content: &Object) -> Outcome {
    let checked = |stream: &BytesIo| stream.check_open().and_then(|()| stream.check_exports());
    if !python.has(Change::BytesioWriteFirst) {
        checked(stream)?;
    }
    let generation = stream.memory.generation();
    // The buffer of `content` is exported while the stream is checked. `content` may be a view of this stream.
    let content = bytes_of(content)?;
    if stream.memory.generation() != generation || stream.is_closed.get() && !python.has(Change::BytesioWriteFirst) {
        return Err(Stop::unsupported("`write` to a stream that is closed or resized meanwhile"));
    }
    checked(stream)?;
    stream.put(python, &content)?;
    Ok(Object::size(content.len() as isize))
}

fn writelines(stream: &BytesIo, python: &Python, lines: &Object) -> Outcome {
    stream.check_open()?;
    python.for_each(lines, |line| write(stream, python, &line).map(drop))?;
    Ok(Object::None)
}

fn seek(stream: &BytesIo, python: &Python, call: &Call<'_>) -> Outcome {
    let values = call.between(python, SHORT, 1, 2)?;
    let distance = python.whole(values.first().unwrap_or(&Object::None))?;
    let whence = values.get(1).map_or(Ok(0), |whence| python.c_int(whence, true))?;
    stream.check_open()?;
    let from = match whence {
        0 if distance < 0 => return Err(value_error(format!("negative seek value {distance}")).into()),
        0 => 0,
        1 => stream.position.get(),
        2 => stream.content().len(),
        _ => return Err(value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)")).into()),
    };
    let largest = python.profile().abi().ssize_max();
    let position = (from as isize).checked_add(distance).filter(|position| *position <= largest);
    let position = position.ok_or_else(|| overflow_error("new position too large"))?;
    stream.position.set(usize::try_from(position).unwrap_or(0));
    Ok(Object::size(stream.position.get() as isize))
}

/// `stream.truncate(size)`. Returns `size`, even if the stream is shorter; a stream is never extended.
fn truncate(stream: &BytesIo, python: &Python, call: &Call<'_>) -> Outcome {
    let given = call.between(python, SHORT, 0, 1)?.first().filter(|size| !matches!(size, Object::None));
    let is_late = python.has(Change::BytesioTruncate);
    let early = if is_late { None } else { given.map(given_size).transpose()? };
    stream.check_open()?;
    stream.check_exports()?;
    let size = match (early, given) {
        (Some(size), _) => size,
        (None, Some(given)) => {
            let state = || (stream.memory.generation(), stream.memory.exports(), stream.is_closed.get());
            let (before, size) = (state(), late_size(given)?);
            if state() != before {
                return Err(call.unsupported("of a stream that is closed, resized or exported meanwhile"));
            }
            size
        }
        (None, None) => stream.position.get() as isize,
    };
    let Ok(length) = usize::try_from(size) else {
        return Err(value_error(format!("negative size value {size}")).into());
    };
    if length < stream.memory.len() {
        stream.shared.take();
        stream.memory.resize(Error::BytearrayResize, |content| content.truncate(length))?;
    }
    Ok(Object::size(size))
}

fn late_size(size: &Object) -> Result<isize, Error> {
    match size.ask_size()? {
        Size::Fits(size) => Ok(size),
        Size::TooLarge => Err(overflow_error("Python int too large to convert to C long")),
        Size::None => Err(Error::NotInteger { type_name: size.class().into() }),
    }
}
