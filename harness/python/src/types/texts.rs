//! Methods that str, bytes and bytearray share, on units: characters that are ASCII, or bytes.

use crate::buffers::buffer_of;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, value_error};
use crate::types::searches::{first, last};

/// The largest number of replacements and parts: all.
const ALL: usize = usize::MAX;

/// What these methods are called on: its bytes, and how its parts become objects.
pub(super) struct Text<'a> {
    /// The object.
    pub(super) this: &'a Object,
    /// Its bytes; those of a str are UTF-8.
    pub(super) content: Vec<u8>,
    /// Makes an object of the same type.
    pub(super) whole: &'a dyn Fn(Vec<u8>) -> Object,
}

impl Text<'_> {
    pub(super) fn is_str(&self) -> bool {
        matches!(self.this, Object::Str(_))
    }

    /// Returns the bytes of an argument; nothing if it has another type than it should, which is not modelled for a str.
    pub(super) fn argument(&self, call: &Call<'_>, object: &Object) -> Result<Vec<u8>, Stop> {
        match (self.is_str(), object) {
            (true, Object::Str(text)) => Ok(text.as_bytes().to_vec()),
            (true, _) => Err(call.other_arguments()),
            (false, object) => Ok(buffer_of(object)?),
        }
    }

    /// Makes an object of a part. A part that is all of bytes is those bytes.
    pub(super) fn part(&self, part: &[u8]) -> Object {
        match self.this {
            Object::Bytes(_) if part.len() == self.content.len() => self.this.clone(),
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
        match self.is_str() && !self.content.is_ascii() {
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
        let content = if upper { self.content.to_ascii_uppercase() } else { self.content.to_ascii_lowercase() };
        Ok((self.whole)(content))
    }

    fn strip(&self, call: &Call<'_>) -> Outcome {
        self.check_ascii(call)?;
        let stripped = match call.by_position() {
            Some([] | [Object::None]) => None,
            Some([set]) => Some(self.argument(call, set)?),
            _ => return Err(call.other_arguments()),
        };
        let is_stripped = |byte: &u8| stripped.as_ref().map_or_else(|| self.is_space(*byte), |set| set.contains(byte));
        let content = &self.content;
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
        let content = &self.content;
        let parts: Vec<&[u8]> = match separator.filter(|separator| !matches!(separator, Object::None)) {
            None => {
                self.check_ascii(call)?;
                if is_last { self.last_words(most) } else { self.words(most) }
            }
            Some(separator) => {
                let separator = self.argument(call, separator)?;
                if separator.is_empty() {
                    return Err(value_error("empty separator").into());
                }
                if is_last { parts_from_the_end(content, &separator, most) } else { parts(content, &separator, most) }
            }
        };
        Ok(Object::List(parts.into_iter().map(|part| self.part(part)).collect()))
    }

    /// Splits at runs of white space.
    fn words(&self, most: usize) -> Vec<&[u8]> {
        let content = &self.content;
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
    fn last_words(&self, most: usize) -> Vec<&[u8]> {
        let content = &self.content;
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
        let (mut lines, mut start) = (vec![], 0);
        while start < self.content.len() {
            let rest = &self.content[start..];
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
        if old.is_empty() {
            self.check_ascii(call)?;
        }
        // Nothing is found before each character and at the end.
        let next = |from: usize| match old.is_empty() {
            true => Some(from).filter(|from| *from <= self.content.len()),
            false => first(&self.content, &old, from),
        };
        let (mut replaced, mut start, mut from, mut count) = (vec![], 0, 0, 0);
        while count < most
            && let Some(at) = next(from)
        {
            replaced.extend_from_slice(&self.content[start..at]);
            replaced.extend_from_slice(&new);
            start = at + old.len();
            from = start.max(at + 1);
            count += 1;
            python.grows_to(call.kind, replaced.len())?;
        }
        if count == 0 || old.is_empty() && new.is_empty() {
            return Ok(self.part(&self.content));
        }
        replaced.extend_from_slice(&self.content[start..]);
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
