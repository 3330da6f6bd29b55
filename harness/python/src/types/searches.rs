//! Methods that search str, bytes and bytearray: `find` and its like, `partition`, `startswith`, and `translate`.

use super::texts::{Argument, Text};
use crate::buffers::{content_of, export_of};
use crate::changes::Change;
use crate::context::Python;
use crate::exporters::bytearray::MOVED;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, type_error, value_error};
use std::ops::Range;
use view::{Bounds, Error, Export, Flags};

/// The number of bytes of a table for `translate`.
const TABLE: usize = 256;

impl Text<'_> {
    /// Calls a method that searches; `None` if it is none of these.
    pub(super) fn search(&self, python: &Python, call: &Call<'_>) -> Option<Outcome> {
        Some(match call.name {
            "find" | "rfind" | "index" | "rindex" | "count" => self.find(python, call),
            "partition" | "rpartition" => self.partition(python, call),
            "startswith" | "endswith" => self.begins(python, call),
            "translate" if !self.is_str() => self.translate(call),
            _ => return None,
        })
    }

    /// Converts the bounds of a search, before anything else is looked at. Gives nothing if the part ends before it starts.
    fn range(&self, python: &Python, bounds: &[Object]) -> Result<Option<Range<usize>>, Stop> {
        let since = self.generation();
        let given = |at: usize| match bounds.get(at) {
            None | Some(Object::None) => None,
            Some(bound) => Some(bound as &dyn view::Object),
        };
        let slice = view::Slice { start: given(0), stop: given(1), step: None };
        let Bounds { start, stop, .. } = slice.bounds(python.view_profile())?;
        if self.generation() != since && !python.has(Change::BytearrayBounds) {
            return Err(MOVED.into());
        }
        let length = self.content().len() as isize;
        let fit = |bound: isize| if bound < 0 { (bound + length).max(0) } else { bound };
        let (start, stop) = (fit(start), fit(stop.min(length)));
        Ok((start <= stop).then(|| start.unsigned_abs()..stop.unsigned_abs()))
    }

    /// Returns what is searched for: bytes, or one byte as an index (`parse_args_finds_byte`).
    fn wanted(&self, call: &Call<'_>, object: &Object) -> Result<Vec<u8>, Stop> {
        if self.is_str() || object.with_buffer().is_some() {
            return Ok(self.argument(call, object)?.content()?);
        }
        let byte = view::Object::index(object).ok_or_else(|| {
            let class = object.class();
            type_error(format!("argument should be integer or bytes-like object, not '{class}'"))
        })??;
        let byte = byte.within(0, 255).ok_or_else(|| value_error("byte must be in range(0, 256)"))?;
        Ok(vec![byte as u8])
    }

    /// Keeps the length of a bytearray while something is asked, in the versions that do.
    fn guard(&self, python: &Python) -> Result<Option<Export>, Error> {
        match self.this {
            Object::Bytearray(content) => python.guard(content),
            _ => Ok(None),
        }
    }

    /// `find`, `rfind`, `index`, `rindex` and `count`
    ///
    /// case: exporters-are-searched-for-what-changes-them
    fn find(&self, python: &Python, call: &Call<'_>) -> Outcome {
        // A position counts characters.
        self.check_ascii(call)?;
        let Some([wanted, bounds @ ..]) = call.by_position().filter(|given| given.len() <= 3) else {
            return Err(call.other_arguments());
        };
        let range = self.range(python, bounds)?;
        let (locked, since) = (self.guard(python)?, self.generation());
        let wanted = self.wanted(call, wanted)?;
        if self.generation() != since {
            return Err(MOVED.into());
        }
        drop(locked);
        let content = self.content();
        let part = range.clone().and_then(|range| content.get(range));
        if call.name == "count" {
            return Ok(Object::size(part.map_or(0, |part| count(part, &wanted)) as isize));
        }
        let found = part.and_then(|part| match call.name {
            "find" | "index" => first(part, &wanted, 0),
            _ => last(part, &wanted),
        });
        match found {
            Some(at) => Ok(Object::size((range.map_or(0, |range| range.start) + at) as isize)),
            None if call.name.ends_with("find") => Ok(Object::int(-1)),
            None if self.is_str() => Err(value_error("substring not found").into()),
            None => Err(value_error("subsection not found").into()),
        }
    }

    /// `partition` and `rpartition` (`STRINGLIB(partition)`)
    fn partition(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let Some([given]) = call.by_position() else { return Err(call.other_arguments()) };
        let (separator, middle) = match self.this {
            // It becomes a bytearray first, so it need not be contiguous.
            Object::Bytearray(_) if given.with_buffer().is_some() => {
                let separator = python.content(given, false)?;
                (separator.clone(), (self.whole)(separator))
            }
            _ => (self.argument(call, given)?.content()?, given.clone()),
        };
        let content = self.content();
        if separator.is_empty() {
            return Err(value_error("empty separator").into());
        }
        let is_first = call.name == "partition";
        let found = if is_first { first(&content, &separator, 0) } else { last(&content, &separator) };
        let whole = |part: &[u8]| (self.whole)(part.to_vec());
        let parts = match found {
            Some(at) => {
                let (before, after) = (&content[..at], &content[at + separator.len()..]);
                vec![whole(before), middle, whole(after)]
            }
            None if is_first => vec![self.part(&content), whole(b""), whole(b"")],
            None => vec![whole(b""), whole(b""), self.part(&content)],
        };
        Ok(Object::Tuple(parts.into()))
    }

    /// `startswith` and `endswith`, of one or a tuple of several (`tailmatch`)
    fn begins(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let Some([wanted, bounds @ ..]) = call.by_position().filter(|given| given.len() <= 3) else {
            return Err(call.other_arguments());
        };
        if !bounds.is_empty() {
            self.check_ascii(call)?;
        }
        let range = self.range(python, bounds)?;
        let (content, since) = (self.content(), self.generation());
        let part = range.and_then(|range| content.get(range));
        let is_there = |wanted: &Object| {
            let wanted = self.argument(call, wanted)?.content()?;
            // Whether a bytearray is locked meanwhile depends on the version.
            self.check_generation(since, call)?;
            let of = |part: &[u8]| match call.name {
                "startswith" => part.starts_with(&wanted),
                _ => part.ends_with(&wanted),
            };
            Ok::<bool, Stop>(part.is_some_and(of))
        };
        match wanted {
            Object::Tuple(several) => {
                for wanted in several.iter() {
                    if is_there(wanted)? {
                        return Ok(Object::Bool(true));
                    }
                }
                Ok(Object::Bool(false))
            }
            other if !self.is_str() && other.with_buffer().is_none() => {
                let (name, class) = (call.name, other.class());
                Err(type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {class}")).into())
            }
            one => is_there(one).map(Object::Bool),
        }
    }

    /// `translate(table, delete=b'')`
    fn translate(&self, call: &Call<'_>) -> Outcome {
        let (table, deleted) = match call.split(["delete"])? {
            ([table], [deleted]) => (table, deleted),
            ([table, deleted], [None]) => (table, Some(deleted)),
            _ => return Err(call.other_arguments()),
        };
        let table = match table {
            Object::None => None,
            table => Some(self.argument(call, table)?),
        };
        if let Some(Argument::Locked(table)) = &table
            && table.length.unsigned_abs() != TABLE
        {
            return Err(value_error("translation table must be 256 characters long").into());
        }
        let deleted = deleted.map(|deleted| self.argument(call, deleted)).transpose()?;
        let table = table.map(|table| table.content()).transpose()?;
        let deleted = deleted.map_or(Ok(vec![]), |deleted| deleted.content())?;
        let content = self.content();
        let kept = content.iter().filter(|byte| !deleted.contains(byte));
        let of = |byte: &u8| table.as_ref().and_then(|table| table.get(usize::from(*byte))).copied().unwrap_or(*byte);
        let translated: Vec<u8> = kept.map(of).collect();
        match self.this {
            Object::Bytes(_) if translated == content => Ok(self.this.clone()),
            _ => Ok((self.whole)(translated)),
        }
    }
}

/// `bytes.maketrans(from, to)`, which gives bytes for bytearrays, too
pub(super) fn make_table(call: &Call<'_>) -> Outcome {
    let Some([from, to]) = call.by_position() else { return Err(call.other_arguments()) };
    let (from, to) = (export_of(from, Flags::SIMPLE)?, export_of(to, Flags::SIMPLE)?);
    let (from, to) = (content_of(&from)?, content_of(&to)?);
    if from.len() != to.len() {
        return Err(value_error("maketrans arguments must have same length").into());
    }
    let mut table: Vec<u8> = (0..=u8::MAX).collect();
    for (from, to) in from.into_iter().zip(to) {
        table[usize::from(from)] = to;
    }
    Ok(Object::bytes(table))
}

/// Returns where a part begins, at or after a position. A part of nothing is everywhere.
pub(super) fn first(content: &[u8], part: &[u8], from: usize) -> Option<usize> {
    let content = content.get(from..)?;
    match part.is_empty() {
        true => Some(from),
        false => content.windows(part.len()).position(|window| window == part).map(|at| from + at),
    }
}

/// Returns where a part begins the last time.
pub(super) fn last(content: &[u8], part: &[u8]) -> Option<usize> {
    match part.is_empty() {
        true => Some(content.len()),
        false => content.windows(part.len()).rposition(|window| window == part),
    }
}

/// Returns how often a part is in the content. Matches do not overlap.
fn count(content: &[u8], part: &[u8]) -> usize {
    std::iter::successors(first(content, part, 0), |at| first(content, part, at + part.len().max(1))).count()
}
