//! Simpler values in place of a value, the simplest first.

use super::measure::FORMATS;
use super::operands::is_simpler;
use num_bigint::BigInt;
use program::Value;
use program::operation::Takes;

/// Values to try in place of another one, each of them simpler.
pub(super) fn simpler(value: &Value, takes: Takes) -> Vec<Value> {
    let mut found = vec![Value::Int(0), Value::None];
    found.extend(same_type(value, takes));
    found.retain(|candidate| is_simpler(candidate, value));
    found
}

/// Values of the same type; not all of them are simpler.
fn same_type(value: &Value, takes: Takes) -> Vec<Value> {
    match value {
        Value::Bool(true) => vec![Value::Bool(false)],
        Value::Int(value) => ints(*value).into_iter().map(Value::Int).collect(),
        Value::Big(value) => bigs(value),
        Value::Float(value) => floats(*value).into_iter().map(Value::Float).collect(),
        Value::Bytes(bytes) => contents(bytes).into_iter().map(|bytes| Value::Bytes(bytes.into())).collect(),
        Value::Str(text) => texts(text, takes).into_iter().map(|text| Value::Str(text.into())).collect(),
        Value::Tuple(items) => {
            let list = (takes == Takes::Shape).then(|| Value::List(items.clone()));
            sequences(items, takes).into_iter().map(Value::Tuple).chain(list).collect()
        }
        Value::List(items) => sequences(items, takes).into_iter().map(Value::List).collect(),
        Value::Slice(parts) => slices(parts),
        _ => vec![],
    }
}

/// How much to take off a length or a number: half, then less and less, down to one.
pub(super) fn cuts(size: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(size.div_ceil(2)), |cut| Some(cut / 2)).take_while(|cut| *cut > 0)
}

fn ints(value: i64) -> Vec<i64> {
    let mut found = vec![0, 1, -1];
    found.extend(value.checked_neg().filter(|_| value < 0));
    let smaller = |magnitude: u64| if value < 0 { (magnitude as i64).wrapping_neg() } else { magnitude as i64 };
    found.extend(cuts(value.unsigned_abs()).map(|cut| smaller(value.unsigned_abs() - cut)));
    found
}

fn bigs(value: &BigInt) -> Vec<Value> {
    let (min, max) = (BigInt::from(i64::MIN), BigInt::from(i64::MAX));
    let mut found = vec![Value::Int(1), Value::Int(-1), Value::Int(i64::MAX), Value::Int(i64::MIN)];
    found.extend([&max + 1, &min - 1, BigInt::from(u64::MAX), BigInt::from(u64::MAX) + 1].map(Value::int));
    found.push(Value::int(-value));
    found.extend((1..value.bits()).map(|bits| Value::int(value - (value >> bits))));
    found.push(Value::int(value - if *value < BigInt::ZERO { -1 } else { 1 }));
    found
}

fn floats(value: f64) -> Vec<f64> {
    let mut found = vec![0.0, 1.0, -1.0, -value, value.trunc()];
    if value.is_finite() {
        let magnitude = value.abs().min(9e15) as u64;
        found.extend(cuts(magnitude).map(|cut| (magnitude - cut) as f64 * value.signum()));
        found.extend((0..17).filter_map(|digits| format!("{value:.digits$e}").parse::<f64>().ok()));
    } else {
        found.push(f64::INFINITY);
    }
    found
}

fn contents(bytes: &[u8]) -> Vec<Vec<u8>> {
    let length = bytes.len();
    let mut found = vec![vec![]];
    for cut in cuts(length as u64) {
        let rest = length - cut as usize;
        found.extend([vec![0; rest], bytes[..rest].to_vec(), bytes[length - rest..].to_vec()]);
    }
    found.push(vec![0; length]);
    found.push((0..length).map(|index| index as u8).collect());
    found.extend((0..length).map(|gone| [&bytes[..gone], &bytes[gone + 1..]].concat()));
    for (index, byte) in bytes.iter().enumerate() {
        let lower = [0, 1].into_iter().chain(cuts(u64::from(*byte)).map(|cut| byte - cut as u8));
        found.extend(lower.map(|lower| {
            let mut bytes = bytes.to_vec();
            bytes[index] = lower;
            bytes
        }));
    }
    found
}

fn texts(text: &str, takes: Takes) -> Vec<String> {
    let mut found = vec![String::new()];
    if matches!(takes, Takes::Format | Takes::Typecode) {
        found.extend(FORMATS.chars().map(String::from));
    }
    if takes == Takes::Order {
        found.extend(["A", "C"].map(String::from));
    }
    found.extend(text.strip_prefix('@').map(String::from));
    for (index, char) in text.char_indices() {
        let (before, after) = (&text[..index], &text[index + char.len_utf8()..]);
        found.push(format!("{before}{after}"));
        found.push(format!("{before}a{after}"));
    }
    found
}

fn sequences(items: &[Value], takes: Takes) -> Vec<Vec<Value>> {
    let mut found = vec![vec![]];
    found.extend(cuts(items.len() as u64).map(|cut| items[..items.len() - cut as usize].to_vec()));
    found.extend((0..items.len()).map(|gone| [&items[..gone], &items[gone + 1..]].concat()));
    // Two sizes of a shape become one.
    for (index, pair) in items.windows(2).enumerate() {
        if let [Value::Int(a), Value::Int(b)] = pair
            && takes == Takes::Shape
        {
            let merged = [Value::Int(a.saturating_mul(*b))];
            found.push([&items[..index], &merged, &items[index + 2..]].concat());
        }
    }
    for (index, item) in items.iter().enumerate() {
        found.extend(simpler(item, Takes::Any).into_iter().map(|simpler| {
            let mut items = items.to_vec();
            items[index] = simpler;
            items
        }));
    }
    found
}

fn slices(parts: &[Value; 3]) -> Vec<Value> {
    let with = |index: usize, part: Value| {
        let mut parts = parts.clone();
        parts[index] = part;
        Value::Slice(Box::new(parts))
    };
    let mut found: Vec<Value> = (0..3).rev().map(|index| with(index, Value::None)).collect();
    for (index, part) in parts.iter().enumerate() {
        found.extend(simpler(part, Takes::Index).into_iter().map(|simpler| with(index, simpler)));
    }
    found
}
