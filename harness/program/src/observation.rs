//! The observations of an engine: the outcome of each step, and the state of living objects after it.

use crate::repr::str_literal;
use crate::value::Value;

/// The observation of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The value or the error.
    pub outcome: Outcome,
    /// The printed text, lines joined by `\n`, with addresses as `0x...`.
    pub printed: String,
    /// The state of every named object that has or covers memory, in the order of the names. `None` if the engine was
    /// not asked to observe it (in fuzzing, after an operation that can't change anything).
    pub live: Option<Vec<(u16, Live)>>,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A statement without a value, such as `del x`.
    Nothing,
    /// The value of an expression, or the value that was bound to a name.
    Value(Value),
    /// An exception.
    Raised(Raised),
}

/// An exception: the name of its type, and its text with addresses as `0x...`.
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
        /// Whether it can't be resized because its buffer is exported.
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
        /// Whether that exporter can't be resized.
        locked: bool,
        /// The bytes it holds.
        content: Box<[u8]>,
    },
}

/// The exporter whose memory a view covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// The first name of the program that is bound to it.
    Named(u16),
    /// It has no name; the name of its type.
    Unnamed(Box<str>),
}

/// Where the first item of a view lies in the memory of its exporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// So many bytes after the first byte.
    At(i64),
    /// Outside that memory.
    Outside,
    /// The engine can't tell of this view, though it can of others. An engine that can tell of none does not see the facet.
    Unknown,
}

impl Offset {
    /// Whether two engines contradict each other.
    pub fn differs(self, other: Offset) -> bool {
        self != other && self != Offset::Unknown && other != Offset::Unknown
    }
}

/// The layout of a view and the memory that it covers. Sizes, strides and offsets are in bytes, `shape` in items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewState {
    /// The exporter, as `view.obj` gives it.
    pub root: Root,
    /// Where the first item lies.
    pub offset: Offset,
    /// The format, as the attribute returns it.
    pub format: Box<str>,
    /// The size of an item in bytes.
    pub itemsize: i64,
    /// Whether the view is read-only.
    pub readonly: bool,
    /// Whether the view was released. The other fields are not observed then.
    pub released: bool,
    /// The number of items in each dimension.
    pub shape: Vec<i64>,
    /// The distance between items in each dimension, in bytes.
    pub strides: Vec<i64>,
    /// The offset added after following a pointer, in each dimension; empty if the view has no suboffsets.
    pub suboffsets: Vec<i64>,
}

impl ViewState {
    /// Stands for an item size, or as the only element for a shape or for strides, that an engine did not tell.
    pub const NOT_TOLD: i64 = i64::MIN;
    /// Stands for a format that an engine did not tell. No format has this character.
    pub const NO_FORMAT: &str = "\0";

    /// Returns a view of which nothing was told but that it is one.
    pub fn untold() -> ViewState {
        ViewState {
            root: Root::Unnamed("".into()),
            offset: Offset::Unknown,
            format: ViewState::NO_FORMAT.into(),
            itemsize: ViewState::NOT_TOLD,
            readonly: false,
            released: false,
            shape: vec![ViewState::NOT_TOLD],
            strides: vec![ViewState::NOT_TOLD],
            suboffsets: vec![],
        }
    }

    /// Returns the view in words, without its exporter: what was told of its layout.
    pub fn layout(&self) -> String {
        let told = [self.shape_text(), self.strides_text(), self.format_text(), self.itemsize_text()];
        if told.iter().all(|text| text.ends_with(UNKNOWN)) {
            return "a view of unknown layout".to_owned();
        }
        let kind = if self.readonly { "read-only" } else { "writable" };
        let [shape, strides, format, itemsize] = told;
        let mut text = format!("a {kind} view, {format}, {itemsize}, {shape}, {strides}");
        if !self.suboffsets.is_empty() {
            text += &format!(", {}", axis("suboffsets", &self.suboffsets));
        }
        text
    }

    /// Returns the format in words.
    pub fn format_text(&self) -> String {
        match &*self.format {
            ViewState::NO_FORMAT => format!("format {UNKNOWN}"),
            format => format!("format {}", str_literal(format)),
        }
    }

    /// Returns the size of an item in words.
    pub fn itemsize_text(&self) -> String {
        match self.itemsize {
            ViewState::NOT_TOLD => format!("itemsize {UNKNOWN}"),
            size => format!("itemsize {size}"),
        }
    }

    /// Returns the shape in words.
    pub fn shape_text(&self) -> String {
        axis("shape", &self.shape)
    }

    /// Returns the strides in words.
    pub fn strides_text(&self) -> String {
        axis("strides", &self.strides)
    }
}

/// What reports say in place of what an engine did not tell.
const UNKNOWN: &str = "unknown";

fn axis(name: &str, sizes: &[i64]) -> String {
    if sizes == [ViewState::NOT_TOLD] { format!("{name} {UNKNOWN}") } else { format!("{name} {sizes:?}") }
}

/// The largest distance, in bytes, between an exporter's memory and the first item of a view for which an offset is
/// recorded. A view without items may start outside the memory.
const NEAR: i64 = 1 << 16;

/// Returns where a view's first item lies that is so far from the first byte of an exporter with `length` bytes.
pub fn near(distance: i64, length: usize) -> Offset {
    let reach = i64::try_from(length).unwrap_or(i64::MAX).saturating_add(NEAR);
    if (-NEAR..=reach).contains(&distance) { Offset::At(distance) } else { Offset::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_told_is_not_made_up() {
        let mut view = ViewState::untold();
        assert_eq!(view.to_string(), "a view of unknown layout, from somewhere in an unknown object");
        (view.format, view.itemsize, view.shape) = ("B".into(), 1, vec![3]);
        assert_eq!(view.layout(), "a writable view, format 'B', itemsize 1, shape [3], strides unknown");
    }
}
