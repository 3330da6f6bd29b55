//! Methods that str, bytes and bytearray share, on units: characters that are ASCII, or bytes.

use crate::buffers::buffer_of;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, value_error};

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
    fn is_str(&self) -> bool {
        matches!(self.this, Object::Str(_))
    }

    /// Returns the bytes of an argument; nothing if it has another type than it should, which is not modelled for a str.
    fn argument(&self, call: &Call<'_>, object: &Object) -> Result<Vec<u8>, Stop> {
        match (self.is_str(), object) {
            (true, Object::Str(text)) => Ok(text.as_bytes().to_vec()),
            (true, _) => Err(call.other_arguments()),
            (false, object) => Ok(buffer_of(object)?),
        }
    }

    /// Makes an object of a part. A part that is all of bytes is those bytes.
    fn part(&self, part: &[u8]) -> Object {
        match self.this {
            Object::Bytes(_) if part.len() == self.content.len() => self.this.clone(),
            _ => (self.whole)(part.to_vec()),
        }
    }

    fn is_space(&self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) || self.is_str() && matches!(byte, 0x1c..=0x1f)
    }

    /// Calls a method; `None` if it is none of these.
    pub(super) fn method(&self, _: &Python, call: &Call<'_>) -> Option<Outcome> {
        Some(match call.name {
            "strip" | "lstrip" | "rstrip" => self.strip(call),
            "split" => self.split(call),
            "replace" => self.replace(call),
            "startswith" | "endswith" => self.begins(call),
            "upper" | "lower" => self.cased(call),
            _ => return None,
        })
    }

    /// Refuses characters whose properties depend on the Unicode database of the version.
    fn check_ascii(&self, call: &Call<'_>) -> Result<(), Stop> {
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

    fn split(&self, call: &Call<'_>) -> Outcome {
        let (values, [by_name, most_by_name]) = call.split(["sep", "maxsplit"])?;
        let (separator, most) = match values {
            [] => (by_name, most_by_name),
            [separator] if by_name.is_none() => (Some(separator), most_by_name),
            [separator, most] if by_name.is_none() && most_by_name.is_none() => (Some(separator), Some(most)),
            _ => return Err(call.other_arguments()),
        };
        let most = match most.map(Object::as_int) {
            None => ALL,
            Some(Some(int)) if int.is_negative() => ALL,
            Some(Some(int)) => int.within(0, 1 << 30).ok_or_else(|| call.other_arguments())? as usize,
            Some(None) => return Err(call.other_arguments()),
        };
        let content = &self.content;
        let parts: Vec<&[u8]> = match separator.filter(|separator| !matches!(separator, Object::None)) {
            None => {
                self.check_ascii(call)?;
                self.words(most)
            }
            Some(separator) => {
                let separator = self.argument(call, separator)?;
                if separator.is_empty() {
                    return Err(value_error("empty separator").into());
                }
                let (mut parts, mut start) = (vec![], 0);
                while parts.len() < most
                    && let Some(at) = found(content, &separator, start)
                {
                    parts.push(&content[start..at]);
                    start = at + separator.len();
                }
                parts.push(&content[start..]);
                parts
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

    fn replace(&self, call: &Call<'_>) -> Outcome {
        let (old, new, most) = match call.by_position() {
            Some([old, new]) => (old, new, ALL),
            Some([old, new, most]) => {
                let most = most.as_int().and_then(|most| most.within(0, 1 << 30));
                (old, new, most.ok_or_else(|| call.other_arguments())? as usize)
            }
            _ => return Err(call.other_arguments()),
        };
        let (old, new) = (self.argument(call, old)?, self.argument(call, new)?);
        if old.is_empty() {
            return Err(call.unsupported("of nothing"));
        }
        let (mut replaced, mut start, mut count) = (vec![], 0, 0);
        while count < most
            && let Some(at) = found(&self.content, &old, start)
        {
            replaced.extend_from_slice(&self.content[start..at]);
            replaced.extend_from_slice(&new);
            start = at + old.len();
            count += 1;
        }
        if count == 0 {
            return Ok(self.part(&self.content));
        }
        replaced.extend_from_slice(&self.content[start..]);
        Ok((self.whole)(replaced))
    }

    /// `startswith` and `endswith`, of one or a tuple of several
    fn begins(&self, call: &Call<'_>) -> Outcome {
        let wanted = match call.by_position() {
            Some([Object::Tuple(several)]) => several.to_vec(),
            Some([one @ (Object::Str(_) | Object::Bytes(_) | Object::Bytearray(_) | Object::View(_))])
                if self.is_str() == matches!(one, Object::Str(_)) =>
            {
                vec![one.clone()]
            }
            _ => return Err(call.other_arguments()),
        };
        for part in wanted {
            let part = self.argument(call, &part)?;
            let is_there = match call.name {
                "startswith" => self.content.starts_with(&part),
                _ => self.content.ends_with(&part),
            };
            if is_there {
                return Ok(Object::Bool(true));
            }
        }
        Ok(Object::Bool(false))
    }
}

/// Returns where a part that is not empty begins, at or after a position.
pub(super) fn found(content: &[u8], part: &[u8], from: usize) -> Option<usize> {
    content.get(from..)?.windows(part.len()).position(|window| window == part).map(|at| from + at)
}
