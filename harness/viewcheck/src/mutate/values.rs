//! Changes constants within their kind: a little, or to one at a boundary.

use crate::generate::{Source, values};
use num_bigint::BigInt;
use program::Value;
use program::operation::Takes;

/// The longest bytes that become longer.
const LONGEST: usize = 64;

/// Another value of the kind. Small ones stay small: what they are for is not known.
pub(super) fn changed(value: &Value, takes: Takes, is_small: bool, source: &mut Source<'_>) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(!value),
        Value::Int(value) if is_small => Value::Int(match source.below(4) {
            0 => value.saturating_add(1).min((*value).max(64)),
            1 => value.saturating_sub(1),
            2 => value / 2,
            _ => source.below(8) as i64,
        }),
        Value::Int(value) => int(*value, source),
        Value::Big(_) if is_small => value.clone(),
        Value::Big(value) => {
            let step = BigInt::from(source.pick(&[1, -1, 256]));
            Value::int(if source.chance(50) { &**value + step } else { -&**value })
        }
        Value::Float(_) => Value::Float(values::float(source)),
        Value::Bytes(bytes) => Value::Bytes(contents(bytes, source)),
        Value::Tuple(items) => Value::Tuple(sequence(items, takes, is_small, source)),
        Value::List(items) => Value::List(sequence(items, takes, is_small, source)),
        Value::Slice(parts) => {
            let mut parts = parts.clone();
            let at = source.below(3);
            parts[at] = match &parts[at] {
                Value::Int(value) if source.chance(70) => int(*value, source),
                Value::Int(_) => Value::None,
                // A step of zero is an error of its own.
                _ => Value::Int(source.pick(&[1, -1, 2, 3, -2, 0])),
            };
            Value::Slice(parts)
        }
        other => other.clone(),
    }
}

fn int(value: i64, source: &mut Source<'_>) -> Value {
    match source.below(8) {
        0 | 1 => Value::Int(value.saturating_add(1)),
        2 | 3 => Value::Int(value.saturating_sub(1)),
        4 => Value::Int(value.saturating_neg()),
        5 => Value::Int(value ^ 1 << source.below(8)),
        _ => values::int(source, value.clamp(-(1 << 40), 1 << 40)),
    }
}

/// Bytes that are longer or shorter, or of which one is another.
fn contents(bytes: &[u8], source: &mut Source<'_>) -> Box<[u8]> {
    let mut bytes = bytes.to_vec();
    let at = source.below(bytes.len());
    match source.below(8) {
        0 | 1 if bytes.len() < LONGEST => bytes.insert(at, source.byte()),
        2 if bytes.len() * 2 <= LONGEST => bytes.extend_from_within(..),
        3 if bytes.len() < LONGEST => bytes.resize((bytes.len() / 8 + 1) * 8, 0),
        4 => bytes.truncate(at),
        5 if !bytes.is_empty() => _ = bytes.remove(at),
        _ => match bytes.get_mut(at) {
            Some(byte) => *byte = byte.wrapping_add(source.pick(&[1, 0xff, 0x80, 0x7f])),
            None => bytes.push(source.byte()),
        },
    }
    bytes.into()
}

fn sequence(items: &[Value], takes: Takes, is_small: bool, source: &mut Source<'_>) -> Vec<Value> {
    let mut items = items.to_vec();
    let at = source.below(items.len());
    match source.below(8) {
        0 if !items.is_empty() => _ = items.remove(at),
        1 => items.insert(at, items.get(at).cloned().unwrap_or(Value::Int(1))),
        2 if items.len() > 1 => items.rotate_left(1),
        _ => match items.get_mut(at) {
            Some(item) => *item = changed(item, takes, is_small, source),
            None => items.push(Value::Int(1)),
        },
    }
    items
}
