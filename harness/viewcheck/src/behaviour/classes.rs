//! The classes that values fall into. Two views of one class differ in what hardly matters, such as their lengths.

use super::mix;
use program::{Layout, Seen, Value};

/// What a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Class {
    /// Its type, and roughly its size. The lowest bits of one of a view say that, and whether it was released.
    pub(super) coarse: u32,
    /// The same with the whole layout of a view.
    pub(super) fine: u32,
    /// The class of the format of a view.
    pub(super) format: u32,
    /// The format itself.
    pub(super) code: u32,
}

const VIEW: u32 = 1;
const RELEASED: u32 = 2;
/// The bits that are kept free for these.
const FREE: u32 = 4;

impl Class {
    /// A class of its own.
    pub(super) fn plain(number: u32) -> Class {
        Class { coarse: number * FREE, fine: number * FREE, format: 0, code: 0 }
    }

    pub(super) fn is_released(self) -> bool {
        self.coarse & RELEASED != 0
    }

    /// The same once it was released.
    pub(super) fn released(self) -> Class {
        match self.coarse & VIEW {
            0 => self,
            _ => Class { coarse: VIEW | RELEASED, fine: VIEW | RELEASED, format: 0, code: 0 },
        }
    }

    /// The same with something that is particular about it.
    pub(super) fn with(self, what: u32) -> Class {
        let own = mix(self.coarse, what) / FREE * FREE;
        Class { coarse: own, fine: own, ..self }
    }

    /// The layout of a view, and of anything else the coarse class in eight bits.
    pub(super) fn rough(self) -> u32 {
        match self.coarse & VIEW {
            0 => self.kind(),
            _ => self.fine,
        }
    }

    /// The coarse class in eight bits.
    pub(super) fn kind(self) -> u32 {
        match self.coarse & VIEW {
            0 => mix(self.coarse, 0) & 0xfc,
            _ => self.coarse & (VIEW | RELEASED),
        }
    }
}

/// The class of a value that was observed.
pub(super) fn of_seen(seen: &Seen<'_>) -> Class {
    match seen {
        Seen::View(layout) => of_layout(layout),
        Seen::Int(int) => Class::plain(mix(1, of_int(*int)) / FREE),
        Seen::Other(b'r', _) => Class { coarse: VIEW | RELEASED, fine: VIEW | RELEASED, format: 0, code: 0 },
        Seen::Other(tag, length) => Class::plain(u32::from(*tag) << 2 | (*length as u32).min(1)),
        Seen::Named(name) => Class::plain(mix(2, of_text(name)) / FREE),
    }
}

fn of_layout(layout: &Layout<'_>) -> Class {
    let dimensions = layout.dimensions();
    let (mut is_c, mut is_fortran, mut is_empty, mut is_reversed, mut is_flat) = (true, true, false, false, false);
    let mut packed = layout.itemsize;
    for (length, stride) in layout.axes().rev() {
        is_c &= length == 1 || stride == packed;
        packed = packed.wrapping_mul(length);
        is_empty |= length == 0;
        is_reversed |= stride < 0;
        is_flat |= stride == 0 && length > 1;
    }
    if dimensions > 1 {
        packed = layout.itemsize;
        for (length, stride) in layout.axes() {
            is_fortran &= length == 1 || stride == packed;
            packed = packed.wrapping_mul(length);
        }
    } else {
        is_fortran = is_c;
    }
    let contiguity = match () {
        () if layout.is_indirect => 0,
        () if is_empty => 1,
        () if is_c => 2,
        () if is_fortran => 3,
        () if is_reversed => 4,
        () if is_flat => 5,
        () => 6,
    };
    let fine = (dimensions as u32).min(2) << 4 | contiguity << 1 | u32::from(layout.readonly);
    let format = of_format(layout.format);
    Class { coarse: VIEW, fine: fine << 2 | VIEW, format, code: code(layout.format) }
}

/// The class of a format.
fn of_format(format: &[u8]) -> u32 {
    match format {
        [b'@', rest @ ..] if !rest.is_empty() => of_format(rest),
        b"B" | b"b" => 1,
        b"?" | b"c" => 5,
        b"h" | b"i" | b"l" | b"q" | b"n" | b"H" | b"I" | b"L" | b"Q" | b"N" | b"P" => 2,
        b"e" | b"f" | b"d" => 3,
        _ => 4,
    }
}

/// A format itself; those of several items are one.
fn code(format: &[u8]) -> u32 {
    match format {
        [b'@', code] | [code] => u32::from(*code),
        _ => 1,
    }
}

fn of_int(int: i64) -> u32 {
    match int {
        0 => 0,
        1..=0xff => 1,
        -0xff..0 => 2,
        0x100.. => 3,
        ..=-0x100 => 4,
    }
}

/// The class of a constant.
pub(super) fn of_constant(value: &Value) -> Class {
    Class::plain(constant(value) / FREE)
}

fn constant(value: &Value) -> u32 {
    let sized = |tag: u32, length: usize| mix(tag, (length as u32).min(1));
    match value {
        Value::None => mix(10, 0),
        Value::Ellipsis => mix(11, 0),
        Value::Bool(_) => mix(12, 0),
        Value::Int(int) => mix(13, of_int(*int)),
        Value::Big(_) => mix(14, 0),
        Value::Float(_) => mix(15, 0),
        Value::Bytes(bytes) => sized(16, bytes.len()),
        Value::Bytearray(bytes) => sized(17, bytes.len()),
        // A format, an order, a separator.
        Value::Str(text) if text.len() <= 2 => mix(18, of_format(text.as_bytes())),
        Value::Str(text) => sized(19, text.len()),
        Value::Tuple(items) => items.iter().take(1).fold(sized(20, items.len()), |sum, item| mix(sum, kind(item))),
        Value::List(items) => items.iter().take(1).fold(sized(21, items.len()), |sum, item| mix(sum, kind(item))),
        Value::Slice(parts) => mix(22, bound(&parts[0]) << 8 | bound(&parts[1]) << 4 | stride(&parts[2])),
        Value::Type(name) | Value::Object(name) => mix(23, of_text(name.as_bytes())),
        Value::Complex(..) | Value::Array(..) | Value::View(_) | Value::Hash => mix(24, 0),
    }
}

/// The type of an item of a constant.
fn kind(value: &Value) -> u32 {
    match value {
        Value::Slice(_) => 1,
        Value::Int(_) | Value::Bool(_) => 2,
        Value::Big(_) => 3,
        Value::Float(_) => 4,
        Value::Tuple(_) | Value::List(_) => 5,
        _ => 6,
    }
}

/// The class of a bound of a slice.
fn bound(value: &Value) -> u32 {
    match value {
        Value::None => 0,
        Value::Int(0..) => 1,
        Value::Int(_) => 2,
        _ => 3,
    }
}

/// The class of the step of a slice.
fn stride(value: &Value) -> u32 {
    match value {
        Value::None | Value::Int(1) => 0,
        Value::Int(0) => 1,
        Value::Int(2..) => 2,
        Value::Int(_) => 3,
        _ => 4,
    }
}

/// A number for a text: for its length, and what it begins with.
pub(super) fn of_text(text: &[u8]) -> u32 {
    let mut number = text.len() as u32;
    for word in text[..text.len().min(24)].chunks(8) {
        let mut bytes = [0; 8];
        bytes[..word.len()].copy_from_slice(word);
        let word = u64::from_le_bytes(bytes);
        number = mix(number, (word as u32).wrapping_add(((word >> 32) as u32).wrapping_mul(31)));
    }
    number
}
