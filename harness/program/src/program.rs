//! A program: named variables, operations over them, and where its steps end.
//!
//! What runs on a condition, again and again, or when it is called, is a [`Body`]: the operations of a block, of a part of
//! an expression, or of a function. Bodies stand in a list of the program, and an operand says which of them is meant.

use crate::operation::{Kind, Syntax, Takes};
use crate::value::Value;
use smallvec::SmallVec;

/// An index into [`Program::names`].
pub type Name = u16;

/// An index into the local variables of the function that an operation is part of ([`Function::locals`]), or of the program
/// where it is part of none ([`Program::locals`]).
pub type Local = u16;

/// An operand of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// The object that a name is bound to. Reading an unbound name is a NameError.
    Name(Name),
    /// The result of an earlier operation with this target. It is used once, and dies with that use.
    Temp(u16),
    /// A constant, created anew for each use.
    Value(Value),
    /// The object that a local variable is bound to. Reading an unbound one is an UnboundLocalError.
    Local(Local),
    /// An index into [`Program::bodies`]: what the operation may run.
    Body(u16),
}

/// The target of an operation's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The result is discarded. The operation is a statement.
    Discard,
    /// The result is bound to a name, which ends the statement.
    Name(Name),
    /// The result is used by a later operation of the same statement.
    Temp(u16),
    /// The result is bound to a local variable, which ends the statement.
    Local(Local),
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The kind of the operation.
    pub kind: Kind,
    /// The target of the result.
    pub target: Target,
    /// The operands, a method's receiver first.
    pub operands: SmallVec<[Operand; 3]>,
    /// The names of the last operands, if those are passed by keyword, as in CPython's vectorcall.
    pub keywords: Option<Box<[Box<str>]>>,
}

impl Operation {
    /// Creates an operation without keywords.
    pub fn new(kind: Kind, target: Target, operands: impl IntoIterator<Item = Operand>) -> Operation {
        Operation { kind, target, operands: operands.into_iter().collect(), keywords: None }
    }

    /// Returns the constant that is passed by position for the first parameter that takes `takes`.
    pub fn constant_for(&self, takes: Takes) -> Option<&Value> {
        let at = self.kind.row().parameters.iter().position(|parameter| parameter.takes == takes)?;
        match self.operands.get(at).filter(|_| at < self.operands.len() - self.keyword_count().min(self.operands.len()))
        {
            Some(Operand::Value(value)) => Some(value),
            _ => None,
        }
    }

    /// Returns a str operand that is part of the operation itself, such as the name of an attribute.
    pub fn own_name(&self, index: usize) -> Option<&str> {
        match self.operands.get(index) {
            Some(Operand::Value(Value::Str(text))) => Some(text),
            _ => None,
        }
    }

    /// Returns the temporaries that it makes: an assignment to several targets makes as many.
    pub fn temps(&self) -> std::ops::Range<u16> {
        let count = |index: usize| match self.operands.get(index) {
            Some(Operand::Value(Value::Int(count))) => u16::try_from(*count).unwrap_or(0),
            _ => 0,
        };
        match (self.target, self.kind) {
            (Target::Temp(first), Kind::Share) => first..first.saturating_add(count(1)),
            (Target::Temp(first), Kind::Targets) => {
                let star = u16::from(matches!(self.operands.get(2), Some(Operand::Value(Value::Int(_)))));
                first..first.saturating_add(count(1)).saturating_add(star).saturating_add(count(2))
            }
            (Target::Temp(temp), _) => temp..temp.saturating_add(1),
            _ => 0..0,
        }
    }

    /// Returns whether it is an operator that changes an item or an attribute in place.
    pub fn changes_place(&self) -> bool {
        matches!(self.kind.row().syntax, Syntax::InPlace(_)) && self.target == Target::Discard
    }

    /// Returns the number of operands that are passed by keyword.
    pub fn keyword_count(&self) -> usize {
        self.keywords.as_deref().map_or(0, <[_]>::len)
    }
}

/// Returns whether a text is a name and no other Python, as far as its characters are concerned: `if` is one, too. Python
/// takes letters beyond ASCII for others that look alike, so that a name of them could be the name of a built-in; only what
/// it never changes is taken.
pub fn is_identifier(name: &str) -> bool {
    let is_start = |char: char| char == '_' || unicode_ident::is_xid_start(char);
    name.starts_with(is_start)
        && name.chars().all(unicode_ident::is_xid_continue)
        && unicode_normalization::is_nfkc(name)
}

/// A program. Engines observe it step by step; a step is a run of operations, and [`Program::steps`] says where each
/// ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The variables, in the order in which they first appear.
    pub names: Vec<Box<str>>,
    /// All operations, in the order in which they run.
    pub operations: Vec<Operation>,
    /// For each step the index after its last operation, never decreasing.
    pub steps: Vec<u32>,
    /// What the operations may run. A body only refers to those before it, so that none contains itself.
    pub bodies: Vec<Body>,
    /// The variables of comprehensions that are part of no function.
    pub locals: Vec<Box<str>>,
    /// The steps of which an engine counts what they allocate, in ascending order. This changes nothing that a program does,
    /// and is not encoded.
    pub counted: Vec<u32>,
}

/// A block, a part of an expression that may not be evaluated, or a function.
///
/// The body of a loop, a comprehension or an `except` clause is given an object: it is the temporary 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The operations, of one statement after the other. The last one gives the value, where the body is an expression.
    pub operations: Vec<Operation>,
    /// The local variables that are unbound when it ends: those of a comprehension.
    pub own: Vec<Local>,
    /// What makes it a function.
    pub function: Option<Function>,
}

/// The head of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: Box<str>,
    /// Its parameters, which are the first of its local variables.
    pub parameters: Vec<FunctionParameter>,
    /// Its local variables. Those of a comprehension may have the name of another.
    pub locals: Vec<Box<str>>,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionParameter {
    /// Whether it has a default, which the operation that makes the function has as an operand.
    pub has_default: bool,
    /// Whether it is passed by keyword only.
    pub by_keyword: bool,
}

impl Function {
    /// The parameters as Python writes them, with `default` for each default.
    pub fn signature(&self, mut default: impl FnMut() -> String) -> String {
        let mut text = Vec::with_capacity(self.parameters.len());
        let mut is_marked = false;
        for (parameter, name) in self.parameters.iter().zip(&self.locals) {
            if parameter.by_keyword && !is_marked {
                is_marked = true;
                text.push("*".to_owned());
            }
            text.push(match parameter.has_default {
                true => format!("{name}={}", default()),
                false => name.to_string(),
            });
        }
        text.join(", ")
    }
}

impl Program {
    /// The operations of each step.
    pub fn step_ranges(&self) -> impl ExactSizeIterator<Item = std::ops::Range<usize>> + '_ {
        (0..self.steps.len()).map(|index| self.step_range(index))
    }

    /// The operations of one step; empty for a step that does not exist.
    pub fn step_range(&self, index: usize) -> std::ops::Range<usize> {
        let end = self.steps.get(index).map_or(self.operations.len(), |end| *end as usize);
        let start = match index.checked_sub(1) {
            Some(before) => self.steps.get(before).map_or(end, |start| *start as usize),
            None => 0,
        };
        start.min(end)..end
    }

    /// The operations of one step; none for a step that does not exist.
    pub fn step(&self, index: usize) -> &[Operation] {
        self.operations.get(self.step_range(index)).unwrap_or_default()
    }

    /// Returns whether it is counted what a step allocates.
    pub fn is_counted(&self, step: usize) -> bool {
        u32::try_from(step).is_ok_and(|step| self.counted.binary_search(&step).is_ok())
    }

    /// Returns the index of the last operation of a step, not counting the end of a `with` block.
    pub fn last_operation(&self, step: usize) -> Option<usize> {
        let range = self.step_range(step);
        let at = self.step(step).iter().rposition(|operation| operation.kind != Kind::Leave)?;
        Some(range.start + at)
    }

    /// Removes all but the first steps.
    pub fn truncate(&mut self, steps: usize) {
        self.steps.truncate(steps);
        self.operations.truncate(self.steps.last().map_or(0, |end| *end as usize));
        self.drop_bodies();
    }

    /// The operations of a step with those of its blocks and expressions, but not those of functions.
    pub fn step_with_blocks(&self, index: usize) -> Vec<&Operation> {
        self.with_blocks(self.step(index))
    }

    /// Operations with those of their blocks and expressions, but not those of functions.
    pub(crate) fn with_blocks<'a>(&'a self, operations: &'a [Operation]) -> Vec<&'a Operation> {
        let mut found = vec![];
        self.add_with_blocks(operations, &mut found);
        found
    }

    fn add_with_blocks<'a>(&'a self, operations: &'a [Operation], found: &mut Vec<&'a Operation>) {
        for operation in operations {
            found.push(operation);
            for operand in &operation.operands {
                let Operand::Body(body) = operand else { continue };
                if let Some(body) = self.bodies.get(usize::from(*body)).filter(|body| body.function.is_none()) {
                    self.add_with_blocks(&body.operations, found);
                }
            }
        }
    }

    /// Every operation: those of the steps, and those of all bodies.
    pub fn all_operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().chain(self.bodies.iter().flat_map(|body| &body.operations))
    }

    /// Removes the bodies that nothing runs any more.
    pub fn drop_bodies(&mut self) {
        let mut used = vec![false; self.bodies.len()];
        self.operations.iter().for_each(|operation| mark(operation, &mut used));
        // A body refers to those before it.
        for index in (0..self.bodies.len()).rev() {
            if used[index] {
                self.bodies[index].operations.iter().for_each(|operation| mark(operation, &mut used));
            }
        }
        if used.iter().all(|used| *used) {
            return;
        }
        let mut kept = 0u16;
        let place = |used: &bool| {
            kept += u16::from(*used);
            kept.saturating_sub(1)
        };
        let moved: Vec<u16> = used.iter().map(place).collect();
        let mut marks = used.iter();
        self.bodies.retain(|_| marks.next().is_some_and(|used| *used));
        let bodies = self.bodies.iter_mut().flat_map(|body| &mut body.operations);
        for operand in self.operations.iter_mut().chain(bodies).flat_map(|operation| &mut operation.operands) {
            if let Operand::Body(body) = operand
                && let Some(moved) = moved.get(usize::from(*body))
            {
                *body = *moved;
            }
        }
    }

    /// Returns the program of the first steps.
    pub fn prefix(&self, steps: usize) -> Program {
        let mut prefix = self.clone();
        prefix.truncate(steps);
        prefix
    }

    /// Returns the shortest prefix for which `holds` is true, by bisection. The program without its
    /// last step is tried first, since that step usually matters.
    pub fn shortest_prefix(&self, mut holds: impl FnMut(&Program) -> bool) -> Program {
        // `low` steps are too few, `high` are enough.
        let (mut low, mut high) = (0, self.steps.len());
        let mut middle = high.saturating_sub(1);
        while high - low > 1 {
            if holds(&self.prefix(middle)) {
                high = middle
            } else {
                low = middle
            }
            middle = low + (high - low) / 2;
        }
        self.prefix(high)
    }

    /// Returns the text of a name; empty if the program does not have it.
    pub fn name_text(&self, name: Name) -> &str {
        self.names.get(usize::from(name)).map_or("", |text| text)
    }

    /// Returns the index of a name, if the program has it.
    pub fn name(&self, text: &str) -> Option<Name> {
        self.names.iter().position(|name| &**name == text).and_then(|index| u16::try_from(index).ok())
    }
}

/// Marks the bodies that an operation may run.
fn mark(operation: &Operation, used: &mut [bool]) {
    for operand in &operation.operands {
        if let Operand::Body(body) = operand
            && let Some(used) = used.get_mut(usize::from(*body))
        {
            *used = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parser;
    use rstest::rstest;

    fn program(steps: &[&str]) -> Program {
        let mut parser = Parser::new();
        steps.iter().for_each(|step| parser.step(step).unwrap());
        parser.finish()
    }

    #[test]
    fn a_step_ends_with_an_operation_and_not_with_its_block() {
        let program = program(&["x = 1", "with memoryview(b'a') as v: v.obj", "len(b'a'[0:1])"]);
        let last = |step| program.last_operation(step).map(|at| program.operations[at].kind);
        assert_eq!([last(0), last(1), last(2), last(3)], [Some(Kind::Plain), Some(Kind::Obj), Some(Kind::Len), None]);
        assert_eq!(program.step(0).len(), 1);
        assert!(program.step(3).is_empty());
    }

    #[test]
    fn a_prefix_has_the_operations_of_its_steps() {
        let whole = program(&["x = 1", "y = len(b'a'[0:1])", "z = 2"]);
        assert_eq!(whole.prefix(2).operations, whole.operations[..3]);
        assert_eq!(whole.prefix(2).steps, whole.steps[..2]);
        assert_eq!((whole.prefix(0).operations.len(), whole.prefix(9)), (0, whole));
    }

    #[rstest]
    fn the_shortest_prefix_is_found(#[values(1, 2, 3, 4, 5)] needed: usize) {
        let whole = program(&["a = 1", "b = 1", "c = 1", "d = 1", "e = 1"]);
        let mut asked = 0;
        let prefix = whole.shortest_prefix(|prefix| {
            asked += 1;
            prefix.steps.len() >= needed
        });
        assert_eq!(prefix, whole.prefix(needed));
        assert!(asked <= 4, "{asked}");
    }
}
