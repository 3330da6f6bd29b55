//! Calls of the program's own functions that take their arguments over.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Object, Outcome};
use crate::types::function::Function;
use crate::types::instance;
use program::{Operation, Syntax};
use smallvec::SmallVec;

/// Performs an operation that calls a function of the program, from the version on in which that takes the arguments over;
/// they are gone from the operands then. Gives nothing for any other operation.
pub fn moved(python: &Python, operation: &Operation, operands: &mut SmallVec<[Object; 4]>) -> Option<Outcome> {
    if !python.has(Change::MovedArguments) {
        return None;
    }
    let first = operands.first()?;
    let syntax = operation.kind.row().syntax;
    let callee = match syntax {
        Syntax::CallObject => first.clone(),
        Syntax::AnyMethod => instance::as_instance(first)?.own_method(operation.own_name(1)?)?,
        Syntax::Method(name) => instance::as_instance(first)?.own_method(name)?,
        _ => return None,
    };
    let function = callee.downcast::<Function>()?;
    let mut values: Vec<Object> = operands.drain(..).collect();
    match syntax {
        Syntax::CallObject => drop(values.remove(0)),
        Syntax::AnyMethod => drop(values.remove(1)),
        _ => {}
    }
    Some(function.call_with(values, operation.keywords.as_deref().unwrap_or_default()))
}
