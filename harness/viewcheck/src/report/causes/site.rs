//! Where a result differs: the operation, and of a tuple or list the part that differs.

use super::divergence::Divergence;
use crate::findings;
use program::{Gives, Kind, Operand, Operation, Program, Syntax, Target, Value};

/// The place of a difference.
pub(super) struct Site {
    /// The operation, in words.
    pub(super) operation: String,
    /// What should have been, of a tuple or list the part that differs.
    pub(super) expected: String,
    /// What was, in the same way.
    pub(super) actual: String,
    kind: Option<Kind>,
    program: Option<Program>,
}

impl Site {
    pub(super) fn of(divergence: &Divergence<'_>, expected: &str, actual: &str) -> Site {
        let mut site = Site {
            operation: "the case".to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            kind: None,
            program: divergence.program(),
        };
        let Some(program) = &site.program else { return site };
        let step = program.steps.len().saturating_sub(1);
        let Some(mut at) = program.last_operation(step) else { return site };
        let mut parts = (site.expected.clone(), site.actual.clone());
        while let Some((inner, sides)) = inner(program, at, &parts) {
            (at, parts) = (inner, sides);
        }
        let kind = program.operations.get(at).map(|operation| operation.kind);
        site.operation = match name_alone(program, at).then(|| step.checked_sub(1)).flatten() {
            // What an object holds was decided before its name was read.
            Some(before) => {
                let last = program.last_operation(before);
                format!("after {}", last.map_or_else(|| "nothing".to_owned(), |at| words(program, at, before)))
            }
            None => words(program, at, step),
        };
        (site.expected, site.actual) = parts;
        site.kind = kind;
        site
    }

    /// Whether the value that differs was read from memory.
    pub(super) fn reads_memory(&self) -> bool {
        let Some(kind) = self.kind else { return false };
        let value = program::parse::literal(&self.expected).ok();
        if matches!(kind.row().syntax, Syntax::Attribute(_) | Syntax::AnyAttribute) {
            return false;
        }
        match value {
            Some(Value::Bytes(_) | Value::Bytearray(_) | Value::Array(..)) => true,
            Some(Value::Bool(_) | Value::None) => false,
            _ => matches!(
                kind,
                Kind::Get
                    | Kind::ToList
                    | Kind::Hex
                    | Kind::ListOf
                    | Kind::TupleOf
                    | Kind::Next
                    | Kind::Unpack
                    | Kind::UnpackFrom
                    | Kind::IntFromBytes
                    | Kind::Ord
                    | Kind::Sorted
            ),
        }
    }

    /// Which type of object is locked, or not, as it should not be.
    pub(super) fn lock(&self, expected: &str, actual: &str) -> String {
        let names = |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        let is_locked = |text: &str, name: &String| names(text).contains(name) && !text.contains(" is not locked");
        let mut all = names(expected);
        all.extend(names(actual));
        let differing = all.iter().find(|name| is_locked(expected, name) != is_locked(actual, name));
        let Some(name) = differing else { return format!("{}: other objects are locked", self.operation) };
        let class = self.program.as_ref().and_then(|program| exporter(program, name));
        let class = class.unwrap_or_else(|| "an object".to_owned());
        match is_locked(expected, name) {
            true => format!("{class} under a view is not locked"),
            false => format!("{}: {class} stays locked", self.operation),
        }
    }
}

/// The operation of the part that differs, with the two sides of the part: of a tuple or list that a program writes, of
/// what is printed, and of what is compared with a constant.
fn inner(program: &Program, at: usize, (expected, actual): &(String, String)) -> Option<(usize, (String, String))> {
    let operation = program.operations.get(at)?;
    let maker = |operand: &Operand| match operand {
        Operand::Temp(temp) => program.operations[..at].iter().rposition(|other| other.target == Target::Temp(*temp)),
        Operand::Name(_) | Operand::Value(_) => None,
    };
    match (operation.kind.row().syntax, &operation.operands[..]) {
        (Syntax::Tuple | Syntax::List, operands) => {
            let sides = (items(expected)?, items(actual)?);
            let index = sides.0.iter().zip(&sides.1).position(|(expected, actual)| expected != actual)?;
            let texts = (sides.0.get(index)?.to_string(), sides.1.get(index)?.to_string());
            Some((maker(operands.get(index)?)?, texts))
        }
        _ if operation.kind == Kind::Print => match &operation.operands[..] {
            [printed] => Some((maker(printed)?, (expected.clone(), actual.clone()))),
            _ => None,
        },
        (Syntax::Infix("==" | "!="), [Operand::Value(_), other] | [other, Operand::Value(_)]) => {
            let at = maker(other)?;
            let gives = program.operations.get(at)?.kind.row().gives;
            (!matches!(gives, Gives::View(_))).then(|| (at, (expected.clone(), actual.clone())))
        }
        _ => None,
    }
}

/// The items of a tuple or list.
fn items(text: &str) -> Option<Vec<Value>> {
    match program::parse::literal(text).ok()? {
        Value::List(items) | Value::Tuple(items) => Some(items.to_vec()),
        _ => None,
    }
}

/// Whether an operation only reads a name.
fn name_alone(program: &Program, at: usize) -> bool {
    let reads = |operation: &Operation| {
        operation.kind == Kind::Plain && matches!(operation.operands.first(), Some(Operand::Name(_)))
    };
    program.operations.get(at).is_some_and(reads)
}

/// The name of an operation, as in signatures. Operations that fail together have one name: the comparisons, and the
/// attributes that tell whether a view is contiguous.
fn words(program: &Program, at: usize, step: usize) -> String {
    let name = findings::operation(program, at, step, None);
    let Some(operation) = program.operations.get(at) else { return name };
    let method = name.strip_prefix("method ").and_then(|name| name.rsplit('.').next()).unwrap_or_default();
    let is_comparison = match operation.kind {
        Kind::Eq | Kind::Ne | Kind::Lt | Kind::Le | Kind::Gt | Kind::Ge => true,
        _ => ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"].contains(&method),
    };
    if is_comparison {
        let before = &program.operations[..at];
        let class = |operand: &Operand| findings::class(program, operand, step, before, None);
        let classes: Vec<String> = operation.operands.iter().map(class).collect();
        let class = classes.iter().find(|class| *class == "memoryview").or(classes.first());
        return format!("comparison of {}", class.map_or("nothing", String::as_str));
    }
    match operation.kind {
        Kind::CContiguous | Kind::FContiguous | Kind::Contiguous => {
            format!("contiguity{}", &name[name.find(" of ").unwrap_or(name.len())..])
        }
        _ => name,
    }
}

/// The type of the object at the bottom of what a name is bound to, as far as the program tells.
fn exporter(program: &Program, name: &str) -> Option<String> {
    let mut target = Target::Name(program.name(name)?);
    let mut end = program.operations.len();
    loop {
        let at = program.operations[..end].iter().rposition(|operation| operation.target == target)?;
        let maker = program.operations.get(at)?;
        let row = maker.kind.row();
        target = match (row.gives, maker.operands.first()) {
            (Gives::View(_) | Gives::Same | Gives::Part, Some(Operand::Value(value))) => {
                return Some(value.type_name().to_owned());
            }
            (Gives::View(_) | Gives::Same | Gives::Part, Some(Operand::Name(name))) => Target::Name(*name),
            (Gives::View(_) | Gives::Same | Gives::Part, Some(Operand::Temp(temp))) => Target::Temp(*temp),
            _ if row.syntax == Syntax::AnyCall => return maker.own_name(0).map(str::to_owned),
            _ => return Some(row.name.to_owned()),
        };
        end = at;
    }
}
