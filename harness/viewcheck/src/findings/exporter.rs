//! What calls of `exporter` describe, and which of it Python gives by itself: `exporter` is no part of it.
//!
//! A cast gives any native format and any shape. An array or a number of `ctypes` gives some formats that no view can be cast
//! to, and lies in memory as a C array does.

use program::{Kind, Operand, Operation, Value, bytes_literal};

/// The bytes of an item of a native format, on the systems that programs are run on. `None` for another format.
pub(super) fn item_size(format: &str) -> Option<usize> {
    Some(match format.strip_prefix('@').unwrap_or(format) {
        "b" | "B" | "c" | "?" => 1,
        "h" | "H" | "e" => 2,
        "i" | "I" | "f" => 4,
        "l" | "L" | "q" | "Q" | "n" | "N" | "P" | "d" => 8,
        _ => return None,
    })
}

/// The formats that types of ctypes have, in each version of Python: the type, and the bytes of an item.
pub(super) const CTYPES: &[(&str, &str, usize)] = &[
    ("<i", "c_int", 4),
    ("<d", "c_double", 8),
    ("<b", "c_byte", 1),
    ("<B", "c_ubyte", 1),
    ("<c", "c_char", 1),
    ("<?", "c_bool", 1),
    ("<h", "c_short", 2),
    ("<H", "c_ushort", 2),
    ("<I", "c_uint", 4),
    ("<q", "c_longlong", 8),
    ("<Q", "c_ulonglong", 8),
    ("<f", "c_float", 4),
    ("<P", "c_void_p", 8),
    (">h", "c_short.__ctype_be__", 2),
    (">H", "c_ushort.__ctype_be__", 2),
    (">i", "c_int.__ctype_be__", 4),
    (">I", "c_uint.__ctype_be__", 4),
    (">q", "c_longlong.__ctype_be__", 8),
    (">Q", "c_ulonglong.__ctype_be__", 8),
    (">f", "c_float.__ctype_be__", 4),
    (">d", "c_double.__ctype_be__", 8),
];

/// What a call describes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Described<'a> {
    pub(super) data: &'a [u8],
    pub(super) format: Option<&'a str>,
    pub(super) itemsize: usize,
    pub(super) shape: Vec<usize>,
    pub(super) strides: Option<Vec<i64>>,
    pub(super) is_readonly: bool,
    /// Whether it has an offset, suboffsets or a hash.
    pub(super) has_more: bool,
}

impl Described<'_> {
    /// What a call of `exporter` describes, where its arguments are constants that can be understood.
    pub(super) fn of(operation: &Operation) -> Option<Described<'_>> {
        let Some(Operand::Value(Value::Bytes(data))) = operation.operands.first() else { return None };
        if operation.kind != Kind::NewExporter || operation.operands.len() != operation.keyword_count() + 1 {
            return None;
        }
        let (mut format, mut itemsize, mut shape, mut strides) = (None, None, None, None);
        let (mut is_readonly, mut has_more) = (false, false);
        for (name, operand) in operation.keywords.iter().flatten().zip(&operation.operands[1..]) {
            let Operand::Value(value) = operand else { return None };
            match (&**name, value) {
                (_, Value::None) => {}
                ("format", Value::Str(text)) => format = Some(&**text),
                ("itemsize", Value::Int(size)) => itemsize = Some(usize::try_from(*size).ok()?),
                ("shape", Value::Tuple(axes) | Value::List(axes)) => shape = Some(numbers(axes)?),
                ("strides", Value::Tuple(axes) | Value::List(axes)) => strides = Some(numbers(axes)?),
                ("readonly", Value::Bool(value)) => is_readonly = *value,
                ("offset" | "suboffsets" | "hash", _) => has_more = true,
                _ => return None,
            }
        }
        let itemsize = match (itemsize, format) {
            (Some(itemsize), _) => itemsize,
            (None, Some(format)) => item_size(format)?,
            (None, None) => 1,
        };
        let shape = match shape {
            Some(shape) => shape.into_iter().map(|axis| usize::try_from(axis).ok()).collect::<Option<Vec<_>>>()?,
            None => vec![data.len().checked_div(itemsize)?],
        };
        Some(Described { data, format, itemsize, shape, strides, is_readonly, has_more })
    }

    /// The same as an expression with `ctypes`, if that gives it: the formats, the sizes and the strides are those that are
    /// described. An array without items has items of no bytes in some versions.
    pub(super) fn by_ctypes(&self) -> Option<String> {
        let (_, name, size) = CTYPES.iter().find(|(format, ..)| Some(*format) == self.format)?;
        let count = self.shape.iter().try_fold(1, |all: usize, axis| all.checked_mul(*axis))?;
        let length = count.checked_mul(*size)?;
        if self.has_more || self.strides.is_some() || self.itemsize != *size || count == 0 || length != self.data.len()
        {
            return None;
        }
        let axes: String = self.shape.iter().rev().map(|axis| format!(" * {axis}")).collect();
        let class = if axes.is_empty() { format!("ctypes.{name}") } else { format!("(ctypes.{name}{axes})") };
        let made = match self.data.iter().all(|byte| *byte == 0) {
            true => format!("{class}()"),
            false => format!("{class}.from_buffer_copy({})", bytes_literal(self.data)),
        };
        Some(if self.is_readonly { format!("memoryview({made}).toreadonly()") } else { made })
    }
}

fn numbers(axes: &[Value]) -> Option<Vec<i64>> {
    let number = |axis: &Value| match axis {
        Value::Int(axis) => Some(*axis),
        _ => None,
    };
    axes.iter().map(number).collect()
}

/// How far an operation is from what Python has: 2 for an exporter that nothing gives, 1 for one that `ctypes` gives.
pub(super) fn rank(operation: &Operation) -> usize {
    match operation.kind {
        Kind::NewExporter if Described::of(operation).is_some_and(|described| described.by_ctypes().is_some()) => 1,
        Kind::NewExporter => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use program::Parser;
    use rstest::rstest;
    use std::process::Command;

    #[rstest]
    #[case("exporter(bytes4, format='<i', itemsize=4, shape=())", Some("ctypes.c_int()"))]
    #[case("exporter(bytes4, format='<i', itemsize=4)", Some("(ctypes.c_int * 1)()"))]
    #[case("exporter(bytes4, format='<h', itemsize=2, shape=(2, 1))", Some("(ctypes.c_short * 1 * 2)()"))]
    #[case(
        "exporter(b'ab', format='>H', itemsize=2)",
        Some("(ctypes.c_ushort.__ctype_be__ * 1).from_buffer_copy(b'ab')")
    )]
    #[case(
        "exporter(b'a', format='<?', itemsize=1, readonly=True)",
        Some("memoryview((ctypes.c_bool * 1).from_buffer_copy(b'a')).toreadonly()")
    )]
    #[case::items_of_no_bytes_in_some_versions("exporter(b'', format='<i', itemsize=4)", None)]
    #[case::another_size("exporter(bytes4, format='<i', itemsize=2)", None)]
    #[case::more_memory("exporter(bytes4, format='<h', itemsize=2, shape=(1,))", None)]
    #[case::native("exporter(bytes4, format='i')", None)]
    #[case::strides("exporter(bytes4, format='<h', itemsize=2, shape=(2,), strides=(2,))", None)]
    #[case::offset("exporter(bytes4, format='<h', itemsize=2, shape=(1,), offset=2)", None)]
    #[case::hash("exporter(bytes4, format='<i', itemsize=4, hash=1)", None)]
    fn an_exporter_is_made_by_ctypes(#[case] text: &str, #[case] expected: Option<&str>) {
        let mut parser = Parser::new();
        parser.step(&format!("x = {}", text.replace("bytes4", r"b'\0\0\0\0'"))).unwrap();
        let program = parser.finish();
        let made = Described::of(&program.operations[0]).and_then(|described| described.by_ctypes());
        assert_eq!(made.as_deref(), expected);
        assert_eq!(rank(&program.operations[0]), if expected.is_some() { 1 } else { 2 });
    }

    /// Each type has the format and the size, alone and in an array, on the Python that the tests have.
    #[test]
    fn the_types_have_the_formats() {
        let mut text = String::from("import ctypes\n");
        for (format, name, size) in CTYPES {
            text += &format!(
                "m = memoryview(ctypes.{name}())\nassert (m.format, m.itemsize, m.shape, m.readonly) == ('{format}', {size}, (), False)\n\
                 m = memoryview((ctypes.{name} * 3 * 2)())\nassert (m.format, m.itemsize, m.shape, m.strides) == ('{format}', {size}, (2, 3), ({}, {size}))\n",
                3 * size
            );
        }
        let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let output = Command::new(python).args(["-c", &text]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
