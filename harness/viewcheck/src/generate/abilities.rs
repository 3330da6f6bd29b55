//! What the engines of a campaign can do, as far as programs can be made for it: no program is made of what would only end
//! in a skip.
//!
//! An engine that can do everything has every program, and the same ones whatever other engines there are.

use super::state::State;
use engine::About;
use engine::subset::{self, known};
use program::capability::{REFCOUNTING, to_import};
use program::operation::{MODULES, Syntax, Takes};
use program::print::used;
use program::{Kind, Operand, Operation, Value};
use std::collections::BTreeSet;

/// What programs may ask of the engines that run them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// The operations that are not generated.
    useless: BTreeSet<Kind>,
    /// The features that are not used.
    lacks: BTreeSet<String>,
    /// The modules that can't be imported.
    missing: BTreeSet<&'static str>,
    /// Whether one of them is a subset of Python.
    has_subset: bool,
    /// Whether nothing is made that dies before the program ends.
    keeps: bool,
}

impl Abilities {
    /// What all of these engines can do.
    pub fn of(engines: &[About]) -> Abilities {
        let mut abilities = Abilities::default();
        engines.iter().for_each(|about| abilities.narrow(about));
        abilities
    }

    fn narrow(&mut self, about: &About) {
        let can = |capability: &str| about.capabilities.contains(capability);
        let is_useless = |kind: &&Kind| {
            let row = kind.row();
            let module = match row.syntax {
                Syntax::Call(path) => path.rsplit_once('.').map(|(module, _)| module),
                _ => None,
            };
            let needs_array = row.parameters.first().is_some_and(|first| first.takes == Takes::Array);
            kind.extension().is_some_and(|extension| !can(extension))
                // What is made of hooks, and what a hook is told.
                || matches!(kind, Kind::Arm | Kind::Tuple | Kind::Slice) && !can("hook")
                || module.is_some_and(|module| program::operation::MODULES.contains(&module) && !can(module))
                || needs_array && !can("array")
        };
        self.useless.extend(Kind::ALL.iter().filter(is_useless));
        self.useless.extend(subset::useless(&about.lacks));
        self.missing.extend(MODULES.iter().filter(|module| !can(to_import(module))));
        self.has_subset |= !about.lacks.is_empty();
        self.lacks.extend(about.lacks.iter().filter(|name| !name.contains('.')).cloned());
        if !can(REFCOUNTING) {
            self.keeps = true;
            self.useless.insert(Kind::Unbind);
        }
    }

    /// Whether operations of that kind are generated.
    pub fn has(&self, kind: Kind) -> bool {
        !self.useless.contains(&kind)
    }

    /// Whether the engines have what an operation names.
    pub(crate) fn can(&self, operation: &Operation) -> bool {
        self.has(operation.kind)
            && (self.missing.is_empty() || used(operation).iter().all(|module| !self.missing.contains(module)))
    }

    /// Whether programs may have bodies. What a subset of Python lacks of functions and classes is not known, and what is
    /// local to a function dies when that returns.
    pub(crate) fn has_bodies(&self) -> bool {
        !self.has_subset && !self.keeps
    }

    /// Whether every result is kept until the program ends.
    pub(crate) fn keeps(&self) -> bool {
        self.keeps
    }

    /// Makes an operation one that the engines can do, on what the names are bound to.
    pub(crate) fn fit(&self, operation: &mut Operation, state: &State) {
        if self.lacks.is_empty() {
            return;
        }
        let lacks = |feature: &str| self.lacks.contains(feature);
        if lacks(known::KEYWORDS) && operation.kind.extension().is_none() {
            operation.keywords = None;
        }
        if lacks(known::GROUPS) && operation.kind == Kind::Hex {
            operation.operands.truncate(2);
        }
        if let (true, Some(Operand::Value(key @ Value::Tuple(_)))) =
            (lacks(known::TUPLES), operation.operands.get_mut(1))
        {
            *key = Value::Int(0);
        }
        if lacks(known::FORMATS)
            && matches!(operation.kind.row().syntax, Syntax::Infix("==" | "!=" | "<" | "<=" | ">" | ">="))
            && let [left, right] = &mut operation.operands[..]
            && let (Some(of_left), Some(of_right)) = (state.format(left), state.format(right))
            && of_left != of_right
        {
            right.clone_from(left);
        }
        let is_slice = |operand: &Operand| matches!(operand, Operand::Value(Value::Slice(_)));
        if lacks(known::SOURCES) && operation.kind == Kind::Set && operation.operands.get(1).is_some_and(is_slice) {
            match operation.operands.get_mut(2) {
                Some(Operand::Value(Value::Bytes(_)) | Operand::Name(_)) | None => {}
                Some(source) => *source = Operand::Value(Value::Bytes(Box::from(*b"a"))),
            }
        }
        let writes = matches!(operation.kind, Kind::Set | Kind::Append | Kind::Insert | Kind::Extend | Kind::NewArray);
        for (index, operand) in operation.operands.iter_mut().enumerate() {
            if let Operand::Value(value) = operand {
                if lacks(known::STEPS) {
                    remove_steps(value);
                }
                // The last operands are the items; what comes before them is a place.
                if lacks(known::RANGES) && writes && index > 0 && !(index == 1 && operation.kind == Kind::Set) {
                    limit(value);
                }
            }
        }
    }
}

fn remove_steps(value: &mut Value) {
    match value {
        Value::Slice(parts) => parts[2] = Value::None,
        Value::Tuple(items) => items.iter_mut().for_each(remove_steps),
        _ => {}
    }
}

/// Makes ints that fit every format.
fn limit(value: &mut Value) {
    match value {
        Value::Int(int) => *int &= 0x7f,
        Value::Big(_) => *value = Value::Int(0),
        Value::List(items) => items.iter_mut().for_each(limit),
        _ => {}
    }
}
