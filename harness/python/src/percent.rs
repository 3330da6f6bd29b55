//! `format % values` of str, bytes and bytearray (`PyUnicode_Format` and `_PyBytes_FormatEx` in C).

mod values;

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Object, Outcome};
use crate::stop::{Stop, type_error, value_error};
use crate::types::hook;

/// A conversion: `%[flags][width][.precision]letter`.
#[derive(Default)]
struct Conversion {
    is_left: bool,
    sign: Option<char>,
    is_alternate: bool,
    is_zero_padded: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

/// The largest width and precision that are modelled.
const WIDEST: usize = 1000;

/// The values that a format takes, one after the other.
struct Values<'a> {
    values: &'a [Object],
    /// Whether they came in a tuple.
    is_tuple: bool,
    taken: usize,
}

/// A format that is being filled in.
struct Format<'a> {
    python: &'a Python,
    is_bytes: bool,
    values: Values<'a>,
}

/// Text as it is made: what stands in a conversion, and how much of it is a sign and a prefix.
struct Piece {
    text: Vec<u8>,
    head: usize,
    is_number: bool,
}

impl Python {
    /// `format % values`
    pub(crate) fn percent(&self, format: &Object, values: &Object) -> Outcome {
        if hook::has_hook(values) {
            return Err(Stop::unsupported("`%` with objects that run code, which say how they are written"));
        }
        let (template, is_bytes) = match format {
            Object::Str(text) => (text.as_bytes().to_vec(), false),
            other => (crate::buffers::raw(other).unwrap_or_default(), true),
        };
        let (is_tuple, given) = match values {
            Object::Tuple(items) => (true, &**items),
            one => (false, std::slice::from_ref(one)),
        };
        let values = Values { values: given, is_tuple, taken: 0 };
        let content = Format { python: self, is_bytes, values }.fill(&template)?;
        Ok(match format {
            Object::Bytes(_) => Object::bytes(content),
            Object::Bytearray(_) => Object::Bytearray(crate::exporters::Bytearray::new(content)),
            _ => Object::str(String::from_utf8_lossy(&content)),
        })
    }
}

impl Format<'_> {
    fn fill(mut self, template: &[u8]) -> Result<Vec<u8>, Stop> {
        let (mut out, mut at) = (vec![], 0);
        while let Some(byte) = template.get(at) {
            at += 1;
            if *byte != b'%' {
                out.push(*byte);
                continue;
            }
            let start = at - 1;
            let conversion = self.conversion(template, &mut at)?;
            if conversion.letter == '%' {
                out.push(b'%');
                continue;
            }
            let letters = if self.is_bytes { "diuoxXeEfFgGcrsab" } else { "diuoxXeEfFgGcrsa" };
            if !letters.contains(conversion.letter) {
                return Err(self.no_letter(template, conversion.letter, start, at - 1));
            }
            let piece = self.piece(&conversion)?;
            conversion.pad(piece, self.is_bytes, &mut out);
            self.python.grows_to(program::Kind::Remainder, out.len())?;
        }
        self.check_rest()?;
        Ok(out)
    }

    /// Reads a conversion behind its `%`.
    fn conversion(&self, template: &[u8], at: &mut usize) -> Result<Conversion, Stop> {
        let start = *at - 1;
        let mut conversion = Conversion::default();
        let mut take = |wanted: &[u8]| {
            let found = template.get(*at).copied().filter(|byte| wanted.contains(byte));
            *at += usize::from(found.is_some());
            found
        };
        while let Some(flag) = take(b"-+ #0") {
            match flag {
                b'-' => conversion.is_left = true,
                b'+' => conversion.sign = Some('+'),
                b' ' => conversion.sign = conversion.sign.or(Some(' ')),
                b'#' => conversion.is_alternate = true,
                _ => conversion.is_zero_padded = true,
            }
        }
        let number = |take: &mut dyn FnMut(&[u8]) -> Option<u8>| {
            let digits: String = std::iter::from_fn(|| take(b"0123456789")).map(char::from).collect();
            if digits.is_empty() { Some(0) } else { digits.parse().ok().filter(|number| *number <= WIDEST) }
        };
        let too_wide = || Stop::unsupported("`%` with such a width");
        conversion.width = number(&mut take).ok_or_else(too_wide)?;
        if take(b".").is_some() {
            conversion.precision = Some(number(&mut take).ok_or_else(too_wide)?);
        }
        take(b"hlL");
        let text = std::str::from_utf8(template.get(*at..).unwrap_or_default()).ok();
        let letter = match (self.is_bytes, text) {
            (true, _) | (_, None) => template.get(*at).copied().map(char::from),
            (false, Some(text)) => text.chars().next(),
        };
        let Some(letter) = letter else {
            return Err(value_error(match self.python.has(Change::PercentText) {
                true => format!("stray % at position {}", self.position(template, start)),
                false => "incomplete format".to_owned(),
            })
            .into());
        };
        *at += if self.is_bytes { 1 } else { letter.len_utf8() };
        conversion.letter = letter;
        match letter {
            '(' | '*' => Err(Stop::unsupported("`%` with a name or a width from the values")),
            '%' if *at - start > 2 => Err(Stop::unsupported("`%` with more than a letter before another `%`")),
            _ => Ok(conversion),
        }
    }

    /// The position of a byte of the template, in characters of a str.
    fn position(&self, template: &[u8], at: usize) -> usize {
        match self.is_bytes {
            true => at,
            false => String::from_utf8_lossy(&template[..at]).chars().count(),
        }
    }

    fn no_letter(&self, template: &[u8], letter: char, start: usize, at: usize) -> Stop {
        if !letter.is_ascii_graphic() || at - start > 1 {
            return Stop::unsupported("`%` with such a letter");
        }
        let (start, at) = (self.position(template, start), self.position(template, at));
        let text = match self.python.has(Change::PercentText) {
            true if letter.is_ascii_alphabetic() => format!("unsupported format %{letter} at position {start}"),
            true => {
                let quote = if letter == '\'' { '"' } else { '\'' };
                let letter = format!("{quote}{letter}{quote}");
                format!("stray % at position {start} or unexpected format character {letter} at position {at}")
            }
            false => {
                let code = u32::from(letter);
                format!("unsupported format character '{letter}' (0x{code:x}) at index {at}")
            }
        };
        value_error(text).into()
    }

    /// Takes the next value.
    fn next(&mut self) -> Result<Object, Stop> {
        let taken = self.values.taken;
        match self.values.values.get(taken) {
            Some(value) => {
                self.values.taken += 1;
                Ok(value.clone())
            }
            None => {
                let given =
                    if self.python.has(Change::PercentText) { format!(" (got {taken})") } else { String::new() };
                Err(type_error(format!("not enough arguments for format string{given}")).into())
            }
        }
    }

    /// Refuses values that were not taken, unless they are one object that could be a mapping.
    fn check_rest(&self) -> Result<(), Stop> {
        let Values { values, is_tuple, taken } = self.values;
        let may_map = match values {
            [_] if is_tuple => false,
            [Object::Bytes(_) | Object::Bytearray(_)] => !self.is_bytes,
            [Object::View(_) | Object::List(_) | Object::Array(_)] => true,
            [Object::Instance(_)] if taken == 0 => {
                return Err(Stop::unsupported("`%` with an object that may be a mapping"));
            }
            _ => false,
        };
        if taken == values.len() || may_map {
            return Ok(());
        }
        let what = if self.is_bytes { "bytes" } else { "string" };
        let counted = match self.python.has(Change::PercentText) {
            true => format!(" (required {taken}, got {})", values.len()),
            false => String::new(),
        };
        Err(type_error(format!("not all arguments converted during {what} formatting{counted}")).into())
    }
}

impl Conversion {
    /// Fills a piece up to the width.
    fn pad(&self, Piece { text, head, is_number }: Piece, is_bytes: bool, out: &mut Vec<u8>) {
        let length = match is_bytes {
            true => text.len(),
            false => String::from_utf8_lossy(&text).chars().count(),
        };
        let missing = self.width.saturating_sub(length);
        let fill = |count: usize, byte: u8| std::iter::repeat_n(byte, count);
        if self.is_left {
            out.extend(text);
            out.extend(fill(missing, b' '));
        } else if self.is_zero_padded && is_number {
            out.extend_from_slice(&text[..head]);
            out.extend(fill(missing, b'0'));
            out.extend_from_slice(&text[head..]);
        } else {
            out.extend(fill(missing, b' '));
            out.extend(text);
        }
    }
}
