//! Values, observations and operations as JSON, as they are exchanged with a runner in another process.
//!
//! `docs/protocol.md` describes the format. What is read comes from a program that may be wrong, so everything is checked and
//! an error says what was found. What a runner can't observe is absent in its JSON, and has a neutral value here; the engine
//! that it belongs to declares that it does not see it.

use crate::observation::{Live, Observation, Offset, Outcome, Raised, Root, ViewState};
use crate::program::{Operand, Operation, Program, Target};
use crate::value::Value;
use num_bigint::{BigInt, BigUint, Sign};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;

/// Why JSON is not what it should be, as a clause: "`ran` is missing".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

type Result<T> = std::result::Result<T, JsonError>;

/// The largest int that is written as a number. Others are written as text, because many readers have floats only.
const LARGEST_NUMBER: u64 = 1 << 53;
/// The most digits of a decimal int. More are written in hexadecimal.
const MOST_DIGITS: usize = 5000;
/// How deep values may be nested.
const DEEPEST: usize = 200;

fn error<T>(what: impl Into<String>) -> Result<T> {
    Err(JsonError(what.into()))
}

/// A short form of some JSON, for messages.
fn shown(json: &Json) -> String {
    let text = json.to_string();
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

/// An operation, for a runner that can't run Python's text.
pub fn operation(program: &Program, operation: &Operation) -> Json {
    self::operation_in(program, &program.locals, operation)
}

/// The same of an operation in a function with these local variables, or in none.
fn operation_in(program: &Program, locals: &[Box<str>], operation: &Operation) -> Json {
    let local = |index: u16| locals.get(usize::from(index)).map_or("", |name| name).to_owned();
    let name = |name: u16| program.names.get(usize::from(name)).map_or("", |name| name).to_owned();
    let operand = |operand: &Operand| match operand {
        Operand::Name(index) => json!({ "name": name(*index) }),
        Operand::Temp(temp) => json!({ "temp": temp }),
        Operand::Value(constant) => json!({ "const": value(constant) }),
        Operand::Local(index) => json!({ "local": local(*index) }),
        Operand::Body(index) => program.bodies.get(usize::from(*index)).map_or(Json::Null, |body| {
            let locals = body.function.as_ref().map_or(locals, |function| &function.locals);
            let operations: Json =
                body.operations.iter().map(|operation| operation_in(program, locals, operation)).collect();
            match &body.function {
                Some(function) => {
                    let signature = function.signature(|| "...".to_owned());
                    json!({ "function": function.name, "signature": signature, "body": operations })
                }
                None => json!({ "body": operations }),
            }
        }),
    };
    let mut written = Map::new();
    written.insert("do".to_owned(), operation.kind.row().name.into());
    written.insert("with".to_owned(), operation.operands.iter().map(operand).collect());
    if let Some(keywords) = &operation.keywords {
        written.insert("keywords".to_owned(), keywords.iter().map(|keyword| Json::from(&**keyword)).collect());
    }
    match operation.target {
        Target::Discard => {}
        Target::Name(index) => _ = written.insert("to".to_owned(), name(index).into()),
        Target::Temp(temp) => _ = written.insert("to".to_owned(), temp.into()),
        Target::Local(index) => _ = written.insert("to".to_owned(), json!({ "local": local(index) })),
    }
    Json::Object(written)
}

/// A constant of a program. What can't be one is written as the object that it is.
pub fn value(value: &Value) -> Json {
    let values = |items: &[Value]| items.iter().map(self::value).collect::<Json>();
    match value {
        Value::None => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) if value.unsigned_abs() < LARGEST_NUMBER => (*value).into(),
        Value::Int(value) => json!({ "int": value.to_string() }),
        Value::Big(value) => json!({ "int": value.to_string() }),
        Value::Float(value) => json!({ "float": float(*value) }),
        Value::Complex(real, imag) => json!({ "complex": [float(*real), float(*imag)] }),
        Value::Bytes(bytes) => json!({ "bytes": hex(bytes) }),
        Value::Bytearray(bytes) => json!({ "bytearray": hex(bytes) }),
        Value::Str(text) => (**text).into(),
        Value::List(items) => values(items),
        Value::Tuple(items) => json!({ "tuple": values(items) }),
        Value::Slice(parts) => json!({ "slice": values(&parts[..]) }),
        Value::Ellipsis => json!({ "ellipsis": true }),
        Value::Type(name) => json!({ "type": name }),
        Value::Array(typecode, bytes) => json!({ "array": [typecode, hex(bytes)] }),
        Value::View(_) | Value::Hash | Value::Object(_) => json!({ "object": value.type_name() }),
    }
}

fn float(value: f64) -> String {
    format!("{:016x}", value.to_bits())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a runner observed of a step.
///
/// # Errors
///
/// When it is not in the format, or names a variable that the program does not have.
pub fn observation(program: &Program, json: &Json) -> Result<Observation> {
    let Json::Object(step) = json else { return error(format!("a step is {}, not an object", shown(json))) };
    let outcome = match (step.get("value"), step.get("raised")) {
        (Some(_), Some(_)) => return error("a step has both `value` and `raised`"),
        (Some(value), None) => Outcome::Value(read(program, value, 0)?),
        (None, Some(raised)) => Outcome::Raised(self::raised(raised)?),
        (None, None) => Outcome::Nothing,
    };
    let printed = match step.get("printed") {
        None => String::new(),
        Some(text) => string(text, "`printed`")?.to_owned(),
    };
    let live = step.get("live").map(|live| self::live(program, live)).transpose()?;
    Ok(Observation { outcome, printed, live })
}

/// The bytes that a step has allocated, if the runner has counted them.
///
/// # Errors
///
/// When it is no number of bytes.
pub fn allocated(step: &Json) -> Result<Option<u64>> {
    match step.get("allocated") {
        None => Ok(None),
        Some(json) => match json.as_u64() {
            Some(bytes) => Ok(Some(bytes)),
            None => error(format!("`allocated` is {}, not a number of bytes", shown(json))),
        },
    }
}

fn raised(json: &Json) -> Result<Raised> {
    match json.as_array().map(Vec::as_slice) {
        Some([Json::String(exception), Json::String(message)]) => {
            Ok(Raised { exception: exception.clone(), message: message.clone() })
        }
        _ => error(format!("`raised` is {}, not the name of an exception and its text", shown(json))),
    }
}

/// The objects that are alive, in the order of the names.
fn live(program: &Program, json: &Json) -> Result<Vec<(u16, Live)>> {
    let Json::Object(objects) = json else { return error(format!("`live` is {}, not an object", shown(json))) };
    let mut live = vec![];
    for (name, json) in objects {
        let name = named(program, name)?;
        let Json::Object(state) = json else { return error(format!("the state {} is not an object", shown(json))) };
        let memory = |state: &Map<String, Json>| -> Result<(bool, Box<[u8]>)> {
            let content = state.get("content").unwrap_or(&Json::Null);
            Ok((flag(state, "locked")?, unhex(string(content, "`content`")?)?.into()))
        };
        if !state.contains_key("released") {
            let (locked, content) = memory(state)?;
            live.push((name, Live::Exporter { locked, content }));
            continue;
        }
        live.push((name, Live::View { released: flag(state, "released")? }));
        if let Some(over) = state.get("over") {
            let Json::Object(over) = over else { return error(format!("`over` is {}, not an object", shown(over))) };
            let (locked, content) = memory(over)?;
            live.push((name, Live::ViewOfUnnamed { locked, content }));
        }
    }
    // A stable sort: what is told of one name stays in its order.
    live.sort_by_key(|(name, _)| *name);
    Ok(live)
}

/// A flag that may be absent, where it can't be observed.
fn flag(map: &Map<String, Json>, key: &str) -> Result<bool> {
    match map.get(key) {
        None => Ok(false),
        Some(Json::Bool(flag)) => Ok(*flag),
        Some(other) => error(format!("`{key}` is {}, not true or false", shown(other))),
    }
}

fn named(program: &Program, name: &str) -> Result<u16> {
    let index = program.names.iter().position(|known| **known == *name);
    let index = index.and_then(|index| u16::try_from(index).ok());
    index.ok_or_else(|| JsonError(format!("the program has no name `{name}`")))
}

fn read(program: &Program, json: &Json, depth: usize) -> Result<Value> {
    if depth > DEEPEST {
        return error("a value is nested too deeply");
    }
    let values = |json: &Json| -> Result<Vec<Value>> {
        let Json::Array(items) = json else { return error(format!("{} is not a list of values", shown(json))) };
        items.iter().map(|item| read(program, item, depth + 1)).collect()
    };
    let map = match json {
        Json::Null => return Ok(Value::None),
        Json::Bool(value) => return Ok(Value::Bool(*value)),
        Json::String(text) => return Ok(Value::Str(text.as_str().into())),
        Json::Array(_) => return Ok(Value::List(values(json)?)),
        Json::Number(number) => {
            let int = number.as_i64().map(Value::Int).or_else(|| Some(Value::int(number.as_u64()?.into())));
            return int.ok_or_else(|| JsonError(format!("the number {number} is not an int")));
        }
        Json::Object(map) => map,
    };
    let mut entries = map.iter();
    let (Some((kind, json)), None) = (entries.next(), entries.next()) else {
        return error(format!("the value {} does not have exactly one key", shown(json)));
    };
    Ok(match kind.as_str() {
        "int" => {
            let int = big(string(json, "an int")?);
            Value::int(int.ok_or_else(|| JsonError(format!("{} is not an int", shown(json))))?)
        }
        "float" => Value::Float(bits(json)?),
        "complex" => match json.as_array().map(Vec::as_slice) {
            Some([real, imag]) => Value::Complex(bits(real)?, bits(imag)?),
            _ => return error(format!("{} is not a complex number", shown(json))),
        },
        "bytes" => Value::Bytes(unhex(string(json, "bytes")?)?.into()),
        "bytearray" => Value::Bytearray(unhex(string(json, "a bytearray")?)?.into()),
        "tuple" => Value::Tuple(values(json)?),
        "slice" => match <[Value; 3]>::try_from(values(json)?) {
            Ok(parts) => Value::Slice(Box::new(parts)),
            Err(_) => return error("a slice does not have three parts"),
        },
        "ellipsis" => Value::Ellipsis,
        "type" => Value::Type(string(json, "a type")?.into()),
        "array" => match json.as_array().map(Vec::as_slice) {
            Some([Json::String(typecode), Json::String(content)]) if typecode.chars().count() == 1 => {
                Value::Array(typecode.chars().next().unwrap_or('?'), unhex(content)?.into())
            }
            _ => return error(format!("{} is not the typecode and the bytes of an array", shown(json))),
        },
        "object" => Value::Object(string(json, "an object")?.into()),
        "view" => Value::View(Box::new(view(program, json)?)),
        other => return error(format!("there is no kind of value `{other}`")),
    })
}

/// An int of any size: `-5` or `-0x5`. To read decimal digits takes a time that grows faster than their number, so that there
/// may be as many as Python itself shows by default, and hexadecimal ones without a limit.
fn big(text: &str) -> Option<BigInt> {
    let (sign, digits) = text.strip_prefix('-').map_or((Sign::Plus, text), |digits| (Sign::Minus, digits));
    let (digits, radix) = digits.strip_prefix("0x").map_or((digits, 10), |digits| (digits, 16));
    let is_read = digits.bytes().all(|digit| char::from(digit).is_digit(radix)) && !digits.is_empty();
    match is_read && (radix == 16 || digits.len() <= MOST_DIGITS) {
        true => Some(BigInt::from_biguint(sign, BigUint::parse_bytes(digits.as_bytes(), radix)?)),
        false => None,
    }
}

fn view(program: &Program, json: &Json) -> Result<ViewState> {
    let mut view = ViewState::untold();
    let map = match json {
        Json::String(word) if word == "released" => {
            let (format, itemsize, shape, strides) = ("".into(), 0, vec![], vec![]);
            return Ok(ViewState { released: true, format, itemsize, shape, strides, ..view });
        }
        Json::Object(map) => map,
        _ => return error(format!("{} is not a view", shown(json))),
    };
    for (key, json) in map {
        match key.as_str() {
            "of" => view.root = Root::Named(named(program, string(json, "`of`")?)?),
            "type" => view.root = Root::Unnamed(string(json, "`type`")?.into()),
            "offset" => view.offset = if json.is_null() { Offset::Outside } else { Offset::At(integer(json)?) },
            "format" => view.format = string(json, "`format`")?.into(),
            "itemsize" => view.itemsize = integer(json)?,
            "readonly" => view.readonly = flag(map, "readonly")?,
            "shape" => view.shape = integers(json)?,
            "strides" => view.strides = integers(json)?,
            "suboffsets" => view.suboffsets = integers(json)?,
            other => return error(format!("a view has no `{other}`")),
        }
    }
    Ok(view)
}

fn integer(json: &Json) -> Result<i64> {
    let parsed = match json {
        Json::Object(map) => map.get("int").and_then(Json::as_str).and_then(|text| text.parse().ok()),
        json => json.as_i64(),
    };
    parsed.ok_or_else(|| JsonError(format!("{} is not an int of 64 bits", shown(json))))
}

fn integers(json: &Json) -> Result<Vec<i64>> {
    match json {
        Json::Array(items) => items.iter().map(integer).collect(),
        json => error(format!("{} is not a list of ints", shown(json))),
    }
}

fn string<'a>(json: &'a Json, what: &str) -> Result<&'a str> {
    json.as_str().ok_or_else(|| JsonError(format!("{what} is {}, not a text", shown(json))))
}

fn bits(json: &Json) -> Result<f64> {
    let bits = json.as_str().filter(|text| text.len() == 16).and_then(|text| u64::from_str_radix(text, 16).ok());
    bits.map(f64::from_bits)
        .ok_or_else(|| JsonError(format!("{} is not the 16 hexadecimal digits of a float", shown(json))))
}

fn unhex(text: &str) -> Result<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    match bytes {
        Some(bytes) if rest.is_empty() => Ok(bytes),
        _ => error(format!("{} is not hexadecimal", shown(&text.into()))),
    }
}

#[cfg(test)]
mod tests;
