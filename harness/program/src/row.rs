//! The rows of the table of operations: how an operation is written, what operands it takes, and what it returns.

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
    /// The lookup of `receiver.name` in a call, before the arguments are evaluated; the name is the second operand. Its
    /// text is the receiver's.
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
    /// `container[key]` on the left side of `op=`. The [`Syntax::InPlace`] whose first operand it is, and that has no target,
    /// writes its result there.
    Hold,
    /// `object.name = value`; the name is the second operand.
    SetAttribute,
    /// `del object.name`; the name is the second operand.
    DeleteAttribute,
    /// `object.name` on the left side of `op=`, as [`Syntax::Hold`]; the name is the second operand.
    HoldAttribute,
    /// `left op right`, for `==`, `in`, `+` and their like.
    Infix(&'static str),
    /// `op operand`, for `-`, `not` and their like.
    Prefix(&'static str),
    /// `name op= value`; the first operand is the name that the result goes to. Without a target, that is a place that an
    /// operation holds.
    InPlace(&'static str),
    /// `(a, b, …)`
    Tuple,
    /// `[a, b, …]`
    List,
    /// `f'…'`; the operands are texts and fields.
    FString,
    /// `{value!conversion:format}` in an f-string.
    Field,
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
    /// `object(operands…)`
    CallObject,
    /// What the machine does by itself, in a form of its own: statements, and expressions of which a part may not be
    /// evaluated. What they run are bodies.
    Control,
    /// Any Python: what its operands are is told by [`Operation::as_source`](crate::Operation::as_source).
    Source,
}

impl Syntax {
    /// Returns the index of the operand that is the name of the operation itself, if it has one.
    pub fn own_name(self) -> Option<usize> {
        match self {
            Syntax::AnyCall | Syntax::Member | Syntax::Import => Some(0),
            Syntax::AnyAttribute | Syntax::AnyMethod | Syntax::Lookup => Some(1),
            Syntax::SetAttribute | Syntax::DeleteAttribute | Syntax::HoldAttribute => Some(1),
            _ => None,
        }
    }

    /// Returns the least number of operands with which the operation can be written.
    pub fn fewest_operands(self) -> usize {
        match self {
            Syntax::Call(_) | Syntax::Tuple | Syntax::List | Syntax::FString | Syntax::Leave | Syntax::Control => 0,
            Syntax::Method(_)
            | Syntax::Attribute(_)
            | Syntax::AnyCall
            | Syntax::CallObject
            | Syntax::Member
            | Syntax::Import
            | Syntax::Prefix(_)
            | Syntax::Plain
            | Syntax::Unbind
            | Syntax::Enter => 1,
            Syntax::AnyAttribute
            | Syntax::AnyMethod
            | Syntax::Lookup
            | Syntax::Source
            | Syntax::Get
            | Syntax::Delete
            | Syntax::Hold
            | Syntax::DeleteAttribute
            | Syntax::HoldAttribute
            | Syntax::Infix(_)
            | Syntax::InPlace(_) => 2,
            Syntax::Set | Syntax::SetAttribute | Syntax::Field | Syntax::Slice => 3,
        }
    }
}

/// The operand that a parameter needs for the operation to succeed. It is a hint for generation: programs may pass
/// anything.
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
    /// A value for an item, or the source of a slice assignment.
    Item,
    /// An item of the receiver.
    Element,
    /// A number of repetitions.
    Times,
    /// The flags of a request for a buffer.
    Flags,
    /// A format for `cast`.
    Format,
    /// A shape for `cast`.
    Shape,
    /// `'C'`, `'F'`, `'A'` or `None`.
    Order,
    /// The separator of `hex`.
    Separator,
    /// The number of bytes per group of `hex`.
    Group,
    /// An array's typecode.
    Typecode,
    /// Bytes, or a number of zero bytes.
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

/// The result of a successful operation, as far as the operation determines it. The generator's model, the names of
/// variables and the signatures of findings depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// No result: it is a statement.
    Nothing,
    /// Its first operand.
    Same,
    /// An item or a part of its first operand, depending on the key.
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
    /// A hook.
    Hook,
    /// Something else.
    Other,
}

/// The relation between a view and the object from which an operation creates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A view with the same layout. A view of a view belongs to the same exporter.
    Again,
    /// A view that belongs to the object itself, even if that is a view.
    Through,
    /// A read-only view.
    Readonly,
    /// A contiguous view.
    Contiguous,
    /// A view with the format and shape in the operands.
    Cast,
}

impl Gives {
    /// Returns whether it is a new object with its own memory.
    pub fn is_exporter(self) -> bool {
        matches!(self, Gives::Bytes | Gives::Bytearray | Gives::Array | Gives::Exporter)
    }
}

/// One parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, for passing it by keyword where CPython allows that.
    pub name: &'static str,
    /// The operand that it needs.
    pub takes: Takes,
    /// Whether it is optional.
    pub optional: bool,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The operation's name in statistics, as in `view.cast`.
    pub name: &'static str,
    /// How it is written.
    pub syntax: Syntax,
    /// The parameters, the receiver first.
    pub parameters: &'static [Parameter],
    /// The result.
    pub gives: Gives,
}
