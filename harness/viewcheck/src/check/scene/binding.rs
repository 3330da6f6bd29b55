//! What the text of a step says of names: which of them it binds, and where the memory of a view comes from.

use program::operation::Syntax;
use program::{Kind, Name, Operand, Operation, Target, Value};

/// What a step binds a name to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// To the object of another name, or of itself.
    Same(Name),
    /// To the exporter of a view.
    ExporterOf(Name),
    /// To an object that is not known otherwise.
    New,
    /// The name is deleted.
    Nothing,
}

/// The names that the operations of a step bind, in order. If the step raised, its last operation is taken to have done so.
pub(super) fn bindings(operations: &[Operation], raised: bool) -> Vec<(Name, Binding)> {
    let last = operations.iter().rposition(|operation| operation.kind != Kind::Leave);
    let ran = if raised { last.unwrap_or(0) } else { operations.len() };
    let binding = |operation: &Operation| {
        if let (Syntax::Unbind, Some(Operand::Name(name))) = (operation.kind.row().syntax, operation.operands.first()) {
            return Some((*name, Binding::Nothing));
        }
        let Target::Name(target) = operation.target else { return None };
        let binding = match (operation.kind.row().syntax, operation.operands.first()) {
            (Syntax::Plain, Some(Operand::Name(source))) => Binding::Same(*source),
            // A mutable object stays itself.
            (Syntax::InPlace(_), _) => Binding::Same(target),
            _ => match (operation.kind, operation.operands.first()) {
                (Kind::Enter | Kind::EnterMethod, Some(Operand::Name(source))) => Binding::Same(*source),
                (Kind::Obj, Some(Operand::Name(view))) => Binding::ExporterOf(*view),
                _ => Binding::New,
            },
        };
        Some((target, binding))
    };
    operations[..ran].iter().filter_map(binding).collect()
}

/// Where the memory of a view comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin<'p> {
    /// From what a name is bound to.
    Name(Name),
    /// From a constant.
    Literal(&'p [u8]),
}

/// Where the memory of the view or the exporter comes from that an operation gives, if that can be told.
pub(super) fn origin(operations: &[Operation], at: usize) -> Option<Origin<'_>> {
    let operation = operations.get(at)?;
    let is_same_memory = matches!(
        operation.kind,
        Kind::Plain
            | Kind::Lookup
            | Kind::Enter
            | Kind::EnterMethod
            | Kind::NewView
            | Kind::Get
            | Kind::Cast
            | Kind::ToReadonly
            | Kind::GetBuffer
            | Kind::Obj
            // Its memory is the constant, or a copy of it.
            | Kind::NewExporter
    );
    match operation.operands.first().filter(|_| is_same_memory)? {
        Operand::Name(name) => Some(Origin::Name(*name)),
        Operand::Value(Value::Bytes(content)) => Some(Origin::Literal(content)),
        Operand::Value(_) | Operand::Local(_) | Operand::Body(_) => None,
        Operand::Temp(temp) => {
            let made = operations[..at].iter().rposition(|operation| operation.target == Target::Temp(*temp))?;
            origin(operations, made)
        }
    }
}
