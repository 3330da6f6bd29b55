//! Decodes traces, to explain differences.

use super::{
    AT, END, LIVE_EXPORTER, LIVE_UNNAMED, LIVE_VIEW, NO_STATE, NOTHING, OUTSIDE, RAISED, READONLY, STATE, UNKNOWN,
    VALUE,
};
use crate::observation::{Live, Observation, Offset, Outcome, Raised, Root, ViewState};
use crate::value::Value;
use num_bigint::BigInt;

/// Decodes the bytes of a [`Trace`]. Every method returns `None` for bytes that no trace contains.
pub(super) struct Decoder<'a> {
    pub(super) rest: &'a [u8],
}

impl Decoder<'_> {
    pub(super) fn observation(&mut self) -> Option<Observation> {
        let outcome = match self.byte()? {
            NOTHING => Outcome::Nothing,
            VALUE => Outcome::Value(self.value()?),
            RAISED => Outcome::Raised(Raised { exception: self.text()?, message: self.text()? }),
            _ => return None,
        };
        let printed = self.text()?;
        let live = match self.byte()? {
            NO_STATE => None,
            STATE => Some(self.live()?),
            _ => return None,
        };
        Some(Observation { outcome, printed, live })
    }

    fn live(&mut self) -> Option<Vec<(u16, Live)>> {
        let mut live = Vec::new();
        loop {
            let tag = self.byte()?;
            if tag == END {
                return Some(live);
            }
            let name = u16::from_le_bytes(self.array()?);
            let flag = self.byte()? != 0;
            live.push((
                name,
                match tag {
                    LIVE_EXPORTER => Live::Exporter { locked: flag, content: self.blob()?.into() },
                    LIVE_VIEW => Live::View { released: flag },
                    LIVE_UNNAMED => Live::ViewOfUnnamed { locked: flag, content: self.blob()?.into() },
                    _ => return None,
                },
            ));
        }
    }

    fn value(&mut self) -> Option<Value> {
        Some(match self.byte()? {
            b'0' => Value::None,
            b'T' => Value::Bool(true),
            b'F' => Value::Bool(false),
            b'i' => Value::Int(i64::from_le_bytes(self.array()?)),
            b'I' => Value::Big(Box::new(BigInt::from_signed_bytes_le(&self.blob()?))),
            b'f' => Value::Float(f64::from_bits(u64::from_le_bytes(self.array()?))),
            b'j' => Value::Complex(
                f64::from_bits(u64::from_le_bytes(self.array()?)),
                f64::from_bits(u64::from_le_bytes(self.array()?)),
            ),
            b'b' => Value::Bytes(self.blob()?.into()),
            b'a' => Value::Bytearray(self.blob()?.into()),
            b's' => Value::Str(self.text()?.into()),
            b'(' => Value::Tuple(self.values()?),
            b'[' => Value::List(self.values()?),
            b':' => Value::Slice(Box::new([self.value()?, self.value()?, self.value()?])),
            b'E' => Value::Ellipsis,
            b't' => Value::Type(self.text()?.into()),
            b'A' => Value::Array(char::from_u32(self.length()? as u32)?, self.blob()?.into()),
            b'h' => Value::Hash,
            b'o' => Value::Object(self.text()?.into()),
            b'r' => Value::View(Box::new(ViewState {
                root: Root::Unnamed("".into()),
                offset: Offset::Outside,
                format: "".into(),
                itemsize: 0,
                readonly: false,
                released: true,
                shape: vec![],
                strides: vec![],
                suboffsets: vec![],
            })),
            b'v' => {
                let name = u16::from_le_bytes(self.array()?);
                self.layout(Root::Named(name))?
            }
            b'u' => {
                let type_name = self.text()?;
                self.layout(Root::Unnamed(type_name.into()))?
            }
            _ => return None,
        })
    }

    fn layout(&mut self, root: Root) -> Option<Value> {
        let flags = self.byte()?;
        let distance = i64::from_le_bytes(self.array()?);
        Some(Value::View(Box::new(ViewState {
            root,
            offset: match flags & !READONLY {
                AT => Offset::At(distance),
                OUTSIDE => Offset::Outside,
                UNKNOWN => Offset::Unknown,
                _ => return None,
            },
            format: self.text()?.into(),
            itemsize: i64::from_le_bytes(self.array()?),
            readonly: flags & READONLY != 0,
            released: false,
            shape: self.sizes()?,
            strides: self.sizes()?,
            suboffsets: self.sizes()?,
        })))
    }

    fn sizes(&mut self) -> Option<Vec<i64>> {
        (0..self.length()?).map(|_| Some(i64::from_le_bytes(self.array()?))).collect()
    }

    fn values(&mut self) -> Option<Vec<Value>> {
        (0..self.length()?).map(|_| self.value()).collect()
    }

    fn length(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(self.array()?) as usize)
    }

    fn blob(&mut self) -> Option<Vec<u8>> {
        let length = self.length()?;
        let (blob, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(blob.to_vec())
    }

    fn text(&mut self) -> Option<String> {
        Some(String::from_utf8_lossy(&self.blob()?).into_owned())
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*array)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Observation, Offset, Outcome, Root, Trace, Value, ViewState};
    use rstest::rstest;

    /// Two engines agree exactly if the bytes do, so what is not known must not look like what is.
    #[rstest]
    fn every_place_of_a_view_has_an_encoding_of_its_own(
        #[values(Offset::At(0), Offset::At(-1), Offset::Outside, Offset::Unknown)] offset: Offset,
        #[values(Offset::At(0), Offset::At(-1), Offset::Outside, Offset::Unknown)] other: Offset,
        #[values(false, true)] readonly: bool,
    ) {
        let seen = |offset| {
            let (format, axis) = ("B".into(), || vec![1]);
            let (shape, strides, suboffsets) = (axis(), axis(), vec![]);
            let root = Root::Named(0);
            let (itemsize, released) = (1, false);
            let view = ViewState { root, offset, format, itemsize, readonly, released, shape, strides, suboffsets };
            let outcome = Outcome::Value(Value::View(Box::new(view)));
            Observation { outcome, printed: String::new(), live: None }
        };
        let (mut one, mut two) = (Trace::new(), Trace::new());
        one.write_observation(&seen(offset));
        two.write_observation(&seen(other));
        assert_eq!(one.observation(0), Some(seen(offset)));
        assert_eq!(one == two, offset == other);
        let is_known = |offset| offset != Offset::Unknown;
        assert_eq!(offset.differs(other), offset != other && is_known(offset) && is_known(other));
    }
}
