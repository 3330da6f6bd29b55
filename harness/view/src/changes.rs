//! What changed in memoryview between Python 3.8 and 3.15: one row a change.
//!
//! The code asks for a change by name (`profile.has(Change::HalfFloat)`) and never compares version numbers, so this
//! table is all that has to be read to know how the versions differ, and all that has to be edited for the next one.
//! A fix that came in several branches has a version for each; a branch newer than all of them has it from the start.

use crate::version::Version;

/// The bits of a set of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Set<const WORDS: usize>([u64; WORDS]);

/// How many words a set of so many changes takes.
pub const fn words(changes: usize) -> usize {
    changes.div_ceil(64)
}

impl<const WORDS: usize> Set<WORDS> {
    /// The changes of which these are the numbers.
    pub fn of(numbers: impl Iterator<Item = usize>) -> Self {
        numbers.fold(Set([0; WORDS]), Self::toggled)
    }

    /// Whether a change is in it.
    pub fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// The set with a change in it that was not, or without one that was.
    pub fn toggled(mut self, number: usize) -> Self {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word ^= 1 << (number % 64);
        }
        self
    }
}

/// Makes a table of changes: the enum `Change`, and the type `Changes` of its sets.
#[macro_export]
macro_rules! changes {
    ($($name:ident [$($version:expr),+] $issue:literal $summary:literal;)+) => {
        /// A named difference between Python versions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Change {
            $(#[doc = $summary] $name,)+
        }

        /// A set of changes.
        pub type Changes = $crate::changes::Set<{ $crate::changes::words(Change::ALL.len()) }>;

        impl Change {
            /// Every change, oldest first as far as they have an order.
            pub const ALL: &'static [Change] = &[$(Change::$name),+];

            /// The name used in code.
            pub const fn name(self) -> &'static str {
                match self { $(Change::$name => stringify!($name),)+ }
            }

            /// The first version of each branch that has the change, ascending.
            pub const fn since(self) -> &'static [$crate::Version] {
                match self {
                    $(Change::$name => {
                        const SINCE: &[$crate::Version] = &[$($version),+];
                        SINCE
                    })+
                }
            }

            /// CPython's issue number, `gh-` or `bpo-`, or `measured`: no issue tells the patch levels, which are then those
            /// of the first versions tried that have the change.
            pub const fn issue(self) -> &'static str {
                match self { $(Change::$name => $issue,)+ }
            }

            /// One sentence: what is so since then.
            pub const fn summary(self) -> &'static str {
                match self { $(Change::$name => $summary,)+ }
            }

            /// Whether `version` behaves in the changed way.
            pub fn is_in(self, version: $crate::Version) -> bool {
                $crate::changes::is_in(self.since(), version)
            }

            /// The changes that a version has.
            pub fn all_in(version: $crate::Version) -> Changes {
                Changes::of(Change::ALL.iter().filter(|change| change.is_in(version)).map(|change| *change as usize))
            }
        }

        #[cfg(test)]
        mod rows {
            use super::Change;

            #[test]
            fn are_well_formed() {
                for change in Change::ALL {
                    assert!(change.since().is_sorted(), "{}", change.name());
                    assert!(change.since().iter().all(|since| since.modelled() == Some(*since)), "{}", change.name());
                    assert!(change.summary().ends_with('.'), "{}", change.name());
                    let issue = change.issue();
                    let is_number = ["gh-", "bpo-"].iter().any(|prefix| issue.starts_with(prefix));
                    assert!(issue == "measured" || is_number, "{}", change.name());
                }
            }
        }
    };
}

/// Whether a change that came with these versions, the first of each branch, is in `version`.
pub fn is_in(since: &[Version], version: Version) -> bool {
    let branch = |of: Version| (of.major, of.minor);
    since.iter().any(|first| branch(*first) == branch(version) && *first <= version)
        || since.last().is_some_and(|last| branch(*last) < branch(version))
}

const fn v(minor: u8, patch: u8) -> Version {
    Version::new(3, minor, patch)
}

changes! {
    MethodPrefix [v(9, 0)] "measured" "Errors about the arguments of a method begin with the name of its type.";
    OwnIterator [v(10, 0)] "bpo-41732" "memoryview has its own iterator: it refuses a bad view when it is made, and keeps the length that it then saw.";
    ArgumentsFirst [v(10, 0)] "bpo-41262" "Arguments of methods are checked before the view is found to be released, and named in the errors.";
    IntegerText [v(10, 0)] "measured" "An argument that is no integer is refused as `'X' object cannot be interpreted as an integer`.";
    ReleaseRecheck [v(10, 6), v(11, 0)] "gh-92888" "After a conversion has run program code, a released view is noticed before memory is touched.";
    MethodOwner [v(11, 0)] "measured" "A method that takes no keywords says whose it is when it is given one.";
    PickleText [v(11, 0)] "measured" "Pickling fails with `cannot pickle memoryview objects`.";
    TypeText [v(11, 0)] "measured" "Subscripts of a type that takes none are refused by its name.";
    HalfFloat [v(12, 0)] "gh-90751" "Format `e` (16-bit float) can be cast to, read, written and compared natively.";
    BufferClasses [v(12, 0)] "gh-102500" "Python classes can export buffers (PEP 688): `__buffer__`, `__release_buffer__`, `_from_flags`, restricted views.";
    ZeroDimLength [v(12, 0)] "gh-83791" "`len()` of a 0-dimensional view is a TypeError; it was 1.";
    FlagsChecked [v(13, 0)] "gh-114685" "PyBUF_READ and PyBUF_WRITE are refused as request flags.";
    AttributeText [v(13, 0)] "measured" "Setting an unknown attribute says that there is no `__dict__`.";
    KeywordText [v(13, 0)] "measured" "Unknown keywords are reported as `got an unexpected keyword argument`.";
    FlagsRange [v(12, 8), v(13, 1), v(14, 0)] "gh-126594" "`__buffer__` refuses flags that are less than a C int can be, too, and says `out of range`.";
    IterReleased [v(12, 8), v(13, 1), v(14, 0)] "gh-126341" "`iter()` of a released view raises ValueError; between 3.10 and this fix a direct call raised SystemError.";
    ArgumentNames [v(14, 0)] "gh-123446" "`__setitem__`, `__setattr__`, `__buffer__` and `__release_buffer__` name themselves when they are given the wrong number of arguments.";
    CountIndex [v(14, 0)] "gh-125420" "memoryview has `count()` and `index()`.";
    GenericAlias [v(14, 0)] "gh-126012" "`memoryview[int]` is a generic alias.";
    HalfPayload [v(14, 0)] "gh-130317" "Format `e` keeps the payload of a NaN.";
    StructComplex [v(14, 0)] "gh-121249" "The struct module knows the complex formats `F` and `D`.";
    ContainerText [v(14, 0)] "measured" "`in` on a 0-dimensional view says `is not a container or iterable`.";
    ReversedHint [v(14, 0)] "gh-120608" "`reversed` that has no item left says so without asking for a length, so a released view goes unnoticed.";
    HashGuard [v(13, 12), v(14, 3), v(15, 0)] "gh-142664" "A view cannot be released while its exporter's `__hash__` runs.";
    HexGuard [v(13, 12), v(14, 3), v(15, 0)] "gh-143195" "A contiguous view cannot be released while `hex()` looks at its separator.";
    BoolAnyNonzero [v(13, 18), v(14, 5), v(15, 0)] "gh-148390" "Items of format `?` are compared by truth value; two different non-zero bytes were unequal. For 3.13 the patch level is measured.";
    Complex [v(15, 0)] "gh-148675" "Formats `Zf` and `Zd` (complex) can be cast to, read, written and compared; the struct module knows them too.";
    EqualsIdentity [v(15, 0)] "gh-144995" "A view of an integer-like format equals itself without being read.";
    HexWideGroup [v(15, 0)] "gh-147944" "`bytes_per_sep` of `hex()` may have any `Py_ssize_t` value.";
    SliceText [v(15, 0)] "measured" "A slice bound of a wrong type is refused without the words `or None`.";
    IndexText [v(15, 0)] "gh-130821" "An `__index__` that gives no int is refused as `X.__index__() must return an int, not Y`.";
    StructAscii [v(15, 0)] "gh-145850" "A struct format that is not ASCII is a ValueError.";
    CastFormatText [v(15, 0)] "measured" "`cast` no longer calls its format a single character.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Change::ReleaseRecheck, "3.9.18", false)]
    #[case(Change::ReleaseRecheck, "3.10.5", false)]
    #[case(Change::ReleaseRecheck, "3.10.6", true)]
    #[case(Change::ReleaseRecheck, "3.11", true)]
    #[case(Change::IterReleased, "3.12.7", false)]
    #[case(Change::IterReleased, "3.12.8", true)]
    #[case(Change::IterReleased, "3.13.0", false)]
    #[case(Change::IterReleased, "3.13.1", true)]
    #[case(Change::IterReleased, "3.14", true)]
    #[case(Change::IterReleased, "3.11.9", false)]
    #[case(Change::HalfFloat, "3.11.99", false)]
    #[case(Change::HalfFloat, "3.15", true)]
    #[case(Change::HashGuard, "3.14.2", false)]
    #[case(Change::HashGuard, "4.0", true)]
    #[case(Change::FlagsRange, "3.13.0", false)]
    #[case(Change::FlagsRange, "3.13.1", true)]
    #[case(Change::BoolAnyNonzero, "3.14.4", false)]
    #[case(Change::BoolAnyNonzero, "3.13.18", true)]
    fn a_fix_is_looked_up_by_branch(#[case] change: Change, #[case] version: Version, #[case] expected: bool) {
        assert_eq!(change.is_in(version), expected);
    }

    #[test]
    fn a_set_grows_beyond_a_word() {
        let set = Set::<2>::of([0, 63, 64, 100].into_iter());
        assert!([0, 63, 64, 100].iter().all(|number| set.has(*number)));
        assert!([1, 62, 65, 127, 128].iter().all(|number| !set.has(*number)));
        assert!(!set.toggled(100).has(100) && set.toggled(5).has(5));
    }
}
