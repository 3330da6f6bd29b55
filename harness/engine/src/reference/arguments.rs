//! Arguments: how many a function takes and by which names, with the errors that CPython gives for others.

use super::object::Object;
use super::{Python, type_error};
use program::{Kind, Operation, Syntax};
use view::{Change, Error};

/// The arguments of a call, bound to the parameters of its row; what was left out is `None`.
pub(super) type Bound<'a, const N: usize> = [Option<&'a Object>; N];

impl Python {
    /// Binds arguments to parameters as functions made by Argument Clinic do, of which `required` must be given.
    pub(super) fn bind<'a, const N: usize>(
        &self,
        operation: &Operation,
        arguments: &'a [Object],
        required: usize,
    ) -> Result<Bound<'a, N>, Error> {
        let row = operation.kind.row();
        let (name, parameters) = match row.syntax {
            Syntax::Method(name) => (name, row.parameters.get(1..).unwrap_or_default()),
            Syntax::Call(name) => (name, row.parameters),
            _ => (row.name, row.parameters),
        };
        // Before 3.10 the functions of memoryview did not know their own names, but for `hex`, which other types have too.
        let is_named = operation.kind == Kind::Hex || self.profile.has(Change::ArgumentsFirst);
        let is_nameless = matches!(row.syntax, Syntax::Method(_)) && !is_named;
        let called = |nameless: &str| if is_nameless { nameless.to_owned() } else { format!("{name}()") };
        if arguments.len() > N {
            let (called, s, given) = (called("function"), if N == 1 { "" } else { "s" }, arguments.len());
            return Err(type_error(format!("{called} takes at most {N} argument{s} ({given} given)")));
        }
        let keywords = operation.keywords.as_deref().unwrap_or_default();
        let positional = arguments.len().saturating_sub(keywords.len());
        let mut bound: Bound<'a, N> = [None; N];
        for (slot, argument) in bound.iter_mut().zip(arguments.iter().take(positional)) {
            *slot = Some(argument);
        }
        let place_of = |keyword: &str| parameters.iter().position(|parameter| parameter.name == keyword);
        for (keyword, argument) in keywords.iter().zip(&arguments[positional..]) {
            if let Some(slot) = place_of(keyword).filter(|at| *at >= positional).and_then(|at| bound.get_mut(at)) {
                *slot = Some(argument);
            }
        }
        // What is missing is noticed before what is too much.
        if let Some(missing) = bound[..required].iter().position(Option::is_none) {
            let (called, parameter, place) = (called("function"), parameters[missing].name, missing + 1);
            return Err(type_error(format!("{called} missing required argument '{parameter}' (pos {place})")));
        }
        for keyword in keywords {
            match place_of(keyword) {
                Some(at) if at < positional => {
                    let (called, place) = (called("function"), at + 1);
                    return Err(type_error(format!(
                        "argument for {called} given by name ('{keyword}') and position ({place})"
                    )));
                }
                Some(_) => {}
                None if self.profile.has(Change::KeywordText) => {
                    let hint = suggestion(parameters.iter().map(|parameter| parameter.name), keyword);
                    let hint = hint.map_or_else(String::new, |name| format!(". Did you mean '{name}'?"));
                    let called = called("function");
                    return Err(type_error(format!("{called} got an unexpected keyword argument '{keyword}'{hint}")));
                }
                None => {
                    let called = called("this function");
                    return Err(type_error(format!("'{keyword}' is an invalid keyword argument for {called}")));
                }
            }
        }
        Ok(bound)
    }

    /// Checks that a method of `class` was given nothing.
    pub(super) fn no_arguments(&self, operation: &Operation, class: &str, arguments: &[Object]) -> Result<(), Error> {
        let Syntax::Method(name) = operation.kind.row().syntax else { return Ok(()) };
        if arguments.is_empty() {
            return Ok(());
        }
        let prefix = if self.profile.has(Change::MethodPrefix) { format!("{class}.") } else { String::new() };
        if operation.keyword_count() > 0 {
            return Err(type_error(format!("{prefix}{name}() takes no keyword arguments")));
        }
        let given = arguments.len();
        Err(type_error(format!("{prefix}{name}() takes no arguments ({given} given)")))
    }

    /// Checks the number of arguments of a builtin that takes exactly one, by position.
    pub(super) fn one<'a>(
        &self,
        name: &str,
        operation: &Operation,
        arguments: &'a [Object],
    ) -> Result<&'a Object, Error> {
        if operation.keyword_count() > 0 {
            return Err(type_error(format!("{name}() takes no keyword arguments")));
        }
        match arguments {
            [argument] => Ok(argument),
            _ => Err(type_error(format!("{name}() takes exactly one argument ({} given)", arguments.len()))),
        }
    }

    /// Checks the number of arguments of a type that takes at most one, by position.
    pub(super) fn at_most_one<'a>(
        &self,
        name: &str,
        operation: &Operation,
        arguments: &'a [Object],
    ) -> Result<Option<&'a Object>, Error> {
        if operation.keyword_count() > 0 {
            return Err(type_error(format!("{name}() takes no keyword arguments")));
        }
        match arguments {
            [] => Ok(None),
            [argument] => Ok(Some(argument)),
            _ => Err(type_error(format!("{name} expected at most 1 argument, got {}", arguments.len()))),
        }
    }
}

/// The name that is suggested in place of a wrong one: the nearest, if it is near for its length (measured).
fn suggestion<'a>(names: impl Iterator<Item = &'a str>, wrong: &str) -> Option<&'a str> {
    let near = |name: &&str| distance(name, wrong) <= (name.len() + wrong.len() + 3) * STEP / 6;
    names.filter(near).min_by_key(|name| distance(name, wrong))
}

/// What it costs to add, drop or replace a letter.
const STEP: usize = 2;

/// How far two names are apart, where another case of a letter counts half.
fn distance(name: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).map(|length| length * STEP).collect();
    for (index, letter) in name.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], (index + 1) * STEP);
        for (at, other) in other.bytes().enumerate() {
            let replaced = match letter {
                _ if letter == other => 0,
                _ if letter.eq_ignore_ascii_case(&other) => STEP / 2,
                _ => STEP,
            };
            let best = (diagonal + replaced).min(row[at] + STEP).min(row[at + 1] + STEP);
            diagonal = std::mem::replace(&mut row[at + 1], best);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_suggested_if_it_is_near() {
        let names = || ["format", "shape"].into_iter();
        assert_eq!(suggestion(names(), "shapes"), Some("shape"));
        assert_eq!(suggestion(names(), "Shape"), Some("shape"));
        assert_eq!(suggestion(names(), "ship"), Some("shape"));
        assert_eq!(suggestion(names(), "formt"), Some("format"));
        for wrong in ["foo", "fmt", "SHAPE", "sep", "order"] {
            assert_eq!(suggestion(names(), wrong), None, "{wrong}");
        }
    }
}
