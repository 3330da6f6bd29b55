//! What changed in memoryview between Python 3.8 and 3.15: one row a change.
//!
//! The code asks for a change by name (`profile.has(Change::HalfFloat)`) and never compares version numbers, so this
//! table is all that has to be read to know how the versions differ, and all that has to be edited for the next one.
//! A fix that came in several branches has a version for each; a branch newer than all of them has it from the start.

use crate::version::Version;

macro_rules! changes {
    ($($name:ident [$($version:expr),+] $issue:literal $summary:literal;)+) => {
        /// A named difference between Python versions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Change {
            $(#[doc = $summary] $name,)+
        }

        impl Change {
            /// Every change, oldest first as far as they have an order.
            pub const ALL: &'static [Change] = &[$(Change::$name),+];

            /// The name used in code.
            pub const fn name(self) -> &'static str {
                match self { $(Change::$name => stringify!($name),)+ }
            }

            /// The first version of each branch that has the change, ascending.
            pub const fn since(self) -> &'static [Version] {
                match self {
                    $(Change::$name => {
                        const SINCE: &[Version] = &[$($version),+];
                        SINCE
                    })+
                }
            }

            /// CPython's issue number, `gh-` or `bpo-`, or `measured`: no issue tells the patch levels, which are then those of
            /// the first versions tried that have the change.
            pub const fn issue(self) -> &'static str {
                match self { $(Change::$name => $issue,)+ }
            }

            /// One sentence: what is so since then.
            pub const fn summary(self) -> &'static str {
                match self { $(Change::$name => $summary,)+ }
            }
        }
    };
}

const fn v(minor: u8, patch: u8) -> Version {
    Version::new(3, minor, patch)
}

changes! {
    MethodPrefix [v(9, 0)] "measured" "Argument errors of methods that take none begin with `memoryview.`.";
    StructModule [v(9, 0)] "measured" "A compiled format of the struct module is called `_struct.Struct` in errors, no longer `Struct`.";
    OwnIterator [v(10, 0)] "bpo-41732" "memoryview has its own iterator: it refuses a bad view when it is made, and keeps the length that it then saw.";
    ArgumentsFirst [v(10, 0)] "bpo-41262" "Arguments of methods are checked before the view is found to be released, and named in the errors.";
    IntegerText [v(10, 0)] "measured" "An argument that is no integer is refused as `'X' object cannot be interpreted as an integer`.";
    ArrayModule [v(10, 0)] "measured" "The iterator of an array is called `array.arrayiterator`, no longer `arrayiterator`.";
    WeakrefModule [v(10, 0)] "measured" "A weak reference is called `weakref.ReferenceType`, no longer `weakref`.";
    ByteFirst [v(10, 0)] "measured" "`bytearray[i] = x` looks at the value before the index.";
    SequenceFlag [v(10, 0)] "measured" "Pattern matching takes a memoryview for a sequence (PEP 634).";
    ReleaseRecheck [v(10, 6), v(11, 0)] "gh-92888" "After a conversion has run program code, a released view is noticed before memory is touched.";
    SumOfFloats [v(12, 0)] "gh-100425" "`sum` of floats gives back what rounding loses.";
    PickleText [v(11, 0)] "measured" "Pickling fails with `cannot pickle memoryview objects`.";
    TypeText [v(11, 0)] "measured" "Subscripts of a type that takes none are refused by its name.";
    WithProtocol [v(11, 0)] "bpo-12022" "`with` refuses what is no context manager with a TypeError that names its type, no longer with the AttributeError `__enter__`.";
    HalfFloat [v(12, 0)] "gh-90751" "Format `e` (16-bit float) can be cast to, read, written and compared natively.";
    SliceHash [v(12, 0)] "gh-101264" "A slice can be hashed if its parts can.";
    BufferClasses [v(12, 0)] "gh-102500" "Python classes can export buffers (PEP 688): `__buffer__`, `__release_buffer__`, `_from_flags`, restricted views.";
    ZeroDimLength [v(12, 0)] "gh-83791" "`len()` of a 0-dimensional view is a TypeError; it was 1.";
    FlagsRange [v(12, 8), v(13, 1), v(14, 0)] "gh-126594" "`__buffer__` refuses flags that are less than a C int can be, too, and says `out of range`.";
    IterReleased [v(12, 8), v(13, 1), v(14, 0)] "gh-126341" "`iter()` of a released view raises ValueError; between 3.10 and this fix a direct call raised SystemError.";
    FlagsChecked [v(13, 0)] "gh-114685" "PyBUF_READ and PyBUF_WRITE are refused as request flags.";
    AttributeText [v(13, 0)] "measured" "Setting an unknown attribute says that there is no `__dict__`.";
    KeywordText [v(13, 0)] "measured" "Unknown keywords are reported as `got an unexpected keyword argument`.";
    ArrayW [v(13, 0)] "gh-80480" "`array` has the type code `w` and `clear()`.";
    BytearrayFill [v(13, 1), v(14, 0)] "gh-126980" "A bytearray refuses the request flags PyBUF_READ and PyBUF_WRITE; it ignored its own error.";
    ArrayCodesText [v(13, 4), v(14, 0)] "gh-132527" "A bad type code of `array` is answered with all that there are; `w` was missing.";
    ArgumentNames [v(14, 0)] "gh-123446" "`__setitem__`, `__setattr__`, `__buffer__` and `__release_buffer__` name themselves when they are given the wrong number of arguments.";
    ReversedListKept [v(13, 0)] "gh-112087" "An iterator from `reversed` keeps its list after the last item, for as long as it lives itself.";
    CountIndex [v(14, 0)] "gh-125420" "memoryview has `count()` and `index()`.";
    GenericAlias [v(14, 0)] "gh-126012" "`memoryview[int]` is a generic alias.";
    HalfPayload [v(14, 0)] "gh-130317" "Format `e` keeps the payload of a NaN.";
    SumOfComplex [v(14, 0)] "gh-121149" "`sum` of complex numbers gives back what rounding loses, and so does that of ints among floats.";
    StructComplex [v(14, 0)] "gh-121249" "The struct module knows the complex formats `F` and `D`.";
    ContainerText [v(14, 0)] "measured" "`in` on a 0-dimensional view says `is not a container or iterable`.";
    TupleUnasked [v(14, 0)] "gh-127058" "`tuple` takes items without asking first how many there are.";
    ReversedHint [v(14, 0)] "gh-120608" "`reversed` that has no item left says so without asking for a length, so a released view goes unnoticed.";
    WithMethod [v(14, 0)] "measured" "`with` looks for `__exit__` first, says that it has missed it, and gives the type its full name.";
    HashGuard [v(13, 12), v(14, 3), v(15, 0)] "gh-142664" "A view cannot be released while its exporter's `__hash__` runs.";
    HexGuard [v(13, 12), v(14, 3), v(15, 0)] "gh-143195" "A contiguous view cannot be released while `hex()` looks at its separator.";
    BoolAnyNonzero [v(13, 18), v(14, 5), v(15, 0)] "gh-148390" "Items of format `?` are compared by truth value; two different non-zero bytes were unequal. For 3.13 the patch level is measured.";
    Complex [v(15, 0)] "gh-148675" "Formats `Zf` and `Zd` (complex) can be cast to, read, written and compared; the struct module knows them too.";
    EqualsIdentity [v(15, 0)] "gh-144995" "A view of an integer-like format equals itself without being read.";
    HexWideGroup [v(15, 0)] "gh-147944" "`bytes_per_sep` of `hex()` may have any `Py_ssize_t` value.";
    SliceText [v(15, 0)] "measured" "A slice bound of a wrong type is refused without the words `or None`.";
    IndexText [v(15, 0)] "gh-130821" "An `__index__` that gives no int is refused as `X.__index__() must return an int, not Y`.";
    FromBytesBuffer [v(15, 0)] "gh-132108" "`int.from_bytes` reads a buffer in place, so it must be C-contiguous.";
    PackIntoArguments [v(15, 0)] "gh-143672" "`struct.pack_into` has its arguments converted as other functions have: it names itself and the one that is not writable, and an offset that is too large is an OverflowError, no longer an IndexError.";
    StructAscii [v(15, 0)] "gh-145850" "A struct format that is not ASCII is a ValueError.";
    BytearrayLimit [v(15, 0)] "gh-139871" "A bytearray keeps its bytes in a bytes object, so a size that no bytes object can have is a MemoryError before exports are looked at.";
    ArrayWideCodes [v(15, 0)] "gh-146238" "`array` has the type codes `e`, `Zf` and `Zd`: its first argument is a str, and no longer one character.";
}

const _: () = assert!(Change::ALL.len() <= 64, "a profile keeps the changes in 64 bits");

impl Change {
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u32
    }

    /// Whether `version` behaves in the changed way.
    pub fn is_in(self, version: Version) -> bool {
        let branch = |of: Version| (of.major, of.minor);
        let since = self.since();
        since.iter().any(|first| branch(*first) == branch(version) && *first <= version)
            || since.last().is_some_and(|last| branch(*last) < branch(version))
    }
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
    fn rows_are_well_formed() {
        for change in Change::ALL {
            assert!(change.since().is_sorted(), "{}", change.name());
            assert!(change.summary().ends_with('.'), "{}", change.name());
            let issue = change.issue();
            let is_number = ["gh-", "bpo-"].iter().any(|prefix| issue.starts_with(prefix));
            assert!(issue == "measured" || is_number, "{}", change.name());
        }
    }
}
