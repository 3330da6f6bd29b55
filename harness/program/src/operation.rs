//! The operations of the language, one row each.
//!
//! A row says how an operation is written in Python and what its operands are. Printing, parsing, calling CPython,
//! generation and shrinking all follow from it; what an operation *means* is said once, in the reference engine.

/// How an operation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `path(operands…)`
    Call(&'static str),
    /// `receiver.name(operands…)`
    Method(&'static str),
    /// `receiver.name`
    Attribute(&'static str),
    /// `receiver.name`, with a name that no row has; the name is the second operand.
    AnyAttribute,
    /// `receiver.name(operands…)`, with a name that no row has; the name is the second operand.
    AnyMethod,
    /// `path(operands…)`, with a function of a known module that no row has; its path is the first operand.
    AnyCall,
    /// `container[key]`
    Get,
    /// `container[key] = value`
    Set,
    /// `del container[key]`
    Delete,
    /// `left op right`, for `==`, `in`, `+` and their like.
    Infix(&'static str),
    /// `name op= value`; the first operand is the name that the result goes to.
    InPlace(&'static str),
    /// `(a, b, …)`
    Tuple,
    /// `[a, b, …]`
    List,
    /// `start:stop:step` in a subscript, `slice(start, stop, step)` elsewhere
    Slice,
    /// The operand itself: a constant or a name.
    Plain,
    /// `del name`
    Unbind,
    /// `with operand as name:`; what follows up to [`Syntax::Leave`] is the block.
    Enter,
    /// The end of the innermost `with` block.
    Leave,
    /// `import module`, the module's name being the operand.
    Import,
}

/// What an operand should be for the operation to have a chance to succeed. A hint for generation: a program may
/// hold anything anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A memoryview.
    View,
    /// An object with the buffer protocol, or a view.
    Exporter,
    /// A bytearray or an array, which can be resized.
    Resizable,
    /// An array.
    Array,
    /// An index, a slice or a tuple of either.
    Key,
    /// An index.
    Index,
    /// What an item can be set to, or the source of a slice assignment.
    Item,
    /// An item of the receiver.
    Element,
    /// How often to repeat something.
    Times,
    /// Flags of a request for a buffer.
    Flags,
    /// A format for `cast`.
    Format,
    /// A shape for `cast`.
    Shape,
    /// `'C'`, `'F'`, `'A'` or `None`.
    Order,
    /// What `hex` puts between bytes.
    Separator,
    /// How many bytes `hex` puts in a group.
    Group,
    /// An array's typecode.
    Typecode,
    /// Bytes, or the number of zero bytes to make.
    Bytes,
    /// A list of an array's items, or their bytes.
    Items,
    /// An iterator.
    Iterator,
    /// `'little'` or `'big'`.
    Byteorder,
    /// A type.
    Class,
    /// Anything.
    Any,
}

/// One parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, by which it may be passed where CPython allows that.
    pub name: &'static str,
    /// What it should be.
    pub takes: Takes,
    /// Whether it can be left out.
    pub optional: bool,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The operation's name in statistics, as in `view.cast`.
    pub name: &'static str,
    /// How it is written.
    pub syntax: Syntax,
    /// What it takes, the receiver first.
    pub parameters: &'static [Parameter],
}

macro_rules! operations {
    ($($(#[$doc:meta])* $kind:ident $name:literal $syntax:expr, [$($parameter:ident: $takes:ident $($optional:literal)?),*];)*) => {
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
        }),*];
    };
}

/// Whether a parameter has the mark `"?"` behind it.
const fn is_marked(marks: &[&str]) -> bool {
    !marks.is_empty()
}

use Syntax::{AnyAttribute, AnyCall, AnyMethod, Attribute, Call, Get, Infix, Method};

#[rustfmt::skip]
operations! {
    // Names, constants and displays.
    /// A constant or another name.
    Plain           "plain"             Syntax::Plain,                      [value: Any];
    /// A tuple that is not all constants.
    Tuple           "tuple display"     Syntax::Tuple,                      [];
    /// A list that is not all constants.
    List            "list display"      Syntax::List,                       [];
    /// A slice that is not all constants.
    Slice           "slice display"     Syntax::Slice,                      [start: Any, stop: Any, step: Any];
    /// Unbinds a name.
    Unbind          "del name"          Syntax::Unbind,                     [name: Any];
    /// Imports a module, which only matters where it is missing.
    Import          "import"            Syntax::Import,                     [module: Any];
    /// Starts a `with` block.
    Enter           "with"              Syntax::Enter,                      [manager: View];
    /// Ends a `with` block.
    Leave           "end of with"       Syntax::Leave,                      [];

    // Making exporters and views.
    /// A view of an exporter, or another one of a view.
    NewView         "memoryview"        Call("memoryview"),                 [object: Exporter];
    /// A copy as bytes.
    NewBytes        "bytes"             Call("bytes"),                      [source: Bytes "?", encoding: Any "?"];
    /// A copy as a bytearray.
    NewBytearray    "bytearray"         Call("bytearray"),                  [source: Bytes "?", encoding: Any "?"];
    /// An array.
    NewArray        "array.array"       Call("array.array"),                [typecode: Typecode, items: Items "?"];
    /// A numpy array.
    NewNumpy        "numpy.array"       Call("numpy.array"),                [object: Items];
    /// A memory map of fresh pages.
    NewMmap         "mmap.mmap"         Call("mmap.mmap"),                  [fileno: Any, length: Any];
    /// Memory with any layout that one can describe. No Python has this; a case that uses it needs `exporter`.
    NewExporter     "exporter"          Call("exporter"),                   [data: Bytes, format: Format "?", itemsize: Any "?", shape: Shape "?", strides: Any "?", offset: Any "?", suboffsets: Any "?", readonly: Any "?", hash: Any "?"];
    /// An object that answers whatever it is asked (`__index__`, `__float__`, `__bool__`, `__eq__`, `__hash__`,
    /// `__len__`, `__call__`) with `answer`, but first releases one object and appends to another. No Python has this; a case that
    /// uses it needs `hook`.
    NewHook         "hook"              Call("hook"),                       [answer: Any, releases: View "?", appends: Resizable "?"];
    /// Tells a hook what to do from now on: to objects that were not there when it was made.
    Arm             "arm"               Method("arm"),                      [hook: Any, releases: View "?", appends: Resizable "?"];
    /// What a consumer in C gets that asks for a buffer with these flags (`PyObject_GetBuffer`), and gives back at
    /// once: `(len, itemsize, readonly, ndim, format, shape, strides, suboffsets)`. It needs `capi`.
    Request         "request"           Call("request"),                    [object: Exporter, flags: Flags];
    /// A contiguous view of the memory, of a copy if need be (`PyMemoryView_GetContiguous`). It needs `capi`.
    GetContiguous   "get_contiguous"    Call("get_contiguous"),             [object: Exporter, writable: Any, order: Order];
    /// Bytes packed by a format of the struct module.
    StructPack      "struct.pack"       Call("struct.pack"),                [format: Format, value: Item];
    /// The values of one item, from all bytes of a buffer.
    Unpack          "struct.unpack"     Call("struct.unpack"),              [format: Format, buffer: Exporter];
    /// The values of one item, from some bytes of a buffer.
    UnpackFrom      "struct.unpack_from" Call("struct.unpack_from"),        [format: Format, buffer: Exporter, offset: Index "?"];
    /// An iterator over items that keeps the buffer until it came to its end.
    IterUnpack      "struct.iter_unpack" Call("struct.iter_unpack"),        [format: Format, buffer: Exporter];
    /// Packs a value into a buffer.
    PackInto        "struct.pack_into"  Call("struct.pack_into"),           [format: Format, buffer: Exporter, offset: Index, value: Item];
    /// A compiled format of the struct module, which is no exporter.
    NewStruct       "struct.Struct"     Call("struct.Struct"),              [format: Format];

    // Subscripts.
    /// An item or a part.
    Get             "get"               Get,                                [container: View, key: Key];
    /// Writes an item or a part.
    Set             "set"               Syntax::Set,                        [container: View, key: Key, value: Item];
    /// Deletes an item or a part.
    Delete          "delete"            Syntax::Delete,                     [container: View, key: Key];

    // Methods of memoryview.
    /// The items in nested lists.
    ToList          "tolist"            Method("tolist"),                   [view: View];
    /// The bytes of the items, in an order of the dimensions.
    ToBytes         "tobytes"           Method("tobytes"),                  [view: View, order: Order "?"];
    /// The bytes of the items in hexadecimal.
    Hex             "hex"               Method("hex"),                      [view: View, sep: Separator "?", bytes_per_sep: Group "?"];
    /// The same memory as items of another format or shape.
    Cast            "cast"              Method("cast"),                     [view: View, format: Format, shape: Shape "?"];
    /// The same memory, for reading.
    ToReadonly      "toreadonly"        Method("toreadonly"),               [view: View];
    /// Gives the buffer back.
    Release         "release"           Method("release"),                  [view: View];
    /// What `with` calls first.
    EnterMethod     "__enter__"         Method("__enter__"),                [view: View];
    /// What `with` calls last.
    ExitMethod      "__exit__"          Method("__exit__"),                 [view: View, kind: Any "?", value: Any "?", traceback: Any "?"];
    /// A view of what a request with these flags gives, which belongs to whom it was asked of.
    GetBuffer       "__buffer__"        Method("__buffer__"),               [object: Exporter, flags: Flags];
    /// Gives the buffer of such a view back.
    ReleaseBuffer   "__release_buffer__" Method("__release_buffer__"),      [object: Exporter, view: View];

    // Attributes of memoryview.
    /// The exporter.
    Obj             "obj"               Attribute("obj"),                   [view: View];
    /// Bytes that the items take.
    Nbytes          "nbytes"            Attribute("nbytes"),                [view: View];
    /// Whether writing is refused.
    Readonly        "readonly"          Attribute("readonly"),              [view: View];
    /// The format of an item.
    Format          "format"            Attribute("format"),                [view: View];
    /// Bytes of an item.
    Itemsize        "itemsize"          Attribute("itemsize"),              [view: View];
    /// The number of dimensions.
    Ndim            "ndim"              Attribute("ndim"),                  [view: View];
    /// Items in each dimension.
    Shape           "shape"             Attribute("shape"),                 [view: View];
    /// Bytes from an item to the next in each dimension.
    Strides         "strides"           Attribute("strides"),               [view: View];
    /// Bytes added after following a pointer, in each dimension.
    Suboffsets      "suboffsets"        Attribute("suboffsets"),            [view: View];
    /// Whether the items lie in C order without gaps.
    CContiguous     "c_contiguous"      Attribute("c_contiguous"),          [view: View];
    /// Whether the items lie in Fortran order without gaps.
    FContiguous     "f_contiguous"      Attribute("f_contiguous"),          [view: View];
    /// Whether either of those holds.
    Contiguous      "contiguous"        Attribute("contiguous"),            [view: View];
    /// Any function without a row.
    AnyCall         "call"              AnyCall,                            [path: Any];
    /// Any attribute without a row.
    AnyAttribute    "attribute"         AnyAttribute,                       [object: Any, name: Any];
    /// Any method without a row.
    AnyMethod       "method"            AnyMethod,                          [object: Any, name: Any];

    // Functions.
    /// The number of items in the first dimension.
    Len             "len"               Call("len"),                        [object: View];
    /// The items as a list.
    ListOf          "list"              Call("list"),                       [iterable: View "?"];
    /// The items as a tuple.
    TupleOf         "tuple"             Call("tuple"),                      [iterable: View "?"];
    /// Whether it has items.
    BoolOf          "bool"              Call("bool"),                       [object: View "?"];
    /// The type of an object.
    TypeOf          "type"              Call("type"),                       [object: Any];
    /// The text for people.
    Str             "str"               Call("str"),                        [object: Any "?", encoding: Any "?"];
    /// The text for programmers.
    Repr            "repr"              Call("repr"),                       [object: Any];
    /// Prints the text for people.
    Print           "print"             Call("print"),                      [];
    /// A hash of the content.
    Hash            "hash"              Call("hash"),                       [object: View];
    /// An iterator over the items.
    Iter            "iter"              Call("iter"),                       [object: View];
    /// The next item of an iterator.
    Next            "next"              Call("next"),                       [iterator: Iterator];
    /// An iterator over the items, from the last.
    Reversed        "reversed"          Call("reversed"),                   [object: View];
    /// Whether an object is of a type.
    IsInstance      "isinstance"        Call("isinstance"),                 [object: Any, class: Class];
    /// An int from text or a number.
    IntOf           "int"               Call("int"),                        [value: Any "?"];
    /// An int from bytes.
    IntFromBytes    "int.from_bytes"    Call("int.from_bytes"),             [bytes: View, byteorder: Byteorder];
    /// The code of a character.
    Ord             "ord"               Call("ord"),                        [character: Any];
    /// The sum of the items.
    Sum             "sum"               Call("sum"),                        [iterable: View];
    /// The largest item.
    Max             "max"               Call("max"),                        [iterable: View];
    /// The smallest item.
    Min             "min"               Call("min"),                        [iterable: View];
    /// The items in order.
    Sorted          "sorted"            Call("sorted"),                     [iterable: View];
    /// Collects garbage.
    Collect         "gc.collect"        Call("gc.collect"),                 [];

    // Comparisons and arithmetic.
    /// `==`
    Eq              "=="                Infix("=="),                        [left: View, right: Exporter];
    /// `!=`
    Ne              "!="                Infix("!="),                        [left: View, right: Exporter];
    /// `<`
    Lt              "<"                 Infix("<"),                         [left: View, right: Exporter];
    /// `<=`
    Le              "<="                Infix("<="),                        [left: View, right: Exporter];
    /// `>`
    Gt              ">"                 Infix(">"),                         [left: View, right: Exporter];
    /// `>=`
    Ge              ">="                Infix(">="),                        [left: View, right: Exporter];
    /// `in`
    In              "in"                Infix("in"),                        [item: Element, container: View];
    /// `not in`
    NotIn           "not in"            Infix("not in"),                    [item: Element, container: View];
    /// `is`
    Is              "is"                Infix("is"),                        [left: View, right: View];
    /// `is not`
    IsNot           "is not"            Infix("is not"),                    [left: View, right: View];
    /// `+`
    Add             "+"                 Infix("+"),                         [left: Any, right: View];
    /// `*`
    Multiply        "*"                 Infix("*"),                         [left: Any, right: Any];
    /// `+=`
    InPlaceAdd      "+="                Syntax::InPlace("+"),               [left: Resizable, right: Exporter];
    /// `*=`
    InPlaceMultiply "*="                Syntax::InPlace("*"),                       [left: Resizable, right: Times];

    // Methods of bytearray and array that resize.
    /// One item more.
    Append          "append"            Method("append"),                   [object: Resizable, item: Element];
    /// Several items more.
    Extend          "extend"            Method("extend"),                   [object: Resizable, items: Exporter];
    /// One item more, before another.
    Insert          "insert"            Method("insert"),                   [object: Resizable, index: Index, item: Element];
    /// Takes an item out, by index.
    Pop             "pop"               Method("pop"),                      [object: Resizable, index: Index "?"];
    /// Takes an item out, by value.
    Remove          "remove"            Method("remove"),                   [object: Resizable, item: Element];
    /// Takes everything out.
    Clear           "clear"             Method("clear"),                    [object: Resizable];
    /// Turns the items around, in place.
    Reverse         "reverse"           Method("reverse"),                  [object: Resizable];
    /// Appends items to an array, from their bytes.
    FromBytes       "frombytes"         Method("frombytes"),                [array: Array, bytes: Exporter];
    /// Turns the bytes of each item of an array around.
    Byteswap        "byteswap"          Method("byteswap"),                 [array: Array];
}

impl Kind {
    /// The operation's row.
    pub fn row(self) -> &'static Row {
        // The table and the enum are written by one macro from the same rows.
        &ROWS[self as usize]
    }

    /// The operation that is written as a call of `path`.
    pub fn call(path: &str) -> Option<Kind> {
        match path {
            "slice" => Some(Kind::Slice),
            _ => Kind::find(|syntax| matches!(syntax, Call(known) if known == path)),
        }
    }

    /// The operation that is written as a method call of that name.
    pub fn method(name: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Method(known) if known == name))
    }

    /// The operation that is written as an attribute of that name.
    pub fn attribute(name: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Attribute(known) if known == name))
    }

    /// The operation that is written with that operator between its operands.
    pub fn infix(operator: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Infix(known) if known == operator))
    }

    /// The operation that is written with that operator before `=`.
    pub fn in_place(operator: &str) -> Option<Kind> {
        Kind::find(|syntax| matches!(syntax, Syntax::InPlace(known) if known == operator))
    }

    fn find(matches: impl Fn(Syntax) -> bool) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| matches(kind.row().syntax))
    }

    /// What an engine must be able to do beyond Python to run the operation, as in a case's `needs`.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Kind::NewExporter => Some("exporter"),
            Kind::NewHook => Some("hook"),
            Kind::Request | Kind::GetContiguous => Some("capi"),
            _ => None,
        }
    }

    /// Whether the operation ends a statement without a value.
    pub fn is_statement(self) -> bool {
        matches!(
            self.row().syntax,
            Syntax::Set | Syntax::Delete | Syntax::Unbind | Syntax::Enter | Syntax::Leave | Syntax::Import
        )
    }
}

/// The names that a program may use for types, all of them constants.
pub const TYPES: &[&str] = &[
    "memoryview",
    "bytes",
    "bytearray",
    "int",
    "bool",
    "float",
    "str",
    "list",
    "tuple",
    "slice",
    "type",
    "object",
    "dict",
    "range",
    "complex",
    "array.array",
    "numpy.ndarray",
    "mmap.mmap",
    "struct.Struct",
    "collections.abc.Sequence",
    "collections.abc.MutableSequence",
    "collections.abc.Mapping",
    "collections.abc.Hashable",
    "collections.abc.Buffer",
    "collections.abc.Iterable",
    "collections.abc.Sized",
    "collections.abc.Container",
    "collections.abc.Reversible",
    "collections.abc.Collection",
];

/// The modules that a program may import.
pub const MODULES: &[&str] =
    &["array", "collections.abc", "copy", "ctypes", "gc", "mmap", "numpy", "pickle", "struct", "weakref"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_syntax() {
        for &kind in Kind::ALL {
            let found = match kind.row().syntax {
                Call(path) => Kind::call(path),
                Method(name) => Kind::method(name),
                Attribute(name) => Kind::attribute(name),
                Infix(operator) => Kind::infix(operator),
                Syntax::InPlace(operator) => Kind::in_place(operator),
                _ => continue,
            };
            assert_eq!(found, Some(kind), "two rows are written alike: {}", kind.row().name);
        }
    }

    #[test]
    fn optional_parameters_come_last() {
        for kind in Kind::ALL {
            let optional: Vec<bool> = kind.row().parameters.iter().map(|parameter| parameter.optional).collect();
            assert!(optional.is_sorted(), "{}", kind.row().name);
        }
    }
}
