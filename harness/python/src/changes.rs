//! The changes between Python 3.8 and 3.15 in the types and functions around memoryview, one row per change.
//!
//! The changes of memoryview, and those that affect all of Python, are in `view::changes`. A [`Profile`] combines both
//! tables with a version and the sizes of C types.

use view::{Abi, Version};

const fn v(minor: u8, patch: u8) -> Version {
    Version::new(3, minor, patch)
}

view::changes! {
    BytearrayFresh [v(13, 4), v(14, 0)] "gh-91153" "A subscript that makes a bytearray longer or shorter while it is asked finds its new memory.";
    BytearrayBounds [v(13, 0)] "measured" "Methods of bytearrays that search ask for the bounds first, and then look where the bytes are.";
    BytearrayExtendError [v(10, 0)] "measured" "`extend` of a bytearray leaves out all items where getting one raises; it appended those before that one.";
    BytearrayEmptyHint [v(13, 12), v(14, 3), v(15, 0)] "gh-143003" "`extend` of a bytearray takes what gives items though it has said that there are none; it wrote over memory that all empty bytearrays share.";
    BytearrayGuard [v(13, 12), v(14, 3), v(15, 0)] "gh-142560" "A bytearray can't be resized while it asks what it should search for.";
    BytearrayJoinGuard [v(11, 7), v(12, 1), v(13, 0)] "gh-112625" "A bytearray can't be resized while `join` asks for the parts.";
    ArrayBoundsAgain [v(13, 12), v(14, 3), v(15, 0)] "gh-142555" "`array[i] = x` and `append` look again whether there is such an item, when the value was converted.";
    ArrayCodeLeak [v(13, 18), v(14, 10), v(15, 0)] "gh-148484" "`array` lets go of the iterator over its items where the type code is bad. For 3.13 and 3.14 the patch level is measured.";
    StructModule [v(9, 0)] "measured" "A compiled format of the struct module is called `_struct.Struct` in errors, no longer `Struct`.";
    MmapState [v(9, 0)] "measured" "The text of a memory map says its length, where it stands and whether it is closed.";
    FloorDivisionText [v(9, 0)] "measured" "`//` of a float by zero is called a floor division; it was a `divmod`.";
    ArrayModule [v(10, 0)] "measured" "The iterator of an array is called `array.arrayiterator`, no longer `arrayiterator`.";
    WeakrefModule [v(10, 6), v(11, 0)] "gh-79512" "A weak reference is called `weakref.ReferenceType`, no longer `weakref`.";
    ByteFirst [v(10, 6), v(11, 0)] "gh-91153" "`bytearray[i] = x` looks at the value before the index.";
    ListUnasked [v(10, 13), v(11, 0)] "gh-84010" "`list` makes an iterator without asking first how many items there are. For 3.10 the patch level is measured.";
    ZipStrict [v(10, 0)] "bpo-40636" "`zip` has the argument `strict`.";
    StrZeroPadding [v(10, 0)] "bpo-27772" "The format `05` of a str fills with zeros on the right; it was refused as one of numbers.";
    RealNumberText [v(10, 0)] "measured" "`int` says that it takes real numbers, no longer numbers.";
    UnionText [v(10, 0)] "measured" "`isinstance` says that its second argument may be a union, too.";
    FloatBlankText [v(10, 0)] "measured" "`float` of nothing but white space shows what it was given, no longer an empty str.";
    FloatArgumentText [v(10, 0)] "measured" "`float` says that it takes real numbers, no longer numbers.";
    PercentRealText [v(10, 0)] "measured" "`%d` says that it takes real numbers, no longer numbers.";
    EncodingText [v(10, 0)] "measured" "`bytes` and `bytearray` call their second argument `encoding`, no longer by its number.";
    BytesDunder [v(11, 0)] "bpo-24234" "Bytes have `__bytes__`, so that `bytes` of an object derived from them does not ask for its `__index__`.";
    UnboundLocalText [v(11, 0)] "measured" "The text about a local variable that is not bound speaks of access, no longer of an assignment.";
    InlinedComprehensions [v(12, 0)] "gh-97933" "A list comprehension has no frame of its own, so that its variables are those of the function around it, and an exception keeps none of them.";
    MovedArguments [v(11, 0)] "measured" "A call of a Python function moves the arguments into its frame, so that one which the function unbinds may die there; the caller held them until the call was over.";
    WithProtocol [v(11, 0)] "bpo-12022" "`with` refuses what is no context manager with a TypeError that names its type, no longer with the AttributeError `__enter__`.";
    MmapFastFind [v(11, 0)] "measured" "A memory map finds the empty bytes in a range that ends before it starts.";
    MmapFindRange [v(11, 5), v(12, 0)] "gh-105235" "A memory map finds nothing in a range that ends before it starts.";
    StructShortText [v(11, 0)] "measured" "The text for an int that no `h` can hold has numbers in it, no longer the terms of C.";
    StructRangeText [v(12, 0)] "measured" "The text for an int that its struct format can't hold has the code and the range of the format, whichever it is.";
    StructOverflow [v(12, 0)] "measured" "An OverflowError of `__index__` is taken for an int that the struct format can't hold.";
    StructFloatOverflow [v(13, 13), v(14, 4), v(15, 0)] "gh-145633" "`struct.pack` with `f` in native sizes refuses a float that would become infinite.";
    StrAsciiIterator [v(11, 0)] "measured" "The iterator over a str of ASCII has a type of its own.";
    ToBytesDefaults [v(11, 0)] "bpo-45155" "`int.to_bytes` and `int.from_bytes` have the defaults `1` and `big`.";
    RemainderText [v(11, 0)] "measured" "`%` of an int by zero says that it is a modulo and no division.";
    SumOfFloats [v(12, 0)] "gh-100425" "`sum` of floats gives back what rounding loses.";
    EmptyExtremeText [v(12, 0)] "measured" "`max` and `min` of nothing say that the iterable argument is empty.";
    SliceHash [v(12, 0)] "gh-101264" "A slice can be hashed if its parts can.";
    BytesioHeapType [v(12, 0)] "measured" "The type `BytesIO` is made at run time.";
    GetbufferText [v(12, 0)] "gh-101819" "`BytesIO.getbuffer` is refused arguments without the name of its type.";
    ArrayW [v(13, 0)] "gh-80480" "`array` has the type code `w` and `clear()`.";
    ReversedListKept [v(13, 0)] "gh-112087" "An iterator from `reversed` keeps its list after the last item, for as long as it lives itself.";
    ChrRange [v(13, 0)] "measured" "`chr` of an int that is no C int is a ValueError, as of others that are no code.";
    FloatRemainderText [v(13, 0)] "measured" "`%` of a float by zero says that it is by zero.";
    MmapSeek [v(13, 0)] "gh-111835" "`seek` of a memory map gives the new position, and there is `seekable`.";
    ListSliceText [v(13, 0)] "measured" "What can't be assigned to any slice of a list is refused in the words of an extended slice.";
    ListIndexText [v(14, 0)] "measured" "`list.index` does not write the value that it has not found.";
    UnpackedCount [v(14, 0)] "measured" "A list or tuple with too many values for its targets is told with their number.";
    WithMethod [v(14, 0)] "measured" "`with` looks for `__exit__` first, says that it has missed it, and gives the type its full name.";
    BytearrayFill [v(13, 1), v(14, 0)] "gh-126980" "A bytearray refuses the request flags PyBUF_READ and PyBUF_WRITE; it ignored its own error.";
    ArrayCodesText [v(13, 4), v(14, 0)] "gh-132527" "A bad type code of `array` is answered with all that there are; `w` was missing.";
    SumOfComplex [v(14, 0)] "gh-121149" "`sum` of complex numbers gives back what rounding loses, and so does that of ints among floats.";
    FromHexBuffer [v(14, 0)] "gh-129349" "`fromhex` takes bytes, too.";
    FromHexEven [v(14, 0)] "measured" "`fromhex` says that a digit is missing at the end.";
    DivisionText [v(14, 0)] "measured" "Every division by zero has the same text.";
    BufferSize [v(14, 0)] "gh-117151" "`io.DEFAULT_BUFFER_SIZE` is 128 KiB; it was 8.";
    PickleProtocol [v(14, 0)] "measured" "`pickle.DEFAULT_PROTOCOL` is 5; it was 4.";
    PercentCharText [v(14, 0)] "measured" "`%c` says what it was given, and `%i` of bytes is no longer called `%d`.";
    DictKeyText [v(14, 0)] "measured" "A key of a dict that can't be hashed is called a key.";
    TupleUnasked [v(14, 0)] "gh-127058" "`tuple` takes items without asking first how many there are.";
    MmapGrowth [v(13, 8), v(14, 0)] "gh-138204" "A memory map of fresh pages can't be made larger.";
    FromBytesBuffer [v(15, 0)] "gh-132108" "`int.from_bytes` reads a buffer in place, so it must be C-contiguous.";
    PackIntoArguments [v(15, 0)] "gh-143672" "`struct.pack_into` has its arguments converted as other functions have: it names itself and the one that is not writable, and an offset that is too large is an OverflowError, no longer an IndexError.";
    BytearrayLimit [v(15, 0)] "gh-139871" "A bytearray keeps its bytes in a bytes object, so a size that no bytes object can have is a MemoryError before exports are looked at.";
    ArrayWideCodes [v(15, 0)] "gh-146238" "`array` has the type codes `e`, `Zf` and `Zd`: its first argument is a str, and no longer one character.";
    SlotResultText [v(15, 0)] "measured" "A class whose `__bool__`, `__float__`, `__iter__`, `__repr__` … returns another type than it should is named in the error.";
    PercentText [v(15, 0)] "measured" "The errors of `%` say which of the values they are about and how many there are, and where in the format something is wrong.";
    MmapArguments [v(14, 1), v(15, 0)] "gh-116738" "Methods of memory maps look at their arguments before they ask whether the map is closed, and count them in other words.";
    MmapSize [v(15, 0)] "gh-87595" "A memory map of fresh pages knows its size.";
    MmapFlush [v(15, 0)] "gh-138092" "`flush` of a memory map goes on to the end by default.";
    MmapFindNothing [v(15, 0)] "gh-151021" "A memory map does not find the empty bytes beyond its end.";
    BytesioWriteFirst [v(13, 12), v(14, 3), v(15, 0)] "gh-143378" "`BytesIO.write` asks for a buffer before it asks whether the stream is closed or exported.";
    BytesioTruncate [v(14, 1), v(15, 0)] "gh-132551" "`BytesIO.truncate` looks at its argument last, and refuses it in the words of an int.";
    BytesioFailedInit [v(13, 18), v(14, 10), v(15, 2)] "gh-157048" "`BytesIO.__init__` that fails because there is a view leaves the stream as it is; it lost value and position.";
    MmapValueFirst [v(13, 18), v(14, 10), v(15, 2)] "measured" "`map[i] = x` looks at the value before it asks whether the map is closed and the index inside.";
}

/// A version of Python with the sizes of its C types and the changes that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Profile {
    view: view::Profile,
    changes: Changes,
}

/// A change from one of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyChange {
    /// A change of memoryview, or of all of Python.
    View(view::Change),
    /// A change of another type or function.
    Python(Change),
}

impl From<view::Change> for AnyChange {
    fn from(change: view::Change) -> AnyChange {
        AnyChange::View(change)
    }
}

impl From<Change> for AnyChange {
    fn from(change: Change) -> AnyChange {
        AnyChange::Python(change)
    }
}

impl From<view::Profile> for Profile {
    fn from(view: view::Profile) -> Profile {
        Profile { view, changes: Change::all_in(view.version()) }
    }
}

impl Profile {
    /// Returns the part of the profile on which memoryview depends.
    pub fn view(self) -> view::Profile {
        self.view
    }

    /// The sizes of C types.
    pub fn abi(self) -> Abi {
        self.view.abi()
    }

    /// Returns whether this version has a change.
    pub fn has(self, change: impl Into<AnyChange>) -> bool {
        match change.into() {
            AnyChange::View(change) => self.view.has(change),
            AnyChange::Python(change) => self.changes.has(change as usize),
        }
    }

    /// Returns a profile that no real Python has: this one with `change` removed if it has it, and added otherwise.
    pub fn toggled(self, change: AnyChange) -> Profile {
        match change {
            AnyChange::View(change) => Profile { view: self.view.toggled(change), ..self },
            AnyChange::Python(change) => Profile { changes: self.changes.toggled(change as usize), ..self },
        }
    }
}

impl AnyChange {
    /// Every change of both tables.
    pub fn all() -> impl Iterator<Item = AnyChange> {
        let view = view::Change::ALL.iter().copied().map(AnyChange::View);
        view.chain(Change::ALL.iter().copied().map(AnyChange::Python))
    }

    /// The name used in code.
    pub fn name(self) -> &'static str {
        match self {
            AnyChange::View(change) => change.name(),
            AnyChange::Python(change) => change.name(),
        }
    }

    /// CPython's issue number, or `measured`.
    pub fn issue(self) -> &'static str {
        match self {
            AnyChange::View(change) => change.issue(),
            AnyChange::Python(change) => change.issue(),
        }
    }

    /// One sentence: what is so since then.
    pub fn summary(self) -> &'static str {
        match self {
            AnyChange::View(change) => change.summary(),
            AnyChange::Python(change) => change.summary(),
        }
    }

    /// The first version with the change in each branch, ascending.
    pub fn since(self) -> &'static [Version] {
        match self {
            AnyChange::View(change) => change.since(),
            AnyChange::Python(change) => change.since(),
        }
    }

    /// Returns whether `version` has the change.
    pub fn is_in(self, version: Version) -> bool {
        view::changes::is_in(self.since(), version)
    }
}
