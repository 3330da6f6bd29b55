//! The arguments of memoryview's methods: how many each takes and by which names, in which order they are looked at, and
//! what is said of wrong ones.
//!
//! [`methods`] has a row for each method and [`special`] for each special method; the functions they call are given
//! arguments that are sorted out already. Binding arguments to parameters is as CPython's Argument Clinic does it, for any
//! function that it has made.

pub mod attributes;
mod convert;
pub mod methods;
pub mod special;
mod suggest;

use crate::changes::Change;
use crate::error::Error;
use crate::version::Profile;
use std::fmt::Display;

pub use attributes::ATTRIBUTES;
pub use convert::requested;
pub use methods::{Method, Returned};
pub use special::Special;

/// The arguments of a call. Those given by name come last, in the order of their names.
#[derive(Debug)]
pub struct Arguments<'a, T> {
    /// All of them.
    pub values: &'a [T],
    /// The names of the last of them.
    pub names: &'a [Box<str>],
}

impl<T> Clone for Arguments<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Arguments<'_, T> {}

impl<'a, T> Arguments<'a, T> {
    /// Those given by position.
    pub fn positional(&self) -> &'a [T] {
        self.values.get(..self.values.len().saturating_sub(self.names.len())).unwrap_or_default()
    }

    /// Those given by name.
    pub fn named(&self) -> impl Iterator<Item = (&'a str, &'a T)> {
        let values = self.values.get(self.positional().len()..).unwrap_or_default();
        self.names.iter().map(|name| &**name).zip(values)
    }
}

/// Whether errors know the name of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// In all versions.
    Always,
    /// Since 3.10, as those of memoryview's methods.
    SinceClinic,
    /// In none.
    Never,
}

/// The parameters of a function, all of which can be given by position or by name.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// What the function is called.
    pub name: &'static str,
    /// What its parameters are called.
    pub parameters: &'static [&'static str],
    /// How many of them have no default.
    pub required: usize,
    /// Whether errors know its name.
    pub named: Named,
}

impl Signature {
    /// Binds arguments to `N` parameters; what was left out is `None`.
    ///
    /// Errors, in the order in which they are noticed: too many arguments, a required one that is missing, one that was
    /// given twice or has an unknown name. Each is a TypeError (measured).
    pub fn bind<'a, T, const N: usize>(
        &self,
        arguments: Arguments<'a, T>,
        profile: Profile,
    ) -> Result<[Option<&'a T>; N], Error> {
        let (given, positional) = (arguments.values.len(), arguments.positional());
        if given > N {
            let (called, s) = (self.called("function", profile), if N == 1 { "" } else { "s" });
            let keyword = if positional.is_empty() { "keyword " } else { "" };
            return Err(Error::type_error(format!("{called} takes at most {N} {keyword}argument{s} ({given} given)")));
        }
        let mut bound = [None; N];
        for (slot, argument) in bound.iter_mut().zip(positional) {
            *slot = Some(argument);
        }
        for (name, argument) in arguments.named() {
            if let Some(slot) = self.place(name).filter(|at| *at >= positional.len()).and_then(|at| bound.get_mut(at)) {
                *slot = Some(argument);
            }
        }
        // What is missing is noticed before what is too much.
        let missing = bound.iter().take(self.required).position(Option::is_none);
        if let Some((missing, parameter)) = missing.and_then(|at| Some((at, self.parameters.get(at)?))) {
            let (called, place) = (self.called("function", profile), missing + 1);
            return Err(Error::type_error(format!("{called} missing required argument '{parameter}' (pos {place})")));
        }
        match arguments.named().find_map(|(name, _)| self.refuse(name, positional.len(), profile)) {
            Some(error) => Err(error),
            None => Ok(bound),
        }
    }

    /// Why an argument can't have been given by this name, behind so many by position.
    fn refuse(&self, name: &str, positional: usize, profile: Profile) -> Option<Error> {
        Some(Error::type_error(match self.place(name) {
            Some(at) if at >= positional => return None,
            Some(at) => {
                let (called, place) = (self.called("function", profile), at + 1);
                format!("argument for {called} given by name ('{name}') and position ({place})")
            }
            None if profile.has(Change::KeywordText) => {
                let hint = suggest::nearest(self.parameters, name);
                let hint = hint.map_or_else(String::new, |name| format!(". Did you mean '{name}'?"));
                let called = self.called("this function", profile);
                format!("{called} got an unexpected keyword argument '{name}'{hint}")
            }
            None => {
                let called = self.called("this function", profile);
                format!("'{name}' is an invalid keyword argument for {called}")
            }
        }))
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| *parameter == name)
    }

    /// What errors call the function.
    fn called(&self, nameless: &str, profile: Profile) -> String {
        match self.named {
            Named::SinceClinic if !profile.has(Change::ArgumentsFirst) => nameless.to_owned(),
            Named::Never => nameless.to_owned(),
            _ => format!("{}()", self.name),
        }
    }
}

/// Checks that a method of `class` that takes nothing was given nothing.
pub fn nothing<T>(class: &str, name: &str, arguments: Arguments<'_, T>, profile: Profile) -> Result<(), Error> {
    let given = arguments.values.len();
    if given == 0 {
        return Ok(());
    }
    let prefix = if profile.has(Change::MethodPrefix) { format!("{class}.") } else { String::new() };
    Err(Error::type_error(match arguments.names.is_empty() {
        true => format!("{prefix}{name}() takes no arguments ({given} given)"),
        false => format!("{prefix}{name}() takes no keyword arguments"),
    }))
}

/// The one argument, by position, of a function or a method of that name.
pub fn one<'a, T>(name: impl Display, arguments: Arguments<'a, T>) -> Result<&'a T, Error> {
    match arguments.values {
        _ if !arguments.names.is_empty() => Err(Error::type_error(format!("{name}() takes no keyword arguments"))),
        [argument] => Ok(argument),
        others => {
            let given = others.len();
            Err(Error::type_error(format!("{name}() takes exactly one argument ({given} given)")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::{Abi, Version};
    use rstest::rstest;

    const CAST: Signature =
        Signature { name: "cast", parameters: &["format", "shape"], required: 1, named: Named::SinceClinic };

    /// `view.cast(…)` with that many arguments by position and then these by name (measured on 3.9.18 and 3.13.0).
    #[rstest]
    #[case("3.9.18", 3, &[], "function takes at most 2 arguments (3 given)")]
    #[case("3.13.0", 3, &[], "cast() takes at most 2 arguments (3 given)")]
    #[case("3.13.0", 0, &["shape"], "cast() missing required argument 'format' (pos 1)")]
    #[case("3.9.18", 0, &["x"], "function missing required argument 'format' (pos 1)")]
    #[case("3.13.0", 1, &["format"], "argument for cast() given by name ('format') and position (1)")]
    #[case("3.13.0", 1, &["shapes"], "cast() got an unexpected keyword argument 'shapes'. Did you mean 'shape'?")]
    #[case("3.13.0", 1, &["x"], "cast() got an unexpected keyword argument 'x'")]
    #[case("3.9.18", 1, &["x"], "'x' is an invalid keyword argument for this function")]
    #[case("3.12.1", 1, &["x"], "'x' is an invalid keyword argument for cast()")]
    fn wrong_arguments(
        #[case] version: Version,
        #[case] positional: usize,
        #[case] names: &[&str],
        #[case] text: &str,
    ) {
        let names: Vec<Box<str>> = names.iter().map(|name| (*name).into()).collect();
        let values = vec![(); positional + names.len()];
        let bound = CAST.bind::<(), 2>(Arguments { values: &values, names: &names }, Profile::new(version, Abi::Lp64));
        assert_eq!(bound.unwrap_err().to_string(), text);
    }

    #[test]
    fn arguments_find_their_parameters() {
        let names = ["shape".into(), "format".into()];
        let profile = Profile::new(Version::newest(), Abi::Lp64);
        let bound = CAST.bind::<_, 2>(Arguments { values: &[1, 2], names: &names }, profile);
        assert_eq!(bound, Ok([Some(&2), Some(&1)]));
        let bound = CAST.bind::<_, 2>(Arguments { values: &[1], names: &[] }, profile);
        assert_eq!(bound, Ok([Some(&1), None]));
    }
}
