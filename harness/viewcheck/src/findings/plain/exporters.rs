//! Exporters in plain Python: what `ctypes` gives in place of `exporter`, where nothing that the program does with it could
//! tell the two apart.

use crate::findings::exporter::{Described, rank};
use program::{Kind, Operand, Operation, Outcome, Program, Target, Value, print};

/// Whether every exporter can be one of `ctypes`: it is bound to a name, and only its buffer is used.
pub(crate) fn are_plain(program: &Program) -> bool {
    program.all_operations().filter(|operation| operation.kind == Kind::NewExporter).all(|operation| {
        let Target::Name(name) = operation.target else { return false };
        let uses = || program.all_operations().filter(|user| user.operands.contains(&Operand::Name(name)));
        rank(operation) == 1 && uses().all(|user| uses_buffer(user, name))
    })
}

/// Whether an operation uses an exporter as any other exporter of the same memory.
fn uses_buffer(user: &Operation, name: u16) -> bool {
    let at = |index: usize| user.operands.iter().position(|operand| *operand == Operand::Name(name)) == Some(index);
    match user.kind {
        Kind::NewView | Kind::NewBytes | Kind::NewBytearray | Kind::Unbind => at(0),
        Kind::Eq | Kind::Ne | Kind::Is | Kind::IsNot => true,
        Kind::Set => at(2),
        _ => false,
    }
}

/// Whether an outcome names the type of an exporter.
pub(super) fn is_named(outcome: &Outcome) -> bool {
    fn names(value: &Value) -> bool {
        match value {
            Value::Object(text) | Value::Str(text) | Value::Type(text) => text.contains("exporter"),
            Value::Tuple(items) | Value::List(items) => items.iter().any(names),
            _ => false,
        }
    }
    match outcome {
        Outcome::Nothing => false,
        Outcome::Value(value) => names(value),
        Outcome::Raised(raised) => raised.message.contains("exporter"),
    }
}

/// The text of a step, with `ctypes` in the place of exporters.
pub(crate) fn step(program: &Program, step: usize) -> String {
    let mut text = print::step(program, step);
    for operation in program.step_with_blocks(step) {
        let Some(other) = Described::of(operation).and_then(|described| described.by_ctypes()) else { continue };
        let alone = Program {
            operations: vec![Operation { target: Target::Discard, ..operation.clone() }],
            steps: vec![1],
            ..Program::default()
        };
        text = text.replace(print::step(&alone, 0).trim_end(), &other);
    }
    text
}
