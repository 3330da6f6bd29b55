//! Generates programs with bodies: loops, conditions and `try`, functions, and classes whose objects act when they are asked.
//!
//! Which programs have some follows from the first bytes, so that the others are what they would be without. A block is
//! made of the same operations as a program (`blocks.rs`), in which the variable of the loop or the parameter stands for
//! something now and then. What a function (`functions.rs`) or a method (`classes.rs`) binds is local to it. `uses.rs` puts
//! objects of such classes where they are asked.
//!
//! Every loop ends: `while` has a counter that nothing else changes, and what grows while it is gone through is watched.

pub(crate) mod blocks;
mod classes;
mod functions;
mod uses;

use super::state::State;
use super::{Generator, NAMES, Source};
use program::{Body, Kind, Name, Operand, Operation, Program, Target, Value};
use smallvec::SmallVec;

/// The names of such a program beside those of all.
pub(crate) const MORE: [&str; 9] = ["i", "n", "f", "g", "C", "D", "c", "d", "log"];

/// The variable of a loop.
pub(crate) const ITEM: Name = NAMES as Name;
/// The counter of a `while` loop, which nothing else binds.
const COUNTER: Name = ITEM + 1;
const FUNCTIONS: [Name; 2] = [ITEM + 2, ITEM + 3];
const CLASSES: [Name; 2] = [ITEM + 4, ITEM + 5];
/// The objects of the classes.
const OBJECTS: [Name; 2] = [ITEM + 6, ITEM + 7];
/// A list, in which functions and methods keep things.
const LOG: Name = ITEM + 8;

/// What stands for the parameters of a function until it is complete.
const PARAMETERS: [Name; 3] = [1000, 1001, 1002];
const SELF: Name = PARAMETERS[0];

/// How deep blocks nest.
const DEEPEST: usize = 2;

/// Whether the program that begins with these words has bodies: one in four has.
pub(super) fn are_wanted(first: u64, second: u64) -> bool {
    // The bits of the words choose the kinds of operations; all of them together are as good as another choice.
    (first ^ second.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 62 == 1
}

/// What a program with bodies has defined so far.
#[derive(Debug, Default)]
pub(super) struct Scene {
    /// How many operations may still be made.
    left: usize,
    functions: SmallVec<[functions::Function; 2]>,
    classes: SmallVec<[classes::Class; 2]>,
    has_log: bool,
    /// Whether the definition that is being made needs the list.
    needs_log: bool,
}

/// Where a statement stands.
#[derive(Clone, Debug, Default)]
struct Place {
    /// The blocks around it.
    depth: usize,
    is_in_function: bool,
    is_in_loop: bool,
    variables: SmallVec<[Variable; 3]>,
}

/// A variable, and what it can stand for.
#[derive(Clone, Copy, Debug)]
enum Variable {
    /// An index or an item.
    Item(Name),
    /// The object that another name is bound to.
    Like(Name, Name),
}

impl Place {
    /// A block in it.
    fn inner(&self) -> Place {
        Place { depth: self.depth + 1, ..self.clone() }
    }

    fn with(mut self, variable: Variable) -> Place {
        self.variables.push(variable);
        self
    }

    /// The name of what a variable stands for.
    fn meant(&self, name: Name) -> Name {
        let like = self.variables.iter().find_map(|variable| match variable {
            Variable::Like(variable, like) if *variable == name => Some(*like),
            _ => None,
        });
        like.unwrap_or(name)
    }

    /// The variable that is an item, if there is one.
    fn item(&self) -> Option<Name> {
        self.variables.iter().rev().find_map(|variable| match variable {
            Variable::Item(name) => Some(*name),
            Variable::Like(..) => None,
        })
    }
}

impl Generator {
    /// Goes on with a program that has bodies, up to that many operations in all.
    pub(super) fn with_bodies(&mut self, source: &mut Source<'_>, most: usize, program: &mut Program) {
        program.names.extend(MORE.map(Box::from));
        self.scene = Scene { left: most.saturating_sub(program.operations.len()), ..Scene::default() };
        let place = Place::default();
        // There is something to work on first.
        let mut plain = source.below(3);
        while self.scene.left > 0 && !source.is_empty() {
            let mut statements = vec![];
            match source.below(100) {
                _ if plain > 0 => {
                    plain -= 1;
                    self.any_statement(&place, &mut statements, source);
                }
                _ if program.bodies.is_empty() => self.first(&place, &mut statements, source, program),
                0..=5 => self.define(&mut statements, source, program),
                6..=13 => self.class(&mut statements, source, program),
                14..=60 => self.use_something(&place, &mut statements, source),
                _ => self.statement(&place, &mut statements, source, program),
            }
            let mut depth = 0_usize;
            for operation in statements {
                match operation.kind {
                    Kind::Enter => depth += 1,
                    Kind::Leave => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let is_part = matches!(operation.target, Target::Temp(_));
                program.operations.push(operation);
                // A block is one step.
                if !is_part && depth == 0 {
                    program.steps.push(program.operations.len() as u32);
                }
            }
        }
    }

    /// The first statement with bodies.
    fn first(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>, program: &mut Program) {
        match source.below(10) {
            0..=2 => self.for_each(place, out, source, program),
            3 => self.condition(place, out, source, program),
            4 => self.attempt(place, out, source, program),
            5 => self.repeat(place, out, source, program),
            6 => self.define(out, source, program),
            _ => self.class(out, source, program),
        }
    }

    /// A statement, which may be a block.
    fn statement(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>, program: &mut Program) {
        let fits = place.depth < DEEPEST && self.scene.left > 6;
        match source.below(100) {
            0..=9 if fits => self.condition(place, out, source, program),
            10..=16 if fits => self.attempt(place, out, source, program),
            17..=24 if fits && !place.is_in_loop => self.for_each(place, out, source, program),
            25..=28 if fits && !place.is_in_loop => self.repeat(place, out, source, program),
            29..=33 if fits => self.with_view(place, out, source, program),
            34..=42 => self.use_something(place, out, source),
            _ => self.any_statement(place, out, source),
        }
    }

    /// A call of a function or an object of a class where it is asked, if there is one that may be used here.
    fn use_something(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        // Functions and methods that call each other would hardly come to an end.
        let can_use = !place.is_in_function;
        match (can_use, self.scene.classes.is_empty(), self.scene.functions.is_empty()) {
            (true, false, is_without) if is_without || source.chance(70) => self.use_object(place, out, source),
            (true, _, false) => self.call(place, out, source),
            _ => self.any_statement(place, out, source),
        }
    }

    /// Any operation, as in a program without bodies.
    fn any_statement(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        let operation = self.operation(source);
        self.place(operation, place, out, source);
    }

    /// Adds an operation that is a statement. Its variables may stand for what it is about.
    fn place(&mut self, operation: Operation, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        let operation = match operation.kind {
            _ if place.is_in_function => without_binding(operation),
            // The next time it would be unbound.
            Kind::Unbind if place.is_in_loop => without_binding(operation),
            _ => operation,
        };
        let mut operation = self.settle(operation, place.is_in_function, source);
        stand_in(&mut operation, place, source);
        self.emit(operation, out);
    }

    /// Adds an operation, of which the last operation of the statement is a part or which is a part of a later one.
    fn emit(&mut self, operation: Operation, out: &mut Vec<Operation>) {
        self.scene.left = self.scene.left.saturating_sub(1);
        out.push(operation);
    }

    /// Adds a part of a statement. Gives the operand that it is.
    fn part(
        &mut self,
        kind: Kind,
        temp: u16,
        operands: impl IntoIterator<Item = Operand>,
        out: &mut Vec<Operation>,
    ) -> Operand {
        self.emit(Operation::new(kind, Target::Temp(temp), operands), out);
        Operand::Temp(temp)
    }

    /// What is known now, to go back to.
    fn known(&self) -> State {
        self.state.clone()
    }
}

/// Adds a block to a program.
fn add(operations: Vec<Operation>, program: &mut Program) -> Operand {
    add_body(Body { operations, ..Body::default() }, program)
}

fn add_body(body: Body, program: &mut Program) -> Operand {
    program.bodies.push(body);
    Operand::Body((program.bodies.len() - 1) as u16)
}

fn int(value: i64) -> Operand {
    Operand::Value(Value::Int(value))
}

/// In a function, a name that is bound is a variable of its own, so that nothing can be done to what it was before.
pub(crate) fn without_binding(operation: Operation) -> Operation {
    let kind = match operation.kind {
        Kind::InPlaceAdd => Kind::Extend,
        Kind::InPlaceMultiply => Kind::Append,
        Kind::Unbind => Kind::Release,
        _ => return operation,
    };
    Operation { kind, ..operation }
}

/// Lets variables stand for operands.
fn stand_in(operation: &mut Operation, place: &Place, source: &mut Source<'_>) {
    use program::operation::{Syntax, Takes};
    let row = operation.kind.row();
    // What is bound or unbound is what it was.
    let first = usize::from(matches!(row.syntax, Syntax::InPlace(_) | Syntax::Unbind));
    for variable in &place.variables {
        for (index, operand) in operation.operands.iter_mut().enumerate().skip(first) {
            let takes = row.parameters.get(index).map(|parameter| parameter.takes);
            match (variable, operand) {
                (Variable::Like(name, like), operand) if *operand == Operand::Name(*like) && source.chance(60) => {
                    *operand = Operand::Name(*name);
                }
                (Variable::Item(name), Operand::Value(Value::Int(_) | Value::Float(_) | Value::Bool(_)))
                    if matches!(takes, Some(Takes::Key | Takes::Index | Takes::Item | Takes::Element))
                        && source.chance(40) =>
                {
                    operation.operands[index] = Operand::Name(*name);
                    break;
                }
                _ => {}
            }
        }
    }
}
