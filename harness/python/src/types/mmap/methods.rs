//! The methods of memory maps. Most of them use one function to check the number of arguments. Depending on the
//! version, it does so before or after it checks that the map is open.

use super::Mmap;
use crate::buffers::{buffer_of, content_of, export_of};
use crate::changes::Change;
use crate::context::Python;
use crate::convert::{optional_size, os_error};
use crate::object::{Call, Object, Outcome, Type, no_attribute};
use crate::setattr;
use crate::stop::{Stop, type_error, value_error};
use view::{Error, Exception, Flags};

/// The page size in bytes. `flush` requires an offset that is a multiple of it.
pub(crate) const PAGE: isize = 4096;

/// Calls a method.
pub(super) fn call(map: &Mmap, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
    match call.name {
        "seekable" if !python.has(Change::MmapSeek) => Err(no_attribute(map.class(), call.name).into()),
        "close" | "tell" | "size" | "readline" | "read_byte" | "seekable" | "__enter__" => {
            call.nothing(python, "mmap")?;
            alone(map, python, this, call)
        }
        "read" => read(map, python, call),
        "write" => write(map, python, call),
        "write_byte" => write_byte(map, python, call),
        "find" | "rfind" => find(map, python, call),
        "seek" => seek(map, python, call),
        "move" => copy(map, python, call),
        "flush" => flush(map, python, call),
        "resize" => resize(map, python, call),
        "__exit__" => exit(map, python, call),
        "__setattr__" | "__delattr__" => Err(setattr::fixed(map, &["closed"], python, call)),
        _ => Err(map.missing(call.name)),
    }
}

/// Calls a method that takes no arguments.
fn alone(map: &Mmap, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
    match call.name {
        "close" => {
            close(map)?;
            return Ok(Object::None);
        }
        "seekable" => return Ok(Object::Bool(true)),
        _ => map.check_open()?,
    }
    Ok(match call.name {
        "tell" => Object::size(map.position.get() as isize),
        "size" if python.has(Change::MmapSize) => Object::size(map.memory.len() as isize),
        "size" => return Err(os_error("[Errno 9] Bad file descriptor").into()),
        "readline" => {
            let rest = map.rest();
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
            map.take(&rest, Some(end))
        }
        "read_byte" => match map.rest().first() {
            Some(byte) => {
                map.position.set(map.position.get() + 1);
                Object::int(*byte)
            }
            None => return Err(value_error("read byte out of range").into()),
        },
        _ => this.clone(),
    })
}

/// Closes a map. Raises BufferError if its buffer is exported.
pub(super) fn close(map: &Mmap) -> Result<(), Error> {
    map.memory.resize(Error::raised(Exception::BufferError, "cannot close exported pointers exist"), Vec::clear)?;
    map.is_closed.set(true);
    Ok(())
}

/// Returns the arguments of a method that takes between `least` and `most` positional arguments.
fn arguments<'a>(
    map: &Mmap,
    python: &Python,
    call: &Call<'a>,
    least: usize,
    most: usize,
) -> Result<&'a [Object], Stop> {
    let Some(values) = call.by_position() else { return Err(keywords(python, call)) };
    let is_single = (least, most) == (1, 1);
    if python.has(Change::MmapArguments) {
        return Ok(match is_single {
            true => call.only(python, "mmap").map(|_| values)?,
            false => call.between(python, "mmap", least, most)?,
        });
    }
    map.check_open()?;
    let (name, given) = (call.name, values.len());
    let (bound, count) = match given {
        _ if (least..=most).contains(&given) => return Ok(values),
        _ if least == most => ("exactly", least),
        _ if given < least => ("at least", least),
        _ => ("at most", most),
    };
    let s = if count == 1 { "" } else { "s" };
    Err(type_error(format!("{name}() takes {bound} {count} argument{s} ({given} given)")).into())
}

/// Returns the TypeError for keyword arguments. On 3.9 and 3.10 its text depends on how the method is called, which is
/// not modelled.
fn keywords(python: &Python, call: &Call<'_>) -> Stop {
    let name = call.name;
    match (python.has(view::Change::MethodOwner), python.has(view::Change::MethodPrefix)) {
        (true, _) => type_error(format!("mmap.{name}() takes no keyword arguments")).into(),
        (false, false) => type_error(format!("{name}() takes no keyword arguments")).into(),
        (false, true) => call.unsupported("with keyword arguments"),
    }
}

impl Mmap {
    /// Returns the bytes from the position to the end.
    fn rest(&self) -> Vec<u8> {
        self.memory.to_vec().split_off(self.position.get().min(self.memory.len()))
    }

    /// Reads up to `size` bytes of `rest` and advances the position; reads all of them if `size` is `None`.
    fn take(&self, rest: &[u8], size: Option<usize>) -> Object {
        let taken = rest.get(..size.unwrap_or(rest.len())).unwrap_or(rest);
        self.position.set(self.position.get() + taken.len());
        Object::bytes(taken.to_vec())
    }
}

fn read(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let size = optional_size(arguments(map, python, call, 0, 1)?.first())?;
    map.check_open()?;
    Ok(map.take(&map.rest(), size))
}

fn write(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let [content] = arguments(map, python, call, 1, 1)? else { return Err(call.other_arguments()) };
    let content = buffer_of(content)?;
    map.check_open()?;
    let position = map.position.get();
    let room = map.memory.len().checked_sub(position).filter(|room| content.len() <= *room);
    room.ok_or_else(|| value_error("data out of range"))?;
    map.memory.write(position as isize, &content)?;
    map.position.set(position + content.len());
    Ok(Object::size(content.len() as isize))
}

fn write_byte(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let [byte] = arguments(map, python, call, 1, 1)? else { return Err(call.other_arguments()) };
    let byte = python.c_byte(byte)?;
    map.check_open()?;
    let position = map.position.get();
    if position >= map.memory.len() {
        return Err(value_error("write byte out of range").into());
    }
    map.memory.write(position as isize, &[byte])?;
    map.position.set(position + 1);
    Ok(Object::None)
}

fn find(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let values = arguments(map, python, call, 1, 3)?;
    let wanted = export_of(values.first().unwrap_or(&Object::None), Flags::SIMPLE)?;
    let takes_none = python.has(Change::MmapArguments);
    if takes_none {
        map.check_open()?;
    }
    let bound = |object: Option<&Object>| match object {
        Some(Object::None) if takes_none => Ok(None),
        object => object.map(|object| python.whole(object)).transpose(),
    };
    let (start, end) = (bound(values.get(1))?, bound(values.get(2))?);
    map.check_open()?;
    let wanted = content_of(&wanted)?;
    let length = map.memory.len() as isize;
    let start = start.unwrap_or(map.position.get() as isize);
    if start > length && python.has(Change::MmapFindNothing) {
        return Ok(Object::int(-1));
    }
    let clamp = |bound: isize| if bound < 0 { bound.saturating_add(length).max(0) } else { bound.min(length) };
    let (start, end) = (clamp(start).unsigned_abs(), clamp(end.unwrap_or(length)).unsigned_abs());
    if end < start && wanted.is_empty() && python.has(Change::MmapFastFind) && !python.has(Change::MmapFindRange) {
        return Ok(Object::size(if call.name == "find" { start } else { end } as isize));
    }
    let content = map.memory.to_vec();
    let matches = |at: &usize| content.get(*at..at + wanted.len()) == Some(&*wanted);
    let mut places = start..(end + 1).saturating_sub(wanted.len()).max(start);
    let found = match call.name {
        "find" => places.find(matches),
        _ => places.rfind(matches),
    };
    Ok(Object::size(found.map_or(-1, |at| at as isize)))
}

fn seek(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let values = arguments(map, python, call, 1, 2)?;
    let distance = python.whole(values.first().unwrap_or(&Object::None))?;
    let whence = values.get(1).map_or(Ok(0), |whence| python.c_int(whence, python.has(Change::MmapArguments)))?;
    map.check_open()?;
    let length = map.memory.len() as isize;
    let from = match whence {
        0 => 0,
        1 => map.position.get() as isize,
        2 => length,
        _ => return Err(value_error("unknown seek type").into()),
    };
    let position = from.checked_add(distance).filter(|position| (0..=length).contains(position));
    let position = position.ok_or_else(|| value_error("seek out of range"))?;
    map.position.set(position.unsigned_abs());
    Ok(if python.has(Change::MmapSeek) { Object::size(position) } else { Object::None })
}

/// `map.move(dest, src, count)`
fn copy(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let [to, from, count] = arguments(map, python, call, 3, 3)? else { return Err(call.other_arguments()) };
    let (to, from, count) = (python.whole(to)?, python.whole(from)?, python.whole(count)?);
    map.check_open()?;
    let length = map.memory.len() as isize;
    let is_inside = |at: isize| at >= 0 && at <= length && count >= 0 && count <= length - at;
    if !is_inside(to) || !is_inside(from) {
        return Err(value_error("source, destination, or count out of range").into());
    }
    let content = map.memory.look(from, count.unsigned_abs(), <[u8]>::to_vec)?;
    map.memory.write(to, &content)?;
    Ok(Object::None)
}

fn flush(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let reaches_end = python.has(Change::MmapFlush);
    // This method accepts `flags` as a keyword, so its errors about the number of arguments differ from those of the
    // others.
    match call.by_position().map(<[Object]>::len) {
        None if reaches_end => return Err(call.other_arguments()),
        Some(3) if reaches_end => {
            return Err(type_error("flush() takes at most 2 positional arguments (3 given)").into());
        }
        Some(4..) if reaches_end => return Err(call.other_arguments()),
        _ => {}
    }
    let values = arguments(map, python, call, 0, 2)?;
    let bound = |index: usize| values.get(index).map(|value| python.whole(value)).transpose();
    let offset = bound(0)?.unwrap_or(0);
    let takes_none = python.has(Change::MmapArguments) && !reaches_end;
    if takes_none {
        map.check_open()?;
    }
    let size = match values.get(1) {
        Some(Object::None) if takes_none => None,
        _ => bound(1)?,
    };
    map.check_open()?;
    let length = map.memory.len() as isize;
    let size = match (size, reaches_end) {
        (None | Some(-1), true) => length.saturating_sub(offset),
        (size, _) => size.unwrap_or(length),
    };
    if offset < 0 || size < 0 || size > length.saturating_sub(offset) {
        return Err(value_error("flush values out of range").into());
    }
    match offset % PAGE {
        0 => Ok(Object::None),
        _ => Err(os_error("[Errno 22] Invalid argument").into()),
    }
}

fn resize(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let [size] = arguments(map, python, call, 1, 1)? else { return Err(call.other_arguments()) };
    let size = map.unchanged(call.name, || Ok(python.whole(size)?))?;
    map.check_open()?;
    let pinned = Error::raised(Exception::BufferError, "mmap can't resize with extant buffers exported.");
    map.memory.resize(pinned, |_| ())?;
    let length = map.memory.len();
    let Ok(size) = usize::try_from(size) else { return Err(value_error("new size out of range").into()) };
    match size {
        0 => return Err(os_error("[Errno 22] Invalid argument").into()),
        _ if size > length && python.has(Change::MmapGrowth) => {
            return Err(value_error("mmap: can't expand a shared anonymous mapping").into());
        }
        _ if size > length => {
            let page = PAGE.unsigned_abs();
            if map.was_shrunk.get() || size > length.next_multiple_of(page) {
                return Err(Stop::Unspecified(
                    "the operating system decides what lies beyond the memory that was mapped",
                ));
            }
        }
        _ => map.was_shrunk.set(map.was_shrunk.get() || size < length),
    }
    map.memory.resize(Error::Memory, |content| content.resize(size, 0))?;
    Ok(Object::None)
}

fn exit(map: &Mmap, python: &Python, call: &Call<'_>) -> Outcome {
    let Some(values) = call.by_position() else {
        return Err(match python.has(view::Change::MethodOwner) {
            true => type_error("mmap.__exit__() takes no keyword arguments").into(),
            false => type_error("__exit__() takes no keyword arguments").into(),
        });
    };
    if python.has(Change::MmapArguments) && values.len() != 3 {
        return Err(type_error(format!("__exit__ expected 3 arguments, got {}", values.len())).into());
    }
    close(map)?;
    Ok(Object::None)
}
