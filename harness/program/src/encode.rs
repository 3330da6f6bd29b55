//! Programs as bytes, for corpora and for handing them from one process to another: postcard behind a version byte.
//!
//! Operations are written by the names of their rows, so that a corpus survives changes of the table; a program with
//! an operation that is no more is refused. Values are written flat, a container before its items, so that no bytes
//! can make reading recurse deeper than [`DEEPEST`].

use crate::operation::Kind;
use crate::program::{Name, Operand, Operation, Program, Target};
use crate::value::Value;
use num_bigint::BigInt;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// The first byte of every encoded program.
pub const VERSION: u8 = 1;

/// How deep tuples, lists and slices may be nested in an encoded constant.
pub const DEEPEST: usize = 200;

/// Why bytes are no program.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// There are none, or they begin with another version.
    #[error("the bytes are not an encoded program of version {VERSION}")]
    Version,
    /// They end early, or hold something else.
    #[error("the encoded program is damaged: {0}")]
    Damaged(&'static str),
    /// An operation that there is no row for.
    #[error("there is no operation `{0}`")]
    UnknownOperation(String),
}

/// A program as it is written. Strings are borrowed when writing and owned when reading.
#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    names: Vec<Cow<'a, str>>,
    /// The rows that the operations refer to.
    kinds: Vec<Cow<'a, str>>,
    operations: Vec<WireOperation<'a>>,
    steps: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct WireOperation<'a> {
    kind: u16,
    target: WireTarget,
    operands: Vec<WireOperand<'a>>,
    keywords: Option<Vec<Cow<'a, str>>>,
}

#[derive(Serialize, Deserialize)]
enum WireTarget {
    Discard,
    Name(Name),
    Temp(u16),
}

#[derive(Serialize, Deserialize)]
enum WireOperand<'a> {
    Name(Name),
    Temp(u16),
    Value(Vec<Token<'a>>),
}

/// A value, or the start of one that the following tokens complete.
#[derive(Serialize, Deserialize)]
enum Token<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// Little-endian, signed.
    Big(Cow<'a, [u8]>),
    /// The bits.
    Float(u64),
    Bytes(Cow<'a, [u8]>),
    Str(Cow<'a, str>),
    Tuple(u32),
    List(u32),
    Slice,
    Ellipsis,
    Type(Cow<'a, str>),
    Bytearray(Cow<'a, [u8]>),
    Complex(u64, u64),
    Array(char, Cow<'a, [u8]>),
    Hash,
    Object(Cow<'a, str>),
}

/// Writes a program. A view can't be a constant, and is written as an object of its type.
pub fn encode(program: &Program) -> Vec<u8> {
    let mut kinds: Vec<Kind> = program.operations.iter().map(|operation| operation.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let wire = Wire {
        names: program.names.iter().map(|name| Cow::Borrowed(&**name)).collect(),
        kinds: kinds.iter().map(|kind| Cow::Borrowed(kind.row().name)).collect(),
        operations: program.operations.iter().map(|operation| write_operation(operation, &kinds)).collect(),
        steps: program.steps.clone(),
    };
    // Plain data into memory: nothing here can fail.
    postcard::to_extend(&wire, vec![VERSION]).unwrap_or_default()
}

fn write_operation<'a>(operation: &'a Operation, kinds: &[Kind]) -> WireOperation<'a> {
    let operand = |operand: &'a Operand| match operand {
        Operand::Name(name) => WireOperand::Name(*name),
        Operand::Temp(temp) => WireOperand::Temp(*temp),
        Operand::Value(value) => {
            let mut tokens = vec![];
            write_value(value, &mut tokens);
            WireOperand::Value(tokens)
        }
    };
    WireOperation {
        kind: kinds.binary_search(&operation.kind).unwrap_or(0) as u16,
        target: match operation.target {
            Target::Discard => WireTarget::Discard,
            Target::Name(name) => WireTarget::Name(name),
            Target::Temp(temp) => WireTarget::Temp(temp),
        },
        operands: operation.operands.iter().map(operand).collect(),
        keywords: operation
            .keywords
            .as_ref()
            .map(|keywords| keywords.iter().map(|name| Cow::Borrowed(&**name)).collect()),
    }
}

fn write_value<'a>(value: &'a Value, out: &mut Vec<Token<'a>>) {
    let container = |out: &mut Vec<Token<'a>>, start: Token<'a>, items: &'a [Value]| {
        out.push(start);
        items.iter().for_each(|item| write_value(item, out));
    };
    match value {
        Value::None => out.push(Token::None),
        Value::Bool(value) => out.push(Token::Bool(*value)),
        Value::Int(value) => out.push(Token::Int(*value)),
        Value::Big(value) => out.push(Token::Big(value.to_signed_bytes_le().into())),
        Value::Float(value) => out.push(Token::Float(value.to_bits())),
        Value::Complex(real, imag) => out.push(Token::Complex(real.to_bits(), imag.to_bits())),
        Value::Bytes(bytes) => out.push(Token::Bytes(Cow::Borrowed(bytes))),
        Value::Bytearray(bytes) => out.push(Token::Bytearray(Cow::Borrowed(bytes))),
        Value::Array(typecode, bytes) => out.push(Token::Array(*typecode, Cow::Borrowed(bytes))),
        Value::Str(text) => out.push(Token::Str(Cow::Borrowed(text))),
        Value::Tuple(items) => container(out, Token::Tuple(items.len() as u32), items),
        Value::List(items) => container(out, Token::List(items.len() as u32), items),
        Value::Slice(parts) => container(out, Token::Slice, &**parts),
        Value::Ellipsis => out.push(Token::Ellipsis),
        Value::Type(name) => out.push(Token::Type(Cow::Borrowed(name))),
        Value::Hash => out.push(Token::Hash),
        Value::Object(name) => out.push(Token::Object(Cow::Borrowed(name))),
        Value::View(_) => out.push(Token::Object(Cow::Borrowed(value.type_name()))),
    }
}

/// As the tokens of a program's constants. A view is written as an object of its type.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tokens = vec![];
        write_value(self, &mut tokens);
        tokens.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        let mut tokens = Vec::<Token<'_>>::deserialize(deserializer)?.into_iter();
        let value = read_value(&mut tokens, 0).map_err(D::Error::custom)?;
        match tokens.next() {
            None => Ok(value),
            Some(_) => Err(D::Error::custom("a value is followed by another")),
        }
    }
}

/// Reads what [`encode`] wrote. The program is well formed as far as its names and steps go; what its operations do
/// is for the engines to say.
pub fn decode(bytes: &[u8]) -> Result<Program, DecodeError> {
    let Some((&VERSION, rest)) = bytes.split_first() else { return Err(DecodeError::Version) };
    let damaged = DecodeError::Damaged;
    let (wire, rest): (Wire<'_>, _) =
        postcard::take_from_bytes(rest).map_err(|_| damaged("it does not hold what it should"))?;
    if !rest.is_empty() {
        return Err(damaged("something follows the program"));
    }
    let kinds = wire.kinds.iter().map(|name| kind(name)).collect::<Result<Vec<Kind>, _>>()?;
    let names: Vec<Box<str>> = wire.names.into_iter().map(|name| name.into_owned().into()).collect();
    if names.len() > usize::from(Name::MAX) + 1 || !names.iter().all(|name| is_identifier(name)) {
        return Err(damaged("a name is none"));
    }
    let operations = wire.operations.into_iter().map(|operation| read_operation(operation, &kinds, names.len()));
    let operations = operations.collect::<Result<Vec<Operation>, _>>()?;
    if !wire.steps.is_sorted() || wire.steps.last().is_some_and(|end| *end as usize > operations.len()) {
        return Err(damaged("its steps do not fit its operations"));
    }
    Ok(Program { names, operations, steps: wire.steps })
}

fn kind(name: &str) -> Result<Kind, DecodeError> {
    let found = Kind::ALL.iter().copied().find(|kind| kind.row().name == name);
    found.ok_or_else(|| DecodeError::UnknownOperation(name.chars().take(40).collect()))
}

fn is_identifier(name: &str) -> bool {
    let start = name.chars().next().is_some_and(|char| char.is_alphabetic() || char == '_');
    start && name.chars().all(|char| char.is_alphanumeric() || char == '_')
}

fn read_operation(wire: WireOperation<'_>, kinds: &[Kind], names: usize) -> Result<Operation, DecodeError> {
    let name = |name: Name| match usize::from(name) < names {
        true => Ok(name),
        false => Err(DecodeError::Damaged("a name has no text")),
    };
    let operand = |operand: WireOperand<'_>| {
        Ok(match operand {
            WireOperand::Name(index) => Operand::Name(name(index)?),
            WireOperand::Temp(temp) => Operand::Temp(temp),
            WireOperand::Value(tokens) => {
                let mut tokens = tokens.into_iter();
                let value = read_value(&mut tokens, 0)?;
                match tokens.next() {
                    None => Operand::Value(value),
                    Some(_) => return Err(DecodeError::Damaged("a constant is followed by another")),
                }
            }
        })
    };
    let keywords = wire.keywords.map(|names| names.into_iter().map(|name| name.into_owned().into()).collect());
    let operation = Operation {
        kind: *kinds.get(usize::from(wire.kind)).ok_or(DecodeError::Damaged("an operation has no name"))?,
        target: match wire.target {
            WireTarget::Discard => Target::Discard,
            WireTarget::Name(index) => Target::Name(name(index)?),
            WireTarget::Temp(temp) => Target::Temp(temp),
        },
        operands: wire.operands.into_iter().map(operand).collect::<Result<_, _>>()?,
        keywords,
    };
    let syntax = operation.kind.row().syntax;
    if operation.operands.len() < syntax.fewest_operands() + operation.keyword_count() {
        return Err(DecodeError::Damaged("an operation lacks an operand"));
    }
    match syntax.own_name() {
        Some(index) if operation.own_name(index).is_none() => {
            Err(DecodeError::Damaged("an operation lacks its own name"))
        }
        _ => Ok(operation),
    }
}

fn read_value<'a>(tokens: &mut impl Iterator<Item = Token<'a>>, depth: usize) -> Result<Value, DecodeError> {
    if depth > DEEPEST {
        return Err(DecodeError::Damaged("a constant is nested too deep"));
    }
    let token = tokens.next().ok_or(DecodeError::Damaged("a constant is not complete"))?;
    let mut items = |count: u32| (0..count).map(|_| read_value(tokens, depth + 1)).collect::<Result<Vec<Value>, _>>();
    Ok(match token {
        Token::None => Value::None,
        Token::Bool(value) => Value::Bool(value),
        Token::Int(value) => Value::Int(value),
        Token::Big(bytes) => Value::int(BigInt::from_signed_bytes_le(&bytes)),
        Token::Float(bits) => Value::Float(f64::from_bits(bits)),
        Token::Complex(real, imag) => Value::Complex(f64::from_bits(real), f64::from_bits(imag)),
        Token::Bytes(bytes) => Value::Bytes(bytes.into_owned().into()),
        Token::Bytearray(bytes) => Value::Bytearray(bytes.into_owned().into()),
        Token::Array(typecode, bytes) => Value::Array(typecode, bytes.into_owned().into()),
        Token::Str(text) => Value::Str(text.into_owned().into()),
        Token::Tuple(count) => Value::Tuple(items(count)?),
        Token::List(count) => Value::List(items(count)?),
        Token::Slice => match <[Value; 3]>::try_from(items(3)?) {
            Ok(parts) => Value::Slice(Box::new(parts)),
            Err(_) => return Err(DecodeError::Damaged("a slice is not complete")),
        },
        Token::Ellipsis => Value::Ellipsis,
        Token::Type(name) => Value::Type(name.into_owned().into()),
        Token::Hash => Value::Hash,
        Token::Object(name) => Value::Object(name.into_owned().into()),
    })
}

#[cfg(test)]
mod tests;
