//! Operators and comparisons, as the C API has them.

use super::execute::{Object, Stop, owned, status};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBool;

pub(super) fn in_place<'py>(operator: &str, left: &Object<'py>, right: &Object<'py>) -> Result<Object<'py>, Stop> {
    let (left, right, py) = (left.as_ptr(), right.as_ptr(), left.py());
    // SAFETY: both are live objects; the result is a new reference or an error is set.
    let result = unsafe {
        match operator {
            "-" => ffi::PyNumber_InPlaceSubtract(left, right),
            "*" => ffi::PyNumber_InPlaceMultiply(left, right),
            "/" => ffi::PyNumber_InPlaceTrueDivide(left, right),
            "//" => ffi::PyNumber_InPlaceFloorDivide(left, right),
            "%" => ffi::PyNumber_InPlaceRemainder(left, right),
            "<<" => ffi::PyNumber_InPlaceLshift(left, right),
            ">>" => ffi::PyNumber_InPlaceRshift(left, right),
            "&" => ffi::PyNumber_InPlaceAnd(left, right),
            "|" => ffi::PyNumber_InPlaceOr(left, right),
            "^" => ffi::PyNumber_InPlaceXor(left, right),
            _ => ffi::PyNumber_InPlaceAdd(left, right),
        }
    };
    owned(py, result)
}

pub(super) fn infix<'py>(operator: &str, left: &Object<'py>, right: &Object<'py>) -> Result<Object<'py>, Stop> {
    let py = left.py();
    let comparison = match operator {
        "<" => ffi::Py_LT,
        "<=" => ffi::Py_LE,
        "==" => ffi::Py_EQ,
        "!=" => ffi::Py_NE,
        ">" => ffi::Py_GT,
        ">=" => ffi::Py_GE,
        "is" => return Ok(bool(py, left.is(right))),
        "is not" => return Ok(bool(py, !left.is(right))),
        "in" | "not in" => {
            // SAFETY: both are live objects; the result is 0, 1 or -1 with an error set.
            let found = status(py, unsafe { ffi::PySequence_Contains(right.as_ptr(), left.as_ptr()) })?;
            return Ok(bool(py, (found == 1) == (operator == "in")));
        }
        _ => return owned(py, calculate(operator, left, right)),
    };
    // SAFETY: both are live objects; the result is a new reference or an error is set.
    owned(py, unsafe { ffi::PyObject_RichCompare(left.as_ptr(), right.as_ptr(), comparison) })
}

/// An operator that gives a new object. Gives what the C API gives: a new reference, or none with an error set.
fn calculate(operator: &str, left: &Object<'_>, right: &Object<'_>) -> *mut ffi::PyObject {
    let (left, right) = (left.as_ptr(), right.as_ptr());
    // SAFETY: both are live objects.
    unsafe {
        match operator {
            "-" => ffi::PyNumber_Subtract(left, right),
            "*" => ffi::PyNumber_Multiply(left, right),
            "/" => ffi::PyNumber_TrueDivide(left, right),
            "//" => ffi::PyNumber_FloorDivide(left, right),
            "%" => ffi::PyNumber_Remainder(left, right),
            "<<" => ffi::PyNumber_Lshift(left, right),
            ">>" => ffi::PyNumber_Rshift(left, right),
            "&" => ffi::PyNumber_And(left, right),
            "|" => ffi::PyNumber_Or(left, right),
            "^" => ffi::PyNumber_Xor(left, right),
            _ => ffi::PyNumber_Add(left, right),
        }
    }
}

pub(super) fn prefix<'py>(operator: &str, operand: &Object<'py>) -> Result<Object<'py>, Stop> {
    let py = operand.py();
    // SAFETY: the operand is a live object; the result is a new reference or an error is set, or a status.
    unsafe {
        let result = match operator {
            "-" => ffi::PyNumber_Negative(operand.as_ptr()),
            "+" => ffi::PyNumber_Positive(operand.as_ptr()),
            "~" => ffi::PyNumber_Invert(operand.as_ptr()),
            _ => return Ok(bool(py, status(py, ffi::PyObject_Not(operand.as_ptr()))? == 1)),
        };
        owned(py, result)
    }
}

fn bool(py: Python<'_>, value: bool) -> Object<'_> {
    PyBool::new(py, value).to_owned().into_any()
}
