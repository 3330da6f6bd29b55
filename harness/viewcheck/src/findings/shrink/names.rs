//! The last pass: readable names, in order of appearance.

use program::{Gives, Kind, Operand, Operation, Parser, Program, Target, Value, print};

/// The program as its own text gives it, with names that say what they are bound to: `data` for exporters, `view` for
/// views, `part` for parts of them. The program itself if its text can't be read back.
pub(super) fn normal(program: &Program) -> Program {
    let mut renamed = program.clone();
    let roles = roles(program);
    let mut used: Vec<&str> = vec![];
    let is_function = |name: usize| {
        let mut operations = program.all_operations();
        let target = Target::Name(name as u16);
        operations.any(|operation| operation.kind == Kind::Define && operation.target == target)
    };
    for (name, role) in order(program).into_iter().filter_map(|name| Some((name, roles.get(name)?))) {
        // A function is bound to its own name.
        if is_function(name) {
            continue;
        }
        used.push(role);
        let count = used.iter().filter(|other| *other == role).count();
        renamed.names[name] = if count == 1 { (*role).into() } else { format!("{role}{count}").into() };
    }
    read_back(&renamed).unwrap_or_else(|| program.clone())
}

fn read_back(program: &Program) -> Option<Program> {
    let mut parser = Parser::of_printed();
    for step in 0..program.steps.len() {
        parser.step(&print::step(program, step)).ok()?;
    }
    Some(parser.finish())
}

/// The names, in the order in which they are first bound or used; those that are in no operation come last, and are
/// lost when the text is read back.
fn order(program: &Program) -> Vec<usize> {
    let mut order: Vec<usize> = vec![];
    for operation in program.all_operations() {
        let used = operation.operands.iter().filter_map(|operand| match operand {
            Operand::Name(name) => Some(*name),
            _ => None,
        });
        let bound = match operation.target {
            Target::Name(name) => Some(name),
            _ => None,
        };
        for name in used.chain(bound).map(usize::from) {
            if !order.contains(&name) {
                order.push(name);
            }
        }
    }
    order.extend((0..program.names.len()).filter(|name| !order.contains(name)).collect::<Vec<_>>());
    order
}

/// What each name is first bound to.
fn roles(program: &Program) -> Vec<&'static str> {
    let mut roles = vec![""; program.names.len()];
    for operation in &program.operations {
        if let Target::Name(name) = operation.target
            && roles.get(usize::from(name)).is_some_and(|role| role.is_empty())
        {
            roles[usize::from(name)] = role(operation, &roles);
        }
    }
    roles.into_iter().map(|role| if role.is_empty() { "missing" } else { role }).collect()
}

fn role(operation: &Operation, roles: &[&'static str]) -> &'static str {
    let first = match operation.operands.first() {
        Some(Operand::Name(name)) => roles.get(usize::from(*name)).copied().filter(|role| !role.is_empty()),
        Some(Operand::Value(Value::Bytes(_))) => Some("data"),
        _ => None,
    };
    match operation.kind.row().gives {
        Gives::Bytes | Gives::Bytearray | Gives::Array | Gives::Exporter => "data",
        Gives::Hook => "trap",
        Gives::View(_) => "view",
        Gives::Iterator => "items",
        Gives::Same => first.unwrap_or("value"),
        Gives::Part => match (first, operation.operands.get(1)) {
            (Some("view" | "part"), Some(Operand::Value(key))) if is_part(key) => "part",
            (Some("data"), Some(Operand::Value(Value::Slice(_)))) => "data",
            _ => "value",
        },
        Gives::Nothing | Gives::Slice | Gives::Tuple | Gives::Other => "value",
    }
}

/// Whether a key gives a view and not an item.
fn is_part(key: &Value) -> bool {
    match key {
        Value::Slice(_) | Value::Ellipsis => true,
        Value::Tuple(items) => items.iter().any(|item| matches!(item, Value::Slice(_))),
        _ => false,
    }
}
