//! What makes a program with bodies well formed: each operation has the bodies that belong to it, each body belongs to one
//! operation, and what only makes sense inside of a loop or a function is inside of one.
//!
//! The parser makes no other programs. One that comes as bytes is held against this before anything else looks at it.

use crate::operation::{Kind, Syntax};
use crate::program::{Function, Operand, Operation, Program, Target};
use crate::value::Value;

/// The deepest nesting of bodies.
pub const DEEPEST: usize = 64;

/// Where operations stand.
#[derive(Clone, Copy)]
struct Place<'a> {
    locals: usize,
    function: Option<&'a Function>,
    /// Whether the function is the body of a class, and whether it is a method of one.
    is_class: bool,
    is_method: bool,
    in_loop: bool,
    in_comprehension: bool,
    depth: usize,
}

/// Checks the bodies of a program. The error is a clause.
///
/// # Errors
///
/// What is wrong with the first operation that is not well formed.
pub fn check(program: &Program) -> Result<(), &'static str> {
    check_from(program, 0, 0)
}

/// Checks the operations from `first` on, and the bodies from `body` on, which belong to them. What comes before was checked.
///
/// # Errors
///
/// As of [`check`].
pub(crate) fn check_from(program: &Program, first: usize, body: usize) -> Result<(), &'static str> {
    let mut used = Used { before: body, bodies: vec![false; program.bodies.len().saturating_sub(body)] };
    let place = Place {
        locals: program.locals.len(),
        function: None,
        is_class: false,
        is_method: false,
        in_loop: false,
        in_comprehension: false,
        depth: 0,
    };
    operations(program, program.operations.get(first..).unwrap_or_default(), place, &mut used)?;
    match used.bodies.iter().all(|used| *used) {
        true => Ok(()),
        false => Err("a body belongs to no operation"),
    }
}

/// Which bodies belong to an operation. All of the first ones do.
struct Used {
    before: usize,
    bodies: Vec<bool>,
}

impl Used {
    fn take(&mut self, body: usize) -> Result<(), &'static str> {
        let used = body.checked_sub(self.before).map(|at| self.bodies.get_mut(at).ok_or(MISSING)).transpose()?;
        match used.is_none_or(|used| std::mem::replace(used, true)) {
            true => Err("a body belongs to two operations"),
            false => Ok(()),
        }
    }
}

fn operations(
    program: &Program,
    operations: &[Operation],
    place: Place<'_>,
    used: &mut Used,
) -> Result<(), &'static str> {
    if place.depth > DEEPEST {
        return Err("its bodies are nested too deep");
    }
    for operation in operations {
        form(program, operation)?;
        if matches!(operation.kind, Kind::Define | Kind::Class) && !is_named(program, operation, place) {
            return Err("a function is bound to another name than its own");
        }
        let mut locals = operation.operands.iter().filter_map(|operand| match operand {
            Operand::Local(local) => Some(*local),
            _ => None,
        });
        let target = match operation.target {
            Target::Local(local) => Some(local),
            _ => None,
        };
        if locals.any(|local| usize::from(local) >= place.locals)
            || target.is_some_and(|local| usize::from(local) >= place.locals)
        {
            return Err("an operation refers to a local variable that does not exist");
        }
        match operation.kind {
            Kind::Break | Kind::Continue if !place.in_loop => return Err("a loop is left that does not exist"),
            Kind::Super if !place.is_method => return Err("`super()` is part of no method"),
            Kind::Define | Kind::Class if place.function.is_some() && !place.is_class => {
                return Err("a function or class is part of another function");
            }
            Kind::Return if place.function.is_none() || place.is_class => {
                return Err("a function is left that does not exist");
            }
            Kind::Item if !place.in_comprehension => return Err("an item belongs to no comprehension"),
            _ => {}
        }
        for (index, operand) in operation.operands.iter().enumerate() {
            let Operand::Body(body) = operand else { continue };
            let at = usize::from(*body);
            used.take(at)?;
            let body = program.bodies.get(at).ok_or(MISSING)?;
            let inner = inside(operation.kind, index, place, body.function.as_ref());
            if body.own.iter().any(|own| usize::from(*own) >= inner.locals) {
                return Err("a body has a local variable that does not exist");
            }
            self::operations(program, &body.operations, inner, used)?;
        }
    }
    Ok(())
}

/// Whether a function is bound to its own name, as `def` does.
fn is_named(program: &Program, operation: &Operation, place: Place<'_>) -> bool {
    let function = operation.operands.first().and_then(|operand| match operand {
        Operand::Body(body) => program.bodies.get(usize::from(*body))?.function.as_ref(),
        _ => None,
    });
    let locals = place.function.map_or(&program.locals, |function| &function.locals);
    let bound = match operation.target {
        Target::Name(name) => Some(program.name_text(name)),
        Target::Local(local) => locals.get(usize::from(local)).map(|name| &**name),
        Target::Discard | Target::Temp(_) => None,
    };
    function.is_some_and(|function| Some(&*function.name) == bound)
}

const MISSING: &str = "an operation has a body that does not exist";

/// Where the operations of a body stand.
fn inside<'a>(kind: Kind, index: usize, place: Place<'a>, function: Option<&'a Function>) -> Place<'a> {
    let depth = place.depth + 1;
    match (kind, function) {
        (Kind::Define | Kind::Class, Some(function)) => Place {
            is_class: kind == Kind::Class,
            is_method: place.is_class,
            locals: function.locals.len(),
            function: Some(function),
            in_loop: false,
            in_comprehension: false,
            depth,
        },
        (Kind::For | Kind::While, _) => Place { in_loop: place.in_loop || index == 1, depth, ..place },
        (Kind::Comprehend | Kind::Generate, _) => Place { in_comprehension: true, in_loop: false, depth, ..place },
        _ => Place { depth, ..place },
    }
}

/// Checks the operands of an operation that may have bodies.
fn form(program: &Program, operation: &Operation) -> Result<(), &'static str> {
    let operands = operation.operands.as_slice();
    let is_body = |operand: &Operand| matches!(operand, Operand::Body(_));
    let is_maybe = |operand: &Operand| matches!(operand, Operand::Body(_) | Operand::Value(Value::None));
    let is_plain = |operand: &Operand| !matches!(operand, Operand::Body(_));
    if operation.kind.row().syntax == Syntax::Control && operation.keywords.is_some() {
        return Err("a statement has keywords");
    }
    let is_formed = match (operation.kind, operands) {
        (Kind::If | Kind::For, [first, body, other]) => is_plain(first) && is_body(body) && is_maybe(other),
        (Kind::While, [test, body, other]) => is_body(test) && is_body(body) && is_maybe(other),
        (Kind::Try, [body, other, last, handlers @ ..]) => {
            let is_handler = |handler: &[Operand]| match handler {
                [class, Operand::Name(_) | Operand::Local(_) | Operand::Value(Value::None), body] => {
                    is_maybe(class) && is_body(body)
                }
                _ => false,
            };
            is_body(body) && is_maybe(other) && is_maybe(last) && handlers.chunks(3).all(is_handler)
        }
        (Kind::Pass | Kind::Break | Kind::Continue, []) => true,
        (Kind::Return, operands) => operands.len() <= 1 && operands.iter().all(is_plain),
        (Kind::Raise, operands) => operands.len() <= 2 && operands.iter().all(is_plain),
        (Kind::Assert, [test, message]) => is_plain(test) && is_maybe(message),
        (Kind::Define, [Operand::Body(body), defaults @ ..]) => {
            let function = program.bodies.get(usize::from(*body)).and_then(|body| body.function.as_ref());
            function.is_some_and(|function| {
                let parameters = &function.parameters;
                let least = parameters.iter().filter(|parameter| parameter.has_default).count();
                parameters.len() <= function.locals.len() && least == defaults.len()
            }) && defaults.iter().all(is_plain)
        }
        (Kind::Targets, [value, Operand::Value(Value::Int(before)), Operand::Value(after)]) => {
            let is_count = |count: &i64| (0..=255).contains(count);
            let is_after = matches!(after, Value::None) || matches!(after, Value::Int(after) if is_count(after));
            is_plain(value) && is_count(before) && is_after && matches!(operation.target, Target::Temp(_))
        }
        (Kind::Class, [Operand::Body(body), bases @ ..]) => {
            let head = program.bodies.get(usize::from(*body)).and_then(|body| body.function.as_ref());
            head.is_some_and(|head| head.parameters.is_empty()) && bases.len() <= 1 && bases.iter().all(is_plain)
        }
        (Kind::Super, []) => true,
        (Kind::Share, [value, Operand::Value(Value::Int(2..=255))]) => {
            is_plain(value) && matches!(operation.target, Target::Temp(_))
        }
        (Kind::AndThen | Kind::OrElse | Kind::Comprehend | Kind::Generate, [first, body]) => {
            is_plain(first) && is_body(body)
        }
        (Kind::Choose, [test, then, other]) => is_plain(test) && is_body(then) && is_body(other),
        (Kind::Chain, [left, Operand::Value(Value::Str(operator)), middle, body]) => {
            let is_comparison = Kind::infix(operator).is_some_and(Kind::is_comparison);
            is_plain(left) && is_plain(middle) && is_body(body) && is_comparison
        }
        (Kind::Item, [value]) => is_plain(value),
        (Kind::Store, [value]) => is_plain(value) && matches!(operation.target, Target::Name(_) | Target::Local(_)),
        (kind, operands) => kind.row().syntax != Syntax::Control && operands.iter().all(is_plain),
    };
    match is_formed {
        true => Ok(()),
        false => Err("an operation has not the operands of its kind"),
    }
}
