//! Where a result differs: the operation, and of a tuple or list the part that differs.

use super::describe::{self, is_comparison};
use super::divergence::Divergence;
use crate::findings;
use program::{Gives, Kind, Name, Operand, Operation, Program, Syntax, Target, Value};

/// The place of a difference.
pub(super) struct Site {
    /// The operation, as signatures name it.
    pub(super) operation: String,
    /// What the program does there, in words.
    pub(super) action: String,
    /// What should have been, of a tuple or list the part that differs.
    pub(super) expected: String,
    /// What was, in the same way.
    pub(super) actual: String,
    kind: Option<Kind>,
    /// Whether it is what an object holds in which weak references record the deaths of others.
    records_deaths: bool,
    program: Option<Program>,
}

impl Site {
    pub(super) fn of(divergence: &Divergence<'_>, expected: &str, actual: &str) -> Site {
        let mut site = Site {
            operation: "the case".to_owned(),
            action: "the program of the case".to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            kind: None,
            records_deaths: false,
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
        let named = named(program, at);
        site.records_deaths = named.is_some_and(|name| records_deaths(program, name));
        (site.operation, site.action) = match named.and_then(|_| step.checked_sub(1)) {
            // What an object holds was decided before its name was read.
            Some(before) => match program.last_operation(before) {
                Some(last) => (
                    format!("after {}", words(program, last, before)),
                    format!("after {}", action(program, last, before)),
                ),
                None => ("after nothing".to_owned(), "at the start".to_owned()),
            },
            None => (words(program, at, step), action(program, at, step)),
        };
        (site.expected, site.actual) = parts;
        site.kind = kind;
        site
    }

    /// Whether the value that differs tells that an object died, or did not.
    pub(super) fn tells_of_deaths(&self) -> bool {
        self.records_deaths
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
        Operand::Name(_) | Operand::Value(_) | Operand::Local(_) | Operand::Body(_) => None,
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

/// The name that an operation reads, if it does nothing else.
fn named(program: &Program, at: usize) -> Option<Name> {
    let operation = program.operations.get(at).filter(|operation| operation.kind == Kind::Plain)?;
    match operation.operands.first() {
        Some(Operand::Name(name)) => Some(*name),
        _ => None,
    }
}

/// Whether hooks append to an object in a program with weak references. What it holds then tells which objects died, and
/// nothing of the memory of views.
fn records_deaths(program: &Program, name: Name) -> bool {
    let is_weak = |operation: &Operation| {
        operation.kind == Kind::AnyCall && operation.own_name(0).is_some_and(|path| path.starts_with("weakref."))
    };
    let records = |operation: &Operation| {
        matches!(operation.kind, Kind::NewHook | Kind::Arm) && operation.operands.contains(&Operand::Name(name))
    };
    program.operations.iter().any(is_weak) && program.operations.iter().any(records)
}

/// The name of an operation, as in signatures. Operations that fail together have one name: the comparisons, and the
/// attributes that tell whether a view is contiguous.
fn words(program: &Program, at: usize, step: usize) -> String {
    let name = findings::operation(program, at, step, None);
    let Some(operation) = program.operations.get(at) else { return name };
    let method = name.strip_prefix("method ").and_then(|name| name.rsplit('.').next()).unwrap_or_default();
    let is_comparison =
        is_comparison(operation.kind) || ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"].contains(&method);
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

/// What an operation does, in words.
fn action(program: &Program, at: usize, step: usize) -> String {
    let (before, rest) = program.operations.split_at(at.min(program.operations.len()));
    let [operation, ..] = rest else { return "nothing".to_owned() };
    let class = |operand: &Operand| findings::class(program, operand, step, before, None);
    let mut classes = operation.operands.iter().map(class);
    let first = classes.next().unwrap_or_else(|| "nothing".to_owned());
    let class = match is_comparison(operation.kind) && classes.any(|class| class == "memoryview") {
        true => "memoryview",
        false => &first[..],
    };
    let key = operation.operands.get(1).map_or("nothing", |key| findings::key_class(key, before));
    describe::action(operation, class, key)
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
