//! Methods that str, bytes and bytearray share, on units: characters that are ASCII, or bytes.

use crate::buffers::{content_of, export_of, raw};
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, value_error};
use crate::types::searches::{first, last};
use view::{Error, Export, Flags};

/// The largest number of replacements and parts: all.
const ALL: usize = usize::MAX;

/// What these methods are called on: its bytes, and how its parts become objects.
pub(super) struct Text<'a> {
    /// The object.
    pub(super) this: &'a Object,
    /// Makes an object of the same type.
    pub(super) whole: &'a dyn Fn(Vec<u8>) -> Object,
}

/// An argument whose bytes are wanted. Its buffer is locked until all arguments were looked at.
pub(super) enum Argument<'a> {
    Str(&'a str),
    Locked(Box<Export>),
}

impl Argument<'_> {
    pub(super) fn content(&self) -> Result<Vec<u8>, Error> {
        match self {
            Argument::Str(text) => Ok(text.as_bytes().to_vec()),
            Argument::Locked(export) => content_of(export),
        }
    }
}

impl Text<'_> {
    pub(super) fn is_str(&self) -> bool {
        matches!(self.this, Object::Str(_))
    }

    /// Its bytes; those of a str are UTF-8. An argument that was asked for something may have changed those of a bytearray.
    pub(super) fn content(&self) -> Vec<u8> {
        match self.this {
            Object::Str(text) => text.as_bytes().to_vec(),
            other => raw(other).unwrap_or_default(),
        }
    }

    /// Takes an argument; an error if it has another type than it should, which is not modelled for a str.
    pub(super) fn argument<'b>(&self, call: &Call<'_>, object: &'b Object) -> Result<Argument<'b>, Stop> {
        match (self.is_str(), object) {
            (true, Object::Str(text)) => Ok(Argument::Str(text)),
            (true, _) => Err(call.other_arguments()),
            (false, object) => Ok(Argument::Locked(Box::new(export_of(object, Flags::SIMPLE)?))),
        }
    }

    /// How often the length of a bytearray was changed.
    pub(super) fn generation(&self) -> u32 {
        match self.this {
            Object::Bytearray(content) => content.generation(),
            _ => 0,
        }
    }

    /// Refuses a bytearray whose length has changed since then.
    pub(super) fn check_generation(&self, since: u32, call: &Call<'_>) -> Result<(), Stop> {
        match self.generation() == since {
            true => Ok(()),
            false => Err(call.unsupported("of a bytearray whose length changes meanwhile")),
        }
    }

    /// Makes an object of a part. A part that is all of bytes is those bytes.
    pub(super) fn part(&self, part: &[u8]) -> Object {
        match self.this {
            Object::Bytes(all) if part.len() == all.len() => self.this.clone(),
            _ => (self.whole)(part.to_vec()),
        }
    }

    fn is_space(&self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) || self.is_str() && matches!(byte, 0x1c..=0x1f)
    }

    /// Calls a method; `None` if it is none of these.
    pub(super) fn method(&self, python: &Python, call: &Call<'_>) -> Option<Outcome> {
        Some(match call.name {
            "strip" | "lstrip" | "rstrip" => self.strip(call),
            "split" | "rsplit" => self.split(python, call),
            "splitlines" => self.lines(call),
            "replace" => self.replace(python, call),
            "upper" | "lower" => self.cased(call),
            _ => return self.search(python, call),
        })
    }

    /// Refuses characters whose properties depend on the Unicode database of the version.
    pub(super) fn check_ascii(&self, call: &Call<'_>) -> Result<(), Stop> {
        match self.is_str() && !self.content().is_ascii() {
            true => Err(call.unsupported("of a str that is not ASCII")),
            false => Ok(()),
        }
    }

    fn cased(&self, call: &Call<'_>) -> Outcome {
        self.check_ascii(call)?;
        if !call.values().is_empty() {
            return Err(call.other_arguments());
        }
        let upper = call.name == "upper";
        let content = self.content();
        let content = if upper { content.to_ascii_uppercase() } else { content.to_ascii_lowercase() };
        Ok((self.whole)(content))
    }

    fn strip(&self, call: &Call<'_>) -> Outcome {
        self.check_ascii(call)?;
        let stripped = match call.by_position() {
            Some([] | [Object::None]) => None,
            Some([set]) => Some(self.argument(call, set)?),
            _ => return Err(call.other_arguments()),
        };
        let stripped = stripped.map(|set| set.content()).transpose()?;
        let is_stripped = |byte: &u8| stripped.as_ref().map_or_else(|| self.is_space(*byte), |set| set.contains(byte));
        let content = self.content();
        let start = match call.name {
            "rstrip" => 0,
            _ => content.iter().position(|byte| !is_stripped(byte)).unwrap_or(content.len()),
        };
        let end = match call.name {
            "lstrip" => content.len(),
            _ => content.iter().rposition(|byte| !is_stripped(byte)).map_or(start, |last| last + 1),
        };
        Ok(self.part(&content[start..end.max(start)]))
    }

    /// `split` and `rsplit`
    fn split(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let (values, [by_name, most_by_name]) = call.split(["sep", "maxsplit"])?;
        let (separator, most) = match values {
            [] => (by_name, most_by_name),
            [separator] if by_name.is_none() => (Some(separator), most_by_name),
            [separator, most] if by_name.is_none() && most_by_name.is_none() => (Some(separator), Some(most)),
            _ => return Err(call.other_arguments()),
        };
        let most = match most.map(|most| python.whole(most)).transpose()? {
            None => ALL,
            Some(most) => usize::try_from(most).unwrap_or(ALL),
        };
        let is_last = call.name == "rsplit";
        let since = self.generation();
        let separator = separator.filter(|separator| !matches!(separator, Object::None));
        let separator = separator.map(|separator| self.argument(call, separator)).transpose()?;
        // Whether a bytearray is locked meanwhile depends on the version.
        self.check_generation(since, call)?;
        let content = &self.content();
        let parts: Vec<&[u8]> = match separator {
            None => {
                self.check_ascii(call)?;
                if is_last { self.last_words(content, most) } else { self.words(content, most) }
            }
            Some(separator) => {
                let separator = separator.content()?;
                if separator.is_empty() {
                    return Err(value_error("empty separator").into());
                }
                if is_last { parts_from_the_end(content, &separator, most) } else { parts(content, &separator, most) }
            }
        };
        Ok(Object::List(parts.into_iter().map(|part| self.part(part)).collect()))
    }

    /// Splits at runs of white space.
    fn words<'b>(&self, content: &'b [u8], most: usize) -> Vec<&'b [u8]> {
        let next = |from: usize, wanted: bool| (from..content.len()).find(|at| self.is_space(content[*at]) == wanted);
        let (mut parts, mut at) = (vec![], 0);
        while let Some(start) = next(at, false) {
            if parts.len() == most {
                parts.push(&content[start..]);
                break;
            }
            at = next(start, true).unwrap_or(content.len());
            parts.push(&content[start..at]);
        }
        parts
    }

    /// Splits at runs of white space, beginning with the last one. What is left at the start keeps its own.
    fn last_words<'b>(&self, content: &'b [u8], most: usize) -> Vec<&'b [u8]> {
        let before = |end: usize, wanted: bool| (0..end).rev().find(|at| self.is_space(content[*at]) == wanted);
        let (mut parts, mut end) = (vec![], content.len());
        while let Some(last) = before(end, false) {
            if parts.len() == most {
                parts.push(&content[..=last]);
                break;
            }
            end = before(last, true).map_or(0, |space| space + 1);
            parts.push(&content[end..=last]);
        }
        parts.reverse();
        parts
    }

    /// `splitlines(keepends=False)`
    fn lines(&self, call: &Call<'_>) -> Outcome {
        self.check_ascii(call)?;
        let keeps_ends = match call.split(["keepends"])? {
            ([], [None]) => false,
            ([Object::Bool(keeps)], [None]) | ([], [Some(Object::Bool(keeps))]) => *keeps,
            _ => return Err(call.other_arguments()),
        };
        let is_end = |byte: u8| match byte {
            b'\n' | b'\r' => true,
            0x0b | 0x0c | 0x1c..=0x1e => self.is_str(),
            _ => false,
        };
        let content = self.content();
        let (mut lines, mut start) = (vec![], 0);
        while start < content.len() {
            let rest = &content[start..];
            let end = rest.iter().position(|byte| is_end(*byte)).unwrap_or(rest.len());
            let width = match &rest[end..] {
                [b'\r', b'\n', ..] => 2,
                ends => ends.len().min(1),
            };
            lines.push(self.part(&rest[..end + if keeps_ends { width } else { 0 }]));
            start += end + width;
        }
        Ok(Object::List(lines.into_iter().collect()))
    }

    fn replace(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let (old, new, most) = match call.by_position() {
            Some([old, new]) => (old, new, None),
            Some([old, new, most]) => (old, new, Some(most)),
            _ => return Err(call.other_arguments()),
        };
        let (old, new) = (self.argument(call, old)?, self.argument(call, new)?);
        let most = match most.map(|most| python.whole(most)).transpose()? {
            None => ALL,
            Some(most) => usize::try_from(most).unwrap_or(ALL),
        };
        let (old, new, content) = (old.content()?, new.content()?, self.content());
        if old.is_empty() {
            self.check_ascii(call)?;
        }
        // Nothing is found before each character and at the end.
        let next = |from: usize| match old.is_empty() {
            true => Some(from).filter(|from| *from <= content.len()),
            false => first(&content, &old, from),
        };
        let (mut replaced, mut start, mut from, mut count) = (vec![], 0, 0, 0);
        while count < most
            && let Some(at) = next(from)
        {
            replaced.extend_from_slice(&content[start..at]);
            replaced.extend_from_slice(&new);
            start = at + old.len();
            from = start.max(at + 1);
            count += 1;
            python.grows_to(call.kind, replaced.len())?;
        }
        if count == 0 || old.is_empty() && new.is_empty() {
            return Ok(self.part(&content));
        }
        replaced.extend_from_slice(&content[start..]);
        Ok((self.whole)(replaced))
    }
}

/// Splits at a separator, at most so often.
fn parts<'a>(content: &'a [u8], separator: &[u8], most: usize) -> Vec<&'a [u8]> {
    let (mut parts, mut start) = (vec![], 0);
    while parts.len() < most
        && let Some(at) = first(content, separator, start)
    {
        parts.push(&content[start..at]);
        start = at + separator.len();
    }
    parts.push(&content[start..]);
    parts
}

/// Splits at a separator, at most so often, beginning at the end.
fn parts_from_the_end<'a>(content: &'a [u8], separator: &[u8], most: usize) -> Vec<&'a [u8]> {
    let (mut parts, mut end) = (vec![], content.len());
    while parts.len() < most
        && let Some(at) = last(&content[..end], separator)
    {
        parts.push(&content[at + separator.len()..end]);
        end = at;
    }
    parts.push(&content[..end]);
    parts.reverse();
    parts
}
