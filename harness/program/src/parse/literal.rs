//! Parses constants: the literals in programs and in the expectations of cases.

use super::{ParseError, Result, guard};
use crate::operation::TYPES;
use crate::value::Value;
use num_bigint::BigInt;
use ruff_python_ast::{Expr, Number, UnaryOp};
use ruff_text_size::Ranged;

/// Parses a Python literal as cases write it for the value of a step: numbers, strings, bytes, tuples, lists, slices,
/// names of types, and calls for values without a literal: `float('nan')`, `bytearray(b'…')`, `array('h', b'…')`.
pub fn literal(text: &str) -> Result<Value> {
    let expression = parse(text)?;
    let message = || match expression {
        Expr::Dict(_) | Expr::Set(_) => {
            "a dict or a set can't be expected; let the step give `sorted(x)` or `sorted(x.items())`"
        }
        _ => "an expected value must be a literal, such as `[1, b'x']`",
    };
    observed(&expression).ok_or_else(|| ParseError::at(expression.range(), message()))
}

/// A position in the memory of a named exporter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name that is bound to the exporter.
    pub name: String,
    /// The index of the byte in the exporter's memory.
    pub item: i64,
}

/// Parses a position, written `data[2]`, or `data` for the first byte.
pub fn place(text: &str) -> Result<Place> {
    let expression = parse(text)?;
    let place = match &expression {
        Expr::Name(name) => Some((name, 0)),
        Expr::Subscript(subscript) => match (&*subscript.value, constant(&subscript.slice, &|_| None)) {
            (Expr::Name(name), Some(Value::Int(item))) => Some((name, item)),
            _ => None,
        },
        _ => None,
    };
    match place {
        Some((name, item)) => Ok(Place { name: name.id.to_string(), item }),
        None => {
            let message = "a place in memory must be written as `name` or `name[number]`";
            Err(ParseError::at(expression.range(), message))
        }
    }
}

fn parse(text: &str) -> Result<Expr> {
    guard::check(text)?;
    match ruff_python_parser::parse_expression(text.trim()) {
        Ok(parsed) => Ok(*parsed.into_syntax().body),
        Err(error) => Err(ParseError::at(error.location, format!("this is not a Python expression: {}", error.error))),
    }
}

/// Returns the constant that an expression denotes, or `None` if it must be evaluated. `leaf` handles the expressions
/// that are constants only for the caller, such as names of types.
pub(super) fn constant(expression: &Expr, leaf: &dyn Fn(&Expr) -> Option<Value>) -> Option<Value> {
    if let Some(value) = leaf(expression) {
        return Some(value);
    }
    let all = |expressions: &[Expr]| expressions.iter().map(|part| constant(part, leaf)).collect::<Option<Vec<_>>>();
    Some(match expression {
        Expr::NoneLiteral(_) => Value::None,
        Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
        Expr::EllipsisLiteral(_) => Value::Ellipsis,
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => Value::int(big_int(&int.to_string())?),
            Number::Float(float) => Value::Float(*float),
            Number::Complex { .. } => return None,
        },
        Expr::BytesLiteral(literal) => Value::Bytes(literal.value.bytes().collect()),
        Expr::StringLiteral(literal) => Value::Str(literal.value.to_str().into()),
        Expr::Tuple(tuple) => Value::Tuple(all(&tuple.elts)?),
        Expr::List(list) => Value::List(all(&list.elts)?),
        Expr::Slice(slice) => {
            let part = |part: Option<&Expr>| part.map_or(Some(Value::None), |part| constant(part, leaf));
            let (lower, upper, step) = (slice.lower.as_deref(), slice.upper.as_deref(), slice.step.as_deref());
            Value::Slice(Box::new([part(lower)?, part(upper)?, part(step)?]))
        }
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match constant(&unary.operand, leaf)? {
            Value::Int(value) => Value::int(-BigInt::from(value)),
            Value::Big(value) => Value::int(-*value),
            Value::Float(value) => Value::Float(-value),
            _ => return None,
        },
        Expr::Call(call) if call.arguments.keywords.is_empty() => {
            // If its name is bound to something else, such a call is not a constant.
            let Some(Value::Type(function)) = leaf(&call.func) else {
                return None;
            };
            match (&*function, &*all(&call.arguments.args)?) {
                ("float", [Value::Str(text)]) => match &**text {
                    "nan" => Value::Float(f64::NAN),
                    "inf" => Value::Float(f64::INFINITY),
                    "-inf" => Value::Float(f64::NEG_INFINITY),
                    _ => return None,
                },
                ("slice", [start, stop, step]) => Value::Slice(Box::new([start.clone(), stop.clone(), step.clone()])),
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// Returns a constant, or a value that an engine can observe but a program can't contain.
fn observed(expression: &Expr) -> Option<Value> {
    constant(expression, &|part| match part {
        Expr::Name(_) | Expr::Attribute(_) => {
            let path = dotted(part)?;
            TYPES.contains(&&*path).then(|| Value::Type(path.into()))
        }
        Expr::Call(call) if call.arguments.keywords.is_empty() => {
            let arguments: Option<Vec<Value>> = call.arguments.args.iter().map(observed).collect();
            match (&*dotted(&call.func)?, &*arguments?) {
                ("bytearray", [Value::Bytes(bytes)]) => Some(Value::Bytearray(bytes.clone())),
                ("bytearray", []) => Some(Value::Bytearray(Box::from([]))),
                ("bytes", []) => Some(Value::Bytes(Box::from([]))),
                ("array" | "array.array", [Value::Str(typecode), Value::Bytes(bytes)]) => {
                    Some(Value::Array(typecode.chars().next()?, bytes.clone()))
                }
                ("complex", [Value::Float(real), Value::Float(imag)]) => Some(Value::Complex(*real, *imag)),
                _ => None,
            }
        }
        _ => None,
    })
}

/// Returns the text of a dotted name, such as `collections.abc.Sequence`.
pub(super) fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!("{}.{}", dotted(&attribute.value)?, attribute.attr)),
        _ => None,
    }
}

/// Parses an int token in any base, with or without underscores.
fn big_int(token: &str) -> Option<BigInt> {
    let digits: String = token.chars().filter(|char| *char != '_').collect();
    let (digits, radix) = match digits.get(..2) {
        Some("0x" | "0X") => (&digits[2..], 16),
        Some("0o" | "0O") => (&digits[2..], 8),
        Some("0b" | "0B") => (&digits[2..], 2),
        _ => (&*digits, 10),
    };
    BigInt::parse_bytes(digits.as_bytes(), radix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("-0x10", Value::Int(-16))]
    #[case("-9223372036854775808", Value::Int(i64::MIN))]
    #[case("[(), [True]]", Value::List(vec![Value::Tuple(vec![]), Value::List(vec![Value::Bool(true)])]))]
    #[case("b'a' b'b'", Value::Bytes(Box::from(*b"ab")))]
    #[case("collections.abc.Sequence", Value::Type("collections.abc.Sequence".into()))]
    #[case("[bytearray(b'x'), memoryview]", Value::List(vec![Value::Bytearray(Box::from(*b"x")), Value::Type("memoryview".into())]))]
    #[case("float('-inf')", Value::Float(f64::NEG_INFINITY))]
    fn literals(#[case] text: &str, #[case] value: Value) {
        assert_eq!(literal(text), Ok(value));
    }

    #[rstest]
    #[case("2 **")]
    #[case("x")]
    #[case("f(1)")]
    #[case("[x]")]
    #[case("")]
    fn what_is_no_literal_is_refused(#[case] text: &str) {
        assert!(literal(text).is_err());
    }

    #[test]
    fn places() {
        assert_eq!(place("data[2]"), Ok(Place { name: "data".into(), item: 2 }));
        assert_eq!(place("data"), Ok(Place { name: "data".into(), item: 0 }));
        assert!(place("data[x]").is_err());
        assert!(place("data[1:2]").is_err());
    }
}
