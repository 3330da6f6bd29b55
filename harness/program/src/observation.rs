//! What an engine saw: the outcome of each step and the state of the objects that were alive after it.

use crate::value::Value;

/// What one step of a program did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The value it gave or the error it raised.
    pub outcome: Outcome,
    /// What it printed, lines joined by `\n`, with addresses as `0x...`.
    pub printed: String,
    /// Every named object that has memory or covers some, in the order of the names. `None` where the engine was
    /// not asked to look (an operation that can't change anything, in a fuzzing run).
    pub live: Option<Vec<(u16, Live)>>,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is a statement that has no value, such as `del x`.
    Nothing,
    /// It gave a value, or bound it to a name.
    Value(Value),
    /// It raised.
    Raised(Raised),
}

/// An exception: the name of its type and its text, with addresses as `0x...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The type's name without its module, such as `IndexError`.
    pub exception: String,
    /// `str(error)`
    pub message: String,
}

/// The state of a named object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Live {
    /// A mutable exporter.
    Exporter {
        /// Whether it refuses to be resized because something exports its buffer.
        locked: bool,
        /// The bytes it holds.
        content: Box<[u8]>,
    },
    /// A view.
    View {
        /// Whether it was released.
        released: bool,
    },
    /// A view over a mutable exporter that no name is bound to.
    ViewOfUnnamed {
        /// Whether that exporter refuses to be resized.
        locked: bool,
        /// The bytes it holds.
        content: Box<[u8]>,
    },
}

/// The object whose memory a view covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// The first of the program's names that is bound to it.
    Named(u16),
    /// No name is bound to it; its type's name.
    Unnamed(Box<str>),
}

/// A view's layout and the memory it covers. Sizes, strides and offsets are in bytes, shape in items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewState {
    /// The exporter, as `view.obj` gives it.
    pub root: Root,
    /// Where the first item starts, from the exporter's first byte; `None` where that is outside its memory.
    pub offset: Option<i64>,
    /// The format, as the attribute has it.
    pub format: Box<str>,
    /// Bytes of an item.
    pub itemsize: i64,
    /// Whether writing is refused.
    pub readonly: bool,
    /// Whether it was released; then nothing else is known of it.
    pub released: bool,
    /// Items in each dimension.
    pub shape: Vec<i64>,
    /// Bytes from an item to the next, in each dimension.
    pub strides: Vec<i64>,
    /// What is added after following the pointer found in that dimension; empty where there is none.
    pub suboffsets: Vec<i64>,
}

/// How far before and after an exporter's memory a view's first item may lie and still count as an offset: a view of
/// no items may start anywhere near.
const NEAR: i64 = 1 << 16;

/// The offset of a view's first item from the first byte of an exporter of that length, if it is in or near it.
pub fn near(distance: i64, length: usize) -> Option<i64> {
    let reach = i64::try_from(length).unwrap_or(i64::MAX).saturating_add(NEAR);
    (-NEAR..=reach).contains(&distance).then_some(distance)
}
