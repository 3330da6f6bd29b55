//! The operations of the language, one row each.
//!
//! A row says how an operation is written in Python, what its operands are and whether it can change anything that
//! is observed. Printing, parsing, calling CPython, generation and shrinking all follow from it; what an operation
//! *means* is said once, in the reference engine.

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

/// Whether an operation can change what is observed of the objects that are alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It changes nothing, unless it is given a hook.
    Reads,
    /// It can write to memory, take or give back a lock, release a view or bind a name.
    Changes,
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
    /// Whether it can change anything.
    pub effect: Effect,
}

macro_rules! operations {
    ($($(#[$doc:meta])* $kind:ident $name:literal $syntax:expr, [$($parameter:ident: $takes:ident $($optional:literal)?),*], $effect:ident;)*) => {
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
            effect: Effect::$effect,
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
    Plain           "plain"             Syntax::Plain,                      [value: Any],                               Changes;
    /// A tuple that is not all constants.
    Tuple           "tuple display"     Syntax::Tuple,                      [],                                         Reads;
    /// A list that is not all constants.
    List            "list display"      Syntax::List,                       [],                                         Reads;
    /// A slice that is not all constants.
    Slice           "slice display"     Syntax::Slice,                      [start: Any, stop: Any, step: Any],         Reads;
    /// Unbinds a name.
    Unbind          "del name"          Syntax::Unbind,                     [name: Any],                                Changes;
    /// Imports a module, which only matters where it is missing.
    Import          "import"            Syntax::Import,                     [module: Any],                              Reads;
    /// Starts a `with` block.
    Enter           "with"              Syntax::Enter,                      [manager: View],                            Changes;
    /// Ends a `with` block.
    Leave           "end of with"       Syntax::Leave,                      [],                                         Changes;

    // Making exporters and views.
    /// A view of an exporter, or another one of a view.
    NewView         "memoryview"        Call("memoryview"),                 [object: Exporter],                         Changes;
    /// A copy as bytes.
    NewBytes        "bytes"             Call("bytes"),                      [source: Bytes "?", encoding: Any "?"],     Changes;
    /// A copy as a bytearray.
    NewBytearray    "bytearray"         Call("bytearray"),                  [source: Bytes "?", encoding: Any "?"],     Changes;
    /// An array.
    NewArray        "array.array"       Call("array.array"),                [typecode: Typecode, items: Items "?"],     Changes;
    /// A numpy array.
    NewNumpy        "numpy.array"       Call("numpy.array"),                [object: Items],                            Changes;
    /// A memory map of fresh pages.
    NewMmap         "mmap.mmap"         Call("mmap.mmap"),                  [fileno: Any, length: Any],                 Changes;
    /// Memory with any layout that one can describe. No Python has this; a case that uses it needs `exporter`.
    NewExporter     "exporter"          Call("exporter"),                   [data: Bytes, format: Format "?", itemsize: Any "?", shape: Shape "?", strides: Any "?", offset: Any "?", suboffsets: Any "?", readonly: Any "?"], Changes;
    /// Bytes packed by a format of the struct module.
    StructPack      "struct.pack"       Call("struct.pack"),                [format: Format, value: Item],              Changes;
    /// A compiled format of the struct module, which is no exporter.
    NewStruct       "struct.Struct"     Call("struct.Struct"),              [format: Format],                           Changes;

    // Subscripts.
    /// An item or a part.
    Get             "get"               Get,                                [container: View, key: Key],                Reads;
    /// Writes an item or a part.
    Set             "set"               Syntax::Set,                        [container: View, key: Key, value: Item],   Changes;
    /// Deletes an item or a part.
    Delete          "delete"            Syntax::Delete,                     [container: View, key: Key],                Changes;

    // Methods of memoryview.
    /// The items in nested lists.
    ToList          "tolist"            Method("tolist"),                   [view: View],                               Reads;
    /// The bytes of the items, in an order of the dimensions.
    ToBytes         "tobytes"           Method("tobytes"),                  [view: View, order: Order "?"],             Reads;
    /// The bytes of the items in hexadecimal.
    Hex             "hex"               Method("hex"),                      [view: View, sep: Separator "?", bytes_per_sep: Group "?"], Reads;
    /// The same memory as items of another format or shape.
    Cast            "cast"              Method("cast"),                     [view: View, format: Format, shape: Shape "?"], Changes;
    /// The same memory, for reading.
    ToReadonly      "toreadonly"        Method("toreadonly"),               [view: View],                               Changes;
    /// Gives the buffer back.
    Release         "release"           Method("release"),                  [view: View],                               Changes;
    /// What `with` calls first.
    EnterMethod     "__enter__"         Method("__enter__"),                [view: View],                               Changes;
    /// What `with` calls last.
    ExitMethod      "__exit__"          Method("__exit__"),                 [view: View, kind: Any "?", value: Any "?", traceback: Any "?"], Changes;

    // Attributes of memoryview.
    /// The exporter.
    Obj             "obj"               Attribute("obj"),                   [view: View],                               Reads;
    /// Bytes that the items take.
    Nbytes          "nbytes"            Attribute("nbytes"),                [view: View],                               Reads;
    /// Whether writing is refused.
    Readonly        "readonly"          Attribute("readonly"),              [view: View],                               Reads;
    /// The format of an item.
    Format          "format"            Attribute("format"),                [view: View],                               Reads;
    /// Bytes of an item.
    Itemsize        "itemsize"          Attribute("itemsize"),              [view: View],                               Reads;
    /// The number of dimensions.
    Ndim            "ndim"              Attribute("ndim"),                  [view: View],                               Reads;
    /// Items in each dimension.
    Shape           "shape"             Attribute("shape"),                 [view: View],                               Reads;
    /// Bytes from an item to the next in each dimension.
    Strides         "strides"           Attribute("strides"),               [view: View],                               Reads;
    /// Bytes added after following a pointer, in each dimension.
    Suboffsets      "suboffsets"        Attribute("suboffsets"),            [view: View],                               Reads;
    /// Whether the items lie in C order without gaps.
    CContiguous     "c_contiguous"      Attribute("c_contiguous"),          [view: View],                               Reads;
    /// Whether the items lie in Fortran order without gaps.
    FContiguous     "f_contiguous"      Attribute("f_contiguous"),          [view: View],                               Reads;
    /// Whether either of those holds.
    Contiguous      "contiguous"        Attribute("contiguous"),            [view: View],                               Reads;
    /// Any function without a row.
    AnyCall         "call"              AnyCall,                            [path: Any],                                Changes;
    /// Any attribute without a row.
    AnyAttribute    "attribute"         AnyAttribute,                       [object: Any, name: Any],                   Reads;
    /// Any method without a row.
    AnyMethod       "method"            AnyMethod,                          [object: Any, name: Any],                   Changes;

    // Functions.
    /// The number of items in the first dimension.
    Len             "len"               Call("len"),                        [object: View],                             Reads;
    /// The items as a list.
    ListOf          "list"              Call("list"),                       [iterable: View "?"],                       Reads;
    /// The items as a tuple.
    TupleOf         "tuple"             Call("tuple"),                      [iterable: View "?"],                       Reads;
    /// Whether it has items.
    BoolOf          "bool"              Call("bool"),                       [object: View "?"],                         Reads;
    /// The type of an object.
    TypeOf          "type"              Call("type"),                       [object: Any],                              Reads;
    /// The text for people.
    Str             "str"               Call("str"),                        [object: Any "?", encoding: Any "?"],       Reads;
    /// The text for programmers.
    Repr            "repr"              Call("repr"),                       [object: Any],                              Reads;
    /// Prints the text for people.
    Print           "print"             Call("print"),                      [],                                         Reads;
    /// A hash of the content.
    Hash            "hash"              Call("hash"),                       [object: View],                             Reads;
    /// An iterator over the items.
    Iter            "iter"              Call("iter"),                       [object: View],                             Changes;
    /// The next item of an iterator.
    Next            "next"              Call("next"),                       [iterator: Iterator],                       Changes;
    /// An iterator over the items, from the last.
    Reversed        "reversed"          Call("reversed"),                   [object: View],                             Changes;
    /// Whether an object is of a type.
    IsInstance      "isinstance"        Call("isinstance"),                 [object: Any, class: Class],                  Reads;
    /// An int from text or a number.
    IntOf           "int"               Call("int"),                        [value: Any "?"],                           Reads;
    /// An int from bytes.
    IntFromBytes    "int.from_bytes"    Call("int.from_bytes"),             [bytes: View, byteorder: Byteorder],              Reads;
    /// The code of a character.
    Ord             "ord"               Call("ord"),                        [character: Any],                           Reads;
    /// The sum of the items.
    Sum             "sum"               Call("sum"),                        [iterable: View],                           Reads;
    /// The largest item.
    Max             "max"               Call("max"),                        [iterable: View],                           Reads;
    /// The smallest item.
    Min             "min"               Call("min"),                        [iterable: View],                           Reads;
    /// The items in order.
    Sorted          "sorted"            Call("sorted"),                     [iterable: View],                           Reads;
    /// Collects garbage.
    Collect         "gc.collect"        Call("gc.collect"),                 [],                                         Reads;

    // Comparisons and arithmetic.
    /// `==`
    Eq              "=="                Infix("=="),                        [left: View, right: Exporter],              Reads;
    /// `!=`
    Ne              "!="                Infix("!="),                        [left: View, right: Exporter],              Reads;
    /// `<`
    Lt              "<"                 Infix("<"),                         [left: View, right: Exporter],              Reads;
    /// `<=`
    Le              "<="                Infix("<="),                        [left: View, right: Exporter],              Reads;
    /// `>`
    Gt              ">"                 Infix(">"),                         [left: View, right: Exporter],              Reads;
    /// `>=`
    Ge              ">="                Infix(">="),                        [left: View, right: Exporter],              Reads;
    /// `in`
    In              "in"                Infix("in"),                        [item: Element, container: View],           Reads;
    /// `not in`
    NotIn           "not in"            Infix("not in"),                    [item: Element, container: View],           Reads;
    /// `is`
    Is              "is"                Infix("is"),                        [left: View, right: View],                  Reads;
    /// `is not`
    IsNot           "is not"            Infix("is not"),                    [left: View, right: View],                  Reads;
    /// `+`
    Add             "+"                 Infix("+"),                         [left: Any, right: View],                   Reads;
    /// `*`
    Multiply        "*"                 Infix("*"),                         [left: Any, right: Any],                    Reads;
    /// `+=`
    InPlaceAdd      "+="                Syntax::InPlace("+"),               [left: Resizable, right: Exporter],         Changes;
    /// `*=`
    InPlaceMultiply "*="                Syntax::InPlace("*"),                       [left: Resizable, right: Times],            Changes;

    // Methods of bytearray and array that resize.
    /// One item more.
    Append          "append"            Method("append"),                   [object: Resizable, item: Element],         Changes;
    /// Several items more.
    Extend          "extend"            Method("extend"),                   [object: Resizable, items: Exporter],       Changes;
    /// One item more, before another.
    Insert          "insert"            Method("insert"),                   [object: Resizable, index: Index, item: Element], Changes;
    /// Takes an item out, by index.
    Pop             "pop"               Method("pop"),                      [object: Resizable, index: Index "?"],      Changes;
    /// Takes an item out, by value.
    Remove          "remove"            Method("remove"),                   [object: Resizable, item: Element],         Changes;
    /// Takes everything out.
    Clear           "clear"             Method("clear"),                    [object: Resizable],                        Changes;
    /// Turns the items around, in place.
    Reverse         "reverse"           Method("reverse"),                  [object: Resizable],                        Changes;
    /// Appends items to an array, from their bytes.
    FromBytes       "frombytes"         Method("frombytes"),                [array: Array, bytes: Exporter],            Changes;
    /// Turns the bytes of each item of an array around.
    Byteswap        "byteswap"          Method("byteswap"),                 [array: Array],                             Changes;
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
pub const MODULES: &[&str] = &["array", "collections.abc", "ctypes", "gc", "mmap", "numpy", "struct"];

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
