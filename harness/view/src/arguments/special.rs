//! memoryview's special methods, called by their names: one row a method.
//!
//! `view.__eq__(x)` is what `view == x` asks the view. The wrapper around the function in C looks at the number of
//! arguments first, in words that depend on how it unpacks them.

use super::methods::Method;
use super::{ATTRIBUTES, Arguments};
use crate::changes::Change;
use crate::error::Error;
use crate::exception::Exception;
use crate::version::Profile;

macro_rules! special {
    ($($(#[$doc:meta])* $special:ident $name:literal $count:literal $($since:ident)?;)+) => {
        /// A special method that a view has of its own, beside those that only `object` has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Special { $($(#[$doc])* $special,)+ }

        impl Special {
            const ALL: &'static [Special] = &[$(Special::$special),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Special::$special => $name,)+ }
            }

            /// How many arguments it takes.
            const fn count(self) -> usize {
                match self { $(Special::$special => $count,)+ }
            }

            fn since(self) -> Option<Change> {
                let since: &[Change] = match self { $(Special::$special => &[$(Change::$since)?],)+ };
                since.first().copied()
            }
        }
    };
}

special! {
    /// `del view.name`
    DelAttr     "__delattr__"   1;
    /// `del view[key]`
    DelItem     "__delitem__"   1;
    /// `view == other`
    Eq          "__eq__"        1;
    /// `view >= other`
    Ge          "__ge__"        1;
    /// `view[key]`
    GetItem     "__getitem__"   1;
    /// `view > other`
    Gt          "__gt__"        1;
    /// `iter(view)`
    Iter        "__iter__"      0 OwnIterator;
    /// `view <= other`
    Le          "__le__"        1;
    /// `len(view)`
    Len         "__len__"       0;
    /// `view < other`
    Lt          "__lt__"        1;
    /// `view != other`
    Ne          "__ne__"        1;
    /// `repr(view)`
    Repr        "__repr__"      0;
    /// `view.name = value`
    SetAttr     "__setattr__"   2;
    /// `view[key] = value`
    SetItem     "__setitem__"   2;
    /// `str(view)`
    Str         "__str__"       0;
}

/// Special methods that a view has, most of them from `object`, about which nothing is said here.
pub const UNTOLD: &[&str] = &[
    "__class__",
    "__class_getitem__",
    "__dir__",
    "__doc__",
    "__format__",
    "__getattribute__",
    "__getstate__",
    "__hash__",
    "__init__",
    "__init_subclass__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__sizeof__",
    "__subclasshook__",
];

impl Special {
    /// The special method of that name, if views of this version have one.
    pub fn named(name: &str, profile: Profile) -> Option<Special> {
        let is_there = |special: &Special| special.since().is_none_or(|since| profile.has(since));
        Special::ALL.iter().copied().find(|special| special.name() == name && is_there(special))
    }

    /// Checks that it can be called with these arguments.
    pub fn check<T>(self, arguments: Arguments<'_, T>, profile: Profile) -> Result<(), Error> {
        wrapper(self.name(), self.count(), arguments, profile)
    }
}

/// Checks what the wrapper of a special method that takes `count` arguments looks at. Errors: TypeErrors.
///
/// case: dunders-wrong-number-of-two
pub fn wrapper<T>(name: &str, count: usize, arguments: Arguments<'_, T>, profile: Profile) -> Result<(), Error> {
    if !arguments.names.is_empty() {
        return Err(Error::type_error(format!("wrapper {name}() takes no keyword arguments")));
    }
    let given = arguments.values.len();
    if given == count {
        return Ok(());
    }
    // These are unpacked as the arguments of a function with a name are, and long had none to say.
    let is_named = ["__setitem__", "__setattr__", "__buffer__", "__release_buffer__"].contains(&name);
    let prefix = match is_named {
        true if profile.has(Change::ArgumentNames) => format!("{name} "),
        true => " ".to_owned(),
        false => String::new(),
    };
    let plural = if count == 1 { "" } else { "s" };
    Err(Error::type_error(format!("{prefix}expected {count} argument{plural}, got {given}")))
}

/// Why an attribute of a view can be neither set nor deleted; `None` where that is not known here.
///
/// case: dunders-attributes-fixed
pub fn fixed_attribute(name: &str, profile: Profile) -> Option<Error> {
    let attribute = if ATTRIBUTES.contains(&name) {
        Fixed::Readonly
    } else if Method::named(name, profile).is_some() || Special::named(name, profile).is_some() {
        Fixed::Method
    } else if name.starts_with("__") || name == "_from_flags" {
        return None;
    } else {
        Fixed::Absent
    };
    Some(attribute.error("memoryview", name, profile))
}

/// What an attribute is that can be neither set nor deleted, of a type written in C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// It can only be read.
    Readonly,
    /// It is a method.
    Method,
    /// There is none, and no `__dict__` either.
    Absent,
}

impl Fixed {
    /// The AttributeError of setting or deleting it.
    pub fn error(self, class: &str, name: &str, profile: Profile) -> Error {
        let text = match self {
            Fixed::Readonly => format!("attribute '{name}' of '{class}' objects is not writable"),
            Fixed::Method => format!("'{class}' object attribute '{name}' is read-only"),
            Fixed::Absent => {
                let has_words = profile.has(Change::AttributeText);
                let dict = if has_words { " and no __dict__ for setting new attributes" } else { "" };
                format!("'{class}' object has no attribute '{name}'{dict}")
            }
        };
        Error::raised(Exception::AttributeError, text)
    }
}
