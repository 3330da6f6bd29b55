//! `format(value, spec)`, as the fields of f-strings ask for it: ints, strs, and what has no formats of its own.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Object, Outcome};
use crate::operators::has_own_operators;
use crate::stop::{Stop, type_error, value_error};
use num_bigint::BigInt;
use num_traits::Signed;

/// A format, as it is written: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
struct Spec {
    fill: char,
    align: Option<char>,
    sign: char,
    is_alternate: bool,
    is_zero_padded: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    code: Option<char>,
}

impl Spec {
    /// Parses a format. Everything that is not one of the others is its type.
    fn parse(text: &str) -> Option<Spec> {
        let chars: Vec<char> = text.chars().collect();
        let is_align = |at: usize| matches!(chars.get(at), Some('<' | '>' | '^' | '='));
        let (fill, mut at) = match (is_align(1), is_align(0)) {
            (true, _) => (chars.first().copied(), 1),
            (false, true) => (None, 0),
            (false, false) => (None, usize::MAX),
        };
        let align = chars.get(at).copied();
        at = at.wrapping_add(1);
        let mut take = |wanted: &[char]| {
            let found = chars.get(at).copied().filter(|char| wanted.contains(char));
            at += usize::from(found.is_some());
            found
        };
        let sign = take(&['+', '-', ' ']).unwrap_or('-');
        let is_alternate = take(&['#']).is_some();
        let is_zero_padded = fill.is_none() && take(&['0']).is_some();
        let digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
        let number = |take: &mut dyn FnMut(&[char]) -> Option<char>| {
            let digits: String = std::iter::from_fn(|| take(&digits)).collect();
            digits.parse().ok()
        };
        let width = number(&mut take).unwrap_or(0);
        let grouping = take(&[',', '_']);
        let precision = match take(&['.']) {
            Some(_) => Some(number(&mut take)?),
            None => None,
        };
        let code = chars.get(at).copied();
        let is_whole = at + usize::from(code.is_some()) == chars.len();
        let fill = fill.unwrap_or(if is_zero_padded { '0' } else { ' ' });
        is_whole.then_some(Spec { fill, align, sign, is_alternate, is_zero_padded, width, grouping, precision, code })
    }

    /// Fills a text up to the width. `default` is where it stands if the format does not say so; `head` are the characters
    /// that come before what is filled by `=`.
    fn pad(&self, text: &str, head: usize, default: char) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let fill = |count: usize| std::iter::repeat_n(self.fill, count).collect::<String>();
        match self.align.unwrap_or(default) {
            '<' => format!("{text}{}", fill(missing)),
            '^' => format!("{}{text}{}", fill(missing / 2), fill(missing - missing / 2)),
            '=' => format!("{}{}{}", &text[..head], fill(missing), &text[head..]),
            _ => format!("{}{text}", fill(missing)),
        }
    }
}

impl Python {
    /// A field of an f-string.
    pub(crate) fn field(&self, value: &Object, conversion: &str, spec: &str) -> Outcome {
        let converted = match conversion {
            "r" => Some(Object::str(value.as_type().repr()?)),
            "s" => Some(Object::str(value.as_type().str()?)),
            _ => None,
        };
        let value = converted.as_ref().unwrap_or(value);
        if spec.is_empty() {
            return Ok(Object::str(value.as_type().str()?));
        }
        let unknown = || Stop::unsupported(format!("the format `{spec}` of an object of type {}", value.class()));
        let parsed = Spec::parse(spec).ok_or_else(unknown)?;
        match (value, value.as_int()) {
            (_, Some(int)) => self.format_int(&parsed, &Object::big(&int)).unwrap_or_else(|| Err(unknown())),
            (Object::Str(text), _) => self.format_str(&parsed, text).unwrap_or_else(|| Err(unknown())),
            (Object::Float(_) | Object::Complex(_), _) => Err(unknown()),
            (other, _) if has_own_operators("format", other) => Err(unknown()),
            (other, _) => {
                Err(type_error(format!("unsupported format string passed to {}.__format__", other.class())).into())
            }
        }
    }

    /// Formats an int (`format_long_internal`). Gives nothing if that is not modelled.
    fn format_int(&self, spec: &Spec, value: &BigInt) -> Option<Outcome> {
        let code = spec.code.unwrap_or('d');
        let (base, prefix, group) = match code {
            'd' => (10, "", 3),
            'b' => (2, "0b", 4),
            'o' => (8, "0o", 4),
            'x' => (16, "0x", 4),
            'X' => (16, "0X", 4),
            'c' | 'n' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => return None,
            other => {
                let text = format!("Unknown format code '{other}' for object of type 'int'");
                return Some(Err(value_error(text).into()));
            }
        };
        if spec.precision.is_some() {
            return Some(Err(value_error("Precision not allowed in integer format specifier").into()));
        }
        if spec.grouping == Some(',') && code != 'd' {
            return Some(Err(value_error(format!("Cannot specify ',' with '{code}'.")).into()));
        }
        let digits = value.abs().to_str_radix(base);
        let digits = if code == 'X' { digits.to_uppercase() } else { digits };
        let sign = match (value.is_negative(), spec.sign) {
            (true, _) => "-",
            (false, '+') => "+",
            (false, ' ') => " ",
            (false, _) => "",
        };
        let head = format!("{sign}{}", if spec.is_alternate { prefix } else { "" });
        let default = if spec.is_zero_padded { '=' } else { '>' };
        let is_filled = spec.fill == '0' && spec.align.unwrap_or(default) == '=';
        let width = if is_filled { spec.width.saturating_sub(head.len()) } else { 0 };
        let digits = match spec.grouping {
            Some(separator) => grouped(digits, separator, group, width),
            None => digits,
        };
        Some(Ok(Object::str(spec.pad(&format!("{head}{digits}"), head.len(), default))))
    }

    /// Formats a str (`format_string_internal`). Gives nothing if that is not modelled.
    fn format_str(&self, spec: &Spec, text: &str) -> Option<Outcome> {
        if spec.sign != '-' || spec.is_alternate || spec.grouping.is_some() {
            return None;
        }
        if let Some(other) = spec.code.filter(|code| *code != 's') {
            let text = format!("Unknown format code '{other}' for object of type 'str'");
            return Some(Err(value_error(text).into()));
        }
        let is_numeric = spec.is_zero_padded && spec.align.is_none() && !self.has(Change::StrZeroPadding);
        if spec.align == Some('=') || is_numeric {
            return Some(Err(value_error("'=' alignment not allowed in string format specifier").into()));
        }
        let kept: String = text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
        Some(Ok(Object::str(spec.pad(&kept, 0, '<'))))
    }
}

/// Separates groups of digits, with zeros before them up to a width.
fn grouped(digits: String, separator: char, group: usize, width: usize) -> String {
    let mut digits: Vec<char> = digits.chars().collect();
    loop {
        let length = digits.len() + (digits.len() - 1) / group;
        if length >= width {
            break;
        }
        digits.insert(0, '0');
    }
    let mut text = String::new();
    for (index, digit) in digits.iter().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(group) {
            text.push(separator);
        }
        text.push(*digit);
    }
    text
}
