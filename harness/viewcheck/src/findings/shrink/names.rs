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
        operations.any(|operation| matches!(operation.kind, Kind::Define | Kind::Class) && operation.target == target)
    };
    for (name, role) in order(program).into_iter().filter_map(|name| Some((name, roles.get(name)?))) {
        // A function and a class are bound to their own names.
        if is_function(name) {
            continue;
        }
        used.push(role);
        let count = used.iter().filter(|other| *other == role).count();
        renamed.names[name] = if count == 1 { (*role).into() } else { format!("{role}{count}").into() };
    }
    read_back(&renamed).unwrap_or_else(|| program.clone())
}

/// The program that the text of a program is. `None` if it is none.
pub(super) fn read_back(program: &Program) -> Option<Program> {
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
    let mut temps: Vec<(u16, &'static str)> = vec![];
    for operation in program.all_operations() {
        let role = role(operation, &roles, &temps);
        match operation.target {
            Target::Name(name) if roles.get(usize::from(name)).is_some_and(|role| role.is_empty()) => {
                roles[usize::from(name)] = role;
            }
            Target::Temp(temp) => temps.push((temp, role)),
            _ => {}
        }
        // The names of handlers.
        for operand in operation.operands.iter().skip(3).filter(|_| operation.kind == Kind::Try) {
            if let Operand::Name(name) = operand
                && let Some(role) = roles.get_mut(usize::from(*name))
            {
                *role = "error";
            }
        }
    }
    roles.into_iter().map(|role| if role.is_empty() { "missing" } else { role }).collect()
}

fn role(operation: &Operation, roles: &[&'static str], temps: &[(u16, &'static str)]) -> &'static str {
    let first = match operation.operands.first() {
        Some(Operand::Name(name)) => roles.get(usize::from(*name)).copied().filter(|role| !role.is_empty()),
        Some(Operand::Temp(temp)) => temps.iter().rev().find(|(other, _)| other == temp).map(|(_, role)| *role),
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
