//! `format(value, spec)`, as the fields of f-strings ask for it: numbers, strs, and what has no formats of its own.

use crate::address;
use crate::changes::Change;
use crate::context::Python;
use crate::digits;
use crate::object::{Object, Outcome};
use crate::operators::has_own_operators;
use crate::stop::{Stop, overflow_error, type_error, value_error};
use crate::types::hook::is_hook;
use num_traits::Signed;
use program::float_repr;
use view::Int;

/// The digits after the point, if a format does not say so.
const DIGITS: usize = 6;

/// A format, as it is written: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
struct Spec {
    fill: char,
    align: Option<char>,
    sign: Option<char>,
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
        let sign = take(&['+', '-', ' ']);
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

    /// Refuses groups of digits where there are none; `default` is the letter that a format without one has.
    fn check_grouping(&self, default: char) -> Result<(), Stop> {
        let code = self.code.unwrap_or(default);
        match self.grouping {
            Some(separator) if !matches!(code, 'd' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
                match (separator, code) {
                    ('_', 'b' | 'o' | 'x' | 'X') => Ok(()),
                    _ => Err(value_error(format!("Cannot specify '{separator}' with '{code}'.")).into()),
                }
            }
            _ => Ok(()),
        }
    }

    fn sign_of(&self, is_negative: bool) -> &'static str {
        match (is_negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        }
    }

    /// Where a number stands if the format does not say so.
    fn default_align(&self) -> char {
        if self.is_zero_padded { '=' } else { '>' }
    }

    /// Writes a number: what comes before its digits, those that can be grouped, and what follows.
    fn number(&self, head: &str, digits: &str, group: usize, tail: &str) -> String {
        let is_filled = self.fill == '0' && self.align.unwrap_or(self.default_align()) == '=';
        let width = if is_filled { self.width.saturating_sub(head.len() + tail.len()) } else { 0 };
        let digits = match self.grouping {
            Some(separator) => digits::grouped(digits, separator, group, width),
            None => digits.to_owned(),
        };
        self.pad(&format!("{head}{digits}{tail}"), head.len(), self.default_align())
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
        if is_hook(value) {
            return Err(Stop::unsupported("the text of a hook"));
        }
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
            (_, Some(int)) => {
                parsed.check_grouping('d')?;
                format_int(&parsed, &int, value.class()).unwrap_or_else(|| Err(unknown()))
            }
            (Object::Str(text), _) => {
                parsed.check_grouping('s')?;
                if parsed.width > 0 || parsed.precision.is_some() {
                    address::check(text)?;
                }
                self.format_str(&parsed, text).unwrap_or_else(|| Err(unknown()))
            }
            (Object::Float(value), _) => {
                parsed.check_grouping('g')?;
                format_float(&parsed, *value).unwrap_or_else(|| Err(unknown()))
            }
            (Object::Complex(_), _) => Err(unknown()),
            (other, _) if has_own_operators("format", other) => Err(unknown()),
            (other, _) => {
                Err(type_error(format!("unsupported format string passed to {}.__format__", other.class())).into())
            }
        }
    }

    /// Formats a str (`format_string_internal`). Gives nothing if that is not modelled.
    fn format_str(&self, spec: &Spec, text: &str) -> Option<Outcome> {
        if let Some(other) = spec.code.filter(|code| *code != 's') {
            let text = format!("Unknown format code '{other}' for object of type 'str'");
            return Some(Err(value_error(text).into()));
        }
        let is_numeric = spec.is_zero_padded && spec.align.is_none() && !self.has(Change::StrZeroPadding);
        let refused = match (spec.sign, spec.is_alternate) {
            // The words depend on the version.
            (Some(' '), _) => return None,
            (Some(_), _) => "Sign not allowed in string format specifier",
            (None, true) => "Alternate form (#) not allowed in string format specifier",
            _ if spec.align == Some('=') || is_numeric => "'=' alignment not allowed in string format specifier",
            _ => {
                let kept: String = text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
                return Some(Ok(Object::str(spec.pad(&kept, 0, '<'))));
            }
        };
        Some(Err(value_error(refused).into()))
    }
}

/// Formats an int (`format_long_internal`). `class` is that of the object in errors. Gives nothing if
/// that is not modelled.
fn format_int(spec: &Spec, int: &Int, class: &str) -> Option<Outcome> {
    let (code, value) = (spec.code.unwrap_or('d'), Object::big(int));
    let (base, prefix, group) = match code {
        'd' => (10, "", 3),
        'b' => (2, "0b", 4),
        'o' => (8, "0o", 4),
        'x' => (16, "0x", 4),
        'X' => (16, "0X", 4),
        'c' => return format_char(spec, int),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            return match int.to_f64() {
                Some(value) => format_float(spec, value),
                None => Some(Err(overflow_error("int too large to convert to float").into())),
            };
        }
        'n' => return None,
        other => {
            let text = format!("Unknown format code '{other}' for object of type '{class}'");
            return Some(Err(value_error(text).into()));
        }
    };
    if spec.precision.is_some() {
        return Some(Err(value_error("Precision not allowed in integer format specifier").into()));
    }
    let digits = value.abs().to_str_radix(base);
    let digits = if code == 'X' { digits.to_uppercase() } else { digits };
    let head = format!("{}{}", spec.sign_of(value.is_negative()), if spec.is_alternate { prefix } else { "" });
    Some(Ok(Object::str(spec.number(&head, &digits, group, ""))))
}

/// Formats an int as a character.
fn format_char(spec: &Spec, int: &Int) -> Option<Outcome> {
    let refused = match (spec.precision, spec.sign, spec.is_alternate) {
        (Some(_), ..) => "Precision not allowed in integer format specifier",
        (_, Some(_), _) => "Sign not allowed with integer format specifier 'c'",
        (_, _, true) => "Alternate form (#) not allowed with integer format specifier 'c'",
        _ => {
            let Some(code) = int.within(0, 0x10_ffff) else {
                int.within(i64::MIN.into(), i64::MAX.into())?;
                return Some(Err(overflow_error("%c arg not in range(0x110000)").into()));
            };
            let char = char::from_u32(code as u32)?.to_string();
            return Some(Ok(Object::str(spec.pad(&char, 0, spec.default_align()))));
        }
    };
    Some(Err(value_error(refused).into()))
}

/// Formats a float (`format_float_internal`). Gives nothing if that is not modelled.
fn format_float(spec: &Spec, value: f64) -> Option<Outcome> {
    let text = match (spec.code, spec.precision) {
        // What is longer than its digits is not modelled.
        (None, _) if spec.is_alternate => return None,
        (None, None) => float_repr(value.abs()),
        (None, Some(precision)) => digits::of_untyped(value, precision),
        (Some('%'), precision) => {
            let percent = digits::of_float(value * 100.0, 'f', precision.unwrap_or(DIGITS), spec.is_alternate);
            format!("{percent}%")
        }
        (Some(code @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G')), precision) => {
            digits::of_float(value, code, precision.unwrap_or(DIGITS), spec.is_alternate)
        }
        (Some('n'), _) => return None,
        (Some(other), _) => {
            let text = format!("Unknown format code '{other}' for object of type 'float'");
            return Some(Err(value_error(text).into()));
        }
    };
    if !value.is_finite() && spec.grouping.is_some() {
        return None;
    }
    let sign = spec.sign_of(value.is_sign_negative() && !value.is_nan());
    let whole = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let whole = if value.is_finite() { whole } else { text.len() };
    Some(Ok(Object::str(spec.number(sign, &text[..whole], 3, &text[whole..]))))
}
