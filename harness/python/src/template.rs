//! `text.format(…)` with plain fields: `{}`, `{0}`, `{name}`, with a conversion and a format.

use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, value_error};
use program::fstring::is_format;
use view::{Error, Exception};

/// Which fields a template has numbered itself.
#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Unknown,
    /// The number of the next one.
    Automatic(usize),
    Manual,
}

/// `template.format(…)`
pub(crate) fn format(python: &Python, template: &str, call: &Call<'_>) -> Outcome {
    let (mut out, mut rest, mut numbering) = (String::new(), template, Numbering::Unknown);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        rest = match from.as_bytes() {
            [b'{', b'{', ..] | [b'}', b'}', ..] => {
                out.push_str(&from[..1]);
                &from[2..]
            }
            [b'}', ..] => return Err(value_error("Single '}' encountered in format string").into()),
            [b'{'] => return Err(value_error("Single '{' encountered in format string").into()),
            _ => {
                let Some(end) = from.find('}') else { return Err(call.unsupported("with a field that has no end")) };
                let field = python.format_field(&from[1..end], &mut numbering, call)?;
                out.push_str(&field);
                &from[end + 1..]
            }
        };
        python.grows_to(call.kind, out.len())?;
    }
    out.push_str(rest);
    Ok(Object::str(out))
}

impl Python {
    fn format_field(&self, field: &str, numbering: &mut Numbering, call: &Call<'_>) -> Result<String, Stop> {
        let (head, spec) = field.split_once(':').unwrap_or((field, ""));
        let (name, conversion) = head.split_once('!').unwrap_or((head, ""));
        let is_plain = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
        if !is_plain || !is_format(spec) || !matches!(conversion, "" | "r" | "s") || head.ends_with('!') {
            return Err(call.unsupported(format!("with the field `{{{field}}}`")));
        }
        let value = self.format_argument(name, numbering, call)?;
        match self.field(value, conversion, spec)? {
            Object::Str(text) => Ok(text.to_string()),
            _ => Err(Stop::Malformed("a field has no text")),
        }
    }

    /// Returns what a field shows.
    fn format_argument<'a>(&self, name: &str, numbering: &mut Numbering, call: &Call<'a>) -> Result<&'a Object, Stop> {
        let names = call.arguments.names;
        let (positional, named) = call.values().split_at(call.values().len() - names.len());
        if !name.is_empty() && !name.starts_with(|char: char| char.is_ascii_digit()) {
            let at = names.iter().position(|known| **known == *name).and_then(|at| named.get(at));
            return at.ok_or_else(|| call.unsupported("with a name that is not given"));
        }
        let index = match (name.parse::<usize>(), *numbering) {
            (Err(_), Numbering::Manual) => {
                let text = "cannot switch from manual field specification to automatic field numbering";
                return Err(value_error(text).into());
            }
            (Ok(_), Numbering::Automatic(_)) => {
                let text = "cannot switch from automatic field numbering to manual field specification";
                return Err(value_error(text).into());
            }
            (Ok(index), _) => {
                *numbering = Numbering::Manual;
                index
            }
            (Err(_), _) if !name.is_empty() => return Err(call.unsupported("with such a field")),
            (Err(_), counted) => {
                let index = if let Numbering::Automatic(next) = counted { next } else { 0 };
                *numbering = Numbering::Automatic(index + 1);
                index
            }
        };
        positional.get(index).ok_or_else(|| {
            let text = format!("Replacement index {index} out of range for positional args tuple");
            Error::raised(Exception::IndexError, text).into()
        })
    }
}
