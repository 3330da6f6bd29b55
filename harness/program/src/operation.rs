//! The operations of the language, one row each.
//!
//! A row says how an operation is written in Python, what operands it takes, and what it returns. Printing, parsing,
//! calls of CPython, generation, shrinking and signatures follow from it. The meaning of an operation is implemented
//! once, in the crate `python`.

mod kind;

pub use crate::row::{Gives, Of, Parameter, Row, Syntax, Takes};
pub use kind::{CONSTANTS, MODULES, TYPES};

macro_rules! operations {
    ($($(#[$doc:meta])* $kind:ident $name:literal $syntax:expr, [$($parameter:ident: $takes:ident $($optional:literal)?),*]
        => $gives:expr;)*) => {
        /// What an operation does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every operation, in the order of the table.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];
        }

        static ROWS: &[Row] = &[$(Row {
            name: $name,
            syntax: $syntax,
            parameters: &[$(Parameter {
                name: stringify!($parameter),
                takes: Takes::$takes,
                optional: is_marked(&[$($optional)?]),
            }),*],
            gives: $gives,
        }),*];
    };
}

/// Returns whether a parameter is marked as optional, with `"?"`.
const fn is_marked(marks: &[&str]) -> bool {
    !marks.is_empty()
}

use Gives::{Array, Bytearray, Bytes, Exporter, Hook, Iterator, Nothing, Other, Part, Same, Slice, Tuple, View};
use Syntax::{AnyAttribute, AnyCall, AnyMethod, Attribute, Call, Control, Get, Infix, Method, Prefix};

#[rustfmt::skip]
operations! {
    // Names, constants and displays.
    /// A constant or another name.
    Plain           "plain"             Syntax::Plain,                      [value: Any] => Same;
    /// A tuple with parts that are not constants.
    Tuple           "tuple display"     Syntax::Tuple,                      [] => Tuple;
    /// A list with parts that are not constants.
    List            "list display"      Syntax::List,                       [] => Other;
    /// A slice with parts that are not constants.
    Slice           "slice display"     Syntax::Slice,                      [start: Any, stop: Any, step: Any] => Slice;
    /// An f-string, of texts and fields.
    FString         "f-string"          Syntax::FString,                    [] => Other;
    /// The text of a field of an f-string, by its conversion (`r`, `s` or none) and its format.
    Field           "f-string field"    Syntax::Field,                      [value: Any, conversion: Any, format: Any] => Other;
    /// Unbinds a name.
    Unbind          "del name"          Syntax::Unbind,                     [name: Any] => Nothing;
    /// Imports a module. Observable only if the module is missing.
    Import          "import"            Syntax::Import,                     [module: Any] => Nothing;
    /// Starts a `with` block.
    Enter           "with"              Syntax::Enter,                      [manager: View] => Same;
    /// Ends a `with` block.
    Leave           "end of with"       Syntax::Leave,                      [] => Nothing;

    // What runs bodies. The operands that are not named here are bodies, or `None` where there is none.
    /// `if test: then`, with `else`: the test, two bodies.
    If              "if"                Control,                            [test: Any] => Nothing;
    /// `while test: block`, with `else`: three bodies, the first of which gives the test.
    While           "while"             Control,                            [] => Nothing;
    /// `for target in iterable: block`, with `else`: two bodies. The first begins with the target.
    For             "for"               Control,                            [iterable: Any] => Nothing;
    /// `try`: the block, that of `else`, that of `finally`, and for each `except` what gives the class, the variable, and
    /// the block.
    Try             "try"               Control,                            [] => Nothing;
    /// `pass`
    Pass            "pass"              Control,                            [] => Nothing;
    /// `break`
    Break           "break"             Control,                            [] => Nothing;
    /// `continue`
    Continue        "continue"          Control,                            [] => Nothing;
    /// `return value`
    Return          "return"            Control,                            [value: Any "?"] => Nothing;
    /// `raise error from cause`
    Raise           "raise"             Control,                            [error: Any "?", cause: Any "?"] => Nothing;
    /// `assert test, message`: the test, and a body that gives the message.
    Assert          "assert"            Control,                            [test: Any] => Nothing;
    /// `def`: the body of the function, and the defaults of its parameters.
    Define          "def"               Control,                            [] => Other;
    /// `class`: a body whose local variables are the attributes of the class, and its base, if it has one.
    Class           "class"             Control,                            [] => Other;
    /// `super()` in a method.
    Super           "super"             Control,                            [] => Other;
    /// `a, *b, c = value`: how many targets stand before the one with the star and after it, or `None` without one. It gives as
    /// many temporaries, one after the other.
    Targets         "unpacking"         Control,                            [value: Any, before: Any, after: Any] => Nothing;
    /// `a = b = value`: the value, and the number of targets. It gives as many temporaries.
    Share           "chained assignment" Control,                           [value: Any, count: Any] => Nothing;
    /// Binds a variable to one of several values, or to what a body is given. Unlike an assignment it is no value of a step.
    Store           "assignment of a part" Control,                         [value: Any] => Nothing;
    /// `left and right`, the right side being a body.
    AndThen         "and"               Control,                            [left: Any] => Other;
    /// `left or right`, the right side being a body.
    OrElse          "or"                Control,                            [left: Any] => Other;
    /// `then if test else other`: the test, two bodies.
    Choose          "conditional"       Control,                            [test: Any] => Other;
    /// `left < middle < right`: the first two, the operator between them, and a body that is given the middle and goes on.
    Chain           "chained comparison" Control,                           [left: Any, operator: Any, middle: Any] => Other;
    /// `[item for target in iterable if test]`: a body that begins with the target and makes the items.
    Comprehend      "list comprehension" Control,                           [iterable: Any] => Other;
    /// `(item for target in iterable if test)`, in the same form.
    Generate        "generator expression" Control,                         [iterable: Any] => Iterator;
    /// An item of the innermost comprehension.
    Item            "item"              Control,                            [value: Any] => Nothing;
    /// A call of an object that the program has made or been given.
    CallObject      "call of an object" Syntax::CallObject,                 [callee: Any] => Other;

    // Making exporters and views.
    /// A view of an exporter or of another view.
    NewView         "memoryview"        Call("memoryview"),                 [object: Exporter] => View(Of::Again);
    /// A copy as bytes.
    NewBytes        "bytes"             Call("bytes"),                      [source: Bytes "?", encoding: Any "?"] => Bytes;
    /// A copy as a bytearray.
    NewBytearray    "bytearray"         Call("bytearray"),                  [source: Bytes "?", encoding: Any "?"] => Bytearray;
    /// An array.
    NewArray        "array.array"       Call("array.array"),                [typecode: Typecode, items: Items "?"] => Array;
    /// A numpy array.
    NewNumpy        "numpy.array"       Call("numpy.array"),                [object: Items] => Exporter;
    /// A memory map of fresh pages.
    NewMmap         "mmap.mmap"         Call("mmap.mmap"),                  [fileno: Any, length: Any] => Exporter;
    /// An exporter with any layout. Not part of Python; a case that uses it needs `exporter`.
    NewExporter     "exporter"          Call("exporter"),                   [data: Bytes, format: Format "?", itemsize: Any "?", shape: Shape "?", strides: Any "?", offset: Any "?", suboffsets: Any "?", readonly: Any "?", hash: Any "?"] => Exporter;
    /// An object whose special methods (`__index__`, `__float__`, `__bool__`, `__eq__`, `__hash__`, `__len__`,
    /// `__call__`) first release one object and append to another, and then return `answer`. Not part of Python; a case
    /// that uses it needs `hook`.
    NewHook         "hook"              Call("hook"),                       [answer: Any, releases: View "?", appends: Resizable "?"] => Hook;
    /// Sets the actions of a hook, which can involve objects that were created after it.
    Arm             "arm"               Method("arm"),                      [hook: Any, releases: View "?", appends: Resizable "?"] => Other;
    /// The result of a request for a buffer with the given flags (`PyObject_GetBuffer`), which is released at once:
    /// `(len, itemsize, readonly, ndim, format, shape, strides, suboffsets)`. A case that uses it needs `capi`.
    Request         "request"           Call("request"),                    [object: Exporter, flags: Flags] => Other;
    /// A contiguous view of the memory, or of a copy (`PyMemoryView_GetContiguous`). A case that uses it needs `capi`.
    GetContiguous   "get_contiguous"    Call("get_contiguous"),             [object: Exporter, writable: Any, order: Order] => View(Of::Contiguous);
    /// Bytes packed by a struct format.
    StructPack      "struct.pack"       Call("struct.pack"),                [format: Format, value: Item] => Bytes;
    /// The values of one item, unpacked from a whole buffer.
    Unpack          "struct.unpack"     Call("struct.unpack"),              [format: Format, buffer: Exporter] => Other;
    /// The values of one item, unpacked from a part of a buffer.
    UnpackFrom      "struct.unpack_from" Call("struct.unpack_from"),        [format: Format, buffer: Exporter, offset: Index "?"] => Other;
    /// An iterator over items, which holds the buffer until it is exhausted.
    IterUnpack      "struct.iter_unpack" Call("struct.iter_unpack"),        [format: Format, buffer: Exporter] => Iterator;
    /// Packs values into a buffer.
    PackInto        "struct.pack_into"  Call("struct.pack_into"),           [format: Format, buffer: Exporter, offset: Index, value: Item] => Other;
    /// A compiled struct format.
    NewStruct       "struct.Struct"     Call("struct.Struct"),              [format: Format] => Other;

    // Subscripts.
    /// An item or a part.
    Get             "get"               Get,                                [container: View, key: Key] => Part;
    /// Writes an item or a part.
    Set             "set"               Syntax::Set,                        [container: View, key: Key, value: Item] => Nothing;
    /// Deletes an item or a part.
    Delete          "delete"            Syntax::Delete,                     [container: View, key: Key] => Nothing;
    /// Reads an item or a part that the operator of the statement changes in place. The container and the key are kept
    /// until it has, and then the result is written there.
    Hold            "get to change"     Syntax::Hold,                       [container: View, key: Key] => Part;

    // Attributes that are set.
    /// Sets an attribute.
    SetAttribute    "set attribute"     Syntax::SetAttribute,               [object: Any, name: Any, value: Any] => Nothing;
    /// Deletes an attribute.
    DeleteAttribute "delete attribute"  Syntax::DeleteAttribute,            [object: Any, name: Any] => Nothing;
    /// Reads an attribute that the operator of the statement changes in place, as for an item.
    HoldAttribute   "attribute to change" Syntax::HoldAttribute,            [object: Any, name: Any] => Other;

    // Methods of memoryview.
    /// The items in nested lists.
    ToList          "tolist"            Method("tolist"),                   [view: View] => Other;
    /// The bytes of the items, in the given order of dimensions.
    ToBytes         "tobytes"           Method("tobytes"),                  [view: View, order: Order "?"] => Bytes;
    /// The bytes of the items in hexadecimal.
    Hex             "hex"               Method("hex"),                      [view: View, sep: Separator "?", bytes_per_sep: Group "?"] => Other;
    /// The same memory with another format or shape.
    Cast            "cast"              Method("cast"),                     [view: View, format: Format, shape: Shape "?"] => View(Of::Cast);
    /// A read-only view of the same memory.
    ToReadonly      "toreadonly"        Method("toreadonly"),               [view: View] => View(Of::Readonly);
    /// Releases the buffer.
    Release         "release"           Method("release"),                  [view: View] => Other;
    /// The method that `with` calls at the start of the block.
    EnterMethod     "__enter__"         Method("__enter__"),                [view: View] => Same;
    /// The method that `with` calls at the end of the block.
    ExitMethod      "__exit__"          Method("__exit__"),                 [view: View, kind: Any "?", value: Any "?", traceback: Any "?"] => Other;
    /// A view of the buffer that a request with the given flags returns.
    GetBuffer       "__buffer__"        Method("__buffer__"),               [object: Exporter, flags: Flags] => View(Of::Through);
    /// Releases the buffer of such a view.
    ReleaseBuffer   "__release_buffer__" Method("__release_buffer__"),      [object: Exporter, view: View] => Other;

    // Attributes of memoryview.
    /// The exporter.
    Obj             "obj"               Attribute("obj"),                   [view: View] => Other;
    /// The size of all items, in bytes.
    Nbytes          "nbytes"            Attribute("nbytes"),                [view: View] => Other;
    /// Whether the view is read-only.
    Readonly        "readonly"          Attribute("readonly"),              [view: View] => Other;
    /// The format of an item.
    Format          "format"            Attribute("format"),                [view: View] => Other;
    /// The size of an item, in bytes.
    Itemsize        "itemsize"          Attribute("itemsize"),              [view: View] => Other;
    /// The number of dimensions.
    Ndim            "ndim"              Attribute("ndim"),                  [view: View] => Other;
    /// The number of items in each dimension.
    Shape           "shape"             Attribute("shape"),                 [view: View] => Other;
    /// The distance between items in each dimension, in bytes.
    Strides         "strides"           Attribute("strides"),               [view: View] => Other;
    /// The offset added after following a pointer in each dimension, in bytes.
    Suboffsets      "suboffsets"        Attribute("suboffsets"),            [view: View] => Other;
    /// Whether the items are C-contiguous.
    CContiguous     "c_contiguous"      Attribute("c_contiguous"),          [view: View] => Other;
    /// Whether the items are Fortran-contiguous.
    FContiguous     "f_contiguous"      Attribute("f_contiguous"),          [view: View] => Other;
    /// Whether the items are contiguous in either order.
    Contiguous      "contiguous"        Attribute("contiguous"),            [view: View] => Other;
    /// Any function without a row.
    AnyCall         "call"              AnyCall,                            [path: Any] => Other;
    /// Reads a member of a module: a constant or an error, or one that no Python has, which raises AttributeError.
    Member          "member"            Syntax::Member,                     [path: Any] => Other;
    /// Any attribute without a row.
    AnyAttribute    "attribute"         AnyAttribute,                       [object: Any, name: Any] => Other;
    /// Looks up the method that is called next, before its arguments are evaluated. Returns the receiver.
    Lookup          "lookup"            Syntax::Lookup,                     [object: Any, name: Any] => Same;
    /// Any method without a row.
    AnyMethod       "method"            AnyMethod,                          [object: Any, name: Any] => Other;

    // Functions.
    /// The number of items in the first dimension.
    Len             "len"               Call("len"),                        [object: View] => Other;
    /// The items as a list.
    ListOf          "list"              Call("list"),                       [iterable: View "?"] => Other;
    /// The items as a tuple.
    TupleOf         "tuple"             Call("tuple"),                      [iterable: View "?"] => Other;
    /// The truth value.
    BoolOf          "bool"              Call("bool"),                       [object: View "?"] => Other;
    /// The type of an object.
    TypeOf          "type"              Call("type"),                       [object: Any] => Other;
    /// `str(object)`
    Str             "str"               Call("str"),                        [object: Any "?", encoding: Any "?"] => Other;
    /// `repr(object)`
    Repr            "repr"              Call("repr"),                       [object: Any] => Other;
    /// Prints an object.
    Print           "print"             Call("print"),                      [] => Other;
    /// A hash of the content.
    Hash            "hash"              Call("hash"),                       [object: View] => Other;
    /// An iterator over the items.
    Iter            "iter"              Call("iter"),                       [object: View] => Iterator;
    /// The next item of an iterator.
    Next            "next"              Call("next"),                       [iterator: Iterator] => Other;
    /// An iterator over the items, in reverse.
    Reversed        "reversed"          Call("reversed"),                   [object: View] => Iterator;
    /// Whether an object is of a type.
    IsInstance      "isinstance"        Call("isinstance"),                 [object: Any, class: Class] => Other;
    /// An int from text or a number.
    IntOf           "int"               Call("int"),                        [value: Any "?"] => Other;
    /// An int from bytes.
    IntFromBytes    "int.from_bytes"    Call("int.from_bytes"),             [bytes: View, byteorder: Byteorder] => Other;
    /// The code of a character.
    Ord             "ord"               Call("ord"),                        [character: Any] => Other;
    /// The sum of the items.
    Sum             "sum"               Call("sum"),                        [iterable: View] => Other;
    /// The largest item.
    Max             "max"               Call("max"),                        [iterable: View] => Other;
    /// The smallest item.
    Min             "min"               Call("min"),                        [iterable: View] => Other;
    /// The items in order.
    Sorted          "sorted"            Call("sorted"),                     [iterable: View] => Other;
    /// Whether all items are true.
    All             "all"               Call("all"),                        [iterable: View] => Other;
    /// Whether an item is true.
    AnyOf           "any"               Call("any"),                        [iterable: View] => Other;
    /// An iterator over tuples of items of several iterables.
    Zip             "zip"               Call("zip"),                        [] => Other;
    /// An iterator over the items with their indices.
    Enumerate       "enumerate"         Call("enumerate"),                  [iterable: View, start: Any "?"] => Other;
    /// The absolute value of a number.
    Abs             "abs"               Call("abs"),                        [number: Any] => Other;
    /// The digits of an int in base 2.
    Bin             "bin"               Call("bin"),                        [number: Any] => Other;
    /// The digits of an int in base 8.
    Oct             "oct"               Call("oct"),                        [number: Any] => Other;
    /// The digits of an int in base 16.
    HexOf           "hex of an int"     Call("hex"),                        [number: Any] => Other;
    /// The character of a code.
    Chr             "chr"               Call("chr"),                        [code: Any] => Other;
    /// The quotient and the remainder.
    Divmod          "divmod"            Call("divmod"),                     [left: Any, right: Any] => Other;
    /// The nearest number with so many digits.
    Round           "round"             Call("round"),                      [number: Any, digits: Any "?"] => Other;
    /// Whether an object has an attribute. The name is a constant.
    HasAttr         "hasattr"           Call("hasattr"),                    [object: Any, name: Any] => Other;
    /// An attribute. The name is a constant.
    GetAttr         "getattr"           Call("getattr"),                    [object: Any, name: Any, default: Any "?"] => Other;
    /// The identity of an object.
    Id              "id"                Call("id"),                         [object: Any] => Other;
    /// Collects garbage.
    Collect         "gc.collect"        Call("gc.collect"),                 [] => Other;

    // Comparisons and arithmetic.
    /// `==`
    Eq              "=="                Infix("=="),                        [left: View, right: Exporter] => Other;
    /// `!=`
    Ne              "!="                Infix("!="),                        [left: View, right: Exporter] => Other;
    /// `<`
    Lt              "<"                 Infix("<"),                         [left: View, right: Exporter] => Other;
    /// `<=`
    Le              "<="                Infix("<="),                        [left: View, right: Exporter] => Other;
    /// `>`
    Gt              ">"                 Infix(">"),                         [left: View, right: Exporter] => Other;
    /// `>=`
    Ge              ">="                Infix(">="),                        [left: View, right: Exporter] => Other;
    /// `in`
    In              "in"                Infix("in"),                        [item: Element, container: View] => Other;
    /// `not in`
    NotIn           "not in"            Infix("not in"),                    [item: Element, container: View] => Other;
    /// `is`
    Is              "is"                Infix("is"),                        [left: View, right: View] => Other;
    /// `is not`
    IsNot           "is not"            Infix("is not"),                    [left: View, right: View] => Other;
    /// `+`
    Add             "+"                 Infix("+"),                         [left: Any, right: View] => Other;
    /// `*`
    Multiply        "*"                 Infix("*"),                         [left: Any, right: Any] => Other;
    /// `-`
    Subtract        "-"                 Infix("-"),                         [left: Any, right: Any] => Other;
    /// `/`
    Divide          "/"                 Infix("/"),                         [left: Any, right: Any] => Other;
    /// `//`
    FloorDivide     "//"                Infix("//"),                        [left: Any, right: Any] => Other;
    /// `%`
    Remainder       "%"                 Infix("%"),                         [left: Any, right: Any] => Other;
    /// `<<`
    ShiftLeft       "<<"                Infix("<<"),                        [left: Any, right: Any] => Other;
    /// `>>`
    ShiftRight      ">>"                Infix(">>"),                        [left: Any, right: Any] => Other;
    /// `&`
    And             "&"                 Infix("&"),                         [left: Any, right: Any] => Other;
    /// `|`
    Or              "|"                 Infix("|"),                         [left: Any, right: Any] => Other;
    /// `^`
    Xor             "^"                 Infix("^"),                         [left: Any, right: Any] => Other;
    /// `-` before an operand.
    Negative        "unary -"           Prefix("-"),                        [operand: Any] => Other;
    /// `+` before an operand.
    Positive        "unary +"           Prefix("+"),                        [operand: Any] => Other;
    /// `~`
    Invert          "~"                 Prefix("~"),                        [operand: Any] => Other;
    /// `not`
    Not             "not"               Prefix("not"),                      [operand: Any] => Other;
    /// `+=`
    InPlaceAdd      "+="                Syntax::InPlace("+"),               [left: Resizable, right: Exporter] => Same;
    /// `*=`
    InPlaceMultiply "*="                Syntax::InPlace("*"),                       [left: Resizable, right: Times] => Same;
    /// `-=`
    InPlaceSubtract "-="                Syntax::InPlace("-"),               [left: Any, right: Any] => Same;
    /// `/=`
    InPlaceDivide   "/="                Syntax::InPlace("/"),               [left: Any, right: Any] => Same;
    /// `//=`
    InPlaceFloorDivide "//="            Syntax::InPlace("//"),              [left: Any, right: Any] => Same;
    /// `%=`
    InPlaceRemainder "%="               Syntax::InPlace("%"),               [left: Any, right: Any] => Same;
    /// `<<=`
    InPlaceShiftLeft "<<="              Syntax::InPlace("<<"),              [left: Any, right: Any] => Same;
    /// `>>=`
    InPlaceShiftRight ">>="             Syntax::InPlace(">>"),              [left: Any, right: Any] => Same;
    /// `&=`
    InPlaceAnd      "&="                Syntax::InPlace("&"),               [left: Any, right: Any] => Same;
    /// `|=`
    InPlaceOr       "|="                Syntax::InPlace("|"),               [left: Any, right: Any] => Same;
    /// `^=`
    InPlaceXor      "^="                Syntax::InPlace("^"),               [left: Any, right: Any] => Same;

    // Methods of bytearray and array that resize.
    /// Appends an item.
    Append          "append"            Method("append"),                   [object: Resizable, item: Element] => Other;
    /// Appends several items.
    Extend          "extend"            Method("extend"),                   [object: Resizable, items: Exporter] => Other;
    /// Inserts an item before another.
    Insert          "insert"            Method("insert"),                   [object: Resizable, index: Index, item: Element] => Other;
    /// Removes an item by index.
    Pop             "pop"               Method("pop"),                      [object: Resizable, index: Index "?"] => Other;
    /// Removes an item by value.
    Remove          "remove"            Method("remove"),                   [object: Resizable, item: Element] => Other;
    /// Removes all items.
    Clear           "clear"             Method("clear"),                    [object: Resizable] => Other;
    /// Reverses the items in place.
    Reverse         "reverse"           Method("reverse"),                  [object: Resizable] => Other;
    /// Appends items to an array, from their bytes.
    FromBytes       "frombytes"         Method("frombytes"),                [array: Array, bytes: Exporter] => Other;
    /// Swaps the bytes of each item of an array.
    Byteswap        "byteswap"          Method("byteswap"),                 [array: Array] => Other;

    // Beyond the language.
    /// A step in any Python, in a case with `language: python`. It is sent as text alone.
    Source          "source"            Syntax::Source,                     [statements: Any, value: Any] => Nothing;
}

impl Kind {
    /// Returns the row of the operation.
    #[inline]
    pub fn row(self) -> &'static Row {
        // The same macro writes the table and the enum, from the same rows.
        &ROWS[self as usize]
    }
}
