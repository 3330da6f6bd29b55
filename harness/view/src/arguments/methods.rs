//! memoryview's methods with their arguments as Python gives them: one row a method.

use std::rc::Rc;

use super::convert::{c_int, group, order};
use super::{Arguments, Named, Signature, nothing, one};
use crate::changes::Change;
use crate::error::Error;
use crate::exporter::Exporter;
use crate::flags::Flags;
use crate::item::Nested;
use crate::key::search_bound;
use crate::object::Object;
use crate::version::Profile;
use crate::view::{CastShape, View};

/// How a method takes its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// None at all.
    Nothing,
    /// Its parameters, by position or by name.
    Parameters,
    /// The same, but before 3.10 a released view is noticed first.
    ParametersOfLivingView,
    /// One, by position.
    One,
    /// From one to three, by position.
    OneToThree,
    /// Whatever it is given by position, without a look at it.
    Anything,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $method:ident $name:literal ($($parameter:literal),*) $required:literal $takes:ident $($since:ident)?;)+) => {
        /// A method of memoryview.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Method { $($(#[$doc])* $method,)+ }

        impl Method {
            /// Every method, in alphabetical order.
            pub const ALL: &'static [Method] = &[$(Method::$method),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Method::$method => $name,)+ }
            }

            fn row(self) -> (Signature, Takes, Option<Change>) {
                match self { $(Method::$method => {
                    let since: &[Change] = &[$(Change::$since)?];
                    let (parameters, required) = (&[$($parameter),*], $required);
                    let named = if $name == "hex" { Named::Always } else { Named::SinceClinic };
                    let signature = Signature { name: $name, parameters, required, named };
                    (signature, Takes::$takes, since.first().copied())
                })+ }
            }
        }
    };
}

methods! {
    /// case: release-by-nested-with
    Enter       "__enter__"     ()                          0 Nothing;
    /// case: release-by-exit
    Exit        "__exit__"      ("kind", "value", "traceback") 0 Anything;
    /// case: cast-arguments
    Cast        "cast"          ("format", "shape")         1 ParametersOfLivingView;
    /// case: versions-count
    Count       "count"         ("value")                   1 One CountIndex;
    /// case: bytes-hex-groups
    Hex         "hex"           ("sep", "bytes_per_sep")    0 Parameters;
    /// case: versions-index
    Index       "index"         ("value", "start", "stop")  1 OneToThree CountIndex;
    /// case: release-is-idempotent
    Release     "release"       ()                          0 Nothing;
    /// case: bytes-tobytes-wrong-order
    ToBytes     "tobytes"       ("order")                   0 ParametersOfLivingView;
    /// case: bytes-tolist-takes-no-arguments
    ToList      "tolist"        ()                          0 Nothing;
    /// case: construct-from-a-readonly-view
    ToReadonly  "toreadonly"    ()                          0 Nothing;
}

/// What a method of a view or an attribute gave.
pub enum Returned {
    /// `None`
    None,
    /// The view itself.
    Itself,
    /// A bool.
    Bool(bool),
    /// An int that counts something in memory.
    Size(isize),
    /// A tuple of such ints.
    Sizes(Box<[isize]>),
    /// A str.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Items in nested lists.
    Items(Nested),
    /// Another view.
    View(Rc<View>),
    /// The exporter.
    Exporter(Rc<dyn Exporter>),
}

impl Method {
    /// The method of that name, if views of this version have one.
    pub fn named(name: &str, profile: Profile) -> Option<Method> {
        let is_there = |since: Option<Change>| since.is_none_or(|since| profile.has(since));
        Method::ALL.iter().copied().find(|method| method.name() == name && is_there(method.row().2))
    }
}

impl View {
    /// Calls a method; case: versions-arguments-first
    ///
    /// Errors: a TypeError for arguments that it does not take, noticed before the view is found to be released, and then
    /// what the method itself raises.
    pub fn call<T: Object>(self: &Rc<Self>, method: Method, arguments: Arguments<'_, T>) -> Result<Returned, Error> {
        let (profile, (signature, takes, _)) = (self.profile(), method.row());
        let bound: [Option<&T>; 3] = match takes {
            Takes::Nothing => {
                nothing("memoryview", signature.name, arguments, profile)?;
                [None; 3]
            }
            Takes::Parameters => padded(&signature, arguments, profile)?,
            Takes::ParametersOfLivingView => {
                if !profile.has(Change::ArgumentsFirst) {
                    self.nbytes()?;
                }
                padded(&signature, arguments, profile)?
            }
            Takes::One => [Some(one(format_args!("memoryview.{}", signature.name), arguments)?), None, None],
            Takes::OneToThree => one_to_three(signature.name, arguments)?,
            Takes::Anything => {
                if !arguments.names.is_empty() {
                    let owner = if profile.has(Change::MethodOwner) { "memoryview." } else { "" };
                    let name = signature.name;
                    return Err(Error::type_error(format!("{owner}{name}() takes no keyword arguments")));
                }
                [None; 3]
            }
        };
        self.perform(method, bound.map(|argument| argument.map(|argument| argument as &dyn Object)))
    }

    fn perform(self: &Rc<Self>, method: Method, bound: [Option<&dyn Object>; 3]) -> Result<Returned, Error> {
        let [first, second, third] = bound;
        let value = || first.ok_or(Error::Memory);
        Ok(match method {
            Method::Enter => {
                self.enter()?;
                Returned::Itself
            }
            Method::Exit => {
                self.exit()?;
                Returned::None
            }
            Method::Release => {
                self.release()?;
                Returned::None
            }
            Method::Cast => Returned::View(self.cast_to(value()?, second)?),
            Method::Count => Returned::Size(self.count(value()?)? as isize),
            Method::Hex => Returned::Text(self.hex(first, group(second, self.profile())?)?),
            Method::Index => {
                let bound = |bound: Option<&dyn Object>, otherwise: isize| match bound {
                    Some(bound) => search_bound(bound, self.profile().abi()),
                    None => Ok(otherwise),
                };
                let (start, stop) = (bound(second, 0)?, bound(third, self.profile().abi().ssize_max())?);
                Returned::Size(self.index(value()?, start, stop)?)
            }
            Method::ToBytes => Returned::Bytes(self.tobytes_in(order(first, self.profile())?.as_deref())?),
            Method::ToList => Returned::Items(self.tolist()?),
            Method::ToReadonly => Returned::View(self.toreadonly()?),
        })
    }

    fn cast_to(&self, format: &dyn Object, shape: Option<&dyn Object>) -> Result<Rc<View>, Error> {
        let Some(text) = format.text() else {
            if !self.profile().has(Change::ArgumentsFirst) {
                return Err(Error::Type("memoryview: format argument must be a string"));
            }
            let class = format.argument_type_name();
            return Err(Error::type_error(format!("cast() argument 'format' must be str, not {class}")));
        };
        match shape.map(|shape| shape.elements()) {
            None => self.cast(&text, None),
            Some(Some(elements)) => self.cast(&text, Some(CastShape::Elements(&elements))),
            Some(None) => self.cast(&text, Some(CastShape::NotSequence)),
        }
    }

    /// The only argument of `memoryview(object)`; case: construct-takes-one-argument
    ///
    /// Errors: a TypeError for more, for none, and for one by another name (measured).
    pub fn argument<'a, T>(arguments: Arguments<'a, T>) -> Result<&'a T, Error> {
        let given = arguments.values.len();
        if given > 1 {
            let keyword = if arguments.names.len() == given { "keyword " } else { "" };
            return Err(Error::type_error(format!("memoryview() takes at most 1 {keyword}argument ({given} given)")));
        }
        let by_name = arguments.named().find(|(name, _)| *name == "object").map(|(_, object)| object);
        let missing = || Error::Type("memoryview() missing required argument 'object' (pos 1)");
        arguments.positional().first().or(by_name).ok_or_else(missing)
    }

    /// The object and the flags of `memoryview._from_flags(object, flags)`; case: versions-from-flags-errors
    ///
    /// Errors: a TypeError for other arguments, or flags that are no C int (OverflowError).
    pub fn flagged<'a, T: Object>(arguments: Arguments<'a, T>, profile: Profile) -> Result<(&'a T, Flags), Error> {
        match FROM_FLAGS.bind(arguments, profile)? {
            [Some(object), Some(flags)] => Ok((object, Flags(c_int(flags)?))),
            _ => Err(Error::Memory),
        }
    }
}

/// The class method that makes a view as a consumer in C does (3.12).
const FROM_FLAGS: Signature =
    Signature { name: "_from_flags", parameters: &["object", "flags"], required: 2, named: Named::SinceClinic };

/// Arguments bound to the parameters that a method has, which are three at most.
fn padded<'a, T>(
    signature: &Signature,
    arguments: Arguments<'a, T>,
    profile: Profile,
) -> Result<[Option<&'a T>; 3], Error> {
    match signature.parameters.len() {
        1 => signature.bind(arguments, profile).map(|[first]| [first, None, None]),
        2 => signature.bind(arguments, profile).map(|[first, second]| [first, second, None]),
        _ => signature.bind(arguments, profile),
    }
}

fn one_to_three<'a, T>(name: &str, arguments: Arguments<'a, T>) -> Result<[Option<&'a T>; 3], Error> {
    let given = arguments.values.len();
    match arguments.values {
        _ if !arguments.names.is_empty() => {
            Err(Error::type_error(format!("memoryview.{name}() takes no keyword arguments")))
        }
        [] => Err(Error::type_error(format!("{name} expected at least 1 argument, got 0"))),
        [first, others @ ..] if given <= 3 => Ok([Some(first), others.first(), others.get(1)]),
        _ => Err(Error::type_error(format!("{name} expected at most 3 arguments, got {given}"))),
    }
}
