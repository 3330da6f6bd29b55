//! The size of a program for shrinking: first how much it has that is no part of Python, then the number of operations, then of operands, then their complexity.

use super::exporter;
use num_bigint::Sign;
use program::{Gives, Kind, Operand, Program, Target, Value};

/// What one kind of value weighs more than another. The details of a value weigh less.
const UNIT: u128 = 1 << 96;

/// The formats of an item, from plain to exotic.
pub(super) const FORMATS: &str = "BbchHiIlLqQnNPdfe?";

/// The measure of a program: smaller is simpler. No chain of ever smaller programs is endless.
pub(super) fn of(program: &Program) -> (usize, usize, usize, u128, usize, usize) {
    let operations = || program.all_operations();
    let operands = operations().map(|operation| operation.operands.len()).sum();
    let weight = operations().map(|operation| {
        let own = u128::from(maker_rank(operation.kind)) * UNIT;
        operation.operands.iter().map(operand).fold(own, u128::saturating_add)
    });
    let names = operations().filter(|operation| matches!(operation.target, Target::Name(_))).count();
    let keywords = operations().map(program::Operation::keyword_count).sum();
    // A block without a statement is written as one with `pass`, which is no more.
    let is_pass = |body: &&program::Body| matches!(body.operations.as_slice(), [only] if only.kind == Kind::Pass);
    let passes = program.bodies.iter().filter(is_pass).count();
    let exporters = operations().map(exporter::rank).sum();
    (exporters, operations().count() - passes, operands, weight.fold(0, u128::saturating_add), names, keywords)
}

/// How plain an operation is that makes an exporter; nothing to other operations.
pub(super) fn maker_rank(kind: Kind) -> u8 {
    match kind.row().gives {
        _ if !kind.makes() => 0,
        Gives::Bytearray => 1,
        Gives::Bytes => 2,
        Gives::Array => 3,
        Gives::Exporter => 4,
        _ => 0,
    }
}

fn operand(operand: &Operand) -> u128 {
    match operand {
        Operand::Name(name) => 40 * UNIT + u128::from(*name),
        Operand::Temp(_) | Operand::Local(_) => 40 * UNIT,
        // Its operations count themselves. Nothing in its place is less.
        Operand::Body(_) => 3 * UNIT,
        Operand::Value(value) => self::value(value),
    }
}

/// The weight of a constant.
pub(super) fn value(value: &Value) -> u128 {
    let (rank, detail): (u128, u128) = match value {
        Value::Int(value) => (1, 2 * u128::from(value.unsigned_abs()) + u128::from(*value < 0)),
        Value::Big(value) => {
            let magnitude =
                value.magnitude().iter_u64_digits().rev().fold(0u128, |all, digit| {
                    (all.saturating_mul(1 << 64)).saturating_add(u128::from(digit)).min(1 << 90)
                });
            // Beyond what can be told apart by value the number of bits decides.
            (1, 2 * magnitude + u128::from(value.bits()) + u128::from(value.sign() == Sign::Minus))
        }
        Value::None => (2, 0),
        Value::Bool(value) => (3, u128::from(*value)),
        Value::Ellipsis => (3, 2),
        Value::Bytes(bytes) => (4, ((bytes.len() as u128) << 48) + content(bytes)),
        Value::Float(value) => (4, float(*value)),
        Value::Str(text) => (5, str(text)),
        Value::Tuple(items) | Value::List(items) => {
            let own = 6 * UNIT + u128::from(matches!(value, Value::Tuple(_)));
            return items.iter().map(self::value).fold(own, u128::saturating_add);
        }
        Value::Slice(parts) => {
            let part = |part: &Value| if matches!(part, Value::None) { 0 } else { self::value(part) };
            return parts.iter().map(part).fold(7 * UNIT, u128::saturating_add);
        }
        _ => (8, 0),
    };
    rank * UNIT + detail.min(UNIT - 1)
}

/// Zeros are plainest, then the numbers from zero on.
fn content(bytes: &[u8]) -> u128 {
    if bytes.iter().all(|byte| *byte == 0) {
        return 0;
    }
    if bytes.iter().enumerate().all(|(index, byte)| *byte == index as u8) {
        return 1;
    }
    2 + bytes.iter().map(|byte| u128::from(*byte)).sum::<u128>()
}

fn float(value: f64) -> u128 {
    let sign = u128::from(value.is_sign_negative());
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return match value == 0.0 && value.is_sign_negative() {
            true => 1 << 60,
            false => 2 * value.abs() as u128 + sign,
        };
    }
    match value.is_finite() {
        true => (1 << 61) + ((program::float_repr(value.abs()).len() as u128) << 1) + sign,
        false if value.is_nan() => (1 << 62) + 2,
        false => (1 << 62) + sign,
    }
}

fn str(text: &str) -> u128 {
    let mut chars = text.strip_prefix('@').unwrap_or(text).chars();
    let plain = |char| FORMATS.find(char).map(|at| at as u128);
    match (chars.next(), chars.next()) {
        (None, _) if text.is_empty() => 0,
        (Some(char), None) if plain(char).is_some() => {
            plain(char).unwrap_or(0) + if text.starts_with('@') { 100 } else { 1 }
        }
        _ => ((text.chars().count() as u128) << 40) + text.chars().map(|char| char as u128).sum::<u128>(),
    }
}
