//! What there is to see of a run: the facets in which two runs can differ, and sets of them.
//!
//! What an engine sees ([`About::sees`](crate::About)) and in what a comparison finds a difference are the same facets,
//! so that there is nothing to compare which an engine could not say whether it sees.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::BitAnd;

macro_rules! facets {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// What exactly differs. Two findings with the same facet, on the same operations, are likely one defect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Facet { $($(#[$doc])* $name,)* }

        impl Facet {
            /// Every facet.
            pub const ALL: &[Facet] = &[$(Facet::$name,)*];

            /// Its name in reports.
            pub fn text(self) -> &'static str {
                match self { $(Facet::$name => $text,)* }
            }
        }
    };
}

facets! {
    /// The value, of the same type.
    Value "value",
    /// The type of the value, or of an item in it: `True` for `1`, `bytes` for `bytearray`.
    Type "type of value",
    /// What was printed.
    Printed "printed",
    /// A view's format.
    Format "format",
    /// A view's bytes an item.
    Itemsize "itemsize",
    /// Whether a view may be written to.
    Readonly "readonly",
    /// The type of the exception.
    Exception "exception type",
    /// The text of the exception.
    Message "message",
    /// An exception where there should be none.
    Raised "raised instead of a value",
    /// No exception where there should be one.
    NotRaised "a value instead of an error",
    /// The step was not run.
    Missing "missing step",
    /// A view covers another object, or a copy.
    Exporter "exporter",
    /// A view starts at another byte.
    Offset "offset",
    /// A view has other dimensions.
    Shape "shape",
    /// A view steps through memory otherwise.
    Strides "strides",
    /// A view follows other pointers.
    Suboffsets "suboffsets",
    /// An exporter can be resized that should not, or the reverse.
    Lock "lock",
    /// A view was released that should not, or the reverse.
    Released "released",
    /// An object holds other bytes.
    Contents "contents",
    /// Another set of objects is alive.
    Alive "objects alive",
    /// Memory is left behind that nothing refers to.
    Leak "leak",
    /// A step allocates more or less memory than it may.
    Allocated "memory allocated",
}

impl Facet {
    /// The facet of that name.
    pub fn named(text: &str) -> Option<Facet> {
        Facet::ALL.iter().copied().find(|facet| facet.text() == text)
    }

    /// Whether every engine sees it: that a step ran, and whether it raised.
    pub const fn is_always_seen(self) -> bool {
        matches!(self, Facet::Raised | Facet::NotRaised | Facet::Missing)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl Serialize for Facet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl<'de> Deserialize<'de> for Facet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Facet, D::Error> {
        let text = String::deserialize(deserializer)?;
        Facet::named(&text).ok_or_else(|| D::Error::custom(format!("there is no facet `{text}`")))
    }
}

impl fmt::Display for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A set of facets. What is always seen is in each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Facets(u32);

impl Facets {
    /// Every facet.
    pub const ALL: Facets = Facets((1 << Facet::ALL.len()) - 1);

    /// The set without a facet, unless that is always seen.
    pub const fn without(self, facet: Facet) -> Facets {
        if facet.is_always_seen() { self } else { Facets(self.0 & !facet.bit()) }
    }

    /// Whether a facet is in the set.
    pub const fn contains(self, facet: Facet) -> bool {
        self.0 & facet.bit() != 0
    }

    /// The facets of the set that an engine may or may not see, by the names that they have in reports.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let is_told = move |facet: &&Facet| self.contains(**facet) && !facet.is_always_seen();
        Facet::ALL.iter().filter(is_told).map(|facet| facet.text())
    }
}

/// What is in both.
impl BitAnd for Facets {
    type Output = Facets;

    fn bitand(self, other: Facets) -> Facets {
        Facets(self.0 & other.0)
    }
}

impl fmt::Debug for Facets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_both_have_and_what_is_always_seen() {
        let both = Facets::ALL.without(Facet::Lock) & Facets::ALL.without(Facet::Message);
        let missing = Facet::ALL.iter().filter(|facet| !both.contains(**facet));
        assert_eq!(missing.collect::<Vec<_>>(), [&Facet::Message, &Facet::Lock]);
        let none = Facet::ALL.iter().fold(Facets::ALL, |set, facet| set.without(*facet));
        assert!(none.contains(Facet::Raised) && none.contains(Facet::NotRaised) && none.contains(Facet::Missing));
        assert_eq!(none.names().count(), 0);
    }

    #[test]
    fn facets_are_found_by_their_names() {
        for facet in Facet::ALL {
            assert_eq!(Facet::named(facet.text()), Some(*facet));
        }
        assert_eq!(Facet::named("colour"), None);
    }
}
