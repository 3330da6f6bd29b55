//! Generates exporters of any layout: Fortran order, gaps, negative and zero strides, zero dimensions, suboffsets, and
//! formats that no cast produces.
//!
//! The layout is generated first, and then memory of exactly the size that it needs, so that nearly every exporter is
//! valid.

use super::Source;
use super::state::View;
use super::values::{self, Format, Items};
use program::{Kind, Name, Operand, Operation, Target, Value};
use smallvec::SmallVec;

/// Formats that exporters give and memoryview knows little of, with the size of an item.
const STRANGE: &[(&str, i64)] = &[
    ("<i", 4),
    (">h", 2),
    ("=q", 8),
    ("!H", 2),
    ("<f", 4),
    (">d", 8),
    ("2i", 8),
    ("3s", 3),
    ("c", 1),
    ("@e", 2),
    ("T{i:a:h:b:}", 6),
    ("ih", 6),
    ("x", 1),
    ("", 1),
    ("%", 1),
    ("<?", 1),
    ("Zd", 16),
    ("@@i", 4),
    ("<", 1),
];

/// The layout of an exporter.
pub(crate) struct Described {
    format: Option<&'static str>,
    itemsize: i64,
    shape: SmallVec<[i64; 4]>,
    strides: SmallVec<[i64; 4]>,
    offset: i64,
    suboffsets: Option<[i64; 2]>,
    is_readonly: bool,
    /// What is asked for its hash.
    hash: Option<Name>,
    data: Vec<u8>,
}

/// An operation that makes such an exporter, and what a view of it will be.
pub(crate) fn exporter(hash: Option<Name>, source: &mut Source<'_>) -> (Operation, View) {
    let described = Described::any(hash, source);
    let view = described.view();
    (described.operation(), view)
}

/// What a view will be of the exporter that an operation makes, as far as that is made of constants.
pub(crate) fn described(operation: &Operation) -> Option<View> {
    let int = |name| match argument(operation, name) {
        Some(Operand::Value(Value::Int(value))) => Some(*value),
        _ => None,
    };
    let ints = |name| match argument(operation, name) {
        Some(Operand::Value(Value::Tuple(items) | Value::List(items))) => {
            let int = |item: &Value| if let Value::Int(value) = item { Some(*value) } else { None };
            items.iter().map(int).collect::<Option<SmallVec<[i64; 4]>>>()
        }
        _ => None,
    };
    let format = match argument(operation, "format") {
        Some(Operand::Value(Value::Str(text))) => {
            let strange = STRANGE.iter().map(|(text, _)| *text);
            let mut known = values::FORMATS.iter().map(|format| format.text).chain(strange);
            // Of another one nothing is known but that it is one.
            Some(known.find(|known| **known == **text).unwrap_or("x"))
        }
        _ => None,
    };
    let itemsize = int("itemsize").or_else(|| values::known(format.unwrap_or("B")).map(|format| format.size))?;
    let length = match operation.operands.first() {
        Some(Operand::Value(Value::Bytes(bytes))) => Some(bytes.len() as i64),
        _ => None,
    };
    let shape = ints("shape").or_else(|| Some(SmallVec::from_slice(&[length?.checked_div(itemsize)?])))?;
    let packed = |shape: &[i64]| {
        let mut next = itemsize;
        let stride = |size: &i64| {
            let after = next.wrapping_mul(*size);
            std::mem::replace(&mut next, after)
        };
        let mut strides: SmallVec<[i64; 4]> = shape.iter().rev().map(stride).collect();
        strides.reverse();
        strides
    };
    let strides = ints("strides").unwrap_or_else(|| packed(&shape));
    let described = Described {
        format,
        itemsize,
        shape,
        strides,
        offset: 0,
        suboffsets: argument(operation, "suboffsets").map(|_| [0, -1]),
        is_readonly: matches!(argument(operation, "readonly"), Some(Operand::Value(Value::Bool(true)))),
        hash: argument(operation, "hash").and_then(super::name),
        data: vec![],
    };
    Some(described.view())
}

/// What is passed for a parameter, by position or by keyword.
fn argument<'a>(operation: &'a Operation, name: &str) -> Option<&'a Operand> {
    let by_position = operation.operands.len().checked_sub(operation.keyword_count())?;
    let keyword = operation.keywords.iter().flatten().position(|keyword| **keyword == *name);
    let at = match keyword {
        Some(at) => by_position + at,
        None => {
            let mut parameters = operation.kind.row().parameters.iter();
            parameters.position(|parameter| parameter.name == name).filter(|at| *at < by_position)?
        }
    };
    operation.operands.get(at)
}

impl Described {
    fn any(hash: Option<Name>, source: &mut Source<'_>) -> Described {
        // Only read-only bytes are hashed.
        let is_hashed = hash.is_some() && source.chance(75);
        let (format, itemsize) = match source.below(10) {
            _ if is_hashed => (Some(source.pick(&["B", "b", "c"])), 1),
            0 => (None, 1),
            1..=6 => {
                let format = source.pick(values::FORMATS);
                (Some(format.text), format.size)
            }
            _ => {
                let (text, size) = source.pick(STRANGE);
                (Some(text), size)
            }
        };
        let is_readonly = is_hashed || source.chance(25);
        let empty = Described {
            format,
            itemsize,
            shape: SmallVec::new(),
            strides: SmallVec::new(),
            offset: 0,
            suboffsets: None,
            is_readonly,
            hash,
            data: vec![],
        };
        if source.chance(8) { empty.with_pointers(source) } else { empty.with_strides(source) }
    }

    /// Rows that are found by pointers, as PIL's images have them: the pointers come first, the rows after them.
    fn with_pointers(mut self, source: &mut Source<'_>) -> Described {
        const POINTER: i64 = 8;
        let (rows, columns) = (source.below(4) as i64, source.below(4) as i64);
        let (gap, length) = (source.below(3) as i64, columns * self.itemsize);
        let at = |row: i64| rows * POINTER + row * (length + gap);
        self.shape = SmallVec::from_slice(&[rows, columns]);
        self.strides = SmallVec::from_slice(&[POINTER, self.itemsize]);
        self.suboffsets = Some([gap, -1]);
        self.data = (0..rows).flat_map(|row| at(row).to_le_bytes()).collect();
        self.fill(at(rows), source);
        self
    }

    fn with_strides(mut self, source: &mut Source<'_>) -> Described {
        let dimensions = match source.below(16) {
            0 => 0,
            1..=5 => 1,
            6..=11 => 2,
            12..=14 => 3,
            _ => source.pick(&[4, 63, 64, 65]),
        };
        let most = if dimensions > 3 { 2 } else { 5 };
        for dimension in 0..dimensions {
            self.shape.push(if dimension < 4 { source.below(most) as i64 } else { 1 });
        }
        self.strides = SmallVec::from_elem(0, dimensions);
        let is_fortran = source.chance(40);
        let mut next = self.itemsize;
        for place in 0..dimensions {
            let dimension = if is_fortran { place } else { dimensions - 1 - place };
            let size = self.shape[dimension];
            // Now and then a dimension has gaps, runs backwards, or stands still. The numbers of very many dimensions
            // may wrap: such a description is refused.
            let stride = match source.below(12) {
                0 => next.wrapping_mul(2),
                1 => next.wrapping_neg(),
                2 => 0,
                3 => next.wrapping_add(1),
                _ => next,
            };
            self.strides[dimension] = stride;
            next = stride.wrapping_abs().max(1).wrapping_mul(size.max(1));
        }
        let reach = |sign: i64| -> i64 {
            let dimensions = self.shape.iter().zip(&self.strides);
            let reaches =
                dimensions.map(|(size, stride)| stride.wrapping_mul((size - 1).max(0)).wrapping_mul(sign).max(0));
            reaches.fold(0, i64::wrapping_add)
        };
        self.offset = reach(-1).wrapping_add(source.pick(&[0, 0, 0, 1, 8]));
        let end = self.offset.wrapping_add(reach(1)).wrapping_add(self.itemsize + source.pick(&[0, 0, 3]));
        self.fill(end, source);
        self
    }

    /// Fills the memory up to that length.
    fn fill(&mut self, length: i64, source: &mut Source<'_>) {
        let start = self.data.len();
        let length = usize::try_from(length).unwrap_or(0).min(1 << 10);
        match source.below(3) {
            0 => self.data.resize_with(length, || source.byte()),
            _ => self.data.extend((start..length).map(|at| at as u8)),
        }
    }

    fn operation(self) -> Operation {
        let sizes = |sizes: &[i64]| Value::Tuple(sizes.iter().map(|size| Value::Int(*size)).collect());
        let value = Operand::Value;
        let keywords = [
            ("format", self.format.map(|text| value(Value::Str(text.into())))),
            ("itemsize", Some(value(Value::Int(self.itemsize)))),
            ("shape", Some(value(sizes(&self.shape)))),
            ("strides", Some(value(sizes(&self.strides)))),
            ("offset", (self.offset != 0).then_some(value(Value::Int(self.offset)))),
            ("suboffsets", self.suboffsets.map(|suboffsets| value(sizes(&suboffsets)))),
            ("readonly", self.is_readonly.then_some(value(Value::Bool(true)))),
            ("hash", self.hash.map(Operand::Name)),
        ];
        let mut operation = Operation::new(Kind::NewExporter, Target::Discard, []);
        operation.operands.push(Operand::Value(Value::Bytes(self.data.into())));
        let mut names = vec![];
        for (name, operand) in keywords {
            if let Some(operand) = operand {
                names.push(name.into());
                operation.operands.push(operand);
            }
        }
        operation.keywords = Some(names.into());
        operation
    }

    fn view(&self) -> View {
        let format = self.format.unwrap_or("B");
        let known = values::known(format);
        let mut packed = self.itemsize;
        let mut is_contiguous = self.suboffsets.is_none();
        for (size, stride) in self.shape.iter().zip(&self.strides).rev() {
            is_contiguous &= *size == 1 || *stride == packed;
            packed = packed.wrapping_mul(*size);
        }
        View {
            format: known.unwrap_or(Format { text: format, size: self.itemsize, items: Items::Unsigned }),
            shape: self.shape.iter().copied().collect(),
            is_readonly: self.is_readonly,
            is_released: false,
            is_hashed: false,
            is_contiguous,
            root: None,
            hash: self.hash,
        }
    }
}
