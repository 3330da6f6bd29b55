//! Encodes programs as bytes, for corpora and for sending them to another process. The encoding is postcard after a
//! version byte.
//!
//! Operations are written with the names of their rows, so that a corpus survives changes of the table. A program with
//! an unknown operation is refused. Values are written as a flat list of tokens, a container before its items, and
//! reading limits their depth to [`DEEPEST`].

use crate::fstring;
use crate::operation::{Kind, Syntax};
use crate::policy::{self, Refusal};
use crate::program::{
    Body, Function, FunctionParameter, Local, Name, Operand, Operation, Program, Target, is_identifier,
};
use crate::value::{Value, one_nan};
use num_bigint::BigInt;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// The first byte of every encoded program without bodies.
pub const VERSION: u8 = 1;

/// The first byte of an encoded program with bodies, which are written after the rest of it.
pub const WITH_BODIES: u8 = 2;

/// The deepest nesting of tuples, lists and slices in an encoded constant.
pub const DEEPEST: usize = 200;

/// The reasons for which bytes can't be decoded as a program.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are empty, or begin with another version.
    #[error("the bytes are not an encoded program of version {VERSION} or {WITH_BODIES}")]
    Version,
    /// The bytes end early, or have the wrong content.
    #[error("the encoded program is damaged: {0}")]
    Damaged(&'static str),
    /// No row has the name of the operation.
    #[error("there is no operation `{0}`")]
    UnknownOperation(String),
    /// The program names what programs may not name.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The serialized form of a program. Strings are borrowed when writing and owned when reading.
#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    names: Vec<Cow<'a, str>>,
    /// The names of the rows to which the operations refer by index.
    kinds: Vec<Cow<'a, str>>,
    operations: Vec<WireOperation<'a>>,
    steps: Vec<u32>,
}

/// What a program with bodies has beside the rest.
#[derive(Serialize, Deserialize)]
struct WireBodies<'a> {
    bodies: Vec<WireBody<'a>>,
    locals: Vec<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
struct WireBody<'a> {
    operations: Vec<WireOperation<'a>>,
    own: Vec<Local>,
    function: Option<WireFunction<'a>>,
}

#[derive(Serialize, Deserialize)]
struct WireFunction<'a> {
    name: Cow<'a, str>,
    /// For each parameter whether it has a default, and whether it is passed by keyword only.
    parameters: Vec<(bool, bool)>,
    locals: Vec<Cow<'a, str>>,
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
    Local(Local),
}

#[derive(Serialize, Deserialize)]
enum WireOperand<'a> {
    Name(Name),
    Temp(u16),
    Value(Vec<Token<'a>>),
    Local(Local),
    Body(u16),
}

/// A value without items, or the start of a container, whose items follow.
#[derive(Serialize, Deserialize)]
enum Token<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// Little-endian, signed.
    Big(Cow<'a, [u8]>),
    /// The bits of the float.
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

/// Encodes a program. A view can't be a constant, and is written as an object of its type.
pub fn encode(program: &Program) -> Vec<u8> {
    let mut kinds: Vec<Kind> = program.all_operations().map(|operation| operation.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let wire = Wire {
        names: write_texts(&program.names),
        kinds: kinds.iter().map(|kind| Cow::Borrowed(kind.row().name)).collect(),
        operations: program.operations.iter().map(|operation| write_operation(operation, &kinds)).collect(),
        steps: program.steps.clone(),
    };
    // Serializing plain data into memory can't fail.
    if program.bodies.is_empty() && program.locals.is_empty() {
        return postcard::to_extend(&wire, vec![VERSION]).unwrap_or_default();
    }
    let bodies = program.bodies.iter().map(|body| write_body(body, &kinds)).collect();
    let bodies = WireBodies { bodies, locals: write_texts(&program.locals) };
    let wire = postcard::to_extend(&wire, vec![WITH_BODIES]).unwrap_or_default();
    postcard::to_extend(&bodies, wire).unwrap_or_default()
}

fn write_texts(texts: &[Box<str>]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|text| Cow::Borrowed(&**text)).collect()
}

fn write_body<'a>(body: &'a Body, kinds: &[Kind]) -> WireBody<'a> {
    let function = |function: &'a Function| WireFunction {
        name: Cow::Borrowed(&function.name),
        parameters: function.parameters.iter().map(|one| (one.has_default, one.by_keyword)).collect(),
        locals: write_texts(&function.locals),
    };
    WireBody {
        operations: body.operations.iter().map(|operation| write_operation(operation, kinds)).collect(),
        own: body.own.clone(),
        function: body.function.as_ref().map(function),
    }
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
        Operand::Local(local) => WireOperand::Local(*local),
        Operand::Body(body) => WireOperand::Body(*body),
    };
    WireOperation {
        kind: kinds.binary_search(&operation.kind).unwrap_or(0) as u16,
        target: match operation.target {
            Target::Discard => WireTarget::Discard,
            Target::Name(name) => WireTarget::Name(name),
            Target::Temp(temp) => WireTarget::Temp(temp),
            Target::Local(local) => WireTarget::Local(local),
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

/// Serializes a value as the tokens of a constant. A view is written as an object of its type.
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

/// Decodes the output of [`encode`]. Checks that names, operands and steps refer to each other correctly, that everything
/// that becomes text for a Python is what it seems to be, and that the program names what programs may name ([`policy`]);
/// whether the operations make sense is up to the engines.
pub fn decode(bytes: &[u8]) -> Result<Program, DecodeError> {
    let program = read(bytes)?;
    policy::check(&program)?;
    Ok(program)
}

/// Decodes the program of a case that this viewcheck has read and encoded itself, and that may be in any Python. Only for the
/// process that runs it: nothing that comes from outside may be decoded so.
pub fn decode_case(bytes: &[u8]) -> Result<Program, DecodeError> {
    let program = read(bytes)?;
    match program.is_source() {
        true => program.check_source()?,
        false => policy::check(&program)?,
    }
    Ok(program)
}

fn read(bytes: &[u8]) -> Result<Program, DecodeError> {
    let damaged = DecodeError::Damaged;
    let undecodable = |_| damaged("its content can't be decoded");
    let Some((version @ (&VERSION | &WITH_BODIES), rest)) = bytes.split_first() else {
        return Err(DecodeError::Version);
    };
    let (wire, rest): (Wire<'_>, _) = postcard::take_from_bytes(rest).map_err(undecodable)?;
    let (bodies, rest): (WireBodies<'_>, _) = match *version {
        VERSION => (WireBodies { bodies: vec![], locals: vec![] }, rest),
        _ => postcard::take_from_bytes(rest).map_err(undecodable)?,
    };
    if !rest.is_empty() {
        return Err(damaged("there are more bytes after the program"));
    }
    let kinds = wire.kinds.iter().map(|name| kind(name)).collect::<Result<Vec<Kind>, _>>()?;
    let names = identifiers(wire.names)?;
    if names.len() > usize::from(Name::MAX) + 1 || bodies.bodies.len() > usize::from(u16::MAX) {
        return Err(damaged("there are too many names or bodies"));
    }
    let locals = identifiers(bodies.locals)?;
    let mut known = Known { kinds: &kinds, names: names.len(), bodies: 0 };
    let mut read = Vec::with_capacity(bodies.bodies.len());
    for (index, body) in bodies.bodies.into_iter().enumerate() {
        known.bodies = index;
        read.push(read_body(body, known)?);
    }
    known.bodies = read.len();
    let operations = wire.operations.into_iter().map(|operation| read_operation(operation, known));
    let operations = operations.collect::<Result<Vec<Operation>, _>>()?;
    if !wire.steps.is_sorted() || wire.steps.last().is_some_and(|end| *end as usize > operations.len()) {
        return Err(damaged("its steps do not fit its operations"));
    }
    let program = Program { names, operations, steps: wire.steps, bodies: read, locals, counted: vec![] };
    crate::bodies::check(&program).map_err(damaged)?;
    Ok(program)
}

/// What operations may refer to.
#[derive(Clone, Copy)]
struct Known<'a> {
    kinds: &'a [Kind],
    names: usize,
    bodies: usize,
}

fn identifiers(texts: Vec<Cow<'_, str>>) -> Result<Vec<Box<str>>, DecodeError> {
    match texts.iter().all(|text| is_identifier(text)) {
        true => Ok(texts.into_iter().map(|text| text.into_owned().into()).collect()),
        false => Err(DecodeError::Damaged("a name is not an identifier")),
    }
}

fn read_body(wire: WireBody<'_>, known: Known<'_>) -> Result<Body, DecodeError> {
    let function = |function: WireFunction<'_>| -> Result<Function, DecodeError> {
        if !is_identifier(&function.name) {
            return Err(DecodeError::Damaged("the name of a function is not an identifier"));
        }
        let parameter = |(has_default, by_keyword)| FunctionParameter { has_default, by_keyword };
        let parameters = function.parameters.into_iter().map(parameter).collect();
        Ok(Function { name: function.name.into_owned().into(), parameters, locals: identifiers(function.locals)? })
    };
    Ok(Body {
        operations: wire.operations.into_iter().map(|one| read_operation(one, known)).collect::<Result<_, _>>()?,
        own: wire.own,
        function: wire.function.map(function).transpose()?,
    })
}

fn kind(name: &str) -> Result<Kind, DecodeError> {
    let found = Kind::ALL.iter().copied().find(|kind| kind.row().name == name);
    found.ok_or_else(|| DecodeError::UnknownOperation(name.chars().take(40).collect()))
}

fn read_operation(wire: WireOperation<'_>, known: Known<'_>) -> Result<Operation, DecodeError> {
    let name = |name: Name| match usize::from(name) < known.names {
        true => Ok(name),
        false => Err(DecodeError::Damaged("an operation refers to a name that does not exist")),
    };
    let operand = |operand: WireOperand<'_>| {
        Ok(match operand {
            WireOperand::Name(index) => Operand::Name(name(index)?),
            WireOperand::Temp(temp) => Operand::Temp(temp),
            WireOperand::Local(local) => Operand::Local(local),
            WireOperand::Body(body) if usize::from(body) < known.bodies => Operand::Body(body),
            WireOperand::Body(_) => {
                return Err(DecodeError::Damaged("an operation runs a body that does not come before it"));
            }
            WireOperand::Value(tokens) => {
                let mut tokens = tokens.into_iter();
                let value = read_value(&mut tokens, 0)?;
                match tokens.next() {
                    None if value.is_constant() => Operand::Value(value),
                    None => return Err(DecodeError::Damaged("an operand is no constant")),
                    Some(_) => return Err(DecodeError::Damaged("a constant is followed by another")),
                }
            }
        })
    };
    let keywords: Option<Box<[Box<str>]>> =
        wire.keywords.map(|names| names.into_iter().map(|name| name.into_owned().into()).collect());
    if !keywords.iter().flatten().all(|name| is_identifier(name)) {
        return Err(DecodeError::Damaged("a keyword is not an identifier"));
    }
    let operation = Operation {
        kind: *known
            .kinds
            .get(usize::from(wire.kind))
            .ok_or(DecodeError::Damaged("an operation refers to a row that does not exist"))?,
        target: match wire.target {
            WireTarget::Discard => Target::Discard,
            WireTarget::Name(index) => Target::Name(name(index)?),
            WireTarget::Temp(temp) => Target::Temp(temp),
            WireTarget::Local(local) => Target::Local(local),
        },
        operands: wire.operands.into_iter().map(operand).collect::<Result<_, _>>()?,
        keywords,
    };
    if !operation.keywords.iter().flatten().all(|keyword| is_identifier(keyword)) {
        return Err(DecodeError::Damaged("a keyword is not an identifier"));
    }
    let syntax = operation.kind.row().syntax;
    if operation.operands.len() < syntax.fewest_operands() + operation.keyword_count() {
        return Err(DecodeError::Damaged("an operation lacks an operand"));
    }
    if syntax == Syntax::Field && !fstring::is_field(&operation) {
        return Err(DecodeError::Damaged("a field of an f-string has no format that can be written"));
    }
    match syntax.own_name() {
        Some(index) => match operation.own_name(index) {
            None => Err(DecodeError::Damaged("an operation lacks its own name")),
            Some(name) if !name.split('.').all(is_identifier) || index == 1 && name.contains('.') => {
                Err(DecodeError::Damaged("the name of an operation is not an identifier"))
            }
            Some(_) => Ok(operation),
        },
        None => Ok(operation),
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
        Token::Float(bits) => Value::Float(one_nan(f64::from_bits(bits))),
        Token::Complex(real, imag) => Value::Complex(one_nan(f64::from_bits(real)), one_nan(f64::from_bits(imag))),
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
