//! Arguments: how many a function takes and by which names, with the errors that CPython gives for others.

use super::object::Object;
use super::{Python, type_error};
use program::{Operation, Syntax};
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
        // Before 3.10 the functions of memoryview did not know their own names.
        let is_nameless = matches!(row.syntax, Syntax::Method(_)) && !self.profile.has(Change::ArgumentsFirst);
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
                    if parameters.iter().any(|parameter| is_similar(parameter.name, keyword)) {
                        return Err(Error::Unspecified { what: "which names are suggested in place of a wrong one" });
                    }
                    let called = called("function");
                    return Err(type_error(format!("{called} got an unexpected keyword argument '{keyword}'")));
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

/// Whether a name may be suggested in place of another: by far more than Python's own measure has it.
fn is_similar(name: &str, other: &str) -> bool {
    let (name, other) = (name.to_lowercase(), other.to_lowercase());
    let common = other.chars().filter(|letter| name.contains(*letter)).count();
    2 * common >= name.len().min(other.len())
}
