//! Parses f-strings: each field becomes an operation, which is performed before the next field is evaluated.

use super::refuse::{self, refuse_for};
use super::{Parser, Result};
use crate::fstring::{can_hold, is_format};
use crate::operation::Kind;
use crate::program::{Operand, Operation, Target};
use crate::value::Value;
use ruff_python_ast::{ConversionFlag, ExprFString, FStringPart, InterpolatedElement, InterpolatedStringElement};

impl Parser {
    /// Evaluates an f-string into a target.
    pub(super) fn f_string(&mut self, string: &ExprFString, target: Target) -> Result<()> {
        let mut operands = Vec::new();
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => add_text(&mut operands, literal),
                FStringPart::FString(string) => {
                    for element in &string.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => add_text(&mut operands, &literal.value),
                            InterpolatedStringElement::Interpolation(field) => operands.push(self.field(field)?),
                        }
                    }
                }
            }
        }
        self.push(Kind::FString, target, operands);
        Ok(())
    }

    fn field(&mut self, field: &InterpolatedElement) -> Result<Operand> {
        if field.debug_text.is_some() {
            return Err(refuse_for(field, "`=` in an f-string", "write the text out"));
        }
        let conversion = match field.conversion {
            ConversionFlag::None => "",
            ConversionFlag::Repr => "r",
            ConversionFlag::Str => "s",
            ConversionFlag::Ascii => return Err(refuse_for(field, "`!a` in an f-string", "write `!r`")),
        };
        let mut format = String::new();
        for element in field.format_spec.iter().flat_map(|format| &format.elements) {
            match element {
                InterpolatedStringElement::Literal(literal) => format.push_str(&literal.value),
                InterpolatedStringElement::Interpolation(inner) => {
                    return Err(refuse_for(inner, "a field in the format of another", "write the format out"));
                }
            }
        }
        if !is_format(&format) {
            return Err(refuse::refuse(field, &format!("the format `{format}`")));
        }
        let before = self.program.operations.len();
        let value = self.operand(&field.expression)?;
        let parts = &self.program.operations[before..];
        if !self.can_hold(&value) || !self.can_hold_all(parts) {
            let construct = "an f-string, or a text with a backslash, a `\"` or a `#`, in a field of an f-string";
            return Err(refuse_for(field, construct, "bind it to a name, as older Pythons need"));
        }
        let text = |text: &str| Operand::Value(Value::Str(text.into()));
        self.push(Kind::Field, Target::Discard, [value, text(conversion), text(&format)]);
        self.keep_last(field)
    }
}

impl Parser {
    /// Whether a field of an f-string can hold operations, in every version.
    fn can_hold_all(&self, operations: &[Operation]) -> bool {
        operations.iter().all(|part| part.kind != Kind::FString && part.operands.iter().all(|part| self.can_hold(part)))
    }

    fn can_hold(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Value(value) => can_hold(&value.to_string()),
            Operand::Name(_) | Operand::Temp(_) | Operand::Local(_) => true,
            Operand::Body(body) => {
                let body = self.program.bodies.get(usize::from(*body));
                body.is_some_and(|body| self.can_hold_all(&body.operations))
            }
        }
    }
}

/// Adds text to the parts of an f-string.
fn add_text(parts: &mut Vec<Operand>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Operand::Value(Value::Str(before))) => *before = format!("{before}{text}").into(),
        _ => parts.push(Operand::Value(Value::Str(text.into()))),
    }
}
