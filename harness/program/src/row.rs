//! What a row of the table of operations says: how an operation is written, what it takes, and what it gives.

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
    /// What `receiver.name` does in a call of it, before the arguments are evaluated; the name is the second operand. It is
    /// part of how that call is written, and has no text but the receiver's.
    Lookup,
    /// `path(operands…)`, with a function of a known module that no row has; its path is the first operand.
    AnyCall,
    /// `path`, the member of a module that no row has and that is not called; its path is the first operand.
    Member,
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

impl Syntax {
    /// The operand that belongs to the operation itself, as its own name, if there is one.
    pub fn own_name(self) -> Option<usize> {
        match self {
            Syntax::AnyCall | Syntax::Member | Syntax::Import => Some(0),
            Syntax::AnyAttribute | Syntax::AnyMethod | Syntax::Lookup => Some(1),
            _ => None,
        }
    }

    /// How many operands there must be for the operation to be written at all.
    pub fn fewest_operands(self) -> usize {
        match self {
            Syntax::Call(_) | Syntax::Tuple | Syntax::List | Syntax::Leave => 0,
            Syntax::Method(_)
            | Syntax::Attribute(_)
            | Syntax::AnyCall
            | Syntax::Member
            | Syntax::Import
            | Syntax::Plain
            | Syntax::Unbind
            | Syntax::Enter => 1,
            Syntax::AnyAttribute
            | Syntax::AnyMethod
            | Syntax::Lookup
            | Syntax::Get
            | Syntax::Delete
            | Syntax::Infix(_)
            | Syntax::InPlace(_) => 2,
            Syntax::Set | Syntax::Slice => 3,
        }
    }
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

/// What an operation gives where it succeeds, as far as the operation itself says it. What is believed of a name that it
/// is bound to, what the name is called and what a signature says of it follow from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Nothing: it is a statement.
    Nothing,
    /// Its first operand.
    Same,
    /// An item or a part of its first operand, as the key says.
    Part,
    /// A view of its first operand.
    View(Of),
    /// New bytes.
    Bytes,
    /// A new bytearray.
    Bytearray,
    /// A new array.
    Array,
    /// A new exporter of another kind.
    Exporter,
    /// An iterator.
    Iterator,
    /// A slice.
    Slice,
    /// A tuple.
    Tuple,
    /// What acts when it is asked.
    Hook,
    /// Something else.
    Other,
}

/// How the view that an operation gives differs from the object that it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Not at all: of a view it is another one, which belongs to the same exporter.
    Again,
    /// It belongs to the object, even if that is a view.
    Through,
    /// It can't be written.
    Readonly,
    /// Its items lie without gaps.
    Contiguous,
    /// Its items are of the format and shape that the operands say.
    Cast,
}

impl Gives {
    /// Whether it is a new object with memory of its own.
    pub fn is_exporter(self) -> bool {
        matches!(self, Gives::Bytes | Gives::Bytearray | Gives::Array | Gives::Exporter)
    }
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
    /// What it gives.
    pub gives: Gives,
}
