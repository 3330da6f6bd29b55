//! A glance at what a step gave, which copies nothing: what kind of value it is, how large, and the layout of a view. Campaigns
//! take one at every step that they run.

use super::{NOTHING, RAISED, READONLY, Trace, VALUE};

/// What a step gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance<'a> {
    /// A statement without a value.
    Nothing,
    /// A value.
    Value(Seen<'a>),
    /// An exception: its type and its text.
    Raised(&'a [u8], &'a [u8]),
}

/// What is seen of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// A view that was not released.
    View(Layout<'a>),
    /// An int of 64 bits.
    Int(i64),
    /// Anything else: the tag of its type, and how many bytes or items it has, if it has some.
    Other(u8, usize),
    /// An object or a type, by the name of its type.
    Named(&'a [u8]),
}

/// The layout of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout<'a> {
    /// The name of its exporter, if that has one.
    pub root: Option<u16>,
    /// Whether it is read-only.
    pub readonly: bool,
    /// The format.
    pub format: &'a [u8],
    /// The bytes of an item.
    pub itemsize: i64,
    /// The shape and the strides, of eight bytes each.
    axes: [&'a [u8]; 2],
    /// Whether it has suboffsets.
    pub is_indirect: bool,
}

impl Layout<'_> {
    /// How many dimensions it has.
    pub fn dimensions(&self) -> usize {
        self.axes[0].len() / 8
    }

    /// The items and the stride of each dimension.
    pub fn axes(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + ExactSizeIterator + '_ {
        let [shape, strides] = self.axes.map(|axis| axis.as_chunks::<8>().0);
        shape.iter().zip(strides).map(|(length, stride)| (i64::from_le_bytes(*length), i64::from_le_bytes(*stride)))
    }
}

impl Trace {
    /// Returns what a step gave; `None` if the step is not complete.
    pub fn glance(&self, index: usize) -> Option<Glance<'_>> {
        if index >= self.len() {
            return None;
        }
        let mut rest = Rest(self.step(index));
        match rest.byte()? {
            NOTHING => Some(Glance::Nothing),
            VALUE => Some(Glance::Value(rest.value()?)),
            RAISED => Some(Glance::Raised(rest.blob()?, rest.blob()?)),
            _ => None,
        }
    }
}

/// What is left of a step.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn value(&mut self) -> Option<Seen<'a>> {
        let tag = self.byte()?;
        Some(match tag {
            b'i' => Seen::Int(i64::from_le_bytes(self.array()?)),
            b't' | b'o' => Seen::Named(self.blob()?),
            b'A' => {
                let typecode = self.length()?;
                Seen::Other(tag ^ typecode as u8, self.length()?)
            }
            b'I' | b'b' | b'a' | b's' | b'(' | b'[' => Seen::Other(tag, self.length()?),
            b'v' => {
                let root = u16::from_le_bytes(self.array()?);
                Seen::View(self.layout(Some(root))?)
            }
            b'u' => {
                self.blob()?;
                Seen::View(self.layout(None)?)
            }
            _ => Seen::Other(tag, 0),
        })
    }

    fn layout(&mut self, root: Option<u16>) -> Option<Layout<'a>> {
        let readonly = self.byte()? & READONLY != 0;
        let _: [u8; 8] = self.array()?;
        let format = self.blob()?;
        let itemsize = i64::from_le_bytes(self.array()?);
        let axes = [self.axis()?, self.axis()?];
        Some(Layout { root, readonly, format, itemsize, axes, is_indirect: self.length()? > 0 })
    }

    fn axis(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?.checked_mul(8)?;
        self.take(length)
    }

    fn blob(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn length(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(self.array()?) as usize)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Observation, Offset, Outcome, Raised, Root, Value, ViewState};

    fn trace(outcome: Outcome) -> Trace {
        let mut trace = Trace::new();
        trace.write_observation(&Observation { outcome, printed: "text".to_owned(), live: Some(vec![]) });
        trace
    }

    #[test]
    fn a_glance_sees_what_an_observation_has() {
        let view = |root| ViewState {
            root,
            offset: Offset::At(3),
            format: "<h".into(),
            itemsize: 2,
            readonly: true,
            released: false,
            shape: vec![4, 1],
            strides: vec![-2, 8],
            suboffsets: vec![-1, 0],
        };
        for (root, name) in [(Root::Named(258), Some(258)), (Root::Unnamed("array".into()), None)] {
            let trace = trace(Outcome::Value(Value::View(Box::new(view(root)))));
            let Some(Glance::Value(Seen::View(layout))) = trace.glance(0) else { panic!("{trace:?}") };
            assert_eq!((layout.root, layout.readonly, layout.format), (name, true, &b"<h"[..]));
            assert_eq!((layout.itemsize, layout.dimensions(), layout.is_indirect), (2, 2, true));
            assert!(layout.axes().eq([(4, -2), (1, 8)]));
        }
        let value = |value| match trace(Outcome::Value(value)).glance(0) {
            Some(Glance::Value(Seen::Other(tag, length))) => (tag, length),
            other => panic!("{other:?}"),
        };
        assert_eq!(value(Value::None), (b'0', 0));
        assert_eq!(value(Value::Bytes(Box::from(*b"abc"))), (b'b', 3));
        assert_eq!(value(Value::List(vec![Value::Int(7), Value::None])), (b'[', 2));
        assert_eq!(value(Value::Array('h', Box::from([1, 0, 2, 0]))), (b'A' ^ b'h', 4));
        assert_eq!(trace(Outcome::Value(Value::Int(-5))).glance(0), Some(Glance::Value(Seen::Int(-5))));
        let named = trace(Outcome::Value(Value::Object("list_iterator".into())));
        assert_eq!(named.glance(0), Some(Glance::Value(Seen::Named(b"list_iterator"))));
        let raised = Raised { exception: "IndexError".into(), message: "index".into() };
        assert_eq!(trace(Outcome::Raised(raised)).glance(0), Some(Glance::Raised(b"IndexError", b"index")));
        assert_eq!(trace(Outcome::Nothing).glance(0), Some(Glance::Nothing));
        assert_eq!(trace(Outcome::Nothing).glance(1), None);
    }
}
